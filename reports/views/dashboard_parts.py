"""The parts of a place compared: ranked, spread out, each one's share, on the map."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from communes.templatetags.vietnamese import number
from reports import charts
from reports.asking.address import span_below
from reports.review.odd import cautions
from reports.tables.table import MIDDLE, Cell, Column, Table
from reports.totals.comparing import BASES as SPANS_BEFORE
from reports.totals.comparing import LIKE_NOTE, Compared, Comparison, moves_note
from reports.totals.parts import PartFigure, Ranked, ranked
from reports.totals.place import Coverage
from reports.totals.ratios import BASES
from reports.totals.steady import run_of
from reports.views.dashboard_asked import Asked

MISSING = "chưa có số liệu"
EXTREMES = 5  # named at either end of a distribution
ENDS = 12  # shown at either end of a ranking whose middle is folded


def notes_of(asked: Asked) -> list[str]:
    """What must be known to read the figures of the parts: coverage, and what they are divided by."""
    notes = [*asked.summary.notes]
    sizes = asked.parts.sizes
    if sizes:
        notes.append(
            f"Bình quân {BASES[sizes.basis].label}: chia tổng cho tổng của những nơi có số liệu. {sizes.note}".strip()
        )
    return notes


def warned_of(asked: Asked) -> dict[Any, str]:
    """Part → what must be known before it is ranked; communes alone are warned of."""
    of_communes = asked.parts.by == "commune" and not asked.parts.group_of
    return dict(cautions(asked.summary, asked.code)) if of_communes else {}


def ranking(asked: Asked) -> dict[str, Any]:
    """Ranked parts with their numbers; equal figures share a rank, blanks stand last."""
    laid, divided = Laid.of(asked), asked.basis == "hamlet"
    axis = laid.axis
    ways = [
        (asked.address(basis="hamlet"), BASES["hamlet"].label, divided),
        (asked.address(basis=None), "tổng số", not asked.basis),
    ]
    return {
        "table": ranking_table(asked, laid),
        "said": [axis.admits(asked.parts.what), axis.key(asked.unit)] if axis.values else [],
        "ways": [] if asked.place.commune else ways,
    }


class Laid(NamedTuple):
    """The axis on which parts stand, and where each stood a year before, as far as that compares."""

    axis: charts.Axis
    then: dict[Any, Decimal]

    @classmethod
    def of(cls, asked: Asked) -> "Laid":
        """Lay them out.

        The ring lies from the dot as far as the column beside says that the figure moved, like with like; there is none
        where nothing is compared.
        """
        lines = asked.parts.lines(asked.code)
        beside, then = asked.parts.compared(asked.code, "same_span_last_year"), {}
        for line in lines:
            compared = beside.get(line.part.key)
            if compared and compared.sides and compared.sides[0] and line.shown is not None:
                now, before = map(Decimal, compared.sides)
                then[line.part.key] = Decimal(line.shown) * before / now
        return cls(charts.Axis.of((line.shown for line in lines), then.values()), then)

    def apart(self, line: PartFigure) -> charts.Apart | None:
        """Draw one part."""
        return self.axis.apart(self.then.get(line.part.key), line.shown) if self.axis.values else None


def ranking_tables(asked: Asked) -> list[Table]:
    """The same for a workbook."""
    return [ranking_table(asked)]


def ranking_table(asked: Asked, laid: Laid | None = None) -> Table:
    """The parts from the greatest down, with what each is compared with and its coverage.

    ``laid``, each with the way from a year before to now and its thirteen months, those in the middle only where the
    address asks for the ``whole``, for their ranks mean little: on a page, not in a workbook.
    """
    code, parts, span = asked.code, asked.parts, asked.summary.span
    lines = ranked(parts.lines(code))
    lines, opener = _without_middle(asked, lines) if laid else (lines, None)
    before = [(getattr(span, base), parts.compared(code, base)) for base in SPANS_BEFORE]
    compared = [
        (span_below(asked.summary, one), {part.key: row.get(code) for part, row in parts.rows((code,), one)}, beside)
        for one, beside in before
    ]
    covered, pasts = parts.coverage(), pasts_of(asked) if laid else None
    warned, rows = warned_of(asked), []
    told = any(warned.get(line.part.key) for _, line in lines)
    for rank, line in lines:
        part = line.part
        was: list[Cell] = []
        for one, values, beside in compared:
            old = values.get(part.key)
            was.append(Cell(old.value, asked.behind(part, code, one)) if old else Cell(None))
            was.append(_moved(beside.get(part.key)))
        apart = laid.apart(line) if laid else None
        ends = [Cell("", past=pasts.get(part.key))] if pasts is not None else []
        ends += ([Cell(warned.get(part.key, ""))] if told else []) + _covered(parts.by, covered.get(part.key))
        rows.append([Cell(part.name, asked.down(part)), Cell(rank or ""), *_figures(asked, line, apart), *was, *ends])
    if opener:
        rows.insert(*opener)
    rows.append(_whole_row(asked, more=told + (pasts is not None)))
    columns = [
        Column(parts.what.capitalize(), numeric=False),
        Column("Hạng"),
        *_heads(asked),
        Column("Kỳ trước"),
        Column("Tăng, giảm"),
        Column("Cùng kỳ năm trước"),
        Column("Tăng, giảm"),
        *([Column("13 tháng", numeric=False)] if pasts is not None else []),
        *([Column("Lưu ý", numeric=False)] if told else []),
        *([] if parts.by == "hamlet" else [Column("Báo cáo đã gửi", numeric=False)]),
    ]
    title = f"Xếp hạng {parts.what} theo {_what(asked)}, {span.title}"
    return Table(title, columns, rows, [*notes_of(asked), LIKE_NOTE, moves_note()])


def _middle_of(lines: Sequence[Ranked]) -> range:
    """Which of the ranked parts stand in the middle, empty where they are few: no two of one rank are parted."""
    ranks = [one.rank for one in lines if one.rank]
    first, last = ENDS, len(ranks) - ENDS
    while first < last and ranks[first] == ranks[first - 1]:
        first += 1
    while first < last and ranks[last - 1] == ranks[last]:
        last -= 1
    return range(first, last) if last - first >= ENDS else range(0)


def _without_middle(asked: Asked, lines: list[Ranked]) -> tuple[list[Ranked], tuple[int, list[Cell]] | None]:
    """The parts without those in the middle, or all where the address asks for the ``whole``.

    With them where to put which line: it opens the middle, or folds it again; None where there is none.
    """
    middle = _middle_of(lines)
    if not middle:
        return lines, None
    hidden = not asked.request.GET.get("whole")
    verb = Cell("Hiện" if hidden else "Ẩn", asked.address(whole="1" if hidden else None), style=MIDDLE)
    opener = middle.start, [verb, Cell(f"{number(len(middle))} {asked.parts.what} ở giữa")]
    return [line for at, line in enumerate(lines) if not hidden or at not in middle], opener


def pasts_of(asked: Asked) -> dict[Any, charts.Past] | None:
    """Part → its thirteen months; None of the country, whose communes would have to be asked one by one."""
    if asked.place.province is None:
        return None
    run = run_of(asked.summary.span)
    months = asked.parts.months(asked.code, run)
    return {part.key: charts.Past(part.name, [values.get(month) for month in run]) for part, values in months}


def _what(asked: Asked) -> str:
    name = asked.name
    words = name if name[1:2].isupper() else name[:1].lower() + name[1:]
    return f"“{words}”" + (f", bình quân {BASES[asked.basis].label}" if asked.parts.sizes else "")


def _heads(asked: Asked) -> list[Column]:
    unit = asked.plain_unit
    ratio = [Column(f"Bình quân ({asked.unit})")] if asked.parts.sizes else []
    return [*ratio, Column(f"Kỳ này ({unit})")]


def _figures(asked: Asked, line: PartFigure, apart: charts.Apart | None) -> list[Cell]:
    """The figure, before it its ratio where one is asked for; the drawing stands with what is ranked."""
    if line.value is None:
        said = Cell(MISSING, style="blank")
        return [said, Cell(None)] if asked.parts.sizes else [said]
    url = asked.behind(line.part, asked.code)
    if asked.parts.sizes:
        return [Cell(line.ratio, apart=apart, style="barred fixed"), Cell(line.value, url)]
    return [Cell(line.value, url, apart=apart, style="barred")]


def _covered(by: str, coverage: Coverage | None) -> list[Cell]:
    if by == "hamlet":
        return []
    return [Cell(f"{number(coverage.sent)}/{number(coverage.expected)}" if coverage else "")]


def _whole_row(asked: Asked, *, more: int) -> list[Cell]:
    """The figure of the whole place below its parts, which have some columns ``more``."""
    code, span, summary = asked.code, asked.summary.span, asked.summary.asking(indicators=(asked.code,))
    now, before, year = (summary.total(s).get(code) for s in (span, span.previous, span.same_span_last_year))
    of = {base: Comparison(summary, base).figures().get(None, {}).get(code) for base in SPANS_BEFORE}
    value, old, last = (one.value if one else None for one in (now, before, year))
    ratio = asked.parts.whole(code).get(code)
    divided = [Cell(ratio.value if ratio else None, style="sum fixed")] if asked.parts.sizes else []
    coverage = asked.summary.coverage
    cells = [
        Cell(asked.place.name, style="sum"),
        Cell("", style="sum"),
        *divided,
        Cell(value, asked.figure(code) if now else "", style="sum"),
        Cell(old, style="sum"),
        _moved(of.get("previous"), "sum"),
        Cell(last, style="sum"),
        _moved(of.get("same_span_last_year"), "sum"),
    ]
    cells += [Cell("", style="sum")] * more
    if asked.parts.by != "hamlet":
        cells.append(Cell(f"{number(coverage.sent)}/{number(coverage.expected)}", style="sum"))
    return cells


def _moved(compared: Compared | None, style: str = "") -> Cell:
    return compared.cell(f"compared {style}".strip()) if compared else Cell("", style=f"compared {style}".strip())


def plain_table(asked: Asked, lines: list[PartFigure], title: str, *, noted: bool = True) -> Table:
    """Parts and what is shown of them, in the order given; without notes where it is a piece of another."""
    warned = warned_of(asked)
    told = any(warned.get(line.part.key) for line in lines)
    rows = [
        [
            Cell(line.part.name, url=asked.down(line.part)),
            *([Cell(line.ratio, style="fixed")] if asked.parts.sizes else []),
            Cell(MISSING, style="blank")
            if line.value is None
            else Cell(line.value, asked.behind(line.part, asked.code)),
            *([Cell(warned.get(line.part.key, ""))] if told else []),
        ]
        for line in lines
    ]
    columns = [Column(asked.parts.what.capitalize(), numeric=False), *_heads(asked)]
    columns += [Column("Lưu ý", numeric=False)] if told else []
    return Table(title, columns, rows, notes_of(asked) if noted else [])


def distribution(asked: Asked) -> dict[str, Any]:
    """A dot for each part, the quartiles, and the extremes by name."""
    lines = asked.parts.lines(asked.code)
    dots = [charts.Dot(line.part.name, line.shown) for line in lines]
    strip = charts.Strip(f"Phân bố {_what(asked)} theo {asked.parts.what}", asked.unit, dots)
    filled = [row.line for row in ranked(lines) if row.rank]
    ends, what = min(EXTREMES, len(filled) // 2), asked.parts.what
    return {
        "strip": strip,
        "most": plain_table(asked, filled[:ends], f"{ends} {what} nhiều nhất", noted=False),
        "least": plain_table(asked, filled[::-1][:ends], f"{ends} {what} ít nhất", noted=False),
        "table": plain_table(asked, [row.line for row in ranked(lines)], f"Tất cả {what}"),
    }


def contribution(asked: Asked) -> dict[str, Any]:
    """Each part's share of the total, and the sum of the shares from the greatest down."""
    code, lines = asked.code, asked.parts.lines(asked.code)
    order = sorted((line for line in lines if line.value is not None), key=lambda line: -(line.value or 0))
    total = asked.summary.asking(indicators=(code,)).total().get(code)
    given = [(line.part.name, line.value or 0) for line in order]
    pareto = charts.Pareto(
        f"Tỷ trọng của từng {asked.parts.what} trong tổng {_plain_what(asked)}",
        asked.plain_unit,
        given,
        total.value if total else 0,
    )
    rows = [
        [
            Cell(one.name, asked.down(line.part)),
            Cell(one.value, asked.behind(line.part, code)),
            Cell(one.share, style="fixed"),
            Cell(one.so_far, style="fixed"),
        ]
        for one, line in zip(pareto.shares, order, strict=bool(pareto.shares))
    ]
    rows += [
        [Cell(line.part.name, asked.down(line.part)), Cell(MISSING, style="blank"), Cell(None), Cell(None)]
        for line in lines
        if line.value is None and pareto.shares
    ]
    heads = [
        Column(asked.parts.what.capitalize(), numeric=False),
        Column(f"Kỳ này ({pareto.unit})"),
        Column("Tỷ trọng (%)"),
        Column("Cộng dồn (%)"),
    ]
    notes = [*asked.summary.notes]
    if asked.basis:
        notes.append("Tỷ trọng tính trên số liệu, không tính trên bình quân.")
    return {"pareto": pareto, "table": Table(pareto.title, heads, rows, notes)}


def _plain_what(asked: Asked) -> str:
    return f"“{asked.indicator.name}”" if asked.indicator else ""
