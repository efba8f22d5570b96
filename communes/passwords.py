"""Passwords that the place itself gives away, or that everybody here would try first, are refused."""

from hashlib import sha1
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from communes.models import User
from communes.names import fold, one_spelling

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


class BreachedPasswordValidator:
    """Refuses passwords of a list of breached ones, where the operator put one there (``BREACHED_PASSWORDS``).

    The list is that of Have I Been Pwned, ordered by hash: a line ``SHA-1 in capitals:count`` for each. It is searched
    where it lies, for it is larger than the memory; nothing is asked of any network.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` if the password is in the list."""
        path = settings.BREACHED_PASSWORDS
        if path and _stands_in(Path(path), sha1(one_spelling(password).encode(), usedforsecurity=False).hexdigest()):
            said = "Mật khẩu này có trong danh sách mật khẩu đã bị lộ; hãy chọn mật khẩu khác."
            raise ValidationError(said, code="breached")

    def get_help_text(self) -> str:
        """Say the rule beside the field."""
        return "Mật khẩu không có trong danh sách đã bị lộ."


def _stands_in(path: Path, digest: str) -> bool:
    """Whether a line of an ordered file begins with a digest; halves the file until one line is left."""
    wanted = digest.upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()  # to where the next line begins
            line = file.readline()
            found = line[: len(wanted)].upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = file.tell()
    return False
