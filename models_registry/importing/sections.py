"""What stands over rows and says for all of them where they belong: a sheet's name, its titles, rows of sections."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from communes.names import clean, name_key
from models_registry.importing.shapes import SECTION, is_total
from models_registry.importing.values import Lookup, folded_key, place_key

SECTION_NUMBER = re.compile(r"^(?:[IVXLC]+|[A-Z]|[0-9]+)\s*[.)/:-]\s*")
HOW_MANY = re.compile(
    r"\s*[:,(–-]*\s*(?:gồm|có)?\s*\d+\s*(?:người|thành viên|tổ viên|hộ|đ/c|đồng chí)\s*\)?\s*$", re.IGNORECASE
)
APART = re.compile(r"\s+[-–—]\s+|\s*[,;:/()|]\s*")
LONGEST = 300  # letters of a heading that are looked at: no name has as many
TEXT_FILE = re.compile(r"\.(?:csv|tsv|txt|html?|xls)$", re.IGNORECASE)  # such a file is its only sheet
PUNCTUATION = re.compile(r"[^\w\s]")
OF = re.compile(r"^(?:thuộc|ở|của|tại)\s+", re.IGNORECASE)
HAMLET_WORDS = "khu|dân cư|thôn|xóm|bản|ấp|phố|khóm|buôn|làng|kdc|tdp|kp"
BEGINS_A_HAMLET = re.compile(rf"(?:{HAMLET_WORDS}|tổ dân phố)\b", re.IGNORECASE)
OF_A_PERSON = re.compile(r"(?:\d{1,2}[/.-]){0,2}\d{4}|[+\d][\d .]{7,}")  # a year or day of birth, a telephone
NAMES_A_COMMUNE = re.compile(r"(?:xã|phường|đặc khu|thị trấn)\s+\S", re.IGNORECASE)
UNIT_WORDS = "xã|phường|đặc khu|thị trấn|huyện|quận|tỉnh|thành phố"
UNIT = re.compile(rf"\b(?:{UNIT_WORDS})\b", re.IGNORECASE)
OF_A_UNIT = re.compile(
    rf"\b(?:{UNIT_WORDS})\s+(?!(?:{HAMLET_WORDS})\b\D*\d)[^\s,;:()|]+"
    rf".*?(?=[,;:()|]|\s[-–—]\s|\s(?:{HAMLET_WORDS})\b|$)",
    re.IGNORECASE,
)
LIKE_A_GROUP = re.compile(
    r"(?:tổ|nhóm|ban|đội|cụm|hội|chi hội|câu lạc bộ|clb|dòng họ|họ đạo|liên gia|lgtq)\s", re.IGNORECASE
)
ADDRESSED = re.compile(r"(?:ông|bà|đ/c|đồng chí)\b", re.IGNORECASE)
OFFICE = re.compile(
    r"(?:(?:phó\s+)?(?:tổ|nhóm|ban|đội|cụm|hội|chi hội)\s+(?:trưởng|phó)"
    r"|(?:phó\s+)?trưởng\s+(?:ban|nhóm|họ|thôn|xóm|khu|bản)|phó\s+(?:ban|nhóm|tổ)|(?:phó\s+)?chủ nhiệm|thư ký"
    r"|ban\s+(?:chỉ huy|chủ nhiệm|chấp hành|điều hành|lãnh đạo|quản lý))"
    r"(?:\s+(?:tổ|nhóm|ban|đội|cụm|hội))?(?P<who>\s*[:,;(–—-].*|\s+\S.*)?",
    re.IGNORECASE,
)


def is_mark(said: str) -> bool:
    """Whether a cell only numbers its row: 1, II, a."""
    return bool(SECTION.fullmatch(said)) or said.strip(".)- ").isdecimal() or len(said) == 1


def tells_of_an_office(words: str) -> bool:
    """Whether words say who leads a group: "Tổ trưởng: Đỗ Văn Cả"; "TỔ TRƯỞNG CÁC KHU" are people of many groups."""
    found = OFFICE.fullmatch(words)
    who = found and (found["who"] or "").strip()
    return found is not None and (not who or not who[0].isalpha() or who.istitle() or bool(ADDRESSED.match(who)))


class Sections:
    """The hamlet and the group that what stands above names for the rows below it.

    What names neither is kept as ``strange`` with its line, for nothing below it is known to belong to the group
    before.
    """

    def __init__(self, places: Lookup, groups: Collection[str], commune: str = "") -> None:
        self.places, self.groups = places, groups  # groups by their folded names
        self.commune = place_key(commune)
        self.over("", ())

    def over(self, sheet: str, titles: Sequence[str]) -> None:
        """Begin a sheet: what its name and the titles above its heads name holds until a section says otherwise."""
        self.hamlet, self.group, self.strange, self.line = None, "", "", 0
        self.of_group: Any = None  # the hamlet that a group's own heading names
        self.hamlet, self.group = self.names(TEXT_FILE.sub("", sheet))
        if not self.hamlet or self.is_commune(sheet):
            found = [one for title in titles if (one := self._place_in(title)) is not None]
            self.hamlet = found[0] if found and all(one == found[0] for one in found) else None
        if not self.group:
            groups = {one for title in titles if (one := self._group_in(title))}
            self.group = groups.pop() if len(groups) == 1 else ""

    def is_commune(self, sheet: str) -> bool:
        """Whether a sheet is named for the commune, and so for no hamlet of the same name."""
        return bool(self.commune) and place_key(TEXT_FILE.sub("", sheet)) == self.commune

    def under(self, words: Sequence[str], line: int) -> None:
        """Hear a row of a section; sums, and who leads the group, change nothing."""
        said = [one for one in words if not is_mark(one)]
        if not said or any(is_total(one) for one in words):
            return
        hamlet, group = self.names(said[0])
        if hamlet is None and not group and tells_of_an_office(self._bare(said[0])):
            return
        if group or (hamlet is None and LIKE_A_GROUP.match(self._bare(said[0]))):
            self.group, self.of_group = group or self._bare(said[0]), hamlet
            self.strange, self.line = "", line
        elif hamlet is not None:
            self.hamlet, self.of_group, self.group, self.strange, self.line = hamlet, None, "", "", line
        else:
            self.doubt(" · ".join(said), line)

    def doubt(self, words: str, line: int) -> None:
        """Know no longer where the rows below belong."""
        self.group, self.of_group, self.strange, self.line = "", None, words[:60], line

    @property
    def place(self) -> Any:
        """The hamlet of the rows below, or None."""
        return self.of_group or self.hamlet

    def names(self, words: str) -> tuple[Any, str]:
        """The hamlet (or None) and the group of the register (or "") that some words name, and nothing beside them."""
        bare = self._bare(words)
        if folded_key(bare) in self.groups:
            return self._place_in(bare), bare
        if (hamlet := self.places.get(bare)) is not None:
            return hamlet, ""
        for pieces in (APART.split(bare), *self._halves(bare.split())):
            said = [OF.sub("", HOW_MANY.sub("", piece)) for piece in pieces if piece]
            group = next((one for one in said if folded_key(one) in self.groups), "")
            places = [one for piece in said if (one := self.places.get(piece)) is not None]
            if group:
                return (places[0] if places else None), group
            if places and len(said) > 1 and pieces[0] and self.places.get(said[0]) is not None:
                rest = [one for one in said[1:] if LIKE_A_GROUP.match(one) and not tells_of_an_office(one)]
                if not rest:
                    return places[0], ""
        return None, ""

    def is_heading(self, words: str, beside: Sequence[str], *, lone: bool) -> bool:
        """Whether words where others are people head the rows below: they name a place or group, or look like it.

        "Trần Phú Quý" is a person, although a hamlet is called Trần Phú, and so is "Trần Phú" with a year of birth.
        """
        bare = self._bare(words)
        known, group = self.names(words)
        has_number = any(letter.isdigit() for letter in words)
        if lone:
            return known is not None or bool(group) or has_number or self._looks_like_one(bare)
        if known is None and not group:
            return False
        is_whole = folded_key(bare) in self.groups or self.places.get(bare) is not None
        is_plain = has_number or APART.search(bare) or LIKE_A_GROUP.match(bare) or BEGINS_A_HAMLET.match(bare)
        return bool(is_plain) or (is_whole and not any(OF_A_PERSON.fullmatch(one) for one in beside))

    @staticmethod
    def _looks_like_one(bare: str) -> bool:
        return bool(LIKE_A_GROUP.match(bare)) or tells_of_an_office(bare)

    @staticmethod
    def _bare(words: str) -> str:
        return HOW_MANY.sub("", SECTION_NUMBER.sub("", clean(words)[:LONGEST])).strip(" :.-–*")

    @staticmethod
    def _halves(words: Sequence[str]) -> list[list[str]]:
        return [[" ".join(words[:place]), " ".join(words[place:])] for place in range(1, len(words))]

    def _place_in(self, title: str) -> Any:
        """The one hamlet that a title names among its words, other than in the name of a commune or what is above it.

        "CÔNG AN XÃ TÂN LẬP" names no hamlet Tân Lập.
        """
        whole, said = self._key(title), self._key(OF_A_UNIT.sub(",", title))
        if self.commune:
            own = rf" (?:({'|'.join(map(name_key, HAMLET_WORDS.split('|')))}) )?{re.escape(self.commune)}(?= )"
            said = re.sub(own, lambda found: found[0] if found[1] else "", said)
        found = {
            key: row
            for name, row in self.places.rows.items()
            if f" {(key := place_key(name))} " in (whole if UNIT.search(name) else said)
        }
        longest = max(found, key=len, default="")
        return found[longest] if longest and all(key in longest for key in found) else None

    @staticmethod
    def _key(title: str) -> str:
        return f" {place_key(PUNCTUATION.sub(' ', title))} "

    def _group_in(self, title: str) -> str:
        """The one group that a title names among its words, as it says it."""
        said = f" {folded_key(title)} "
        found = [name for name in self.groups if f" {name} " in said]
        longest = max(found, key=len, default="")
        return longest if longest and all(name in longest for name in found) else ""
