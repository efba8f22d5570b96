"""Two who save one thing: what one has typed is put together with what another saved since one read it.

A form carries what it showed. When it comes back, what one left alone is as it stands now, what only one changed is as
one typed it, lists are joined, and what both changed differently is asked: nothing is written until one has chosen
(decision 0045).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from communes.history import last_written
from communes.models import User
from communes.spelling import spelled
from communes.templatetags.vietnamese import moment

READ = "as_read"
CHOOSE = "choose-"
NOTHING: Mapping[str, Any] = {}
MINE, THEIRS = "mine", "theirs"
PARTS = ("read", "seen", "of")
LONGEST = 60_000  # of what a form carries, in characters: nothing we write comes near
BLANK = "(để trống)"
ASKED = "Người khác vừa lưu điều khác ở đây; hãy chọn ở đầu trang."
Value = str | list[str]
"""What a box holds: its text, or the sorted keys of what is chosen."""
Writer = tuple[User | None, datetime]
"""Who saved, and when; None where it was the system."""


@dataclass(frozen=True)
class Clash:
    """What two people changed differently, in words."""

    name: str
    label: str
    mine: str
    theirs: str

    @property
    def box(self) -> str:
        """The name of the choice in the form."""
        return f"{CHOOSE}{self.name}"


def plain(value: Any) -> Value:
    """Write a value the way two are compared: days as typed, numbers without marks, lists as sorted keys."""
    if isinstance(value, (list, tuple, set)) or hasattr(value, "values_list"):
        return sorted({str(getattr(one, "pk", one)) for one in value})
    if isinstance(value, bool) or value is None:
        return "on" if value else ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return spelled("NFC", str(getattr(value, "pk", value))).replace("\r\n", "\n").strip()


def _as_carried(text: str) -> dict[str, dict[str, Value]]:
    """Read what a form carried; nothing where it is none of ours."""
    try:
        found = json.loads(text) if 0 < len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        part: {name: value for name, value in found[part].items() if isinstance(value, (str, list))}
        for part in PARTS
        if isinstance(found.get(part), dict)
    }


class Meeting:
    """What was read, what stands now and what is given, put together by name.

    ``values`` are to be written; ``taken`` are the names in which another's change was taken over; ``clashes`` are
    names that both changed and nobody has settled: with any of them nothing may be written.
    """

    def __init__(
        self,
        stored: Mapping[str, Value],
        given: Mapping[str, Value] | None = None,
        data: Mapping[str, Any] = NOTHING,
        *,
        of: str = "",
    ) -> None:
        """``of`` says what the page was of, where one address shows several: of another than this, nothing was read."""
        self.of = of
        self.stored = dict(stored)
        self.values = dict(stored if given is None else given)
        self.taken: list[str] = []
        self.clashing: list[str] = []
        self.clashes: list[Clash] = []
        self.who: str = ""
        carried = _as_carried(str(data.get(READ, "")))
        self._read = carried.get("read", {}) if carried.get("of", {}).get("of", "") == of else {}
        self._seen = carried.get("seen", {})
        if given is not None and carried:
            for name in given:
                if name in self.stored:
                    self._put_together(name, str(data.get(f"{CHOOSE}{name}", "")))

    def _put_together(self, name: str, choice: str) -> None:
        mine, theirs = self.values[name], self.stored[name]
        read = self._read.get(name, [] if isinstance(theirs, list) else "")
        if theirs in (mine, read):
            return
        if isinstance(mine, list) and isinstance(theirs, list):
            kept = set(mine) & set(theirs)
            self.values[name] = sorted(kept | (set(mine) ^ set(theirs)) - {str(one) for one in read})
        elif mine == read or (choice == THEIRS and self._seen.get(name) == theirs):
            self.values[name] = theirs
        elif not (choice == MINE and self._seen.get(name) == theirs):
            self.clashing.append(name)
            return
        if self.values[name] != mine:
            self.taken.append(name)

    @property
    def meeting(self) -> "Meeting":
        """Itself: a page draws it as it draws a form's."""
        return self

    @property
    def read(self) -> Mapping[str, Value]:
        """What was read, by name; nothing where the page carried none of ours."""
        return self._read

    @property
    def moved_names(self) -> list[str]:
        """The names in which something was saved since they were read; none where nothing was read."""
        return [name for name, value in self.stored.items() if self._read and self._read.get(name) != value]

    @property
    def moved(self) -> bool:
        """Whether anything was saved since it was read."""
        return bool(self.moved_names)

    @property
    def carried(self) -> str:
        """What the form carries to its next coming: what was read, and of what clashes what was shown."""
        read = self.stored | {name: self._read.get(name, "") for name in self.clashing}
        seen = {name: self.stored[name] for name in self.clashing}
        return json.dumps({"read": read, "seen": seen, "of": {"of": self.of}}, ensure_ascii=False)

    def tell(
        self,
        labels: Mapping[str, str],
        writer: Writer | None,
        by: User | None,
        words: Callable[[str, Value], str] = lambda name, value: str(value),
    ) -> None:
        """Put the clashes and their author into words."""
        self.who = said_of(writer, by)
        for name in self.clashing:
            mine, theirs = (words(name, value) or BLANK for value in (self.values[name], self.stored[name]))
            self.clashes.append(Clash(name, labels[name], mine, theirs))

    def told(self, labels: Mapping[str, str]) -> str:
        """Say what was taken over from another beside one's own."""
        names = ", ".join(labels[name] for name in self.taken if name in labels)
        return f"Đã giữ cả điều vừa được lưu ở nơi khác: {names}." if names else ""


def said_of(writer: Writer | None, by: User | None) -> str:
    """Who saved last, and when, in words."""
    if writer is None:
        return "Người khác đã lưu"
    user, at = writer
    who = "Chính bạn, ở một cửa sổ khác," if user and by and user.pk == by.pk else str(user or "Hệ thống")
    return f"{who} đã lưu lúc {moment(at)}"


class MeetingForm(forms.BaseForm):
    """A form of a row that stands already, which may have been saved by another since one read it."""

    _meeting: Meeting | None = None
    _put = False  # whether the boxes hold already what others saved

    @property
    def meets(self) -> bool:
        """Whether there is anything another may have changed."""
        return bool(getattr(getattr(self, "instance", None), "pk", None))

    def writers(self) -> list[Writer]:
        """Who wrote each of the rows behind the form last, and when."""
        return [found] if (found := last_written(getattr(self, "instance", None))) else []

    @property
    def meeting(self) -> Meeting | None:
        """How what is given and what stands come together; None for what is new."""
        if not self.meets:
            return None
        if self._meeting is None:
            names = self.names_met()
            stored = {name: plain(self._stored(name)) for name in names}
            if not self.is_bound:
                self._meeting = Meeting(stored)
            else:
                self._meeting = Meeting(stored, {name: self._given(name) for name in names}, self.sent)
        return self._meeting

    def names_met(self) -> list[str]:
        """The boxes that are compared: all that can be typed in."""
        return [name for name, field in self.fields.items() if not _is_left_out(field)]

    @property
    def sent(self) -> Mapping[str, Any]:
        """What came with the boxes: what was read, and what was chosen."""
        return self.data

    @property
    def clashes(self) -> bool:
        """Whether two people changed the same box differently."""
        return bool(self._meeting and self._meeting.clashing)

    @property
    def taken_over(self) -> str:
        """What of another's was taken over, in words; "" where nothing was."""
        return self._meeting.told(self._labels) if self._meeting else ""

    @property
    def _labels(self) -> dict[str, str]:
        return {name: str(self[name].label) for name in self.fields}

    def _stored(self, name: str) -> Any:
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field, (forms.ModelChoiceField, forms.MultipleChoiceField)) or value is None:
            return value
        return _as_read(field, value)

    def _given(self, name: str) -> Value:
        field = self.fields[name]
        value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if isinstance(field, (forms.ModelMultipleChoiceField, forms.MultipleChoiceField)):
            return plain(value or [])
        return plain(value if isinstance(field, forms.ModelChoiceField) else _as_read(field, value))

    def full_clean(self) -> None:
        """Put together first, then check what would be written."""
        if self.is_bound and not self._put:
            self._put = True
            self._put_in(self.meeting)
        super().full_clean()
        if self._meeting and self._meeting.clashing:
            last = max(self.writers(), key=lambda one: one[1], default=None)
            self._meeting.tell(self._labels, last, getattr(self, "user", None), self._words)
            self.ask(self._meeting)

    def ask(self, meeting: Meeting) -> None:
        """Say at each box that something is to be chosen."""
        for name in meeting.clashing:
            self.add_error(name, ASKED)

    def _put_in(self, meeting: Meeting | None) -> None:
        """Let the boxes hold what others have saved."""
        if meeting is None or not meeting.taken:
            return
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a dict or a QueryDict
        for name in meeting.taken:
            value, box = meeting.values[name], self.add_prefix(name)
            if value == "" and isinstance(self.fields[name], forms.BooleanField):
                data.pop(box, None)
            elif isinstance(data, QueryDict):
                data.setlist(box, value if isinstance(value, list) else [value])
            else:
                data[box] = value
        self.data = data

    def _words(self, name: str, value: Value) -> str:
        """A value as the page shows it: a choice by its label."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return "có" if value else "không"
        shown = field.prepare_value(_as_read(field, value))  # a month is kept by another name than people write
        value = shown if isinstance(shown, str) else value
        return next((str(label) for key, label in _choices(field) if str(key) == value), str(value))


def _is_left_out(field: forms.Field) -> bool:
    return field.disabled or isinstance(field, forms.FileField)


def _choices(field: forms.Field) -> Iterable[Any]:
    return getattr(field, "choices", ())


def _as_read(field: forms.Field, value: Any) -> Any:
    """A text as its field reads it, so that "1.164" is 1164; as it stands where it cannot be read."""
    try:
        return field.to_python(value)
    except ValidationError:
        return value
