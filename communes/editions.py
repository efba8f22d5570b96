"""What changes seldom, remembered by a worker for as long as it is what it was.

A subject (the catalogue, the places, the register …) is some tables; the database gives it a new edition with every
change of one of them (:mod:`communes.triggers`). What was asked under an edition answers every later question under the
same one, by whichever worker, and nothing has to be thrown away (docs/decisions/0042). No edition comes again, nor does
that of a change which was rolled back: what was asked within a transaction is remembered like the rest.

The edition is read first and the data after it: what was changed meanwhile is then remembered under an edition that
nobody asks for any more, never the other way round.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, NamedTuple, Self, TypeVar

from django.db import connection

Answer = TypeVar("Answer")
READ = "SELECT subject, SUM(number) FROM communes_edition GROUP BY subject"
MOST = 400  # answers a worker remembers; those not asked for longest go first

STARTED = secrets.token_hex(8)
"""Names this start of the program: what another version of it made is not asked for."""

CHANGES = ("INSERT", "UPDATE", "DELETE")


class Memory:
    """Answers under keys that never come to mean another answer; those not asked for longest go first."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Hashable, Any](), Lock()
        _memories.append(self)

    def recall(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return what is remembered under a key, asking it the first time."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = ask()
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()


_memories: list[Memory] = []
_answers = Memory(MOST)


def forget() -> None:
    """Forget all that this worker remembers."""
    for memory in _memories:
        memory.clear()


def uncommitted() -> bool:
    """Whether what is read here may yet be rolled back, the revision of a report then given to other figures."""
    return connection.in_atomic_block


class Watched(NamedTuple):
    """Models of an app whose tables make a subject, and what counts as a change of them; an app names its own."""

    subject: str
    models: tuple[str, ...]
    events: tuple[str, ...] = CHANGES


class Editions:
    """The editions as they stood when they were read."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers

    @classmethod
    def read(cls) -> Self:
        """Read them, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(READ)
            return cls({subject: int(number) for subject, number in cursor.fetchall()})

    def of(self, *subjects: str) -> tuple[int, ...] | None:
        """Return the editions of some subjects; None where one is unknown."""
        found = [self.numbers.get(subject) for subject in subjects]
        return None if None in found else tuple(number for number in found if number is not None)

    def remember(self, subjects: tuple[str, ...], question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` answers, which rests on these subjects and on nothing else that can change.

        What is returned is shared by all that ask: it is read, never changed.
        """
        edition = self.of(*subjects)
        if edition is None:
            return ask()
        return _answers.recall((question, subjects, edition), ask)
