"""A summary as rows: each figure beside the previous span and the same span last year."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from communes.models import Commune, Hamlet, Province
from communes.names import told_apart
from reports.models import Indicator, WeaponKind
from reports.months import Month
from reports.totals.comparing import BASES, Base, Compared, Comparison
from reports.totals.dimensions import By
from reports.totals.inquiry import CATALOGUE
from reports.totals.summary import Summary, Values

NOTHING = Compared("none", None, None, 0, "chưa có số liệu")
"""How a figure compares that neither span has."""


class IndicatorRow(NamedTuple):
    """One indicator (of one commune, month or hamlet where rows are by those); None is blank.

    Of the ``reports`` behind a stock, ``carried`` are of a month before, the first of ``carried_since``. Of a figure
    of the register ``from_register`` units were asked of it now; ``mark`` says it in words, "" of any other figure.
    """

    code: str
    name: str
    unit: str
    section: str
    measure: str
    key: str | None
    key_name: str | None
    value: int | None
    previous: int | None
    same_span_last_year: int | None
    reports: int
    compared: dict[Base, Compared]
    carried: int
    carried_since: str | None
    from_register: int
    mark: str


class WeaponRow(NamedTuple):
    """One kind of weapon in its own unit; None where nothing was handed over."""

    code: str
    name: str
    unit: str
    value: Decimal | None
    previous: Decimal | None
    same_span_last_year: Decimal | None
    year_to_date: Decimal | None
    compared: dict[Base, Compared]


def _moved_months(values: Values, months: int) -> Values:
    """Lay the months of a compared span over those of the span asked."""
    return {key + months if isinstance(key, Month) else key: row for key, row in values.items()}


def indicator_rows(summary: Summary, by: By, *, compared: bool = True) -> list[IndicatorRow]:
    """Return a row for every indicator, or for every indicator of every key of the dimension.

    Without ``compared`` the spans before are not asked and stand blank.
    """
    span = summary.span
    now = summary.values(span, by)
    previous = _moved_months(summary.values(span.previous, by), len(span)) if compared else {}
    last_year = _moved_months(summary.values(span.same_span_last_year, by), 12) if compared else {}
    beside = {base: Comparison(summary, base).figures(by) for base in BASES} if compared else {}
    rows = []
    for key, slug, name in _keys(summary, by, now, previous, last_year):
        for indicator in summary.catalogue:
            value, before, year = (v.get(key, {}).get(indicator.code) for v in (now, previous, last_year))
            if value is before is year is None and (by != "indicator" or not indicator.asked_within(span)):
                continue
            rows.append(
                IndicatorRow(
                    indicator.code,
                    indicator.name,
                    indicator.unit,
                    indicator.section.code,
                    indicator.measure,
                    slug,
                    name,
                    value and value.value,
                    before and before.value,
                    year and year.value,
                    value.reports if value else 0,
                    {base: found.get(key, {}).get(indicator.code, NOTHING) for base, found in beside.items()},
                    value.carried if value else 0,
                    str(value.since) if value and value.since else None,
                    value.registered + value.live if value else 0,
                    value.mark if value and indicator.source == Indicator.Source.REGISTRY else "",
                )
            )
    return rows


def _keys(summary: Summary, by: By, *values: Values) -> list[tuple[Any, Any, Any]]:
    """Return the keys of a dimension in their order, each with its code and name."""
    found = set().union(*(v.keys() for v in values))
    if by == "month":
        return [(month, str(month), month.title) for month in summary.span]
    if by == "commune":
        communes = Commune.objects.filter(pk__in=[key for key in found if key > 0]).order_by("code")
        offices = Province.objects.filter(pk__in=[-key for key in found if key < 0])
        return [(c.pk, c.slug, str(c)) for c in communes] + [
            (-p.pk, f"province-{p.slug}", p.office_name) for p in offices
        ]
    if by == "hamlet":
        hamlets = Hamlet.objects.filter(pk__in=[key for key in found if key])
        rest = [(None, None, "Toàn đơn vị")] if None in found else []
        return [(pk, str(pk), name) for pk, name in told_apart(hamlets).items()] + rest
    return [(None, None, None)]


def weapon_rows(summary: Summary, *, to_date: bool = False) -> tuple[list[WeaponRow], WeaponRow]:
    """Return the kinds that occur in any of the three spans, and all guns together ("khẩu").

    ``to_date`` asks for the year to date beside them.
    """
    span = summary.span
    spans = [span, span.previous, span.same_span_last_year, *([span.year_to_date] if to_date else [])]
    handed = [summary.weapons(one) for one in spans]
    kinds = summary.keep(CATALOGUE, ("weapon kinds",), lambda: list(WeaponKind.objects.all()))
    beside = {base: Comparison(summary, base).weapons(kinds) for base in BASES}
    rows = [
        _weapon_row(
            (kind.code, kind.name, kind.unit),
            [weapons.get(kind.code) for weapons in handed],
            {base: of_kind[kind.code] for base, (of_kind, _) in beside.items()},
        )
        for kind in kinds
        if any(kind.code in weapons for weapons in handed)
    ]
    guns = [summary.guns(weapons, kinds) for weapons in handed]
    of_guns = {base: guns for base, (_, guns) in beside.items()}
    return rows, _weapon_row(("guns", "Tổng số súng", "khẩu"), guns, of_guns)


def _weapon_row(
    names: tuple[str, str, str], handed: Sequence[Decimal | None], compared: dict[Base, Compared]
) -> WeaponRow:
    value, previous, last_year, to_date = (*handed, None)[:4]
    return WeaponRow(*names, value, previous, last_year, to_date, compared)
