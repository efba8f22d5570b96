"""The official list of units of July 2025."""

import pytest

from communes.models import Commune, Province
from communes.units import TWO_LEVELS, load_units

pytestmark = pytest.mark.django_db


def everything():
    provinces = Province.objects.order_by("pk").values_list()
    return list(provinces), list(Commune.objects.order_by("pk").values_list())


@pytest.fixture
def loaded(db):
    return load_units()


def test_there_are_34_provinces_and_3321_communes(loaded):
    assert loaded == {"provinces": 34, "communes": 3321}
    assert Province.objects.count() == 34
    assert Commune.objects.count() == 3321


def test_codes_are_text_with_leading_zeros(loaded):
    assert Province.objects.get(code="01").name == "Hà Nội"
    chi_dam = Commune.objects.get(code="07999")
    assert (str(chi_dam), str(chi_dam.province), chi_dam.started_on) == ("Xã Chí Đám", "Tỉnh Phú Thọ", TWO_LEVELS)


def test_every_commune_lies_in_a_province_and_passes_its_own_rules(loaded):
    assert Province.objects.filter(commune=None).count() == 0
    for place in (*Province.objects.all(), *Commune.objects.select_related("province")[::100]):
        place.full_clean(validate_unique=False)


def test_all_codes_have_their_official_shape(loaded):
    assert Province.objects.exclude(code__regex=r"^[0-9]{2}$").count() == 0
    assert Commune.objects.exclude(code__regex=r"^[0-9]{5}$").count() == 0


def test_loading_again_changes_nothing(loaded):
    before = everything()
    assert load_units() == loaded
    assert everything() == before


def test_loading_again_corrects_names_but_leaves_settings_alone(loaded):
    Province.objects.filter(code="25").update(cutoff_day=10, year_first_month=12, name="Sai tên")
    chi_dam = Commune.objects.get(code="07999")
    chi_dam.name = "Sai tên"
    chi_dam.save()
    load_units()
    phu_tho = Province.objects.get(code="25")
    assert (phu_tho.cutoff_day, phu_tho.year_first_month, phu_tho.name) == (10, 12, "Phú Thọ")
    chi_dam.refresh_from_db()
    assert chi_dam.name == "Chí Đám"
    assert list(Commune.objects.search("chi dam")) == [chi_dam]


def test_a_former_unit_of_the_same_code_is_left_alone(db):
    province = Province.objects.create(code="25", name="Phú Thọ", kind="Tỉnh", ended_on="2025-06-30")
    former = Commune.objects.create(
        code="07999", name="Chí Đám (cũ)", kind="Xã", province=province, ended_on="2025-06-30"
    )
    load_units()
    former.refresh_from_db()
    assert former.name == "Chí Đám (cũ)"
    assert Commune.objects.filter(code="07999").count() == 2
    assert Province.objects.filter(code="25").count() == 2


def test_units_are_found_by_name_without_accents(loaded):
    assert Commune.objects.search("xa chi dam").get().code == "07999"
    assert Province.objects.search("dak lak").get().name == "Đắk Lắk"
