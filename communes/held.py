"""Settings that hold from a month on: what held before stays with the months before.

Months are spoken of by their names here ("2026-06"), which sort as they follow each other: the months themselves
belong to the reports.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that holds now, and what held until when: pairs of a last month and a number, oldest first."""

    value: int
    before: tuple[tuple[str, int], ...] = ()

    def on(self, month: object) -> int:
        """Return what holds in a month, given the month or its name."""
        name = str(month)
        return next((value for until, value in self.before if name <= until), self.value)


def held(setting: int | Setting, month: object) -> int:
    """Return what holds in a month; a plain number holds always."""
    return setting if isinstance(setting, int) else setting.on(month)
