"""Days as people type them, and days that cannot be: what has happened lies in the past."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

OUR_TIME = 1900
NO_MOMENTS_FROM = 9999  # moments of it have no like in some zones
FAR = timedelta(days=366)
TYPED = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
"""How days are typed; the last is what programs and older pages send."""
NOT_A_DAY = "Ghi ngày dạng dd/mm/yyyy, ví dụ 05/03/2024."


def parse_day(text: str) -> date | None:
    """Read a day as it is typed: "5/3/2024", "05-03-2024"; a blank is None. Raises ``ValueError`` with a sentence."""
    text = text.strip()
    if not text:
        return None
    for form in TYPED:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError(f"“{text[:30]}” không phải là ngày. {NOT_A_DAY}")


def parse_moment(text: str) -> datetime | None:
    """Read a moment as our own pages write it, with its zone; None for what is none, or in no year of ours."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    known = moment is not None and timezone.is_aware(moment) and OUR_TIME <= moment.year < NO_MOMENTS_FROM
    return moment if known else None


def of_our_time(day: date) -> None:
    """Raise ``ValidationError`` for a day before 1900: a slip of the hand ("5/3/1024")."""
    if day.year < OUR_TIME:
        raise ValidationError(f"Ngày này có năm {day.year:04}; hãy kiểm tra lại năm.")


def has_happened(day: date) -> None:
    """Raise ``ValidationError`` for a day after today in Hà Nội, and for one before 1900."""
    of_our_time(day)
    if day > timezone.localdate():
        raise ValidationError("Ngày này chưa đến; hãy kiểm tra lại.")


def is_near(day: date) -> None:
    """Raise ``ValidationError`` for a beginning more than a year ahead, and for one before 1900."""
    of_our_time(day)
    if day > timezone.localdate() + FAR:
        raise ValidationError("Ngày này ở quá xa; hãy kiểm tra lại năm.")
