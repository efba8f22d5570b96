"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost.

Devices and codes are django-otp's, with its growing delay after wrong codes. ``User.second_factor_since`` says since
when an account has one; sessions, tokens and remembered devices hang on it, so that a reset ends them all. Everything
that sets it stands here.
"""

from base64 import b32encode
from binascii import unhexlify
from datetime import datetime
from secrets import token_bytes
from time import time

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import ThrottlingMixin
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.models import User
from communes.refusals import Forbidden, Objection
from communes.trail.recording import Act, Outcome, record

RECOVERY_CODES = 10
MOST_FAILURES = 10  # what the delay after wrong codes grows up to: 2^10 seconds, 17 minutes
WRONG = "Mã chưa đúng hoặc đã hết hạn. Kiểm tra giờ trên điện thoại và nhập mã đang hiện."
WAIT = "Đã nhập sai nhiều lần; hãy thử lại sau {:%H:%M:%S}."
BEFORE_TOKENS = "Hãy bật xác thực hai bước rồi mới tạo mã truy cập."


def required_of(user: User) -> bool:
    """Whether the account may do nothing without a second factor (``SECOND_FACTOR``)."""
    asked = settings.SECOND_FACTOR
    return asked == "everybody" or (asked == "required" and user.reaches_beyond_a_commune)


def objection_to_tokens(user: User) -> Objection | None:
    """Say why the account makes no token: where second factors are required, one is needed first."""
    if settings.SECOND_FACTOR != "offered" and not user.second_factor_since:
        return Forbidden(BEFORE_TOKENS)
    return None


def secret_of(key: str) -> str:
    """Return a key (hexadecimal) as people type it into an authenticator: base 32, in fours."""
    text = b32encode(unhexlify(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def picture_of(user: User, key: str) -> str:
    """Return the QR code of a key as SVG, black on white whatever the page's colours are."""
    address = TOTPDevice(user=user, key=key).config_url
    return segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)


def enrol(user: User, key: str, code: str) -> list[str]:
    """Give the account the authenticator that holds ``key``, in place of any other, if ``code`` proves it.

    Returns new recovery codes, shown once and kept nowhere; none where the code is wrong.
    """
    totp = TOTP(unhexlify(key))
    totp.time = time()
    if not (code.isascii() and code.isdecimal() and totp.verify(int(code), 1)):
        return []
    with transaction.atomic():
        remove(user)
        TOTPDevice.objects.create(user=user, name="authenticator", key=key, last_t=totp.t(), drift=totp.drift)
        user.second_factor_since = timezone.now()
        user.save(update_fields=["second_factor_since"])
        record(Act.SECOND_FACTOR, "Cài thiết bị xác thực", by=user)
        return renew_codes(user)


def renew_codes(user: User) -> list[str]:
    """Replace the recovery codes; returns the new ones, of which only digests are kept."""
    codes = [b32encode(token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        record(Act.SECOND_FACTOR, "Tạo mã dự phòng mới", by=user)
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def codes_left(user: User) -> int:
    """Return how many recovery codes are unused."""
    return StaticToken.objects.filter(device__user=user).count()


def prove(user: User, code: str) -> str:
    """Check a code of the authenticator or a recovery code, each good once; returns why it is refused, or ""."""
    typed = "".join(character for character in code.lower() if character.isalnum())
    recovery = len(typed) > 8
    kind = StaticDevice if recovery else TOTPDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return WRONG
        if until := _wait(device):
            return WAIT.format(timezone.localtime(until))
        right = device.verify_token(_digest(typed) if recovery else typed)
        what = "Mã dự phòng" if recovery else "Mã xác thực"
        record(Act.SECOND_FACTOR, what, by=user, outcome=Outcome.DONE if right else Outcome.FAILED)
        return "" if right else WRONG


def remove(user: User) -> None:
    """Take the second factor away: its sessions, tokens and remembered devices end with it."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(second_factor_since=None)
        user.second_factor_since = None


def _digest(code: str) -> str:
    """Return what is kept of a recovery code: it holds 80 random bits, and the key of the digest is the server's."""
    known = salted_hmac("communes.accounts.second_factor", code, algorithm="sha256").digest()
    return b32encode(known[:10]).decode().lower()


def _wait(device: ThrottlingMixin) -> datetime | None:
    """Return until when no code is taken after wrong ones."""
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_FAILURES)
    allowed, why = device.verify_is_allowed()
    return None if allowed else why["locked_until"]
