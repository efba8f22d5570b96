"""Opening whatever file an officer has: xlsx, xls, ods, csv in any of the usual encodings.

Files are bounded in size, in rows and in decompressed bytes before they are read.
"""

import csv
import io
import itertools
import json
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models_registry.importing.reader import MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, SECONDS

READER = Path(__file__).with_name("reader.py")
MAX_BYTES = 10 * 1024 * 1024
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
        sheets = _in_a_process(content)
    elif content.startswith(OLE):
        if ENCRYPTED in content:
            raise Unreadable("Tệp đặt mật khẩu. Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ) rồi tải lại.")
        sheets = _in_a_process(content)
    elif name.lower().endswith((".csv", ".txt", ".tsv")):
        sheets = [Sheet(name, _text_rows(content))]
    else:
        raise Unreadable(f"Không đọc được tệp “{name}”. {WHAT_IS_READ}")
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
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("Tệp bị hỏng. Hãy mở bằng Excel, lưu lại rồi tải lên.") from error


TOO_LARGE = {
    "rows": f"Tệp có hơn {MAX_ROWS} dòng. Hãy chia thành nhiều tệp.",
    "cells": "Tệp có quá nhiều ô. Hãy xóa các cột, trang không dùng rồi tải lại.",
    "sheets": f"Tệp có hơn {MAX_SHEETS} trang. Hãy chép dữ liệu sang một tệp mới.",
    "password": "Tệp đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lại.",
}
BROKEN = "Tệp bị hỏng hoặc sai loại. Hãy mở bằng Excel, lưu lại thành .xlsx rồi tải lên."


def _in_a_process(content: bytes) -> list[Sheet]:
    """Read a workbook in a process with bounded memory and time; its death is a broken file."""
    try:
        done = subprocess.run(
            [sys.executable, str(READER)], input=content, capture_output=True, timeout=2 * SECONDS, check=True
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(BROKEN) from error
    if "error" in answer:
        raise Unreadable(TOO_LARGE.get(answer["error"], BROKEN))
    return [Sheet(name, [[_cell(cell) for cell in row] for row in rows]) for name, rows in answer["sheets"]]


def _cell(cell: Any) -> Any:
    return date.fromisoformat(cell["day"]) if isinstance(cell, dict) else cell


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
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        rows = [row[:MAX_COLUMNS] for row in itertools.islice(lines, MAX_ROWS + 1)]
    except csv.Error as error:
        raise Unreadable("Tệp CSV bị lỗi dấu ngoặc kép hoặc có ô quá dài. Hãy lưu lại thành .xlsx.") from error
    if len(rows) > MAX_ROWS:
        raise Unreadable(TOO_LARGE["rows"])
    return rows
