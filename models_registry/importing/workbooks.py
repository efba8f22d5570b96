"""Opening whatever file an officer has: xlsx, xls, ods, csv in any of the usual encodings, a web page named .xls.

Files are bounded in size, in rows and in decompressed bytes before they are read. What a cell holds and cannot be
read is an :class:`UnreadCell`, never a blank.
"""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from communes.register.files import neutral
from models_registry.importing.marks import ERROR, FORMULA, PERCENT
from models_registry.importing.reader import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    MOST_LETTERS,
    PAGE,
    SECONDS,
    TooLarge,
    column_name,
    filled_rows,
    is_blank,
)
from models_registry.importing.text_files import csv_rows, decode, is_html, lost_letters

ROOT = Path(__file__).resolve().parents[2]
FAR = 1_100_000  # rows of a text file that are looked through: blank ones below the data do not count
TEXTS, BOOKS = (".csv", ".txt", ".tsv", ".html", ".htm"), (".xls", ".xlsx", ".xlsm", ".ods")
WEB_ARCHIVES = ("MIME-Version:", "urn:schemas-microsoft-com:office:spreadsheet")
SAVE_AS = "Hãy mở bằng Excel, chọn Lưu thành (Save As) “Excel Workbook (.xlsx)” rồi tải lên."
EMPTY = "Tệp rỗng. Hãy chọn tệp có dữ liệu."
MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
FOREIGN = (
    (b"%PDF", "tệp PDF"), (b"Rar!", "tệp nén RAR"), (b"7z\xbc\xaf", "tệp nén 7z"), (b"\x1f\x8b", "tệp nén"),
    (b"\xff\xd8\xff", "ảnh"), (b"\x89PNG", "ảnh"), (b"GIF8", "ảnh"), (b"{\\rtf", "văn bản Word"),
)  # fmt: skip
WHAT_IS_READ = "Hệ thống đọc tệp Excel (.xlsx, .xls), LibreOffice (.ods) và CSV."


class Unreadable(Exception):
    """The file cannot be read; the message says why and what to do, in Vietnamese."""


SPLIT, HALF, AS_ABOVE, NOTHING_ABOVE, SHARED = "split", "half", "as above", "nothing above", "shared"
UNREAD = {
    FORMULA: "Ô có công thức nhưng tệp không lưu kết quả. Hãy mở bằng Excel, lưu lại rồi tải lên; hoặc ghi thẳng số.",
    ERROR: "Ô báo lỗi {shown}. Hãy sửa công thức hoặc ghi thẳng điều cần ghi.",
    SPLIT: "Dòng có nhiều ô hơn các dòng khác: số như 1,164 phải nằm trong ngoặc kép, hoặc lưu tệp thành .xlsx.",
    HALF: "Tên chia hai cột mà cột sau còn trống. Hãy ghi đủ họ và tên.",
    AS_ABOVE: "Ô ghi “{shown}” (như trên). Hãy ghi rõ.",
    NOTHING_ABOVE: "Ô ghi “{shown}” (như trên) mà ô ở trên không có gì. Hãy ghi rõ.",
    SHARED: "Một số ghi ở ô gộp cho nhiều dòng hoặc nhiều cột, không rõ của dòng nào. Hãy bỏ gộp ô, ghi số từng dòng.",
    PERCENT: "Ô ghi phần trăm, không rõ là số nào. Hãy ghi số thường.",
}


@dataclass(frozen=True)
class UnreadCell:
    """A cell that holds something, which the file does not tell: why, and what stands there."""

    why: str
    shown: str

    def __str__(self) -> str:
        return self.shown or "?"

    @property
    def sentence(self) -> str:
        """What is wrong with it, and the remedy."""
        return UNREAD[self.why].format(shown=self.shown)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from the first, as text, numbers, dates or "" for a blank."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    legacy: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells in fonts of an old encoding: "tcvn3", "tcvn3h", "vni"."""
    shared: frozenset[tuple[int, int]] = frozenset()
    """Cells that were merged around one number, typed as such or as text ("5", "24 hộ"): no count is read from them."""


def too_heavy(size: int) -> str:
    """Say that a file of so many bytes is not read."""
    mega = 1024 * 1024
    return f"Tệp nặng {size / mega:.0f} MB, quá {MAX_BYTES // mega} MB. Hãy chia thành nhiều tệp."


def read(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a file, whatever it is called. Raises :class:`Unreadable` with a sentence."""
    if not content:
        raise Unreadable(EMPTY)
    if len(content) > MAX_BYTES:
        raise Unreadable(too_heavy(len(content)))
    if content.startswith(ZIP):
        _check_zip(content)
        sheets = _told(content)
    elif content.startswith(OLE):
        if ENCRYPTED in content:
            raise Unreadable("Tệp đặt mật khẩu. Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ) rồi tải lại.")
        sheets = _told(content)
    elif what := next((what for begin, what in FOREIGN if content.startswith(begin)), ""):
        raise Unreadable(f"Tệp “{name}” thực ra là {what}. {WHAT_IS_READ}")
    elif name.lower().endswith(TEXTS + BOOKS):
        sheet = _text_sheet(name, content)
        sheets = [replace(sheet, rows=[[_text_cell(cell) for cell in row] for row in sheet.rows])]
    else:
        raise Unreadable(f"Không đọc được tệp “{name}”. {WHAT_IS_READ}")
    if not any(not is_blank(cell) for sheet in sheets for row in sheet.rows for cell in row):
        raise Unreadable("Tệp không có dữ liệu nào.")
    return sheets


def _check_zip(content: bytes) -> None:
    """Refuse macros, foreign archives and files that unpack to more than they should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Unreadable("Tệp có macro. Hãy lưu lại thành .xlsx (Excel Workbook) rồi tải lên.")
            if any(name.endswith("workbook.bin") for name in names):
                raise Unreadable(f"Tệp .xlsb không đọc được. {SAVE_AS}")
            if any(name.lower().endswith(BOOKS) for name in names):
                raise Unreadable("Đây là tệp nén. Hãy giải nén rồi tải lên tệp bảng tính ở trong.")
            if not any(name.endswith("workbook.xml") or name == "content.xml" for name in names):
                raise Unreadable(f"Đây không phải là bảng tính. {WHAT_IS_READ}")
            unpacked = 0
            for info in archive.infolist():
                with archive.open(info) as part:
                    while block := part.read(1024 * 1024):
                        unpacked += len(block)
                        if unpacked > MAX_UNPACKED:
                            raise Unreadable("Tệp bung ra quá lớn. Hãy chép dữ liệu sang một tệp mới rồi tải lên.")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("Tệp bị hỏng. Hãy mở bằng Excel, lưu lại rồi tải lên.") from error


TOO_LARGE = {
    "rows": f"Tệp có hơn {MAX_ROWS} dòng{{at}}. Hãy chia thành nhiều tệp, hoặc xóa ô lẻ ở phía dưới.",
    "columns": f"Tệp có hơn {MAX_COLUMNS} cột{{at}}. Hãy xóa các cột không dùng ở bên phải rồi tải lại.",
    "cells": "Tệp có quá nhiều ô. Hãy xóa các cột, trang không dùng rồi tải lại.",
    "letters": f"Tệp có ô dài hơn {MOST_LETTERS} chữ{{at}}. Hãy rút ngắn ô này rồi tải lại.",
    "sheets": f"Tệp có hơn {MAX_SHEETS} trang. Hãy chép dữ liệu sang một tệp mới.",
    "password": "Tệp đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lại.",
}
BROKEN = "Tệp bị hỏng hoặc sai loại. Hãy mở bằng Excel, lưu lại thành .xlsx rồi tải lên."


def _too_large(what: str, cell: str = "") -> str:
    return TOO_LARGE.get(what, BROKEN).format(at=f" (ô {cell} có chữ hoặc số)" if cell else "")


def _told(content: bytes, *how: str) -> list[Sheet]:
    """Return the sheets of a workbook, or a web page (``PAGE``), as the reader's process tells them.

    Raises :class:`Unreadable`.
    """
    answer = in_a_process(content, *how)
    if "error" in answer:
        raise Unreadable(_too_large(answer["error"], answer.get("cell", "")))
    return [_sheet(said) for said in answer["sheets"]]


def in_a_process(content: bytes, *how: str) -> dict[str, Any]:
    """Return the reader's answer from a process with bounded memory and time, whose death is a broken file."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "models_registry.importing.reader", *how],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            check=True,
            cwd=ROOT,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(BROKEN) from error
    return answer


def _sheet(said: dict[str, Any]) -> Sheet:
    """A sheet as the reader's process tells it: unreadable cells say so, merged ones count for all their rows."""
    rows = [[_cell(cell) for cell in row] for row in said["rows"]]
    for row, column, why, shown in said["unread"]:
        if row < len(rows):
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = UnreadCell(why, shown)
    shared = set()
    for first, column, last, right in said["merged"]:
        above = rows[first][column] if first < len(rows) and column < len(rows[first]) else ""
        if isinstance(above, (int, float)) or (isinstance(above, str) and any(map(str.isdigit, above))):
            ends = min(last + 1, len(rows)), min(right + 1, MAX_COLUMNS)
            shared |= {(row, x) for row in range(first, ends[0]) for x in range(column, ends[1])}
        for row in range(first + 1, min(last + 1, len(rows))) if not is_blank(above) else ():
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = above
    return Sheet(
        said["name"],
        rows,
        hidden=said["hidden"],
        hidden_rows=frozenset(said["hidden_rows"]),
        hidden_columns=frozenset(said["hidden_columns"]),
        legacy={(row, column): kind for row, column, kind in said["legacy"]},
        shared=frozenset(shared),
    )


def _cell(cell: Any) -> Any:
    return date.fromisoformat(cell["day"]) if isinstance(cell, dict) else _without_apostrophe(cell)


def _without_apostrophe(cell: Any) -> Any:
    """Undo what our exports put before text that a spreadsheet would calculate."""
    if isinstance(cell, str) and cell.startswith("'") and neutral(cell[1:]) == cell:
        return cell[1:]
    return cell


QUOTED = re.compile(r'="([^"]*)"')
CALCULATED = re.compile(r"=\s*[-+(]*\s*(?:[A-Za-z]{1,3}\$?[0-9]|[A-Za-z.]{2,}\(|[0-9][0-9.,]*\s*[-+*/])")


def _text_cell(cell: Any) -> Any:
    """A cell of a text file: ="012" is the text 012, and a formula is one that has no result."""
    if isinstance(cell, str) and cell.startswith("="):
        if found := QUOTED.fullmatch(cell):
            return found[1]
        if CALCULATED.match(cell):
            return UnreadCell(FORMULA, cell[:40])
    return _without_apostrophe(cell)


def _whole(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of a csv; figures of one that is wider than its like may be halves of "1,164" and are not read.

    A title above the table may be as wide as it likes.
    """
    widths = [len(row) for row in rows if len(row) > 1 and any(row)]
    usual = max(set(widths), key=lambda width: (widths.count(width), -width), default=0)
    first = next((place for place, row in enumerate(rows) if len(row) == usual), len(rows))
    return [
        [UnreadCell(SPLIT, cell) if cell.strip().isdigit() else cell for cell in row]
        if place > first and len(row) > usual and any(row[usual:])
        else row
        for place, row in enumerate(rows)
    ]


def held(rows: Iterable[list[Any]]) -> list[list[Any]]:
    """As many rows and cells of a csv as a workbook may have: what is more is not held in memory to be refused.

    Raises :class:`TooLarge`.
    """
    kept: list[list[Any]] = []
    cells = 0
    for number, row in enumerate(rows):
        if number < MAX_ROWS:
            kept.append(row)
            cells += len(row)
            if cells > MAX_CELLS:
                raise TooLarge("cells")
        elif not all(map(is_blank, row)):
            first = next(place for place, cell in enumerate(row) if not is_blank(cell))
            raise TooLarge("rows", f"{column_name(first)}{number + 1}")
    return kept


def _text_sheet(name: str, content: bytes) -> Sheet:
    try:
        text = decode(content)
    except UnicodeDecodeError as error:
        raise Unreadable("Không đọc được bảng mã của tệp CSV. Hãy lưu lại dạng “CSV UTF-8”.") from error
    if "\x00" in text:
        raise Unreadable(f"Đây không phải là tệp văn bản. {WHAT_IS_READ}")
    if not is_html(text) and lost_letters(text):
        raise Unreadable(
            "Chữ tiếng Việt trong tệp đã thành dấu “?”. Hãy lưu lại tệp gốc dạng “CSV UTF-8” hoặc .xlsx rồi tải lên."
        )
    if text.startswith("ID;P") or any(sign in text[:2000] for sign in WEB_ARCHIVES):
        raise Unreadable(f"Tệp “{name}” không phải là bảng tính Excel thật. {SAVE_AS}")
    if is_html(text) and "<table" not in text.lower():
        raise Unreadable(
            f"Tệp “{name}” là trang web không có bảng nào, có thể do hết phiên đăng nhập. Hãy tải lại tệp."
        )
    if is_html(text):
        return replace(_told(text.encode(), PAGE)[0], name=name)
    try:
        return Sheet(name, list(filled_rows(_whole(held(csv_rows(text, MAX_ROWS + FAR))))))
    except csv.Error as error:
        raise Unreadable("Tệp CSV bị lỗi dấu ngoặc kép hoặc có ô quá dài. Hãy lưu lại thành .xlsx.") from error
    except TooLarge as error:
        raise Unreadable(_too_large(*error.args)) from error
