"""What is only tried was refused to nobody: no row in the trail. The act itself, refused, leaves one."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils import timezone

from communes.models import Hamlet
from communes.refusals import Forbidden, Objection, Refused, met, trial
from communes.scope import Role
from models_registry.arranging.lines import ArrangedLine
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import MonthlyReport
from reports.months import Month
from reports.review import arranging
from reports.review.queue import marked_queue
from reports.views.review import approve_clean
from tests import factories as f
from tests.trust.test_refusals_written import BACKEND, refused

pytestmark = pytest.mark.django_db
MERGERS, ROUND, UNDO = "/dashboard/arrangements/", "/register/hamlets/round/", "/review/undo/"
DRAFTS = "/reports/07999/drafts/"
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def as_(client):
    def signed_in(user):
        client.force_login(user, backend=BACKEND)
        return client

    return signed_in


def csv(*rows):
    return SimpleUploadedFile("ds.csv", "\n".join(";".join(row) for row in rows).encode())


def test_a_list_of_units_that_may_not_be_and_what_becomes_of_it(as_, cast):
    """Sơn La would end, though its office reported of a month after that."""
    f.office_report(cast.son_la, Month(2026, 4), "draft", datetime(2026, 3, 20, tzinfo=UTC), outreach_sessions=1)
    heads = ("Đơn vị cũ", "Mã đơn vị mới", "Đơn vị mới", "Nghị quyết, quyết định", "Từ ngày", "Tỉnh mới")
    line = ("03733", "03733", "Xã Chiềng Pha", "30/NQ-QH", "01/03/2026", "25")
    tried = as_(cast.quan).post(MERGERS, {"file": csv(heads, line)})
    assert tried.status_code == 422 and "đã có báo cáo tháng 4/2026" in tried.content.decode()
    assert not refused()
    assert as_(cast.quan).post(MERGERS, {"lines": tried.context["lines"]}).status_code == 302
    assert refused() == [("quan", f"409 POST {MERGERS}")]


def test_taking_a_merger_back_that_may_not_be(as_, cast):
    heir = ("07999", "Xã Chí Đám", "12/NQ", "01/03/2026")
    lines = [ArrangedLine(row, old, *heir) for row, old in ((2, "07999"), (3, "07996"))]
    (done,) = arranging.apply(lines, by=cast.hoa, now=NOW)
    heir = f.Commune.objects.living().get(code="07999")
    f.report(heir, f.user(Role.COMMUNE_OFFICER, heir), Month(2026, 3), NOW)
    address = f"{MERGERS}{done.change.pk}/"
    tried = as_(cast.hoa).post(address)
    assert tried.status_code == 422 and "nên không hoàn tác được nữa" in tried.content.decode() and not refused()
    assert as_(cast.hoa).post(f"{address}undo/").status_code == 302
    assert refused() == [("hoa", f"409 POST {address}undo/")]


def test_a_move_to_where_something_is(as_, cast):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1")
    address = f"/register/groups/{group.pk}/move/"
    said = {"seat": f"h{cast.khu[0].pk}", "day": "01/03/2025", "decision": "7/QĐ"}
    tried = as_(cast.lan).post(address, said)
    assert tried.status_code == 422 and "đang ở nơi ấy" in tried.content.decode() and not refused()
    assert as_(cast.lan).post(address, said | {"confirm": "1"}).status_code == 422
    assert refused() == [("lan", f"409 POST {address}")]


def test_a_list_of_hamlets_with_a_fault(as_, cast):
    heads = ("Mã xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết, quyết định", "Từ ngày")
    good, bad = (("07999", old, "Khu Mới", "12/NQ", "01/06/2025") for old in ("Khu 1", "Khu 77"))
    tried = as_(cast.lan).post(ROUND, {"file": csv(heads, good, bad)})
    assert tried.status_code == 422 and not refused()
    lines = as_(cast.lan).post(ROUND, {"file": csv(heads, good)}).context["lines"]
    Hamlet.objects.filter(pk=cast.khu[0].pk).update(ended_on=date(2025, 5, 31))
    assert as_(cast.lan).post(ROUND, {"lines": lines}).status_code == 302
    assert refused() == [("lan", f"409 POST {ROUND}")]


def test_of_many_approvals_taken_back_some_go_and_then_none(as_, cast):
    now, colleague = timezone.now(), f.user(Role.PROVINCE_REVIEWER, cast.phu_tho)
    one, other = (f.filed(commune, f.JUNE, "submitted", patrols=3) for commune in (cast.chi_dam, cast.tay_coc))
    for report in (one, other):
        perform(report, "approve", by=cast.hoa, now=now)
    perform(one, "reopen", by=colleague, now=timezone.now(), comment="xem lại")
    as_(cast.hoa).post(UNDO, {"at": now.isoformat()})
    assert MonthlyReport.objects.get(pk=other.pk).state == "submitted" and not refused()
    as_(cast.hoa).post(UNDO, {"at": now.isoformat()})
    assert refused() == [("hoa", f"409 POST {UNDO}")]


@pytest.mark.parametrize(("taken", "rows"), [(1, 0), (2, 1)])
def test_what_a_colleague_approved_meanwhile_is_refused_only_where_nothing_else_goes(cast, taken, rows):
    for commune in (cast.chi_dam, cast.tay_coc):
        f.filed(commune, f.JUNE, "submitted", patrols=3).explanations.all().delete()
    now = datetime(2025, 6, 16, 3, 0, tzinfo=UTC)
    queue = marked_queue(cast.phu_tho, f.JUNE, cast.hoa, now)
    chosen = [one for one in queue.sent if not one.marks]
    assert len(chosen) == 2
    colleague = f.user(Role.PROVINCE_REVIEWER, cast.phu_tho)
    for one in chosen[:taken]:
        perform(MonthlyReport.objects.with_unit().get(pk=one.report.pk), "approve", by=colleague, now=now)
    request = RequestFactory().post("/review/clean/")
    request.user, request.session = cast.hoa, {}
    MessageMiddleware(lambda request: None).process_request(request)
    gathered = met.set([])
    try:
        approve_clean(request, queue, {str(one.report.pk) for one in chosen})
        assert len(met.get()) == rows and len(list(get_messages(request))) == (2 if taken == 1 else 1)
    finally:
        met.reset(gathered)


def test_drafts_of_which_none_is_chosen_are_refused_to_nobody(as_, cast):
    assert as_(cast.minh).post(DRAFTS, {"words": "x"}).status_code == 422
    assert not refused()


@pytest.mark.parametrize(("others", "rows"), [(1, 0), (0, 1)])
def test_of_many_drafts_one_that_is_refused_is_written_down_only_where_none_goes(as_, cast, others, rows):
    """February holds a part that is larger than its whole."""
    wrong = {(Row(), "tips"): 1, (Row(), "valuable_tips"): 3}
    held = [wrong, {(Row(), "patrols"): 12}][: 1 + others]
    reports = [f.report(cast.chi_dam, cast.lan, Month(2025, 2 + step)) for step in range(len(held))]
    for report, cells in zip(reports, held, strict=True):
        f.fill(report, cast.lan, cells)
    sent = {"report": [one.pk for one in reports], "words": "Số liệu các năm trước"}
    assert as_(cast.minh).post(DRAFTS, sent).status_code == 409
    assert MonthlyReport.objects.filter(state="submitted").count() == others
    assert refused() == [("minh", f"409 POST {DRAFTS}")] * rows


def test_what_an_account_may_never_do_is_written_down_though_it_only_tries():
    gathered = met.set([])
    try:
        with trial() as tried:
            for said in (Objection("không phải lúc này"), Forbidden("không bao giờ")):
                with pytest.raises(Refused):
                    raise Refused(said)
        assert (tried, met.get()) == (["không phải lúc này", "không bao giờ"], ["không bao giờ"])
    finally:
        met.reset(gathered)
