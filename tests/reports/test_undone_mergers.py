"""A merger is taken back after rows were entered in the former register by warrant: they live on with their commune."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Commune, Hamlet, RegisterChange, User
from communes.refusals import Refused
from communes.warrants import entrust
from models_registry.arranging.lines import ArrangedLine
from models_registry.headcount import headcount
from models_registry.models import Initiative, Member, RegisterImport, SelfManagementGroup
from reports.review import arranging
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE, LAST = "/dashboard/arrangements/", date(2026, 2, 28)
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
BY = ("Xã Chí Đám", "12/NQ", "01/03/2026")
LINES = [ArrangedLine(row, old, "07999", *BY) for row, old in enumerate(("07999", "07996"), 2)]


@pytest.fixture
def merged(cast, client):
    """Chí Đám and Tây Cốc became one on 1 March 2026; lan keeps the register of the former Chí Đám."""
    stood = f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1")
    gone = f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ Tan", ended_on=LAST)
    (done,) = arranging.apply(LINES, by=cast.hoa, now=NOW)
    old = Commune.objects.get(pk=cast.chi_dam.pk)
    entrust(old, User.objects.get(pk=cast.lan.pk), datetime.now(tz=UTC).date() + timedelta(days=30), by=cast.hoa,
            now=datetime.now(tz=UTC))  # fmt: skip

    def as_(user):
        client.logout()
        client.force_login(User.objects.get(pk=user.pk), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return SimpleNamespace(**vars(cast), old=old, stood=stood, gone=gone, change=done.change, as_=as_)


def enter(world, slug, **sent):
    answer = world.as_(world.lan).post(f"/register/{slug}/new/?former={world.old.slug}", sent)
    assert answer.status_code == 302, answer.content.decode()


def kind(code):
    return f.GroupKind.objects.get(code=code).pk


def entered(world):
    """What lan enters from old books: a hamlet with a group and its leader, an initiative there."""
    enter(world, "hamlets", name="Khu Sổ Cũ")
    hamlet = Hamlet.objects.get(name="Khu Sổ Cũ")
    enter(world, "groups", kind=kind("household_cluster"), name="Tổ Sổ Cũ", hamlet=hamlet.pk, meets="quarterly")
    group = SelfManagementGroup.objects.get(name="Tổ Sổ Cũ")
    enter(world, "members", group=group.pk, name="Trần Văn Cũ", position="leader")
    enter(world, "members", group=world.stood.pk, name="Lê Thị Cũ", position="leader")
    enter(
        world, "initiatives", type=f.InitiativeType.objects.first().pk, name="Camera Cũ", state="active",
        hamlets=[hamlet.pk, world.khu[1].pk],
    )  # fmt: skip
    return hamlet, group


def ends(model, **where):
    return set(model.objects.filter(**where).values_list("ended_on", flat=True))


def test_what_was_entered_since_lives_on_with_the_commune_and_the_preview_says_so(merged):
    entered(merged)
    assert ends(Member, person__commune=merged.old) == {LAST}
    page = merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/")
    said = page.content.decode()
    assert page.status_code == 200 and "Xem trước hoàn tác" in said
    for words in ("Khu Sổ Cũ (Xã Chí Đám)", "Tổ Sổ Cũ", "Camera Cũ", "2 thành viên", "<dd>2</dd>"):
        assert words in said, words
    assert "Trần Văn Cũ" not in said, "names of members stay in the commune"
    assert ends(Hamlet, name="Khu Sổ Cũ") == {LAST}, "a preview keeps nothing"
    merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/undo/")
    old = Commune.objects.get(pk=merged.old.pk)
    assert old.ended_on is None
    assert ends(Hamlet, commune=old) == ends(Initiative, commune=old) == ends(Member, person__commune=old) == {None}
    assert ends(SelfManagementGroup, name="Tổ Sổ Cũ") == {None}
    assert set(Initiative.objects.get().sites.values_list("ended_on", flat=True)) == {None}
    day = date(2026, 3, 31)
    assert headcount([old.pk], since=day, on=day)[old.pk, "household_clusters"] == 2
    group = SelfManagementGroup.objects.get(name="Tổ Sổ Cũ")
    assert group.history.first().history_user == merged.hoa
    arranging.apply(LINES, by=merged.hoa, now=NOW)
    heir = Commune.objects.living().get(code="07999")
    assert headcount([heir.pk], since=day, on=day)[heir.pk, "household_clusters"] == 2, "carried on like all else"


def test_what_ended_for_a_reason_or_on_a_day_of_its_own_stays_ended(merged):
    _, group = entered(merged)
    enter(merged, "groups", kind=kind("household_cluster"), name="Tổ Sớm", hamlet=merged.khu[0].pk, meets="quarterly",
          ended_on="31/12/2025")  # fmt: skip
    client = merged.as_(merged.lan)
    left = Member.objects.get(group=merged.stood)
    wish = {"ended_on": f"{LAST:%d/%m/%Y}", "leaving": Member.Leaving.WISH}
    assert client.post(f"/register/members/{left.pk}/end/", wish).status_code == 302
    broken_up = {"ended_on": f"{LAST:%d/%m/%Y}", "dissolving_decision": "9/QĐ-UBND"}
    assert client.post(f"/register/groups/{group.pk}/end/", broken_up).status_code == 302
    arranging.undo(merged.change, by=merged.hoa, now=datetime.now(tz=UTC))
    assert ends(SelfManagementGroup, name="Tổ Sớm") == {date(2025, 12, 31)}
    assert ends(SelfManagementGroup, name="Tổ Tan") == {LAST}, "it had ended before the act"
    assert ends(SelfManagementGroup, name="Tổ Sổ Cũ") == ends(Member, group__name="Tổ Sổ Cũ") == {LAST}
    assert ends(Member, pk=left.pk) == {LAST}
    assert ends(Hamlet, name="Khu Sổ Cũ") == {None}


def test_what_lives_on_gets_no_end_by_taking_back_what_was_done_to_it_in_the_former_register(merged):
    _, group = entered(merged)
    client = merged.as_(merged.lan)
    sent = {"query": f"former={merged.old.slug}", "pk": [group.pk], "action": "founding_decision",
            "founding_decision": "12/QĐ"}  # fmt: skip
    assert client.post("/register/groups/bulk/", sent).status_code == 302
    many = RegisterChange.objects.exclude(pk=merged.change.pk).get()
    merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/undo/")
    (again,) = arranging.apply(LINES, by=merged.hoa, now=NOW)
    arranging.undo(again.change, by=merged.hoa, now=NOW)
    assert ends(SelfManagementGroup, pk=group.pk) == {None}, "a later act that is taken back leaves it as it was"
    answer = merged.as_(merged.lan).post(f"/register/recent/{many.pk}/undo/", follow=True).content.decode()
    assert "đã được sửa sau thay đổi này" in answer
    assert ends(SelfManagementGroup, pk=group.pk) == {None}


def test_a_workbook_of_the_former_register_is_not_taken_back_once_its_rows_live_on(merged):
    """They are the commune's register by then: each is ended or deleted there, as any other."""
    client = merged.as_(merged.lan)
    lines = "Tên tổ;Loại hình;Khu dân cư;Số thành viên\nTổ Sổ Cũ;Tổ liên gia;Khu 1;6\nTổ Sổ Khác;Tổ liên gia;Khu 2;7\n"
    sent = {"file": SimpleUploadedFile("so.csv", lines.encode())}
    assert client.post(f"/register/import/groups/?former={merged.old.slug}", sent).status_code == 302
    run = RegisterImport.objects.get()
    client.post(f"/register/import/groups/{run.pk}/apply/")
    act = RegisterChange.objects.exclude(pk=merged.change.pk).get()
    merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/undo/")
    names = {"name__in": ["Tổ Sổ Cũ", "Tổ Sổ Khác"]}
    assert ends(SelfManagementGroup, **names) == {None}
    answer = merged.as_(merged.lan).post(f"/register/recent/{act.pk}/undo/", follow=True).content.decode()
    assert "đã được sửa sau thay đổi này" in answer
    assert SelfManagementGroup.objects.filter(ended_on=None, **names).count() == 2
    one = SelfManagementGroup.objects.get(name="Tổ Sổ Khác")
    merged.as_(merged.lan).post(f"/register/groups/{one.pk}/delete/")
    assert SelfManagementGroup.objects.filter(**names).count() == 1


def test_a_workbook_that_was_taken_back_before_leaves_nothing_to_live_on(merged):
    client = merged.as_(merged.lan)
    lines = "Tên tổ;Loại hình;Khu dân cư;Số thành viên\nTổ Sổ Cũ;Tổ liên gia;Khu 1;6\nTổ 1;Tổ liên gia;Khu 1;9\n"
    sent = {"file": SimpleUploadedFile("so.csv", lines.encode())}
    client.post(f"/register/import/groups/?former={merged.old.slug}", sent)
    client.post(f"/register/import/groups/{RegisterImport.objects.get().pk}/apply/")
    act = RegisterChange.objects.exclude(pk=merged.change.pk).get()
    assert client.post(f"/register/recent/{act.pk}/undo/").status_code == 302
    merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/undo/")
    assert not SelfManagementGroup.objects.filter(name="Tổ Sổ Cũ").exists()
    row = SelfManagementGroup.objects.get(pk=merged.stood.pk)
    assert (row.ended_on, row.declared_members) == (None, merged.stood.declared_members)


def test_a_row_of_before_that_was_mended_since_keeps_the_end_it_had(merged):
    SelfManagementGroup.objects.filter(pk=merged.gone.pk).update(ended_on=LAST)
    sent = {"kind": kind("household_cluster"), "name": "Tổ Tan", "hamlet": merged.khu[0].pk, "meets": "quarterly",
            "households": 12, "read": ""}  # fmt: skip
    assert merged.as_(merged.lan).post(f"/register/groups/{merged.gone.pk}/", sent).status_code == 302
    arranging.undo(merged.change, by=merged.hoa, now=datetime.now(tz=UTC))
    row = SelfManagementGroup.objects.get(pk=merged.gone.pk)
    assert (row.households, row.ended_on) == (12, LAST)


def test_an_act_that_cannot_be_taken_back_says_so_before_it_is_tried(merged):
    heir = Commune.objects.living().get(code="07999")
    f.report(heir, User.objects.get(pk=merged.lan.pk), f.Month(2026, 3), NOW)
    page = merged.as_(merged.hoa).post(f"{PAGE}{merged.change.pk}/")
    assert page.status_code == 422 and "không hoàn tác được nữa" in page.content.decode()
    assert "Hoàn tác cả lần sắp xếp" not in page.content.decode()
    with pytest.raises(Refused):
        arranging.undo(merged.change, by=merged.hoa, now=NOW)
    assert RegisterChange.objects.get(pk=merged.change.pk).undone_at is None


def test_the_preview_is_for_whom_the_act_is(merged):
    for user, status in ((merged.son, 404), (merged.thu, 403), (merged.lan, 403), (merged.an, 403)):
        assert merged.as_(user).post(f"{PAGE}{merged.change.pk}/").status_code == status


def test_an_act_is_taken_back_after_a_later_one_was_taken_back(cast):
    """What the undoing of the later act wrote is nothing newer: the rows are what the earlier one left."""
    third = f.commune(province=cast.phu_tho, code="07990", name="Ba")
    f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1")
    f.member(SelfManagementGroup.objects.get(), position="leader")
    before = [
        list(model.objects.order_by("pk").values_list("pk", "ended_on")) for model in (Hamlet, SelfManagementGroup)
    ]
    lines = [one._replace(code="08999", name="Xã Vừa") for one in LINES]
    (first,) = arranging.apply(lines, by=cast.hoa, now=NOW)
    more = [
        ArrangedLine(row, old, "07999", "Xã Lớn", "13/NQ", "02/03/2026")
        for row, old in enumerate(("08999", third.code), 2)
    ]
    for _ in range(2):
        (second,) = arranging.apply(more, by=cast.hoa, now=NOW)
        arranging.undo(second.change, by=cast.hoa, now=NOW)
    arranging.undo(first.change, by=cast.hoa, now=NOW)
    after = [
        list(model.objects.order_by("pk").values_list("pk", "ended_on")) for model in (Hamlet, SelfManagementGroup)
    ]
    assert after == before and Commune.objects.get(pk=cast.chi_dam.pk).ended_on is None
