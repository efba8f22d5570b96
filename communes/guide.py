"""The guide as a page: docs/huong-dan.md, which is also read where the project is kept."""

import re
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

from communes.models import User
from communes.names import fold

SOURCE = settings.BASE_DIR / "docs" / "huong-dan.md"
PICTURES = "guide/"  # where docs/images is served from


OFFICER, CHIEF, PROVINCE, LEADER, ADMINISTRATOR = (
    "can-bo-nhap-lieu-cap-xa",
    "chi-huy",
    "cap-tinh",
    "lanh-dao",
    "quan-tri",
)
PLACES = (
    (r"/register/import/", "nhap-tu-excel"),
    (r"/register/hamlets/(change|round)/", "khu-dan-cu-thay-doi"),
    (r"/register/(initiatives|safety|groups/ratings)/", "mo-hinh-an-toan-ve-antt-xep-loai"),
    (r"/register/", "danh-ba"),
    (r"/reports/[^/]+/(drafts/|[^/]+/send/)", CHIEF),
    (r"/reports/", OFFICER),
    (r"/review/", PROVINCE),
    (r"/(dashboard/former|published)/", "don-vi-cu-va-so-lieu-da-cong-bo"),
    (r"/overview/", LEADER),
    (r"/(dashboard|figures)/", "tong-hop"),
    (r"/explore/", "khai-thac"),
    (r"/documents/", "lam-bao-cao-word"),
    (r"/accounts/second-factor/", "xac-thuc-hai-buoc"),
    (r"/accounts/tokens/", "ma-truy-cap-cho-phan-mem"),
    (r"/admin/", ADMINISTRATOR),
)
"""Beginnings of addresses, the closest first, with the anchor of the guide's place."""


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
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            name = tokens[at + 1].content
            anchor = fold(name).replace(" ", "-")
            token.attrSet("id", anchor)
            if token.tag == "h2":
                chapters.append((anchor, name))
    return Guide(mark_safe(reader.renderer.render(tokens, reader.options, {})), tuple(chapters))


def place_of(path: str, user: User) -> str:
    """The anchor of the guide's place for a page; for one that each role has its own way, by the role."""
    found = next((anchor for begins, anchor in PLACES if re.match(begins, path)), "")
    own = {
        OFFICER: user.is_commune,
        PROVINCE: user.is_provincial,
        ADMINISTRATOR: user.is_administrator,
        LEADER: user.only_reads,
        CHIEF: user.is_chief,
    }
    return found or [anchor for anchor, is_hers in own.items() if is_hers][-1]


def guide_page(request: HttpRequest) -> HttpResponse:
    """Seen by: everyone signed in. How the work is done, by role."""
    return render(request, "guide.html", {"guide": guide()})
