"""What a call of the API may be asked, and what its body may say.

A misspelt name is refused, for it would be answered as if it were not there.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.request import Request

EVERYWHERE = ("format",)
MOST_STRANGERS = 20  # names that are told of: a body of a hundred thousand would be answered with as many sentences


def refuse_unknown(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise ``ValidationError`` (400) by name for what a call does not know, each with the nearest name it does."""
    names = sorted(known)
    unknown = (name for name in given if name not in names and name not in EVERYWHERE)
    if strange := {name: [_sentence(name, names)] for name in islice(unknown, MOST_STRANGERS)}:
        raise ValidationError(strange)


def _sentence(name: str, known: list[str], what: str = "tham số") -> str:
    nearest = get_close_matches(name[:60].lower(), known, n=1)
    if nearest:
        return f"Không có {what} “{name[:60]}”; có phải là “{nearest[0]}”?"
    offered = f"chỉ có: {', '.join(known)}" if known else f"lời gọi này không nhận {what} nào"
    return f"Không có {what} “{name[:60]}”; {offered}."


def strangers(given: Mapping[str, Any], known: Iterable[str]) -> dict[str, list[str]]:
    """Return what a body, or a part of it, says that is not known, each with its sentence."""
    names = sorted(known)
    unknown = (str(name) for name in given if name not in names)
    return {name: [_sentence(name, names, "mục")] for name in islice(unknown, MOST_STRANGERS)}


class KnownFieldsOnly:
    """A serializer that refuses what is none of its fields; those that answers alone have may be sent back."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse strangers at their place, then read."""
        known: Any = self.fields  # type: ignore[attr-defined]  # of the serializer beside it
        if isinstance(data, Mapping) and (strange := strangers(data, known)):
            raise ValidationError(strange)
        return super().to_internal_value(data)  # type: ignore[misc]


def paging_of(view: Any) -> tuple[str, ...]:
    """Return the parameters that page a list."""
    paginator = view.paginator
    return (paginator.page_query_param, paginator.page_size_query_param) if paginator else ()


class StrictFilterBackend(DjangoFilterBackend):
    """Filters of django-filter that refuse what no filter of the list and no paging takes."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Refuse strangers when a list is read, then filter; what a filter does not understand is told as it says it.

        django-filter's own way fills every sentence in as a pattern: one that quotes a "%" was an error of the server.
        """
        if request.method == "GET" and (not view.detail or self._is_paged(view)):
            filterset = self.get_filterset_class(view, queryset)
            refuse_unknown(request.query_params, [*(filterset.base_filters if filterset else ()), *paging_of(view)])
        asked = self.get_filterset(request, queryset, view)
        if asked is None:
            return queryset
        if not asked.is_valid():
            raise ValidationError(get_error_detail(DjangoValidationError(asked.errors.as_data())))
        return asked.qs

    @staticmethod
    def _is_paged(view: Any) -> bool:
        """Whether the call lists what belongs to one row: all actions of a row that are read."""
        return view.action not in ("retrieve", None)
