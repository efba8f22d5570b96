"""How the API reads, pages, describes and refuses; named in the settings, so it imports no views."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from communes.refusals import Refused

NOT_JSON = "Nội dung gửi lên không phải JSON hợp lệ."


class StrictJSONParser(JSONParser):
    """JSON that both databases can hold: no NUL, no half characters, no bottomless nesting."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Read the body or raise ``ParseError`` with a sentence."""
        try:
            data = super().parse(stream, media_type, parser_context)
            if "\\u0000" in (text := json.dumps(data)) or "\\ud" in text:
                json.dumps(data, ensure_ascii=False).encode()
                if "\\u0000" in text:
                    raise ValueError
        except (ValueError, RecursionError, exceptions.ParseError) as error:
            raise exceptions.ParseError(NOT_JSON) from error
        return data


class Pages(PageNumberPagination):
    """``?page=`` and ``?page_size=`` (100, at most 1,000)."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    invalid_page_message = "Không có trang này."


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Say refusals of verbs and models in the same form as DRF's own."""
    from rest_framework.views import exception_handler as drf_exception_handler

    from reports.api.serializers import ProblemSerializer

    if isinstance(error, Refused):
        body: dict[str, Any] = {"detail": str(error.objection)}
        if error.problems:
            body["problems"] = ProblemSerializer(error.problems, many=True).data
        return Response(body, status=error.objection.status)
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(get_error_detail(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound()  # Django names the model, in English
    response = drf_exception_handler(error, context)
    if response is not None and isinstance(response.data, list):  # what is said of no field
        response.data = {"detail": " ".join(str(sentence) for sentence in response.data)}
    return response
