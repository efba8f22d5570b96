"""Saving one cell through the API against a view that does one indexed UPDATE in a transaction."""

import json
from itertools import count

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse

from reports.models import Figure
from tests.bench.data import World
from tests.bench.measure import Pair, browser

LIMIT = 3.5
UPDATE = "UPDATE reports_figure SET value = %s WHERE log_id = %s AND indicator_id = %s"


def update(request: HttpRequest) -> JsonResponse:
    """The floor: behind the same middleware and login, one UPDATE by the unique index."""
    cell = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UPDATE, [cell["value"], cell["log"], cell["indicator"]])
        assert cursor.rowcount == 1
    return JsonResponse({"saved": cell})


def pair(world: World) -> Pair:
    """Two cells of the same report, each set to a new value every time."""
    client = browser(world.officer)
    cells = Figure.objects.filter(log__report=world.report, log__hamlet__isnull=False, indicator__code="patrols")
    ours, theirs = cells.select_related("log", "indicator").order_by("pk")[:2]
    address = f"/api/v1/reports/{world.report.pk}/figures/"
    numbers, seen = count(1000), [ours.value]

    def save() -> None:
        value = next(numbers)
        cell = {"hamlet": ours.log.hamlet_id, "group": None, "indicator": "patrols", "value": value, "was": seen[0]}
        response = client.put(address, {"figures": [cell]}, content_type="application/json")
        assert response.status_code == 200, response.content
        seen[0] = value

    def floor() -> None:
        cell = {"log": theirs.log_id, "indicator": theirs.indicator_id, "value": next(numbers)}
        assert client.post("/floor/update/", cell, content_type="application/json").status_code == 200

    return Pair(save, floor, times=8)
