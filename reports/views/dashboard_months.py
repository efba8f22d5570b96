"""Month by month: what wholes are made of, every part on one sheet, every part with its line."""

from typing import Any, NamedTuple

from reports import charts
from reports.models import WeaponKind
from reports.months import Month, Span
from reports.review.odd import odd_months
from reports.tables.table import Cell, Column, Table
from reports.totals.compositions import COMPOSITIONS, WEAPONS, Layers, layers, weapon_layers, weapon_units
from reports.totals.inquiry import INCLUDES
from reports.totals.parts import Part
from reports.totals.ratios import BASES
from reports.totals.summary import Summary
from reports.views.dashboard_asked import Asked

LEAST, MOST = 12, 24  # months drawn
OFFICIAL = "official"  # the other order of the matrix
WORDS = {"returned": "trả lại", "draft": "đang nhập", "submitted": "chờ duyệt"}  # where a month has no figure yet
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


class Spot(NamedTuple):
    """A month of a part: its figure, or what is said where there is none; its colour, its address, and whether odd."""

    value: int | None
    word: str
    style: str
    url: str
    odd: bool


def matrix(asked: Asked) -> dict[str, Any]:
    """Parts × months of the chosen indicator, coloured by quantile of what is shown; a blank is not a zero.

    Months that the queue would ask about are framed, and parts that have one, or lack a month, stand first.
    """
    run, parts = asked.run(LEAST, MOST), asked.parts
    rows = parts.months(asked.code, run)
    shown: dict[Any, Any] = {(part.key, month): value for part, values in rows for month, value in values.items()}
    if parts.sizes:
        shown = parts.month_ratios(asked.code, run)
    classes = charts.Classes.of([shown.get((part.key, month)) for part, _ in rows for month in run])
    summary, by_commune = asked.summary.asking(span=run), parts.by == "commune" and parts.group_of is None
    odd = odd_months(summary, asked.code) if by_commune else set()
    by_eyes = by_commune and asked.request.GET.get("order") != OFFICIAL
    if by_eyes:
        lacking = lacking_of(asked, summary, rows)
        rows = sorted(rows, key=lambda row: eyes_of(row[0].key, run, odd, lacking))
    states = summary.states if by_commune else {}

    def spot(part: Part, month: Month, value: int | None) -> Spot:
        key = part.key, month
        style = classes.style(shown.get(key))
        if value is None:
            state = states.get(key, "")
            word = WORDS.get(state, "") if state not in INCLUDES[summary.include] else ""
            return Spot(None, word, style, "", odd=False)
        return Spot(value, "", style, asked.behind(part, asked.code, str(month)), key in odd)

    return {
        "months": list(run),
        "heat": [
            (part.name, asked.down(part), [spot(part, month, values.get(month)) for month in run])
            for part, values in rows
        ],
        "classes": classes,
        "run": run,
        "notes": month_notes(asked, coloured=True),
        "odd": len(odd),
        "orders": orders_of(asked, by_eyes=by_eyes) if by_commune else [],
    }


def orders_of(asked: Asked, *, by_eyes: bool) -> list[tuple[str, str, bool]]:
    """The orders offered: address, words, whether it is the one in force."""
    return [
        (asked.address(order=None), "cần xem trước", by_eyes),
        (asked.address(order=OFFICIAL), "thứ tự chính thức", not by_eyes),
    ]


def lacking_of(asked: Asked, summary: Summary, rows: list[tuple[Part, dict[Month, int]]]) -> dict[Any, int]:
    """Part → how many of its months that are over have no figure."""
    expected = summary.expected
    return {
        part.key: sum(month < asked.current and month not in values for month in expected.get(part.key, ()))
        for part, values in rows
    }


def eyes_of(key: Any, run: Span, odd: set[tuple[int, Month]], lacking: dict[Any, int]) -> tuple[int, int]:
    """Where a part stands among those that need eyes: by its latest odd month, then by the months it lacks."""
    latest = max((month for month in run if (key, month) in odd), default=None)
    return (latest.until(run.last) if latest else len(run), -lacking.get(key, 0))


def matrix_table(asked: Asked) -> Table:
    """The same as a table, for a workbook."""
    run = asked.run(LEAST, MOST)
    columns = [Column(asked.parts.what.capitalize(), numeric=False), *(Column(f"{m.number}/{m.year}") for m in run)]
    rows = [[Cell(p.name), *(Cell(v.get(month)) for month in run)] for p, v in asked.parts.months(asked.code, run)]
    return Table(f"{asked.name} theo {asked.parts.what} và tháng", columns, rows, month_notes(asked))


def month_notes(asked: Asked, *, coloured: bool = False) -> list[str]:
    """Coverage, and how stocks stand in a month; ``coloured``: by what is asked for, over the figures themselves."""
    stock = asked.indicator and asked.indicator.measure == "stock"
    notes = asked.summary.notes + ([STOCK_NOTE] if stock else [])
    if asked.basis and coloured and asked.parts.sizes:
        label = BASES[asked.basis].label
        notes.append(f"Số trong ô là số liệu của tháng; màu theo bình quân {label}. {asked.parts.sizes.note}".strip())
    elif asked.basis:
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
