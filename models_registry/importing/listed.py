"""Lists of acts: a workbook whose lines are read as words, and refused whole where words could be lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from xlsxwriter.utility import xl_rowcol_to_cell

from models_registry.importing.columns import Field, Layout, find_layout
from models_registry.importing.questions import FileQuestion, as_above, hidden_rows, in_unicode
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
    needed = ", ".join(f"“{one.heading}”" for one in fields if one.required)
    raise ValidationError(f"Tệp không có đủ các cột {needed}.")


def _lines(sheet: Sheet, layout: Layout, fields: Sequence[Field], above: str) -> list[tuple[int, dict[str, str]]]:
    found = []
    for row in range(layout.head + 1, len(sheet.rows)):
        cells = sheet.rows[row]
        said = {one.name: _cell(cells, row, layout.columns.get(one.name), one) for one in fields}
        if above and not any(said.values()) and len(alone := {text(one) for one in cells if text(one)}) == 1:
            said[above] = alone.pop()
        if any(said.values()):
            found.append((row + 1, said))
    return found


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
