"""Heads as officers write them, and matchings that are remembered for the next file of the same heads."""

import pytest

from communes.models import Hamlet
from models_registry.importing.values import read_person
from models_registry.models import Member, Person
from tests import factories as f
from tests.models_registry.workbooks import do, planned, run_of


@pytest.mark.parametrize(
    ("written", "name"),
    [("Đ/c Nguyễn Văn An", "Nguyễn Văn An"), ("đồng chí: Trần B", "Trần B"), ("Ông Lê Văn C", "Lê Văn C"), ("Bà Triệu", "Bà Triệu"),
     ("Ông Thị Hạnh", "Ông Thị Hạnh"), ("Ông Văn Tùng", "Ông Văn Tùng"), ("Ông: Văn Tùng", "Văn Tùng"), ("Nguyễn Đồng Chí", "Nguyễn Đồng Chí")],
)  # fmt: skip
def test_a_name_stands_without_the_word_before_it(written, name):
    assert read_person(written) == name


def test_common_heads_are_known(cast):
    for hamlet in cast.khu[:2]:
        f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=hamlet)
    rows = [
        ["STT", "Họ tên", "Sinh năm", "Giới", "Tổ", "Đ/c", "Ngày vào", "SĐT"],
        [1, "Lê An", 1975, "Nữ", "Tổ ANTT", "Khu 2", "5/3/2024", 912345678],
    ]
    plan = planned(run_of(cast, "members", rows))
    assert not plan.faults and plan.layouts[0].layout.unused() == ["STT"]
    do(run_of(cast, "members", rows), cast)
    member = Member.objects.get()
    assert member.group.hamlet == cast.khu[1] and str(member.started_on) == "2024-03-05"
    assert (Person.objects.get().birth_year, Person.objects.get().sex) == (1975, "female")


ODD = [["DANH SÁCH"], ["Ghi ở đây", "Bao nhiêu"], ["Khu 12", 99]]


def match_by_hand(client, run):
    return client.post(
        f"/register/import/hamlets/{run.pk}/columns/",
        {"sheet": "Trang 1", "0.head": "2", "0.name": "0", "0.households": "1"},
    )


def test_a_matching_by_hand_is_remembered_for_the_next_file_of_the_same_heads(client, cast):
    client.force_login(cast.lan)
    run = run_of(cast, "hamlets", ODD)
    assert planned(run).layouts[0].layout is None
    match_by_hand(client, run)
    run.refresh_from_db()
    do(run, cast)
    later = run_of(cast, "hamlets", [["Ghi ở đây", "Bao nhiêu"], ["Khu 13", 7]])
    plan = planned(later)
    assert plan.layouts[0].remembered and [row.name for row in plan.rows] == ["Khu 13"]
    page = client.get(f"/register/import/hamlets/{later.pk}/?whole=1").content.decode()
    assert "khớp như bạn đã chỉ" in page
    do(later, cast)
    assert Hamlet.objects.get(name="Khu 13").households == 7
    assert planned(run_of(cast, "hamlets", [["Ghi ở đây", "Khác"], ["Khu 14", 7]])).layouts[0].layout is None


def test_it_is_remembered_while_the_same_file_is_mended_and_sent_again_but_not_for_other_heads(client, cast):
    client.force_login(cast.lan)
    match_by_hand(client, run_of(cast, "hamlets", ODD))
    mended = run_of(cast, "hamlets", [*ODD, ["Khu 15", 3]])
    assert [row.name for row in planned(mended).rows] == ["Khu 12", "Khu 15"]
    other = run_of(cast, "hamlets", [["Số hộ", "Tên khu"], [5, "Khu 16"]])
    assert [row.name for row in planned(other).rows] == ["Khu 16"]


def test_another_commune_remembers_nothing_of_it(client, cast):
    client.force_login(cast.lan)
    run = run_of(cast, "hamlets", ODD)
    match_by_hand(client, run)
    run.refresh_from_db()
    do(run, cast)
    from models_registry.importing.runs import upload
    from tests.models_registry.workbooks import NOW, workbook

    theirs = upload("hamlets", "a.xlsx", workbook(ODD), by=cast.tuan, now=NOW)
    assert planned(theirs).layouts[0].layout is None
