"""Published totals beside sums of months: never added, their difference said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from communes.templatetags.vietnamese import number
from reports.models import Home, Indicator, PublishedTotal
from reports.months import Span
from reports.tables.table import MINUS
from reports.totals.inquiry import Boundaries
from reports.totals.place import Coverage, Place, Value
from reports.totals.summary import Summary


@dataclass(frozen=True)
class Beside:
    """A published total, and what the months of its unit and span add up to; None is blank.

    ``registered`` are the units without a report whose register says it. ``coverage`` is that of all the months of the
    span, whether they hold this figure or not; None where nobody asked.
    """

    published: PublishedTotal
    summed: Decimal | None
    reports: int
    registered: int = 0
    coverage: Coverage | None = None

    @property
    def difference(self) -> Decimal | None:
        """By how much the published total is above the sum; None where either is no number."""
        value = self.published.value
        return None if value is None or self.summed is None else value - self.summed

    @property
    def rests_on(self) -> str:
        """Behind how many reports and registers the sum stands: "11", "11; 2 xã theo danh bạ"."""
        told = [number(self.reports)] if self.reports or not self.registered else []
        return "; ".join([*told, f"{number(self.registered)} xã theo danh bạ"] if self.registered else told)

    @property
    def said(self) -> str:
        """The difference in words: "cao hơn 12", "khớp", or what is missing."""
        if self.published.value is None:
            return "nguồn ghi bằng lời"
        if self.summed is None:
            return "chưa có báo cáo tháng"
        difference = self.difference or Decimal(0)
        if not difference:
            return "khớp"
        return f"+{number(difference)}" if difference > 0 else f"{MINUS}{number(-difference)}"


def place_of(home: Home) -> Place:
    """Return what the months of a unit are summed over."""
    return Place(home.province, home.commune, district=home.district)


def usual_boundaries(place: Place) -> Boundaries:
    """Return whose boundaries a place is read by where nobody says: those of now, a former one by its own."""
    return "then" if place.has_ended else "today"


def beside_months(home: Home, span: Span, totals: Iterable[PublishedTotal], now: datetime) -> list[Beside]:
    """Return some totals of one unit and span with the sums of what was sent."""
    totals = list(totals)
    if not totals:
        return []
    place = place_of(home)
    codes = tuple(one.what.code for one in totals if isinstance(one.what, Indicator))
    summary = Summary(place, span, now, boundaries=usual_boundaries(place), indicators=codes)
    summed = summary.total() if codes else {}
    handed = summary.weapons() if len(codes) < len(totals) else {}
    reports, rows = len(summary.counted(span)), []
    for one in totals:
        if one.weapon_id:
            quantity = handed.get(one.what.code, Decimal(0) if reports else None)
            rows.append(Beside(one, quantity, reports, coverage=summary.coverage))
        else:
            value = summed.get(one.what.code) or Value(0, 0)
            known = Decimal(value.value) if value.units else None
            rows.append(Beside(one, known, value.reports, value.registered, summary.coverage))
    return rows


def published_beside(summary: Summary) -> list[PublishedTotal]:
    """Return what was published of a summary's place and span, as :func:`published_for` does; remembered."""
    place, span = summary.place, summary.span
    question = ("published", place.key, span.first, span.last)
    return summary.keep(("published", "places"), question, lambda: published_for(place, span))


def published_for(place: Place, span: Span) -> list[PublishedTotal]:
    """Return what was published of a place and exactly this span: its own, then that of the units it succeeded.

    Of the country the provinces' own.
    """
    rows = PublishedTotal.objects.named().filter(first=span.first, last=span.last)
    if place.cluster:
        return []
    if place.commune:
        rows = rows.filter(commune__in=place.commune.family())
    elif place.district:
        rows = rows.filter(district=place.district)
    elif place.province:
        rows = rows.filter(Q(province=place.province) | Q(province__heir=place.province), commune=None)
    else:
        rows = rows.filter(commune=None, district=None)
    own = place.home

    def order(one: PublishedTotal) -> tuple[bool, str, str]:
        return one.home != own, one.home.unit.slug, one.source

    return sorted(rows, key=order)
