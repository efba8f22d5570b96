"""Sums over reports, remembered for as long as the reports they rest on are what they were.

A report's ``revision`` is raised in every transaction that changes its totals, so the keys and revisions
of the reports behind a sum name its answer exactly: what is remembered is never old, and nothing has to
be thrown away when a cell is saved (docs/decisions/0012).
"""

from array import array
from collections.abc import Callable, Hashable, Iterable
from hashlib import blake2b
from itertools import chain
from typing import Any

from django.core.cache import cache

from communes import editions

Rows = list[tuple[Any, ...]]
FEWEST_REPORTS = 50  # below, the database answers as fast as the cache
MOST_ROWS = 4_000  # above, a worker's memory is worth more than the database's time


def fingerprint(reports: Iterable[tuple[int, int]]) -> str:
    """Name some reports in some state, given their keys and revisions."""
    numbers = array("Q", chain.from_iterable(sorted(reports)))
    return blake2b(numbers.tobytes(), digest_size=20).hexdigest()


def rows_of(
    question: Hashable, reports: int, edition: Callable[[], str], ask: Callable[[], Rows], unchanged: Callable[[], bool]
) -> Rows:
    """Return the rows of a question about some reports, asking the database only where they changed.

    ``edition`` gives the fingerprint of these ``reports`` (how many). ``unchanged`` says, after asking,
    whether they still are what they were before: rows that were read while someone saved are answered
    once and forgotten.
    """
    if reports < FEWEST_REPORTS or editions.uncommitted():
        return ask()
    name = blake2b(repr(question).encode(), digest_size=10).hexdigest()
    key = f"sums:{name}:{edition()}"
    rows = cache.get(key)
    if rows is None:
        rows = ask()
        if len(rows) <= MOST_ROWS and unchanged():
            cache.set(key, rows)
    return rows
