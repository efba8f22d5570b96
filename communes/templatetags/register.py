"""Filters for the pages of the register."""

from collections.abc import Collection, Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def count_of(counts: Mapping[str, int] | str | None, slug: str) -> int | None:
    """How many rows a list has; None where it is not counted here."""
    return counts.get(slug) if isinstance(counts, Mapping) else None


@register.filter
def kept_in(column: Any, kept: Collection[str]) -> bool:
    """Whether a column stays one on a telephone."""
    return column.key in kept
