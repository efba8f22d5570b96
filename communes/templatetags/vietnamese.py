"""Numbers and dates as they are read in Vietnam."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def number(value: int | float | Decimal | None, blank: str = "–") -> str:
    """Write a number with dots for thousands and a comma for decimals; a blank is ``blank``, never 0."""
    if value is None or value == "":
        return blank
    if isinstance(value, Decimal):
        value = value.normalize()
        value = int(value) if value == int(value) else value
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


@register.filter
def day(value: date | None) -> str:
    """Write a date as dd/mm/yyyy; of a moment that of Hà Nội, where a day begins seven hours before Greenwich's."""
    value = timezone.localtime(value) if isinstance(value, datetime) else value
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as hh:mm dd/mm/yyyy in Hà Nội's time."""
    return f"{timezone.localtime(value):%H:%M %d/%m/%Y}" if value else ""


@register.filter
def quoted(words: str) -> str:
    """Put what somebody said in quotation marks; those within it become single ones."""
    return f"“{words.translate(str.maketrans('“”', '‘’'))}”"


@register.filter
def until(value: datetime | None) -> str:
    """Write the first moment after a deadline as its last day: "hết ngày 17/06/2025"."""
    return f"hết ngày {timezone.localtime(value) - timedelta(seconds=1):%d/%m/%Y}" if value else ""
