"""The words of the official report, from facts alone."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Commune, Province
from reports.documents.facts import AwardLine, Basis, Facts, Figures, IndicatorLine, PartLine, Remark, WeaponLine
from reports.documents.narrative import SPOKEN, narrative
from reports.documents.outline import SECTIONS, blocks, ended
from reports.documents.wording import counted, listed, moved
from reports.months import Month, Span
from reports.tables.table import tells
from reports.totals.comparing import Compared
from reports.units import Unit

PROVINCE = Province(pk=1, code="25", name="Phú Thọ", kind="Tỉnh")
COMMUNE = Commune(pk=2, code="07999", name="Chí Đám", kind="Xã", province=PROVINCE)
ALL_THERE = Basis(1, 1, 6, 6)


def whole(now, then):
    return Compared("whole", now, then, 6, "")


def line(code, value=None, before=None, last_year=None, unit="lượt", **compared):
    bases = {"previous": before, "same_span_last_year": last_year}
    found = {base: whole(value, then) for base, then in bases.items() if then is not None} | compared
    return IndicatorLine(value, before, last_year, value, found, code, code, unit, "Nhóm", 6)


def facts(*lines, unit=None, span="2025-H1", basis=ALL_THERE, **more):
    unit = unit or Unit(PROVINCE, COMMUNE)
    return Facts(unit, Span.parse(span), "approved", basis, tuple(lines), **more)


def said(found, key):
    return {one.key: one.text for one in narrative(found)}.get(key)


def test_patrols_are_said_with_their_attendance_and_compared():
    found = facts(line("patrols", 202, last_year=190), line("patrol_attendance", 832))
    assert said(found, "patrols").endswith(
        "đã tổ chức 202 lượt tuần tra với 832 lượt người tham gia, tăng 12 lượt tuần tra (+6,3%) so với cùng kỳ."
    )


def test_a_figure_is_compared_with_both_bases_it_has():
    found = facts(line("patrols", 90, before=100, last_year=81))
    assert said(found, "patrols").endswith(
        "90 lượt tuần tra, tăng 09 lượt tuần tra (+11,1%) so với cùng kỳ, giảm 10 lượt tuần tra (−10%) so với kỳ trước."
    )


def test_what_both_bases_say_is_said_once():
    found = facts(line("patrols", 100, before=101, last_year=99))
    assert said(found, "patrols").endswith(
        "100 lượt tuần tra, số lượt tuần tra gần như không đổi so với cùng kỳ và kỳ trước."
    )
    found = facts(line("patrols", 100, before=100, last_year=100))
    assert said(found, "patrols").endswith("100 lượt tuần tra, số lượt tuần tra bằng cùng kỳ và kỳ trước.")


def test_a_year_says_once_what_its_two_bases_both_say():
    found = facts(line("patrols", 90, before=100, last_year=100), span="2025")
    assert said(found, "patrols").count("so với") == 1


def test_a_first_year_without_a_base_compares_nothing():
    text = " ".join(one.text for one in narrative(facts(line("patrols", 202), line("valuable_tips", 42))))
    assert "so với" not in text and "tăng" not in text


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (5, 0, "tăng từ 0 lên 05 lượt tuần tra so với cùng kỳ"),
        (14, 9, "tăng từ 09 lên 14 lượt tuần tra so với cùng kỳ"),
        (7, 8, "gần như không đổi so với cùng kỳ"),
        (10_100, 10_000, "gần như không đổi so với cùng kỳ"),
        (15, 10, "tăng 05 lượt tuần tra (+50%) so với cùng kỳ"),
    ],
)
def test_small_numbers_speak_as_numbers_and_small_moves_are_none(now, then, words):
    assert words in said(facts(line("patrols", now, last_year=then)), "patrols")


def test_what_only_some_have_both_spans_of_is_compared_over_them_and_said_so():
    some = Compared("like", 1028, 1000, 91, "so cùng 91 xã, phường có số liệu cả hai kỳ")
    more = Compared("like", 1060, 1000, 91, "so cùng 91 xã, phường có số liệu cả hai kỳ")
    found = facts(line("patrols", 900, last_year=1460, same_span_last_year=some),
                  line("outreach_sessions", 900, last_year=1460, same_span_last_year=more))  # fmt: skip
    assert "gần như không đổi so với cùng kỳ (so cùng 91 xã, phường có số liệu cả hai kỳ)" in said(found, "patrols")
    assert said(found, "fallen") is None
    assert said(found, "risen") == (
        "So với cùng kỳ, số buổi tuyên truyền, phát động quần chúng tăng 6% "
        "(so cùng 91 xã, phường có số liệu cả hai kỳ)."
    )


def test_over_whom_a_comparison_is_made_is_said_once_a_sentence():
    over = "so cùng 91 xã, phường có số liệu cả hai kỳ"
    year, last = Compared("like", 1060, 1000, 91, over), Compared("like", 1060, 900, 91, over)
    bases = {"same_span_last_year": year, "previous": last}
    found = facts(line("patrols", 1060, 900, 1000, **bases), line("outreach_sessions", 1060, 900, 1000, **bases))
    assert said(found, "patrols").endswith(
        "tăng 60 lượt tuần tra (+6%) so với cùng kỳ, tăng 160 lượt tuần tra (+17,8%) so với kỳ trước "
        "(so cùng 91 xã, phường có số liệu cả hai kỳ)."
    )
    assert said(found, "risen") == (
        "So với cùng kỳ, số lượt tuần tra tăng 6%; số buổi tuyên truyền, phát động quần chúng tăng 6% "
        "(so cùng 91 xã, phường có số liệu cả hai kỳ)."
    )
    found = facts(line("patrols", 1060, 900, 1000, same_span_last_year=year))
    assert said(found, "patrols").endswith(
        "tăng 60 lượt tuần tra (+6%) so với cùng kỳ (so cùng 91 xã, phường có số liệu cả hai kỳ), "
        "tăng 160 lượt tuần tra (+17,8%) so với kỳ trước."
    )


def test_whose_figures_the_register_gives_is_said_as_a_report_says_it():
    words = "Số đếm từ danh bạ: 147 xã, phường đã chốt khi gửi báo cáo; 1 xã, phường chưa có báo cáo được tính lấy "
    found = facts(line("hamlets", 3169), carried=f"{words}theo danh bạ đến ngày 14/06/2026.")
    assert said(found, "carried").endswith(
        "01 xã, phường chưa có báo cáo được tính lấy theo danh bạ đến ngày 14/6/2026."
    )


def test_a_province_whose_silent_communes_are_asked_of_the_register_is_told_whole():
    hamlets = IndicatorLine(3169, code="hamlets", name="Khu dân cư", unit="KDC", reports=147, registered=1)
    found = facts(hamlets, unit=Unit(PROVINCE), span="2026-H1", basis=Basis(148, 147, 888, 880))
    assert said(found, "place") == "Tính đến ngày 14/6/2026, toàn tỉnh có 148 xã, phường với 3.169 khu dân cư."


def test_things_that_are_counted_by_themselves_have_no_cai():
    kinds = (("Vũ khí thô sơ khác (dao, kiếm, mã tấu, côn)", 4), ("Công cụ hỗ trợ khác", 12), ("Kíp nổ", 3))
    weapons = tuple(WeaponLine(Decimal(n), code=name, name=name, unit="cái") for name, n in kinds)
    assert said(facts(weapons=weapons), "weapons").endswith(
        "04 vũ khí thô sơ khác, 12 công cụ hỗ trợ khác và 03 cái kíp nổ."
    )


def test_one_month_of_a_province_counts_its_reports_once():
    found = facts(line("patrols", 1), unit=Unit(PROVINCE), span="2025-06", basis=Basis(148, 130, 148, 130))
    assert said(found, "basis").endswith("tổng hợp từ báo cáo tháng đã duyệt của 130/148 xã, phường.")


def test_what_is_not_like_is_not_compared_and_the_report_says_why():
    none = Compared("none", None, None, 40, "mới 40/148 xã, phường có số liệu cả hai kỳ")
    found = facts(line("patrols", 900, last_year=1460, same_span_last_year=none))
    assert "so với" not in said(found, "patrols")
    assert said(found, "not_compared") == ("Không so sánh với cùng kỳ vì mới 40/148 xã, phường có số liệu cả hai kỳ.")


def test_half_a_per_cent_is_no_shortcoming_and_a_fall_of_a_third_is_one():
    found = facts(line("patrols", 9950, last_year=10_000), line("valuable_tips", 40, last_year=60),
                  line("disputes_settled", 3, last_year=9))  # fmt: skip
    assert said(found, "fallen") == (
        "So với cùng kỳ, số tin có giá trị giảm 33,3%; "
        "số vụ mâu thuẫn, tranh chấp được hòa giải thành giảm từ 09 xuống 03."
    )


def test_an_unmoved_figure_is_the_same():
    assert "bằng cùng kỳ" in said(facts(line("patrols", 5, last_year=5)), "patrols")


@pytest.mark.parametrize("value", [0, None])
def test_nothing_is_said_of_what_is_zero_or_absent(value):
    found = facts(line("patrols", 3), line("patrol_attendance", value), line("incidents_found_on_patrol", value))
    assert said(found, "patrols").endswith("03 lượt tuần tra.")
    assert said(facts(line("patrols", value)), "patrols") is None
    assert said(facts(), "fire") is None


def test_a_part_whose_whole_is_missing_still_stands_alone():
    assert said(facts(line("disputes_pending", 2)), "mediation") == (
        "Các tổ hòa giải, tổ chức tự quản đang hòa giải 02 vụ."
    )
    assert "có 832 lượt người tham gia tuần tra" in said(facts(line("patrol_attendance", 832)), "patrols")


def test_blanks_are_named_and_zeros_are_not():
    lines = (line("patrols", 0), line("outreach_sessions", None), line("fires_handled", None))
    found = facts(*lines, must=frozenset({"patrols", "outreach_sessions"}))
    assert said(found, "blanks") == "Chưa có số liệu về: outreach_sessions."


def test_weapons_stand_in_one_sentence_each_in_its_own_unit():
    weapons = (
        WeaponLine(Decimal("3.000"), code="a", name="Súng tự chế, súng săn (kíp, hơi)", unit="khẩu", is_gun=True),
        WeaponLine(Decimal("0.500"), code="b", name="Đạn chì", unit="kg"),
        WeaponLine(None, Decimal(4), code="c", name="Kíp nổ", unit="cái"),
    )
    text = said(facts(weapons=weapons, guns=Figures(Decimal(3))), "weapons")
    assert text == ("Đã vận động nhân dân giao nộp, thu hồi 03 khẩu súng tự chế, súng săn; 0,5 kg đạn chì.")


def test_what_was_exchanged_for_gifts_is_told_apart():
    weapons = (WeaponLine(Decimal(5), code="a", name="Súng tự chế", unit="khẩu", is_gun=True),
               WeaponLine(Decimal(2), code="b", name="Đạn chì", unit="kg"))  # fmt: skip
    text = said(facts(weapons=weapons, exchanged={"a": Decimal(3)}), "weapons")
    assert text.endswith("05 khẩu súng tự chế và 02 kg đạn chì; riêng hình thức đổi quà thu được 03 khẩu súng tự chế.")


def test_what_has_no_kind_is_told_as_such():
    weapons = (
        WeaponLine(Decimal(66), code="unsorted_gun", name="Súng (chưa phân loại)", unit="khẩu", is_gun=True),
        WeaponLine(
            Decimal(11), code="unspecified", name="Vũ khí, vật liệu nổ, công cụ hỗ trợ (chưa phân loại)", unit="cái"
        ),
    )
    assert said(facts(weapons=weapons), "weapons") == (
        "Đã vận động nhân dân giao nộp, thu hồi 66 khẩu súng chưa phân loại; "
        "11 vũ khí, vật liệu nổ, công cụ hỗ trợ chưa phân loại."
    )


def test_a_province_that_has_not_reported_whole_says_by_whose_figures():
    basis = Basis(148, 147, 888, 880)
    found = facts(line("hamlets", 3148), unit=Unit(PROVINCE), span="2026-H1", basis=basis)
    assert said(found, "place") == (
        "Theo số liệu của 147/148 xã, phường, đến ngày 14/6/2026 toàn tỉnh có 3.148 khu dân cư."
    )
    whole = facts(line("hamlets", 3169), unit=Unit(PROVINCE), span="2026-H1", basis=Basis(148, 148, 888, 888),
                  kinds=("xã", "phường", "đặc khu"))  # fmt: skip
    assert said(whole, "place") == (
        "Tính đến ngày 14/6/2026, toàn tỉnh có 148 xã, phường, đặc khu với 3.169 khu dân cư."
    )


def test_hamlets_reached_are_told_where_every_report_with_a_session_counts_them():
    sessions, reached = line("outreach_sessions", 12), line("hamlets_reached", 5)
    assert said(facts(sessions, reached), "outreach").endswith(
        "12 buổi tuyên truyền, phát động quần chúng ở 05 khu dân cư."
    )
    fewer = replace(reached, reports=2)
    assert said(facts(sessions, fewer), "outreach").endswith("12 buổi tuyên truyền, phát động quần chúng.")


def test_sentences_say_who_acted():
    lines = (line("directives_issued", 3218), line("outreach_sessions", 12), line("fire_drills", 2))
    province = facts(*lines, unit=Unit(PROVINCE))
    who = "Công an tỉnh và Công an các xã, phường"
    assert said(province, "direction") == f"{who} đã ban hành 3.218 văn bản tham mưu, chỉ đạo."
    assert said(province, "outreach").startswith(f"{who} đã tổ chức 12 buổi tuyên truyền")
    assert said(province, "fire").startswith(f"{who} đã tổ chức 02 buổi")
    assert said(facts(*lines), "direction").startswith("Công an xã đã ban hành 3.218 văn bản")


def test_disputes_that_came_over_from_earlier_months_are_told_so_and_give_no_share():
    found = facts(line("disputes_received", 4617), line("disputes_settled", 4613), line("disputes_pending", 118))
    assert said(found, "mediation") == (
        "Các tổ hòa giải, tổ chức tự quản tiếp nhận, rà soát 4.617 vụ mâu thuẫn, tranh chấp; hòa giải thành 4.613 vụ, "
        "đang hòa giải 118 vụ (kể cả kỳ trước chuyển sang)."
    )
    found = facts(line("disputes_received", 10), line("disputes_settled", 8), line("disputes_pending", 2))
    assert said(found, "mediation").endswith("hòa giải thành 08 vụ (đạt 80%), đang hòa giải 02 vụ.")


def test_awards_of_one_kind_are_told_once():
    found = facts(line("awards_individual", 3), awards=(AwardLine("Giấy khen của Giám đốc Công an tỉnh", 0, 3),))
    assert said(found, "awards") == "Trong kỳ, có 03 cá nhân được tặng Giấy khen của Giám đốc Công an tỉnh."


def test_who_waits_for_the_province_owes_nothing():
    parts = (PartLine("Xã Chờ Duyệt", {}, commune=1, counted=0, expected=1, waiting=1),
             PartLine("Phường Im Lặng", {}, commune=2, counted=0, expected=1))  # fmt: skip
    found = facts(line("patrols", 1), unit=Unit(PROVINCE), span="2025-06", basis=Basis(2, 0, 2, 0), parts=parts)
    assert said(found, "silent") == "01 đơn vị chưa gửi báo cáo nào trong kỳ: phường Im Lặng."
    assert said(found, "waiting") == ("01 đơn vị đã gửi báo cáo, đang chờ tỉnh duyệt nên chưa tính đủ: xã Chờ Duyệt.")
    assert said(found, "complete_reports") == "Đôn đốc 01 đơn vị chưa báo cáo khẩn trương gửi báo cáo."


def test_sections_stand_with_what_is_known():
    found = facts(line("patrols", 1), line("hamlets_registered_safe", 0), line("festival_days", None))
    assert said(found, "not_yet_safe") == (
        "Chưa có khu dân cư đăng ký, được công nhận “An toàn về an ninh, trật tự”; "
        "chưa có số liệu về Ngày hội Toàn dân bảo vệ an ninh Tổ quốc."
    )
    assert said(facts(line("festival_days", 1), line("hamlets_registered_safe", 0)), "not_yet_safe") is None
    assert said(found, "proposals") == "Không có kiến nghị, đề xuất."
    some = facts(line("patrols", 1), unit=Unit(PROVINCE), proposing=("Xã Chí Đám", "Xã Tây Cốc"))
    assert said(some, "proposals") == ("02 đơn vị có kiến nghị, đề xuất trong báo cáo tháng: xã Chí Đám, xã Tây Cốc.")


def test_awards_are_told_by_kind_where_the_register_still_agrees():
    lines = (line("awards_collective", 2), line("awards_individual", 0))
    kinds = (AwardLine("Bằng khen Bộ Công an", 1, 0), AwardLine("Cờ thi đua", 1, 0))
    assert said(facts(*lines, awards=kinds), "awards") == (
        "Trong kỳ, có 02 tập thể được khen thưởng, gồm: Bằng khen Bộ Công an cho 01 tập thể; Cờ thi đua cho 01 tập thể."
    )
    assert said(facts(*lines, awards=kinds[:1]), "awards") == "Trong kỳ, có 02 tập thể được khen thưởng."


def test_initiatives_are_named_for_a_commune_and_typed_for_a_province():
    named = facts(line("initiatives", 2), line("initiative_sites", 12), initiative_names=("Camera", "Móc khóa"))
    assert said(named, "initiatives").endswith("02 mô hình tại 12 điểm, gồm: “Camera”; “Móc khóa”.")
    province = facts(line("initiatives", 450), unit=Unit(PROVINCE), initiative_types=45)
    assert "toàn tỉnh duy trì hoạt động 450 mô hình thuộc 45 loại" in said(province, "initiatives")


def communes(*ratios):
    return tuple(
        PartLine(f"Xã {place}", {"patrols": patrols, "hamlets": 10}, commune=place, counted=6, expected=6)
        for place, patrols in enumerate(ratios, start=1)
    )


def test_the_best_and_the_weakest_are_named_by_their_size_among_complete_communes():
    parts = communes(10, 20, 30, 40, 50, 60, 70, 80)
    parts += (PartLine("Xã Dở Dang", {"patrols": 900, "hamlets": 1}, commune=9, counted=5, expected=6),
              PartLine("Xã Im Lặng", {}, commune=10, counted=0, expected=6))  # fmt: skip
    found = facts(line("patrols", 1), unit=Unit(PROVINCE), basis=Basis(10, 9, 60, 53), parts=parts)
    assert "cao: xã 8 (8,0), xã 7 (7,0), xã 6 (6,0)" in said(found, "best")
    assert "thấp: xã 1 (1,0), xã 2 (2,0), xã 3 (3,0)" in said(found, "weakest")
    assert said(found, "silent") == "01 đơn vị chưa gửi báo cáo nào trong kỳ: xã Im Lặng."
    assert said(found, "partial") == ("01 đơn vị chưa gửi đủ báo cáo của các tháng đã đến hạn: xã Dở Dang (5/6).")
    assert "tổng hợp từ 53/60 báo cáo tháng đã duyệt của 9/10 xã, phường" in said(found, "basis")
    assert said(found, "complete_reports") == (
        "Đôn đốc 02 đơn vị chưa báo cáo hoặc báo cáo chưa đủ khẩn trương gửi đủ báo cáo."
    )


def test_what_the_unit_wrote_becomes_its_difficulties_and_proposals_once():
    remarks = tuple(Remark(Month(2025, n), "thiếu kinh phí", f"Cấp đèn {n}.") for n in (1, 2))
    found = facts(line("patrols", 1), remarks=remarks)
    assert said(found, "difficulties") == "Thiếu kinh phí."
    assert said(found, "proposals") == "Cấp đèn 1. Cấp đèn 2."


def test_an_indicator_the_province_added_is_told_too():
    assert "new_one" not in SPOKEN
    found = facts(IndicatorLine(7, code="new_one", name="Buổi diễn tập", unit="buổi"))
    assert said(found, "others") == "Các chỉ tiêu khác: buổi diễn tập: 07 buổi."


def test_every_paragraph_names_the_indicators_of_its_figures():
    found = facts(line("patrols", 202), line("patrol_attendance", 832), line("tips", 0))
    by_key = {one.key: one.codes for one in narrative(found)}
    assert by_key["patrols"] == ("patrols", "patrol_attendance")


def test_headings_are_numbered_among_those_that_hold_something_and_the_text_is_closed():
    laid = ended(blocks(narrative(facts(line("patrols", 2), line("directives_issued", 3)))))
    headings = [block.text for block in laid if block.depth]
    assert headings[:4] == [
        "I. ĐẶC ĐIỂM, TÌNH HÌNH",
        "II. KẾT QUẢ THỰC HIỆN",
        "1. Công tác tham mưu, chỉ đạo",
        "2. Kết quả vận động quần chúng",
    ]
    assert laid[-1].text.endswith("./.")
    assert len([1 for block in laid if block.text.endswith("./.")]) == 1
    assert len(blocks([], empty=True)) == len(SECTIONS)


@pytest.mark.parametrize(
    ("value", "text"), [(2, "02"), (9, "09"), (10, "10"), (1164, "1.164"), (0, "0"), (Decimal("0.500"), "0,5")]
)
def test_counts_in_running_text_have_a_leading_zero(value, text):
    assert counted(value) == text


def test_a_list_with_commas_inside_is_parted_by_semicolons():
    assert listed(["a", "b", "c"]) == "a, b và c"
    assert listed(["a, b", "c"]) == "a, b; c"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_comparison_has_the_sign_of_the_difference(value, base):
    words = moved(whole(value, base), "vụ")
    if value == base:
        assert words == "bằng"
    elif not tells(value, base):
        assert words == "gần như không đổi"
    else:
        assert words.startswith("tăng" if value > base else "giảm")
        assert ("−" in words) <= (value < base) and ("+" in words) <= (value > base)
