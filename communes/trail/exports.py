"""The trail as lines for another machine, and what such lines prove: of the table, and of themselves.

Each line bears an HMAC of its own, so that it proves itself wherever a file begins or ends; each block is closed by a
line with its hash, so that one that is missing shows, also when the table has let its rows go.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from communes.models import TrailBlock, User
from communes.trail.chain import COLUMNS, content_of, iso, mac, rows_of, set_columns


def export(*, now: datetime, again: bool = False) -> Iterator[str]:
    """Yield sealed rows as lines of JSON, each block closed by a line with its hash, and note them as exported.

    Only blocks not exported yet, unless ``again``.
    """
    names = dict(User.objects.values_list("pk", "username"))
    blocks = TrailBlock.objects.filter(expired_at=None).order_by("number")
    for block in blocks if again else blocks.filter(exported_at=None):
        for row in rows_of(block.entries.all()):
            told = dict(zip(COLUMNS, row, strict=True))
            told["username"] = names.get(told["by"], "")
            yield json.dumps(told | {"mac": _mac_of(told)}, ensure_ascii=False)
        yield json.dumps(_closing(block))
        set_columns(TrailBlock.objects.filter(pk=block.pk), exported_at=now)


def _closing(block: TrailBlock) -> dict[str, Any]:
    return {"block": block.number, "sealed_at": iso(block.sealed_at), "count": block.count, "hash": block.hash}


def _row(told: dict[str, Any]) -> list[Any]:
    return [told.get(name) for name in COLUMNS]


def _mac_of(told: dict[str, Any]) -> str:
    return mac(json.dumps(["line", *_row(told), told.get("username")]))


def check_export(lines: Iterable[str]) -> list[str]:
    """Compare what was exported with the database, and with what its own blocks say; returns what does not fit.

    Lines are taken as a log server keeps them, with a time and a name before what was exported, some of them twice. A
    block between others that was never exported was noted as exported by another hand: who means to cut it off.
    """
    kept, names = TrailBlock.objects.in_bulk(), dict(User.objects.values_list("pk", "username"))
    found: list[str] = []
    whole: set[int] = set()
    parts: dict[int, dict[int, list[Any]]] = {}  # of blocks that no copy has whole
    waiting: dict[int, list[Any]] = {}  # rows whose block is not named yet
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        told = _told(line)
        if told is None:
            found.append(f"Không đọc được dòng {number} trong các dòng đã xuất.")
        elif "block" not in told:
            if not _is_true(told, names):
                found.append(f"Dòng {number} trong các dòng đã xuất đã bị sửa.")
            waiting[told["id"]] = _row(told)
        else:
            block = kept.get(told["block"])
            rows = parts.pop(told["block"], {}) | waiting
            if block is None or told != _closing(block):
                found.append(f"Khối {told['block']} đã xuất không còn, hoặc khác với cơ sở dữ liệu.")
                whole.add(told["block"])
            elif _is_whole(block, waiting) or _is_whole(block, rows):
                whole.add(block.number)
            else:
                parts[block.number] = rows
            waiting = {}
    for key in sorted(parts.keys() - whole):
        found.append(_what_of(kept[key], parts[key]))
    if waiting:
        found.append(f"{len(waiting)} dòng ở cuối không có khối nào theo sau. {JOIN}")
    return found + _missing(whole | parts.keys())


JOIN = "Nếu tệp bắt đầu hay dừng giữa khối, hãy nối với tệp trước, tệp sau rồi kiểm tra lại."


def _is_whole(block: TrailBlock, rows: dict[int, list[Any]]) -> bool:
    content = content_of([rows[key] for key in sorted(rows)])
    return len(rows) == block.count and hmac.compare_digest(content, block.content)


def _what_of(block: TrailBlock, rows: dict[int, list[Any]]) -> str:
    if lost := block.count - len(rows):
        what = f"thiếu {lost}" if lost > 0 else f"thừa {-lost}"
        return f"Khối {block.number} {what} dòng trong các dòng đã xuất. {JOIN}"
    return f"Khối {block.number} có dòng đã bị sửa trong các dòng đã xuất."


def _missing(exported: set[int]) -> list[str]:
    found = [] if exported else ["Các dòng đã xuất không có khối nào."]
    for before, after in pairwise(sorted(exported)):
        if after - before > 1:
            which = f"Khối {before + 1}" if after - before == 2 else f"Các khối từ {before + 1} đến {after - 1}"
            found.append(f"{which} thiếu trong các dòng đã xuất.")
    return found


def _is_true(told: dict[str, Any], names: dict[int, str]) -> bool:
    """Whether a line is as it was written; one from before lines had an HMAC bears the name of today."""
    if "mac" not in told:
        return told.get("username") == (names.get(told["by"], "") if isinstance(told.get("by"), int) else "")
    return isinstance(told["mac"], str) and hmac.compare_digest(told["mac"].encode(), _mac_of(told).encode())


def _told(line: str) -> dict[str, Any] | None:
    """What a line holds behind what a log server wrote before it; None where it was cut or is none of ours."""
    try:
        told = json.loads(line[line.index("{") :])
        json.dumps(told, ensure_ascii=False).encode()  # half a letter is none that was written
    except (ValueError, RecursionError):
        return None
    if "block" in told:
        return told if type(told["block"]) is int and isinstance(told.get("hash"), str) else None
    return told if "act" in told and type(told.get("id")) is int else None
