"""Markup that stands around what a page holds: written once here, shown on the page of components."""

from typing import Any

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from communes.privacy import NO_NAMES, NOTE

register = template.Library()


@register.simple_tag
def no_secrets() -> str:
    """What stands above every field of free words (domain, section 7)."""
    return NOTE


@register.simple_tag
def no_names() -> str:
    """What stands at a field that explains figures."""
    return NO_NAMES


@register.simple_block_tag
def scrolling(content: SafeString, *label: object) -> SafeString:
    """Let a wide table scroll inside its own box, which the keyboard reaches and ``label`` names."""
    name = escape("".join(str(part) for part in label))
    return mark_safe(f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{content}</div>')


@register.filter
def numbered(name: str, number: object) -> str:
    """Make an id of a name and a row's number: "v-" and 3 are "v-3"."""
    return f"{name}{number}"


@register.simple_block_tag
def labelled(
    content: SafeString, of: str, label: str, *, note: str = "", error: str = "", grow: bool = False
) -> SafeString:
    """Set a hand-written control (its id is ``of``) under its label; ``grow`` lets it take the line's room.

    ``note`` stands quietly after the label, ``error`` above the control, which describes itself by "``of``_error".
    """
    style = f"field{' grow' if grow else ''}{' has-error' if error else ''}"
    quiet = f' <span class="quiet">{escape(note)}</span>' if note else ""
    said = f'<p class="error" id="{escape(of)}_error">{escape(error)}</p>' if error else ""
    head = f'<label for="{escape(of)}">{escape(label)}{quiet}</label>'
    return mark_safe(f'<div class="{style}">{head}{said}{content}</div>')


@register.filter
def in_words(field: BoundField) -> SafeString:
    """Draw a field; where nothing is chosen yet, say so: Django draws nine dashes."""
    return mark_safe(str(field).replace(f">{BLANK_CHOICE_DASH[0][1]}<", ">– chọn –<"))


@register.filter
def chosen(field: BoundField) -> list[str]:
    """What is chosen in a field, in the words of its choices; nothing of a field without choices."""
    options = [part.data for part in field.subwidgets]
    return [str(one["label"]) for one in options if one.get("selected") and str(one["value"])]


@register.filter
def told_errors(form: Any) -> list[tuple[str, str, str]]:
    """What is wrong with a form, for the notice at its top: id, label and sentence.

    What two people changed differently is asked above it already.
    """
    meeting = form.meeting if hasattr(type(form), "meeting") else None
    asked = {one.name for one in meeting.clashes} if meeting else set()
    told = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form:
        if field.name not in asked:
            told += [(field.id_for_label or field.auto_id, field.label, str(error)) for error in field.errors]
    return told


@register.inclusion_tag("components/meeting.html")
def meeting(form: Any) -> dict[str, object]:
    """What a form carries to be put together with what others save meanwhile, and what of it is asked."""
    return {"meeting": form.meeting if hasattr(type(form), "meeting") else None}  # a fault in it is not swallowed
