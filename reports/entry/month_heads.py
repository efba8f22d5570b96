"""Which month a sheet says it is of, and which of several columns of an indicator are this month's."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from communes.names import fold
from models_registry.importing.columns import WHOLE
from models_registry.importing.shapes import is_number
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet
from reports.models import Indicator
from reports.months import Month

NOW = ("thang nay", "ky nay", "trong thang", "trong ky")
THIS = (*NOW, "so lieu", "ket qua", "so luong", "thuc hien")
PAST = ("thang truoc", "ky truoc", "cung ky", "luy ke", "nam truoc")
BESIDE = re.compile(r"(?:ty le|so sanh|tang|giam|ghi chu|binh quan)\b.*")
"""Columns below a head that count nothing of their own."""
TITLE_IN = 6  # rows searched for what a sheet says it is of
OF_A_MONTH = re.compile(r"tháng\s+(\d{1,2})\s*(?:/|-|\.|,?\s*năm\s)\s*(\d{4})", re.IGNORECASE)
SIGNED_ON = re.compile(r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}", re.IGNORECASE)
OF_A_UNIT = re.compile(r"(.+?): (?:số liệu|vũ khí, vật liệu nổ giao nộp) tháng \d+/\d+")
CALLED = re.compile(r"(?:t|th|thang) ?(\d{1,2})(?: (?:nam )?(\d{4}|\d{2}))?|(\d{1,2}) (\d{4})")
MOST_NAMED = 4  # columns below a head that are named


class Split(NamedTuple):
    """The columns of this month, and the heads of which no column says that it is."""

    columns: dict[int, Indicator]
    unclear: list[tuple[int, str]]


def titles_of(sheet: Sheet) -> list[str]:
    """What a sheet says it is of: single words above its rows that name a month, else its own name if that does."""
    rows = [[said for cell in row if (said := text(cell))] for row in sheet.rows[:TITLE_IN]]
    alone = [one for row in rows if len(row) <= 2 for one in row]  # a title, no head of a column
    titles = [title for one in alone if OF_A_MONTH.search(title := SIGNED_ON.sub("", one))]
    return titles or ([sheet.name] if CALLED.fullmatch(fold(sheet.name)) else [])


def is_of(title: str, month: Month) -> bool:
    """Whether a title or a sheet's name says a month, perhaps without its year; what says none may be of any."""
    if said := OF_A_MONTH.findall(title):
        return (month.number, month.year) in {(int(number), int(year)) for number, year in said}
    found = CALLED.fullmatch(fold(title))
    if found is None:
        return True
    number, year = int(found[1] or found[3]), int(found[2] or found[4] or month.year)
    return number == month.number and year in (month.year, month.year % 100)


def is_now(said: str, month: Month | None) -> bool:
    """Whether a folded head says that a column is this month's: "kỳ này", "số lượng", "T12"."""
    return said in THIS or bool(month and CALLED.fullmatch(said) and is_of(said, month))


def is_past(said: str, month: Month | None) -> bool:
    """Whether it says another time: "kỳ trước", "lũy kế", "T11"."""
    return said.startswith(PAST) or bool(month and CALLED.fullmatch(said) and not is_of(said, month))


def split(
    sheet: Sheet,
    head: int,
    columns: Mapping[int, Indicator],
    month: Month | None,
    is_line: Callable[[Sequence[Any]], bool] = lambda cells: False,
) -> Split:
    """Tell the columns of indicators that hold this month's figures, where heads stand in two rows.

    A head over "Kỳ trước" and "Kỳ này", or over twelve months, means the column that says it is this one's; of two
    columns of an indicator that stand below such words the one below the right ones. Where several columns stand below
    a head and none says so, none is read. A line of which ``is_line`` holds is data, and names no columns.
    """
    row = sheet.rows[head]
    upper = _carried(sheet.rows[head - 1]) if head else []
    lower = sheet.rows[head + 1] if head + 1 < len(sheet.rows) and not is_line(sheet.rows[head + 1]) else []
    filled = [place for place, cell in enumerate(row) if text(cell)]
    found, unclear = dict[int, Indicator](), list[tuple[int, str]]()
    for place, indicator in columns.items():
        end = next((one for one in filled if one > place), max(len(row), len(lower)))
        below = _below(lower[place:end])
        step = _step(below, month)
        if step is None:
            named = [text(cell) for cell in lower[place:end] if text(cell)]
            unclear.append((place, ", ".join(named[:MOST_NAMED]) + ("…" if len(named) > MOST_NAMED else "")))
        elif step or not is_past(fold(upper[place]) if place < len(upper) else "", month):
            found[place + step] = indicator
    told = {*found.values(), *(columns[place] for place, _ in unclear)}
    return Split(
        found,
        [*unclear, *((place, text(sheet.rows[head - 1][place])) for place, one in columns.items() if one not in told)],
    )


def _step(below: Sequence[str], month: Month | None) -> int | None:
    """How far right of its head this month's column stands, by what stands below the head; None for none of them."""
    if (now := next((step for step, said in enumerate(below) if is_now(said, month)), None)) is not None:
        return now
    periods = [step for step, said in enumerate(below) if said and is_past(said, month)]
    wholes = [step for step, said in enumerate(below) if said in WHOLE]
    parts = [
        step
        for step, said in enumerate(below)
        if said and step not in (*periods, *wholes) and not BESIDE.fullmatch(said)
    ]
    if not below or not below[0]:
        return 0
    meant = wholes if wholes and (parts or not periods) else parts  # beside periods alone it is their sum
    return meant[0] if len(meant) == 1 else None


def _below(cells: Sequence[object]) -> list[str]:
    """What the columns below a head are called, folded; "" where figures stand there. 1, 2, 3 … are months."""
    said = [text(cell) for cell in cells]
    filled = [one for one in said if one]
    if len(filled) > 1 and filled == [str(number) for number in range(1, len(filled) + 1)]:
        return [f"thang {one}" if one else "" for one in said]
    if any(is_number(cell) and not CALLED.fullmatch(fold(one)) for cell, one in zip(cells, said, strict=True) if one):
        return [""] * len(said)
    return [fold(one) for one in said]


def _carried(row: Sequence[object]) -> list[str]:
    """An upper line of heads: a merged cell stands over every place until the next one."""
    found, last = [], ""
    for cell in row:
        last = text(cell) or last
        found.append(last)
    return found
