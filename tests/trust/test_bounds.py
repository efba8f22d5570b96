"""However much is sent at once, a worker is not held by it: it is refused with a sentence before it is worked on."""

import json

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes import privacy
from communes.admin_kinds import MOST_ROWS
from communes.parameters import MOST_STRANGERS
from models_registry.models import GroupKind, GroupNorm
from tests import factories as f
from tests.test_api import api

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [MOST_ROWS + 1, 2_000, 999_999_999])
@pytest.mark.parametrize("box", ["TOTAL_FORMS", "INITIAL_FORMS"])
def test_a_table_of_the_administration_has_no_more_rows_than_there_may_be(client, cast, box, rows):
    """2,000 rows were built and asked of the database, six seconds long, before one was missed."""
    client.force_login(cast.quan, backend=BACKEND)
    kind = GroupKind.objects.get(code="security_team")
    for address, table in (
        (reverse("admin:models_registry_groupkind_change", args=[kind.pk]), "norms"),
        (reverse("admin:communes_commune_change", args=[cast.chi_dam.pk]), "inherits"),
    ):
        page = client.get(address)
        prefix = page.context["inline_admin_formsets"][0].formset.prefix
        sent = {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0", "name": "x"} | {
            f"{prefix}-{box}": str(rows)
        }
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(address, sent)
        assert answer.status_code == 400 and "không hợp lệ" in answer.content.decode(), (address, table)
        assert len(asked) < 40
    assert not GroupNorm.objects.exists()


@pytest.mark.parametrize("address", ["/api/v1/hamlets/", "/api/v1/groups/", "/api/v1/reports/"])
def test_of_a_hundred_thousand_unknown_names_a_few_are_told(cast, address):
    answer = api(cast.lan).post(address, {f"khoa{n}": 1 for n in range(100_000)}, format="json")
    assert answer.status_code == 400 and len(answer.content) < 20_000
    assert 0 < sum("khoa" in name for name in answer.json()) <= MOST_STRANGERS


def test_of_a_cell_too(cast):
    report = f.report(cast.chi_dam, cast.lan)
    cell = {f"khoa{n}": 1 for n in range(100_000)}
    answer = api(cast.lan).put(f"/api/v1/reports/{report.pk}/figures/", {"figures": [cell]}, format="json")
    assert len(answer.content) < 20_000 and "khoa1" in answer.content.decode()


def test_a_call_is_no_larger_than_a_form(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    answer = client.post("/api/v1/hamlets/", "{}", content_type="application/json", CONTENT_LENGTH=str(size))
    assert answer.status_code == 413 and "không nhận" in answer.json()["detail"]
    file = client.get("/register/import/hamlets/", CONTENT_LENGTH=str(size))
    assert file.status_code == 200, "a page takes workbooks"


def by_call(client, cast, text):
    return api(cast.lan).post("/api/v1/hamlets/", {"name": text}, format="json")


def by_page(client, cast, text):
    client.force_login(cast.lan, backend=BACKEND)
    return client.post(f"/register/hamlets/{cast.khu[0].pk}/", {"name": text})


def by_box(client, cast, text):
    client.force_login(cast.lan, backend=BACKEND)
    given = {"day": "16/06/2025", "name": "Khu 9", "decision": text}
    return client.post(f"/register/hamlets/change/rename/?hamlet={cast.khu[0].pk}", given)


def by_remark(client, cast, text):
    f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.lan, backend=BACKEND)
    row = {"row": f"h{cast.khu[0].pk}", "indicator": "patrols", "text": text}
    return client.post("/reports/07999/2025-06/comments/", row)


def by_step(client, cast, text):
    report = f.filed(cast.chi_dam, f.JUNE, "submitted", patrols=3)
    return api(cast.hoa).post(f"/api/v1/reports/{report.pk}/return/", {"comment": text}, format="json")


def by_admin(client, cast, text):
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_hamlet_change", args=[cast.khu[0].pk])
    return client.post(address, {"commune": cast.chi_dam.pk, "name": text})


@pytest.mark.parametrize("door", [by_call, by_page, by_box, by_remark, by_step, by_admin], ids=lambda one: one.__name__)
def test_what_is_longer_than_its_box_is_refused_for_that_and_read_no_further(client, cast, door, monkeypatch):
    """Four million letters of "1-" in a name held a worker for a quarter of a minute."""
    read, look = [], privacy._personal_number
    monkeypatch.setattr(privacy, "_personal_number", lambda text: read.append(len(text)) or look(text))
    answer = door(client, cast, "1-" * 100_000)
    assert answer.status_code in (400, 409, 422) or b"errorlist" in answer.content
    assert max(read, default=0) < 100_000


@pytest.mark.parametrize("page", ["9" * 5_000, "-1", "0", "1e9", "٣" * 4_000, "999999999999999999999"])
def test_a_page_that_no_list_has_is_said_so(client, cast, page):
    client.force_login(cast.lan, backend=BACKEND)
    assert client.get("/api/v1/hamlets/", {"page": page}).status_code == 404
    assert client.get("/register/hamlets/", {"page": page}).status_code in (200, 404)
    client.force_login(cast.quan, backend=BACKEND)
    assert client.get(reverse("admin:communes_hamlet_changelist"), {"p": page}).status_code in (200, 302)


@pytest.mark.parametrize(
    "body",
    ["[" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "9" * 1_000_000, json.dumps({"households": "9" * 100_000}),
     '{"households": ' + "9" * 100_000 + "}", '{"households": 1e999999999}', '{"started_on": "' + "9" * 100_000 + '"}'],
    ids=range(7),
)  # fmt: skip
def test_numbers_and_depths_that_nobody_means_are_refused_in_words(cast, body):
    answer = api(cast.lan).post("/api/v1/hamlets/", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()
