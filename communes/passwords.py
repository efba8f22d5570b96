"""Passwords that the place itself gives away, or that everybody here would try first, are refused."""

from django.core.exceptions import ValidationError

from communes.models import User
from communes.names import fold

CONTEXT_WORDS = ("antq", "congan", "toandan", "matkhau", "password")
COMMON_WORDS = (
    "anhyeuem", "emyeuanh", "iloveyou", "conyeume", "yeuem", "yeuanh", "giadinh", "vietnam", "hanoi", "saigon",
    "khongbiet", "khongco", "hanhphuc", "maimai", "mottramnam", "toiyeu", "chongyeu", "voyeu", "conheocon", "bonghoa",
)  # fmt: skip
"""What Vietnamese passwords are most often made of; refused where little else is added."""
ADDED = 4  # letters and digits that must stand beside such a word for it to be a password


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
        if any(word in folded and len(folded) - len(word) < ADDED + len(word) // 2 for word in COMMON_WORDS):
            raise ValidationError("Mật khẩu này quá phổ biến; hãy chọn mật khẩu khác.", code="common")

    def get_help_text(self) -> str:
        """Say the rule beside the field."""
        return "Mật khẩu không chứa tên địa bàn, tên phong trào hoặc chữ “mật khẩu”."
