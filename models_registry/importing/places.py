"""What a chronicle's lines say of a place: a hamlet, an institution or the whole commune; and which row they mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from communes.changes import Act
from communes.lifetimes import stands
from communes.models import Commune, Hamlet, Institution
from models_registry.importing.columns import Field, Layout
from models_registry.importing.kinds import Importer, RowFaults
from models_registry.importing.reader import is_blank
from models_registry.importing.seats import WHOLE_COMMUNE
from models_registry.importing.values import place_key, read_choice, read_text, text
from models_registry.importing.workbooks import Sheet
from models_registry.models.catalogues import ONE_PLACE

EMPTY_NEW = "Còn trống. Mục mới phải có điều này."
BOTH = "“{name}” vừa là khu dân cư vừa là cơ quan. Hãy ghi “{name} (khu dân cư)” hoặc “{name} (cơ quan)”."
KINDS: dict[type[Any], str] = {Hamlet: "khu dân cư", Institution: "cơ quan"}


def sentence_of(model: Any, constraint: str) -> str:
    """What a constraint says where it is broken, to be said before the database is asked."""
    found = next(one for one in model._meta.constraints if one.name == constraint)
    return str(found.violation_error_message)


class NamedPlaces:
    """The places of a commune by name, also those that ended: a year or a day may tell of what is over since.

    Namesakes stand together (a hamlet and the one it went on in, a hamlet and a school); the row tells them apart.
    """

    def __init__(self, commune: Commune) -> None:
        self.commune = commune
        self.spelled: dict[str, str] = {}
        self.named: dict[str, tuple[Any, ...]] = {}
        rows = [row for model in KINDS for row in model.objects.filter(commune=commune).order_by("pk")]
        for row in rows:
            self._add(row.name, row)
        for name in [self.spelled[key] for key, found in self.named.items() if len(set(map(type, found))) > 1]:
            for row in self.named[place_key(name)]:
                self._add(f"{name} ({KINDS[type(row)]})", row)
        for name in (WHOLE_COMMUNE, f"Toàn {commune.kind.lower()}", str(commune)):
            self._add(name, commune)
        self.offered = (
            *(row.name for row in rows if stands(row, commune)),
            WHOLE_COMMUNE,
        )
        self._choice = read_choice({self.spelled[key]: found for key, found in self.named.items()}, "nơi nào tên là")

    def _add(self, name: str, row: Any) -> None:
        key = place_key(name)
        self.spelled.setdefault(key, name)
        self.named[key] = (*self.named.get(key, ()), row)

    def read(self, value: Any) -> tuple[Any, ...]:
        """A reader of a place: every place of the name. Raises ``ValueError`` where there is none."""
        found = self.named.get(place_key(text(value)))
        return found if found is not None else tuple(self._choice(value))

    def is_known(self, name: str) -> bool:
        """Whether a place has that name."""
        return place_key(name) in self.named


def key_of(place: Any) -> tuple[str, int]:
    """What tells one place from another."""
    return type(place).__name__, place.pk


def place_of(row: Any) -> tuple[str, int]:
    """The key of the place where a row lies."""
    if row.hamlet_id:
        return Hamlet.__name__, row.hamlet_id
    return (Institution.__name__, row.institution_id) if row.institution_id else (Commune.__name__, row.commune_id)


def lying(place: Any) -> dict[str, Any]:
    """The columns that say that a row lies there."""
    return {name: place for name, kind in (("hamlet", Hamlet), ("institution", Institution)) if isinstance(place, kind)}


INSTITUTION = Field(
    "institution",
    "Cơ quan, doanh nghiệp, trường học",
    read_text(120),
    also=("cơ quan", "cơ quan, đơn vị", "cơ quan, trường học", "trường học", "trường", "doanh nghiệp"),
    part_of="name",
    in_template=False,
)
"""Sheets with hamlets in one column and all else in the next say one of the two in each row."""


class Chronicle(Importer):
    """Rows that have no name of their own: meant by where and when, or by what decided them."""

    mended: tuple[str, ...] = ()
    """The columns of a row there is that a file changes."""

    def write(self, act: Act) -> Iterator[None]:
        """Write new rows, then changed ones."""
        act.create(self.new)
        yield
        act.update(self.changed, self.mended)

    def whole(self, sheet: Sheet, layout: Layout) -> Sheet:
        """The sheet with each place in one column."""
        other, place = layout.columns.get(INSTITUTION.name), layout.columns["name"]
        if other is None:
            return sheet
        rows = [list(row) for row in sheet.rows]
        for row in rows[layout.head + 1 :]:
            row.extend([""] * (max(place, other) + 1 - len(row)))
            if not is_blank(row[other]) and is_blank(row[place]):
                row[place], row[other] = row[other], ""
        return replace(sheet, rows=rows)

    def refuse_two(self, values: dict[str, Any]) -> None:
        """Refuse a row that says a place in either column. Raises :class:`RowFaults`."""
        if INSTITUTION.name in values:
            raise RowFaults((INSTITUTION.name, ONE_PLACE))

    def nearest(self, rows: Sequence[Any], values: Mapping[str, Any]) -> Any:
        """Of rows that may be meant the one that says most of it already, best one that no line meant yet; or None."""
        said = dict.fromkeys(self.blank) | dict(values)

        def agreeing(row: Any) -> int:
            return sum((getattr(row, key, None) or None) == (one or None) for key, one in said.items())

        return max([row for row in rows if row.pk not in self.meant] or rows[-1:], key=agreeing, default=None)

    @staticmethod
    def one_of(places: Sequence[Any], said: str, stood: Callable[[Any], bool]) -> Any:
        """The place a new row lies in: of namesakes the one that stood then. Raises :class:`RowFaults`."""
        if len(set(map(type, places))) > 1:
            raise RowFaults(("name", BOTH.format(name=said)))
        there = [one for one in places if stood(one)] or list(places)
        return max(there, key=lambda one: (getattr(one, "ended_on", None) is None, one.pk))

    def need(self, values: Mapping[str, Any], *names: str) -> None:
        """Refuse a new row that lacks what it must have. Raises :class:`RowFaults`."""
        if lacking := [(name, EMPTY_NEW) for name in names if name not in values]:
            raise RowFaults(*lacking)
