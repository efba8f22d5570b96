"""Opening whatever file an officer has: xlsx, xls, ods, csv in any of the usual encodings.

Files are bounded in size, in rows and in decompressed bytes before they are read.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_UNPACKED = 200 * 1024 * 1024
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WHAT_IS_READ = "Hệ thống đọc tệp Excel (.xlsx, .xls), LibreOffice (.ods) và CSV."


class Unreadable(Exception):
    """The file cannot be read; the message says why and what to do, in Vietnamese."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from the first, as text, numbers, dates or "" for a blank."""

    name: str
    rows: list[list[Any]]


def read(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a file. Raises :class:`Unreadable` with a sentence."""
    if not content:
        raise Unreadable("Tệp rỗng. Hãy chọn tệp có dữ liệu.")
    if len(content) > MAX_BYTES:
        raise Unreadable(f"Tệp nặng {len(content) / 1024 / 1024:.0f} MB, quá 10 MB. Hãy chia thành nhiều tệp.")
    if content.startswith(ZIP):
        _check_zip(content)
        sheets = _with_calamine(content)
    elif content.startswith(OLE):
        if ENCRYPTED in content:
            raise Unreadable("Tệp đặt mật khẩu. Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ) rồi tải lại.")
        sheets = _with_calamine(content)
    elif name.lower().endswith((".csv", ".txt", ".tsv")):
        sheets = [Sheet(name, _text_rows(content))]
    else:
        raise Unreadable(f"Không đọc được tệp “{name}”. {WHAT_IS_READ}")
    rows = sum(len(sheet.rows) for sheet in sheets)
    if rows > MAX_ROWS:
        raise Unreadable(f"Tệp có {rows} dòng, quá {MAX_ROWS}. Hãy chia thành nhiều tệp.")
    if not any(any(cell != "" for cell in row) for sheet in sheets for row in sheet.rows):
        raise Unreadable("Tệp không có dữ liệu nào.")
    return sheets


def _check_zip(content: bytes) -> None:
    """Refuse macros, foreign archives and files that unpack to more than they should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Unreadable("Tệp có macro. Hãy lưu lại thành .xlsx (Excel Workbook) rồi tải lên.")
            if not any(name.endswith(("workbook.xml", "workbook.bin")) or name == "content.xml" for name in names):
                raise Unreadable(f"Đây không phải là bảng tính. {WHAT_IS_READ}")
            unpacked = 0
            for info in archive.infolist():
                with archive.open(info) as part:
                    while block := part.read(1024 * 1024):
                        unpacked += len(block)
                        if unpacked > MAX_UNPACKED:
                            raise Unreadable("Tệp bung ra quá lớn. Hãy chép dữ liệu sang một tệp mới rồi tải lên.")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("Tệp bị hỏng. Hãy mở bằng Excel, lưu lại rồi tải lên.") from error


def _with_calamine(content: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = []
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
            if any(len(row) > MAX_COLUMNS for row in rows[:1]):
                rows = [row[:MAX_COLUMNS] for row in rows]
            found.append(Sheet(name, rows))
        return found
    except PasswordError as error:
        raise Unreadable("Tệp đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lại.") from error
    except (CalamineError, ValueError, OSError, BaseExceptionGroup) as error:
        raise Unreadable("Tệp bị hỏng hoặc sai loại. Hãy mở bằng Excel, lưu lại thành .xlsx rồi tải lên.") from error


def decode(content: bytes) -> str:
    """Return text in UTF-8, UTF-16 or, failing those, Windows-1258 (Vietnamese) as NFC-ready text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if content[1:2] == b"\x00" or content[3:4] == b"\x00":
        return content.decode("utf-16-le", errors="replace")
    return content.decode("cp1258", errors="replace")


def _text_rows(content: bytes) -> list[list[Any]]:
    try:
        text = decode(content)
    except UnicodeDecodeError as error:
        raise Unreadable("Không đọc được bảng mã của tệp CSV. Hãy lưu lại dạng “CSV UTF-8”.") from error
    if "\x00" in text:
        raise Unreadable(f"Đây không phải là tệp văn bản. {WHAT_IS_READ}")
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t|", key=first.count)
    csv.field_size_limit(100_000)
    try:
        return [row[:MAX_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        raise Unreadable("Tệp CSV bị lỗi dấu ngoặc kép hoặc có ô quá dài. Hãy lưu lại thành .xlsx.") from error
