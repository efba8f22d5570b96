"""The guide as a page: docs/huong-dan.md, which is also read where the project is kept."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from communes.names import fold

SOURCE = settings.BASE_DIR / "docs" / "huong-dan.md"
PICTURES = "guide/"  # where docs/images is served from


class Guide(NamedTuple):
    """The guide: its text, and the anchors and names of its chapters."""

    text: SafeString
    chapters: tuple[tuple[str, str], ...]


def _picture(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A picture is led to, not shown: on a slow line the words come first."""
    address = static(PICTURES + str(tokens[at].attrs["src"]).removeprefix("images/"))
    return format_html('<a class="quiet" href="{}">Ảnh: {}</a>', address, tokens[at].content)


@cache
def guide() -> Guide:
    """Read the guide once; chapters are its headings of the second level."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _picture)
    tokens, chapters = reader.parse(SOURCE.read_text(encoding="utf-8")), []
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            name = tokens[at + 1].content
            anchor = fold(name).replace(" ", "-")
            token.attrSet("id", anchor)
            chapters.append((anchor, name))
    return Guide(mark_safe(reader.renderer.render(tokens, reader.options, {})), tuple(chapters))


def guide_page(request: HttpRequest) -> HttpResponse:
    """Seen by: everyone signed in. How the work is done, by role."""
    return render(request, "guide.html", {"guide": guide()})
