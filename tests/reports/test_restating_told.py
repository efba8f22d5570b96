"""A month that a former commune and its heir both hold says so, before the second is sent and after, to all who see it."""

import pytest

from communes.models import UnitSuccession
from reports.entry.both_told import restating_note
from reports.entry.workflow import perform
from reports.units import Unit
from tests import factories as f
from tests.reports.conftest import as_
from tests.reports.test_summary_boundaries import DAY, JULY, MAY, NOW, file, merged, reported  # noqa: F401

BOTH = "Xã A (đến 14/06/2025), Xã B (đến 14/06/2025) đã báo cáo tháng 5/2025. Báo cáo này khi gửi thì thay số ấy"
SENT = BOTH.replace("khi gửi thì thay", "đã gửi nên thay")
OLD = "Xã C đã báo cáo lại tháng 5/2025: theo địa giới hiện nay lấy số ấy, không cộng hai lần."


@pytest.fixture
def restated(reported):  # noqa: F811
    """Xã C enters May too."""
    reported.report = f.filed(reported.c, MAY, "draft", now=NOW, patrols=10)
    return reported


def test_both_reports_tell_it_on_their_pages_and_by_the_api(client, restated):
    chief, reviewer = f.chief_of(restated.c), f.reviewer_of(restated.province)
    as_(client, chief)
    for address in (f"/reports/{restated.c.slug}/{MAY}/", f"/review/{restated.c.slug}/{MAY}/"):
        assert BOTH in client.get(address).content.decode(), address
    assert client.get(f"/api/v1/reports/{restated.report.pk}/").json()["restating"].startswith(BOTH)
    old = f"/review/{restated.a.slug}/{MAY}/"
    assert OLD not in as_(client, reviewer).get(old).content.decode(), "nothing is sent yet"
    f.bring(restated.report, "submitted", NOW)
    assert OLD in client.get(old).content.decode()
    for approved in (False, True):
        if approved:
            perform(restated.report, "approve", by=reviewer, now=NOW)
        own = client.get(f"/review/{restated.c.slug}/{MAY}/").content.decode()
        assert SENT in own and BOTH not in own, approved


def test_it_is_told_over_an_heir_between_and_of_no_other_month_nor_part(restated):
    d = f.commune(province=restated.province, name="D", started_on=DAY)
    UnitSuccession.objects.create(predecessor=restated.c, successor=d, day=DAY)
    part = f.commune(province=restated.province, name="E", started_on=DAY)
    UnitSuccession.objects.create(predecessor=restated.a, successor=part, day=DAY, main=False, whole=False)
    assert restating_note(Unit(restated.province, d), MAY).startswith(BOTH)
    for commune, month in ((restated.c, JULY), (part, MAY), (restated.other, MAY), (restated.a, MAY)):
        assert restating_note(Unit(restated.province, commune), month) == "", commune
    assert restating_note(Unit(restated.province), MAY) == ""


def test_ordinary_months_ask_nothing_for_it(restated, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert restating_note(Unit(restated.province, restated.other), MAY) == ""
        assert restating_note(Unit(restated.province, restated.c), JULY) == ""
