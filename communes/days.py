"""Days that cannot be: what has happened lies in the past."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

FAR = timedelta(days=366)


def has_happened(day: date) -> None:
    """Raise ``ValidationError`` for a day after today in Hà Nội."""
    if day > timezone.localdate():
        raise ValidationError("Ngày này chưa đến; hãy kiểm tra lại.")


def is_near(day: date) -> None:
    """Raise ``ValidationError`` for a beginning more than a year ahead."""
    if day > timezone.localdate() + FAR:
        raise ValidationError("Ngày này ở quá xa; hãy kiểm tra lại năm.")
