"""The kinds of admin page that every app builds on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, HttpResponse

from communes.meeting import BLANK, READ, Meeting, MeetingForm, Writer, said_of
from communes.models import User
from communes.names import search_words
from communes.saving import hold
from communes.trail.recording import ADDED, Act, record

MOST_ROWS = 200  # of a table within a page of the administration; a province has under 170 communes


class LightAdmin(admin.ModelAdmin):
    """Leaves a trail, and out the scripts that fill slugs from titles: no page here has one, and they weigh 50 KB."""

    UNUSED = ("xregexp", "urlify", "prepopulate")

    @property
    def media(self) -> forms.Media:
        """The scripts and styles that are used."""
        whole: Any = super().media  # what it holds is private to Django, so not in the stubs
        scripts = [path for path in whole._js if not any(name in str(path) for name in self.UNUSED)]
        return forms.Media(css=whole._css, js=scripts)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let an address ask for columns of the rows and for what the list offers, never for what hangs on a row.

        Django lets the keys of such rows through: whether a list is empty told, letter by letter, the key of an open
        session, and with it an administrator was whose it is.
        """
        first = next((one for one in self.opts.get_fields() if one.name == lookup.partition("__")[0]), None)
        if first is not None and first.auto_created and not first.concrete:
            return False
        return super().lookup_allowed(lookup, value, request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Tell the trail too."""
        words = f"{ADDED.format(self.opts.verbose_name)}: {obj}"
        self.leave_trail(request, words, obj if isinstance(obj, User) else None)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Tell the trail too, with what was changed."""
        entry = super().log_change(request, obj, message)
        words = f"Sửa {self.opts.verbose_name}: {obj}. {entry.get_change_message()}"
        self.leave_trail(request, words, obj if isinstance(obj, User) else None)
        return entry

    def leave_trail(self, request: HttpRequest, what: str, about: User | None = None) -> None:
        """Write down an act of an administrator."""
        record(Act.ADMIN, what, by=request.user, about=about)  # type: ignore[arg-type]


class LoggedForm(MeetingForm):
    """A row whose author, where it keeps none itself, the log of this site knows."""

    def writers(self) -> list[Writer]:
        """Who wrote it last, and when."""
        row: Any = self.instance  # type: ignore[attr-defined]  # of the model form beside it
        if found := super().writers():
            return found
        kind = ContentType.objects.get_for_model(row)
        entry = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user").first()
        return [(entry.user, entry.action_time)] if entry else []


class KeptForm(LoggedForm, forms.ModelForm):
    """A row of a catalogue, which another administrator may have saved since it was read."""


class CarriedField(forms.CharField):
    """What a row of a table within a page carries, unseen; it makes no row a changed one."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Nobody types in it."""
        return False


class RowForm(KeptForm):
    """A row of a table within another's page.

    What two changed differently is told at its box, and at the row where one would delete what another changed; saved
    once more, what is given then holds.
    """

    as_read = CarriedField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.meets and not self.is_bound and self.meeting:
            self.initial[READ] = self.meeting.carried

    @property
    def sent(self) -> Mapping[str, Any]:
        """What came with this row's boxes."""
        return {READ: self.data.get(self.add_prefix(READ), "")}

    def names_met(self) -> list[str]:
        """The row's own boxes: neither the carrier nor what the table adds."""
        own = self.base_fields
        return [name for name in super().names_met() if name in own and name != READ]

    def full_clean(self) -> None:
        """Ask about a row too that is ticked to go and that another changed since it was read."""
        super().full_clean()
        meeting, given = self.meeting, getattr(self, "cleaned_data", {})
        if meeting is None or not given.get(DELETION_FIELD_NAME) or not (moved := meeting.moved_names):
            return
        del given[DELETION_FIELD_NAME]  # so that its formset does not take it for gone
        last = max(self.writers(), key=lambda one: one[1], default=None)
        said = "; ".join(f"{self._labels[name]} “{self._words(name, meeting.stored[name]) or BLANK}”" for name in moved)
        who = said_of(last, getattr(self, "user", None))
        self.add_error(None, f"{who} dòng bạn đang xóa: {said}. Xem lại rồi lưu lần nữa để xóa, hoặc bỏ dấu xóa.")
        self._read_anew(meeting)

    def _read_anew(self, meeting: Meeting) -> None:
        """Let what stands now be what was read."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix(READ)] = Meeting(meeting.stored).carried
        self.data = data

    def ask(self, meeting: Meeting) -> None:
        """Tell what another saved at each box; it is what was read from now on."""
        for clash in meeting.clashes:
            said = f"{meeting.who}: “{clash.theirs}”. Xem lại rồi lưu lần nữa để ghi điều đang nhập."
            self.add_error(clash.name, said)
        self._read_anew(meeting)


class RowFormSet(forms.BaseInlineFormSet):
    """Rows of such a table. One that another deleted meanwhile comes back as a new one if anything was typed in it.

    Raises ``SuspiciousOperation`` (400) where more rows are announced than any table has: each was built, and asked of
    the database, before one of them was missed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.management_form.is_valid() and self._most_announced() > MOST_ROWS:
            raise SuspiciousOperation("more rows than a table of the administration has")
        if self.is_bound and self.management_form.is_valid():
            self._let_go(min(self.initial_form_count(), self.absolute_max))

    def _most_announced(self) -> int:
        told = self.management_form.cleaned_data
        return max(told[TOTAL_FORM_COUNT] or 0, told[INITIAL_FORM_COUNT] or 0)

    def _let_go(self, first_new: int) -> None:
        """Move the rows that stand no longer behind those that do, among the new ones."""
        standing = {str(pk) for pk in self.get_queryset().values_list("pk", flat=True)}
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        model: Any = self.model
        key = model._meta.pk.name
        for place in reversed(range(first_new)):
            if data.get(self._box(place, key), "") in standing:
                continue
            first_new -= 1
            _swap(data, self._box(place, ""), self._box(first_new, ""))
            read = Meeting({}, {}, {READ: data.get(self._box(first_new, READ), "")}).read
            if all(data.get(self._box(first_new, name), "") == value for name, value in read.items()):
                data[self._box(first_new, DELETION_FIELD_NAME)] = "on"
            data[self._box(first_new, key)] = data[self._box(first_new, READ)] = ""
        if first_new != self.initial_form_count():
            data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(first_new)
            self.data = data
            del self.management_form

    def _box(self, place: int, name: str) -> str:
        return f"{self.add_prefix(place)}-{name}"


def _swap(data: Any, one: str, other: str) -> None:
    """Let two rows of a form change places."""
    renamed = {one: other, other: one}
    moved = {key: data.getlist(key) for key in data for begin in renamed if key.startswith(begin)}
    for key in moved:
        del data[key]
    for key, values in moved.items():
        begin = one if key.startswith(one) else other
        data.setlist(renamed[begin] + key.removeprefix(begin), values)


class HeldAdmin(LightAdmin):
    """Rows that nobody else writes while they are saved."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Nobody else writes the row between its being read and its being saved."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        hold(self.model, found.pk)
        return super().get_object(request, object_id, from_field)

    @transaction.atomic
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Seen by: administrators. It asks for the row as the pages that save it do, so in a transaction too."""
        return super().history_view(request, object_id, extra_context)


class KeptAdmin(HeldAdmin):
    """Rows that are never deleted: they have figures, or will."""

    form = KeptForm

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here; rows end."""
        return False


class NamedAdmin(KeptAdmin):
    """Rows with a folded search column: the search box forgives accents."""

    search_fields = ["search"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Fold what is searched for; codes are found too."""
        found = queryset.search(search_term) if search_words(search_term) else queryset
        if search_term.strip().isdecimal() and hasattr(self.model, "code"):
            found = found | queryset.filter(code__startswith=search_term.strip())
        return found, False
