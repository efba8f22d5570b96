"""Sums over reports, remembered for as long as the reports they rest on are what they were.

A report's ``revision`` is raised in every transaction that changes its totals, so the keys and revisions
of the reports behind a sum name its answer exactly: what is remembered is never old, and nothing has to
be thrown away when a cell is saved (docs/decisions/0012).
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from typing import Any, TypeVar

from communes import caching, editions

Part = TypeVar("Part", bound=Hashable)
Rows = list[tuple[Any, ...]]
FEWEST_REPORTS = 50  # below, the database answers as fast as the cache
MOST_ROWS = 4_000  # above, a worker's memory is worth more than the database's time


def fingerprint(reports: Iterable[tuple[int, ...]]) -> str:
    """Name some reports in some state, given their keys and revisions."""
    numbers = array("Q", chain.from_iterable(sorted(reports)))
    return blake2b(numbers.tobytes(), digest_size=20).hexdigest()


def rows_by_part(
    question: Hashable,
    parts: Mapping[Part, Sequence[tuple[int, ...]]],
    ask: Callable[[list[Part]], Iterable[tuple[Part, tuple[Any, ...]]]],
    unchanged: Callable[[], bool],
    reports: int | None = None,
) -> dict[Part, Rows]:
    """Return the rows of a question part by part, each with its own reports: a save changes one, which is asked anew.

    ``parts`` holds the keys and revisions of each part's reports (those of a month), or of pairs of reports; ``ask``
    gives the rows of some parts, ``unchanged`` is as in :func:`rows_of`. Where a part is named by sums over its
    reports, ``reports`` says how many there are.
    """
    name = blake2b(repr(question).encode(), digest_size=10).hexdigest()
    keys: dict[Part, str] = {}
    if (sum(map(len, parts.values())) if reports is None else reports) >= FEWEST_REPORTS and not editions.uncommitted():
        keys = {part: f"sums:{name}:{fingerprint(reports)}" for part, reports in parts.items()}
    kept: dict[Any, Rows] = caching.get_many(keys.values()) if keys else {}
    found: dict[Part, Rows] = {part: kept.get(keys.get(part), []) for part in parts}
    missing = [part for part in parts if keys.get(part) not in kept]
    if missing:
        for part, row in ask(missing):
            found[part].append(row)
        if keys and unchanged():
            caching.remember({keys[part]: found[part] for part in missing if len(found[part]) <= MOST_ROWS})
    return found


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
    rows: Rows | None = caching.get(key)
    if rows is None:
        rows = ask()
        if len(rows) <= MOST_ROWS and unchanged():
            caching.remember({key: rows})
    return rows
