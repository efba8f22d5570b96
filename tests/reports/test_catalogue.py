"""The default catalogue of indicators, and what administrators made of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from models_registry.catalogues import read
from reports.catalogue import DATA, Catalogue, load_catalogues, sections
from reports.entry.month_names import IndicatorNames
from reports.models import Indicator, IndicatorSection, WeaponKind
from tests import factories as f

pytestmark = pytest.mark.django_db
ROWS = read(DATA / "indicators.csv")


def test_the_indicators_are_those_of_the_file_in_its_order():
    codes = [indicator.code for indicator in Catalogue().indicators]
    assert codes == [row["code"] for row in ROWS]


def test_its_names_stand_in_the_quotes_of_print_and_files_may_hold_those_of_a_keyboard():
    quoted = [row["name"] for row in ROWS if "“" in row["name"]]
    names = IndicatorNames(Catalogue().indicators)
    assert len(quoted) == 3 and not [row["name"] for row in ROWS if '"' in row["name"]]
    typed = [names.indicator(name.replace("“", '"').replace("”", '"')) for name in quoted]
    assert [one and one.name for one in typed] == quoted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_each_indicator_is_as_the_file_says(row):
    links = ("within", "at_least", "reaches", "succeeds")
    indicator = Indicator.objects.select_related("section", *links).get(code=row["code"])
    linked = {name: getattr(indicator, name).code if getattr(indicator, name) else "" for name in links}
    own = ("code", "name", "short_name", "unit", "measure", "level", "source")
    plain = {name: getattr(indicator, name) for name in own}
    said = {"section": indicator.section.code, "core": str(int(indicator.core))}
    assert plain | linked | said | {"last_month": str(indicator.last_month or "")} == row
    indicator.full_clean(exclude=["first_month", "last_month"])


def test_weapon_kinds_are_as_the_file_says():
    kinds = [(k.code, k.name, k.unit, str(int(k.is_gun))) for k in WeaponKind.objects.all()]
    assert kinds == [(r["code"], r["name"], r["unit"], r["is_gun"]) for r in read(DATA / "weapon_kinds.csv")]


def test_loading_again_adds_nothing_and_leaves_edited_rows_alone():
    Indicator.objects.filter(code="valuable_tips").update(name="Tin tốt", core=False, within=None, is_active=False)
    WeaponKind.objects.filter(code="lead_shot").update(unit="gam")
    IndicatorSection.objects.filter(code="tips").update(name="Nguồn tin")
    assert load_catalogues() == 0
    tips = Indicator.objects.get(code="valuable_tips")
    assert (tips.name, tips.core, tips.within, tips.is_active) == ("Tin tốt", False, None, False)
    assert WeaponKind.objects.get(code="lead_shot").unit == "gam"
    assert IndicatorSection.objects.get(code="tips").name == "Nguồn tin"


def test_a_missing_indicator_is_restored_with_its_links():
    Indicator.objects.filter(code="valuable_tips").delete()
    assert load_catalogues() == 1
    assert Indicator.objects.get(code="valuable_tips").within.code == "tips"


def test_levels_and_sources_divide_what_is_asked():
    catalogue = Catalogue(f.JUNE)
    reached = [i for i in catalogue.indicators if i.source == Indicator.Source.CELLS]
    assert len(catalogue.entered) + len(catalogue.registry) + len(reached) == len(catalogue.indicators)
    assert [i.code for i in reached] == ["hamlets_reached"]
    assert len(catalogue.by_hamlet) + len(catalogue.by_commune) == len(catalogue.entered)
    assert len(catalogue.by_hamlet) == 14


def test_sections_keep_the_order_and_lose_nothing():
    grouped = sections(Catalogue().indicators)
    assert [section.code for section, _ in grouped] == list(IndicatorSection.objects.values_list("code", flat=True))
    assert [i for _, rows in grouped for i in rows] == Catalogue().indicators


def test_a_retired_indicator_is_asked_until_its_last_month():
    Indicator.objects.filter(code="tips").update(last_month=f.JUNE)
    assert "tips" in Catalogue(f.JUNE).by_code
    assert "tips" not in Catalogue(f.JUNE + 1).by_code
    assert "tips" in Catalogue().by_code


def test_an_indicator_can_be_counted_only_where_the_register_knows_it():
    fields = {
        "code": "new_count", "name": "Chỉ tiêu mới", "unit": "vụ", "measure": "flow", "level": "commune",
        "section": IndicatorSection.objects.first(),
    }  # fmt: skip
    Indicator(**fields, source="entered").full_clean()
    with pytest.raises(ValidationError, match="chưa biết đếm"):
        Indicator(**fields, source="registry").full_clean()


def test_a_counted_indicator_is_of_the_whole_commune():
    hamlets = Indicator.objects.get(code="hamlets")
    hamlets.level = "hamlet"
    with pytest.raises(ValidationError, match="luôn tính cho toàn xã"):
        hamlets.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        hamlets.save()
