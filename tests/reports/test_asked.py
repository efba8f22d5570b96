"""What a return still asks: a cell that was answered or mended is not asked for again."""

from datetime import timedelta

import pytest

from reports.entry import remarks, workflow
from reports.entry.figures import CellWrite, record
from reports.entry.grid import Row
from reports.review.reminders import asked_cells
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/reports/07999/2025-06/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def cells(cast):
    rows = [Row(hamlet=one.pk) for one in cast.khu]
    return [(rows[0], "patrols"), (rows[1], "patrols"), (rows[2], "patrols")]


@pytest.fixture
def report(cast, cells):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, dict.fromkeys(cells, 3))
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu."})
    words = dict(zip(cells, ("Xem lại một.", "Xem lại hai.", "Xem lại ba."), strict=True))
    workflow.perform(report, "return", by=cast.hoa, now=f.NOW, comment="Xem lại ba ô.", cells=words)
    report.refresh_from_db()
    return report


def test_answered_and_mended_cells_are_no_longer_asked_for(client, cast, report, cells):
    later = f.NOW + timedelta(minutes=5)
    remarks.comment_on(report, *cells[0], "Đúng như sổ.", by=cast.lan, now=later)
    record_at(report, cast, cells[1], later)
    assert [one.text for one in remarks.unanswered(report)] == ["Xem lại ba."]
    client.force_login(cast.lan, backend=BACKEND)
    for path in ("/", PAGE):
        page = client.get(path).content.decode()
        assert "Xem lại ba." in page and "Xem lại một." not in page and "Xem lại hai." not in page
    assert [len(names) for names in asked_cells([report.pk]).values()] == [2], "a letter knows words, not figures"


def record_at(report, cast, cell, now):
    assert record(report, [CellWrite(*cell, 4, 3)], by=cast.lan, now=now).saved


def test_the_cells_page_leads_back_to_its_cell(client, cast, report, cells):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    client.force_login(cast.lan, backend=BACKEND)
    row = cells[0][0]
    assert f"{PAGE}#c-{row.key}-patrols" in client.get(f"{PAGE}cells/{row.key}/patrols/").content.decode()
    page = client.get(f"{PAGE}cells/g{group.pk}/patrols/").content.decode()
    assert f"{PAGE}?open={row.key}#c-g{group.pk}-patrols" in page


def test_an_unsent_warning_is_called_unexplained(client, cast):
    f.fill(f.report(cast.chi_dam, cast.lan), cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3})
    client.force_login(cast.lan, backend=BACKEND)
    page = client.get("/review/07999/2025-06/").content.decode()
    assert "Chưa giải thích" in page and "Điểm đã giải thích" not in page


def test_a_returned_report_shows_on_every_page_of_the_commune_until_it_is_sent_again(client, cast, report):
    notice = "Báo cáo tháng 6/2025 đang bị trả"
    client.force_login(cast.lan, backend=BACKEND)
    for path in ("/register/groups/", "/dashboard/?span=2025-06", f"{PAGE}send/", f"{PAGE}file/"):
        assert notice in client.get(path).content.decode(), path
    client.force_login(cast.hoa, backend=BACKEND)
    assert notice not in client.get("/register/groups/").content.decode()
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã sửa."})
    client.force_login(cast.lan, backend=BACKEND)
    assert notice not in client.get("/register/groups/").content.decode()
