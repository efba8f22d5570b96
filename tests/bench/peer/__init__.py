"""The smallest honest peer: what a plain Django view does with the same sign-in, the same tables and nothing else.

It takes one cell and writes the cell and its history row: no scope, no check, no conflict, no total. It answers a year's
totals by one GROUP BY over the cells.
"""

import json

from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from reports.models import Figure, FigureChange
from reports.months import Month


def cell(request: HttpRequest) -> JsonResponse:
    """Write one cell and its history."""
    asked, now = json.loads(request.body), timezone.now()
    with transaction.atomic():
        figure = Figure.objects.select_for_update().get(log=asked["log"], indicator=asked["indicator"])
        was, figure.value = figure.value, asked["value"]
        figure.save()
        FigureChange.objects.create(
            log_id=figure.log_id,
            indicator_id=figure.indicator_id,
            was=was,
            value=figure.value,
            by_id=request.user.pk,
            at=now,
        )
    return JsonResponse({"saved": asked, "saved_at": now})


def totals(request: HttpRequest) -> JsonResponse:
    """A province's year by commune and indicator, by one GROUP BY over its cells."""
    year = int(request.GET["year"])
    cells = Figure.objects.filter(
        log__report__province__code=request.GET["province"],
        log__report__month__range=(Month(year, 1), Month(year, 12)),
        log__report__state__in=("submitted", "approved"),
    )
    rows = cells.order_by().values("log__report__commune", "indicator__code").annotate(total=Sum("value"))
    return JsonResponse({"rows": list(rows)})
