"""Weapons handed over: lines with a kind, a decimal quantity, and how it came."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.refusals import Forbidden, Refused
from reports.entry.handovers import read_handed_over, read_quantity, remove_handover, save_handover, written_quantity
from reports.models import WeaponHandover, WeaponKind
from tests import factories as f


def kind(code):
    return WeaponKind.objects.get(code=code)


def add(report, by, code="homemade_gun", quantity="1", **changes):
    handover = WeaponHandover(report=report)
    fields = {"kind": kind(code), "quantity": Decimal(quantity)} | changes
    return save_handover(handover, by=by, now=f.NOW, **fields)


def test_half_a_kilo_of_lead_shot_is_an_ordinary_entry(cast, report):
    line = add(report, cast.lan, "lead_shot", "0.5", source="found", hamlet=cast.khu[0], record_number="12/BB-CAX")
    line.refresh_from_db()
    assert (line.quantity, line.source, line.hamlet, line.record_number) == (
        Decimal("0.5"), "found", cast.khu[0], "12/BB-CAX",
    )  # fmt: skip
    assert str(line) == "Đạn chì: 0,5 kg"


def test_a_line_may_be_changed_and_taken_away_and_its_history_stays(cast, report):
    line = add(report, cast.lan)
    later = f.NOW + timedelta(hours=1)
    save_handover(line, by=cast.minh, now=later, quantity=Decimal(3))
    report.refresh_from_db()
    assert report.saved_at == later
    remove_handover(line, by=cast.lan, now=later)
    assert not WeaponHandover.objects.exists()
    kept = WeaponHandover.history.order_by("history_id").values_list(
        "history_type", "quantity", "history_user__username"
    )
    assert list(kept) == [("+", Decimal(1), "lan"), ("~", Decimal(3), "minh"), ("-", Decimal(3), "lan")]


def test_every_change_of_a_line_makes_the_reports_figures_others(cast, report):
    seen = []

    def revision():
        report.refresh_from_db()
        seen.append(report.revision)

    revision()
    line = add(report, cast.lan)
    revision()
    save_handover(line, by=cast.minh, now=f.NOW, quantity=Decimal(3))
    revision()
    remove_handover(line, by=cast.lan, now=f.NOW)
    revision()
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0001", "0.0005", "1000000000000", "NaN"])
def test_a_quantity_is_positive_with_three_decimals_at_most(cast, report, quantity):
    with pytest.raises(ValidationError):
        add(report, cast.lan, "lead_shot", quantity)
    assert not WeaponHandover.objects.exists()


@pytest.mark.parametrize("quantity", ["0.001", "999999999.999"])
def test_the_smallest_and_the_greatest_quantity_are_kept_exactly(cast, report, quantity):
    line = add(report, cast.lan, "lead_shot", quantity)
    line.refresh_from_db()
    assert line.quantity == Decimal(quantity)


def test_the_database_refuses_what_is_not_positive(cast, report):
    with pytest.raises(IntegrityError), transaction.atomic():
        WeaponHandover.objects.create(report=report, kind=kind("lead_shot"), quantity=0)


@pytest.mark.parametrize("place", ["hamlet", "group"])
def test_a_place_lies_in_the_reports_commune(cast, report, place):
    build = {"hamlet": f.hamlet, "group": f.group}[place]
    assert add(report, cast.lan, **{place: build(cast.chi_dam)}).pk
    with pytest.raises(ValidationError, match="Nơi giao nộp phải thuộc xã của báo cáo"):
        add(report, cast.lan, **{place: build(cast.tay_coc)})
    assert WeaponHandover.objects.count() == 1


@pytest.mark.parametrize("name", ["tuan", "hoa", "thu", "son", "an", "quan"])
def test_only_the_communes_own_people_touch_its_lines(cast, report, name):
    line = add(report, cast.lan)
    stranger = getattr(cast, name)
    for attempt in (
        lambda: add(report, stranger),
        lambda: save_handover(line, by=stranger, now=f.NOW, quantity=Decimal(9)),
        lambda: remove_handover(line, by=stranger, now=f.NOW),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert isinstance(refusal.value.objection, Forbidden)
    assert WeaponHandover.objects.get().quantity == 1


@pytest.mark.parametrize(
    ("state", "is_open"), [("draft", True), ("returned", True), ("submitted", False), ("approved", False)]
)
def test_lines_change_only_while_the_report_is_open(cast, report, state, is_open):
    line = add(report, cast.lan)
    f.bring(report, state)
    if is_open:
        save_handover(line, by=cast.lan, now=f.NOW, quantity=Decimal(2))
        assert WeaponHandover.objects.get().quantity == 2
        return
    for attempt in (
        lambda: add(report, cast.lan),
        lambda: save_handover(line, by=cast.lan, now=f.NOW, quantity=Decimal(2)),
        lambda: remove_handover(line, by=cast.lan, now=f.NOW),
    ):
        with pytest.raises(Refused, match="không sửa được"):
            attempt()
    assert WeaponHandover.objects.get().quantity == 1


def test_a_record_number_is_no_phone_number(cast, report):
    with pytest.raises(ValidationError, match="số điện thoại"):
        add(report, cast.lan, record_number="ông Hùng 0912345678")


def test_only_kinds_counted_in_khau_are_guns(db):
    WeaponKind(code="big_gun", name="Súng", unit="khẩu", is_gun=True).full_clean()
    with pytest.raises(ValidationError, match="khẩu"):
        WeaponKind(code="big_gun", name="Súng", unit="cái", is_gun=True).full_clean()
    assert set(WeaponKind.objects.filter(is_gun=True).values_list("unit", flat=True)) == {"khẩu"}


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("cartridge", "1.164", "1164"), ("cartridge", "2.000", "2000"), ("cartridge", "1 164", "1164"),
        ("cartridge", "12", "12"), ("cartridge", "1.164.000", "1164000"), ("lead_shot", "0,5", "0.5"),
        ("lead_shot", "0.500", "0.5"), ("lead_shot", "1.5", "1.5"), ("lead_shot", "1,164", "1.164"),
        ("lead_shot", "1.164,5", "1164.5"), ("lead_shot", "1164", "1164"), ("lead_shot", "１２", "12"),
        ("cartridge", "2,000", "2000"), ("cartridge", "1,164", "1164"), ("cartridge", "163,0", "163"),
        ("cartridge", "\u200b12", "12"), ("lead_shot", "\ufeff0,5", "0.5"), ("cartridge", "1\u202f164 viên", "1164"),
        ("cartridge", "5 viên", "5"), ("lead_shot", "0,5kg", "0.5"), ("lead_shot", "1,164 KG", "1.164"),
    ],
)  # fmt: skip
def test_a_quantity_is_read_as_it_is_written_in_vietnam(cast, code, text, value):
    assert read_quantity(text, kind(code)) == Decimal(value)


@pytest.mark.parametrize(("code", "text"), [("cartridge", "1.5"), ("cartridge", "một"), ("lead_shot", "1,,5"),
                                            ("lead_shot", "-1"), ("cartridge", ""), ("cartridge", "5²"),
                                            ("cartridge", "1.164 000"), ("lead_shot", "1.164 000"), ("cartridge", "1,5"),
                                            ("cartridge", "12345678901"), ("lead_shot", "1.2.3")])  # fmt: skip
def test_what_is_no_number_is_asked_for_again(cast, code, text):
    with pytest.raises(ValidationError, match="Ghi một số"):
        read_quantity(text, kind(code))


def test_nothing_is_no_line(cast):
    with pytest.raises(ValidationError, match="lớn hơn 0"):
        read_handed_over("0,000", kind("lead_shot"))
    assert read_quantity("0", kind("lead_shot")) == 0  # of a published total


def test_two_readings_are_asked_back_with_both(cast):
    with pytest.raises(ValidationError) as refusal:
        read_quantity("1.164", kind("lead_shot"))
    assert "1164 kg" in refusal.value.messages[0] and "1,164 kg" in refusal.value.messages[0]


@pytest.mark.parametrize("quantity", ["0.001", "1164", "1164.5", "12.25"])
def test_what_is_shown_to_be_mended_is_read_again_as_what_it_is(cast, quantity):
    for code in ("lead_shot", "cartridge"):
        if code == "cartridge" and "." in quantity:
            continue
        assert read_quantity(written_quantity(Decimal(quantity)), kind(code)) == Decimal(quantity)


@pytest.mark.parametrize("code", ["homemade_gun", "cartridge", "casing", "crossbow", "grenade_bomb_mine"])
def test_no_part_of_what_cannot_be_divided_is_handed_over(cast, report, code):
    with pytest.raises(ValidationError) as refusal:
        add(report, cast.lan, code, "1.5")
    assert "số nguyên" in refusal.value.message_dict["quantity"][0]
    assert add(report, cast.lan, code, "2").quantity == 2


def test_a_handovers_day_lies_in_its_month(cast, report):
    with pytest.raises(ValidationError) as refusal:
        add(report, cast.lan, day=date(2025, 6, 15))
    assert "từ 15/05/2025 đến 14/06/2025" in refusal.value.message_dict["day"][0]
    assert add(report, cast.lan, day=date(2025, 6, 14)).day == date(2025, 6, 14)


def test_the_page_asks_back_at_its_place_and_keeps_what_was_typed(client, cast, report):
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    page = "/reports/07999/2025-06/weapons/"
    answer = client.post(page, {"kind": kind("lead_shot").pk, "quantity": "1.164", "source": "voluntary"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "đọc được hai cách" in text and 'value="1.164"' in text
    answer = client.post(page, {"kind": kind("cartridge").pk, "quantity": "1.164", "source": "voluntary"})
    assert answer.status_code == 302
    line = WeaponHandover.objects.get()
    assert line.quantity == 1164
    assert 'value="1164"' in client.get(f"{page}{line.pk}/").content.decode()
