"""Lists of acts: a workbook whose lines are read as words, and refused whole where words could be lost."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from models_registry.importing import legacy
from models_registry.importing.columns import Field, find_layout
from models_registry.importing.questions import hidden_rows
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet, UnreadCell


def listed(
    sheets: Sequence[Sheet], fields: Sequence[Field], most: int, above: str = ""
) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of the first sheet that has the columns: the row of the file, and what each field says.

    A text that stands alone in its row, in none of the columns, is said of the field ``above``, if any.

    Raises ``ValidationError`` where no sheet has the columns, for too many lines, and for what is hidden, in old
    letters, or told by no file (a formula without its result): names are not guessed.
    """
    if legacy.find(list(sheets)):
        raise ValidationError("Tệp dùng phông chữ cũ (TCVN3, VNI); hãy chuyển sang Unicode rồi tải lại.")
    for sheet in sheets:
        layout = find_layout(sheet.rows, fields)
        if layout is None or sheet.hidden:
            continue
        if rows := hidden_rows(sheet, layout.head + 1):
            raise ValidationError(f"Tệp có dòng bị ẩn (dòng {rows[0] + 1}); hãy hiện hoặc xóa các dòng ấy rồi tải lại.")
        found = []
        for row, cells in enumerate(sheet.rows[layout.head + 1 :], start=layout.head + 2):
            said = {one.name: _cell(cells, layout.columns.get(one.name)) for one in fields}
            if above and not any(said.values()) and len(alone := {text(one) for one in cells if text(one)}) == 1:
                said[above] = alone.pop()
            if any(said.values()):
                found.append((row, said))
        if len(found) > most:
            raise ValidationError(f"Danh sách có hơn {most} dòng; hãy chia thành nhiều tệp.")
        return found
    needed = ", ".join(f"“{one.heading}”" for one in fields if one.required)
    raise ValidationError(f"Tệp không có đủ các cột {needed}.")


def _cell(cells: Sequence[Any], place: int | None) -> str:
    if place is None or place >= len(cells):
        return ""
    if isinstance(cells[place], UnreadCell):
        raise ValidationError(cells[place].sentence)
    return text(cells[place])
