"""What stands over lines of figures and says their commune: the sheet's name, or a row that names it alone."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from communes.models import Commune
from communes.names import clean, fold
from models_registry.importing.sections import HOW_MANY, NAMES_A_COMMUNE, SECTION_NUMBER, TEXT_FILE, is_mark
from models_registry.importing.shapes import SECTION, is_signature, is_total
from models_registry.importing.values import text

OFFICE = re.compile(r"^công an\s+", re.IGNORECASE)
CODE = re.compile(r"\b\d{5}\b")


class CommuneAbove:
    """The commune of the lines to come, as far as what stands above says it.

    ``strange`` is what names a commune that nobody knows, with its line: the lines below it belong to none.
    """

    def __init__(self, named: Callable[[str], Collection[Commune]]) -> None:
        self.named = named
        self.begin("")

    def begin(self, sheet: str) -> None:
        """Begin a sheet, perhaps of one commune."""
        self.commune = self._only(TEXT_FILE.sub("", sheet))
        self.strange: tuple[str, int] = ("", 0)

    def hear(self, cells: Sequence[Any], line: int, communes: Collection[int]) -> bool:
        """Hear a line without figures; return whether it heads those below.

        A bare name ("Tân Lập") may be a hamlet's with nothing to report: a unit's word, its code, a number as sections
        have them or the column of communes must say what it is.
        """
        said = [(place, one) for place, cell in enumerate(cells) if (one := text(cell))]
        words = [(place, one) for place, one in said if not is_mark(one)]
        if len(words) != 1 or is_total(words[0][1]) or is_signature(words[0][1]):
            return False
        place, words_said = words[0]
        bare = self._bare(words_said)
        is_numbered = any(SECTION.fullmatch(one) for _, one in said) or bare != clean(words_said)
        is_unit = bool(NAMES_A_COMMUNE.match(bare) or CODE.search(bare))
        found = self._only(words_said)
        if not (is_unit or place in communes or (is_numbered and (found or self.commune))):
            return False
        self.commune, self.strange = found, ("", 0) if found else (words_said[:60], line)
        return True

    @staticmethod
    def _bare(words: str) -> str:
        return OFFICE.sub("", HOW_MANY.sub("", SECTION_NUMBER.sub("", clean(words))).strip(" :.-–*"))

    def _only(self, words: str) -> Commune | None:
        """The one commune that words name: by its code, or its name and nothing else."""
        codes = CODE.findall(words)
        found = {one for said in (codes or [fold(self._bare(words))]) for one in self.named(said)}
        return found.pop() if len(found) == 1 else None
