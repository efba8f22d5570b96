"""Gathering the facts of a report: every figure is asked of the summary, in a fixed number of queries."""

from collections import Counter
from collections.abc import Container, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from communes.models import Commune, Hamlet
from communes.names import told_apart
from models_registry.headcount import with_registers_then
from models_registry.models import Award, Initiative
from reports.documents.facts import (
    COMMUNE_COLUMNS,
    FIGURES,
    HAMLET_COLUMNS,
    RANKED,
    AwardLine,
    Basis,
    Facts,
    Figures,
    IndicatorLine,
    MonthLine,
    PartLine,
    PublishedLine,
    Remark,
    WeaponLine,
)
from reports.models import Indicator, MonthlyReport, WeaponHandover, WeaponKind
from reports.months import Month, Span
from reports.review.odd import odd_communes
from reports.totals.comparing import BASES, Comparison
from reports.totals.inquiry import INCLUDES, Include
from reports.totals.place import Place
from reports.totals.published import published_for, usual_boundaries
from reports.totals.steady import steady_reports
from reports.totals.summary import Summary
from reports.units import Unit


def facts_of(unit: Unit, span: Span, include: Include, now: datetime) -> Facts:
    """Ask for everything a unit's report of a span states."""
    place = Place(unit.province, unit.commune)
    summary = Summary(place, span, now, include, usual_boundaries(place))
    parts = _hamlets(summary) if unit.commune else _communes(summary)
    weapons, guns = _weapons(summary)
    current = Month.at(now, unit.province.cutoff)
    since, on = span.window(unit.province.cutoff)
    communes = summary.place.communes().values("pk")
    return Facts(
        unit,
        span,
        include,
        _basis(summary),
        _lines(summary),
        weapons,
        guns,
        parts,
        initiative_types=summary.initiative_types(),
        initiative_names=_initiative_names(unit, span.last),
        awards=_awards(communes, since, on),
        remarks=_remarks(unit, span, include),
        must=frozenset(i.code for i in summary.catalogue if i.core and i.source == Indicator.Source.ENTERED),
        unfinished=current if span.last >= current else None,
        kinds=_kinds(summary),
        exchanged=summary.weapons_by_source().get(WeaponHandover.Source.EXCHANGED, {}) if weapons else {},
        proposing=() if unit.commune else _proposing(summary),
        published=_published(place, span),
        carried=summary.carried_sentence,
        months=_months(summary),
    )


def _months(summary: Summary) -> tuple[MonthLine, ...]:
    """The year's months up to the end of the span: of the commune, up to its last figure; of a province, of the units
    that reported in each of those that are due.
    """
    year = summary.span.year_to_date
    if summary.place.commune:
        values, units = summary.asking(indicators=(RANKED,)).values(year, "month"), 0
        last = max((month for month, row in values.items() if RANKED in row), default=None)
    else:
        last = max(_due(summary.asking(span=year)), default=None)
    if last is None:
        return ()
    run = Span(f"{year.first}..{last}", year.first, last, year.first_month)
    if not summary.place.commune:
        asked = summary.asking(span=run, indicators=(RANKED,))
        reports = [report for report in steady_reports(asked, run) if report.unit > 0]  # not the office's own
        values, units = asked.values_of(reports, run, "month"), len({report.unit for report in reports})
    found = [values.get(month, {}).get(RANKED) for month in run]
    return tuple(MonthLine(month, one.value if one else None, units) for month, one in zip(run, found, strict=True))


def _published(place: Place, span: Span) -> tuple[PublishedLine, ...]:
    """What was published of exactly this span, the unit's own first, then that of those it succeeded."""
    return tuple(
        PublishedLine(str(one.home.unit), one.cited, one.name, one.text, "" if one.value is None else one.what.unit)
        for one in published_for(place, span)
    )


def _spans(summary: Summary) -> tuple[Span, Span, Span, Span]:
    """The four spans of the appendix, in the order of :class:`Figures`."""
    span = summary.span
    return span, span.previous, span.same_span_last_year, span.year_to_date


def _four(values: Iterable[Any]) -> dict[str, Any]:
    """The figures of the four spans by their names."""
    return dict(zip(FIGURES, values, strict=True))


def _lines(summary: Summary) -> tuple[IndicatorLine, ...]:
    totals = [summary.total(span) for span in _spans(summary)]
    beside = {base: Comparison(summary, base).figures().get(None, {}) for base in BASES}
    lines = []
    for one in summary.catalogue:
        found = [total.get(one.code) for total in totals]
        if any(found) or one.asked_within(summary.span):
            lines.append(
                IndicatorLine(
                    **_four(value.value if value else None for value in found),
                    compared={base: of[one.code] for base, of in beside.items() if one.code in of},
                    code=one.code,
                    name=one.name,
                    unit=one.unit,
                    section=one.section.name,
                    reports=found[0].reports if found[0] else 0,
                    registered=found[0].registered if found[0] else 0,
                )
            )
    return tuple(lines)


def _weapons(summary: Summary) -> tuple[tuple[WeaponLine, ...], Figures]:
    kinds = list(WeaponKind.objects.all())
    found = [summary.weapons(span) for span in _spans(summary)]
    beside = {base: Comparison(summary, base).weapons(kinds) for base in BASES}
    lines = [
        WeaponLine(
            **_four(weapons.get(kind.code) for weapons in found),
            code=kind.code,
            name=kind.name,
            unit=kind.unit,
            is_gun=kind.is_gun,
            compared={base: of_kind[kind.code] for base, (of_kind, _) in beside.items()},
        )
        for kind in kinds
        if any(kind.code in weapons for weapons in found)
    ]
    guns = _four(summary.guns(weapons, kinds) or None for weapons in found)
    compared = {base: of_guns for base, (_, of_guns) in beside.items()} if any(line.is_gun for line in lines) else {}
    return tuple(lines), Figures(**guns, compared=compared)


def _counted(summary: Summary) -> Counter[int]:
    """Unit → how many of its monthly reports are counted."""
    states = INCLUDES[summary.include]
    return Counter(unit for (unit, _), state in summary.states.items() if state in states)


def _basis(summary: Summary) -> Basis:
    counted = _counted(summary)
    expected = {unit: len(months) for unit, months in summary.expected.items()}
    return Basis(
        len(expected),
        sum(counted[unit] > 0 for unit in expected),
        sum(expected.values()),
        sum(counted[unit] for unit in expected),
        sum(report.state != MonthlyReport.State.APPROVED for report in summary.counted(summary.span)),
        sum(_unsettled(summary).values()),
    )


def _unsettled(summary: Summary, months: Container[Month] | None = None) -> Counter[int]:
    """Unit → how many of its reports (of some months) are sent but do not count."""
    states = set(MonthlyReport.SENT) - set(INCLUDES[summary.include])
    return Counter(
        unit
        for (unit, month), state in summary.states.items()
        if state in states and unit > 0 and (months is None or month in months)
    )


def _kinds(summary: Summary) -> tuple[str, ...]:
    """The kinds of unit that the province has: "xã", "phường"; in the order of the law."""
    rows = Commune.objects.filter(pk__in=summary.expected).order_by().values_list("kind", flat=True).distinct()
    found = {kind.lower() for kind in rows}
    return tuple(kind for kind in ("xã", "phường", "đặc khu") if kind in found) or Facts.kinds


def _proposing(summary: Summary) -> tuple[str, ...]:
    """The communes whose counted reports propose something, in official order."""
    reports = [report.pk for report in summary.counted(summary.span) if report.commune]
    written = MonthlyReport.objects.filter(pk__in=reports).exclude(proposals="")
    return tuple(map(str, Commune.objects.filter(pk__in=written.values("commune")).order_by("code")))


def _due(summary: Summary) -> set[Month]:
    """The months of the span whose reports are due: nobody owes the others yet."""
    province = summary.place.province
    day = province.commune_due if province else 1
    return {month for month in summary.span if month.closes(day) <= summary.now}


def _communes(summary: Summary) -> tuple[PartLine, ...]:
    """Every commune in official order, reported or not, then the province's own office."""
    asked = summary.asking(indicators=COMMUNE_COLUMNS)
    found, counted, due = asked.values(asked.span, "commune"), Counter[int](), _due(summary)
    counted.update(
        unit for (unit, month), state in summary.states.items() if state in INCLUDES[summary.include] and month in due
    )
    keys = set(summary.expected) | {key for key in found if key > 0}
    communes = Commune.objects.filter(pk__in=keys).select_related("province").order_by("code")
    waiting, odd = _unsettled(summary, due), odd_communes(summary, RANKED)
    parts = [
        PartLine(
            str(commune),
            _plain(found.get(commune.pk, {})),
            commune=commune.pk,
            counted=counted[commune.pk],
            waiting=waiting[commune.pk],
            odd=commune.pk in odd,
            expected=sum(month in due for month in summary.expected.get(commune.pk, ())),
            owing=any(map(Unit(commune.province, commune).is_awaited, due)),
        )
        for commune in communes
    ]
    province = summary.place.province
    office = -province.pk if province else 0
    if office in found and province:
        parts.append(PartLine(province.office_name, _plain(found[office])))
    return tuple(parts)


def _hamlets(summary: Summary) -> tuple[PartLine, ...]:
    """Every hamlet there was at the end, and those with figures; last what was entered for the whole unit."""
    asked = summary.asking(indicators=HAMLET_COLUMNS)
    found = asked.values(asked.span, "hamlet")
    _, on = summary.span.window(summary.place.cutoff)
    there = Hamlet.objects.filter(commune=summary.place.commune).active_on(on)
    named = Hamlet.objects.filter(pk__in=[key for key in found if key])
    names = told_apart(there | named)
    parts = [PartLine(name, _plain(found.get(pk, {})), hamlet=pk) for pk, name in names.items()]
    if None in found:
        parts.append(PartLine("Không chia theo khu dân cư", _plain(found[None])))
    return tuple(parts)


def _plain(values: dict[str, Any]) -> dict[str, int]:
    return {code: value.value for code, value in values.items()}


def _initiative_names(unit: Unit, month: Month) -> tuple[str, ...]:
    """The initiatives of a commune that run at the end of a month; a province's are too many to name."""
    if unit.commune is None:
        return ()
    since, on = month.window(unit.province.cutoff)
    communes = with_registers_then([unit.commune.pk], since=since, on=on)
    return tuple(Initiative.objects.running_on(on).filter(commune__in=communes).values_list("name", flat=True))


def _awards(communes: Iterable[Any], since: date, on: date) -> tuple[AwardLine, ...]:
    rows = (
        Award.objects.filter(commune__in=communes, awarded_on__range=(since, on))
        .order_by()
        .values_list("kind")
        .annotate(Sum("collectives"), Sum("individuals"))
    )
    found = {kind: (collectives, individuals) for kind, collectives, individuals in rows}
    return tuple(AwardLine(label, *found[kind]) for kind, label in Award.Kind.choices if kind in found)


def _remarks(unit: Unit, span: Span, include: Include) -> tuple[Remark, ...]:
    """What the unit wrote of its difficulties and proposals, month by month."""
    rows = (
        MonthlyReport.objects.of(unit)
        .filter(month__range=(span.first, span.last), state__in=INCLUDES[include])
        .exclude(difficulties="", proposals="")
        .order_by("month")
    )
    return tuple(Remark(*row) for row in rows.values_list("month", "difficulties", "proposals"))
