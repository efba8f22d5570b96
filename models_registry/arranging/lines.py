"""The lines of a list of units: which old one goes into which new one, by which decision, from which day."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models_registry.importing.columns import Field
from models_registry.importing.listed import Listed, listed, names
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet

MOST_LINES = 12_000
FIELDS = (
    Field("old", "Đơn vị cũ", text, required=True, also=("Mã đơn vị cũ", "Xã cũ", "Mã xã cũ"), example="07999"),
    Field("code", "Mã đơn vị mới", text, required=True, also=("Mã xã mới", "Mã mới"), example="07999"),
    Field("name", "Đơn vị mới", text, required=True, also=("Tên đơn vị mới", "Xã mới"), example="Xã Chí Đám"),
    Field("number", "Nghị quyết, quyết định", text, required=True, also=("Số quyết định", "Nghị quyết"),
          example="1676/NQ-UBTVQH15"),
    Field("day", "Từ ngày", text, required=True, also=("Ngày", "Ngày hiệu lực"), example="01/07/2025"),
    Field("main", "Kế thừa chính", text, also=("Đơn vị kế thừa chính",), example="x"),
    Field("hamlets", "Khu dân cư theo về", names, also=("Khu dân cư", "Các khu theo về")),
    Field("province", "Tỉnh mới", text, also=("Mã tỉnh mới", "Mã tỉnh")),
)  # fmt: skip


class ArrangedLine(NamedTuple):
    """One line: an old unit and a new one that takes it or a part of it; ``row`` is where it stands in the file.

    ``main`` marks the heir of a unit that divides, ``hamlets`` names those that go here and not to the heir.
    """

    row: int
    old: str
    code: str
    name: str
    number: str
    day: str
    main: str = ""
    hamlets: str = ""
    province: str = ""


def read_list(sheets: Sequence[Sheet], answers: Mapping[str, str] | None = None) -> Listed:
    """Read a workbook of units; raises ``ValidationError`` with a sentence."""
    return listed(sheets, FIELDS, MOST_LINES, answers=answers)


def lines_of(found: Listed) -> list[ArrangedLine]:
    """The lines of a list that was read."""
    return [
        ArrangedLine(row, *(said[one.name] for one in FIELDS))
        for row, said in found.lines
        if said["old"] or said["code"] or said["name"]
    ]
