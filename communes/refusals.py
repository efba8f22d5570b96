"""Refusing with a sentence, before the click as well as after."""

from collections.abc import Sequence
from typing import Any


class Objection(str):
    """Why something may not be done now, in Vietnamese; ``status`` is how HTTP says it."""

    status = 409


class Forbidden(Objection):
    """Why something may never be done by this account."""

    status = 403


class Refused(Exception):
    """A verb refused; ``objection`` is the sentence, ``problems`` the checks behind it, if any."""

    def __init__(self, objection: Objection, problems: Sequence[Any] = ()) -> None:
        super().__init__(str(objection))
        self.objection = objection
        self.problems = list(problems)
