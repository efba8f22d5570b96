"""What an administrator writes of places lets no commune read another one that lives."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communes.models import Commune, UnitSuccession
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
LAST = date(2025, 6, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(cast):
    """A member of Tây Cốc, which reported of June."""
    f.report(cast.tay_coc, cast.tuan)
    return f.member(f.group(cast.tay_coc), name="Trần Văn Tây", phone="0912345678")


def says_heir(client, cast, day="01/07/2025"):
    """quan writes on the page of Chí Đám that Tây Cốc went into it."""
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_commune_change", args=[cast.chi_dam.pk])
    form = client.get(address).context["adminform"].form
    sent = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    table = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-predecessor": cast.tay_coc.pk, "0-day": day,
             "0-whole": "on", "0-main": "on", "0-successor": cast.chi_dam.pk}  # fmt: skip
    return client.post(address, sent | {f"inheritances-{name}": value for name, value in table.items()})


def reads(client, cast):
    """Whether lan, of Chí Đám, is shown that member or that month by a page or the API."""
    client.force_login(cast.lan, backend=BACKEND)
    if client.get("/api/v1/reports/?commune=07996").json()["count"]:
        return True
    former = Commune.objects.get(pk=cast.tay_coc.pk).slug
    pages = ("/register/members/", f"/register/members/?former={former}", "/register/groups/", "/api/v1/members/")
    return any("Trần Văn Tây" in client.get(page).content.decode() for page in pages)


def test_a_commune_that_lives_is_made_nobodys_former_one(client, cast, theirs):
    answer = says_heir(client, cast)
    assert answer.status_code == 200 and "phải kết thúc ngày 30/06/2025" in answer.content.decode()
    assert not UnitSuccession.objects.exists() and not reads(client, cast)
    Commune.objects.filter(pk=cast.tay_coc.pk).update(ended_on=LAST)
    assert says_heir(client, cast, "02/07/2025").status_code == 200
    assert says_heir(client, cast).status_code == 302 and UnitSuccession.objects.count() == 1


def test_nor_does_a_province_that_goes_on_in_another_live_beside_it(client, cast):
    older = f.province(code="13", name="Xưa", ended_on=LAST, heir=cast.phu_tho)
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_province_change", args=[older.pk])
    form = client.get(address).context["adminform"].form
    sent = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    for day, status in (("", 200), ("30/06/2025", 302)):
        answer = client.post(address, sent | {"ended_on": day})
        assert answer.status_code == status, answer.content.decode()
    older.refresh_from_db()
    assert older.ended_on == LAST


def test_nor_is_the_last_day_taken_from_one_that_went_into_another(client, cast):
    old = cast.tay_coc
    link = UnitSuccession.objects.create(predecessor=old, successor=cast.chi_dam, day=date(2025, 7, 1))
    Commune.objects.filter(pk=old.pk).update(ended_on=LAST)
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_commune_change", args=[old.pk])

    def sends(day):
        form = client.get(address).context["adminform"].form
        sent = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
        table = {"inheritances-TOTAL_FORMS": "0", "inheritances-INITIAL_FORMS": "0"}
        answer = client.post(address, sent | table | {"ended_on": day})
        old.refresh_from_db()
        return answer

    for day in ("", "29/06/2025", "01/08/2025"):
        answer = sends(day)
        assert answer.status_code == 200 and "đã vào Xã Chí Đám từ ngày 01/07/2025" in answer.content.decode(), day
        assert old.ended_on == LAST
    assert sends("30/06/2025").status_code == 302
    link.delete()
    assert sends("").status_code == 302 and old.ended_on is None


def ahead(cast, days):
    """The last day of Tây Cốc, written past the forms, and its heir from the day after."""
    last = timezone.localdate() + timedelta(days=days)
    Commune.objects.filter(pk=cast.tay_coc.pk).update(ended_on=last)
    UnitSuccession.objects.create(predecessor=cast.tay_coc, successor=cast.chi_dam, day=last + timedelta(days=1))


@pytest.mark.parametrize("days", [0, 200])
def test_no_last_day_is_written_before_it_is_past(client, cast, days):
    day = timezone.localdate() + timedelta(days=days)
    client.force_login(cast.quan, backend=BACKEND)
    for kind, row in (("commune", cast.tay_coc), ("province", cast.son_la)):
        address = reverse(f"admin:communes_{kind}_change", args=[row.pk])
        form = client.get(address).context["adminform"].form
        sent = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
        table = {"inheritances-TOTAL_FORMS": "0", "inheritances-INITIAL_FORMS": "0"}
        answer = client.post(address, sent | table | {"ended_on": f"{day:%d/%m/%Y}"})
        assert answer.status_code == 200 and f"{day:%d/%m/%Y} chưa qua" in answer.content.decode(), kind
        row.refresh_from_db()
        assert row.ended_on is None


@pytest.mark.parametrize(("days", "read"), [(200, False), (0, False), (-1, True)])
def test_nobody_is_read_as_a_former_one_before_its_last_day_is_past(client, cast, theirs, days, read):
    ahead(cast, days)
    assert reads(client, cast) is read


def test_one_that_lives_again_is_read_by_its_own_alone(client, cast, theirs):
    """By whatever door its last day was taken away."""
    UnitSuccession.objects.create(predecessor=cast.tay_coc, successor=cast.chi_dam, day=date(2025, 7, 1))
    assert not reads(client, cast)
    Commune.objects.filter(pk=cast.tay_coc.pk).update(ended_on=LAST)
    assert reads(client, cast)


def test_an_administrator_does_not_carry_a_commune_into_another_province(client, cast):
    """Its register would be read there: provinces are rearranged by an act, with its day."""
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_commune_change", args=[cast.chieng_pha.pk])
    given = {name: value for name, value in client.get(address).context["adminform"].form.initial.items() if value}
    client.post(address, given | {"province": cast.phu_tho.pk, "name": "Chiềng Pha"})
    cast.chieng_pha.refresh_from_db()
    assert cast.chieng_pha.province == cast.son_la
