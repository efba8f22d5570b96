"""The cells of a request and of its answer, by hand: a serializer takes a tenth of a second for 2,000 of them."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from communes.counts import MAX_VALUE, NOT_A_COUNT
from communes.parameters import strangers
from reports.entry import figures, history
from reports.entry.grid import Row
from reports.models import MonthlyReport

NOT_A_CELL = "Mỗi ô gồm hamlet, group (số hoặc null), indicator (mã chỉ tiêu), value và was (số hoặc null)."
MOST_CELLS = 20_000
KEYS = {"hamlet", "group", "indicator", "value", "was"}


def read_cells(data: Any) -> tuple[list[figures.CellWrite], list[dict[str, Any]]]:
    """Read the cells of a request, each by itself: what cannot be read is answered with a sentence.

    Written by hand: a serializer takes a tenth of a second for a pasted block of 2,000 cells.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("figures"), list):
        raise ValidationError({"figures": ["Gửi danh sách các ô trong “figures”."]})
    if strange := strangers(data, ("figures",)):
        raise ValidationError(strange)
    if len(data["figures"]) > MOST_CELLS:
        raise ValidationError({"figures": [f"Mỗi lần gửi nhiều nhất {MOST_CELLS} ô."]})
    cells, errors = [], []
    for raw in data["figures"]:
        get: Any = raw.get if isinstance(raw, dict) else {}.get
        hamlet, group, code, value, was = get("hamlet"), get("group"), get("indicator"), get("value"), get("was")
        sentence = ""
        if isinstance(raw, dict) and not raw.keys() <= KEYS:
            sentence = " ".join(said for (said,) in strangers(raw, KEYS).values())
        elif not isinstance(code, str) or not (is_key(hamlet) and is_key(group)) or (hamlet and group):
            sentence = NOT_A_CELL
        elif not (_is_count(value) and _is_count(was)) or not isinstance(raw, dict) or "value" not in raw:
            sentence = NOT_A_COUNT
        if sentence:
            errors.append(
                {
                    "hamlet": hamlet if is_key(hamlet) else None,
                    "group": group if is_key(group) else None,
                    "indicator": code if isinstance(code, str) else None,
                    "error": sentence,
                }
            )
        else:
            cells.append(figures.CellWrite(Row(hamlet, group), code, value, was))
    return cells, errors


def is_key(value: Any) -> bool:
    """Whether a value names a row, or none."""
    return value is None or (type(value) is int and 0 < value < 2**63)


def _is_count(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= MAX_VALUE)


def cell_body(cell: figures.CellWrite, **more: Any) -> dict[str, Any]:
    """Write a cell."""
    row = cell.row
    return {"hamlet": row.hamlet, "group": row.group, "indicator": cell.indicator, "value": cell.value} | more


def outcome_body(report: MonthlyReport, outcome: figures.Outcome, unread: list[dict[str, Any]]) -> dict[str, Any]:
    """Write what became of the cells; a conflict names who wrote what stands there, and when."""
    words = history.last_words(report) if outcome.conflicts else {}
    conflicts = []
    for cell, current in outcome.conflicts:
        word = words.get((cell.row, cell.indicator))
        by, at = (word.by, word.at) if word else (None, None)
        conflicts.append(cell_body(cell, was=cell.was, current=current, by=by, at=at))
    return {
        "saved": [cell_body(cell) for cell in outcome.saved],
        "conflicts": conflicts,
        "errors": unread
        + [
            {"hamlet": c.row.hamlet, "group": c.row.group, "indicator": c.indicator, "error": sentence}
            for c, sentence in outcome.errors
        ],
        "totals": outcome.totals,
        "saved_at": outcome.saved_at,
    }
