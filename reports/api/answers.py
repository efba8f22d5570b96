"""Answers of totals, kept as they were written for as long as everything they rest on is what it was.

That is: the reports that count (while none takes a step, their revisions only rise; what is typed into others moves
nothing), the subjects that change seldom (:mod:`communes.editions`) and the day.
The keys are asked before the data and once more after it; what was written while somebody saved is answered once and
forgotten. Workers share what is kept where a cache is set (docs/decisions/0042).
"""

import zlib
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from communes import caching, editions
from communes.editions import STARTED, Editions
from reports.totals.summary import Summary

RESTS_ON = ("catalogue", "places", "published", "register", "reports", "steps")
MOST_BYTES = 64 * 1024  # of an answer as it is kept; a worker's memory is worth more than what is larger
FAST = 1  # how hard it is compressed


def kept_or_written(summary: Summary, question: tuple[Any, ...], write: Callable[[], bytes]) -> bytes:
    """Return what ``write`` writes about a summary, or what it wrote before and still holds.

    ``question`` tells apart what is written about the same summary.
    """
    rests_on = _rests_on(summary, summary.editions)
    if rests_on is None:
        return write()
    asked = (summary.place.key, str(summary.span), summary.span.first_month, summary.include, summary.boundaries)
    name = repr((*asked, summary.indicators, question, timezone.localdate(summary.now), rests_on, STARTED))
    key = f"answer:{blake2b(name.encode(), digest_size=20).hexdigest()}"
    kept = caching.get(key)
    if kept is not None:
        return zlib.decompress(kept)
    body = write()
    packed = zlib.compress(body, FAST)
    if len(packed) <= MOST_BYTES and _rests_on(summary, Editions.read()) == rests_on:
        caching.remember({key: packed})
    return body


def _rests_on(summary: Summary, read: Editions) -> tuple[Any, ...] | None:
    """Name the state of all that a summary rests on; None where that cannot be said.

    So it is within a transaction, whose revisions may be rolled back, and by the boundaries of then where what former
    units reported elsewhere counts.
    """
    edition = read.of(*RESTS_ON)
    if edition is None or editions.uncommitted() or (summary.boundaries == "then" and summary.successors):
        return None
    return *edition, *summary.revisions()
