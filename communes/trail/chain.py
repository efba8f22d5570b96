"""Sealing the trail, proving it whole, and letting what is old go (exporting it: :mod:`communes.trail.exports`).

Rows are sealed outside the requests that write them (``manage.py audit seal``, every minute): a block takes the rows
that are in no block yet, whenever they were committed, so no request waits for another. The hash of a block is an HMAC
under ``AUDIT_KEY`` over its rows and the block before it; who changes or removes a row cannot make the chain fit again
without the key, and what was exported to another machine says so even of one who has it.
"""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from communes.models import TrailBlock, TrailEntry
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
    content = content_of(rows_of(TrailEntry.objects.filter(pk__in=waiting)))
    block = TrailBlock(number=number, sealed_at=now, count=len(waiting), content=content)
    block.hash = _hash(block, last.hash if last else BEGINNING)
    block.save()
    set_columns(TrailEntry.objects.filter(pk__in=waiting), block=block)
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
        if not hmac.compare_digest(block.expiry, _expiry(block)):
            return [f"Khối {block.number} mất nội dung mà không qua lệnh hết hạn."]
        late = block.entries.count()  # nothing seals what was hung there since
        return [f"Khối {block.number} đã hết hạn lưu mà vẫn có {late} dòng."] if late else []
    rows = rows_of(block.entries.all())
    if len(rows) != block.count:
        return [f"Khối {block.number} có {len(rows)} dòng, khi niêm phong có {block.count}."]
    if not hmac.compare_digest(block.content, content_of(rows)):
        return [f"Khối {block.number} có dòng đã bị sửa."]
    return []


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
            set_columns(TrailBlock.objects.filter(pk=block.pk), expired_at=now, expiry=_expiry(block))
            count += 1
        if count:
            record(Act.TRAIL, f"Hết hạn lưu {count} khối niêm phong trước {before:%d/%m/%Y}", by=None, rows=count)
    return count


def rows_of(entries: QuerySet) -> list[list[Any]]:
    """The rows of the trail as the seal covers them, in their order."""
    return [[pk, iso(at), *rest] for pk, at, *rest in entries.order_by("pk").values_list(*COLUMNS)]


def content_of(rows: list[list[Any]]) -> str:
    """What a block says of its rows."""
    return mac("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


def _hash(block: TrailBlock, before: str) -> str:
    return mac(json.dumps([block.number, iso(block.sealed_at), block.count, block.content, before]))


def _expiry(block: TrailBlock) -> str:
    assert block.expired_at is not None
    return mac(json.dumps([block.hash, "expired", iso(block.expired_at)]))


def mac(text: str) -> str:
    """What nobody makes without the key."""
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), "sha256").hexdigest()


def iso(moment: datetime) -> str:
    """A moment as the seal covers it."""
    return moment.astimezone(UTC).isoformat()


def set_columns(rows: QuerySet, **columns: Any) -> None:
    """Write the chain's own columns, past the queryset that refuses."""
    QuerySet.update(rows, **columns)
