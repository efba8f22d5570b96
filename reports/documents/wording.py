"""Numbers, comparisons and lists as they stand in the running text of an official report."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from communes.templatetags.vietnamese import number
from reports.documents.facts import Figures
from reports.tables.table import SMALL, Number, rate_of_change, tells
from reports.totals.comparing import BASE_NAMES, Base, Compared

STILL = "gần như không đổi"
NAMED = 10  # so many units are named one by one; of more the first, and how many there are


def counted(value: Number) -> str:
    """Write a count: one digit with a leading zero, "02", "1.164"; "0,5" as it is."""
    whole = value == int(value)
    return f"0{int(value)}" if whole and 0 < value < 10 else number(value)


def moved(compared: Compared, unit: str) -> str:
    """Say how a figure moved: "tăng 12 lượt (+6,3%)", "giảm từ 07 xuống 05 vụ", "gần như không đổi", "bằng"."""
    now, then = compared.sides or (0, 0)
    if now == then:
        return "bằng"
    if not tells(now, then):
        return STILL
    up = now > then
    if then < SMALL:
        return f"{'tăng' if up else 'giảm'} từ {counted(then)} {'lên' if up else 'xuống'} {counted(now)} {unit}"
    by = f"tăng {counted(now - then)}" if up else f"giảm {counted(then - now)}"
    return f"{by} {unit} ({rate_of_change(now, then)})"


def comparison(figures: Figures, bases: Sequence[Base], unit: str, what: str = "") -> str:
    """Compare a figure with each base it has: "tăng 12 lượt (+6,3%) so với cùng kỳ, giảm … so với kỳ trước".

    Where only some of the units have both spans, which ones, once where both bases have the same: "… (so cùng 91 xã,
    phường có số liệu cả hai kỳ)". ``what`` names the figure where it hardly moved: "số buổi gần như không đổi".
    """
    said: dict[tuple[str, str], list[str]] = {}
    for base in bases:
        compared = figures.beside(base)
        if compared:
            said.setdefault((moved(compared, unit), compared.why), []).append(BASE_NAMES[base])
    reasons = dict.fromkeys(why for _, why in said)
    parts = []
    for (words, why), names in said.items():
        still = what and words in ("bằng", STILL)
        told = f"{what} {words}" if still else words
        over = f" ({why})" if why and len(reasons) > 1 else ""
        parts.append(f"{told}{' ' if words == 'bằng' else ' so với '}{' và '.join(names)}{over}")
    shared = f" ({why})" if len(reasons) == 1 and (why := next(iter(reasons))) else ""
    return f"{', '.join(parts)}{shared}"


def official(words: str) -> str:
    """Write a sentence of the pages as a report has it: "01 xã, phường", "14/6/2026"."""
    words = re.sub(r"(?<![\d.,/])(\d)(?= (?:xã|đơn vị))", r"0\1", words)
    return re.sub(r"(\d\d)/0([3-9])/(\d{4})", r"\1/\2/\3", words)


def in_text(name: str) -> str:
    """Write the name of a kind inside a sentence: "Súng tự chế (kíp, hơi)" → "súng tự chế"."""
    bare = re.sub(r"\s*\([^)]*\)", "", name).removeprefix("Trong đó: ").strip()
    return bare if bare[:2].isupper() else bare[:1].lower() + bare[1:]


def listed(things: Iterable[str]) -> str:
    """Join things: "a, b và c"; with semicolons where one of them holds a comma."""
    found = list(things)
    if any("," in thing for thing in found):
        return "; ".join(found)
    return " và ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def some(names: Sequence[str]) -> str:
    """Name units, all or the first of them."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} và {counted(len(names) - NAMED)} đơn vị khác"


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop."""
    words = words.strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '…', ':', '?')) else '.'}" if words else ""


def day_figures(day: date) -> str:
    """Write "14/6/2026", "05/02/2025": days below 10 and months 1 and 2 with a zero (Decree 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


def day_words(day: date | None) -> str:
    """Write "ngày 05 tháng 7 năm 2025": days below 10 and months 1 and 2 with a zero; blanks for no day yet."""
    if day is None:
        return "ngày      tháng      năm        "
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
