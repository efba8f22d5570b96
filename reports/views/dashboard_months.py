"""Month by month: what wholes are made of, every part on one sheet, every part with its line."""

from typing import Any

from reports import charts
from reports.models import WeaponKind
from reports.months import Month, Span
from reports.tables.table import Cell, Column, Table
from reports.totals.compositions import COMPOSITIONS, WEAPONS, Layers, layers, weapon_layers, weapon_units
from reports.views.dashboard_asked import Asked

LEAST, MOST = 12, 24  # months drawn
STOCK_NOTE = "Số hiện có ở mỗi tháng là số của báo cáo tháng ấy; nơi chưa có thì lấy số gần nhất của 12 tháng trước."


def composition(asked: Asked) -> dict[str, Any]:
    """A whole by its parts, stacked month by month; weapons of one unit only."""
    run = asked.run(LEAST, MOST)
    wanted = asked.request.GET.get("set", "")
    known = {one.slug: one for one in COMPOSITIONS}
    slug = wanted if wanted in known or wanted == WEAPONS else COMPOSITIONS[0].slug
    units: list[tuple[str, str, bool]] = []
    if slug == WEAPONS:
        handed, kinds = asked.summary.weapons_by_month(run), list(WeaponKind.objects.all())
        offered = weapon_units(handed, kinds)
        unit = next((one for one in offered if one == asked.request.GET.get("unit")), next(iter(offered), "khẩu"))
        units = [(asked.address(unit=one), one, one == unit) for one in offered]
        name, found = f"Vũ khí, vật liệu nổ tính bằng {unit}", weapon_layers(handed, kinds, unit, run)
    else:
        name, unit, found = known[slug].name, known[slug].unit, layers(asked.summary, known[slug], run)
    labels = [month.title.removeprefix("tháng ") for month in run]
    choices = [*((one.slug, one.name) for one in COMPOSITIONS), (WEAPONS, "Vũ khí, vật liệu nổ")]
    return {
        "stacked": charts.Stacked(f"{name}, {run.title}", unit, labels, [charts.Layer(*one) for one in found]),
        "sets": [(asked.address(set=key, unit=None), words, key == slug) for key, words in choices],
        "units": units,
        "table": layers_table(asked, f"{name} ({unit}), {run.title}", run, found),
    }


def layers_table(asked: Asked, title: str, run: Span, found: Layers) -> Table:
    """Months down, parts across."""
    columns = [Column("Tháng", numeric=False), *(Column(name) for name, _ in found)]
    rows = [
        [
            _month(asked, month),
            *(Cell(values[at]) for _, values in found),
        ]
        for at, month in enumerate(run)
    ]
    return Table(title, columns, rows if found else [], asked.summary.notes)


def _month(asked: Asked, month: Month) -> Cell:
    """A month as the head of a line; it leads to the month's own totals."""
    return Cell(f"{month.number}/{month.year}", asked.address(span=str(month), view=None))


def matrix(asked: Asked) -> dict[str, Any]:
    """Parts × months of the chosen indicator, coloured by quantile; a blank is not a zero."""
    run = asked.run(LEAST, MOST)
    rows = [(part, [values.get(month) for month in run]) for part, values in asked.parts.months(asked.code, run)]
    classes = charts.Classes.of([value for _, values in rows for value in values])
    cells = [
        (
            part.name,
            asked.down(part),
            [
                (value, classes.style(value), asked.behind(part, asked.code, str(month)) if value is not None else "")
                for month, value in zip(run, values, strict=True)
            ],
        )
        for part, values in rows
    ]
    return {"months": list(run), "heat": cells, "classes": classes, "run": run, "notes": month_notes(asked)}


def matrix_table(asked: Asked) -> Table:
    """The same as a table, for a workbook."""
    run = asked.run(LEAST, MOST)
    columns = [Column(asked.parts.what.capitalize(), numeric=False), *(Column(f"{m.number}/{m.year}") for m in run)]
    rows = [[Cell(p.name), *(Cell(v.get(month)) for month in run)] for p, v in asked.parts.months(asked.code, run)]
    return Table(f"{asked.name} theo {asked.parts.what} và tháng", columns, rows, month_notes(asked))


def month_notes(asked: Asked) -> list[str]:
    """Coverage, and how stocks stand in a month."""
    stock = asked.indicator and asked.indicator.measure == "stock"
    notes = asked.summary.notes + ([STOCK_NOTE] if stock else [])
    if asked.basis:
        notes.append("Theo tháng, trang hiện số liệu, không chia bình quân.")
    return notes


def multiples(asked: Asked) -> dict[str, Any]:
    """A line for each part over the same months, all to one scale."""
    run = asked.run(LEAST, MOST)
    rows = asked.parts.months(asked.code, run)
    lines = [
        charts.Sparkline(part.name, asked.down(part), [values.get(month) for month in run]) for part, values in rows
    ]
    name = asked.name
    drawing = charts.Multiples(f"{name} từng {asked.parts.what}, {run.title}", asked.plain_unit, lines)
    return {"multiples": drawing, "run": run, "table": matrix_table(asked), "notes": month_notes(asked)}
