"""Hamlets reached: each counts once in a span, through its own cells or any of its groups'."""

import re

import pytest

from communes.names import fold
from communes.scope import Role
from reports.catalogue import load_catalogues, words_for
from reports.entry import kept_totals
from reports.entry.grid import Row
from reports.entry.integrity import differences, mend
from reports.models import Indicator, MonthlyReport, ReportTotal
from reports.months import Month
from reports.totals.comparing import Comparison
from reports.totals.place import Place
from reports.totals.summary import Summary, Value
from tests import factories as f

pytestmark = pytest.mark.django_db
APRIL, MAY = Month(2025, 4), Month(2025, 5)
CODE, SESSIONS = "hamlets_reached", "outreach_sessions"


def summary(place, span, **options):
    place = place if isinstance(place, Place) else Place(place)
    return Summary(place, place.span(span), f.NOW, "approved", **options)


def value(place, span, **options):
    return summary(place, span, **options).total().get(CODE)


@pytest.fixture
def reached(cast):
    """Khu 1 in April and May (May through a group), Khu 2 in May, Khu 3 with a zero; the unit's own row is no hamlet."""
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    one, two, three = (Row(hamlet=khu.pk) for khu in cast.khu[:3])
    cells = {
        APRIL: {(one, SESSIONS): 2, (three, SESSIONS): 0, (Row(), SESSIONS): 5},
        MAY: {(Row(group=group.pk), SESSIONS): 1, (two, SESSIONS): 3},
    }
    for month, some in cells.items():
        report = f.report(cast.chi_dam, cast.lan, month)
        f.fill(report, cast.lan, some)
        f.bring(report, "approved")
    f.filed(cast.tay_coc, APRIL, patrols=1)
    return cast


def test_a_hamlet_reached_in_two_months_counts_once(reached):
    assert value(reached.phu_tho, "2025-04") == Value(1, 1)
    assert value(reached.phu_tho, "2025-05") == Value(2, 1)
    assert value(reached.phu_tho, "2025-Q2") == Value(2, 2)
    asked = summary(reached.phu_tho, "2025-Q2")
    assert asked.values(asked.span, "commune")[reached.chi_dam.pk][CODE] == Value(2, 2)
    assert CODE not in asked.values(asked.span, "commune")[reached.tay_coc.pk], "no cell of a hamlet is no zero"
    months = asked.values(asked.span, "month")
    assert [months[month][CODE].value for month in (APRIL, MAY)] == [1, 2]


def test_of_each_hamlet_it_says_whether_it_was_reached(reached):
    asked = summary(Place(reached.phu_tho, reached.chi_dam), "2025-Q2")
    by_hamlet = asked.values(asked.span, "hamlet")
    assert {khu.name: by_hamlet[khu.pk][CODE].value for khu in reached.khu[:3]} == {
        khu.name: number for khu, number in zip(reached.khu, (1, 1, 0), strict=False)
    }
    assert CODE not in by_hamlet.get(None, {})
    assert asked.values(asked.span, "hamlet", monthly=True)[reached.khu[0].pk, MAY][CODE] == Value(1, 1)


def test_it_is_kept_with_the_save_and_gone_with_the_last_cell(cast):
    report = f.report(cast.chi_dam, cast.lan, MAY)
    khu = Row(hamlet=cast.khu[0].pk)
    kept = ReportTotal.objects.filter(report=report, indicator__code=CODE)
    for given, expected in ((3, [1]), (0, [0]), (None, [])):
        f.fill(report, cast.lan, {(khu, SESSIONS): given})
        assert list(kept.values_list("value", flat=True)) == expected


def test_pairs_count_each_hamlet_once_too(cast):
    """Two months of 2025 beside two of 2024, of which one commune lacks one: over the pairs, hamlets count once."""
    names = [f.commune(province=cast.phu_tho, name=f"Xã {n}") for n in range(5)]
    for commune in names:
        khu = f.hamlet(commune, "Khu 1")
        for month in (APRIL, MAY, APRIL - 12, MAY - 12):
            if not (commune == names[0] and month == MAY - 12):
                report = f.report(commune, f.chief_of(commune), month)
                f.fill(report, f.chief_of(commune), {(Row(hamlet=khu.pk), SESSIONS): 4})
                f.bring(report, "approved")
    asked = summary(cast.phu_tho, "2025-04..2025-05")
    found = Comparison(asked, "same_span_last_year").figures()[None][CODE]
    assert found[:4] == ("like", 5, 5, 9), "nine pairs of months, five hamlets on either side"
    by_commune = Comparison(asked, "same_span_last_year").figures("commune")
    assert by_commune[names[1].pk][CODE][:4] == ("whole", 1, 1, 2)
    of_commune = summary(Place(cast.phu_tho, names[1]), "2025-04..2025-05")
    by_hamlet = Comparison(of_commune, "same_span_last_year").figures("hamlet")
    assert by_hamlet[names[1].hamlet_set.get().pk][CODE][:4] == ("whole", 1, 1, 2), "a hamlet is one, in two months too"


def test_what_differs_from_its_cells_is_found_and_mended(reached):
    reports = MonthlyReport.objects.filter(commune=reached.chi_dam)
    ReportTotal.objects.filter(report__in=reports, indicator__code=CODE).update(value=9)
    found = [one for month in (APRIL, MAY) for one in differences(reports, month)]
    assert {(one.kept, one.summed) for one in found} == {(9, 1), (9, 2)}
    mend(found)
    assert not [one for month in (APRIL, MAY) for one in differences(reports, month)]


def test_any_flow_of_hamlets_can_be_asked_so_and_the_past_is_counted(reached):
    patrols = Indicator.objects.get(code=SESSIONS)
    made = Indicator.objects.create(
        code="hamlets_told", name="Khu có buổi", unit="KDC", section=patrols.section, measure="reached",
        level="commune", source="cells", reaches=patrols, position=99,
    )  # fmt: skip
    kept_totals.fill_reached([made])
    assert summary(reached.phu_tho, "2025-Q2").total()["hamlets_told"] == value(reached.phu_tho, "2025-Q2")


def test_its_successor_counts_the_same_cells_and_the_past(reached, client):
    root = f.user(Role.ADMINISTRATOR)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    former = Indicator.objects.get(code=CODE)
    given = {"code": "hamlets_met", "name": "Khu có buổi", "unit": former.unit, "measure": "reached",
             "level": "commune", "source": "cells", "first_month": "2026-12"}  # fmt: skip
    answer = client.post(f"/admin/reports/indicator/{former.pk}/successor/", given)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    made = Indicator.objects.get(code="hamlets_met")
    assert (made.reaches, made.succeeds) == (former.reaches, former)
    assert summary(reached.phu_tho, "2025-Q2").total()["hamlets_met"].value == 2


def test_the_month_and_its_sending_show_how_many_hamlets_are_reached(reached, client):
    client.force_login(reached.minh, backend="django.contrib.auth.backends.ModelBackend")
    f.fill(f.report(reached.chi_dam, reached.lan), reached.lan, {(Row(hamlet=reached.khu[1].pk), SESSIONS): 4})
    entry = client.get(f"/reports/07999/{f.JUNE}/").content.decode()
    row = entry[entry.index('data-reached="outreach_sessions"') :].split("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", f"<td {row}") == ["1", "2", "–"]
    rows = client.get(f"/reports/07999/{f.JUNE}/send/").context["figures"].rows
    name = Indicator.objects.get(code=CODE).name
    assert [row[2].value for row in rows if row[0].text == name] == [1]


def test_what_was_typed_says_that_its_months_are_added_up_and_files_may_still_call_it_as_before():
    typed = Indicator.objects.get(code="outreach_hamlets")
    assert typed.name == "Khu dân cư được tuyên truyền, phát động (cộng các tháng)"
    assert words_for(Indicator.objects.all())[fold("Khu dân cư được tuyên truyền, phát động")] == typed


def test_what_was_typed_ends_and_is_succeeded():
    made = Indicator.objects.select_related("succeeds", "reaches").get(code=CODE)
    assert (made.succeeds.code, made.reaches.code, made.measure) == ("outreach_hamlets", SESSIONS, "reached")
    assert made.succeeds.last_month == Month(2026, 11)
    assert load_catalogues() == 0
