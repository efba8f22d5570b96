"""What rows of each kind may say, which row of the register they mean, and how they are written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Model

from communes import viewings
from communes.changes import Act
from communes.lifetimes import held_to_it, last_day
from communes.models import Commune, Hamlet, Institution, RegisterChange
from models_registry.importing.columns import Field, Layout
from models_registry.importing.questions import FileQuestion
from models_registry.importing.values import (
    OF_OFFICES,
    Lookup,
    place_key,
    read_choice,
    read_count,
    read_day,
    read_text,
    text,
)
from models_registry.importing.workbooks import Sheet
from models_registry.models import GroupKind
from models_registry.models.going_on import GoingOn

TICKED = ("không", "có")
FieldChange = tuple[str, str, str]  # label, before, after
RowPlace = tuple[str, int]  # sheet and row (from 0)


class RowFaults(Exception):
    """A row cannot be taken: pairs of field (None: the row) and sentence."""

    def __init__(self, *faults: tuple[str | None, str]) -> None:
        super().__init__(*faults)
        self.faults = list(faults)


class Importer:
    """One kind of rows in one commune, with everything it needs looked up beforehand."""

    kind = ""
    title = ""
    fields: tuple[Field, ...] = ()
    watched: tuple[tuple[Any, str], ...] = ()
    """What the rows are compared with: models, and the look-up to their commune, or province."""
    continued: tuple[str, ...] = ()
    """Fields that a file may say in the first row of a block alone, the outer before the inner."""
    of_province = False
    """Whether a province keeps such rows, and not a commune."""
    act_kind = RegisterChange.Kind.IMPORT

    def __init__(self, place: Any, today: date) -> None:
        self.place = place
        self.last = last_day(place) if isinstance(place, Commune) else None
        self.today = self.last or today  # of a commune that is over, the day on which its rows are compared
        self.seen: dict[Any, RowPlace] = {}
        self.meant: set[int] = set()
        self.blank: set[str] = set()  # fields that the row at hand leaves blank
        self.inferred: dict[str, str] = {}  # what the row at hand holds without saying it itself, in words
        self.lone = False  # whether the row at hand says its name alone
        self.answers: Mapping[str, str] = {}  # what the officer said of what the file leaves open
        self.asked: dict[str, FileQuestion] = {}  # what rows of this kind leave open, by its key
        self.clears = False  # whether a blank takes away what the register holds
        self.kept: list[str] = []  # what blanks of the file left as it stands, in words
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.against = self.watermark()  # read first: what is changed meanwhile is then noticed
        self.prepare()

    @property
    def commune(self) -> Commune:
        """Whose rows they are, where no province keeps them."""
        commune: Commune = self.place
        return commune

    def owner(self) -> Commune:
        """The commune with which the act stands that writes them."""
        return self.commune

    def prepare(self) -> None:
        """Look up what the rows refer to."""
        raise NotImplementedError

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row: return its outcome and changes. Raises :class:`RowFaults`."""
        raise NotImplementedError

    def waits(self, values: Mapping[str, Any]) -> bool:
        """Whether a row is taken after all others, because what they mean tells what it means."""
        return False

    def write(self, act: Act) -> Iterator[None]:
        """Write what was taken, pausing between models."""
        raise NotImplementedError

    def is_known(self, name: str) -> bool:
        """Whether a name stands in the register."""
        return False

    def whole(self, sheet: Sheet, layout: Layout) -> Sheet:
        """The sheet with what stands in several columns put together."""
        return sheet

    def over(self, sheet: str, titles: Sequence[str]) -> None:
        """Begin a sheet: hear its name, and what stands above its heads."""

    def under(self, words: Sequence[str], line: int) -> None:
        """Hear what a row says that is no data: it may head the rows to come."""

    def heads(self, name: str, words: Sequence[str]) -> bool:
        """Whether a row that looks like data heads others."""
        return False

    def doubt(self, words: str, line: int) -> None:
        """Hear a row that may have headed the rows to come and is not understood."""

    def supplies(self, name: str) -> bool:
        """Whether what stands above a row says what its own cell leaves blank."""
        return False

    def is_told_above(self, sheet: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether headings say what a sheet has no column for."""
        return False

    def columns(self) -> list[str]:
        """The columns of the register that rows may change."""
        return [field.name for field in self.fields if field.name not in ("seat", "ended_on")]

    def words(self, name: str, value: Any) -> str:
        """A value as it was understood, in words; telephone numbers are masked."""
        if isinstance(value, (list, tuple)):
            return "; ".join(self.words(name, one) for one in value)
        if name == "phone":
            return viewings.masked(value) if value[:1] == "0" else str(value)
        if isinstance(value, Model):
            return str(value)
        if isinstance(value, bool):
            return TICKED[value]
        labels = next((one.labels for one in self.fields if one.name == name), {})
        return labels.get(value) or ("–" if value in (None, "") else text(value))

    def watermark(self) -> tuple[tuple[int | None, int], ...]:
        """The latest and the number of versions of what the rows are compared with: others once somebody changed it."""
        versions = (model.history.filter(**{path: self.place}) for model, path in self.watched)
        return tuple(tuple(one.aggregate(Max("history_id"), Count("history_id")).values()) for one in versions)

    def next_of(self, rows: Sequence[Any]) -> Any:
        """The first of some namesakes that no row of the file meant yet, else the last; None where there are none."""
        return next((row for row in rows if row.pk not in self.meant), rows[-1] if rows else None)

    # For the kinds below ------------------------------------------------------------------------

    def once(self, key: Any, place: RowPlace, name: str = "name") -> None:
        """Refuse the second row of the file that means the same thing."""
        before = self.seen.setdefault(key, place)
        if before != place:
            where = f"dòng {before[1] + 1}" + (f" của trang “{before[0]}”" if before[0] != place[0] else "")
            raise RowFaults((name, f"Trùng với {where}. Hãy bỏ bớt một dòng hoặc ghi rõ hơn để phân biệt."))

    def assign(self, row: Any, values: dict[str, Any]) -> list[FieldChange]:
        """Set columns of a row and return what changed."""
        changes = []
        for name, value in values.items():
            if row.pk and name == "started_on" and isinstance(row, GoingOn) and value == row.first_day:
                continue  # the list shows since when what it continues is there
            field = row._meta.get_field(name)
            before = getattr(row, field.attname)
            if before != getattr(value, "pk", value):
                former = getattr(row, name) if before is not None else None
                words = [in_words(field, one) for one in (former, value)]
                if name == "phone":
                    words = [viewings.masked(one) if one[:1] == "0" else one for one in words]
                changes.append((str(field.verbose_name), words[0], words[1]))
                setattr(row, name, value)
        return changes + (self.blanked(row, values) if row.pk else [])

    def blanked(self, row: Any, values: dict[str, Any]) -> list[FieldChange]:
        """What the blanks of a row take away from the register; or note what they leave."""
        changes = []
        for field in row._meta.concrete_fields:
            held = getattr(row, field.attname)
            nothing = nothing_of(field)
            may_go = (field.blank or nothing is not None) and not field.is_relation and field.name not in values
            if field.name not in self.blank or not may_go or held in (None, "", nothing):
                continue
            if self.clears:
                shown = viewings.masked(held) if field.name == "phone" else in_words(field, held)
                changes.append((str(field.verbose_name), shown, "–"))
                setattr(row, field.attname, nothing if nothing is not None else None if field.null else "")
            else:
                self.kept.append(f"{row}: {field.verbose_name}")
        return changes

    def check(self, row: Any) -> None:
        """Run the row's own rules; what it refers to was looked up, and uniqueness with it."""
        if self.last and (late := held_to_it(row, self.commune, [one.name for one in self.fields])):
            raise RowFaults(*late.items())
        try:
            row.clean_fields(exclude={field.name for field in row._meta.concrete_fields if field.is_relation})
            row.clean()
        except ValidationError as error:
            known = {field.name for field in self.fields}
            raise RowFaults(
                *((name if name in known else None, " ".join(said)) for name, said in error.message_dict.items())
            ) from error

    def settle(self, row: Any, changes: list[FieldChange]) -> str:
        """Put a row among the new or the changed ones."""
        self.meant.add(row.pk)
        if row.pk is None:
            self.new.append(row)
            return "new"
        if changes:
            self.changed.append(row)
            return "changed"
        return "unchanged"


def nothing_of(field: Any) -> int | bool | None:
    """What a count or a tick that cannot be blank holds where nothing is said: 0, or no tick; None of other columns."""
    return field.default if isinstance(field.default, (bool, int)) and not field.choices else None


def in_words(field: Any, value: Any) -> str:
    """A column's value as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return TICKED[value]
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return text(value)


def names_of(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows by their names."""
    return {str(row.name): row for row in rows}


def hamlets_of(commune: Commune) -> dict[str, Any]:
    """The living hamlets by name; "Khu 5" is also "Khu dân cư 5"."""
    found = names_of(Hamlet.objects.filter(commune=commune).standing_with(commune))
    longer = {f"Khu dân cư {name[4:]}": row for name, row in found.items() if name.startswith("Khu ")}
    return found | {name: row for name, row in longer.items() if name not in found}


def kind_labels(kinds: Iterable[GroupKind]) -> dict[str, GroupKind]:
    """Kinds of group by every name people write: whole, short, without "Tổ" or what stands in brackets."""
    kinds = list(kinds)
    labels = {name: kind for kind in reversed(kinds) for name in (kind.short_name, kind.name)}
    for kind in kinds:
        bare = " ".join(re.sub(r"\(.*?\)", "", kind.name).split())
        names = [bare, bare.partition(" ")[2], kind.code]
        if kind.code == "household_cluster":
            names += ["Tổ liên gia", "Nhóm liên gia tự quản", "Liên gia", "Nhóm liên gia"]
        for name in names:
            if name:
                labels.setdefault(name, kind)
    return labels


class Named(Importer):
    """Rows meant by their names: hamlets, institutions."""

    model: Any = None

    def prepare(self) -> None:
        """Look up the living rows."""
        standing = self.model.objects.filter(commune=self.commune).standing_with(self.commune)
        self.known = Lookup(names_of(standing))

    def is_known(self, name: str) -> bool:
        """Whether a name stands in the register."""
        return self.known.get(name) is not None

    def numbered(self, name: str) -> Any:
        """The row that a bare number means, if any."""
        return None

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        row = self.known.get(values["name"]) or self.numbered(values["name"])
        self.once(row.pk if row else place_key(values["name"]), place)
        if row is not None:
            values.pop("name")  # found by its name, however it is spelled
        else:
            row = self.model(commune=self.commune)
        changes = self.assign(row, values)
        self.check(row)
        return self.settle(row, changes), changes

    def write(self, act: Act) -> Iterator[None]:
        """Write new rows, then changed ones."""
        act.create(self.new)
        yield
        act.update(self.changed, self.columns())


NAME = read_text(120)
STARTED = Field(
    "started_on",
    "Từ ngày",
    read_day,
    also=("ngày thành lập", "thành lập", "có từ ngày", "năm thành lập"),
    example=date(2024, 3, 5),
    help="dd/mm/yyyy; chỉ biết năm thì ghi năm",
)


ENDED = Field(
    "ended_on",
    "Đến hết ngày",
    read_day,
    also=("ngày giải thể", "ngày thôi", "ngày kết thúc"),
    in_template=False,
)
"""A row with such a day is history: our lists show it, and no import brings it back."""


class Hamlets(Named):
    """Hamlets."""

    def numbered(self, name: str) -> Any:
        """The hamlet that a bare number means. Raises :class:`RowFaults` where none or several have it."""
        if not name.isdecimal():
            return None
        if (row := self.known.by_number(name)) is None:
            raise RowFaults(("name", f"“{name}” chỉ là số, không rõ khu nào. Hãy ghi đủ tên, ví dụ “Khu {name}”."))
        return row

    kind, title, model = "hamlets", "Khu dân cư", Hamlet
    watched = ((Hamlet, "commune"),)
    fields = (
        Field(
            "name",
            "Tên khu dân cư",
            NAME,
            required=True,
            example="Khu 5",
            also=(
                "tên",
                "khu dân cư",
                "tên khu",
                "thôn",
                "tên thôn",
                "tổ dân phố",
                "tên tổ dân phố",
                "bản",
                "khu",
                "xóm",
                "ấp",
            ),
        ),
        Field("households", "Số hộ", read_count, also=("tổng số hộ", "hộ", "số hộ dân"), example=142),
        Field("population", "Nhân khẩu", read_count, also=("số nhân khẩu", "số khẩu", "dân số", "khẩu"), example=560),
        Field(
            "covenant_on",
            "Ngày có quy ước",
            read_day,
            also=("quy ước", "quy ước antt", "ngày quy ước"),
            example=date(2023, 6, 15),
        ),
        STARTED,
        ENDED,
    )


class Institutions(Named):
    """Institutions."""

    kind, title, model = "institutions", "Cơ quan, doanh nghiệp, trường học", Institution
    watched = ((Institution, "commune"),)
    fields = (
        Field(
            "name",
            "Tên đơn vị",
            NAME,
            required=True,
            example="Trường THCS Chí Đám",
            also=("tên", "đơn vị", "tên cơ quan", "cơ quan", "tên trường"),
        ),
        Field(
            "kind",
            "Loại",
            read_choice({label: value for value, label in Institution.Kind.choices} | OF_OFFICES, "loại đơn vị"),
            required=True,
            also=("loại hình", "loại đơn vị", "nhóm"),
            example="Cơ sở giáo dục",
            choices=tuple(Institution.Kind.labels),
        ),
        STARTED,
        ENDED,
    )
