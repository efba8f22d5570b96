"""A sentence that users read stands in one place: a constant, a tag, or a template that others include."""

import ast
import re
from collections import defaultdict

import pytest

from tests.test_house import ROOT, TEMPLATES, files

LONG = 25
VIETNAMESE = re.compile(r"[à-ỹđ]", re.IGNORECASE)
MARKUP = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)
ENDS = re.compile(r"(?<=[.!?])\s+|[\"\0]")


def sentences(text):
    """The whole sentences of a text, as they read on a page."""
    for one in ENDS.split(text):
        said = " ".join(one.split())
        if len(said) > LONG and said[-1] in ".!?" and VIETNAMESE.search(said):
            yield said


def in_python(text):
    """What a module says: its strings, where {} stands for what is filled in, without what it says of itself."""
    tree = ast.parse(text)
    apart = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            apart.update(node.values)
        elif isinstance(node, ast.Expr):
            apart.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from sentences(
                "".join(
                    getattr(part, "value", "{}") if isinstance(part, ast.Constant) else "{}" for part in node.values
                )
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in apart:
            yield from sentences(node.value)


def in_template(text):
    return sentences(MARKUP.sub("\0", text))


def places():
    found = defaultdict(list)
    for _, path in files():
        if "migrations" not in path.parts:
            for said in in_python(path.read_text(encoding="utf-8")):
                found[said].append(path)
    for path in TEMPLATES:
        for said in in_template(path.read_text(encoding="utf-8")):
            found[said].append(path)
    return found


def test_a_sentence_is_said_in_one_place():
    found = places()
    assert len(found) > 500
    twice = [
        f"{said} ({', '.join(str(at.relative_to(ROOT)) for at in where)})"
        for said, where in found.items()
        if len(where) > 1
    ]
    assert not twice, "\n".join(twice)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (in_python, 'ERROR = "Trước đó. Danh sách đã để quá lâu; hãy tải lên lại."'),
        (in_python, 'say(f"{who}: Danh sách đã để quá lâu; hãy tải lên lại.")\nsay(f"Xong. Danh sách đã để quá lâu; "\n"hãy tải lên lại.")'),
        (in_template, "<p>{{ name }} <b>Danh sách đã để quá\n   lâu; hãy tải lên lại.</b> Xong.</p>"),
    ],
)  # fmt: skip
def test_a_sentence_is_found_wherever_it_stands(read, text):
    assert "Danh sách đã để quá lâu; hãy tải lên lại." in set(read(text))
