"""Lists of acts: a workbook whose lines are read as words, and refused whole where words could be lost."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from xlsxwriter.utility import xl_rowcol_to_cell

from communes.names import fold
from models_registry.importing.columns import LOOK_IN, Field, Layout, find_layout, match
from models_registry.importing.questions import FileQuestion, as_above, hidden_rows, in_unicode
from models_registry.importing.shapes import Shape, is_numbering, is_signature, is_total
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet, UnreadCell

MOST_NAMES = 8000  # letters of a cell that names several


@dataclass(frozen=True)
class Listed:
    """The lines of a list: the row of the file, and what each field says. Until its questions are answered, as they
    would be read if everything that is asked is as it seems.
    """

    lines: list[tuple[int, dict[str, str]]]
    sheet: Sheet
    """What they stand on, as the file has it: with other answers it is read again."""
    questions: list[FileQuestion] = field(default_factory=list)

    @property
    def open_questions(self) -> list[FileQuestion]:
        """Those without an answer; nothing is written while there is one."""
        return [one for one in self.questions if not one.answer]


def listed(
    sheets: Sequence[Sheet],
    fields: Sequence[Field],
    most: int,
    above: str = "",
    answers: Mapping[str, str] | None = None,
) -> Listed:
    """Read the first sheet that has the columns.

    A text that stands alone in its row, in none of the columns, is said of the field ``above``, if any.

    Raises ``ValidationError`` where no sheet has the columns, for too many lines, and for what is hidden or told by no
    file (a formula without its result): names are not guessed.
    """
    answers = answers or {}
    for sheet in sheets:
        (said,), letters = in_unicode([sheet], answers)
        layout = find_layout(said.rows, fields)
        if layout is None or sheet.hidden:
            continue
        if rows := hidden_rows(said, layout.head + 1):
            raise ValidationError(f"Tệp có dòng bị ẩn (dòng {rows[0] + 1}); hãy hiện hoặc xóa các dòng ấy rồi tải lại.")
        said, repeats = as_above(said, layout, fields, answers, but=())
        lines = _lines(said, layout, fields, above)
        if len(lines) > most:
            raise ValidationError(f"Danh sách có hơn {most} dòng; hãy chia thành nhiều tệp.")
        return Listed(lines, sheet, [one for one in (letters, repeats) if one])
    top = [row for one in sheets if not one.hidden for row in one.rows[:LOOK_IN]]
    there = max((match([text(cell) for cell in row], fields) for row in top), key=len, default={})
    must = [one for one in fields if one.required]
    lacking = [one for one in must if one.name not in there] or must
    needed = ", ".join(f"“{one.heading}”" for one in lacking)
    raise ValidationError(f"Tệp không có đủ các cột: thiếu {needed}.")


def _lines(sheet: Sheet, layout: Layout, fields: Sequence[Field], above: str) -> list[tuple[int, dict[str, str]]]:
    found = []
    must = [one.name for one in fields if one.required]
    heads = {name: fold(layout.headings[place]) for name, place in layout.columns.items()}
    for row in range(layout.head + 1, _foot(sheet, layout, fields)):
        cells = sheet.rows[row]
        said = {one.name: _cell(cells, row, layout.columns.get(one.name), one) for one in fields}
        marks = [mark for one in cells if (mark := text(one))]
        is_sum = any(map(is_total, marks[:2])) and not all(said[name] for name in must)
        if is_sum or is_numbering(marks) or _is_head(said, heads, right_below=row == layout.head + 1):
            continue
        if above and not any(said.values()) and len(alone := set(marks)) == 1:
            said[above] = alone.pop()
        if any(said.values()):
            found.append((row + 1, said))
    return found


def _is_head(said: Mapping[str, str], heads: Mapping[str, str], *, right_below: bool) -> bool:
    """Whether a row is the heads again, or the lower of two rows of them: "Tên khu" under "Trước sáp nhập"."""
    words = {name: fold(one) for name, one in said.items() if one}
    return bool(words) and all(
        one == heads.get(name) or (right_below and one.split()[:1] == ["ten"]) for name, one in words.items()
    )


def _foot(sheet: Sheet, layout: Layout, fields: Sequence[Field]) -> int:
    """The row of the signature, below which no list goes on."""
    thin = range(Shape(sheet.rows, layout, fields).foot, len(sheet.rows))
    signed = (row for row in thin if any(is_signature(text(cell)) for cell in sheet.rows[row]))
    return next(signed, len(sheet.rows))


def _cell(cells: Sequence[Any], row: int, place: int | None, of: Field) -> str:
    if place is None or place >= len(cells):
        return ""
    cell = cells[place]
    try:
        if isinstance(cell, UnreadCell):
            raise ValueError(cell.sentence)
        return str(of.read(cell))
    except ValueError as error:
        raise ValidationError(f"{xl_rowcol_to_cell(row, place)}: {error}") from error


def names(value: Any) -> str:
    """What a cell says that may name several, on as many lines as the cell has; nothing of it is cut.

    Raises ``ValueError`` where it says more than any list does.
    """
    if len(said := str(value).strip() if isinstance(value, str) else text(value)) > MOST_NAMES:
        raise ValueError(f"Ô có {len(said)} ký tự, nhiều nhất {MOST_NAMES}; hãy chia thành nhiều dòng.")
    return "\n".join(line for one in said.splitlines() if (line := text(one, MOST_NAMES)))


def sharing(keys: Iterable[Iterable[Hashable]]) -> Iterator[list[int]]:
    """The places of lines that share a key, be it by way of other lines; each by its first, all in their order."""
    of_lines = [list(line) for line in keys]
    places: dict[Hashable, list[int]] = {}
    for place, line in enumerate(of_lines):
        for key in line:
            places.setdefault(key, []).append(place)
    for first in range(len(of_lines)):
        found, waiting = set(), [key for key in of_lines[first] if key in places]
        while waiting:
            for place in places.pop(waiting.pop(), []):
                found.add(place)
                waiting += [key for key in of_lines[place] if key in places]
        if found:
            yield sorted(found)
