"""The letters of before Unicode: TCVN3 (fonts ".Vn…") and VNI (fonts "VNI-…"), known and turned into Unicode.

In both a Western letter stands for a Vietnamese one, so that text without its font reads as "Tæ liªn gia" or
"Toå lieân gia".
"""

import re
import unicodedata

TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
ACUTE, GRAVE, HOOK, TILDE, DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
_TONES = {"ù": ACUTE, "ø": GRAVE, "û": HOOK, "õ": TILDE, "ï": DOT}
_HATS = dict(zip("âáàåãä", ("", ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))
_BOWLS = dict(zip("êéèúüë", ("", ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))


def _vni() -> dict[str, str]:
    """Every group of letters of VNI and what it stands for, small and capital."""
    found = {"ñ": "đ", "ô": "ơ", "ö": "ư", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
    for mark, tone in _TONES.items():
        found |= {f"{letter}{mark}": f"{letter}{tone}" for letter in "aeouy"}
        found |= {f"ô{mark}": f"o{HORN}{tone}", f"ö{mark}": f"u{HORN}{tone}"}
    for mark, tone in _HATS.items():
        found |= {f"{letter}{mark}": f"{letter}{CIRCUMFLEX}{tone}" for letter in "aeo"}
    found |= {f"a{mark}": f"a{BREVE}{tone}" for mark, tone in _BOWLS.items()}
    composed = {key: unicodedata.normalize("NFC", value) for key, value in found.items()}
    capitals = {key[0].upper() + key[1:]: value.upper() for key, value in composed.items()}
    return composed | capitals | {key.upper(): value.upper() for key, value in composed.items()}


VNI = _vni()
VNI_GROUPS = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
LETTER = r"[A-Za-z\u00aa-\u00ff]"
ONLY_TCVN3 = re.compile(rf"[µ¸¶·¹¨»¾¼©®ª«¬\u00ad§]{LETTER}|{LETTER}[µ¸¶·¹¨»¾¼©®ª«¬\u00ad]")
ONLY_VNI = re.compile(r"[aeouyôö][øûïåäüë]|[ôö][ùõ]|[aeo]â|aê|[aeoy]ù|ñ[a-zöô]|[a-z]ö", re.IGNORECASE)
WESTERN = 0xFF
BYTES = {bytes([code]).decode("cp1252", errors="ignore") or chr(code): code for code in range(0x80, 0x100)}
"""The letters that single bytes are read as, also those that Windows-1252 leaves open."""


def mended(text: str) -> str:
    """Vietnamese in UTF-8 that was read byte by byte ("Tá»• liÃªn gia"), put together again; "" for any other text."""
    try:
        said = bytes(BYTES.get(letter, ord(letter)) for letter in text).decode()
    except (ValueError, UnicodeDecodeError):
        return ""
    return said if len(said) < len(text) else ""


def convert(text: str, kind: str) -> str:
    """Turn text of an encoding ("tcvn3", "tcvn3h" whose font writes capitals, "vni", "utf8") into Unicode."""
    if kind == "utf8":
        return mended(text) or text
    if kind == "vni":
        return VNI_GROUPS.sub(lambda found: VNI[found[0]], text)
    said = "".join(TCVN3.get(letter, letter) for letter in text)
    return said.upper() if kind == "tcvn3h" else said


def kind_of(text: str) -> str:
    """The encoding that text gives itself away by, or ""; proper Vietnamese never looks like either."""
    if text.isascii():
        return ""
    if mended(text):
        return "utf8"
    if any(ord(letter) > WESTERN for letter in text):
        return ""
    return "tcvn3" if ONLY_TCVN3.search(text) else "vni" if ONLY_VNI.search(text) else ""


def looks_legacy(text: str) -> bool:
    """Whether a text of Western letters is Vietnamese of an old encoding."""
    words = [word for word in text.split() if not word.isascii()]
    return bool(words) and sum(bool(kind_of(word)) for word in words[:2000]) * 4 > len(words[:2000])
