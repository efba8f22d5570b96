"""Which backups are kept: the newest of each of the last days, weeks and months that have one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NAME = re.compile(r"antq-(\d{8}-\d{6})\.zip(?:\.age|\.gpg)?")


@dataclass(frozen=True)
class Keeping:
    """How many days, weeks and months keep their newest backup."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12

    def kept(self, moments: Iterable[datetime]) -> set[datetime]:
        """Return those to keep of the moments at which backups were made."""
        newest_first = sorted(moments, reverse=True)
        chosen: set[datetime] = set()
        for form, number in (("%Y-%m-%d", self.daily), ("%G-%V", self.weekly), ("%Y-%m", self.monthly)):
            newest_of: dict[str, datetime] = {}
            for moment in newest_first:
                newest_of.setdefault(moment.strftime(form), moment)
            chosen |= set(list(newest_of.values())[:number])
        return chosen | set(newest_first[:1])


def made_at(path: Path) -> datetime | None:
    """Read from its name when a backup was made; None for any other file."""
    found = NAME.fullmatch(path.name)
    return datetime.strptime(found[1], "%Y%m%d-%H%M%S") if found else None


def prune(folder: Path, keeping: Keeping) -> list[Path]:
    """Delete the backups of a folder that are not kept, and no other file; return them."""
    backups = {path: moment for path in folder.iterdir() if (moment := made_at(path))}
    kept = keeping.kept(backups.values())
    gone = sorted(path for path, moment in backups.items() if moment not in kept)
    for path in gone:
        path.unlink()
    return gone
