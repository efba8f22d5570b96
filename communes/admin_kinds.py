"""The kinds of admin page that every app builds on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from communes.names import search_words


class LightAdmin(admin.ModelAdmin):
    """Leaves out the scripts that fill slugs from titles: no page here has one, and they weigh 50 KB."""

    UNUSED = ("xregexp", "urlify", "prepopulate")

    @property
    def media(self) -> forms.Media:
        """The scripts and styles that are used."""
        whole: Any = super().media  # what it holds is private to Django, so not in the stubs
        scripts = [path for path in whole._js if not any(name in str(path) for name in self.UNUSED)]
        return forms.Media(css=whole._css, js=scripts)


class KeptAdmin(LightAdmin):
    """Rows that are never deleted: they have figures, or will."""

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
