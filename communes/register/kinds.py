"""What is particular to one kind of row of the register, and who may change it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse

from communes.changes import COMMUNES_WRITE
from communes.forms import EndForm, RegisterForm
from communes.lifetimes import last_day
from communes.models import Commune, Hamlet, User
from communes.refusals import Forbidden, Objection, require
from communes.templatetags.vietnamese import day, number
from communes.trail.recording import Act, record


def objection(user: User) -> Objection | None:
    """Say why ``user`` may not change the communes' register, or return None."""
    if not user.is_commune:
        return COMMUNES_WRITE
    if user.own_commune.is_over:
        return Objection(f"{user.own_commune} đã kết thúc nên danh bạ cũ chỉ đọc; tỉnh chuyển tài khoản sang xã mới.")
    return None


def objection_to_rows(user: User) -> Objection | None:
    """Say why ``user`` may not change rows one by one, by choice or by workbook, or return None.

    Of a commune that is over, those may whom the province named; acts and steps of what lives are not for them.
    """
    return None if user.works_for(user.commune) else objection(user)


@dataclass(frozen=True)
class ListColumn:
    """One column of a list.

    ``value`` is what a file holds (text, a number, a date, None); ``shown`` how the page writes it, where
    that differs. ``order`` are the look-ups it is sorted by. ``personal`` columns are for the commune
    only; ``phone`` ones are shown on demand, and each showing is logged.
    """

    key: str
    heading: str
    value: Callable[[Any], Any]
    numeric: bool = False
    order: tuple[str, ...] = ()
    shown: Callable[[Any], str] | None = None
    default: bool = True
    personal: bool = False
    phone: bool = False
    for_commune: bool = True

    def text(self, row: Any) -> str:
        """What the page writes."""
        if self.shown:
            return self.shown(row)
        value = self.value(row)
        if isinstance(value, date):
            return day(value)
        return number(value) if self.numeric else str(value if value is not None else "")


def nothing(*args: Any) -> list[Any]:
    """No links, no warnings."""
    return []


@dataclass(frozen=True)
class Register:
    """What is particular to one kind of row of the register."""

    slug: str
    title: str
    one: str
    model: type[models.Model]
    form: type[RegisterForm]
    filterset: Any
    columns: tuple[ListColumn, ...]
    queryset: Callable[[date | None], Any]  # measured on the last day of a former commune; None: today
    ends: str | None = "Kết thúc"
    end_form: type[EndForm] = EndForm
    by_province: bool = False  # kept by the province's reviewers, not by the communes
    bulk: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    imported: bool = False
    reads: bool = False  # a row has a page to be read, on which the form is a button
    related: Callable[[Any], list[tuple[str, str]]] = nothing
    warnings: Callable[[Any], list[str]] = nothing
    tools: Callable[[User], list[tuple[str, str]]] = nothing
    details: Callable[[Any, User], list[tuple[str, Any]]] = nothing
    moves: bool = False  # whether such a row may go on elsewhere, from a day
    family: str = ""  # under which head it stands in the list of registers
    counted: bool = False  # whether its rows of today are counted beside its name
    of_the_living: str = ""  # what is not done in a former commune's register, and why, in a sentence
    facet: tuple[str, str, str] | None = None  # a filter whose values stand above the list: its name, code, label

    def rows(self, commune: Commune | None = None) -> Any:
        """The rows as they stand today; those of a commune that is over as they stood on its last day."""
        return self.queryset(last_day(commune))

    @property
    def list_url(self) -> str:
        """Address of the list."""
        return reverse(f"register_{self.slug}")

    def read_url(self, pk: int) -> str:
        """Address of a row's page: to be read where there is one, else its form."""
        return f"{self.list_url}{pk}/{'read/' if self.reads else ''}"

    @property
    def create_url(self) -> str:
        """Address of the empty form."""
        return reverse(f"register_{self.slug}_new")

    def objection(self, user: User) -> Objection | None:
        """Say why ``user`` may not change these rows, or return None."""
        if user.is_reviewer if self.by_province else user.is_commune:
            return None if self.by_province else objection_to_rows(user)
        if self.by_province:
            return Forbidden("Danh sách này do cán bộ duyệt cấp tỉnh cập nhật; tài khoản của bạn chỉ xem.")
        return objection(user) or Forbidden("Tài khoản của bạn chỉ xem danh sách này.")

    def objection_to_bulk(self, user: User) -> Objection | None:
        """Say why ``user`` may not change many rows at once, or return None."""
        if refusal := self.objection(user):
            return refusal
        return None if user.is_commune and (self.bulk or self.ends) else Forbidden("Danh sách này được sửa từng mục.")

    def may_move(self, row: Any, user: User) -> bool:
        """Whether the page of a row leads ``user`` to moving it: in a commune its people, beyond it the reviewer."""
        if not self.moves or row is None or row.ended_on:
            return False
        return user.reviews(row.commune.province) or (user.works_for(row.commune) and self.model is not Hamlet)

    def columns_for(self, user: User) -> list[ListColumn]:
        """The columns ``user`` may see: names stay inside the commune, which needs no column of its own."""
        if user.is_commune:
            return [column for column in self.columns if column.for_commune]
        return [column for column in self.columns if not column.personal]

    def note_seen(self, rows: int, *, by: User) -> None:
        """Note that so many rows were looked at, where they are people."""
        if self.personal:
            record(Act.MEMBERS, by=by, rows=rows)

    def require_editor(self, user: User) -> None:
        """Raise :class:`~communes.refusals.Refused` unless ``user`` may change these rows."""
        require(self.objection(user))


REGISTERS: list[Register] = []
