"""The lists and pages of a former commune's register are measured on its last day, not today."""

from datetime import date
from types import SimpleNamespace

import pytest

from tests import factories as f

pytestmark = pytest.mark.django_db
LAST = date(2025, 6, 30)


@pytest.fixture
def desk(cast, client):
    """V went into Chí Đám with a led group and an initiative; lan was named for it and is signed in."""
    v = f.former(cast.chi_dam, LAST, code="09000", name="V")
    khu = f.hamlet(v, "Khu 1", ended_on=LAST)
    f.warrant(v, cast.lan, by=cast.hoa)
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    life = {"hamlet": khu, "ended_on": LAST, "meets": "quarterly", "last_met_on": date(2025, 6, 1)}
    led, bare = f.group(v, name="Tổ Có", **life), f.group(v, name="Tổ Không", **life)
    f.member(led, position="leader", name="Trần Văn Cũ", ended_on=LAST)
    days = {"skilful_since": date(2025, 1, 1), "skilful_until": date(2025, 12, 31)}
    one = f.initiative(v, ended_on=LAST, **days)
    f.site(one, hamlet=khu, ended_on=LAST)
    f.site(one, ended_on=date(2024, 12, 31))
    return SimpleNamespace(former=v.slug, led=led, bare=bare, initiative=one)


def listed(client, address):
    return [row for row, _ in client.get(address).context["lines"]]


def test_the_list_of_groups_names_who_led_then_and_what_lacked_then(client, desk):
    address = f"/register/groups/?former={desk.former}"
    led, bare = sorted(listed(client, address), key=lambda row: row.pk)
    assert (led.leader_name, led.no_leader, led.no_meeting, led.headcount) == ("Trần Văn Cũ", False, False, 1)
    assert bare.no_leader
    assert listed(client, f"{address}&missing=no_leader") == [desk.bare]
    assert listed(client, f"{address}&missing=no_meeting") == []


def test_the_page_of_a_group_says_what_lacked_then(client, desk):
    for path in ("", "read/"):
        led, bare = (client.get(f"/register/groups/{one.pk}/{path}") for one in (desk.led, desk.bare))
        assert "chưa ghi" not in " ".join(led.context["warnings"]) and "chưa họp" not in led.content.decode()
        assert "chưa ghi" in " ".join(bare.context["warnings"])


def test_an_initiative_counts_the_places_where_it_ran_then(client, desk):
    address = f"/register/initiatives/?former={desk.former}"
    assert [row.running_sites for row in listed(client, address)] == [1]
    assert listed(client, f"{address}&tag=skilful") == [desk.initiative]
    read = client.get(f"/register/initiatives/{desk.initiative.pk}/read/")
    assert {("Số điểm", "1"), ("“Dân vận khéo”", "có")} <= set(read.context["facts"])
