"""Accounts by the codes people use; what reaches furthest holds once a second administrator confirmed it."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from communes.accounts import second_factor
from communes.accounts.confirming import decide, seats
from communes.accounts.given import choose
from communes.models import Confirmation, TrailEntry, User
from communes.refusals import Refused
from communes.scope import Role
from tests import factories as f
from tests.trust.giving import new_password, shown_in
from tests.trust.test_second_factor import given

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"
ADD, LIST = "admin:communes_user_add", "admin:communes_user_changelist"

pytestmark = pytest.mark.django_db


@pytest.fixture
def admins(client, cast):
    """quan sits here; mai is the second administrator."""
    client.force_login(cast.quan, backend=BACKEND)
    cast.mai = f.user(Role.ADMINISTRATOR, username="mai")
    return cast


def post(client, address, fields):
    return client.post(address, fields, follow=True).content.decode()


def create(client, role, **place):
    return post(client, reverse(ADD), {"username": "moi", "full_name": "Người Mới", "role": role} | place)


def change(client, user, **fields):
    now = {
        "username": user.username, "full_name": user.full_name, "email": "", "role": user.role, "is_active": "on",
        "province": user.province_id or "", "commune": user.commune.code if user.commune else "",
    } | fields  # fmt: skip
    page = post(client, reverse("admin:communes_user_change", args=[user.pk]), now)
    user.refresh_from_db()
    return page


def confirm(client, by, action="confirm"):
    client.force_login(by, backend=BACKEND)
    address = reverse("admin:communes_confirmation_changelist")
    waiting = [one.pk for one in Confirmation.objects.filter(decided_at=None)]
    return post(client, address, {"action": action, "_selected_action": waiting})


@pytest.mark.parametrize("typed", ["07999", " Chí Đám ", "chi dam", "Xã Chí Đám"])
def test_a_commune_is_named_by_its_code_or_its_name(client, admins, typed):
    page = create(client, Role.COMMUNE_OFFICER, commune=typed)
    assert User.objects.get(username="moi").commune == admins.chi_dam
    assert "nhập số liệu và danh bạ, xem báo cáo của Xã Chí Đám (07999), Tỉnh Phú Thọ; không thấy xã khác" in page


def test_the_page_of_an_account_says_what_of_it_waits(client, admins):
    create(client, Role.PROVINCE_REVIEWER, province=admins.phu_tho.pk)
    made = User.objects.get(username="moi")
    address = reverse("admin:communes_user_change", args=[made.pk])
    waiting = made.confirmations.get()
    page = client.get(address).content.decode()
    assert f"{waiting.why} ({admins.quan}, " in page and "“Chờ quản trị thứ hai xác nhận”" in page
    confirm(client, admins.mai)
    assert "Không có việc nào." in client.get(address).content.decode()


def test_a_number_of_the_database_is_no_code_and_namesakes_are_told_apart(client, admins):
    f.commune(code="00005", name="Chí Đám", province=admins.son_la)
    for typed, said in (
        (str(admins.tay_coc.pk), "Không có xã mang mã"),
        ("Chí Đám", "00005 Xã Chí Đám (Tỉnh Sơn La); 07999"),
        ("Đâu Đâu", "Không có xã nào tên vậy"),
    ):
        assert said in create(client, Role.COMMUNE_OFFICER, commune=typed), typed
    assert not User.objects.filter(username="moi").exists()


def test_the_page_of_an_account_shows_code_and_words_and_what_every_role_sees(client, admins):
    page = client.get(reverse("admin:communes_user_change", args=[admins.lan.pk])).content.decode()
    assert 'value="07999"' in page and "Nhập số liệu và danh bạ" in page
    assert "quản lý tài khoản, địa bàn, danh mục; không thấy số liệu báo cáo" in page


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PROVINCE_REVIEWER, Role.NATIONAL_VIEWER])
def test_an_account_that_reaches_far_waits_for_a_second_administrator(client, admins, role):
    province = {"province": admins.phu_tho.pk} if role == Role.PROVINCE_REVIEWER else {}
    assert "chờ một quản trị khác xác nhận" in create(client, role, **province)
    made = User.objects.get(username="moi")
    assert not made.is_active
    assert "chưa mở được" in change(client, made) and not made.is_active, "nobody opens it by its page"
    assert "không tự xác nhận" in confirm(client, admins.quan)
    confirm(client, admins.mai)
    made.refresh_from_db()
    assert made.is_active and Confirmation.objects.get().decided_by == admins.mai
    assert TrailEntry.objects.filter(act="admin", by=admins.mai, about=made, what__startswith="Xác nhận").exists()


def test_what_is_declined_stays_shut(client, admins):
    create(client, Role.ADMINISTRATOR)
    confirm(client, admins.mai, "decline")
    made = User.objects.get(username="moi")
    assert not made.is_active and Confirmation.objects.get().granted is False
    client.force_login(admins.quan, backend=BACKEND)
    change(client, made)
    assert not made.is_active and Confirmation.objects.filter(decided_at=None).count() == 1, "it is asked for anew"


def test_a_commune_account_and_a_small_change_need_no_second_one(client, admins):
    create(client, Role.COMMUNE_CHIEF, commune="07999")
    change(client, admins.hoa, full_name="Hoa Mới")
    assert User.objects.get(username="moi").is_active and admins.hoa.is_active and not Confirmation.objects.exists()


@pytest.mark.parametrize("fields", [{"role": Role.ADMINISTRATOR, "commune": ""}, {"role": Role.PROVINCE_LEADER}])
def test_a_role_that_grows_needs_one(client, admins, fields):
    if fields["role"] == Role.PROVINCE_LEADER:
        fields = fields | {"commune": "", "province": admins.phu_tho.pk}
    change(client, admins.lan, **fields)
    assert not admins.lan.is_active and Confirmation.objects.get().account == admins.lan


def test_where_there_is_one_administrator_alone_she_is_not_stopped(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    create(client, Role.PROVINCE_LEADER, province=cast.phu_tho.pk)
    assert User.objects.get(username="moi").is_active


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_password_and_device_are_not_both_reset_by_one(client, admins, order):
    given(admins.hoa)
    steps = {
        "password": lambda: post(client, reverse("admin:auth_user_password_change", args=[admins.hoa.pk]), {}),
        "device": lambda: post(
            client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [admins.hoa.pk]}
        ),
    }
    steps[order[0]]()
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active
    User.objects.filter(pk=admins.hoa.pk).update(must_change_password=False)  # as her own would be
    assert "chờ một quản trị khác" in steps[order[1]]()
    admins.hoa.refresh_from_db()
    assert not admins.hoa.is_active
    confirm(client, admins.mai)
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active


def test_what_the_owner_proved_in_between_ends_the_first_reset(client, admins):
    given(admins.hoa)
    new_password(client, admins.hoa)
    assert not second_factor.prove(admins.hoa, second_factor.renew_codes(admins.hoa)[0])
    admins.hoa.refresh_from_db()
    choose(admins.hoa, "Sông-Lô-xanh-trong-9")
    post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [admins.hoa.pk]})
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active and admins.hoa.second_factor_since is None


def test_the_owner_sees_at_the_next_sign_in_who_reset_what_and_when(client, admins):
    password = new_password(client, admins.lan)
    for _ in range(2):  # who signed in with the given password does not hide it
        client.logout()
        client.post("/accounts/login/", {"username": "lan", "password": password})
        page = client.get("/accounts/password/").content.decode()
        assert "Cấp lại mật khẩu: quan làm lúc" in page and "báo ngay" in page
    client.logout()
    client.post("/accounts/login/", {"username": "minh", "password": PASSWORD})
    assert "làm lúc" not in client.get("/").content.decode()


def test_nobody_confirms_alone_by_any_door(admins):
    made = f.user(Role.ADMINISTRATOR, username="moi", is_active=False)
    waiting = Confirmation.objects.create(account=made, why="x", asked_by=admins.quan, asked_at=f.NOW)
    for by in (admins.quan, made):
        with pytest.raises(Refused):
            decide(waiting, granted=True, by=by, now=f.NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            Confirmation.objects.update(decided_by=by)
    decide(waiting, granted=True, by=admins.mai, now=f.NOW)
    with pytest.raises(Refused):
        decide(waiting, granted=False, by=admins.mai, now=f.NOW)


def test_two_acts_are_not_confirmed_as_one(client, admins):
    """quan asks; what mai does to the same account meanwhile would let quan confirm his own."""
    made = f.user(Role.PROVINCE_REVIEWER, admins.phu_tho, username="moi")
    given(made)
    new_password(client, made)
    post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [made.pk]})
    client.force_login(admins.mai, backend=BACKEND)
    said = "đang chờ xác nhận việc của quan"
    assert said in change(client, made, role=Role.PROVINCE_LEADER) and made.role == Role.PROVINCE_REVIEWER
    given(made)
    for address, fields in (
        (reverse(LIST), {"action": "reset_second_factor", "_selected_action": [made.pk]}),
        (reverse("admin:auth_user_password_change", args=[made.pk]), {}),
    ):
        answer = client.post(address, fields)
        assert answer.status_code == 409 and said in answer.content.decode(), address
    assert "không tự xác nhận" in confirm(client, admins.quan)
    made.refresh_from_db()
    assert not made.is_active and Confirmation.objects.get().asked_by == admins.quan


def test_the_second_one_sees_all_that_she_confirms(client, admins):
    given(admins.hoa)
    new_password(client, admins.hoa)
    post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [admins.hoa.pk]})
    read = Confirmation.objects.get()
    change(client, admins.hoa, role=Role.PROVINCE_LEADER, is_active="")  # after mai read it
    client.force_login(admins.mai, backend=BACKEND)
    address, chosen = reverse("admin:communes_confirmation_changelist"), {"_selected_action": [read.pk]}
    assert "vừa thêm điều khác" in post(client, address, chosen | {"action": "confirm"})
    admins.hoa.refresh_from_db()
    waiting = Confirmation.objects.get(decided_at=None)
    assert not admins.hoa.is_active and "Cấp lại cả mật khẩu" in waiting.why and "Lãnh đạo" in waiting.why


def test_of_many_acts_the_last_is_named_and_so_is_a_reset(client, admins):
    """Who confirms reads what holds now, however often the account was changed before."""
    given(admins.hoa)
    new_password(client, admins.hoa)
    post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [admins.hoa.pk]})
    asked = []
    for turn in range(12):
        home = f.province(code=f"{50 + turn}", name=f"Tỉnh Có Tên Rất Dài Thứ {turn}")
        change(client, admins.hoa, role=Role.PROVINCE_LEADER, province=home.pk, is_active="")
        asked.append(f"Lãnh đạo Công an tỉnh, {home}")
        waiting = Confirmation.objects.get(decided_at=None)
        assert waiting.why.endswith(f", {home}") and "Cấp lại cả mật khẩu" in waiting.why
    assert sum(map(len, asked)) > 300 and waiting.why.startswith("…; ")
    page = change(client, admins.hoa, role=Role.ADMINISTRATOR, province="", is_active="")
    waiting = Confirmation.objects.get(decided_at=None)
    for said in (page, waiting.why, TrailEntry.objects.filter(what__startswith="Chờ xác nhận").latest("pk").what):
        assert "; Quản trị hệ thống, cả nước" in said and "Cấp lại cả mật khẩu" in said
    assert waiting.why.count("…") == 1
    change(client, admins.hoa, role=Role.PROVINCE_LEADER, province=home.pk, is_active="")
    change(client, admins.hoa, role=Role.ADMINISTRATOR, province="", is_active="")
    waiting = Confirmation.objects.get(decided_at=None)
    assert waiting.why.endswith("; Quản trị hệ thống, cả nước") and waiting.why.count("Quản trị") == 1
    confirm(client, admins.mai)
    assert TrailEntry.objects.filter(what__startswith="Xác nhận").get().what.endswith("cả nước")


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": Role.NATIONAL_VIEWER}])
def test_what_one_asked_who_is_no_administrator_any_more_is_asked_anew(client, admins, fields):
    create(client, Role.PROVINCE_LEADER, province=admins.phu_tho.pk)
    User.objects.filter(pk=admins.quan.pk).update(**fields)
    assert "không còn là quản trị đang hoạt động" in confirm(client, admins.mai)
    made = User.objects.get(username="moi")
    assert not made.is_active
    assert "không đồng ý, tài khoản vẫn khóa: moi" in confirm(client, admins.mai, "decline")
    with pytest.raises(Refused):
        decide(Confirmation.objects.get(), granted=True, by=admins.quan, now=f.NOW)


def test_a_password_that_others_know_ends_with_what_is_declined(client, admins):
    password = shown_in(create(client, Role.PROVINCE_LEADER, province=admins.phu_tho.pk))
    confirm(client, admins.mai, "decline")
    made = User.objects.get(username="moi")
    assert not made.check_password(password), "opened by another door later, it lets nobody in who knew it"


@pytest.mark.parametrize("door", ["action", "page", "role"])
def test_who_shuts_the_second_one_out_does_not_act_alone_for_that(client, admins, door):
    if door == "action":
        post(client, reverse(LIST), {"action": "deactivate", "_selected_action": [admins.mai.pk]})
    else:
        change(client, admins.mai, **({"is_active": ""} if door == "page" else {"role": Role.NATIONAL_VIEWER}))
    assert "createsuperuser" in create(client, Role.ADMINISTRATOR)
    made = User.objects.get(username="moi")
    assert not made.is_active and Confirmation.objects.get(account=made).decided_at is None
    console = f.user(Role.ADMINISTRATOR, username="maychu")
    confirm(client, console)
    made.refresh_from_db()
    assert made.is_active


def test_who_is_no_administrator_any_more_shuts_nobody_out(client, admins):
    """Of two who shut each other out at the same moment the second is refused: she is none any more."""
    User.objects.filter(pk=admins.quan.pk).update(is_active=False)
    with pytest.raises(Refused, match="không còn là quản trị"), transaction.atomic():
        seats(admins.quan)
    User.objects.filter(pk=admins.quan.pk).update(is_active=True)
    seats(admins.quan)


def at_home(client, who):
    client.force_login(who, backend=BACKEND)
    return client.get("/").content.decode()


def test_what_waits_stands_on_the_home_of_whoever_may_decide_it(client, admins):
    create(client, Role.PROVINCE_REVIEWER, province=admins.phu_tho.pk)
    mine = at_home(client, admins.quan)
    assert "Việc của bạn, chờ quản trị khác xác nhận" in mine and "Chờ bạn xác nhận" not in mine
    assert '<span class="count">' not in mine, "one's own act is no duty"
    theirs = at_home(client, admins.mai)
    assert "Chờ bạn xác nhận" in theirs and '<span class="count">1<' in theirs
    assert "Người Mới" in theirs and str(admins.quan) in theirs
    form = re.search(r'<form method="post" action="([^"]+)".*?name="_selected_action" value="(\d+)"', theirs, re.DOTALL)
    assert "Đã xác nhận, tài khoản đã mở: moi" in post(
        client, form[1], {"action": "confirm", "_selected_action": form[2]}
    )
    assert User.objects.get(username="moi").is_active
    assert "Chờ bạn xác nhận" not in at_home(client, admins.mai)


def test_nothing_waits_and_nothing_is_said_of_it(client, admins):
    page = at_home(client, admins.mai)
    assert "xác nhận" not in page and '<span class="count">' not in page


def reset(client, by, what, user):
    client.force_login(by, backend=BACKEND)
    if what == "password":
        return post(client, reverse("admin:auth_user_password_change", args=[user.pk]), {})
    return post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [user.pk]})


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_who_did_one_half_does_not_let_the_other_hold_while_a_third_one_is_there(client, admins, order):
    """quan did the first half and mai the second: together one power over the account, so it is for van."""
    van = f.user(Role.ADMINISTRATOR, username="van")
    given(admins.hoa)
    reset(client, admins.quan, order[0], admins.hoa)
    reset(client, admins.mai, order[1], admins.hoa)
    for by in (admins.quan, admins.mai):
        assert "Chờ bạn xác nhận" not in at_home(client, by)
        said = confirm(client, by)
        assert "cần quản trị không làm cả hai việc" in said or "không tự xác nhận" in said
    admins.hoa.refresh_from_db()
    assert not admins.hoa.is_active
    theirs = at_home(client, van)
    assert "Cấp lại mật khẩu: " in theirs and "Gỡ thiết bị xác thực: " in theirs and "quan làm lúc" in theirs
    confirm(client, van)
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_of_two_administrators_the_one_who_knows_no_password_confirms(client, admins, order):
    by = {"password": admins.quan, "device": admins.mai}
    given(admins.hoa)
    for what in order:
        said = reset(client, by[what], what, admins.hoa)
    assert "đang khóa" in said
    confirm(client, admins.quan)
    admins.hoa.refresh_from_db()
    assert not admins.hoa.is_active, "who gave the password does not confirm, whoever came first"
    assert "Gỡ thiết bị xác thực: mai" in at_home(client, admins.mai)
    confirm(client, admins.mai)
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active


def test_who_took_the_device_and_asked_for_more_confirms_neither(client, admins):
    given(admins.hoa)
    reset(client, admins.quan, "password", admins.hoa)
    client.force_login(admins.mai, backend=BACKEND)
    change(client, admins.hoa, role=Role.ADMINISTRATOR, province="")
    reset(client, admins.mai, "device", admins.hoa)
    for by in (admins.quan, admins.mai):
        confirm(client, by)
        admins.hoa.refresh_from_db()
        assert not admins.hoa.is_active
    confirm(client, f.user(Role.ADMINISTRATOR, username="maychu"))
    admins.hoa.refresh_from_db()
    assert admins.hoa.is_active
