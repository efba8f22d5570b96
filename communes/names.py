"""Vietnamese names: one spelling in, search that forgives accents, alphabetical order.

Databases disagree on Vietnamese: SQLite cannot fold "Đ", and byte order puts it after "Y". So each
named row keeps two derived columns, filled by the fields below whenever the row is written through
``save`` or ``bulk_create`` (``QuerySet.update`` of a name must go through the model instead).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from django.core.validators import MaxLengthValidator
from django.db import models

from communes.privacy import NoPersonalNumbers, refuse_personal_numbers
from communes.spelling import spelled

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền … nặng
SHORT_FORMS = {
    "tdp": "to dan pho",
    "kdc": "khu dan cu",
    "kp": "khu pho",
    "lgtq": "lien gia tu quan",
    "antt": "an ninh trat tu",
    "annd": "an ninh nhan dan",
    "pccc": "phong chay chua chay",
}
_LETTER = {letter: f"{place:02d}" for place, letter in enumerate(ALPHABET, start=20)}
_KEPT_MARKS = "\u0302\u0306\u031b"  # circumflex, breve, horn: part of the letter, not a tone


BREAKS = "\t\n\r"
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format, surrogate, private and no characters: no letter of any name
# Letters and marks by their kind, and drawn as nothing: with them those that choose among the forms of a letter
HOLLOW = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_HOLLOW = re.compile(f"[{HOLLOW}]")


def one_spelling(text: str) -> str:
    """Return ``text`` in Unicode NFC: letters typed as composed or decomposed are the same."""
    return spelled("NFC", text)


def visible(text: str) -> str:
    """Return ``text`` in NFC without characters nobody sees (U+001A, U+200B, U+202E); its line breaks stay."""
    composed = _HOLLOW.sub("", one_spelling(text))
    if composed.isprintable():  # most are; what is not may still be a line break
        return composed
    return "".join(c for c in composed if c in BREAKS or unicodedata.category(c) not in UNSEEN)


def account_name(typed: str) -> str:
    """Return a user name as it is kept, whatever capitals, full-width letters, blanks and unseen marks it came with."""
    return visible(spelled("NFKC", typed)).strip().lower()


def clean(text: str) -> str:
    """Return ``text`` in Unicode NFC with single spaces and nothing unseen, as it is stored."""
    return " ".join(visible(text).split())


class Dated(Protocol):
    """A row of the register with the days between which it stood, each None where it is open."""

    pk: int
    name: str
    started_on: date | None
    ended_on: date | None


def told_apart(rows: Iterable[Dated], taken: Iterable[str] = ()) -> dict[int, str]:
    """Return each row's name by key; where two share one (or it is ``taken``), until when or from when it stood.

    A hamlet that was merged into one of its name stands beside it for the rest of that month:
    "Khu 38 (đến 20/06/2026)", "Khu 38 (từ 21/06/2026)".
    """
    rows = list(rows)
    often = Counter([*(row.name for row in rows), *taken])
    return {row.pk: f"{row.name}{_lived(row)}" if often[row.name] > 1 else row.name for row in rows}


def _lived(row: Dated) -> str:
    days = (("từ", row.started_on), ("đến", row.ended_on))
    said = " ".join(f"{word} {day:%d/%m/%Y}" for word, day in days if day)
    return f" ({said})" if said else ""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return ``text`` in lower case without accents or punctuation: "Bản Heo Trại" → "ban heo trai".

    Old and new spellings ("hoà", "hòa") fold to the same word.
    """
    bare = spelled("NFD", text.lower().replace("đ", "d"))
    letters = (c for c in bare if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", "".join(letters)).split())


def search_words(query: str) -> list[str]:
    """Return the folded words of a search, official short forms spelled out ("TDP" → to, dan, pho)."""
    return [part for word in fold(query).split() for part in SHORT_FORMS.get(word, word).split()]


def asked_words(query: str) -> list[str]:
    """Return the words that a search asks for: "KDC 05" and "khu dân cư số 5" ask for "Khu 5", as "khu5" does."""
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", spelled("NFKC", query))
    folded = re.sub(r"\bkhu dan cu\b", "khu", " ".join(search_words(apart)))
    words = re.sub(r"(?<=[a-z] )so (?=\d)", "", folded).split()
    return [word.lstrip("0") or "0" if word.isdigit() else word for word in words]


def asked_parts(query: str) -> list[tuple[str, ...]]:
    """Return the words asked for, a number with the word before it: "to bao ve khu 5" asks for "khu 5" in one place."""
    parts: list[tuple[str, ...]] = []
    for word in asked_words(query):
        if word.isdigit() and parts and len(parts[-1]) == 1:
            parts[-1] = (*parts[-1], word)
        else:
            parts.append((word,))
    return parts


def given_name_first(name: str) -> str:
    """Return a person's name as lists of people are ordered: given name, then family and middle names."""
    *others, given = name.split() or [""]
    return " ".join([given, *others])


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """Return a string of digits that sorts like the Vietnamese dictionary in any collation.

    Letters first (a ă â b … đ …), then tones; numbers inside names sort as numbers, so that "Khu 2"
    stands before "Khu 10". Only digits are used because databases agree on their order.
    """
    primary, tones = [], []
    for part in re.findall(r"[0-9]+|[^0-9\s]+|\s+", clean(text).lower()):
        if part.isspace():
            primary.append("01")
        elif part.isascii() and part.isdigit():
            number = part.lstrip("0")[:60]
            primary.append(f"10{len(number):02d}{number}")
        else:
            for letter, tone in _letters(part):
                if letter in _LETTER:
                    primary.append(_LETTER[letter])
                    tones.append(tone)
    return "".join(primary) + "00" + "".join(tones)


def name_key(text: str) -> str:
    """Return a key that is the same for the same name.

    Capitals, blanks, leading zeros and the place of the tone ("hoà", "hòa") do not matter; every other
    accent does: "Hùng" is not "Hưng".
    """
    words = []
    for word in re.findall(r"[0-9]+|[^0-9\W]+", clean(text).lower()):
        if word.isascii() and word.isdigit():
            words.append(word.lstrip("0") or "0")
        else:
            pairs = _letters(word)
            words.append("".join(letter for letter, _ in pairs) + max((tone for _, tone in pairs), default="0"))
    return " ".join(words)


def _letters(word: str) -> list[tuple[str, str]]:
    """Split a word into base letters (with breve, circumflex, horn or bar) and their tones."""
    pairs: list[tuple[str, str]] = []
    for mark in spelled("NFD", word):
        if mark in TONES and pairs:
            pairs[-1] = (pairs[-1][0], TONES[mark])
        elif mark in _KEPT_MARKS and pairs:
            pairs[-1] = (unicodedata.normalize("NFC", pairs[-1][0] + mark), pairs[-1][1])
        elif not unicodedata.combining(mark):
            pairs.append((mark, "0"))
    return pairs


def _guard(field: models.Field) -> None:
    """Let a field refuse personal numbers, once, and by its own name."""
    field.validators[:] = [one for one in field.validators if one is not refuse_personal_numbers]
    field.validators.append(NoPersonalNumbers(field))


def _as_stored(field: models.Field, row: models.Model, value: Any) -> Any:
    """The text as it is stored, from then on the row's too; an expression stays one."""
    if not isinstance(value, str):
        return value
    stored = field.get_prep_value(value)
    setattr(row, field.attname, stored)
    return stored


class NameField(models.CharField):
    """A line of Vietnamese text, kept in NFC with single spaces; a phone or identity number is refused in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _guard(self)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Clean the row's own text too, so that what is answered of it is what was stored."""
        return _as_stored(self, model_instance, super().pre_save(model_instance, add))

    def get_prep_value(self, value: Any) -> Any:
        """Clean the text on its way to the database."""
        value = super().get_prep_value(value)
        return clean(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        """Clean the text when a form or serializer validates it."""
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value


class WordsField(models.TextField):
    """Some lines of Vietnamese, kept in NFC with their line breaks; ``max_length`` is enforced.

    A phone or identity number is refused in them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators.append(MaxLengthValidator(self.max_length))
        _guard(self)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Normalise the row's own text too."""
        return _as_stored(self, model_instance, super().pre_save(model_instance, add))

    def get_prep_value(self, value: Any) -> Any:
        """Normalise the text on its way to the database."""
        value = super().get_prep_value(value)
        return visible(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        """Normalise the text when a form or serializer validates it."""
        value = super().to_python(value)
        return visible(value) if isinstance(value, str) else value


class DerivedField(models.CharField):
    """A column computed from other columns of the same row each time it is written."""

    def __init__(self, *args: Any, of: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.of = of
        options: dict[str, Any] = {"editable": False, "max_length": 700, "default": ""} | kwargs
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Name the columns it is computed from."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), kwargs | {"of": self.of}

    def derive(self, text: str) -> str:
        """Compute the column from the text of the others."""
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Compute the column anew."""
        text = " ".join(str(getattr(model_instance, name) or "") for name in self.of)
        value = self.derive(text)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


class FoldedField(DerivedField):
    """What search looks in: the named columns, folded."""

    def derive(self, text: str) -> str:
        """Fold the text, official short forms spelled out: "TDP số 4" is found as "tổ dân phố 4" too."""
        return " ".join(search_words(text))


class SortKeyField(DerivedField):
    """What lists are ordered by: the named columns as a Vietnamese sort key."""

    def derive(self, text: str) -> str:
        """See :func:`sort_key`."""
        return sort_key(text)


class PersonSortKeyField(SortKeyField):
    """The same for people, who are ordered by their given names: "Trần Văn An" before "Lê Thị Bình"."""

    def derive(self, text: str) -> str:
        """See :func:`given_name_first`."""
        return sort_key(given_name_first(text))
