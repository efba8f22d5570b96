"""Who is told no leaves a row in the trail: on a page of its own, in a sentence on another, by the API, in the admin."""

import pytest
from django.urls import reverse

from communes.models import Confirmation, TrailEntry
from communes.refusals import Objection, Refused, met
from communes.scope import Role
from communes.telling import STREAM
from models_registry.importing.runs import upload
from reports.models import MonthlyReport
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


def refused():
    rows = TrailEntry.objects.filter(act="refused").order_by("pk")
    assert all(row.outcome == "refused" and row.by for row in rows)
    return [(row.by.username, row.what) for row in rows]


@pytest.fixture
def sent(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.bring(report, MonthlyReport.State.SUBMITTED)
    return report


def test_what_the_api_refuses_by_the_state_of_things(client, cast, sent):
    client.force_login(cast.lan, backend=BACKEND)
    address = f"/api/v1/reports/{sent.pk}/figures/"
    cells = {"figures": [{"hamlet": None, "group": None, "indicator": "patrols", "value": 1, "was": None}]}
    assert client.put(address, cells, content_type="application/json").status_code == 409
    assert refused() == [("lan", f"409 PUT {address}")]


def test_what_a_page_refuses_by_the_state_of_things(client, cast, sent):
    client.force_login(cast.minh, backend=BACKEND)
    address = "/reports/07999/2025-06/send/"
    assert client.post(address).status_code == 409
    assert refused() == [("minh", f"409 POST {address}")]


def test_what_the_page_of_another_account_sends(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    address = "/api/v1/hamlets/"
    assert client.post(address, headers={"X-Account": str(cast.hoa.pk)}).status_code == 409
    assert refused() == [("lan", f"409 POST {address}")]


def test_what_a_page_says_and_leads_on_from(client, cast):
    """The sentence stands on the page the reader is led to: no status tells of it."""
    f.group(cast.chi_dam, hamlet=cast.khu[0])
    client.force_login(cast.lan, backend=BACKEND)
    address = f"/register/hamlets/{cast.khu[0].pk}/delete/"
    assert client.post(address).status_code == 302
    assert refused() == [("lan", f"409 POST {address}")]


def test_what_the_administration_refuses_in_a_sentence(client, cast):
    f.user(Role.ADMINISTRATOR, username="mai")
    held = f.user(Role.ADMINISTRATOR, username="moi", is_active=False)
    waiting = Confirmation.objects.create(account=held, why="x", asked_by=cast.quan, asked_at=f.NOW)
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_confirmation_changelist")
    client.post(address, {"action": "confirm", "_selected_action": [waiting.pk]})
    client.post(reverse("admin:communes_user_delete", args=[cast.lan.pk]), {"post": "yes"})
    assert refused() == [
        ("quan", f"403 POST {address}"),
        ("quan", f"403 POST {reverse('admin:communes_user_delete', args=[cast.lan.pk])}"),
    ]


def test_what_is_refused_while_it_is_told_line_by_line_and_from_where(client, cast, settings):
    settings.TRUSTED_PROXIES = 1
    client.force_login(cast.lan, backend=BACKEND)
    content = "Tên khu dân cư\nKhu 1\nKhu 77\n".encode()
    run = upload("hamlets", "a.csv", content, by=cast.lan, now=f.NOW)
    address = f"/register/import/hamlets/{run.pk}/apply/"
    heads = {"Accept": STREAM, "X-Forwarded-For": "203.0.113.7"}
    no = b"".join(client.post(address, {"seen": "another register"}, headers=heads))
    yes = b"".join(client.post(address, headers=heads))
    assert b"error" in no and b'"go"' in yes
    assert refused() == [("lan", f"409 POST {address}")]
    assert set(TrailEntry.objects.values_list("address", flat=True)) == {"203.0.113.7"}, (
        "of what is written meanwhile too"
    )
    assert TrailEntry.objects.filter(act="import", rows=1).exists()


def test_what_a_page_only_asks_itself_is_no_refusal_of_a_person(client, cast, sent):
    """A page that says beforehand what would be refused refused nobody."""
    client.force_login(cast.lan, backend=BACKEND)
    for address in ("/", "/reports/07999/2025-06/", "/reports/07999/2025-06/send/", "/register/hamlets/"):
        assert client.get(address).status_code == 200
    assert not refused()


def test_outside_a_request_nothing_is_gathered():
    with pytest.raises(Refused):
        raise Refused(Objection("x"))
    assert met.get() is None
