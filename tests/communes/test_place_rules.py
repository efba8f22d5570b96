"""What must never be false of places and accounts: the database says no, with a sentence in Vietnamese."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import Commune, Hamlet, Institution, Province, SafetyRecord, UnitSuccession, User
from communes.scope import COMMUNE_ROLES, COUNTRY_ROLES, PROVINCE_ROLES, Role
from tests import factories as f


def refused_by_form(row):
    """The sentences with which ``full_clean`` refuses a row."""
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    return " ".join(refusal.value.messages)


def refused_by_database(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def account(cast, role, place):
    places = {"commune": {"commune": cast.chi_dam}, "province": {"province": cast.phu_tho}, "none": {}}
    both = {"both": {"commune": cast.chi_dam, "province": cast.phu_tho}}
    return User(username="moi", role=role, password="x", **(places | both)[place])


PLACE_OF = {
    **dict.fromkeys(COMMUNE_ROLES, "commune"),
    **dict.fromkeys(PROVINCE_ROLES, "province"),
    **dict.fromkeys(COUNTRY_ROLES, "none"),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", ["commune", "province", "none", "both"])
def test_role_and_place_agree(cast, role, place):
    user = account(cast, role, place)
    if PLACE_OF[role] == place:
        user.full_clean()
        user.save()
        assert User.objects.get(username="moi").role == role
    else:
        assert "Vai trò và địa bàn phải khớp nhau" in refused_by_form(user)
        refused_by_database(user)


def test_user_names_are_plain_and_unique(cast):
    assert "chữ thường không dấu" in refused_by_form(User(username="Lan Anh", role=Role.ADMINISTRATOR, password="x"))
    assert "đã có người dùng" in refused_by_form(User(username="lan", role=Role.ADMINISTRATOR, password="x"))


@pytest.mark.parametrize(("model", "sentence"), [(Province, "Đã có một tỉnh"), (Commune, "Đã có một xã")])
def test_a_code_is_unique_among_living_units_only(cast, model, sentence):
    living = cast.phu_tho if model is Province else cast.chi_dam
    fields = {"code": living.code, "name": "Trùng mã", "kind": living.kind}
    if model is Commune:
        fields["province"] = cast.phu_tho
    assert sentence in refused_by_form(model(**fields))
    refused_by_database(model(**fields))
    for year in (2019, 2025):
        former = model(**fields, ended_on=date(year, 6, 30))
        former.full_clean()
        former.save()
    assert model.objects.filter(code=living.code).count() == 3


@pytest.mark.parametrize(
    ("cutoff", "commune_due", "province_due", "allowed"),
    [
        (14, 17, 20, True),
        (14, 15, 15, True),
        (14, 14, 20, False),
        (14, 13, 20, False),
        (14, 17, 16, False),
    ],
)
def test_due_days_follow_the_cut_off_in_order(cast, cutoff, commune_due, province_due, allowed):
    province = cast.phu_tho
    province.cutoff_day, province.commune_due_day, province.province_due_day = cutoff, commune_due, province_due
    if allowed:
        province.full_clean()
        province.save()
    else:
        assert "Hạn của xã phải sau ngày chốt" in refused_by_form(province)
        refused_by_database(province)


@pytest.mark.parametrize(("month", "allowed"), [(1, True), (12, True), (2, False), (11, False)])
def test_the_year_begins_in_month_1_or_12(cast, month, allowed):
    cast.phu_tho.year_first_month = month
    if allowed:
        cast.phu_tho.save()
    else:
        refused_by_form(cast.phu_tho)
        with pytest.raises(ValidationError, match="tháng 1 hoặc tháng 12"):
            cast.phu_tho.validate_constraints()
        refused_by_database(cast.phu_tho)


@pytest.mark.parametrize("code", ["7999", "079990", "0799a", "D12", ""])
def test_a_commune_code_has_five_digits(cast, code):
    refused_by_form(Commune(code=code, name="Sai mã", kind="Xã", province=cast.phu_tho))


@pytest.mark.parametrize("model", [Hamlet, Institution])
def test_a_name_is_unique_among_the_living_of_one_commune(cast, model):
    fields = {"name": "Trùng Tên"} | ({"kind": "school"} if model is Institution else {})
    model.objects.create(commune=cast.chi_dam, **fields)
    again = model(commune=cast.chi_dam, **fields)
    assert "mang tên này" in refused_by_form(again)
    refused_by_database(again)
    model(commune=cast.chi_dam, ended_on=date(2024, 1, 1), **fields).save()
    model(commune=cast.tay_coc, **fields).save()
    assert model.objects.filter(name="Trùng Tên").count() == 3


def test_a_life_ends_on_or_after_the_day_it_began(cast):
    hamlet = Hamlet(commune=cast.chi_dam, name="Ngắn", started_on=date(2025, 6, 2), ended_on=date(2025, 6, 1))
    assert "từ ngày bắt đầu trở đi" in refused_by_form(hamlet)
    refused_by_database(hamlet)
    hamlet.ended_on = hamlet.started_on
    hamlet.full_clean()
    hamlet.save()


@pytest.mark.parametrize(
    ("day", "alive"),
    [("2025-01-31", False), ("2025-02-01", True), ("2025-03-31", True), ("2025-04-01", False)],
)
def test_the_first_and_the_last_day_both_count(cast, day, alive):
    f.hamlet(cast.tay_coc, started_on=date(2025, 2, 1), ended_on=date(2025, 3, 31))
    assert Hamlet.objects.filter(commune=cast.tay_coc).active_on(date.fromisoformat(day)).exists() is alive


def test_a_former_commune_has_one_main_heir(cast):
    former = f.commune(province=cast.phu_tho, ended_on=date(2025, 6, 30))
    day = date(2025, 7, 1)
    UnitSuccession.objects.create(predecessor=former, successor=cast.chi_dam, day=day)
    second = UnitSuccession(predecessor=former, successor=cast.tay_coc, day=day, whole=False)
    assert "một đơn vị kế thừa chính" in refused_by_form(second)
    refused_by_database(second)
    second.main = False
    second.full_clean()
    second.save()


def test_a_hamlet_registers_once_a_year_and_is_recognised_after_that(cast):
    fields = {"commune": cast.chi_dam, "hamlet": cast.khu[0], "year": 2025, "registered_on": date(2025, 3, 1)}
    early = SafetyRecord(**fields, recognised_on=date(2025, 2, 28))
    assert "Ngày công nhận" in refused_by_form(early)
    refused_by_database(early)
    SafetyRecord(**fields, recognised_on=date(2025, 3, 1)).save()
    again = SafetyRecord(**fields)
    assert "đã đăng ký trong năm" in refused_by_form(again)
    refused_by_database(again)
    SafetyRecord(**fields | {"year": 2026}).full_clean()
