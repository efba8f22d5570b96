"""Passwords that the place itself gives away, or that everybody here would try first, are refused."""

from hashlib import sha1
from pathlib import Path

from axes.utils import reset as unlock
from django.conf import settings
from django.core.exceptions import ValidationError

from communes.models import OpenSession, User
from communes.names import fold, one_spelling
from communes.spelling import spelled

CONTEXT_WORDS = ("antq", "congan", "toandan", "matkhau", "password")
COMMON_WORDS = (
    "anhyeuem", "emyeuanh", "iloveyou", "conyeume", "yeuem", "yeuanh", "giadinh", "vietnam", "hanoi", "saigon",
    "khongbiet", "khongco", "hanhphuc", "maimai", "mottramnam", "toiyeu", "chongyeu", "voyeu", "conheocon", "bonghoa",
    "1234567", "maiyeu", "yeucon", "yeume", "conyeu", "tinhyeu", "daicaca", "hochiminh", "bacho", "thanhcong",
    "abcd1234",
)  # fmt: skip
"""What Vietnamese passwords are most often made of; refused where little else is added."""
KNOWN_WORDS = frozenset({
    *COMMON_WORDS,
    "anh", "em", "yeu", "nho", "nhieu", "lam", "mai", "minh", "toi", "con", "cho", "meo", "heo", "gau", "cung", "iu",
    "love", "you", "admin", "user", "pass", "welcome", "abc", "qwerty", "asdfgh", "zxcvbn",
    "khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi",
    "nguyen", "tran", "pham", "hoang", "huynh", "phan", "dang", "bui", "duong", "truong", "dinh", "trinh", "van", "thi",
    "hung", "dung", "tuan", "long", "linh", "lan", "hoa", "huong", "thao", "trang", "tung", "thanh", "phuong", "ngoc",
    "quynh", "hieu", "duc", "khanh", "huy", "quang", "cuong", "thang", "trung", "nhung", "hong", "thuy", "yen",
    "chi", "bao", "kien", "manh", "viet", "quan", "thu", "hanh", "nga", "oanh", "tien", "vinh", "phuc", "loc", "tai",
})  # fmt: skip
"""Words of endearment, numbers, and names of people: a password of these and digits alone is one that others have."""
LONGEST_WORD = max(map(len, KNOWN_WORDS))
MOST_LETTERS = 18  # of a password that is nothing but such words; a longer row of them is a sentence of one's own
MARKS = 3  # between such words, or behind them, that add nothing
DATED = 8  # digits behind a word that add nothing: a year, a birthday, 123456
LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
"""What stands for letters in "P@ssw0rd"."""
LEAST_DIGITS = 12  # of a password without any letter: shorter ones are phones and birthdays
ADDED = 4  # letters and digits that must stand beside such a word for it to be a password


class ContextualPasswordValidator:
    """Refuses passwords built on the movement's name or the user's own place."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` if the password contains a word anyone here would try first."""
        words = list(CONTEXT_WORDS)
        if user is not None:
            words += [fold(place.name).replace(" ", "") for place in user.places()]
            words += [fold(user.full_name).replace(" ", "")] if " " in user.full_name.strip() else []
        typed = spelled("NFKC", password).lower()  # as it is kept
        readings = {fold(one).replace(" ", "") for one in (typed, typed.translate(LOOKALIKES))}
        if any(word and word in folded for word in words for folded in readings):
            raise ValidationError(self.get_help_text(), code="contextual")
        if any(_is_common(folded) for folded in readings):
            raise ValidationError("Mật khẩu này quá phổ biến; hãy chọn mật khẩu khác.", code="common")
        if not any(letter.isalpha() for letter in typed) and sum(map(str.isdigit, typed)) < LEAST_DIGITS:
            said = "Mật khẩu không chỉ là số điện thoại, ngày sinh hay dãy số; hãy thêm chữ."
            raise ValidationError(said, code="digits")

    def get_help_text(self) -> str:
        """Say the rule beside the field."""
        return "Mật khẩu không chứa họ tên của bạn, tên địa bàn, tên phong trào hoặc chữ “mật khẩu”."


def _is_common(folded: str) -> bool:
    """Whether a password is a common word with little beside it, or a few of the words that others use, and digits."""
    added = max(0, sum(map(str.isdigit, folded)) - DATED)
    letters = sum(map(str.isalpha, folded))
    for word in COMMON_WORDS:
        beside = letters - len(word) + added if word.isalpha() else len(folded) - len(word)
        if word in folded and beside < ADDED + len(word) // 2:
            return True
    if letters >= MOST_LETTERS + ADDED or added >= ADDED:
        return False
    beside = _letters_beside_words(folded)
    marks = len(folded) - letters - sum(map(str.isdigit, folded))
    return ADDED <= letters - beside <= MOST_LETTERS and beside + added + max(0, marks - MARKS) < ADDED


def _letters_beside_words(folded: str) -> int:
    """The fewest letters that are left of a password when known words are taken out of it."""
    least = [0]
    for end in range(1, len(folded) + 1):
        left = least[-1] + folded[end - 1].isalpha()
        words = (folded[start:end] for start in range(max(0, end - LONGEST_WORD), end))
        least.append(min([left, *(least[end - len(one)] for one in words if one in KNOWN_WORDS)]))
    return least[-1]


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


class NewBeginning:
    """Refuses nothing: with every new password, by whatever door it came, the account unlocks and its sessions end.

    (Its tokens and remembered devices hang on its standing, and die by themselves.)
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Nothing to refuse."""

    def password_changed(self, password: str, user: User) -> None:
        """Called by Django once the new password is kept."""
        unlock(username=user.username)
        OpenSession.objects.filter(user=user).delete()

    def get_help_text(self) -> str:
        """Say beside the field what comes with it."""
        return "Đổi mật khẩu thì mọi phiên khác, mã truy cập và máy đã nhớ của tài khoản này hết hiệu lực."


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
