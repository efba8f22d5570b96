"""Numbers and dates as they are read in Vietnam."""

from datetime import date, datetime
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
        value = value if value.as_tuple().exponent < 0 else int(value)
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


@register.filter
def day(value: date | None) -> str:
    """Write a date as dd/mm/yyyy."""
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as hh:mm dd/mm/yyyy in Hà Nội's time."""
    return f"{timezone.localtime(value):%H:%M %d/%m/%Y}" if value else ""
