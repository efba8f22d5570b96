"""The smallest views that give what is measured in the served program."""

from django.db.models import Count, Sum
from django.http import HttpRequest, JsonResponse

from reports.models import ReportTotal
from reports.months import Month


def totals(request: HttpRequest) -> JsonResponse:
    """A province's year by indicator, by one GROUP BY."""
    year = int(request.GET["year"])
    rows = ReportTotal.objects.filter(
        report__province__code=request.GET["province"],
        report__month__range=(Month(year, 1), Month(year, 12)),
        report__state__in=("submitted", "approved"),
    )
    grouped = rows.order_by().values_list("indicator__code").annotate(Sum("value"), Count("pk"))
    return JsonResponse({"rows": list(grouped)})
