"""Cells of a sent month picked in its grid and given back with words."""

import pytest

from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import CellComment, MonthlyReport
from tests import factories as f
from tests.reports.conftest import as_

JUNE = f.JUNE
REPORT = "/review/07999/2025-06/"
GIVE_BACK = f"{REPORT}give-back/"
pytestmark = pytest.mark.usefixtures("mid_june")


@pytest.fixture
def sent(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 9})
    return f.bring(report, "submitted")


def stored(report):
    return MonthlyReport.objects.get(pk=report.pk)


def test_chosen_cells_go_back_each_with_its_words(hoa, client, cast, sent):
    khu_1, khu_2 = (f"h{khu.pk}" for khu in cast.khu[:2])
    page = hoa.get(GIVE_BACK).content.decode()
    assert f'value="h{cast.khu[2].pk}.patrols"' in page  # the blank that was explained
    given = {
        "pick": [f"{khu_1}.patrols", "u.online_posts"], f"say.{khu_1}.patrols": "Sổ ghi 5",
        f"say.{khu_2}.patrols": "không chọn", "say.u.online_posts": "Thiếu bài tháng 5",
    }  # fmt: skip
    assert hoa.post(GIVE_BACK, given).status_code == 302
    assert stored(sent).state == "returned"
    assert set(CellComment.objects.values_list("indicator__code", "text")) == {
        ("patrols", "Sổ ghi 5"), ("online_posts", "Thiếu bài tháng 5"),
    }  # fmt: skip
    assert sent.events.last().comment == "Đề nghị xem lại 2 ô số liệu."


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({}, 409, "Hãy ghi lý do"),
        ({"pick": "h999.patrols"}, 422, "Không có ô này"),
        ({"pick": "u.khong_co"}, 422, "Không có ô này"),
        ({"pick": "không phải ô"}, 422, "Không có ô này"),
        ({"pick": "u.patrols", "say.u.patrols": "gọi 0912345678"}, 422, "số điện thoại"),
        ({"pick": "u.patrols", "answer_by": "hôm qua"}, 422, "Hạn trả lời"),
    ],
)
def test_a_faulty_return_comes_back_with_what_was_typed(hoa, sent, given, status, said):
    more = {"pick": [given.get("pick", ""), "u.tips"], "say.u.tips": "giữ lấy lời này"}
    answer = hoa.post(GIVE_BACK, given | more if given else given)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert not given or "giữ lấy lời này" in answer.content.decode()
    assert stored(sent).state == "submitted"


def test_cells_picked_in_the_grid_are_listed_with_room_for_words(hoa, cast, sent):
    khu_1 = f"h{cast.khu[0].pk}"
    page = hoa.get(f"{GIVE_BACK}?pick={khu_1}.patrols&pick=u.online_posts&pick=h0.patrols").content.decode()
    assert f'value="{khu_1}.patrols" checked' in page and 'name="say.u.online_posts"' in page
    assert "h0.patrols" not in page
    answer = hoa.post(GIVE_BACK, {"pick": [f"{khu_1}.patrols", "u.patrols"], "say.u.patrols": "Tổng cao",
                                  "comment": "Đối chiếu sổ"})  # fmt: skip
    assert answer.status_code == 302
    assert set(CellComment.objects.values_list("hamlet", "text")) == {
        (cast.khu[0].pk, "Đối chiếu sổ"), (None, "Tổng cao"),
    }  # fmt: skip


def test_the_grid_is_picked_in_only_by_whom_may_return(hoa, client, cast, sent, khu):
    page = hoa.get(REPORT).content.decode()
    assert f'name="pick" value="{khu[0].key}.patrols"' in page
    assert page.count('value="u.patrols"') == 1  # the total: not the unit's own line too
    assert page.count('value="u.online_posts"') == 1
    assert 'value="u.groups' not in page, "what is counted from the register is not given back"
    for who in (cast.thu, cast.lan):
        assert 'name="pick"' not in as_(client, who).get(REPORT).content.decode()
    perform(sent, "approve", by=cast.hoa, now=f.NOW)
    assert 'name="pick"' not in as_(client, cast.hoa).get(REPORT).content.decode()


def test_few_groups_stand_open_and_many_are_opened_on_request(hoa, cast, khu, monkeypatch):
    report = f.report(cast.chi_dam, cast.lan)
    one = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (Row(group=one.pk), "patrols"): 4})
    f.bring(report, "submitted")
    line = f'id="r-g{one.pk}"'
    assert line in hoa.get(REPORT).content.decode()
    monkeypatch.setattr("reports.review.beside.FEW_GROUPS", 0)
    page = hoa.get(REPORT).content.decode()
    assert line not in page and 'data-more="4" data-whole="7"' in page
    page = hoa.get(f"{REPORT}?open={khu[0].key}&pick={khu[0].key}.patrols").content.decode()
    assert line in page and f'c-{khu[0].key}-patrols" checked>' in page
    assert line in hoa.get(f"{REPORT}?open=all").content.decode()


def test_odd_cells_and_totals_are_marked_where_they_stand(hoa, cast):
    f.filed(cast.chi_dam, JUNE, "submitted", disputes_received=5, disputes_settled=1, disputes_not_settled=0,
            disputes_pending=0)  # fmt: skip
    page = hoa.get(REPORT).content.decode()
    assert 'class="odd" title="' in page[page.index("<tfoot>") : page.index("</tfoot>")]
