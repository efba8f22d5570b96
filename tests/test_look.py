"""The look: one declaration a line, colours only as tokens, contrasts that hold, letters that are all there."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parent.parent / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(|:\s*(?:white|black|red|green|blue|gray|grey)\b")
TOKENS = {"tokens.css"}
TEXT = ("ink", "ink-2", "ink-3", "green-2", "amber", "late", "blue")
GROUNDS = ("paper", "back", "sunk")
SOFT = (("green-2", "green-soft"), ("amber", "amber-soft"), ("late", "late-soft"), ("blue", "blue-soft"),
        ("on-green", "green"), ("on-late", "late"), ("ink-3", "amber-soft"), ("ink-3", "green-soft"))  # fmt: skip
SHAPES = ("edge", "green-mark", "amber-mark", "late", "line-chart")
ON_CLASSES = (("on-q", "q1"), ("on-q", "q2"), ("on-q", "q3"), ("on-q-deep", "q4"), ("on-q-deep", "q5"))


def tokens(look: str) -> dict[str, str]:
    """The colours of one look; the dark one takes over what it does not change."""
    text = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split("prefers-color-scheme: dark")
    dark = dark.split("@media print")[0]
    named = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
    return dict(named.findall(light)) | (dict(named.findall(dark)) if look == "dark" else {})


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_the_standard():
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_text_is_read_and_shapes_are_seen(look):
    colour = tokens(look)
    asked = [(text, ground, 4.5) for text in TEXT for ground in GROUNDS]
    asked += [(text, ground, 4.5) for text, ground in (*SOFT, *ON_CLASSES)]
    asked += [(shape, ground, 3) for shape in SHAPES for ground in ("paper", "back")]
    found = {(one, other): round(contrast(colour[one], colour[other]), 2) for one, other, _ in asked}
    assert not {(one, other): found[one, other] for one, other, least in asked if found[one, other] < least}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_more_is_always_further_from_the_paper(look):
    colour = tokens(look)
    away = [contrast(colour[f"q{one}"], colour["paper"]) for one in range(1, 6)]
    assert away == sorted(away)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_one_declaration_a_line_and_colours_only_as_tokens(sheet):
    for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), start=1):
        assert line.count(";") <= 1, f"{sheet.name}:{number} holds more than one declaration"
        assert not re.search(r"\{.*[;}]", line), f"{sheet.name}:{number} opens and declares on one line"
        if sheet.name not in TOKENS:
            assert not COLOUR.search(line), f"{sheet.name}:{number} has a colour of its own: {line.strip()}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_says_first_what_it_is_for_and_a_page_links_it(sheet):
    assert re.match(r"/\* .{15,}", sheet.read_text(encoding="utf-8").splitlines()[0])
    pages = STATIC.parent.glob("*/**/*.html")
    assert any(f"css/{sheet.name}" in page.read_text(encoding="utf-8") for page in pages)


def test_every_token_is_there():
    said = {
        name: set(re.findall(r"var\(--([\w-]+)\)", path.read_text())) for name, path in ((p.name, p) for p in SHEETS)
    }
    given = set(re.findall(r"--([\w-]+):", "".join(path.read_text() for path in SHEETS)))
    assert not {name: names - given for name, names in said.items() if names - given}


def test_the_letters_are_small_and_their_licence_lies_beside_them():
    fonts = sorted((STATIC / "fonts").glob("*.woff2"))
    assert [path.name for path in fonts] == ["antq-latin.woff2", "antq-viet.woff2"]
    assert sum(path.stat().st_size for path in fonts) < 26 * 1024
    assert all(path.read_bytes()[:4] == b"wOF2" for path in fonts)
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")
