"""Like with like: what two spans share is compared, and nothing else; recounted from the cells themselves."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest

from reports.models import MonthlyReport, ReportTotal, WeaponKind
from reports.months import Month
from reports.totals.comparing import Compared, Comparison
from reports.totals.place import Place
from reports.totals.rows import indicator_rows
from reports.totals.summary import Summary, Value
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAY, JUNE = Month(2025, 5), Month(2025, 6)
LATER = datetime(2025, 7, 20, tzinfo=UTC)


def summary(place, span, now=LATER, **options):
    place = place if isinstance(place, Place) else Place(place)
    return Summary(place, place.span(span), now, "sent", **options)


def beside(place, span="2025-06", code="patrols", by="indicator", key=None, base="previous", **options):
    return Comparison(summary(place, span, **options), base).figures(by)[key][code]


@pytest.fixture
def communes(cast):
    """Ten communes that reported May: ten patrols each."""
    ten = [cast.chi_dam, cast.tay_coc, *(f.commune(province=cast.phu_tho) for _ in range(8))]
    for commune in ten:
        f.filed(commune, MAY, "submitted", patrols=10, disputes_pending=3)
    return ten


def test_all_pairs_on_both_sides_compare_whole(cast, communes):
    for commune in communes:
        f.filed(commune, JUNE, "submitted", patrols=12)
    assert beside(cast.phu_tho) == Compared("whole", 120, 100, 10, "")


def test_nine_of_ten_compare_over_the_nine_and_say_so(cast, communes):
    for commune in communes[1:]:
        f.filed(commune, JUNE, "submitted", patrols=11)
    found = beside(cast.phu_tho)
    assert found == Compared("like", 99, 90, 9, "so cùng 9 xã, phường có số liệu cả hai kỳ")
    assert found.text == "so cùng 9 xã, phường có số liệu cả hai kỳ: tăng 9 (+10%)"
    assert found.short == "▲ 9 (+10%), so cùng 9 xã, phường"


def test_seven_of_ten_compare_not_at_all_and_say_why(cast, communes):
    for commune in communes[:7]:
        f.filed(commune, JUNE, "submitted", patrols=11)
    found = beside(cast.phu_tho)
    assert found == Compared("none", None, None, 7, "mới 7/10 xã, phường có số liệu cả hai kỳ")
    assert found.beside("previous") == "chưa so được với kỳ trước: mới 7/10 xã, phường có số liệu cả hai kỳ"
    assert found.text == "chưa so được: mới 7/10 xã, phường có số liệu cả hai kỳ"


def test_a_blank_is_no_pair_and_a_zero_is_one(cast, communes):
    f.filed(communes[0], JUNE, "submitted", patrols=None, tips=1)
    for commune in communes[1:]:
        f.filed(commune, JUNE, "submitted", patrols=0)
    assert beside(cast.phu_tho) == Compared("like", 0, 90, 9, "so cùng 9 xã, phường có số liệu cả hai kỳ")


def test_a_reopened_month_is_no_fall(cast, communes):
    for commune in communes[1:]:
        f.filed(commune, JUNE, "submitted", patrols=10)
    f.filed(communes[0], JUNE, "returned", patrols=10)
    found = beside(cast.phu_tho)
    assert (found.basis, found.now, found.then) == ("like", 90, 90)


def test_five_of_six_months_of_a_commune_compare_over_the_five(cast):
    for back in range(12):
        if back != 2:
            f.filed(cast.chi_dam, JUNE - back, "submitted", patrols=10 + (back < 6))
    place = Place(cast.phu_tho, cast.chi_dam)
    found = beside(place, "2025-H1")
    assert found == Compared("like", 55, 50, 5, "so cùng 5 tháng có số liệu cả hai kỳ")
    assert beside(cast.phu_tho, "2025-H1", by="commune", key=cast.chi_dam.pk)[:4] == ("like", 55, 50, 5)


def test_a_month_that_runs_compares_with_nothing(cast, communes):
    for commune in communes:
        f.filed(commune, JUNE, "submitted", patrols=12)
    running = datetime(2025, 6, 10, tzinfo=UTC)
    found = beside(cast.phu_tho, now=running)
    assert (found.basis, found.why) == ("none", "kỳ này chưa kết thúc")


def test_the_month_that_runs_is_no_pair_of_its_quarter(cast):
    for back in range(6):
        f.filed(cast.chi_dam, JUNE - back, "submitted", patrols=10 + back)
    found = beside(Place(cast.phu_tho, cast.chi_dam), "2025-Q2", now=datetime(2025, 6, 10, tzinfo=UTC))
    assert found == Compared("none", None, None, 2, "mới 2/3 tháng có số liệu cả hai kỳ")


def test_a_stock_does_not_fall_because_a_report_is_late(cast, communes):
    for commune in communes[1:]:
        f.filed(commune, JUNE, "submitted", disputes_pending=4)
    assert beside(cast.phu_tho, code="disputes_pending") == Compared("whole", 9 * 4 + 3, 10 * 3, 10, "")
    by_month = beside(cast.phu_tho, "2025-05..2025-06", "disputes_pending", "month", JUNE, "same_span_last_year")
    assert by_month.basis == "none"
    assert beside(cast.phu_tho, "2025-06..2025-06", "disputes_pending", "month", JUNE)[:3] == ("whole", 39, 30)


def test_a_stock_compares_over_the_units_that_have_it_on_both_sides(cast, communes):
    new = f.commune(province=cast.phu_tho, name="Xã mới")
    for commune in (*communes, new):
        f.filed(commune, JUNE, "submitted", disputes_pending=4)
    assert beside(cast.phu_tho, code="disputes_pending")[:4] == ("like", 40, 30, 10)


def test_a_stock_of_more_than_a_year_ago_stands_no_longer(cast):
    f.filed(cast.chi_dam, JUNE - 12, "submitted", disputes_pending=3)
    place = Place(cast.phu_tho)
    assert summary(place, "2025-06").total()["disputes_pending"] == Value(3, 1, 1, JUNE - 12)
    assert "disputes_pending" not in summary(place, "2025-07").total()
    assert "disputes_pending" not in summary(place, "2024-06..2025-07").total()


def test_the_provinces_office_is_a_unit_of_the_pairs(cast):
    for month, patrols in ((MAY, 5), (JUNE, 6)):
        f.filed(cast.chi_dam, month, "submitted", patrols=2 * patrols)
        f.office_report(cast.phu_tho, month, "approved", patrols=patrols)
    assert beside(cast.phu_tho) == Compared("whole", 18, 15, 2, "")


def test_weapons_compare_over_the_reports_both_spans_have(cast, communes):
    for commune in communes[:5]:
        f.filed(commune, JUNE, "submitted", patrols=12)
    of_kind, guns = Comparison(summary(cast.phu_tho, "2025-06"), "previous").weapons(WeaponKind.objects.all())
    assert {one.basis for one in of_kind.values()} == {guns.basis} == {"none"}
    assert guns.why == "mới 5/10 xã, phường có số liệu cả hai kỳ"


def test_a_move_too_small_is_neither_rise_nor_fall():
    assert Compared("whole", 1004, 1000, 9, "").text == "gần như không đổi (từ 1.000 lên 1.004)"
    assert Compared("whole", 1100, 1000, 9, "").text == "tăng 100 (+10%)"
    assert Compared("whole", 46, 48, 9, "").text == "gần như không đổi (từ 48 xuống 46)", "2, and 4,2 %"
    for now, then in ((11, 7), (14, 16), (46, 50), (1, 0)):
        way = "lên" if now > then else "xuống"
        assert Compared("whole", now, then, 2, "").text == f"chênh ít (từ {then} {way} {now})", "5 % and more"
    assert Compared("whole", 7, 7, 2, "").text == "không đổi"


def test_a_table_writes_every_move_in_one_form_and_small_ones_faintly():
    cells = [Compared("whole", now, then, 9, "").cell() for now, then in ((46, 50), (29, 34), (1004, 1000), (7, 7))]
    assert [cell.text for cell in cells] == ["▼ 4 (−8%)", "▼ 5 (−14,7%)", "▲ 4 (+0,4%)", "không đổi"]
    assert ["still" in cell.style for cell in cells] == [True, False, True, False]


def test_the_call_tells_how_each_row_compares(client, cast, communes):
    for commune in communes[:7]:
        f.filed(commune, JUNE, "submitted", patrols=1)
    client.force_login(cast.hoa, backend=BACKEND)
    body = client.get("/api/v1/summary/?span=2025-06&include=sent").json()
    row = next(row for row in body["rows"] if row["code"] == "patrols")
    assert (row["value"], row["previous"]) == (7, 100)  # the whole values stay what they are
    assert row["compared"]["previous"] == {
        "basis": "none", "now": None, "then": None, "reports": 7, "why": "mới 7/10 xã, phường có số liệu cả hai kỳ",
    }  # fmt: skip


def test_no_page_of_totals_says_a_fall_that_the_same_communes_did_not_have(client, cast, communes):
    for commune in communes[:7]:
        f.filed(commune, JUNE, "submitted", patrols=11)
    client.force_login(cast.hoa, backend=BACKEND)
    for view in ("", "ranking"):
        page = client.get(f"/dashboard/?span=2025-06&include=sent&view={view}").content.decode()
        assert "mới 7/10 xã, phường" in page and "giảm 23" not in page


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_coverage_the_pairs_are_those_of_a_recount(cast, seed):
    """Two months now, the two before them; each report there or not, counted or not, blank or not."""
    chance = Random(seed)
    for commune in (cast.chi_dam, cast.tay_coc, f.commune(province=cast.phu_tho), f.commune(province=cast.phu_tho)):
        for back in range(4):
            state = chance.choice(["submitted", "submitted", "approved", "approved", "approved", "draft", None])
            if state:
                patrols = chance.choice([None, 0, *range(1, 30)])
                f.filed(commune, JUNE - back, state, patrols=patrols, tips=1)
    sides = defaultdict(dict)
    counted = MonthlyReport.objects.filter(state__in=("submitted", "approved"))
    for total in ReportTotal.objects.filter(indicator__code="patrols", report__in=counted).select_related("report"):
        side, at = divmod(total.report.month.until(JUNE), 2)
        sides[side][total.report.commune_id, at] = total.value
    asked = summary(cast.phu_tho, "2025-05..2025-06")
    of = {key: row for key, row in Comparison(asked, "previous").figures("commune").items() if "patrols" in row}
    whole = next(row for row in indicator_rows(asked, "indicator") if row.code == "patrols").compared["previous"]
    assert_recounted(whole, sides[0], sides[1])
    for unit, row in of.items():
        assert_recounted(row["patrols"], *({k: v for k, v in sides[n].items() if k[0] == unit} for n in (0, 1)))


def assert_recounted(said, now, then):
    both = set(now) & set(then)
    if both and len(both) * 10 >= 8 * max(len(now), len(then)):
        assert (said.now, said.then) == (sum(now[key] for key in both), sum(then[key] for key in both))
        assert said.basis == ("whole" if both == set(now) == set(then) else "like")
    else:
        assert (said.basis, said.now, said.then) == ("none", None, None)


def explored(client, query):
    """The rows of the explore page: texts of their cells, and the notes of those cells."""
    table = client.get(f"/explore/?indicator=patrols&measure=value,change,rate&{query}").context["table"]
    return {row[0].text: ([cell.value for cell in row[1:]], [cell.note for cell in row[1:]]) for row in table.rows}


def test_the_explore_page_compares_by_the_same_rule(client, cast, communes):
    for commune in communes[1:]:
        f.filed(commune, JUNE, "submitted", patrols=11)
    client.force_login(cast.hoa, backend=BACKEND)
    why = "so cùng 9 xã, phường có số liệu cả hai kỳ"
    values, notes = explored(client, "span=2025-06&rows=place")["Toàn tỉnh"]
    assert (values, notes[1:]) == ([99, 9, Decimal("10.0")], [why, why])
    rows = explored(client, "span=2025-05..2025-06&rows=month&places=whole")
    assert rows["6/2025"][0] == [99, 9, Decimal("10.0")]
    assert rows["5/2025"][0] == [100, None, None]
    by_place = explored(client, "span=2025-06&rows=place")
    assert by_place[str(communes[1])][0] == [11, 1, Decimal("10.0")]
    assert by_place[str(communes[0])][0] == [None, None, None], "it has no June"
    chosen = "&".join(f"communes={one.slug}" for one in communes[:4])
    values, _ = explored(client, f"span=2025-06&rows=place&places=chosen&{chosen}")["Cộng các xã đã chọn"]
    assert values == [33, None, None], "three of four are not enough"
