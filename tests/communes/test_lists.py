"""Lists of the register: order, columns, search, what is missing, paper, files, changing many, histories."""

import csv
import io
import re
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.changes import undo
from communes.models import Hamlet, PhoneViewing, RegisterChange
from models_registry.models import GroupKind, GroupNorm, Member, SelfManagementGroup
from tests import factories as f

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def lan(client, cast):
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_(client):
    def enter(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def groups(cast):
    """Three teams: led by Hòa with a phone, by nobody, and one of six people."""
    kind = GroupKind.objects.get(code="security_team")
    GroupNorm.objects.create(province=cast.phu_tho, kind=kind, least=3, most=5)
    cast.led, cast.alone, cast.large = (
        f.group(cast.chi_dam, kind.code, name=f"Tổ {n}", hamlet=cast.khu[0], declared_members=m, started_on=LONG_AGO)
        for n, m in ((2, None), (10, 2), (1, 6))
    )
    f.member(cast.led, name="Đỗ Thị Hoà", phone="0912345678", position="leader")
    for _ in range(2):
        f.member(cast.led)
    return cast


def names(response):
    return [str(row) for row, _ in response.context["lines"]]


def listed(client, query="", slug="groups"):
    return [row.name for row, _ in client.get(f"/register/{slug}/?{query}").context["lines"]]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Tổ 1", "Tổ 2", "Tổ 10"]),
        ("-name", ["Tổ 10", "Tổ 2", "Tổ 1"]),
        ("headcount", ["Tổ 10", "Tổ 2", "Tổ 1"]),
        ("-headcount", ["Tổ 1", "Tổ 2", "Tổ 10"]),
        ("phone", ["Tổ 1", "Tổ 2", "Tổ 10"]),
        ("nonsense", ["Tổ 1", "Tổ 2", "Tổ 10"]),
    ],
)
def test_lists_are_ordered_by_the_column_that_was_asked_for(lan, groups, sort, order):
    assert listed(lan, f"sort={sort}") == order


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=hòa", ["Tổ 2"]), ("q=HOÀ đỗ", ["Tổ 2"]), ("q=345678", ["Tổ 2"]), ("q=10", ["Tổ 10"]), ("q=khong co", [])],
)
def test_groups_are_found_by_number_leader_and_phone_inside_the_commune(lan, groups, query, found):
    assert listed(lan, query) == found


def test_the_province_neither_sees_nor_finds_leaders(as_, groups):
    client = as_(groups.hoa)
    assert listed(client, "q=hòa") == listed(client, "q=345678") == []
    for answer in (client.get("/register/groups/?columns=leader&columns=phone&phones=1"),
                   client.get("/register/groups/?format=csv&columns=leader&columns=phone"),
                   client.get("/register/groups/?format=print&columns=leader")):  # fmt: skip
        assert "Đỗ Thị Ho" not in answer.content.decode() and "0912345678" not in answer.content.decode()
    assert listed(client, "sort=leader") == ["Tổ 1", "Tổ 2", "Tổ 10"]


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        ("no_leader", ["Tổ 1", "Tổ 10"]), ("too_few", ["Tổ 10"]), ("too_many", ["Tổ 1"]),
        ("no_meeting", ["Tổ 1", "Tổ 2", "Tổ 10"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_shown_and_can_be_asked_for(lan, groups, missing, found):
    assert listed(lan, f"missing={missing}") == found


def test_a_group_that_met_or_meets_on_call_lacks_no_meeting(lan, groups):
    SelfManagementGroup.objects.filter(pk=groups.led.pk).update(last_met_on=date.today())
    SelfManagementGroup.objects.filter(pk=groups.alone.pk).update(meets="on_call")
    assert listed(lan, "missing=no_meeting") == ["Tổ 1"]
    assert "6 người, định mức nhiều nhất 5" in lan.get("/register/groups/").content.decode()


def test_the_address_holds_the_choice_of_columns(lan, groups):
    page = lan.get("/register/groups/?columns=kind&columns=leader")
    assert [column.key for column in page.context["list"].columns] == ["name", "kind", "leader"]
    assert "Đỗ Thị Hoà" in page.content.decode()


def test_files_hold_exactly_what_is_listed(lan, groups):
    query = "q=to&sort=-headcount&columns=headcount&columns=leader"
    text = lan.get(f"/register/groups/?{query}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows == [
        ["Tên", "Người đứng đầu", "Thành viên"],
        ["Tổ 1", "", "6"],
        ["Tổ 2", "Đỗ Thị Hoà", "3"],
        ["Tổ 10", "", "2"],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(lan.get(f"/register/groups/?{query}&format=xlsx").content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["Tổ 1", None, 6], ["Tổ 2", "Đỗ Thị Hoà", 3], ["Tổ 10", None, 2],
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files_neutralise_formulas(lan, cast, form):
    f.hamlet(cast.chi_dam, '=HYPERLINK("http://x")')
    content = lan.get(f"/register/hamlets/?q=hyperlink&format={form}").content
    if form == "csv":
        assert "'=HYPERLINK" in content.decode()
    else:
        cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
        assert cell.data_type == "s"


def test_paper_holds_the_whole_list_and_says_what_was_chosen(lan, cast):
    for n in range(60):
        f.hamlet(cast.chi_dam, f"Xóm {n}")
    page = lan.get("/register/hamlets/?q=xom&format=print").content.decode()
    assert page.count("<tr>") == 61 and "Tổng số: 60" in page and "Tìm theo tên: xom" in page


def test_lists_of_many_rows_ask_the_database_as_often_as_lists_of_few(lan, cast):
    def queries(address):
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert lan.get(address).status_code == 200
        return len(found)

    def grow(count):
        kind = GroupKind.objects.get(code="household_cluster")
        made = SelfManagementGroup.objects.bulk_create(
            SelfManagementGroup(commune=cast.chi_dam, kind=kind, name=f"Tổ {count}-{n}", hamlet=cast.khu[0])
            for n in range(count)
        )
        for group in made[:40]:
            f.member(group)
            f.initiative(cast.chi_dam)

    pages = [f"/register/{slug}/" for slug in ("groups", "members", "initiatives", "hamlets")]
    pages += [
        "/register/groups/?format=csv",
        "/register/groups/?format=print",
        "/register/counts/",
        "/register/movements/",
    ]
    grow(3)
    before = [queries(page) for page in pages + pages][len(pages) :]  # the first time warms caches
    grow(300)
    assert [queries(page) for page in pages] == before


# Telephone numbers -------------------------------------------------------------------------------


def test_telephone_numbers_are_shown_on_demand_and_each_look_is_logged(lan, groups):
    hidden = lan.get("/register/members/").content.decode()
    assert "0912345678" not in hidden and "••• 678" in hidden and not PhoneViewing.objects.exists()
    assert "0912345678" in lan.get("/register/members/?phones=1").content.decode()
    member = Member.objects.get(person__phone="0912345678")
    assert "0912345678" in lan.get(f"/register/members/{member.pk}/").content.decode()
    assert b"0912345678" not in lan.get("/register/members/?format=csv").content
    assert b"0912345678" in lan.get("/register/members/?format=csv&phones=1").content
    lan.get("/api/v1/members/")
    looked = PhoneViewing.objects.order_by("pk").values_list("by__username", "count")
    assert list(looked) == [("lan", 3), ("lan", 1), ("lan", 3), ("lan", 3)]


def test_the_chief_reads_who_looked_and_the_officer_does_not(as_, groups):
    as_(groups.lan).get("/register/members/?phones=1")
    assert "Lượt xem số điện thoại" not in as_(groups.lan).get("/register/recent/").content.decode()
    assert "Lượt xem số điện thoại" in as_(groups.minh).get("/register/recent/").content.decode()
    of_province = as_(groups.hoa).get("/register/recent/").content.decode()  # her own lists, and nobody's viewings
    assert "Chưa có thay đổi nào" in of_province and "Lượt xem" not in of_province
    assert as_(groups.thu).get("/register/recent/").status_code == 403


# Many at once ------------------------------------------------------------------------------------


def test_chosen_rows_are_changed_at_once_and_taken_back(lan, groups):
    chosen = {"pk": [groups.led.pk, groups.alone.pk], "query": ""}
    assert "Sửa 2 tổ tự quản" in lan.post("/register/groups/bulk/", chosen).content.decode()
    sent = chosen | {"action": "meets", "meets": "monthly"}
    assert lan.post("/register/groups/bulk/", sent).status_code == 302
    assert set(SelfManagementGroup.objects.filter(meets="monthly")) == {groups.led, groups.alone}
    undo(RegisterChange.objects.get(), by=groups.lan, now=f.NOW)
    assert not SelfManagementGroup.objects.exclude(meets="").exists()


def test_what_changed_nothing_is_taken_back_too(lan, groups):
    sent = {"pk": [groups.led.pk], "query": "", "action": "meets", "meets": "monthly"}
    for _ in range(2):
        assert lan.post("/register/groups/bulk/", sent).status_code == 302
    for act, left in zip(RegisterChange.objects.order_by("-pk"), ("monthly", ""), strict=True):
        assert lan.post(f"/register/recent/{act.pk}/undo/").status_code == 302
        assert SelfManagementGroup.objects.get(pk=groups.led.pk).meets == left


def test_everything_that_is_filtered_is_dissolved_at_once(lan, groups):
    sent = {
        "all": "1",
        "query": "missing=no_leader",
        "action": "end",
        "ended_on": "2025-06-01",
        "dissolving_decision": "9/QĐ",
    }
    lan.post("/register/groups/bulk/", sent)
    ended = SelfManagementGroup.objects.filter(ended_on=date(2025, 6, 1), dissolving_decision="9/QĐ")
    assert set(ended) == {groups.alone, groups.large}


def test_one_row_that_refuses_stops_them_all_with_its_sentence(lan, groups):
    SelfManagementGroup.objects.filter(pk=groups.led.pk).update(started_on=date(2025, 6, 10))
    sent = {"all": "1", "query": "", "action": "end", "ended_on": "2025-06-01"}
    answer = lan.post("/register/groups/bulk/", sent)
    assert answer.status_code == 422 and "Ngày kết thúc phải từ ngày bắt đầu" in answer.content.decode()
    assert not SelfManagementGroup.objects.exclude(ended_on=None).exists() and not RegisterChange.objects.exists()


def test_another_communes_rows_cannot_be_chosen(lan, cast):
    stranger = f.group(cast.tay_coc, hamlet=f.hamlet(cast.tay_coc))
    sent = {"pk": [stranger.pk], "query": "", "action": "meets", "meets": "weekly"}
    assert lan.post("/register/groups/bulk/", sent).status_code == 302
    stranger.refresh_from_db()
    assert stranger.meets == ""


# Histories ---------------------------------------------------------------------------------------


def test_a_rows_history_says_who_changed_what_from_what_to_what(lan, cast):
    khu = cast.khu[0]
    lan.post(f"/register/hamlets/{khu.pk}/", {"name": "Khu 1", "households": "120"})
    page = lan.get(f"/register/hamlets/{khu.pk}/history/").content.decode()
    assert "Số hộ" in page and "<td>–</td><td>120</td>" in page and "lan" in page
    assert page.count('<th scope="col">Ghi</th>') == 1, "before a row came to be nothing stood"


def test_an_administrator_restores_a_former_version_and_others_do_not(as_, cast):
    khu = cast.khu[0]
    as_(cast.lan).post(f"/register/hamlets/{khu.pk}/", {"name": "Khu Một", "households": "120"})
    address = f"/register/hamlets/{khu.pk}/history/"
    version = {"version": khu.history.earliest("history_id").history_id}
    assert as_(cast.lan).post(address, version).status_code == 403
    assert f"Khu dân cư số {khu.pk}" in as_(cast.quan).get("/register/history/").content.decode()
    as_(cast.quan).post(address, version)
    assert Hamlet.objects.get(pk=khu.pk).name == "Khu 1"


def test_an_administrator_restores_members_without_reading_their_names(as_, groups):
    member = Member.objects.get(person__phone="0912345678")
    as_(groups.lan).post(
        f"/register/members/{member.pk}/",
        {"group": groups.led.pk, "name": "Đỗ Thị Hoà", "position": "deputy", "phone": "0912345678"},
        follow=True,
    )
    member.refresh_from_db()
    assert member.position == "deputy"
    page = as_(groups.quan).get(f"/register/members/{member.pk}/history/").content.decode()
    assert "Trưởng" in page and "Đỗ Thị Ho" not in page
    version = member.history.filter(position="leader").latest("history_id").history_id
    as_(groups.quan).post(f"/register/members/{member.pk}/history/", {"version": version})
    assert Member.objects.get(pk=member.pk).position == "leader"


def test_a_row_closed_by_mistake_is_opened_again(lan, groups):
    address = f"/register/groups/{groups.led.pk}/end/"
    lan.post(address, {"ended_on": "2025-06-01", "dissolving_decision": "9/QĐ-UBND"})
    assert SelfManagementGroup.objects.get(pk=groups.led.pk).ended_on == date(2025, 6, 1)
    lan.post(address, {"ended_on": "", "dissolving_decision": ""})
    assert SelfManagementGroup.objects.get(pk=groups.led.pk).ended_on is None


def test_one_person_serves_in_two_groups_without_being_typed_twice(lan, groups):
    member = Member.objects.get(person__phone="0912345678")
    form = lan.get(f"/register/members/new/?person={member.person_id}").content.decode()
    assert 'value="Đỗ Thị Hoà"' in form and 'value="0912345678"' in form
    sent = {
        "person": member.person_id,
        "group": groups.alone.pk,
        "name": "Đỗ Thị Hoà",
        "phone": "0987654321",
        "position": "member",
    }
    assert lan.post("/register/members/new/", sent).status_code == 302
    member.refresh_from_db()
    assert member.person.memberships.count() == 2 and member.person.phone == "0987654321"
    assert "Cũng tham gia" in lan.get(f"/register/members/{member.pk}/").content.decode()


def test_another_communes_person_is_not_taken_from_the_address(lan, groups):
    stranger = f.person(groups.tay_coc, name="Người Lạ")
    assert "Người Lạ" not in lan.get(f"/register/members/new/?person={stranger.pk}").content.decode()
    sent = {"person": stranger.pk, "group": groups.alone.pk, "name": "Người Mới", "position": "member"}
    lan.post("/register/members/new/", sent)
    stranger.refresh_from_db()
    assert stranger.name == "Người Lạ" and not stranger.memberships.exists()


# What must not fail ------------------------------------------------------------------------------


def test_an_undo_whose_old_place_is_taken_is_refused_with_a_sentence(lan, groups):
    lan.post(
        "/register/hamlets/bulk/", {"pk": [groups.khu[2].pk], "query": "", "action": "end", "ended_on": "2025-06-01"}
    )
    f.hamlet(groups.chi_dam, "Khu 10")
    change = RegisterChange.objects.get()
    answer = lan.post(f"/register/recent/{change.pk}/undo/", follow=True)
    assert "nay đã thuộc mục khác" in answer.content.decode()
    assert Hamlet.objects.get(pk=groups.khu[2].pk).ended_on == date(2025, 6, 1)


def test_changing_many_needs_a_value_or_a_word_that_it_is_cleared(lan, groups):
    sent = {"pk": [groups.led.pk], "query": "", "action": "started_on", "started_on": ""}
    assert lan.post("/register/groups/bulk/", sent).status_code == 422
    assert lan.post("/register/groups/bulk/", sent | {"clear": "on"}).status_code == 302
    assert SelfManagementGroup.objects.get(pk=groups.led.pk).started_on is None


def test_the_province_changes_its_listings_one_by_one(as_, cast):
    client = as_(cast.hoa)
    assert "Sửa các mục đã chọn" not in client.get("/register/priority/").content.decode()
    assert client.post("/register/priority/bulk/", {"pk": ["1"], "action": "end"}).status_code == 403


@pytest.mark.parametrize("key", ["", "abc", "9" * 30, "9" * 5000, "\u0661", "-1", "\0"])
def test_strange_keys_find_nothing(as_, cast, key):
    khu = cast.khu[0]
    assert as_(cast.quan).post(f"/register/hamlets/{khu.pk}/history/", {"version": key}).status_code == 404
    assert as_(cast.hoa).get("/register/priority/new/", {"commune": key}).status_code == 200
    assert as_(cast.lan).get("/register/hamlets/change/rename/", {"hamlet": key}).status_code == 302
    assert as_(cast.lan).post("/register/groups/bulk/", {"pk": key, "query": ""}).status_code == 302


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_that_cannot_be_are_refused(lan, groups, day):
    address = f"/register/hamlets/change/rename/?hamlet={groups.khu[0].pk}"
    assert lan.post(address, {"name": "Khu Mới", "day": day, "decision": "1"}).status_code == 422
    sent = {
        "kind": groups.led.kind_id,
        "name": "Tổ 2",
        "hamlet": groups.khu[0].pk,
        "declared_members": 9,
        "size_since": day,
    }
    assert lan.post(f"/register/groups/{groups.led.pk}/", sent).status_code == 422


def test_a_prefilled_form_that_shows_a_phone_is_logged(lan, groups):
    member = Member.objects.get(person__phone="0912345678")
    lan.get(f"/register/members/new/?person={member.person_id}")
    lan.patch(f"/api/v1/members/{member.pk}/", "{}", content_type="application/json")
    assert PhoneViewing.objects.count() == 2


def test_a_search_of_no_words_finds_nothing(lan, groups):
    assert listed(lan, "q=%25") == []
    assert listed(lan, "q=%2B84912345678") == ["Tổ 2"]


def test_a_condition_that_is_none_is_told_where_it_stands_and_not_folded_away(lan, groups):
    page = lan.get("/register/groups/?state=zzz").content.decode()
    told = re.search(r'<p class="error" id="(\w+)">', page)
    assert told and f'aria-describedby="{told[1]}"' in page
    assert '<details class="more" open>' in page and '<p class="notice error" role="alert">' in page
