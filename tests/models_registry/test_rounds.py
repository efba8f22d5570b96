"""A round of hamlets by a list: checked as a whole, carried out as one, taken back as one."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Hamlet, HamletSuccession, RegisterChange
from communes.refusals import Refused
from models_registry import rounds
from models_registry.importing.listed import sharing
from models_registry.importing.workbooks import Sheet
from models_registry.models import Member, SelfManagementGroup
from reports.entry.grid import Row
from reports.models import Figure, ReportTotal
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 9, 5, 2, 0, tzinfo=UTC)
HEADS = ["Mã xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết, quyết định", "Từ ngày"]
BY = ("12/NQ-HĐND", "01/09/2025")


@pytest.fixture
def world(cast):
    """Chí Đám has Khu 1, 2 and 10 with a group each and figures of June; Tây Cốc has Khu 1 and 2."""
    others = [f.hamlet(cast.tay_coc, f"Khu {n}") for n in (1, 2)]
    groups = [f.group(cast.chi_dam, hamlet=hamlet, name="Tổ 1") for hamlet in cast.khu]
    f.member(groups[0], position="leader")
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 5, (Row(hamlet=cast.khu[1].pk), "patrols"): 2})
    return SimpleNamespace(**vars(cast), others=others, groups=groups)


def lines(*rows):
    return rounds.lines_of(rounds.read_list([Sheet("1", [HEADS, *[list(row) for row in rows]])]))


MERGED = [
    ("07999", "Khu 1", "Khu Trung Tâm", *BY),
    ("Tây Cốc", "Khu 1", "Thôn Đông", *BY),
    ("7999", "Khu 2", "Khu Trung Tâm", *BY),
]
SPLIT = [("07999", "Khu 10", "Khu 10A", *BY), ("07999", "Khu 10", "Khu 10B", *BY)]


def living(commune):
    return set(Hamlet.objects.filter(commune=commune).living().values_list("name", flat=True))


def snapshot():
    models = (Hamlet, SelfManagementGroup, Member, Figure, ReportTotal)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def test_a_province_merges_splits_and_renames_over_its_communes_at_once(world):
    figures = list(Figure.objects.values_list())
    done = rounds.apply(lines(*MERGED, *SPLIT), by=world.hoa, now=NOW)
    assert sorted(one.kind for one in done) == ["merge", "rename", "split"]
    assert living(world.chi_dam) == {"Khu Trung Tâm", "Khu 10A", "Khu 10B"}
    assert living(world.tay_coc) == {"Thôn Đông", "Khu 2"}
    assert list(Figure.objects.values_list()) == figures, "figures stay with the old hamlets"
    centre = Hamlet.objects.get(name="Khu Trung Tâm")
    assert set(centre.inheritances.values_list("predecessor__name", flat=True)) == {"Khu 1", "Khu 2"}
    going_on = SelfManagementGroup.objects.filter(hamlet=centre, ended_on=None)
    assert {one.continues for one in going_on} == set(world.groups[:2])
    assert Member.objects.filter(group__in=going_on, ended_on=None).count() == 1
    assert Hamlet.objects.get(pk=world.khu[0].pk).ended_on == date(2025, 8, 31)


def test_what_a_list_would_do_is_tried_and_nothing_kept(world):
    before = snapshot()
    found = rounds.plan(lines(*MERGED, *SPLIT), world.hoa, NOW)
    assert [(one.commune.code, one.kind) for one in found.changes] == [
        ("07999", "merge"),
        ("07996", "rename"),
        ("07999", "split"),
    ]
    assert (found.faults, found.groups) == ([], 3)
    assert snapshot() == before and not RegisterChange.objects.exists()


def test_it_is_taken_back_whole_by_whoever_did_it(world):
    before = snapshot()
    rounds.apply(lines(*MERGED, *SPLIT), by=world.hoa, now=NOW)
    with pytest.raises(Refused):
        rounds.undo(world.thu, NOW, now=NOW)
    told = []
    assert rounds.undo(world.hoa, NOW, now=NOW, tell=told.append) == 3
    assert told == [
        "bỏ thành viên mới",
        "bỏ tổ tự quản mới",
        "bỏ khu dân cư mới",
        "trả lại khu dân cư",
        "trả lại tổ tự quản",
        "trả lại thành viên",
    ], "nothing is told of tables that the list did not touch"
    assert snapshot() == before and not HamletSuccession.objects.exists()
    with pytest.raises(Refused):
        rounds.undo(world.hoa, NOW, now=NOW)


def test_it_is_not_taken_back_in_part_once_something_newer_depends_on_one_change(world):
    rounds.apply(lines(*MERGED, *SPLIT), by=world.hoa, now=NOW)
    f.group(world.chi_dam, hamlet=Hamlet.objects.get(name="Khu 10A"))
    after = snapshot()
    with pytest.raises(Refused):
        rounds.undo(world.hoa, NOW, now=NOW)
    assert snapshot() == after


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        ([("07999", "Khu 7", "Khu 8", *BY)], 2, "không có khu dân cư “Khu 7”"),
        ([("03733", "Khu 1", "Khu 8", *BY)], 2, "Không rõ xã"),
        ([("", "Khu 1", "Khu 8", *BY)], 2, "Không rõ xã"),
        ([("07999", "Khu 1", "Khu 10", *BY)], 2, "Khu 10"),
        ([("07999", "Khu 1", "Khu 8", "", BY[1])], 2, "Thiếu"),
        ([("07999", "Khu 1", "Khu 8", BY[0], "sang năm")], 2, "không phải là ngày"),
        ([("07999", "Khu 1", "Khu 8", BY[0], "01/01/2030")], 2, "31 ngày"),
        ([*MERGED, ("07999", "Khu 1", "Khu Mới", *BY)], 2, "lẫn nhau"),
        ([MERGED[0], ("07999", "Khu 2", "Khu Trung Tâm", "13/NQ", BY[1])], 2, "khác số"),
    ],
)
def test_every_conflict_is_named_with_its_line_and_nothing_is_written(world, rows, row, words):
    before = snapshot()
    found = rounds.plan(lines(*rows), world.hoa, NOW)
    assert any(at == row and words in said for at, said in found.faults), found.faults
    with pytest.raises(Refused):
        rounds.apply(lines(*rows), by=world.hoa, now=NOW)
    assert snapshot() == before


def test_a_hamlet_may_keep_its_name_and_take_another_in(world):
    rounds.apply(
        lines(("07999", "Khu 1", "Khu 1", *BY), ("07999", "Khu 2", "Khu 1", *BY), ("07999", "Khu 10", "Khu 10", *BY)),
        by=world.hoa,
        now=NOW,
    )
    assert living(world.chi_dam) == {"Khu 1", "Khu 10"}
    assert RegisterChange.objects.count() == 1, "Khu 10 stays as it is"


def test_hamlets_hand_names_on_among_themselves_and_get_them_back(world):
    before = snapshot()
    swap = lines(("07999", "Khu 1", "Khu 2", *BY), ("07999", "Khu 2", "Khu 1", *BY), ("07996", "Khu 1", "Thôn A", *BY))
    rounds.apply(swap, by=world.hoa, now=NOW)
    assert [Hamlet.objects.get(pk=one.pk).name for one in world.khu] == ["Khu 2", "Khu 1", "Khu 10"]
    assert [one.name for one in Hamlet.objects.search("khu 1").lying_in(world.chi_dam)] == ["Khu 1"]
    rounds.undo(world.hoa, NOW, now=NOW)
    assert snapshot() == before


def test_the_preview_of_a_new_name_says_the_old_one(world):
    found = rounds.plan(lines(("07996", "Khu 1", "Thôn Đông", *BY)), world.hoa, NOW)
    assert [one.words for one in found.changes] == ["Đổi tên Khu 1 thành Thôn Đông"]


def test_a_list_costs_no_more_statements_where_it_is_longer(world):
    """A province's list has three thousand lines: one by one it takes minutes to write, and longer to take back."""
    asked = []
    for wards in (2, 12):
        communes = [
            f.commune(province=world.phu_tho, code=f"0{wards:02}{n:02}", name=f"Phường {wards}-{n}")
            for n in range(wards)
        ]
        rows = []
        for one in communes:
            for number in (1, 2, 3):
                hamlet = f.hamlet(one, f"Khu {number}")
                f.member(f.group(one, hamlet=hamlet, name="Tổ 1"), position="leader")
                rows.append((one.code, hamlet.name, "Khu Mới" if number < 3 else "Khu Ba", *BY))
        at = NOW + timedelta(minutes=wards)
        with CaptureQueriesContext(connection) as done:
            rounds.apply(lines(*rows), by=world.hoa, now=at)
        with CaptureQueriesContext(connection) as undone:
            rounds.undo(world.hoa, at, now=at)
        asked.append((len(done), len(undone)))
    assert all(longer <= shorter for shorter, longer in zip(*asked, strict=True))


def test_the_list_of_a_large_province_is_read(world):
    assert len(lines(*[("07999", f"Khu {n}", f"Khu {n // 2}", *BY) for n in range(4_500)])) == 4_500


def test_a_commune_may_do_it_for_itself_alone_and_readers_not_at_all(world):
    rounds.apply(lines(("", "Khu 1", "Khu Mới", *BY)), by=world.lan, now=NOW)
    assert "Khu Mới" in living(world.chi_dam)
    for user in (world.tuan, world.son, world.thu, world.an, world.quan):
        with pytest.raises(Refused):
            rounds.apply(lines(("07999", "Khu 2", "Khu Khác", *BY)), by=user, now=NOW)


def test_the_page_shows_the_list_carries_it_out_and_takes_it_back(client, world, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(world.hoa, backend="django.contrib.auth.backends.ModelBackend")
    address = "/register/hamlets/round/"
    assert address in client.get("/register/hamlets/").content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(f"{address}template/").content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEADS
    for row in (*MERGED, *SPLIT):
        sheet.append(list(row))

    def upload():
        file = BytesIO()
        book.save(file)
        file.seek(0)
        file.name = "danh-sach.xlsx"
        return client.post(address, {"file": file})

    page = upload()
    assert page.status_code == 200
    shown = page.content.decode()
    assert "Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm" in shown and "Sẽ ghi 3 thay đổi" in shown
    signed = shown.split('name="lines" value="')[1].split('"')[0]
    assert client.post(address, {"lines": signed}).status_code == 302
    assert "của 1 thay đổi chia tách" in client.get(address).content.decode(), "households do not divide themselves"
    assert "Khu Trung Tâm" in living(world.chi_dam)
    listed = client.get(address).content.decode()
    at = listed.split('name="undo" value="')[1].split('"')[0]
    assert client.post(address, {"undo": at}).status_code == 302
    assert living(world.chi_dam) == {"Khu 1", "Khu 2", "Khu 10"}
    sheet.append(["07999", "Khu 99", "Khu 100", *BY])
    wrong = upload()
    assert wrong.status_code == 422 and "Khu 99" in wrong.content.decode()
    for odd in ({"lines": "x"}, {"undo": "x"}, {}):
        assert client.post(address, odd).status_code == 422
    for user in (world.thu, world.an, world.quan):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(address).status_code == 403


def test_every_fault_of_a_list_is_told_at_once_and_none_that_another_line_would_mend(world):
    """A name that is taken, days that cannot be, a line without a decision, a hamlet that is not there."""
    number, day = BY
    found = rounds.plan(
        lines(
            ("07999", "Khu 99", "Khu Lạ", number, day),
            ("07999", "Khu 1", "Khu 10", number, day),
            ("07996", "Khu 1", "Khu 7", number, "01/01/2099"),
            ("07996", "Khu 2", "Khu 8", "", day),
            ("07999", "Khu 10", "Khu Mười", number, "01/01/1930"),
        ),
        world.hoa,
        NOW,
    )
    assert [row for row, _ in found.faults] == [2, 4, 5, 6], found.faults
    rest = rounds.plan(lines(("07999", "Khu 99", "Khu Lạ", *BY), ("07999", "Khu 1", "Khu 2", *BY)), world.hoa, NOW)
    assert [(row, "đang hoạt động" in said) for row, said in rest.faults] == [(2, True), (3, True)], rest.faults


def test_lines_that_share_a_hamlet_are_one_change_be_it_by_way_of_others():
    lines = [(1, "a"), (2, "b"), (3, "c"), (4, "c"), (4, "d"), (1, "e"), (5, "e"), (6, "f")]
    assert list(sharing(lines)) == [[0, 5, 6], [1], [2, 3, 4], [7]]
    assert list(sharing([])) == []
