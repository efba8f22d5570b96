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
LONGEST_SEARCH = 100


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
    (r"/register/(counts|movements|priority|initiatives/typical)/", "tinh-xem-danh-ba"),
    (r"/register/(initiatives|safety|groups/ratings)/", "mo-hinh-an-toan-ve-antt-xep-loai"),
    (r"/register/", "danh-ba"),
    (r"/reports/[^/]+/(drafts/|[^/]+/send/)", CHIEF),
    (r"/reports/[^/]+/[^/]+/returned/", "bi-tra-lai"),
    (r"/reports/[^/]+/[^/]+/file/", "dan-tu-excel-libreoffice"),
    (r"/reports/", OFFICER),
    (r"/review/reminders/", "nhac-gui"),
    (r"/review/(deadlines|timeliness)/", "han-gui"),
    (r"/review/", PROVINCE),
    (r"/(dashboard/(former|arrangements)|published)/", "don-vi-cu-va-so-lieu-da-cong-bo"),
    (r"/overview/", LEADER),
    (r"/(dashboard|figures)/", "tong-hop"),
    (r"/explore/", "khai-thac"),
    (r"/documents/", "lam-bao-cao-word"),
    (r"/accounts/second-factor/", "xac-thuc-hai-buoc"),
    (r"/accounts/tokens/", "ma-truy-cap-cho-phan-mem"),
    (r"/accounts/sessions/", "phien-dang-mo"),
    (r"/admin/", ADMINISTRATOR),
)
"""Beginnings of addresses, the closest first, with the anchor of the guide's place."""


class GuideItem(NamedTuple):
    """A piece of the guide that is found by its words: where it stands, under which heading, what it says."""

    anchor: str
    heading: str
    text: str


class Guide(NamedTuple):
    """The guide: its text, the anchors and names of its chapters, and its passages."""

    text: SafeString
    chapters: tuple[tuple[str, str], ...]
    passages: tuple[GuideItem, ...]

    def holding(self, query: str) -> list[GuideItem]:
        """The passages that hold every word, accents and case forgiven; none where nothing is asked."""
        words = fold(query).split()
        return [one for one in self.passages if words and all(word in _folded(one) for word in words)]


@cache
def _folded(passage: GuideItem) -> str:
    return fold(f"{passage.heading} {passage.text}")


def _picture(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A picture is led to, not shown: on a slow line the words come first."""
    address = static(PICTURES + str(tokens[at].attrs["src"]).removeprefix("images/"))
    return format_html('<a class="quiet" href="{}">Ảnh: {}</a>', address, tokens[at].content)


@cache
def guide() -> Guide:
    """Read the guide once; chapters are its headings of the second level, passages its paragraphs, items and lines."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _picture)
    tokens = reader.parse(SOURCE.read_text(encoding="utf-8"))
    chapters: list[tuple[str, str]] = []
    passages: list[GuideItem] = []
    heading, above = "", []  # type: tuple[str, list[Token]]
    taken = {_name(tokens[at + 1].content) for at, one in enumerate(tokens) if one.type == "heading_open"}
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.nesting == 1 and not token.hidden:
            above.append(token)
        elif token.nesting == -1 and not token.hidden:
            above.pop()
        if token.type == "inline":
            block = next(one for one in reversed(above) if one.tag not in ("td", "th"))
            if block.type == "heading_open":
                heading = token.content
                block.attrSet("id", _name(heading))
                chapters += [(_name(heading), heading)] if block.tag == "h2" else []
            elif not block.attrGet("id"):
                block.attrSet("id", _anchor(token, taken))
            passages.append(GuideItem(str(block.attrGet("id")), heading, _plain(token)))
    text = mark_safe(reader.renderer.render(tokens, reader.options, {}))
    return Guide(text, tuple(chapters), tuple(passages))


def _plain(token: Token) -> str:
    """The words of a piece, without its marks and pictures."""
    parts = [one.content for one in token.children or () if one.type in ("text", "code_inline", "softbreak")]
    return " ".join(" ".join(parts).split())


def _name(words: str) -> str:
    """An anchor from words."""
    return fold(words).replace(" ", "-")


def _anchor(token: Token, taken: set[str]) -> str:
    """A name for a piece: the words in bold that it begins with, where no other has them; else its number."""
    children = [one for one in token.children or () if one.content or one.type == "strong_open"]
    bold = _name(children[1].content) if len(children) > 1 and children[0].type == "strong_open" else ""
    anchor = bold if bold and bold not in taken else f"m{len(taken)}"
    taken.add(anchor)
    return anchor


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
    """Seen by: everyone signed in. How the work is done, by role; searched by words."""
    query = request.GET.get("q", "")[:LONGEST_SEARCH]
    return render(request, "guide.html", {"guide": guide(), "query": query, "found": guide().holding(query)})
