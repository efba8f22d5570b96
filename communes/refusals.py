"""Refusing with a sentence, before the click as well as after.

A verb, a page or a call raises :class:`Refused`; ``antq`` turns it into a page or an answer, 403 or 409, in one place
each. What is malformed is no refusal: that is a ``ValidationError``, said beside its field.
"""

from collections.abc import Sequence
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
        if (told := met.get()) is not None:
            told.append(objection)


def require(objection: Objection | None) -> None:
    """Raise :class:`Refused` where there is an objection."""
    if objection:
        raise Refused(objection)
