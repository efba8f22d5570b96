"""The places of an initiative in the register of a commune that is over, as its form corrects them."""

from datetime import date
from types import SimpleNamespace

import pytest

from models_registry.models import Initiative
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST, EARLIER = date(2025, 6, 30), date(2024, 12, 31)


@pytest.fixture
def desk(cast, client):
    """V went into Chí Đám; the province named lan for V, and she is signed in."""
    v = f.former(cast.chi_dam, LAST, code="09000", name="V")
    hamlets = [f.hamlet(v, f"Khu {n}", ended_on=LAST) for n in (1, 2)]
    f.warrant(v, cast.lan, by=cast.hoa)
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    return SimpleNamespace(v=v, hamlets=hamlets, cast=cast)


def sent(desk, *hamlets, **more):
    kind = f.InitiativeType.objects.first().pk
    return {"type": kind, "name": "Camera", "state": "active", "hamlets": [one.pk for one in hamlets]} | more


def lives(one):
    return [(site.hamlet, site.started_on, site.ended_on) for site in one.sites.order_by("pk")]


def test_an_initiative_that_ended_before_its_commune_keeps_its_places_ticked(client, desk):
    first, second = desk.hamlets
    until = {"ended_on": "31/12/2024"}
    client.post(f"/register/initiatives/new/?former={desk.v.slug}", sent(desk, first, **until))
    one = Initiative.objects.get()
    assert lives(one) == [(first, None, EARLIER)]
    address = f"/register/initiatives/{one.pk}/"
    form = client.get(address).context["form"]
    assert form.initial["hamlets"] == [first.pk]
    assert client.post(address, sent(desk, first, **until)).status_code == 302
    assert lives(one) == [(first, None, EARLIER)], "the same place once"
    assert client.post(address, sent(desk, first, ended_on="31/03/2025")).status_code == 302
    assert lives(one) == [(first, None, date(2025, 3, 31))], "it ends with the initiative"
    assert client.post(address, sent(desk, first, ended_on="")).status_code == 302
    assert lives(one) == [(first, None, LAST)]
    assert client.post(address, sent(desk, second, **until)).status_code == 302
    assert lives(one) == [(second, None, EARLIER)]


def test_no_place_of_it_outlasts_the_initiative_or_is_held_twice(client, desk):
    first, second = desk.hamlets
    one = f.initiative(desk.v, ended_on=LAST)
    f.site(one, hamlet=first, ended_on=date(2025, 1, 31))
    late = f.site(one, hamlet=second, started_on=date(2025, 2, 1), ended_on=LAST)
    address = f"/register/initiatives/{one.pk}/"
    page = client.post(address, sent(desk, second, ended_on="31/12/2024"))
    assert page.status_code == 422 and "“Khu 2” bắt đầu ngày 01/02/2025" in page.content.decode()
    assert client.post(address, sent(desk, first, second)).status_code == 302
    assert [life[1:] for life in lives(one) if life[0] == first] == [
        (None, date(2025, 1, 31)), (date(2025, 2, 1), LAST),
    ]  # fmt: skip
    one.sites.filter(started_on=late.started_on, hamlet=first).delete()
    assert client.post(address, sent(desk, ended_on="31/12/2024")).status_code == 302
    assert lives(one) == [(first, None, EARLIER)]


@pytest.mark.parametrize(
    ("reference", "where", "said"),
    [
        ("continues", "hamlets", "đã được đơn vị kế thừa tiếp nối"),
        ("origin", "hamlets", "có điểm khác nhân rộng từ đó"),
        ("continues", "institutions", "đã được đơn vị kế thừa tiếp nối"),
        ("origin", "whole_commune", "có điểm khác nhân rộng từ đó"),
    ],
)
def test_a_place_on_which_others_rest_is_kept_with_a_sentence_beside_its_field(client, desk, reference, where, said):
    first, second = desk.hamlets
    school = f.institution(desk.v, ended_on=LAST)
    place = {"hamlets": {"hamlet": first}, "institutions": {"institution": school}, "whole_commune": {}}[where]
    one = f.initiative(desk.v, ended_on=LAST)
    kept = f.site(one, ended_on=LAST, **place)
    heir = f.site(f.initiative(desk.cast.chi_dam), **{reference: kept})
    page = client.post(f"/register/initiatives/{one.pk}/", sent(desk, second, people=77))
    assert page.status_code == 422 and 'value="77"' in page.content.decode(), "what was typed stays"
    assert said in str(page.context["form"].errors[where])
    heir.refresh_from_db()
    assert getattr(heir, reference) == kept


def test_a_place_in_a_hamlet_that_ended_earlier_is_offered_and_kept(client, desk):
    gone = f.hamlet(desk.v, "Khu 3", ended_on=EARLIER)
    one = f.initiative(desk.v, ended_on=EARLIER)
    f.site(one, hamlet=gone, ended_on=EARLIER)
    address = f"/register/initiatives/{one.pk}/"
    assert gone in client.get(address).context["form"].fields["hamlets"].queryset
    assert client.post(address, sent(desk, gone, ended_on="31/12/2024")).status_code == 302
    assert lives(one) == [(gone, None, EARLIER)]
