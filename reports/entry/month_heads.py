"""Which month a sheet says it is of, and which of several columns of an indicator are this month's."""

import re
from collections.abc import Mapping, Sequence

from communes.names import fold
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet
from reports.entry.month_turned import PAST
from reports.models import Indicator
from reports.months import Month

THIS = ("thang nay", "ky nay", "so lieu", "ket qua", "so luong", "thuc hien", "trong thang", "trong ky")
TITLE_IN = 6  # rows searched for what a sheet says it is of
OF_A_MONTH = re.compile(r"tháng\s+(\d{1,2})\s*(?:/|-|\.|,?\s*năm\s)\s*(\d{4})", re.IGNORECASE)
SIGNED_ON = re.compile(r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}", re.IGNORECASE)
OF_A_UNIT = re.compile(r"(.+?): (?:số liệu|vũ khí, vật liệu nổ giao nộp) tháng \d+/\d+")
CALLED = re.compile(r"(?:t|th|thang) ?(\d{1,2})(?: (?:nam )?(\d{4}|\d{2}))?")


def titles_of(sheet: Sheet) -> list[str]:
    """What a sheet says it is of: single words above its rows that name a month, else its own name if that does."""
    rows = [[said for cell in row if (said := text(cell))] for row in sheet.rows[:TITLE_IN]]
    alone = [one for row in rows if len(row) <= 2 for one in row]  # a title, no head of a column
    titles = [title for one in alone if OF_A_MONTH.search(title := SIGNED_ON.sub("", one))]
    return titles or ([sheet.name] if CALLED.fullmatch(fold(sheet.name)) else [])


def is_of(title: str, month: Month) -> bool:
    """Whether a title or a sheet's name says a month, perhaps without its year."""
    if said := OF_A_MONTH.findall(title):
        return (month.number, month.year) in {(int(number), int(year)) for number, year in said}
    found = CALLED.fullmatch(fold(title))
    return found is None or (
        int(found[1]) == month.number and int(found[2] or month.year) in (month.year, month.year % 100)
    )


def of_this_month(sheet: Sheet, head: int, columns: Mapping[int, Indicator]) -> dict[int, Indicator]:
    """The columns of indicators that hold this month's figures, where heads stand in two rows.

    A head over "Kỳ trước" and "Kỳ này" means the second column, and of two columns of an indicator that stand below
    those words the one below the second; last month's figures are never read as this month's.
    """
    row = sheet.rows[head]
    upper = _carried(sheet.rows[head - 1]) if head else []
    lower = [fold(text(cell)) for cell in sheet.rows[head + 1]] if head + 1 < len(sheet.rows) else []
    filled = [place for place, cell in enumerate(row) if text(cell)]
    found = {}
    for place, indicator in columns.items():
        end = next((one for one in filled if one > place), max(len(row), len(lower)))
        below = {one: lower[one] for one in range(place, min(end, len(lower)))}
        this = next((one for one, said in below.items() if said in THIS), None)
        over = upper[place] if place < len(upper) else ""
        if this is not None:
            found[this] = indicator
        elif not (below.get(place, "").startswith(PAST) or over.startswith(PAST)):
            found[place] = indicator
    return found


def _carried(row: Sequence[object]) -> list[str]:
    """An upper line of heads: a merged cell stands over every place until the next one."""
    found, last = [], ""
    for cell in row:
        last = fold(text(cell)) or last
        found.append(last)
    return found
