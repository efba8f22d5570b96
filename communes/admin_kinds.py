"""The kinds of admin page that every app builds on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest

from communes.meeting import READ, Meeting, MeetingForm, Writer
from communes.models import User
from communes.names import search_words
from communes.saving import hold
from communes.trail.recording import Act, record


class LightAdmin(admin.ModelAdmin):
    """Leaves a trail, and out the scripts that fill slugs from titles: no page here has one, and they weigh 50 KB."""

    UNUSED = ("xregexp", "urlify", "prepopulate")

    @property
    def media(self) -> forms.Media:
        """The scripts and styles that are used."""
        whole: Any = super().media  # what it holds is private to Django, so not in the stubs
        scripts = [path for path in whole._js if not any(name in str(path) for name in self.UNUSED)]
        return forms.Media(css=whole._css, js=scripts)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Tell the trail too."""
        self.leave_trail(request, f"Thêm {self.opts.verbose_name}: {obj}", obj if isinstance(obj, User) else None)
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

    What two changed differently is told at its box; saved once more, what is typed then holds.
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

    def ask(self, meeting: Meeting) -> None:
        """Tell what another saved at each box; it is what was read from now on."""
        for clash in meeting.clashes:
            said = f"{meeting.who}: “{clash.theirs}”. Xem lại rồi lưu lần nữa để ghi điều đang nhập."
            self.add_error(clash.name, said)
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix(READ)] = Meeting(meeting.stored).carried
        self.data = data


class HeldAdmin(LightAdmin):
    """Rows that nobody else writes while they are saved."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Nobody else writes the row between its being read and its being saved."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        hold(self.model, found.pk)
        return super().get_object(request, object_id, from_field)


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
