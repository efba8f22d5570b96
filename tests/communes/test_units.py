"""The official list of units of July 2025."""

from datetime import date

import pytest

from communes.models import Commune, District, Province, UnitSuccession
from communes.scope import Role
from communes.units import LAST_DAY, TWO_LEVELS, load_units
from tests import factories as f

pytestmark = pytest.mark.django_db


def everything():
    return [list(model.objects.order_by("pk").values_list()) for model in (Province, District, Commune, UnitSuccession)]


@pytest.fixture(scope="module")
def country(lasting):
    """The whole list, loaded once; each test's own changes go with the test."""
    return load_units()


@pytest.fixture
def loaded(country, db):
    return country


@pytest.fixture
def cast_reader(client, db):
    client.force_login(f.user(Role.NATIONAL_VIEWER), backend="django.contrib.auth.backends.ModelBackend")


def test_a_former_unit_of_the_same_code_is_left_alone(db):
    for model in (UnitSuccession, Commune, District, Province):  # nothing, unless the country is loaded already
        model.objects.all().delete()
    province = Province.objects.create(code="25", name="Phú Thọ", kind="Tỉnh", ended_on="2025-06-30")
    former = Commune.objects.create(
        code="07999", name="Chí Đám (cũ)", kind="Xã", province=province, ended_on="2025-06-30"
    )
    load_units()
    former.refresh_from_db()
    assert former.name == "Chí Đám (cũ)"
    assert Commune.objects.filter(code="07999").count() == 2
    assert Province.objects.filter(code="25").count() == 2


def test_there_are_34_provinces_and_3321_communes(loaded):
    assert (loaded["provinces"], loaded["communes"]) == (34, 3321)
    assert Province.objects.living().count() == 34
    assert Commune.objects.living().count() == 3321


def test_the_day_before_there_were_63_provinces_and_every_commune_of_theirs_has_one_main_heir(loaded):
    assert Province.objects.active_on(date(2025, 6, 30)).count() == 63
    assert District.objects.count() == 696
    former = Commune.objects.active_on(date(2025, 6, 30))
    assert former.count() == 10_035 + 5, "five island districts without communes stand by themselves"
    assert former.filter(district=None).count() == 0
    assert UnitSuccession.objects.count() == 10_602
    assert UnitSuccession.objects.filter(main=True).count() == former.count()


def test_a_code_names_the_living_unit_and_with_a_year_the_one_that_ended_then(loaded):
    now, then = (Commune.objects.named(name).get() for name in ("07999", "07999-2025"))
    assert (now.ended_on, then.ended_on, str(then.district)) == (None, LAST_DAY, "Huyện Đoan Hùng (đến 30/06/2025)")
    assert (then.slug, then.province.slug, now.province.slug) == ("07999-2025", "25-2025", "25")
    assert [link.successor for link in then.successions.all()] == [now]


def test_provinces_go_where_the_main_heirs_of_their_communes_lie(loaded):
    assert Province.objects.exclude(ended_on=None).filter(heir=None).count() == 0
    phu_tho = Province.objects.named("25").get()
    assert set(phu_tho.succeeded.values_list("name", flat=True)) == {"Phú Thọ", "Vĩnh Phúc", "Hòa Bình"}
    assert phu_tho.heir is None


def test_a_link_that_somebody_set_otherwise_is_left_alone(loaded):
    link = UnitSuccession.objects.get(predecessor__code="07999")
    other = Commune.objects.named("07996").first() or Commune.objects.living().exclude(pk=link.successor_id).first()
    UnitSuccession.objects.filter(pk=link.pk).update(successor=other)
    load_units()
    assert UnitSuccession.objects.get(predecessor__code="07999").successor == other


def test_lists_of_the_api_hold_living_units_and_former_ones_where_asked(loaded, client, cast_reader):
    def count(address):
        return client.get(f"/api/v1/{address}").json()["count"]

    assert (count("provinces/"), count("communes/")) == (34, 3321)
    assert (count("provinces/?former=true"), count("communes/?former=true")) == (63, 10_040)
    assert count("communes/?province=25") == 148
    assert count("communes/?former=true&province=25-2025") == 207
    assert client.get("/api/v1/communes/07999-2025/").json()["province"] == "25-2025"
    assert client.get("/api/v1/communes/07999/").json()["ended_on"] is None


def test_codes_are_text_with_leading_zeros(loaded):
    assert Province.objects.named("01").get().name == "Hà Nội"
    chi_dam = Commune.objects.named("07999").get()
    assert (str(chi_dam), str(chi_dam.province), chi_dam.started_on) == ("Xã Chí Đám", "Tỉnh Phú Thọ", TWO_LEVELS)


def test_every_commune_lies_in_a_province_and_passes_its_own_rules(loaded):
    assert Province.objects.filter(commune=None).count() == 0
    for place in (
        *Province.objects.all(),
        *District.objects.all()[::20],
        *Commune.objects.select_related("province")[::100],
    ):
        place.full_clean(validate_unique=False)


def test_all_codes_have_their_official_shape(loaded):
    assert Province.objects.exclude(code__regex=r"^[0-9]{2}$").count() == 0
    assert Commune.objects.living().exclude(code__regex=r"^[0-9]{5}$").count() == 0


def test_names_of_former_units_are_written_as_names(loaded):
    """The list has "Mường é", and the kind behind a name that it shares with a neighbour."""
    for model in (Commune, District):
        names = list(model.objects.filter(ended_on=LAST_DAY).values_list("name", flat=True))
        assert not [name for name in names if "(" in name]
        assert not [name for name in names if any(word[:1].islower() for word in name.split(" ") if word != "trường")]
    assert str(Commune.objects.named("03727-2025").get()) == "Xã Mường É (đến 30/06/2025)"
    assert Commune.objects.filter(pk=Commune.objects.named("03742-2025").get().pk).search("e tong").exists()
    Commune.objects.filter(code="03742").update(name="é Tòng")
    load_units()
    assert Commune.objects.named("03742-2025").get().name == "É Tòng"


def test_loading_again_changes_nothing(loaded):
    before = everything()
    assert load_units() == loaded
    assert everything() == before


def test_loading_again_corrects_names_but_leaves_settings_alone(loaded):
    Province.objects.named("25").update(cutoff_day=10, year_first_month=12, name="Sai tên")
    chi_dam = Commune.objects.named("07999").get()
    chi_dam.name = "Sai tên"
    chi_dam.save()
    load_units()
    phu_tho = Province.objects.named("25").get()
    assert (phu_tho.cutoff_day, phu_tho.year_first_month, phu_tho.name) == (10, 12, "Phú Thọ")
    chi_dam.refresh_from_db()
    assert chi_dam.name == "Chí Đám"
    assert list(Commune.objects.living().search("chi dam")) == [chi_dam]


def test_units_are_found_by_name_without_accents(loaded):
    assert Commune.objects.living().search("xa chi dam").get().code == "07999"
    assert Province.objects.living().search("dak lak").get().name == "Đắk Lắk"
