"""Who may call the API at all."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class SignedIn(BasePermission):
    """Signed in, active, and past the first change of password."""

    message = "Hãy đổi mật khẩu trên trang web trước khi tiếp tục."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Deny strangers (401) and accounts that still hold a given password (403)."""
        user = request.user
        return bool(user and user.is_authenticated and not user.must_change_password)
