"""How far back a place has figures: of its own, of those it succeeded, by month or as they were published."""

from django.db.models import Q, Subquery

from communes.editions import Editions
from communes.models import Province
from reports.models import MonthlyReport, PublishedTotal
from reports.months import Month
from reports.totals.place import Place


def told_since(place: Place, editions: Editions) -> Month | None:
    """The first month of which a place has a report or a published total; None where it has neither.

    Asked once for as long as no report and no published total is added.
    """
    subjects = ("places", "reports", "published")
    return editions.remember(subjects, ("told since", place.key), lambda: _told_since(place))


def _told_since(place: Place) -> Month | None:
    there = Q()
    if place.commune:
        there = Q(commune__in=place.commune.family())
    elif place.part:
        there = Q(commune__in=place.communes().order_by().values("pk"))
    elif place.province:
        there = Q(province__in=[place.province.pk, *place.province.succeeded.values_list("pk", flat=True)])
    published = there | Q(district=place.district) if place.district else there
    firsts = {
        "reported": MonthlyReport.objects.filter(there).order_by("month").values("month")[:1],
        "published": PublishedTotal.objects.filter(published).order_by("first").values("first")[:1],
    }
    one = Province.objects.order_by("pk")  # any row: two questions in one statement
    found = one.annotate(**{name: Subquery(rows) for name, rows in firsts.items()}).values_list(*firsts)[:1]
    return min((month for row in found for month in row if month), default=None)
