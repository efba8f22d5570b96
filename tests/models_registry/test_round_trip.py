"""What we export we read back unchanged: every list, xlsx and csv, 0 new, 0 changed, nothing refused."""

from datetime import date
from urllib.parse import urlencode

import pytest

from communes.models import Institution, PriorityListing, SafetyRecord
from communes.register import REGISTERS
from communes.register.files import neutral
from communes.registers import HAMLETS, INSTITUTIONS, PRIORITY, SAFETY
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.runs import IMPORTERS
from models_registry.importing.workbooks import read
from models_registry.models import Award, FestivalDay, GroupKind, Initiative, InitiativeType, Member, Person
from models_registry.registers import OWN
from tests import factories as f
from tests.models_registry.workbooks import counted, planned, run_of

DAY, LONG_AGO = date(2024, 3, 5), date(2020, 1, 1)


def going_on(first, khu):
    """A group, a member and an initiative went on through a merger."""
    second = f.group(first.commune, name="Số 1", hamlet=khu, started_on=DAY, continues=first, covenant_on=DAY)
    member = f.member(first, name="Đỗ Thị Hà", birth_year=1985, started_on=LONG_AGO, ended_on=DAY)
    f.member(second, person=member.person, started_on=DAY, continues=member)
    bell = f.initiative(first.commune, name="Kẻng an ninh", started_on=LONG_AGO, ended_on=DAY)
    f.initiative(first.commune, name="Kẻng an ninh", started_on=DAY, continues=bell)


def chronicle(cast, school):
    """Years, awards and festival days, some of places that are over, some alike."""
    commune, khu = cast.chi_dam, cast.khu[0]
    former = f.hamlet(commune, "Khu 1", started_on=LONG_AGO, ended_on=DAY)
    for hamlet in (former, khu):
        f.safety(hamlet, 2024, recognised_on="2024-12-05" if hamlet is khu else None)
        FestivalDay.objects.create(commune=commune, hamlet=hamlet, held_on=DAY, attendance=1164, is_model=hamlet is khu)
    FestivalDay.objects.create(commune=commune, institution=school, held_on=DAY)
    FestivalDay.objects.create(commune=commune, held_on=DAY, attendance=0)
    SafetyRecord.objects.create(commune=commune, institution=school, year=2024, registered_on=DAY)
    SafetyRecord.objects.create(commune=commune, year=2025, registered_on=DAY, recognised_on=DAY)
    for people, decision in ((1, ""), (2, ""), (2, ""), (1, "15/QĐ"), (3, "15/QĐ"), (2, "=1")):
        Award.objects.create(commune=commune, kind="commune", individuals=people, awarded_on=DAY, decision=decision)
    for unit, level, decision in (
        (commune, "ministry", "=1"),
        (commune, "province", "1/QĐ"),
        (cast.tay_coc, "ministry", "1/QĐ"),
    ):
        PriorityListing.objects.create(commune=unit, level=level, decision=decision, started_on=DAY)
    over = {"ended_on": DAY, "delisting_decision": "2/QĐ", "hamlet": khu, "level": "province", "department": "PA02"}
    PriorityListing.objects.create(commune=commune, decision="1/QĐ", started_on=LONG_AGO, **over)
    Award.objects.create(commune=commune, kind="flag", collectives=1164, awarded_on=LONG_AGO, decision="15/QĐ")


@pytest.fixture
def full(cast):
    """A register with everything that lists write in ways of their own."""
    commune, khu = cast.chi_dam, cast.khu
    khu[0].households, khu[0].population, khu[0].covenant_on, khu[0].started_on = 163, 619, DAY, LONG_AGO
    khu[0].save()
    f.hamlet(commune, "-Khu bắt đầu bằng dấu trừ")
    f.hamlet(commune, "Khu cũ", started_on=LONG_AGO, ended_on=DAY)
    school = f.institution(commune, name="Trường tiểu học Chí Đám 1")
    f.institution(commune, name="=Công ty Sông Lô", kind=Institution.Kind.ENTERPRISE, started_on=DAY)
    board = f.group(commune, "security_board", name="Ban ANTT Khu 1", hamlet=khu[0], meets="monthly", last_met_on=DAY)
    first = f.group(
        commune, name="Số 1", hamlet=khu[0], declared_members=24, households=1164, founding_decision="15/QĐ-UBND"
    )
    teachers = f.group(commune, "teacher_group", name="Tổ nhà giáo", institution=school, declared_members=31)
    patrol = f.group(commune, "peoples_patrol", name="Tổ tuần tra liên khu")
    f.group(commune, "peoples_patrol", name="Tổ tuần tra liên khu")
    f.group(commune, name="Tổ đã giải thể", hamlet=khu[0], started_on=LONG_AGO, ended_on=DAY)
    leader = f.member(
        board, name="Nguyễn Văn An", birth_year=1970, phone="0912345128", position="leader", sex="male", started_on=DAY
    )
    f.member(board, name="Nguyễn Văn An", decision="3/QĐ", trained_on=DAY)
    f.member(board, name="Nguyễn Văn An")
    f.member(
        board,
        name="Trần Thị Bình",
        birth_year=1981,
        position="deputy",
        started_on=LONG_AGO,
        ended_on=DAY,
        leaving="wish",
    )
    f.member(first, person=leader.person, position="leader")
    for group in (teachers, patrol):
        f.member(group, name="Lê Thị Mai", birth_year=1990, phone="0987654321", position="leader")
    camera = f.initiative(
        commune, name="Camera an ninh", people=12, cameras=6, lamps=1, keyrings=2, skilful_since=DAY, decision="1/QĐ"
    )
    f.initiative(commune, name="Camera an ninh", type="household_cluster", started_on=DAY)
    f.site(camera, hamlet=khu[0])
    going_on(first, khu[1])
    f.initiative(commune, name="Tổ xe ôm tự quản", state="discontinued", started_on=LONG_AGO, ended_on=DAY)
    chronicle(cast, school)
    GroupKind.objects.filter(code="teacher_group").update(is_active=False)  # is still listed
    InitiativeType.objects.filter(code="household_cluster").update(is_active=False)
    return cast


def exported(client, slug, **query):
    form = query.pop("form")
    if query.pop("all", False):
        (register,) = [one for one in (*OWN, HAMLETS, INSTITUTIONS, PRIORITY, SAFETY) if one.slug == slug]
        query["columns"] = [column.key for column in register.columns]
        query["state"] = "all"
    return client.get(f"/register/{slug}/?{urlencode(query | {'format': form}, doseq=True)}").content


LIVING = {
    "hamlets": 4, "institutions": 2, "groups": 6, "members": 7, "initiatives": 3, "safety": 4, "festivals": 4, "awards": 7,
    "priority": 3,
}  # fmt: skip
ENDED = {"hamlets": 2, "groups": 1, "members": 2, "initiatives": 2}


@pytest.mark.parametrize("slug", sorted(IMPORTERS))
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "query",
    [{}, {"state": "all"}, {"all": True}, {"all": True, "phones": 1}],
    ids=["usual", "with those that ended", "all columns", "phones"],
)
def test_an_exported_list_comes_back_unchanged(client, full, slug, form, query):
    client.force_login(full.hoa if slug == "priority" else full.lan)
    content = exported(client, slug, form=form, **query)
    plan = planned(run_of(full, slug, content, name=f"a.{form}"))
    living = LIVING[slug] + (slug == "priority" and bool(query))  # what was taken off is read with its day
    ended = ENDED.get(slug, 0)
    assert [(fault.cell, fault.sentence) for fault in plan.faults] == []
    assert [(row.name, row.outcome, row.changes) for row in plan.rows if row.outcome != UNCHANGED] == []
    assert counted(plan) == {NEW: 0, CHANGED: 0, UNCHANGED: living, REFUSED: 0}
    assert len(plan.skipped) == (ended if query else 0)


ODD = (
    'Khu "A"; B', "007", "=1+1", "'abc", "1/2", "1e3", "TRUE", "Tổng", "Cộng Hòa", "I. Khu", "5%", "@x", "1.164", "0", "TT", "Bản A/B",
    "Toàn xã", "Đ/c Lê Văn A", "KDC 7", "<b>", "2025-06", "12/06/2025", "III", "* ghi", "Ghi chú: a", "Tổ",
)  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_register_of_odd_names_comes_back_unchanged(client, cast, form):
    group = f.group(cast.chi_dam, name="Nhóm 1", hamlet=cast.khu[0])
    for place, name in enumerate(ODD):
        khu = f.hamlet(cast.chi_dam, name, households=place)
        f.safety(khu)
        PriorityListing.objects.create(
            commune=cast.chi_dam, hamlet=khu, level="province", decision=name, department=name, started_on=DAY
        )
        FestivalDay.objects.create(commune=cast.chi_dam, hamlet=khu, held_on=DAY, attendance=place)
        Award.objects.create(commune=cast.chi_dam, kind="flag", collectives=1 + place, awarded_on=DAY, decision=name)
        f.group(cast.chi_dam, name=name, hamlet=cast.khu[place % 3], founding_decision=name)
        f.initiative(cast.chi_dam, name=name, decision=name)
        f.institution(cast.chi_dam, name=f"{name}.")
        f.member(group, name=name, decision=name)
    client.force_login(cast.lan)
    for slug in sorted(IMPORTERS):
        client.force_login(cast.hoa if slug == "priority" else cast.lan)
        plan = planned(run_of(cast, slug, exported(client, slug, form=form, all=True), name=f"a.{form}"))
        assert [(fault.cell, fault.sentence) for fault in plan.faults] == [], slug
        assert [(row.name, row.outcome, row.changes) for row in plan.rows if row.outcome != UNCHANGED] == [], slug
        assert len(plan.rows) >= len(ODD) - 1, slug


def test_words_of_the_first_line_are_no_second_row_of_heads(client, cast):
    """A group that lacks its leader ("tổ trưởng") once made its remarks the column of schools ("trường")."""
    f.institution(cast.chi_dam, name="Trường THCS")
    for number in range(3):
        f.group(cast.chi_dam, name=f"Số {number}", hamlet=cast.khu[0])
    client.force_login(cast.lan)
    content = exported(client, "groups", form="xlsx")
    assert "chưa ghi tổ trưởng" in str(read("a.xlsx", content)[0].rows[1])
    assert counted(planned(run_of(cast, "groups", content))) == {NEW: 0, CHANGED: 0, UNCHANGED: 3, REFUSED: 0}


def test_a_masked_number_that_is_another_is_refused(client, full):
    rows = [["Họ và tên", "Năm sinh", "Tổ", "Điện thoại"], ["Nguyễn Văn An", 1970, "Ban ANTT Khu 1", "••• 999"]]
    (fault,) = planned(run_of(full, "members", rows)).faults
    assert fault.cell == "D2" and "bị che" in fault.sentence
    assert Person.objects.filter(phone="0912345128").count() == 1


def test_what_is_no_longer_offered_takes_no_new_rows(full):
    rows = [["Tên tổ", "Loại hình", "Nơi đặt"], ["Tổ mới", "Tổ nhà giáo", "Trường tiểu học Chí Đám 1"]]
    (fault,) = planned(run_of(full, "groups", rows)).faults
    assert "đã thôi dùng" in fault.sentence and fault.cell == "B2"
    (fault,) = planned(
        run_of(
            full, "initiatives", [["Tên", "Loại"], ["Đèn", InitiativeType.objects.get(code="household_cluster").name]]
        )
    ).faults
    assert "đã thôi dùng" in fault.sentence


def test_the_bare_word_of_the_tag_makes_no_tag(full):
    camera = InitiativeType.objects.get(code="security_camera").name
    (fault,) = planned(run_of(full, "initiatives", [["Tên", "Loại", "“Dân vận khéo”"], ["Mới", camera, "có"]])).faults
    assert "ngày được công nhận" in fault.sentence and not Initiative.objects.filter(name="Mới").exists()


def test_a_seat_that_is_a_hamlet_and_a_school_is_asked_about(full):
    f.institution(full.chi_dam, name="Khu 1")
    (fault,) = planned(run_of(full, "groups", [["Tên", "Loại", "Nơi đặt"], ["Tổ 5", "LGTQ", "khu 01"]])).faults
    assert "vừa là khu dân cư vừa là cơ quan" in fault.sentence


@pytest.mark.parametrize(
    "text", ["=1", "-x", "'=1", "''=1", "'x", " =1", "＝1", "Khu 1", "'" * 3000 + "x", "'" * 3000 + "=x"]
)
def test_a_mark_against_formulas_is_taken_off_and_no_more(text):
    (sheet,) = read("a.csv", f"a;b\n{neutral(text)};1\n".encode())
    assert sheet.rows[1][0] == text


def test_members_of_groups_with_one_name_in_a_commune_are_told_by_who_serves_there(full):
    assert Member.objects.filter(group__name="Tổ tuần tra liên khu").count() == 1
    rows = [["Họ và tên", "Tổ", "Nơi đặt"], ["Người mới", "Tổ tuần tra liên khu", "Toàn xã"]]
    (fault,) = planned(run_of(full, "members", rows)).faults
    assert "Có 2 tổ mang tên này" in fault.sentence


def test_every_list_is_read_back():
    assert {register.slug for register in REGISTERS if register.imported} == set(IMPORTERS)
    assert {register.slug for register in REGISTERS} == set(IMPORTERS)
