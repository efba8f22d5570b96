"""Issuing a report, making it again from its own rows, and what has changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from communes.models import User
from communes.refusals import Forbidden, Objection, Refused
from communes.templatetags.vietnamese import day as vietnamese_day
from communes.trail.recording import Act, record
from reports.documents.facts import FIGURES, Basis, Facts, Figures, IndicatorLine, MonthLine, PartLine, WeaponLine
from reports.documents.outline import Paragraph
from reports.documents.paper import Paper
from reports.models import (
    Indicator,
    IssuedFigure,
    IssuedMonth,
    IssuedParagraph,
    IssuedPart,
    IssuedReport,
    IssuedWeapon,
    ReportTemplate,
    WeaponKind,
)
from reports.months import Month
from reports.tables.table import Cell, Column, Table
from reports.totals.comparing import BASES, Base, Compared
from reports.units import Unit

BATCH = 500
AHEAD = timedelta(days=31)
NOTHING: Mapping[str, object] = MappingProxyType({})


def objection(unit: Unit, user: User) -> Objection | None:
    """Say why ``user`` may not issue the unit's report, or return None."""
    if unit.is_signed_by(user):
        return None
    if unit.commune:
        return Forbidden("Chỉ chỉ huy Công an cấp xã của đơn vị được ban hành báo cáo.")
    return Forbidden("Chỉ cán bộ duyệt của tỉnh được ban hành báo cáo của tỉnh.")


def next_number(unit: Unit, year: int) -> int:
    """The first number of a year that is higher than all of the unit's."""
    last = IssuedReport.objects.of(unit).filter(year=year).aggregate(Max("number"))["number__max"]
    return (last or 0) + 1


def replaced_by_next(facts: Facts) -> IssuedReport | None:
    """The issued version of the same span that a new one would replace."""
    same = IssuedReport.objects.of(facts.unit).filter(first=facts.span.first, last=facts.span.last)
    return same.filter(replaced_by=None).select_related("letterhead").order_by("-pk").first()


def holding(unit: Unit, month: Month) -> list[IssuedReport]:
    """The issued versions in force that state a month of the unit: its own, and its province's."""
    return holding_each([(unit, month)])[unit, month]


def holding_each(asked: Sequence[tuple[Unit, Month]]) -> dict[tuple[Unit, Month], list[IssuedReport]]:
    """The same of several units of one province, by unit and month (one query)."""
    if not asked:
        return {}
    months = [month for _, month in asked]
    found = IssuedReport.objects.filter(
        Q(commune__in=[unit.commune.pk for unit, _ in asked if unit.commune]) | Q(commune=None),
        province=asked[0][0].province,
        first__lte=max(months),
        last__gte=min(months),
        replaced_by=None,
    ).select_related("letterhead", "province", "commune")
    return {
        (unit, month): [one for one in found if one.first <= month <= one.last and one.commune in (None, unit.commune)]
        for unit, month in asked
    }


def issue(
    paper: Paper, number: int, day: date, *, template: ReportTemplate | None, by: User, now: datetime
) -> IssuedReport:
    """Write a report down for good under its number and day. Raises :class:`Refused`."""
    facts = paper.facts
    refusal = objection(facts.unit, by) or _unready(paper, day, now)
    if refusal:
        raise Refused(refusal)
    taken = Objection(f"Đơn vị đã ban hành một báo cáo số {number} trong năm {day.year}; hãy chọn số khác.")
    if IssuedReport.objects.of(facts.unit).filter(year=day.year, number=number).exists():
        raise Refused(taken)
    try:
        with transaction.atomic():
            letterhead = paper.letterhead
            if letterhead.pk is None:  # the usual words are written down as they are today
                letterhead.by, letterhead.at = by, now
                letterhead.save()
            issued = IssuedReport.objects.create(
                province=facts.unit.province,
                commune=facts.unit.commune,
                span=facts.span.name,
                first=facts.span.first,
                last=facts.span.last,
                include=facts.include,
                number=number,
                year=day.year,
                day=day,
                place=paper.place,
                letterhead=letterhead,
                template=template,
                replaces=replaced_by_next(facts),
                units=facts.basis.units,
                reporting=facts.basis.reporting,
                expected=facts.basis.expected,
                counted=facts.basis.counted,
                initiative_types=facts.initiative_types,
                by=by,
                at=now,
            )
            _write_rows(issued, paper)
            what = f"Ban hành báo cáo {facts.span.name}, số {number}"
            record(Act.REPORT, what, by=by, place=facts.unit.commune or facts.unit.province)
    except IntegrityError as error:
        raise Refused(taken) from error
    return issued


def _unready(paper: Paper, day: date, now: datetime) -> Objection | None:
    facts, last = paper.facts, vietnamese_day(paper.facts.window[1])
    reasons = (
        (not facts.basis.counted, "Kỳ này chưa có báo cáo tháng nào được tính nên chưa ban hành được."),
        (facts.unfinished, f"Kỳ này đến hết ngày {last} mới kết thúc nên chưa ban hành được."),
        (not paper.paragraphs, "Báo cáo chưa có đoạn văn nào."),
        (
            paper.stale,
            f"Còn {paper.stale:02d} đoạn đã sửa mà số liệu đổi sau đó, có thể trái với phụ lục; "
            "hãy giữ lời, dùng bản tự động mới hoặc sửa lại từng đoạn rồi ban hành.",
        ),
        (not paper.letterhead.signatory, "Chưa có cấp bậc, họ tên người ký; hãy ghi người ký rồi ban hành."),
        (
            day > timezone.localdate(now) + AHEAD or day < facts.window[0],
            "Ngày ban hành phải sau ngày đầu kỳ và không quá một tháng kể từ hôm nay.",
        ),
    )
    return next((Objection(said) for stands, said in reasons if stands), None)


def _write_rows(issued: IssuedReport, paper: Paper) -> None:
    facts = paper.facts
    IssuedParagraph.objects.bulk_create(
        IssuedParagraph(issue=issued, position=place, section=one.section, key=one.key, text=one.text)
        for place, one in enumerate(paper.paragraphs)
    )
    IssuedMonth.objects.bulk_create(
        IssuedMonth(issue=issued, position=place, month=one.month, value=one.value, units=one.units)
        for place, one in enumerate(facts.months)
    )
    kinds = dict(WeaponKind.objects.values_list("code", "pk"))
    IssuedWeapon.objects.bulk_create(
        IssuedWeapon(
            issue=issued,
            position=place,
            kind_id=kinds[one.code],
            name=one.name,
            unit=one.unit,
            is_gun=one.is_gun,
            **_four(one),
            compared=_kept(one),
        )
        for place, one in enumerate(facts.weapons)
    )
    indicators = dict(Indicator.objects.values_list("code", "pk"))
    IssuedFigure.objects.bulk_create(
        IssuedFigure(issue=issued, position=place, indicator_id=indicators[one.code], name=one.name, unit=one.unit,
                     section=one.section, reports=one.reports, **_four(one), compared=_kept(one))
        for place, one in enumerate(facts.lines)
    )  # fmt: skip
    parts = IssuedPart.objects.bulk_create(
        IssuedPart(issue=issued, position=place, commune_id=one.commune, hamlet_id=one.hamlet, name=one.name,
                   counted=one.counted, expected=one.expected)
        for place, one in enumerate(facts.parts)
    )  # fmt: skip
    IssuedFigure.objects.bulk_create(
        (
            IssuedFigure(issue=issued, position=place, part=row, indicator_id=indicators[code], value=value)
            for row, part in zip(parts, facts.parts, strict=True)
            for place, (code, value) in enumerate(part.values.items())
        ),
        batch_size=BATCH,
    )


def _four(figures: Any) -> dict[str, Any]:
    """The four figures of a line or of a row, by their names."""
    return {name: getattr(figures, name) for name in FIGURES}


def _kept(figures: Figures) -> dict[str, dict[str, Any]]:
    """How a figure compares, as it is kept: numbers as text, so that a decimal stays what it is."""
    return {
        base: one._asdict() | {side: None if one.now is None else str(getattr(one, side)) for side in ("now", "then")}
        for base, one in figures.compared.items()
    }


def _compared_of(row: IssuedFigure | IssuedWeapon) -> dict[Base, Compared]:
    """The same read again."""
    number = Decimal if isinstance(row, IssuedWeapon) else int
    return {
        base: Compared(**kept | {side: None if kept[side] is None else number(kept[side]) for side in ("now", "then")})
        for base, kept in row.compared.items()
    }


# Again ------------------------------------------------------------------------------------------


def facts_of_issue(issued: IssuedReport) -> Facts:
    """Return the facts an issued version was made from, from its own rows (seven queries)."""
    lines: list[IndicatorLine] = []
    values: dict[int, dict[str, int]] = {}
    for row in issued.issuedfigures.select_related("indicator").order_by("position", "pk"):
        code = row.indicator.code
        if row.part_id is None:
            lines.append(
                IndicatorLine(
                    **_four(row),
                    compared=_compared_of(row),
                    code=code,
                    name=row.name,
                    unit=row.unit,
                    section=row.section,
                    reports=row.reports,
                )
            )
        elif row.value is not None:
            values.setdefault(row.part_id, {})[code] = row.value
    parts = [
        PartLine(row.name, values.get(row.pk, {}), row.commune_id, row.hamlet_id, row.counted, row.expected)
        for row in issued.issuedparts.all()
    ]
    weapons = [
        WeaponLine(
            **_four(row),
            compared=_compared_of(row),
            code=row.kind.code,
            name=row.name,
            unit=row.unit,
            is_gun=row.is_gun,
        )
        for row in issued.issuedweapons.select_related("kind")
    ]
    return Facts(
        issued.unit, issued.of_span, issued.include,
        Basis(issued.units, issued.reporting, issued.expected, issued.counted), tuple(lines), tuple(weapons),
        _guns(weapons), tuple(parts), initiative_types=issued.initiative_types,
        months=tuple(MonthLine(row.month, row.value, row.units) for row in issued.issuedmonths.all()),
    )  # fmt: skip


def _guns(weapons: Iterable[WeaponLine]) -> Figures:
    """All guns together, "khẩu" each: what :meth:`Summary.guns` adds, of the rows that were issued."""
    guns = [line for line in weapons if line.is_gun]

    def of(name: str) -> Decimal | None:
        return sum((getattr(line, name) or Decimal(0) for line in guns), Decimal(0)) or None

    def beside(base: Base) -> Compared:
        """Every kind was compared over the same reports."""
        found = [line.compared[base] for line in guns]
        sides = ([getattr(one, side) for one in found if getattr(one, side) is not None] for side in ("now", "then"))
        now, then = (sum(side, Decimal(0)) if side else None for side in sides)
        return found[0]._replace(now=now, then=then)

    compared = {base: beside(base) for base in BASES if guns and all(base in line.compared for line in guns)}
    return Figures(of("value"), of("previous"), of("same_span_last_year"), of("year_to_date"), compared)


def paper_of_issue(issued: IssuedReport) -> Paper:
    """Return an issued version as it went out."""
    rows = issued.issuedparagraphs.all()
    paragraphs = tuple(Paragraph(row.key, row.section, row.text) for row in rows)
    return Paper(
        facts_of_issue(issued),
        paragraphs,
        issued.letterhead,
        issued.number,
        issued.day,
        issued.place,
        replaces=issued.replaces,
    )


# What changed since -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One figure that is no longer what was issued; ``part`` is empty for the whole."""

    part: str
    name: str
    unit: str
    issued: int | Decimal | None
    today: int | Decimal | None
    code: str = ""

    @property
    def moved(self) -> int | Decimal | None:
        """By how much; None where either is blank."""
        return None if self.issued is None or self.today is None else self.today - self.issued


def differences(issued: Facts, today: Facts) -> list[Difference]:
    """Compare what was issued with today's facts of the same report: the whole, weapons, then part by part."""
    return whole_differences(issued, today) + _part_differences(issued, today)


def whole_differences(issued: Facts, today: Facts) -> list[Difference]:
    """The same of the whole alone: its indicators, then its weapons."""
    pairs = [*_paired(today.lines, issued.lines), *_paired(today.weapons, issued.weapons)]
    return [
        Difference("", line.name, line.unit, old, line.value, line.code) for line, old in pairs if line.value != old
    ]


def _paired(today: Iterable[Any], issued: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pair lines by code; what is gone today stands with a blank."""
    before = {line.code: line for line in issued}
    pairs = [(line, before.pop(line.code).value if line.code in before else None) for line in today]
    gone = [(type(line)(code=line.code, name=line.name, unit=line.unit), line.value) for line in before.values()]
    return pairs + gone


def _part_differences(issued: Facts, today: Facts) -> list[Difference]:
    def key(part: PartLine) -> tuple[int | None, int | None]:
        return part.commune, part.hamlet

    before = {key(part): part for part in issued.parts}
    now = {key(part): part for part in today.parts}
    columns = {line.code: line for line in (*today.columns, *issued.columns)}
    found = []
    for place in dict.fromkeys([*before, *now]):
        old, new = before.get(place), now.get(place)
        name = (new or old).name  # type: ignore[union-attr]
        for code, line in columns.items():
            was, value = (part.values.get(code) if part else None for part in (old, new))
            if was != value:
                found.append(Difference(name, line.name, line.unit, was, value))
    return found


def difference_table(found: Iterable[Difference], *, parts: bool, since: Mapping[str, object] = NOTHING) -> Table:
    """Differences as a table: of the whole, or of its parts; ``since`` says by code which step moved a figure."""
    heads = [Column("Đơn vị", numeric=False)] if parts else []
    heads += [
        Column("Chỉ tiêu", numeric=False),
        Column("ĐVT", numeric=False),
        Column("Đã ban hành"),
        Column("Hiện nay"),
        Column("Chênh lệch"),
        *([] if parts else [Column("Lần đổi gần nhất", numeric=False)]),
    ]
    rows = [
        [
            *([Cell(one.part)] if parts else []),
            Cell(one.name),
            Cell(one.unit),
            Cell(one.issued),
            Cell(one.today),
            Cell(one.moved),
            *([] if parts else [Cell(str(since.get(one.code, "")))]),
        ]
        for one in found
        if bool(one.part) is parts
    ]
    return Table("Theo từng đơn vị" if parts else "Toàn báo cáo", heads, rows, folds=parts)
