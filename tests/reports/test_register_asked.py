"""Registry stocks of a unit without a counted report are asked of the register, and every door says so."""

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from communes.models import UnitSuccession
from models_registry.headcount import registers_kept, stock_count
from reports.documents.facts import Unit
from reports.documents.gathering import facts_of
from reports.months import Month, Span
from reports.totals import register
from reports.totals.comparing import Comparison
from reports.totals.place import Place, Value
from reports.totals.summary import Summary
from tests import factories as f

MAY, JUNE = Month(2025, 5), Month(2025, 6)
LATER = datetime(2025, 7, 20, tzinfo=UTC)
SAID = (
    "Số đếm từ danh bạ: 1 xã, phường đã chốt khi gửi báo cáo; "
    "1 xã, phường chưa có báo cáo được tính lấy theo danh bạ đến ngày 14/06/2025."
)


BACKEND = "django.contrib.auth.backends.ModelBackend"


def asked(place, span="2025-06", **choices):
    return Summary(place, place.span(span), LATER, **choices)


@pytest.fixture
def silent(cast):
    """Both communes have May's report with their clusters, Tây Cốc none of June; it founds one more in June."""
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-01-01")
    cast.hamlet = f.hamlet(cast.tay_coc, "Khu 1")
    f.group(cast.tay_coc, hamlet=cast.hamlet, started_on="2025-01-01")
    f.filed(cast.chi_dam, MAY)
    f.filed(cast.tay_coc, MAY, disputes_pending=7)
    f.filed(cast.chi_dam, JUNE)
    f.group(cast.tay_coc, hamlet=cast.hamlet, started_on="2025-06-10")
    f.group(cast.tay_coc, hamlet=cast.hamlet, started_on="2025-06-15")  # the day after the month's end
    return cast


@pytest.mark.parametrize(
    ("by", "monthly"), [("indicator", False), ("commune", False), ("month", True), ("commune", True)]
)
def test_who_has_no_report_is_asked_of_the_register_by_every_dimension(silent, by, monthly):
    place = Place(silent.phu_tho)
    values = asked(place).values(place.span("2025-06"), by, monthly=monthly)
    unit = silent.tay_coc.pk if by == "commune" else None
    key = (unit, JUNE) if unit and monthly else unit or (JUNE if monthly else None)
    expected = Value(2, 0, registered=1) if unit else Value(3, 1, registered=1)
    assert values[key]["household_clusters"] == expected
    typed = values[key]["disputes_pending"]
    assert typed == Value(7, 1, 1, MAY)  # what is typed stands from the last report, as before


def test_a_report_anywhere_in_the_span_is_frozen_and_is_not_asked_again(silent):
    total = asked(Place(silent.phu_tho), "2025-Q2").total()
    assert total["household_clusters"] == Value(2, 2, 1, MAY)
    assert total["household_clusters"].mark == "đã chốt"


def test_what_a_former_unit_froze_in_the_span_is_not_asked_again_of_its_heir(silent):
    heir = f.commune(province=silent.phu_tho, name="Xã Mới", started_on=date(2025, 6, 1))
    f.group(heir, hamlet=f.hamlet(heir, "Khu 1"), started_on="2025-06-01")
    silent.tay_coc.ended_on = date(2025, 5, 31)
    silent.tay_coc.save()
    UnitSuccession.objects.create(predecessor=silent.tay_coc, successor=heir, day=date(2025, 6, 1))
    assert asked(Place(silent.phu_tho), "2025-Q2").total()["household_clusters"] == Value(2, 2, 1, MAY)
    assert asked(Place(silent.phu_tho), "2025-06").total()["household_clusters"] == Value(2, 1, registered=1)


def test_an_empty_register_never_overrules_a_former_count(silent):
    silent.tay_coc.selfmanagementgroup_set.all().delete()
    total = asked(Place(silent.phu_tho)).total()
    assert total["household_clusters"] == Value(2, 2, 1, MAY)
    other = f.commune(province=silent.phu_tho, name="Xã Mới")
    assert other.pk not in asked(Place(silent.phu_tho)).values(Place(silent.phu_tho).span("2025-06"), "commune")


def test_a_comparison_counts_a_unit_of_the_register_as_one_that_is_there(silent):
    place = Place(silent.phu_tho)
    said = Comparison(asked(place, indicators=("household_clusters",)), "previous").figures()[None]
    assert said["household_clusters"] == ("whole", 3, 2, 2, "")


def test_nothing_is_asked_for_months_to_come_and_today_bounds_the_month_that_runs(silent):
    place = Place(silent.phu_tho)
    assert asked(place, "2025-09").total() == {}
    early = datetime(2025, 6, 12, tzinfo=UTC)
    summary = Summary(place, place.span("2025-06"), early)
    assert summary.total()["household_clusters"].value == 3
    assert "theo danh bạ đến ngày 12/06/2025" in summary.carried_sentence


def test_the_month_that_runs_is_asked_too_and_each_month_as_a_span_of_its_own(silent):
    place = Place(silent.phu_tho)
    summary = asked(place, "2025")
    found = summary.registered_by_month(summary.span)
    assert list(found) == list(Span("2025", Month(2025, 1), Month.at(LATER, place.cutoff), 1))
    for month, communes in found.items():
        alone = summary.asking(span=place.span(str(month)))
        assert {one.commune for one in communes} == {one.commune for one in alone.registered(alone.span)}, month
    assert found[Month(2025, 7)]


def test_behind_what_is_counted_stand_frozen_reports_and_behind_what_is_typed_the_last_ones(silent):
    summary = asked(Place(silent.phu_tho))
    by_code = {one.code: one for one in summary.catalogue}
    behind = {
        code: [(one.own_unit, one.month) for one in summary.behind(by_code[code])]
        for code in ("household_clusters", "disputes_pending")
    }
    assert behind["household_clusters"] == [(silent.chi_dam.pk, JUNE)]
    assert (silent.tay_coc.pk, MAY) in behind["disputes_pending"]


def test_the_types_of_initiative_rest_on_the_same_communes_as_the_initiatives(silent):
    f.initiative(silent.chi_dam, "security_camera", started_on="2025-06-20")  # after June was frozen
    f.initiative(silent.tay_coc, "safe_hamlet", started_on="2025-06-01")
    summary = asked(Place(silent.phu_tho), "2025-06")
    assert (summary.total()["initiatives"].value, summary.initiative_types()) == (1, 1)
    f.filed(silent.tay_coc, JUNE, "draft")
    assert asked(Place(silent.phu_tho), include="all").initiative_types() == 1
    f.initiative(silent.chi_dam, "security_camera", started_on="2025-05-20")  # typed in after June was frozen
    again = asked(Place(silent.phu_tho), "2025-05", include="approved")
    assert (again.total()["initiatives"].value, again.initiative_types()) == (0, 0)


def test_every_door_says_it_in_the_same_words(silent, client):
    client.force_login(silent.thu, backend="django.contrib.auth.backends.ModelBackend")
    rows = {row["code"]: row for row in client.get("/api/v1/summary/?province=25&span=2025-06").json()["rows"]}
    told = [rows["household_clusters"][name] for name in ("value", "reports", "from_register", "mark")]
    assert told == [3, 1, 1, "1 đã chốt, 1 theo danh bạ"]
    assert (rows["disputes_pending"]["mark"], rows["disputes_pending"]["from_register"]) == ("", 0)
    apart = SAID.replace("Số đếm", "Riêng số đếm")
    for address in ("/dashboard/?", "/dashboard/?print=1&"):
        assert apart in client.get(f"{address}province=25&span=2025-06").content.decode(), address
    choice = "province=25&span=2025-06&indicator=household_clusters"
    assert SAID in client.get(f"/figures/?{choice}").content.decode()
    assert SAID in client.get(f"/explore/?{choice}").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"/explore/?{choice}&format=xlsx").content))
    assert any(SAID in str(cell.value) for sheet in book for line in sheet for cell in line)
    unit = Unit(silent.phu_tho)
    assert apart in facts_of(unit, unit.span("2025-06"), "sent", LATER).carried


def test_a_figure_of_one_silent_commune_leads_to_the_register_it_is_asked_of(silent, client):
    client.force_login(silent.hoa, backend=BACKEND)
    address = f"/figures/?commune={silent.tay_coc.slug}&span=2025-06&indicator="
    (row, *_) = client.get(f"{address}household_clusters").context["reports"].rows
    assert [cell.text for cell in row] == [
        "Danh bạ Xã Tây Cốc đến ngày 14/06/2025", "Chưa có báo cáo được tính", "2", "theo danh bạ",
    ]  # fmt: skip
    assert row[-1].url == "/register/counts/?kind=household_cluster&on=2025-06-14&commune=07996"
    assert client.get(row[-1].url).status_code == 200
    typed = client.get(f"{address}disputes_pending").context["reports"].rows
    assert [row[0].text for row in typed] == ["Tháng 5/2025"], "what is typed stands from a report"


def test_of_many_silent_communes_those_alone_are_counted_that_kept_a_register(silent, monkeypatch):
    """The country's former communes are ten thousand: a list of them in each question took eight seconds."""
    f.commune(code="99999", name="Không sổ", province=silent.phu_tho)
    place, asked_of = Place(), []
    monkeypatch.setattr(
        register, "stock_count", lambda some, on: asked_of.append(set(some)) or stock_count(some, on=on)
    )
    usual = asked(place).total()
    assert any(len(some) > 1 for some in asked_of)
    asked_of.clear()
    monkeypatch.setattr(register, "MANY", 0)
    assert asked(place).total() == usual
    assert asked_of and set().union(*asked_of) == {silent.tay_coc.pk}
    f.safety(silent.hamlet)
    assert registers_kept() == {silent.chi_dam.pk, silent.tay_coc.pk}
