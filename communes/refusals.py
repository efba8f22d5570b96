"""Refusing with a sentence, before the click as well as after.

A verb, a page or a call raises :class:`Refused`; ``antq`` turns it into a page or an answer, 403 or 409, in one place
each. What is malformed is no refusal: that is a ``ValidationError``, said beside its field.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Objection(str):
    """Why something may not be done now, in Vietnamese; ``status`` is how HTTP says it."""

    status = 409


class Forbidden(Objection):
    """Why something may never be done by this account."""

    status = 403


met: ContextVar["list[Objection] | None"] = ContextVar("met", default=None)
"""What the request of the moment was refused, whether as a page of its own or as a sentence on another."""


class Refused(Exception):
    """A verb refused; ``objection`` is the sentence, ``problems`` the checks behind it, if any."""

    def __init__(self, objection: Objection, problems: Sequence[Any] = ()) -> None:
        super().__init__(str(objection))
        self.objection = objection
        self.problems = list(problems)
        note(objection)


def note(objection: Objection) -> None:
    """Let the request of the moment be one that was refused this."""
    if (told := met.get()) is not None:
        told.append(objection)


@contextmanager
def trial() -> Iterator[list[Objection]]:
    """Try what is not kept, or each of many: what is refused inside was refused to nobody.

    Gives what was refused, for whoever finds that nothing of many went through (:func:`note`). What the account may
    never do is noted all the same.
    """
    refused: list[Objection] = []
    outside = met.set(refused)
    try:
        yield refused
    finally:
        met.reset(outside)
        for one in refused:
            if isinstance(one, Forbidden):
                note(one)


def require(objection: Objection | None) -> None:
    """Raise :class:`Refused` where there is an objection."""
    if objection:
        raise Refused(objection)
