"""The priority lists of a province, read from a file."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from communes import changes
from communes.models import Commune, PriorityListing, RegisterChange, TrailEntry, UnitSuccession
from communes.refusals import Refused
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.questions import BLANKS, CLEAR
from models_registry.models import RegisterImport
from tests import factories as f
from tests.models_registry.workbooks import NOW, counted, do, planned, run_of, workbook

DAY, LATER = datetime(2025, 3, 5), datetime(2025, 4, 5)
HEADS = [
    "Địa bàn",
    "Danh sách",
    "Quyết định đưa vào",
    "Từ ngày",
    "Phòng phụ trách",
    "Đến hết ngày",
    "Quyết định đưa ra",
]
MINISTRY, PROVINCE = PriorityListing.Level.labels


def listed(cast, commune, **fields):
    return PriorityListing.objects.create(
        **{"commune": commune, "level": "ministry", "decision": "15/QĐ-BCA", "started_on": DAY.date()} | fields
    )


def test_places_are_put_on_and_taken_off_as_one_act(cast):
    old = listed(cast, cast.chi_dam)
    rows = [
        HEADS,
        ["Xã Chí Đám", MINISTRY, "15/QĐ-BCA", DAY, "Phòng An ninh nội địa", LATER, "20/QĐ-BCA"],
        ["07996", "Bộ Công an", "15/QĐ-BCA", DAY, None, None, None],
        ["Khu 1, xã Chí Đám", "TTATXH", "16/QĐ-CAT", DAY, None, None, None],
    ]
    plan = planned(run_of(cast, "priority", rows))
    assert counted(plan) == {NEW: 2, CHANGED: 1, UNCHANGED: 0, REFUSED: 0}
    assert {label for label, *_ in plan.rows[0].changes} == {
        "phòng nghiệp vụ phụ trách", "ngày đưa ra", "quyết định đưa ra",
    }  # fmt: skip
    assert [row.shown["name"] for row in plan.rows[1:]] == ["Xã Tây Cốc", "Khu 1, Xã Chí Đám"]
    act = do(run_of(cast, "priority", rows), cast)
    assert act.kind == RegisterChange.Kind.LISTS and PriorityListing.objects.living().count() == 2
    assert counted(planned(run_of(cast, "priority", rows)))[UNCHANGED] == 3
    changes.undo(act, by=cast.hoa, now=NOW)
    old.refresh_from_db()
    assert PriorityListing.objects.get() == old and old.ended_on is None and not old.department


def test_a_place_comes_off_and_on_again_by_another_decision_in_one_file(cast):
    listed(cast, cast.chi_dam)
    rows = [
        HEADS,
        ["Xã Chí Đám", MINISTRY, "15/QĐ-BCA", DAY, None, LATER, "20/QĐ-BCA"],
        ["Xã Chí Đám", MINISTRY, "30/QĐ-BCA", LATER, None, None, None],
    ]
    do(run_of(cast, "priority", rows), cast)
    assert PriorityListing.objects.living().get().decision == "30/QĐ-BCA"


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        (["Xã Chiềng Pha", MINISTRY, "1/QĐ", DAY], "A2", "Không có xã, phường “Xã Chiềng Pha” trong tỉnh"),
        (["Khu 9, Xã Chí Đám", PROVINCE, "1/QĐ", DAY], "A2", "Không có khu dân cư “Khu 9” ở Xã Chí Đám"),
        (["Khu 1, Xã Chí Đám", MINISTRY, "1/QĐ", DAY], "B2", "chỉ gồm xã"),
        (["Xã Tây Cốc", MINISTRY, "9/QĐ", DAY], "A2", "đang ở trong danh sách đó. (15/QĐ-BCA)"),
        (["Xã Chí Đám", MINISTRY, None, DAY], "C2", "bắt buộc"),
        (["Xã Chí Đám", MINISTRY, "1/QĐ", None], "D2", "Mục mới phải có điều này"),
        (["Xã Chí Đám", MINISTRY, "1/QĐ", LATER, None, DAY, "2/QĐ"], "F2", "phải từ ngày bắt đầu"),
        (["Xã Chí Đám", MINISTRY, "1/QĐ", DAY, None, LATER, None], "G2", "phải có quyết định đưa ra"),
    ],
)
def test_a_listing_that_cannot_be_is_refused_beside_its_cell(cast, row, cell, said):
    listed(cast, cast.tay_coc)
    plan = planned(run_of(cast, "priority", [HEADS, row]))
    assert [(fault.cell, said in fault.sentence) for fault in plan.faults] == [(cell, True)], plan.faults
    assert counted(plan)[REFUSED] == 1


def test_two_communes_of_one_name_are_asked_for_their_code(cast):
    twin = f.commune(province=cast.phu_tho, name="Chí Đám", code="07998")
    rows = [HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]]
    assert "Hãy ghi mã xã" in planned(run_of(cast, "priority", rows)).faults[0].sentence
    do(run_of(cast, "priority", [HEADS, ["07998", MINISTRY, "1/QĐ", DAY]]), cast)
    assert PriorityListing.objects.get().commune == twin


def test_a_code_means_its_own_commune_where_another_of_the_name_is_listed(cast):
    twin = f.commune(province=cast.phu_tho, name="Chí Đám", code="07998")
    old = listed(cast, cast.chi_dam, decision="1/QĐ")
    assert counted(planned(run_of(cast, "priority", [HEADS, ["07999", MINISTRY, "1/QĐ", DAY]])))[UNCHANGED] == 1
    for decision in ("1/QĐ", "2/QĐ"):
        assert counted(planned(run_of(cast, "priority", [HEADS, ["07998", MINISTRY, decision, DAY]])))[NEW] == 1
    do(run_of(cast, "priority", [HEADS, ["07998", MINISTRY, "1/QĐ", DAY]]), cast)
    off = [None, LATER, "3/QĐ"]
    plan = planned(run_of(cast, "priority", [HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY, *off]]))
    assert "Có 2 xã, phường tên “Xã Chí Đám”. Hãy ghi mã xã" in plan.faults[0].sentence
    do(run_of(cast, "priority", [HEADS, ["07998", MINISTRY, "1/QĐ", DAY, *off]]), cast)
    assert PriorityListing.objects.living().get() == old and PriorityListing.objects.get(commune=twin).ended_on


def test_a_listing_from_before_the_place_was_there_is_refused_in_form_and_file(client, cast):
    cast.chi_dam.started_on = cast.khu[0].started_on = date(2025, 4, 1)
    cast.chi_dam.save()
    cast.khu[0].save()
    rows = [HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY], ["Khu 1, Xã Chí Đám", PROVINCE, "1/QĐ", DAY]]
    plan = planned(run_of(cast, "priority", rows))
    assert [fault.cell for fault in plan.faults] == ["D2", "D3"]
    assert all("có từ ngày 01/04/2025, không kế thừa" in fault.sentence for fault in plan.faults)
    rows = [[*row[:3], LATER] for row in rows[1:]]
    assert counted(planned(run_of(cast, "priority", [HEADS, *rows])))[NEW] == 2
    client.force_login(cast.hoa)
    sent = {"commune": cast.chi_dam.pk, "level": "ministry", "decision": "1/QĐ", "started_on": "05/03/2025"}
    said = client.post("/register/priority/new/", sent)
    assert said.status_code == 422 and "có từ ngày 01/04/2025" in said.content.decode()
    assert client.post("/register/priority/new/", sent | {"started_on": "01/04/2025"}).status_code == 302


def test_a_listing_that_stood_is_mended_and_taken_off_whenever_its_place_began(client, cast):
    """The national list gives every commune of today one first day; it came after many a listing."""
    old = listed(cast, cast.chi_dam)
    Commune.objects.filter(pk=cast.chi_dam.pk).update(started_on=date(2025, 4, 1))
    rows = [HEADS, ["Xã Chí Đám", MINISTRY, old.decision, old.started_on]]
    assert counted(planned(run_of(cast, "priority", rows)))[UNCHANGED] == 1
    client.force_login(cast.hoa)
    said = {"ended_on": "01/06/2025", "delisting_decision": "20/QĐ"}
    answer = client.post(f"/register/priority/{old.pk}/end/", said)
    assert answer.status_code == 302, answer.content.decode()
    assert PriorityListing.objects.get().delisting_decision == "20/QĐ"


def test_a_place_that_goes_on_from_one_alone_was_on_its_list(cast):
    former = f.commune(province=cast.phu_tho, ended_on=date(2025, 3, 31))
    Commune.objects.filter(pk=cast.chi_dam.pk).update(started_on=date(2025, 4, 1))
    UnitSuccession.objects.create(predecessor=former, successor=cast.chi_dam, day=date(2025, 4, 1))
    rows = [HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]]
    assert counted(planned(run_of(cast, "priority", rows)))[NEW] == 1
    other = f.commune(province=cast.phu_tho, ended_on=date(2025, 3, 31))
    UnitSuccession.objects.create(predecessor=other, successor=cast.chi_dam, day=date(2025, 4, 1))
    assert "không kế thừa" in planned(run_of(cast, "priority", rows)).faults[0].sentence


def test_a_blank_takes_no_decision_from_what_was_taken_off_by_it(cast):
    listed(cast, cast.chi_dam, ended_on=LATER.date(), delisting_decision="20/QĐ")
    listed(cast, cast.tay_coc, ended_on=LATER.date())  # as it was closed without a number
    rows = [HEADS, *([name, MINISTRY, "15/QĐ-BCA", DAY, None, None, None] for name in ("Xã Chí Đám", "Xã Tây Cốc"))]
    run = run_of(cast, "priority", rows)
    run.answers = {BLANKS: CLEAR}
    plan = planned(run)
    assert [(fault.cell, "phải có quyết định đưa ra" in fault.sentence) for fault in plan.faults] == [("G2", True)]
    assert counted(plan) == {NEW: 0, CHANGED: 0, UNCHANGED: 1, REFUSED: 1}


def test_the_reviewer_brings_it_in_and_takes_it_back_and_nobody_else_sees_it(client, cast):
    client.force_login(cast.hoa)
    assert "/register/import/priority/" in client.get("/register/priority/").content.decode()
    assert client.get("/register/import/priority/template/").content[:2] == b"PK"
    book = workbook([HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]])
    sent = client.post("/register/import/priority/", {"file": SimpleUploadedFile("a.xlsx", book)})
    assert "Nhập 1 dòng vào danh bạ" in client.get(f"{sent.url}?whole=1").content.decode()
    for other, status in ((cast.lan, 403), (cast.thu, 403), (cast.an, 403), (cast.quan, 403), (cast.son, 404)):
        client.force_login(other)
        for address in (sent.url, f"{sent.url}marked/"):
            assert client.get(address).status_code == status, other
        assert client.post(f"{sent.url}apply/").status_code == status
    client.force_login(cast.hoa)
    assert "Đã nhập" in client.post(f"{sent.url}apply/", follow=True).content.decode()
    assert TrailEntry.objects.filter(act="import", province="25", commune="", rows=1).exists()
    act = RegisterImport.objects.get().change
    for other, status in ((cast.lan, 200), (cast.minh, 200), (cast.son, 200), (cast.thu, 403)):
        client.force_login(other)
        recent = client.get("/register/recent/")
        assert recent.status_code == status and "a.xlsx" not in recent.content.decode()
        assert client.post(f"/register/recent/{act.pk}/undo/").status_code == 404
    client.force_login(cast.hoa)
    assert "a.xlsx" in client.get("/register/recent/").content.decode()
    assert client.post(f"/register/recent/{act.pk}/undo/", follow=True).status_code == 200
    assert not PriorityListing.objects.exists()


def test_an_act_on_a_list_of_the_province_is_its_reviewers_alone(cast):
    with pytest.raises(Refused):
        changes.begin(cast.chi_dam, RegisterChange.Kind.LISTS, "x", by=cast.lan, now=NOW)
    run = run_of(cast, "priority", [HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]])
    act = do(run, cast)
    for other in (cast.lan, cast.minh, cast.son, cast.quan):
        with pytest.raises(Refused, match="cán bộ duyệt của tỉnh"):
            changes.undo(act, by=other, now=NOW)


def test_the_command_asks_for_the_reviewer(cast, tmp_path, capsys):
    book = tmp_path / "a.xlsx"
    book.write_bytes(workbook([HEADS, ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]]))
    with pytest.raises(CommandError, match="cán bộ duyệt cấp tỉnh"):
        call_command("import_groups", str(book), "--kind", "priority", "--by", "lan")
    call_command("import_groups", str(book), "--kind", "priority", "--by", "hoa")
    assert PriorityListing.objects.get().started_on == date(2025, 3, 5)


def test_matching_by_hand_is_remembered_for_the_province(cast):
    rows = [["Xứ", "B", "C", "D"], ["Xã Chí Đám", MINISTRY, "1/QĐ", DAY]]
    run = run_of(cast, "priority", rows)
    columns = {"name": 0, "level": 1, "decision": 2, "started_on": 3}
    run.columns = {"Trang 1": {"head": 0, "columns": columns, "headings": rows[0]}}
    run.save()
    do(run, cast)
    rows = [rows[0], ["Xã Tây Cốc", MINISTRY, "1/QĐ", DAY]]
    assert counted(planned(run_of(cast, "priority", rows)))[NEW] == 1
