"""Lines of a month's file that hold figures and name no row: sums are known by what they add, the rest are faults."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from communes.names import name_key
from models_registry.importing.shapes import UNIT_ABOVE, is_number, is_numbering, is_signature, is_total
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet, UnreadCell
from reports.entry.month_turned import line_name

SUMS = ("=SUM(", "=SUBTOTAL(", "=AGGREGATE(")
SAYS_SUM = re.compile(rf"{UNIT_ABOVE.pattern}|(?:tổng|cộng|toàn)\b.*|khu vực", re.IGNORECASE)
"""Names of what hamlets lie in: whatever else is called adds nothing up, though its figures should."""
NAMELESS = "Dòng có số nhưng không rõ của khu nào; {count} ô của dòng không được đọc."
UNKNOWN = "Không có khu dân cư này trong tháng; {count} ô của dòng không được đọc."


@dataclass
class Strangers:
    """The lines of one sheet in their order; ``names_in`` is how many columns may hold a name."""

    sheet: Sheet
    names_in: int
    unit: str = ""  # the commune's own name
    lines: list[tuple[int, bool, Mapping[int, Any]]] = field(default_factory=list)
    """Number, whether it names a row, and its figures by column."""
    is_foot: bool = False  # whether a signature stands above

    def known(self, number: int, values: Mapping[int, Any]) -> None:
        """Hear a line that names a row."""
        self.lines.append((number, True, values))

    def strange(self, number: int, values: Mapping[int, Any], *, is_subhead: bool) -> None:
        """Hear a line that names none: a sum, a signature and the numbers of columns are none, nor is the foot."""
        cells = self.sheet.rows[number]
        said = self._said(number)
        self.is_foot |= any(is_signature(text(cell)) for cell in cells if isinstance(cell, str))
        if any(is_total(one) or is_signature(one) for one in said) or is_numbering([text(c) for c in cells if text(c)]):
            return
        has_figure = any(is_number(one) or isinstance(one, UnreadCell) for one in values.values())
        if has_figure or not (self.is_foot or is_subhead):
            self.lines.append((number, False, values))

    def told(self) -> tuple[list[tuple[str, str, str]], list[str]]:
        """The faults and the notes: every line that holds figures and is read as nothing."""
        faults, notes = [], []
        for place, (number, names_a_row, values) in enumerate(self.lines):
            if names_a_row:
                continue
            said, at = self._said(number), f"{self.sheet.name} {line_name(self.sheet, number)}"
            unread = next(
                (c for c in self.sheet.rows[number][: self.names_in] if isinstance(c, (UnreadCell, date))), None
            )
            if unread is not None:
                why = unread.sentence if isinstance(unread, UnreadCell) else "Excel đã đổi tên thành ngày."
                faults.append((at, text(unread)[:60], f"{why} {NAMELESS.format(count=len(values))}"))
            elif self._may_add(said) and self._is_sum(place, values, least=2 if said else 1):
                if said:
                    notes.append(f"{at}: bỏ qua “{said[-1][:60]}”, là dòng cộng của các khu.")
            else:
                sentence = UNKNOWN if said else NAMELESS
                faults.append((at, said[-1][:60] if said else "", sentence.format(count=len(values))))
        return faults, notes

    def _said(self, number: int) -> list[str]:
        cells = self.sheet.rows[number][: self.names_in]
        return [text(cell) for cell in cells if isinstance(cell, str) and text(cell)]

    def _may_add(self, said: Sequence[str]) -> bool:
        """Whether a line without a name, or of such a name, may add others up."""
        own = name_key(self.unit)
        return not said or any(
            SAYS_SUM.fullmatch(one) or (own and name_key(one) in (own, own.partition(" ")[2])) for one in said
        )

    def _is_sum(self, place: int, values: Mapping[int, Any], least: int) -> bool:
        """Whether a line adds up those before it, after it, or the block next to it: ``least`` of them at the least."""
        before, after = self.lines[:place][::-1], self.lines[place + 1 :]
        added = [before, after, _block(before), _block(after), self.lines]
        return any(_adds(values, [one for _, names, one in lines if names], least) for lines in added)


def _block(lines: Sequence[tuple[int, bool, Mapping[int, Any]]]) -> list[tuple[int, bool, Mapping[int, Any]]]:
    """The lines up to the next that names no row."""
    end = next((place for place, one in enumerate(lines) if not one[1]), len(lines))
    return list(lines[:end])


def _adds(values: Mapping[int, Any], lines: Sequence[Mapping[int, Any]], least: int) -> bool:
    sums: Counter[int] = Counter()
    for line in lines:
        sums.update({x: cell for x, cell in line.items() if isinstance(cell, (int, float))})
    formulas = {x for x, cell in values.items() if isinstance(cell, UnreadCell) and str(cell).upper().startswith(SUMS)}
    if len(formulas) == len(values):
        return True
    rest = {x: cell for x, cell in values.items() if x not in formulas}
    return len(lines) >= least and any(rest.values()) and all(cell == sums.get(x) for x, cell in rest.items())
