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
    if strange := {name: [_sentence(name, names, "tham số", EVERYWHERE)] for name in islice(unknown, MOST_STRANGERS)}:
        raise ValidationError(strange)


def _sentence(name: str, known: list[str], what: str, also: tuple[str, ...] = ()) -> str:
    nearest = get_close_matches(name[:60].lower(), also, cutoff=0.8) or get_close_matches(name[:60].lower(), known, n=1)
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


class KnownParametersOnly:
    """A view whose calls refuse the parameters they do not take.

    Lists take their filters and pages; what is written, or looked up by its number, takes none.
    """

    parameters: tuple[str, ...] = ()
    """Those that it reads beside a list's filters and pages."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may come in, then refuse strangers among the parameters."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it
        if request.method != "OPTIONS" and getattr(self, "action", "") is not None:  # None: there is no such call
            refuse_unknown(request.query_params, self._known(request.method))

    def _known(self, method: str | None) -> tuple[str, ...]:
        if method not in ("GET", "HEAD") or getattr(self, "action", "") == "retrieve":
            return ()
        filterset = getattr(self, "filterset_class", None)
        paginator = getattr(self, "paginator", None)
        paging = (paginator.page_query_param, paginator.page_size_query_param) if paginator else ()
        return (*self.parameters, *(filterset.base_filters if filterset else ()), *paging)


class SpeakingFilterBackend(DjangoFilterBackend):
    """Filters of django-filter that say in their own words what they do not understand."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Filter.

        django-filter's own way fills every sentence in as a pattern: one that quotes a "%" was an error of the server.
        """
        asked = self.get_filterset(request, queryset, view)
        if asked is None:
            return queryset
        if not asked.is_valid():
            raise ValidationError(get_error_detail(DjangoValidationError(asked.errors.as_data())))
        return asked.qs
