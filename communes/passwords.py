"""Passwords that the place itself gives away are refused."""

from django.core.exceptions import ValidationError

from communes.models import User
from communes.names import fold

CONTEXT_WORDS = ("antq", "congan", "toandan", "matkhau", "password")


class ContextualPasswordValidator:
    """Refuses passwords built on the movement's name or the user's own place."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` if the password contains a word anyone here would try first."""
        words = list(CONTEXT_WORDS)
        if user is not None:
            words += [fold(place.name).replace(" ", "") for place in user.places()]
        folded = fold(password).replace(" ", "")
        if any(word and word in folded for word in words):
            raise ValidationError(self.get_help_text(), code="contextual")

    def get_help_text(self) -> str:
        """Say the rule beside the field."""
        return "Mật khẩu không chứa tên địa bàn, tên phong trào hoặc chữ “mật khẩu”."
