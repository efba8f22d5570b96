"""Markup that stands around what a page holds: written once here, shown on the page of components."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from communes.privacy import NOTE

register = template.Library()


@register.simple_tag
def no_secrets() -> str:
    """What stands above every field of free words (domain, section 7)."""
    return NOTE


@register.simple_block_tag
def scrolling(content: SafeString, *label: object) -> SafeString:
    """Let a wide table scroll inside its own box, which the keyboard reaches and ``label`` names."""
    name = escape("".join(str(part) for part in label))
    return mark_safe(f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{content}</div>')


@register.simple_block_tag
def labelled(content: SafeString, of: str, label: str, *, note: str = "", grow: bool = False) -> SafeString:
    """Set a hand-written control (its id is ``of``) under its label; ``grow`` lets it take the line's room.

    ``note`` stands quietly after the label.
    """
    style = "field grow" if grow else "field"
    quiet = f' <span class="quiet">{escape(note)}</span>' if note else ""
    return mark_safe(f'<div class="{style}"><label for="{escape(of)}">{escape(label)}{quiet}</label>{content}</div>')


@register.inclusion_tag("components/meeting.html")
def meeting(form: Any) -> dict[str, object]:
    """What a form carries to be put together with what others save meanwhile, and what of it is asked."""
    return {"meeting": form.meeting if hasattr(type(form), "meeting") else None}  # a fault in it is not swallowed
