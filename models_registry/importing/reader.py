"""Opens a workbook in a process of its own, with bounded memory and time: run as a script, bytes in, JSON out.

A hostile file may ask for more memory than the machine has; then this process dies, not the server.
It stands alone: it imports nothing of the project, so that it starts at once.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 30
MAX_SHEETS, MAX_ROWS, MAX_COLUMNS = 50, 20_000, 200
MAX_CELLS, MAX_TEXT = 1_500_000, 60_000_000


def plain(cell: Any) -> Any:
    """A cell as JSON holds it: days as {"day": …}, other times as text."""
    if isinstance(cell, datetime):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    return cell


def sheets(content: bytes) -> dict[str, Any]:
    """Return the sheets, or {"error": what is too large or broken}."""
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if len(book.sheet_names) > MAX_SHEETS:
            return {"error": "sheets"}
        found, rows_read, cells, letters = [], 0, 0, 0
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
            rows_read += len(rows)
            cells += sum(min(len(row), MAX_COLUMNS) for row in rows)
            letters += sum(len(cell) for row in rows for cell in row[:MAX_COLUMNS] if isinstance(cell, str))
            if rows_read > MAX_ROWS:
                return {"error": "rows"}
            if cells > MAX_CELLS or letters > MAX_TEXT:
                return {"error": "cells"}
            found.append([name, [[plain(cell) for cell in row[:MAX_COLUMNS]] for row in rows]])
        return {"sheets": found}
    except PasswordError:
        return {"error": "password"}
    except Exception as error:  # whatever a broken file makes the library say
        return {"error": "broken", "said": str(error)[:200]}


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    except ImportError:
        pass  # a system without such limits
    json.dump(sheets(sys.stdin.buffer.read()), sys.stdout)
