"""Weapons handed over: lines of a report, changed through the same door as its cells."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.counts import parse_count
from communes.models import User
from communes.names import clean
from communes.spelling import spelled
from reports.entry.figures import lock_for_entry
from reports.models import MonthlyReport, WeaponHandover, WeaponKind


def save_handover(handover: WeaponHandover, *, by: User, now: datetime, **changes: Any) -> WeaponHandover:
    """Add a line or change one. Raises ``Refused`` or ``ValidationError``.

    ``handover`` has its report; ``changes`` are values of its other fields.
    """
    with transaction.atomic():
        report = lock_for_entry(handover.report, by)
        for name, value in changes.items():
            setattr(handover, name, value)
        checked(handover, report)
        handover._history_user = by
        handover.save()
        _touch(report, now)
    return handover


def checked(handover: WeaponHandover, report: MonthlyReport) -> None:
    """Raise ``ValidationError`` by field for what a line of the report may not say."""
    for name in ("hamlet", "group"):
        place = getattr(handover, name)
        if place and place.commune_id != report.commune_id:
            raise ValidationError({name: "Nơi giao nộp phải thuộc xã của báo cáo."})
    handover.full_clean()
    _check(handover, report)


def _only_whole(kind: WeaponKind) -> str:
    return f"“{kind}” đếm bằng {kind.unit}: số lượng phải là số nguyên."


def _check(handover: WeaponHandover, report: MonthlyReport) -> None:
    """Raise ``ValidationError`` by field for a part of what cannot be divided, or a day outside the month."""
    quantity, kind = handover.quantity, handover.kind
    if quantity % 1 and not kind.is_divisible:
        raise ValidationError({"quantity": _only_whole(kind)})
    since, on = report.month.window(report.province.cutoff)
    if handover.day and not since <= handover.day <= on:
        raise ValidationError(
            {"day": f"Ngày giao nộp phải trong {report.month.title}: từ {since:%d/%m/%Y} đến {on:%d/%m/%Y}."}
        )


THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+)")
TWO_READINGS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def read_quantity(text: str, kind: WeaponKind) -> Decimal:
    """Read a quantity as it is written in Vietnam: of rounds "1.164" and "1,164" are many, "0,5" kg a half.

    What cannot be divided is read as a count, as in the grid. Of what can be divided "1.164" has two readings and is
    asked back; "0.500" has one. Raises ``ValidationError``.
    """
    plain = clean(spelled("NFKC", text) if kind.is_divisible else text)
    plain = re.sub(rf"(?<=\d) ?{re.escape(kind.unit)}$", "", plain, flags=re.IGNORECASE)  # "5 viên" of rounds
    if not kind.is_divisible:
        return _counted(plain, kind)
    if TWO_READINGS.fullmatch(plain):
        many, few = plain.replace(".", ""), plain.replace(".", ",")
        raise ValidationError(
            f"“{plain}” đọc được hai cách: ghi {many} nếu là {many} {kind.unit}, ghi {few} nếu là {few} {kind.unit}."
        )
    whole, comma, part = plain.partition(",")
    if THOUSANDS.fullmatch(whole):
        whole = whole.replace(".", "").replace(" ", "")
    elif not comma and whole.count(".") == 1:
        whole, comma, part = whole.partition(".")  # "0.500", "1.5": no thousands are written so
    if not (whole.isascii() and whole.isdecimal()) or (comma and not (part.isascii() and part.isdecimal())):
        raise ValidationError("Ghi một số, ví dụ 12 hoặc 0,5.")
    return Decimal(f"{whole}.{part or 0}")


PART_OF_ONE = re.compile(r"\d+[.,]\d+|\d{1,3}(?:\.\d{3})+,\d+")


def _counted(plain: str, kind: WeaponKind) -> Decimal:
    """Read how many there are of what cannot be divided."""
    try:
        value = parse_count(plain)
    except ValueError as error:
        whole = f" {_only_whole(kind)}" if PART_OF_ONE.fullmatch(plain) else ""
        raise ValidationError(f"Ghi một số, ví dụ 12 hoặc 1.164.{whole}") from error
    if value is None:
        raise ValidationError("Ghi một số, ví dụ 12 hoặc 1.164.")
    return Decimal(value)


def read_handed_over(text: str, kind: WeaponKind) -> Decimal:
    """Read the quantity of a line (:func:`read_quantity`); nothing is no line."""
    found = read_quantity(text, kind)
    if not found:
        raise ValidationError("Số lượng phải lớn hơn 0; không có thì không ghi dòng nào.")
    return found


def written_quantity(quantity: Decimal) -> str:
    """Write a quantity so that it is read again as what it is: "1164", "0,5"."""
    whole, _, part = f"{quantity:f}".partition(".")
    part = part.rstrip("0")
    return f"{whole},{part}" if part else whole


def remove_handover(handover: WeaponHandover, *, by: User, now: datetime) -> None:
    """Take a line away; its history stays. Raises ``Refused``."""
    with transaction.atomic():
        report = lock_for_entry(handover.report, by)
        handover._history_user = by
        handover.delete()
        _touch(report, now)


def _touch(report: MonthlyReport, now: datetime) -> None:
    MonthlyReport.objects.filter(pk=report.pk).change(saved_at=now)
