"""What the OpenAPI description says of every call."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema

from antq.calls import PLACES, said_of


class Schema(AutoSchema):
    """OpenAPI in Vietnamese that also declares the answers every call may give."""

    def get_description(self) -> str:  # type: ignore[override]  # the stubs know the framework's own alone
        """What the call does."""
        return said_of(self.method, self.path, getattr(self.view, "action", ""))

    def _get_paginator(self) -> Any:
        """Lists are paged where they are read; what was written is answered whole."""
        return super()._get_paginator() if self.method == "GET" else None

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Add the refusals to an operation."""
        operation = super().get_operation(*args, **kwargs)
        if not operation:
            return operation
        answers = {"401": "Chưa đăng nhập.", "403": "Không được làm việc này."}
        asked = str(operation.get("parameters"))
        if "{" in self.path or "page" in asked or "'province'" in asked:
            answers["404"] = "Không có, hoặc ngoài phạm vi được xem."
        answers["400"] = "Dữ liệu gửi lên chưa đúng; từng trường kèm câu giải thích."
        if self.method in ("POST", "PUT", "PATCH"):
            answers["415"] = "Chỉ nhận JSON."
        answers["406"] = "Chỉ trả JSON."
        if self.method != "GET":
            answers["409"] = "Trạng thái hiện tại không cho phép."
        for one in operation.get("parameters", ()):
            if one["in"] == "path":
                one.setdefault("description", PLACES[one["name"]])
        for status, text in answers.items():
            operation["responses"].setdefault(
                status, {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
            )
        return operation


def only_ours(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Leave out of the description what docstrings say of objects: they are for who reads our code."""
    for one in result["components"]["schemas"].values():
        if one.get("type") == "object":
            one.pop("description", None)
    return result


class MortalTokenScheme(KnoxTokenScheme):
    """Tokens of the API are knox's, held to the standing of their account; they are sent the same way."""

    target_class = "communes.accounts.tokens.MortalTokenAuthentication"
