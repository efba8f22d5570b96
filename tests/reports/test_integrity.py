"""``check_integrity`` finds each thing that was broken on purpose, and nothing where all is well."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from communes.models import Hamlet, HamletSuccession, UnitSuccession
from communes.trail import chain
from communes.trail.recording import Act, record
from models_registry.hamlets import Decision, merge
from models_registry.models import SelfManagementGroup
from reports.entry.grid import Row
from reports.models import ActivityLog, Figure, FigureChange, Indicator, MonthlyReport, ReportTotal
from reports.months import Month
from tests import factories as f

MAY, JUNE = Month(2025, 5), f.JUNE


@pytest.fixture
def sound(cast):
    """A sent May and June of Chí Đám with a group, a changed cell, a cleared and refilled one; a running July."""
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-01-10")
    khu = Row(hamlet=cast.khu[0].pk)
    for month in (MAY, JUNE):
        report = f.report(cast.chi_dam, cast.lan, month)
        f.fill(report, cast.lan, {(khu, "tips"): 5, (khu, "valuable_tips"): 2, (khu, "patrols"): 4})
        f.fill(report, cast.lan, {(khu, "patrols"): 6}, f.NOW.replace(hour=3))
        f.fill(report, cast.lan, {(khu, "tips"): None}, f.NOW.replace(hour=4))
        f.fill(report, cast.lan, {(khu, "tips"): 7}, f.NOW.replace(hour=5))
        f.bring(report, "approved")
    f.office_report(cast.phu_tho, patrols=3)
    f.fill(f.report(cast.tay_coc, cast.tuan), cast.tuan, {(Row(), "patrols"): 1})
    cast.june = MonthlyReport.objects.get(commune=cast.chi_dam, month=JUNE)
    cast.row = khu
    return cast


def asked(**options):
    out, code = StringIO(), 0
    try:
        call_command("check_integrity", "--json", stdout=out, stderr=StringIO(), **options)
    except CommandError as error:
        code = error.returncode
    return json.loads(out.getvalue()), code


def only(check, severity="fault"):
    """The one finding there is, by its check; faults end with 1, questions with 0."""
    told, code = asked()
    assert [(one["check"], one["severity"]) for one in told["findings"]] == [(check, severity)], told
    assert (code, told["faults"]) == ((1, 1) if severity == "fault" else (0, 0))
    return told["findings"][0]


def test_where_all_is_well_nothing_is_found(sound):
    told, code = asked()
    assert told == {"reports": 4, "faults": 0, "questions": 0, "findings": []} and code == 0


def test_a_total_that_is_not_its_cells(sound, client):
    ReportTotal.objects.filter(report=sound.june, indicator__code="patrols").update(value=60)
    found = only("totals")
    assert found["sentence"] == "patrols: kept 60, cells 6" and found["link"] == "/reports/07999/2025-06/"
    client.force_login(sound.hoa)
    assert client.get(found["link"]).status_code == 200


def test_a_trail_that_was_changed_behind_its_seal(sound, client):
    record(Act.SIGN_IN, "Đăng nhập", by=sound.lan)
    chain.seal(now=timezone.now() + timedelta(minutes=5))
    assert asked()[0]["findings"] == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE communes_trailentry SET what = 'y'")
    found = only("audit chain")
    assert "đã bị sửa" in found["sentence"]
    client.force_login(sound.quan)
    assert client.get(found["link"]).status_code == 200
    assert asked(province="25")[0]["findings"] == []


def test_a_part_above_its_whole_in_a_row_and_in_the_sum(sound):
    cells = Figure.objects.filter(log__report=sound.june, indicator__code="valuable_tips")
    cells.update(value=9)
    ReportTotal.objects.filter(report=sound.june, indicator__code="valuable_tips").update(value=9)
    told, code = asked()
    sentences = {one["sentence"] for one in told["findings"] if one["check"] == "parts"}
    assert sentences == {"cell valuable_tips 9 > tips 7", "total valuable_tips 9 > tips 7"} and code == 1


def test_what_does_not_reach_what_it_must(sound):
    attendance = Indicator.objects.get(code="patrol_attendance")
    log = ActivityLog.objects.get(report=sound.june, hamlet=sound.khu[0])
    Figure.objects.create(log=log, indicator=attendance, value=5, entered_by=sound.lan, entered_at=f.NOW)
    ReportTotal.objects.create(report=sound.june, indicator=attendance, value=5)
    assert only("parts")["sentence"] == "cell patrol_attendance 5 < patrols 6"


def test_a_draft_may_contradict_itself_until_it_is_sent(sound):
    report = MonthlyReport.objects.get(commune=sound.tay_coc)
    f.fill(report, sound.tuan, {(Row(), "tips"): 1, (Row(), "valuable_tips"): 2})
    assert asked()[0]["findings"] == []


def test_a_stock_that_does_not_follow_from_the_month_before(sound):
    ReportTotal.objects.filter(report=sound.june, indicator__code="household_clusters").update(value=4)
    told, code = asked()
    by_check = {one["check"]: one for one in told["findings"]}
    assert by_check["stock_flow"]["sentence"] == "groups_founded, groups_dissolved: 1 + 0 − 0 ≠ 4"
    assert by_check["frozen"]["sentence"] == "household_clusters 4, register 1"
    assert {one["severity"] for one in told["findings"]} == {"question"} and code == 0


def test_a_register_that_was_mended_since_is_asked_of(sound):
    f.hamlet(sound.chi_dam, "Khu 11", started_on="2025-06-01")
    found = only("frozen", "question")
    assert found["sentence"] == "hamlets 3, register 4" and found["where"] == "Xã Chí Đám, tháng 6/2025"


def test_a_report_sent_without_what_the_register_holds(sound):
    ReportTotal.objects.filter(report=sound.june, indicator__source="registry").delete()
    assert only("frozen")["sentence"] == "sent without its registry figures"


def test_rows_of_another_commune(sound):
    log = ActivityLog.objects.create(report=sound.june, hamlet=f.hamlet(sound.tay_coc))
    assert f"row of hamlet {log.hamlet_id}" in only("orphans")["sentence"]


def test_an_office_has_no_rows_of_hamlets(sound):
    office = MonthlyReport.objects.get(commune=None)
    ActivityLog.objects.create(report=office, hamlet=sound.khu[0])
    assert only("orphans")["link"] == "/reports/province-25/2025-06/"


def test_a_cell_where_none_may_be(sound):
    log = ActivityLog.objects.get(report=sound.june, hamlet=sound.khu[0])
    hamlets = Indicator.objects.get(code="hamlets")
    Figure.objects.create(log=log, indicator=hamlets, value=3, entered_by=sound.lan, entered_at=f.NOW)
    assert "orphans" in {one["check"] for one in asked()[0]["findings"]}


def test_a_history_that_leads_elsewhere(sound):
    FigureChange.objects.filter(log__report=sound.june, value=6).update(value=8)
    assert only("history")["sentence"] == "patrols: changed to 8, stands at 6"


def test_a_cell_that_went_without_a_trace(sound):
    Figure.objects.filter(log__report=sound.june, indicator__code="patrols").delete()
    ReportTotal.objects.filter(report=sound.june, indicator__code="patrols").delete()
    assert only("history")["sentence"] == "patrols: changed to 6, stands at None"


def test_a_commune_that_went_into_another_and_did_not_end(sound, admin_client):
    UnitSuccession.objects.create(predecessor=sound.tay_coc, successor=sound.chi_dam, day="2025-07-01")
    found = only("successions")
    assert "has no last day" in found["sentence"]
    type(sound.tay_coc).objects.filter(pk=sound.tay_coc.pk).update(ended_on="2025-06-30")
    assert asked()[0]["findings"] == []
    UnitSuccession.objects.update(main=False)
    assert only("successions")["sentence"] == "no heir is marked as the main one"
    UnitSuccession.objects.update(main=True, day="2025-08-01")
    assert "its last day is 2025-06-30" in only("successions")["sentence"]


def test_a_hamlet_that_was_merged_and_did_not_end(sound):
    day = f.NOW.date().replace(day=15)
    merge(sound.khu[:2], "Khu 12", {}, Decision(day, "01/NQ", sound.minh, f.NOW))
    assert asked()[0]["faults"] == 0
    Hamlet.objects.filter(pk=sound.khu[0].pk).update(ended_on=None)
    found = [one for one in asked()[0]["findings"] if one["check"] == "successions"]
    assert [one["link"] for one in found] == [f"/register/hamlets/{sound.khu[0].pk}/"]
    assert HamletSuccession.objects.count() == 2


def test_a_group_whose_hamlet_lies_elsewhere(sound):
    group = f.group(sound.tay_coc, started_on="2025-06-20")
    SelfManagementGroup.objects.filter(pk=group.pk).update(hamlet=sound.khu[1])
    assert only("orphans")["link"] == f"/register/groups/{group.pk}/"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL never lets go of a reference")
def test_a_reference_that_leads_nowhere(cast):
    Hamlet.objects.filter(pk=cast.khu[0].pk).update(commune=F("commune") + 100_000)
    assert "invalid foreign key" in only("orphans")["sentence"]
    Hamlet.objects.filter(pk=cast.khu[0].pk).update(commune=cast.chi_dam)


def test_one_province_and_one_year(sound):
    ReportTotal.objects.filter(report=sound.june, indicator__code="patrols").update(value=60)
    assert asked(province="14")[0]["findings"] == [] and asked(year=2024)[0]["reports"] == 0
    assert asked(province="25", year=2025)[1] == 1


def test_in_words_the_first_of_each_kind_are_shown(sound):
    for _ in range(25):
        ActivityLog.objects.create(report=sound.june, hamlet=f.hamlet(sound.tay_coc))
    out = StringIO()
    with pytest.raises(CommandError, match="25 faults"):
        call_command("check_integrity", stdout=out, stderr=StringIO())
    lines = out.getvalue().splitlines()
    assert lines[-2:] == ["fault [orphans]: 5 more; --json names all", "4 reports: 25 faults, 0 questions"]
    assert lines[1].strip() == "/reports/07999/2025-06/"
