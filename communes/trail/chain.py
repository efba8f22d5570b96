"""Sealing the trail, proving it whole, exporting it, and letting what is old go.

Rows are sealed outside the requests that write them (``manage.py audit seal``, every minute): a block takes the rows
that are in no block yet, whenever they were committed, so no request waits for another. The hash of a block is an HMAC
under ``AUDIT_KEY`` over its rows and the block before it; who changes or removes a row cannot make the chain fit again
without the key, and what was exported to another machine says so even of one who has it.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from communes.models import TrailBlock, TrailEntry, User
from communes.trail.recording import Act, record

MOST_ROWS = 5_000  # of a block
BEGINNING = "0" * 64
COLUMNS = (
    "id", "at", "by", "about", "role", "address", "network", "act", "outcome", "what", "province", "commune", "rows",
)  # fmt: skip


def seal(*, now: datetime) -> int:
    """Seal the rows that are in no block yet; returns how many. Two at once do no harm: one of them steps back."""
    whole = 0
    while True:
        try:
            with transaction.atomic():
                count = _seal_one(now)
        except IntegrityError:
            return whole  # another sealed the same block a moment ago
        whole += count
        if count < MOST_ROWS:
            return whole


def _seal_one(now: datetime) -> int:
    last = TrailBlock.objects.order_by("-number").first()
    waiting = list(TrailEntry.objects.filter(block=None).order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])
    if not waiting:
        return 0
    number = last.number + 1 if last else 1
    content = _content(_rows(TrailEntry.objects.filter(pk__in=waiting)))
    block = TrailBlock(number=number, sealed_at=now, count=len(waiting), content=content)
    block.hash = _hash(block, last.hash if last else BEGINNING)
    block.save()
    _set(TrailEntry.objects.filter(pk__in=waiting), block=block)
    return len(waiting)


def check() -> list[str]:
    """Prove the chain; returns what does not fit, a sentence each."""
    found, before, number = [], BEGINNING, 0
    for block in TrailBlock.objects.order_by("number"):
        number += 1
        if block.number != number:
            found.append(f"Thiếu khối {number} đến {block.number - 1}.")
            number = block.number
        if not hmac.compare_digest(block.hash, _hash(block, before)):
            found.append(f"Khối {block.number} không khớp khối trước nó.")
        if faults := _faults_of_rows(block):
            block.refresh_from_db(fields=["expired_at", "expiry"])  # it may have expired since it was read
            faults = _faults_of_rows(block)
        found += faults
        before = block.hash
    return found


def _faults_of_rows(block: TrailBlock) -> list[str]:
    if block.expired_at:
        by_command = hmac.compare_digest(block.expiry, _expiry(block))
        return [] if by_command else [f"Khối {block.number} mất nội dung mà không qua lệnh hết hạn."]
    rows = _rows(block.entries.all())
    if len(rows) != block.count:
        return [f"Khối {block.number} có {len(rows)} dòng, khi niêm phong có {block.count}."]
    if not hmac.compare_digest(block.content, _content(rows)):
        return [f"Khối {block.number} có dòng đã bị sửa."]
    return []


def check_export(lines: Iterable[str]) -> list[str]:
    """Compare blocks that were exported with those of the database; returns what does not fit.

    Lines are taken as a log server keeps them, with a time and a name before what was exported. A block between others
    that was never exported was noted as exported by another hand: who means to cut it off.
    """
    kept = dict(TrailBlock.objects.values_list("number", "hash"))
    found, exported = [], set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        told = _told(line)
        if told is None:
            found.append(f"Không đọc được dòng {number} trong các dòng đã xuất.")
        elif "block" in told:
            exported.add(told["block"])
            if kept.get(told["block"]) != told["hash"]:
                found.append(f"Khối {told['block']} đã xuất không còn, hoặc khác với cơ sở dữ liệu.")
    if not exported:
        found.append("Các dòng đã xuất không có khối nào.")
    for before, after in pairwise(sorted(exported)):
        if after - before > 1:
            which = f"Khối {before + 1}" if after - before == 2 else f"Các khối từ {before + 1} đến {after - 1}"
            found.append(f"{which} thiếu trong các dòng đã xuất.")
    return found


def _told(line: str) -> dict[str, Any] | None:
    """What a line holds behind what a log server wrote before it; None where it was cut or is none of ours."""
    try:
        told = json.loads(line[line.index("{") :])
    except (ValueError, RecursionError):
        return None
    if "block" in told:
        return told if type(told["block"]) is int and isinstance(told.get("hash"), str) else None
    return told if "act" in told else None


def export(*, now: datetime, again: bool = False) -> Iterator[str]:
    """Yield sealed rows as lines of JSON, each block closed by a line with its hash, and note them as exported.

    Only blocks not exported yet, unless ``again``.
    """
    names = dict(User.objects.values_list("pk", "username"))
    blocks = TrailBlock.objects.filter(expired_at=None).order_by("number")
    for block in blocks if again else blocks.filter(exported_at=None):
        for row in _rows(block.entries.all()):
            told = dict(zip(COLUMNS, row, strict=True))
            yield json.dumps(told | {"username": names.get(told["by"], "")}, ensure_ascii=False)
        sealed = {"block": block.number, "sealed_at": _iso(block.sealed_at), "count": block.count, "hash": block.hash}
        yield json.dumps(sealed)
        _set(TrailBlock.objects.filter(pk=block.pk), exported_at=now)


def expire(before: datetime, *, now: datetime) -> int:
    """Remove the rows of whole blocks that were sealed before a moment and exported; the blocks stay as checkpoints.

    Stops at the first block that was not exported, so that none is skipped. Returns how many blocks.
    """
    count = 0
    with transaction.atomic():
        old = TrailBlock.objects.filter(expired_at=None, sealed_at__lt=before).order_by("number")
        for block in old.select_for_update():  # two at once do no harm: the second finds none
            if block.exported_at is None:
                break
            entries = TrailEntry.objects.filter(block=block)
            entries._raw_delete(entries.db)
            block.expired_at = now
            _set(TrailBlock.objects.filter(pk=block.pk), expired_at=now, expiry=_expiry(block))
            count += 1
        if count:
            record(Act.TRAIL, f"Hết hạn lưu {count} khối niêm phong trước {before:%d/%m/%Y}", by=None, rows=count)
    return count


def _rows(entries: QuerySet) -> list[list[Any]]:
    """The rows of the trail as the seal covers them, in their order."""
    return [[pk, _iso(at), *rest] for pk, at, *rest in entries.order_by("pk").values_list(*COLUMNS)]


def _content(rows: list[list[Any]]) -> str:
    return _mac("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


def _hash(block: TrailBlock, before: str) -> str:
    return _mac(json.dumps([block.number, _iso(block.sealed_at), block.count, block.content, before]))


def _expiry(block: TrailBlock) -> str:
    assert block.expired_at is not None
    return _mac(json.dumps([block.hash, "expired", _iso(block.expired_at)]))


def _mac(text: str) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), "sha256").hexdigest()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _set(rows: QuerySet, **columns: Any) -> None:
    """Write the chain's own columns, past the queryset that refuses."""
    QuerySet.update(rows, **columns)
