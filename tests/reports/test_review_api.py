"""The API of review: the queue, undo, deadlines, who kept them."""

from datetime import UTC, datetime

import pytest

from reports.models import Deadline
from tests import factories as f

JUNE = f.JUNE


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2025, 6, 16, 3, 0, tzinfo=UTC))


@pytest.fixture
def api(client, cast):
    def call(who, method, path, body=None):
        client.force_login(getattr(cast, who), backend="django.contrib.auth.backends.ModelBackend")
        return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json")

    return call


def test_the_queue_tells_parts_dues_and_marks(api, cast):
    f.filed(cast.chi_dam, JUNE, "submitted", disputes_received=5, disputes_settled=1, disputes_not_settled=0,
            disputes_pending=0)  # fmt: skip
    rows = {row["unit"]: row for row in api("hoa", "get", "queue/?month=2025-06").json()}
    assert set(rows) == {"07999", "07996"}
    assert (rows["07996"]["part"], rows["07996"]["report"], rows["07996"]["marks"]) == ("not_begun", None, [])
    assert rows["07999"]["due"].startswith("2025-06-18T00:00:00")
    assert {"kind": "explained", "said": "đã rà soát"}.items() <= rows["07999"]["marks"][0].items()


@pytest.mark.parametrize(
    ("who", "query", "status"),
    [("lan", "", 403), ("quan", "", 403), ("an", "", 404), ("an", "?province=25", 200), ("son", "?province=25", 404),
     ("thu", "", 200), ("hoa", "?month=xx", 400)],
)  # fmt: skip
def test_the_queue_and_the_year_are_read_by_the_province_and_above(api, who, query, status):
    assert api(who, "get", f"queue/{query}").status_code == status
    if "month" not in query:
        assert api(who, "get", f"timeliness/{query}").status_code == status


def test_an_approval_is_undone_by_a_call(api, cast):
    report = f.filed(cast.chi_dam, JUNE)
    assert api("thu", "post", f"reports/{report.pk}/undo/").status_code == 403
    assert api("hoa", "post", f"reports/{report.pk}/undo/").json()["state"] == "submitted"
    assert api("hoa", "post", f"reports/{report.pk}/undo/").status_code == 409


def test_a_return_by_a_call_gives_each_cell_its_words(api, cast):
    report = f.filed(cast.chi_dam, JUNE, "submitted", patrols=3)
    cells = [{"hamlet": None, "group": None, "indicator": "patrols", "comment": "Sổ ghi 5"}]
    answer = api("hoa", "post", f"reports/{report.pk}/return/", {"comment": "xem lại", "cells": cells})
    assert answer.status_code == 200
    assert api("lan", "get", f"reports/{report.pk}/comments/").json()["results"][0]["text"] == "Sổ ghi 5"
    cells[0]["comment"] = 7
    assert api("hoa", "post", f"reports/{report.pk}/return/", {"comment": "x", "cells": cells}).status_code == 400


def test_an_extension_is_given_read_and_taken_back_by_calls(api, cast):
    given = {"commune": "07999", "month": "2025-06", "due_on": "2025-06-25", "reason": "Mất điện"}
    assert api("thu", "post", "deadlines/", given).status_code == 403
    assert api("hoa", "post", "deadlines/", given | {"commune": "03733"}).status_code == 400
    assert api("hoa", "post", "deadlines/", given | {"due_on": "2025-06-01"}).status_code == 400
    made = api("hoa", "post", "deadlines/", given)
    assert (made.status_code, made.json()["party"]) == (201, "commune")
    assert [row["commune"] for row in api("lan", "get", "deadlines/").json()["results"]] == ["07999"]
    assert api("tuan", "get", "deadlines/").json()["count"] == api("son", "get", "deadlines/").json()["count"] == 0
    assert api("lan", "delete", f"deadlines/{made.json()['id']}/").status_code == 403
    assert api("hoa", "delete", f"deadlines/{made.json()['id']}/").status_code == 204
    assert not Deadline.objects.exists()


def test_the_year_by_a_call(api, cast):
    f.filed(cast.chi_dam, JUNE, "submitted")
    row = next(row for row in api("hoa", "get", "timeliness/?year=2025").json() if row["commune"] == "07999")
    assert row["on_time"] == 1 and row["due"] == 6
    assert row["months"][5] == {"month": "2025-06", "kind": "on_time", "days": 0, "extended": False}


def test_a_return_has_a_day_to_answer_by_in_the_api_too(api, cast, monkeypatch):
    report = f.filed(cast.chi_dam, JUNE, "submitted", patrols=3)
    body = {"comment": "xem lại", "answer_by": "2025-06-20"}
    answer = api("hoa", "post", f"reports/{report.pk}/return/", body).json()
    assert (answer["answer_by"], answer["overdue"]) == ("2025-06-20", False)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2025, 6, 20, 17, 0, tzinfo=UTC))
    assert api("minh", "get", f"reports/{report.pk}/").json()["overdue"] is True
    row = next(row for row in api("hoa", "get", "queue/?month=2025-06").json() if row["unit"] == "07999")
    assert (row["part"], row["answer_by"], row["overdue"]) == ("returned", "2025-06-20", True)
