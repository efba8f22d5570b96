"""The list of a register: search, filters, order, columns, pages, paper, files; the address holds the choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, QuerySet
from django.forms import HiddenInput, Select
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from communes import viewings
from communes.filters import CommuneFilter
from communes.lifetimes import last_day
from communes.models import Commune, Hamlet
from communes.refusals import Objection
from communes.register.desks import Desk, closed, former_named, reading_desk, rows_seen
from communes.register.files import FORMATS, as_file
from communes.register.kinds import REGISTERS, ListColumn, Register
from communes.register.side import Chip, KindCount, chips_of, counts_of, kinds_of
from communes.requests import AuthenticatedHttpRequest
from communes.trail.recording import Act, record

PAGE_SIZE = 50
ON_PAPER = 5000
NARROW = 2  # columns with numbers that a telephone has room for


@dataclass
class Listing:
    """A register as one user asked for it."""

    register: Register
    request: AuthenticatedHttpRequest
    chosen: QueryDict

    @cached_property
    def formers(self) -> list[Commune]:
        """The former communes whose main heir the reader's is, and which kept a register: they are read.

        And the one that was asked for, though it kept none.
        """
        user, asked = self.request.user, [self.former] if self.former else []
        if len(user.communes_seen) < 2:
            return asked
        kept = Commune.objects.filter(pk__in=user.communes_seen[1:], hamlet__isnull=False).distinct()
        return list(dict.fromkeys([*kept.order_by("sort_key"), *asked]))

    @cached_property
    def former(self) -> Commune | None:
        """The former commune whose register was asked for; no other register stands under its address.

        Raises ``Http404`` where the reader sees none of that name.
        """
        if not (wanted := self.chosen.get("former", "")):
            return None
        return former_named(self.request.user, wanted)

    @cached_property
    def desk(self) -> Desk:
        """Where the reader works with what she asked for: at a former commune only where she keeps its register."""
        return reading_desk(self.request.user, self.former)

    @cached_property
    def closed(self) -> Objection | None:
        """Why the list that was asked for is only read, whoever the reader is at home."""
        user, former = self.request.user, self.former
        return closed(user, former) if former and not user.keeps_register_of(former) else None

    @cached_property
    def filterset(self) -> Any:
        """The filters with what was chosen; a commune has no choice of commune."""
        chosen = self.chosen.copy()
        declared = self.register.filterset.base_filters
        if "state" in declared and not self.former:
            chosen.setdefault("state", "active")
        rows = rows_seen(self.request.user, self.register.rows(self.former), self.former)
        filterset = self.register.filterset(chosen, queryset=rows, request=self.request)
        filterset.day = last_day(self.former)
        fields = filterset.form.fields
        if "group" in fields:
            fields["group"].widget = HiddenInput()  # chosen from a group's page, never typed
        for name in [name for name, one in declared.items() if isinstance(one, CommuneFilter)]:
            if self.request.user.is_commune:
                del fields[name]
            elif self.request.user.home_province:
                communes = Commune.objects.visible_to(self.request.user).living().order_by("sort_key")
                choices = [("", "Mọi xã, phường"), *((one.slug, str(one)) for one in communes)]
                fields[name].label, fields[name].widget = "Xã, phường", Select(choices=choices)
        if "hamlet" in fields and not self.request.user.is_commune:
            if chosen.get("commune"):
                fields["hamlet"].queryset = fields["hamlet"].queryset.filter(
                    commune__in=Commune.objects.named(str(chosen["commune"]))
                )
            else:
                del fields["hamlet"]  # the hamlets of a province are thousands of the same few names
        if "hamlet" in fields and self.former:
            fields["hamlet"].queryset = Hamlet.objects.lying_in(self.former)
        return filterset

    @cached_property
    def available(self) -> list[ListColumn]:
        """Columns the user may see."""
        return self.register.columns_for(self.request.user)

    @cached_property
    def columns(self) -> list[ListColumn]:
        """The chosen columns in their order; the first is always there."""
        wanted = set(self.chosen.getlist("columns"))
        chosen = [column for column in self.available if column.key in wanted]
        return [self.available[0], *(c for c in chosen if c != self.available[0])] if chosen else self.usual

    def columns_of_file(self, rows: Sequence[Any]) -> list[ListColumn]:
        """The columns of a file, with the last day where a row has one: without it the row would come back as new."""
        last = next((column for column in self.available if column.key == "ended_on"), None)
        if last is None or last in self.columns or not any(getattr(row, "ended_on", None) for row in rows):
            return self.columns
        return [*self.columns, last]

    @property
    def usual(self) -> list[ListColumn]:
        """The columns shown when none is chosen."""
        return [column for column in self.available if column.default]

    @property
    def sort(self) -> str:
        """The column it is ordered by, with a minus when backwards; empty for the usual order."""
        wanted = self.chosen.get("sort", "")
        known = {column.key for column in self.available if column.order}
        return wanted if wanted.removeprefix("-") in known else ""

    @cached_property
    def rows(self) -> QuerySet:
        """The rows in their order; what is unknown comes last."""
        usual = self.register.model._meta.ordering or ()
        if not self.sort:
            return self.filterset.qs.order_by(*usual)
        column = next(c for c in self.available if c.key == self.sort.removeprefix("-"))
        backwards = self.sort.startswith("-")
        order = [OrderBy(F(path), descending=backwards, nulls_last=True) for path in column.order]
        return self.filterset.qs.order_by(*order, *usual)

    @property
    def reveals(self) -> bool:
        """Whether telephone numbers were asked for."""
        return "phones" in self.chosen and any(column.phone for column in self.columns)

    @cached_property
    def kept(self) -> set[str]:
        """The columns that stay columns on a telephone: the first, two with numbers; the others go under the name."""
        numbers = [column.key for column in self.columns[1:] if column.numeric]
        return {self.columns[0].key, *numbers[:NARROW]}

    @property
    def chips(self) -> list[Chip]:
        """The filters in use."""
        return chips_of(self.filterset.form, self)

    @property
    def is_filtered(self) -> bool:
        """Whether a filter was chosen, and not only whose register is read, in which order and columns."""
        return any(self.chosen.get(name) for name in self.filterset.form.fields if name != "former")

    @cached_property
    def kinds(self) -> list[KindCount]:
        """The values of the filter that stands above the list, counted as if none of them were chosen."""
        if not self.register.facet:
            return []
        chosen = self.chosen.copy()
        chosen.pop(self.register.facet[0], None)
        return kinds_of(self, Listing(self.register, self.request, chosen))

    def lines(self, rows: list[Any]) -> list[tuple[Any, list[tuple[ListColumn, Any]]]]:
        """Each row with what its columns show."""
        if not self.reveals and any(column.phone for column in self.available):
            record(Act.MEMBERS, by=self.desk.worker, rows=len(rows))
        if self.reveals:
            self.note_phones(f"Danh sách {self.register.one}", len(rows))
        return [(row, [(column, self._shown(column, row)) for column in self.columns]) for row in rows]

    def note_phones(self, where: str, count: int) -> None:
        """Note in the reader's own commune, whoever she works for here, that numbers were shown."""
        viewings.log(self.request.user, where=where, count=count, now=timezone.now(), former=self.former)

    def held(self, column: ListColumn, row: Any) -> Any:
        """What a file holds of a row: exactly what is listed."""
        value = column.value(row)
        return viewings.masked(value) if column.phone and not self.reveals else value

    def _shown(self, column: ListColumn, row: Any) -> Any:
        value = column.text(row)
        return viewings.masked(value) if column.phone and not self.reveals else value

    def heads(self) -> list[dict[str, Any]]:
        """The headings, each with the address that sorts by it."""
        found = []
        for column in self.columns:
            descending = self.sort == column.key
            key = f"-{column.key}" if descending else column.key
            state = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            found.append({"column": column, "url": self.address(sort=key) if column.order else "", "sorted": state})
        return found

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        query = self.chosen.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query[name] = value
        return f"?{query.urlencode()}"

    @property
    def query(self) -> str:
        """The query string as it was asked for, without the page."""
        return self.address().removeprefix("?")

    @property
    def print_url(self) -> str:
        """This list on paper."""
        return self.address(format="print")

    @property
    def xlsx_url(self) -> str:
        """This list as a workbook."""
        return self.address(format="xlsx")

    @property
    def csv_url(self) -> str:
        """This list as text."""
        return self.address(format="csv")

    @property
    def phones_url(self) -> str:
        """This list with telephone numbers shown."""
        return self.address(phones="1")

    @property
    def list_url(self) -> str:
        """Back from paper to the page."""
        query = self.chosen.copy()
        query.pop("format", None)
        return f"{self.register.list_url}?{query.urlencode()}"

    @property
    def whole_url(self) -> str:
        """The list of the same commune without any filter."""
        return (
            f"{self.register.list_url}?{urlencode({'former': self.former.slug})}"
            if self.former
            else (self.register.list_url)
        )

    def page(self) -> Page:
        """The page asked for."""
        return Paginator(self.rows, PAGE_SIZE).get_page(self.chosen.get("page"))


def listing(request: AuthenticatedHttpRequest, register: Register) -> HttpResponse:
    """Seen by: whoever sees the rows' commune. As a page, on paper, or as a file."""
    found = Listing(register, request, request.GET)
    form = request.GET.get("format")
    if form in FORMATS:
        rows = list(found.rows)
        if found.reveals:
            found.note_phones(f"Tệp {register.title}", len(rows))
        columns = found.columns_of_file(rows)
        return as_file(form, register, columns, [[found.held(c, row) for c in columns] for row in rows])
    if form == "print":
        return on_paper(request, found)
    page = found.page()
    worker = found.desk.worker
    context = {
        "register": register,
        "registers": REGISTERS,
        "list": found,
        "filterset": found.filterset,
        "counts": {} if request.htmx or found.former else counts_of(request.user),
        "page": page,
        "lines": found.lines(list(page.object_list)),
        "refusal": found.closed or register.objection(worker),
        "many": not found.closed and register.objection_to_bulk(worker) is None,
        "tools": [] if found.former else register.tools(request.user),
        "desk": found.desk,
        "imports": register.imported,
    }
    template = "register/_list.html" if request.htmx else "register/list.html"
    return render(request, template, context)


def on_paper(request: AuthenticatedHttpRequest, found: Listing) -> HttpResponse:
    """The whole list laid out for printing, a sentence at its end where it was cut."""
    rows = list(found.rows[: ON_PAPER + 1])
    context = {
        "register": found.register,
        "list": found,
        "lines": found.lines(rows[:ON_PAPER]),
        "cut": len(rows) > ON_PAPER,
        "limit": ON_PAPER,
        "chosen": chosen_words(found.filterset.form),
        "today": timezone.localdate(),
    }
    return render(request, "register/print.html", context)


def chosen_words(form: Any) -> list[str]:
    """The filters in use, in words: "Loại hình: Tổ ANTT"."""
    if not form.is_valid():
        return []
    words = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value:
            words.append(f"{field.label}: {dict(getattr(field.field, 'choices', ())).get(value, value)}")
    return words
