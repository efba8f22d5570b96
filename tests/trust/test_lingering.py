"""What must not linger or leak: caches, passwords of another spelling, unseen characters, formulas, numbers in names."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from communes.models import Hamlet, User
from communes.names import clean, visible
from communes.passwords import ContextualPasswordValidator
from communes.register.files import neutral
from models_registry.models import SelfManagementGroup
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
WORDS = "Mưa rào tháng tám"


@pytest.mark.parametrize(
    "address", ["/", "/register/groups/", "/reports/07999/2025-06/", "/api/v1/reports/", "/nowhere/"]
)
def test_no_browser_keeps_what_was_answered(client, cast, address):
    client.force_login(cast.lan, backend=BACKEND)
    assert "no-store" in client.get(address)["Cache-Control"]
    client.logout()
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_password_is_the_same_typed_as_composed_or_decomposed(client, cast, form):
    cast.lan.set_password(unicodedata.normalize(form, WORDS))
    cast.lan.must_change_password = False
    cast.lan.save()
    for typed in ("NFC", "NFD"):
        data = {"username": cast.lan.username, "password": unicodedata.normalize(typed, WORDS)}
        assert client.post("/accounts/login/", data).status_code == 302, typed
        client.logout()
    assert not cast.lan.check_password("Mua rao thang tam")


@pytest.mark.parametrize("password", ["Ｍưa rào tháng 12", "ﬁne café đồng hồ", "mưa\u00a0rào tháng tám"])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_password_is_the_same_in_wide_letters_and_hard_blanks(cast, password, form):
    cast.lan.set_password(password)
    assert cast.lan.check_password(unicodedata.normalize(form, password))
    super(User, cast.lan).set_password(unicodedata.normalize("NFC", password))  # as it was kept before
    assert cast.lan.check_password(password) and not cast.lan.check_password(password[:-1])


def test_a_password_kept_decomposed_in_former_times_still_signs_in(cast):
    super(User, cast.lan).set_password(unicodedata.normalize("NFD", WORDS))
    assert cast.lan.check_password(unicodedata.normalize("NFD", WORDS))


@pytest.mark.parametrize("password", [
    "anhyeuem123", "AnhYeuEm2025", "vietnam12345", "emyeuanh!!", "ａｎｈｙｅｕｅｍ１２３", "P@ssw0rd123", "passw0rd1234",
    "0912345678", "0912 345 678", "01/01/1990", "２０２５１２３１０１", "thanhcong2025", "maiyeuem123", "abcd1234567",
    "anhnhoem123", "nhoemnhieu1", "yeuemnhieulam", "hanoi123456", "motnamhaiba", "minhanh2000", "nguyenvana", "conmeo1234",
    "Yêu em nhiều lắm", "anh-nho-em-1999", "tranthib1990", "lan.huong.2001", "Hà Nội 01012000", "saigon@123456", "concho2024",
    "Mèo con 12345678", "haiba456789", "thanhtung99!", "h4n0i123456", "emnhoanhnhieu",
])  # fmt: skip
def test_what_everybody_here_would_try_first_is_refused(password):
    with pytest.raises(ValidationError):
        ContextualPasswordValidator().validate(password)


def test_ones_own_name_is_refused(cast):
    cast.lan.full_name = "Nguyễn Thị Lan"
    for password in ("nguyenthilan1990", "Nguyễn Thị Lan 90", "1990NguyenThiLan"):
        with pytest.raises(ValidationError):
            ContextualPasswordValidator().validate(password, cast.lan)
    ContextualPasswordValidator().validate("lan và con mèo đen", cast.lan)


@pytest.mark.parametrize(
    "password",
    [
        "con-meo-ngu-trua",
        "Mưa rào tháng tám",
        "vietnamcaphexanhnuocda9",
        "140725390611",
        "mua-roi-tren-mai-ngoi",
        "xe đạp trên phố vắng",
        "hoa-sen-dau-ao-lang",
        "ba con vịt xòe cánh",
        "Nam bước chân chậm 5",
        "nguyen-leo-doi-che-xanh",
        "hanoi-mua-thu-xao-xac",
        "yeume lắm lắm lắm luôn đó",
    ],
)
def test_long_passwords_of_ones_own_are_taken(password):
    ContextualPasswordValidator().validate(password)


def test_characters_nobody_sees_are_dropped_on_the_way_in(cast):
    unseen = "\ufe0f\u180b\U000e0100\ufffe\uffff\ufdd0\U0001fffe\ufff0"  # forms of a letter, and what is no character
    hamlet = f.hamlet(cast.chi_dam, f"Khu\u001a 1\u200b2\u202e{unseen}")
    hamlet.refresh_from_db()
    assert hamlet.name == "Khu 12"
    assert clean("a\u0000b\tc") == "ab c"
    assert clean("\u2800\u3164") == "" and clean("Khu\u115f 1") == "Khu 1"
    assert visible("một\r\nhai\u2066\tba") == "một\r\nhai\tba"


@pytest.mark.parametrize("model", [Hamlet, SelfManagementGroup])
def test_a_phone_is_refused_in_a_name(model):
    field = model._meta.get_field("name")
    with pytest.raises(ValidationError) as refusal:
        field.clean("Tổ ông Bảy (0912) 345678", model())
    assert "số điện thoại" in refusal.value.messages[0]


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", " =1+1", "\u00a0@SUM(A1)", "－2", "+84",
    "\n=1+1", "\r\n=1+1", "\n\t @A1", "\u2028=1", "\u0085-1", "\x0b+1", "\x0c=1", "\x1f=1", "\u200b=1", "\ufeff=1", "\u2003＋1",
    "\tKhu 1", "\nKhu 1",
])  # fmt: skip
def test_no_cell_of_a_csv_is_a_formula(text):
    assert neutral(text) == f"'{text}"
    assert neutral("Khu 1") == "Khu 1" and neutral("Khu\n=1") == "Khu\n=1"


@pytest.mark.parametrize(
    ("address", "who", "size", "status"),
    [
        ("/accounts/login/", None, 150 * 2**20, 413),
        ("/accounts/login/", None, 100, 200),
        ("/register/import/", "lan", 60 * 2**20, 413),
        ("/api/v1/reports/", "lan", 60 * 2**20, 413),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(client, cast, address, who, size, status):
    if who:
        client.force_login(getattr(cast, who), backend=BACKEND)
    answer = client.post(address, {"username": "x"}, CONTENT_LENGTH=str(size)) if status == 413 else client.get(address)
    assert answer.status_code == status
    if status == 413:
        assert "không nhận" in (answer.json()["detail"] if address.startswith("/api/") else answer.content.decode())


@pytest.mark.parametrize(
    ("address", "status"), [("/accounts/login/", 413), ("/register/hamlets/", 413), ("/api/v1/hamlets/", 401)]
)
def test_a_stranger_with_any_token_sends_no_more_than_others(client, cast, settings, address, status):
    """The API refuses the token before it reads; nothing of it is spooled either, nor shown to a scanner."""
    settings.SCANNER = "/nowhere/clamd.ctl"
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"a" * 2**21 + b"\r\n--x--\r\n"
    given = {"Authorization": "Token abc"}
    answer = client.post(address, body, content_type="multipart/form-data; boundary=x", headers=given)
    assert answer.status_code == status


def test_what_a_page_of_another_account_sends_is_refused(client, cast):
    client.force_login(cast.minh)
    address = "/api/v1/reports/"
    asked = {"commune": "07999", "month": "2025-06"}
    answer = client.post(address, asked, content_type="application/json", headers={"X-Account": str(cast.lan.pk)})
    assert answer.status_code == 409 and "tài khoản khác" in answer.json()["detail"]
    for account in ({}, {"X-Account": str(cast.minh.pk)}):  # programs do not say
        answer = client.post(address, asked, content_type="application/json", headers=account)
        assert answer.status_code in (200, 201)
