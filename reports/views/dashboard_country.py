"""All provinces beside each other, for the country's reader."""

from typing import Any

from communes.templatetags.vietnamese import number
from reports.tables.table import Cell, Column, Table, shares
from reports.totals.parts import Part
from reports.totals.place import Coverage
from reports.totals.summary import Value
from reports.views.dashboard_asked import Asked
from reports.views.dashboard_overview import HEADLINES
from reports.views.dashboard_parts import notes_of

Row = tuple[Part, dict[str, Value]]


def country(asked: Asked) -> dict[str, Any]:
    """Provinces by the headline indicators, each with its coverage."""
    return {"table": country_table(asked)}


def country_table(asked: Asked) -> Table:
    """A row for each province: communes, coverage, the chosen indicator and its ratio, the headlines."""
    code, parts = asked.code, asked.parts
    codes = tuple(dict.fromkeys((code, *HEADLINES)))
    named = {i.code: i for i in asked.whole.catalogue if i.code in codes}
    codes = tuple(one for one in codes if one in named)
    rows, covered = parts.rows(codes), parts.coverage()
    ratio_of = {line.part.key: line.ratio for line in parts.lines(code)} if parts.sizes else {}
    order = _order(asked, rows, ratio_of)
    bars = dict(zip((part.key for part, _ in order), shares([_plain(row.get(code)) for _, row in order]), strict=True))
    lines = []
    for part, row in order:
        coverage = covered.get(part.key, Coverage(0, 0, 0, 0, 0))
        ratio = [Cell(ratio_of.get(part.key), style="fixed")] if parts.sizes else []
        figures = [
            Cell(row[one].value, asked.behind(part, one), share=bars[part.key] if one == code else None)
            if one in row
            else Cell(None)
            for one in codes
        ]
        sent = f"{number(coverage.sent)}/{number(coverage.expected)}"
        lines.append(
            [
                Cell(part.name, asked.down(part)),
                Cell(coverage.units),
                Cell(sent),
                Cell(coverage.approved),
                *ratio,
                *figures,
            ]
        )
    heads = [
        Column("Tỉnh, thành phố", numeric=False, url=asked.address(sort=None)),
        Column("Số xã, phường"),
        Column("Báo cáo đã gửi"),
        Column("Đã duyệt"),
    ]
    if parts.sizes:
        heads.append(_sorting(asked, "ratio", f"Bình quân ({asked.unit})"))
    heads += [_sorting(asked, one, f"{named[one].name} ({named[one].unit})") for one in codes]
    return Table(
        f"Các tỉnh, thành phố, {asked.summary.span.title}", heads, [*lines, _whole(asked, codes)], notes_of(asked)
    )


def _plain(value: Value | None) -> int | None:
    return value.value if value else None


def _order(
    asked: Asked, rows: list[tuple[Part, dict[str, Value]]], ratio_of: dict
) -> list[tuple[Part, dict[str, Value]]]:
    """By the column asked for; blanks last, whichever way."""
    sort = asked.request.GET.get("sort", "")
    key = sort.removeprefix("-")

    def amount(line: Row) -> Any:
        return ratio_of.get(line[0].key) if key == "ratio" else _plain(line[1].get(key))

    filled = [line for line in rows if amount(line) is not None]
    if not filled:
        return rows
    filled.sort(key=amount, reverse=sort.startswith("-"))
    return filled + [line for line in rows if amount(line) is None]


def _sorting(asked: Asked, key: str, heading: str) -> Column:
    sort = asked.request.GET.get("sort", "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return Column(heading, url=asked.address(sort=key if sort == f"-{key}" else f"-{key}"), sorted=direction)


def _whole(asked: Asked, codes: tuple[str, ...]) -> list[Cell]:
    coverage, total = asked.summary.coverage, asked.summary.asking(indicators=codes).total()
    found = asked.parts.whole(asked.code).get(asked.code)
    ratio = [Cell(found.value if found else None, style="sum fixed")] if asked.parts.sizes else []
    sent = f"{number(coverage.sent)}/{number(coverage.expected)}"
    return [
        Cell(asked.place.name, style="sum"),
        Cell(coverage.units, style="sum"),
        Cell(sent, style="sum"),
        Cell(coverage.approved, style="sum"),
        *ratio,
        *(Cell(_plain(total.get(one)), asked.figure(one) if one in total else "", style="sum") for one in codes),
    ]
