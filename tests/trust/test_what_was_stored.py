"""Every call that writes words answers what was stored of them: cleaned, as whoever reads them next sees them."""

import pytest

from communes.models import TrailEntry
from models_registry.models import Member
from tests import factories as f
from tests.test_api import api

DIRTY, CLEAN = "A\u202eB  C\u200b", "AB C"
AGAIN, THEN = "D\u2066E\u00ad  G\u2800", "DE G"
WORDS = "một\u202e\nhai\u200b"

pytestmark = pytest.mark.django_db


def kinds(cast):
    here = {"commune": "07999"}
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    return {
        "hamlets": (here, ("name",)),
        "institutions": (here | {"kind": "school"}, ("name",)),
        "groups": (
            here | {"kind": "household_cluster", "hamlet": cast.khu[0].pk},
            ("name", "founding_decision", "dissolving_decision"),
        ),
        "members": ({"group": group.pk, "position": "member"}, ("name", "decision")),
        "initiatives": (
            here | {"type": "security_camera", "started_on": "2024-02-01", "hamlets": [cast.khu[0].pk]},
            ("name", "decision"),
        ),
    }


@pytest.mark.parametrize("name", ["hamlets", "institutions", "groups", "members", "initiatives"])
def test_a_row_of_the_register_is_answered_as_it_was_stored(cast, name):
    client = api(cast.lan)
    body, words = kinds(cast)[name]
    made = client.post(f"/api/v1/{name}/", body | dict.fromkeys(words, DIRTY), format="json")
    assert made.status_code == 201, made.json()
    address = f"/api/v1/{name}/{made.json()['id']}/"
    assert made.json() == client.get(address).json() and {made.json()[one] for one in words} == {CLEAN}
    changed = client.patch(address, dict.fromkeys(words, AGAIN), format="json")
    assert changed.status_code == 200, changed.json()
    assert changed.json() == client.get(address).json() and {changed.json()[one] for one in words} == {THEN}
    assert not TrailEntry.objects.filter(what__contains="\u2066").exists()


def test_a_step_of_an_initiative(cast):
    client = api(cast.lan)
    body, words = kinds(cast)["initiatives"]
    made = client.post("/api/v1/initiatives/", body | dict.fromkeys(words, DIRTY), format="json").json()
    step = {"kind": "consolidate", "day": "2025-03-01", "decision": DIRTY, "note": DIRTY}
    taken = client.post(f"/api/v1/initiatives/{made['id']}/steps/", step, format="json")
    assert taken.status_code == 201, taken.json()
    assert (taken.json()["decision"], taken.json()["note"]) == (CLEAN, CLEAN)


def test_words_of_a_report(cast):
    client, report = api(cast.lan), f.report(cast.chi_dam, cast.lan)
    address = f"/api/v1/reports/{report.pk}"
    notes = client.put(f"{address}/notes/", {"difficulties": WORDS, "proposals": f"{WORDS}\r\nba"}, format="json")
    stands = client.get(f"{address}/").json()
    assert notes.json() == {name: stands[name] for name in ("difficulties", "proposals")}
    assert notes.json() == {"difficulties": "một\nhai", "proposals": "một\nhai\nba"}
    for name, body, word in (
        ("comments", {"hamlet": cast.khu[0].pk, "indicator": "patrols", "text": WORDS}, "text"),
        ("handovers", {"kind": "lead_shot", "quantity": "0.5", "source": "voluntary", "record_number": DIRTY},
         "record_number"),
    ):  # fmt: skip
        made = client.post(f"{address}/{name}/", body, format="json")
        assert made.status_code == 201, made.json()
        assert made.json() == client.get(f"{address}/{name}/").json()["results"][-1]
        assert made.json()[word] == {"text": "một\nhai", "record_number": CLEAN}[word]


def test_a_reason_of_more_time(cast):
    client = api(cast.hoa)
    body = {"commune": "07999", "month": "2025-06", "due_on": "2025-06-25", "reason": WORDS}
    made = client.post("/api/v1/deadlines/", body, format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["reason"] == "một\nhai" == client.get("/api/v1/deadlines/").json()["results"][0]["reason"]


def test_a_row_holds_what_was_stored_by_whatever_door_it_was_saved(cast):
    khu = f.hamlet(cast.chi_dam, DIRTY)
    assert khu.name == CLEAN == type(khu).objects.get(pk=khu.pk).name
    group = f.group(cast.chi_dam, hamlet=khu)
    member = f.member(group, name=DIRTY)
    assert member.person.name == CLEAN == Member.objects.get(pk=member.pk).person.name
