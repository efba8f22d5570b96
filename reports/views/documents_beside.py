"""What stands beside the text of a report: its outline, and behind each paragraph the figures it tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from reports import charts
from reports.documents.drafts import Draft, Entry
from reports.documents.facts import Facts, IndicatorLine
from reports.documents.marking import Stretch, stands_in, stretches
from reports.documents.outline import Block
from reports.totals.place import Place
from reports.totals.published import usual_boundaries
from reports.totals.steady import Months, steady_months
from reports.totals.summary import Summary


@dataclass(frozen=True)
class FigureBeside:
    """A figure of a paragraph: how it compares, its thirteen months, and whether the words still say it."""

    line: IndicatorLine
    moved: str
    past: charts.Past
    said: bool


@dataclass(frozen=True)
class WithFigures:
    """A place of the text with what it rests on."""

    entry: Entry
    facts: Facts
    months: Months

    @cached_property
    def lines(self) -> list[IndicatorLine]:
        """The indicators that are drafted here."""
        codes = self.entry.drafted.codes if self.entry.drafted else ()
        return [self.facts.by_code[code] for code in codes if code in self.facts.by_code]

    @cached_property
    def figures(self) -> list[FigureBeside]:
        """The same with their past; what is blank or zero is not told of."""
        texts = [one.text for one in self.entry.paragraphs]
        return [
            FigureBeside(
                line,
                compared.beside(self.facts.base) if (compared := line.compared.get(self.facts.base)) else "",
                charts.Past(line.name, self.months.get(line.code, [])),
                stands_in(line, texts),
            )
            for line in self.lines
            if line.value
        ]

    @property
    def paragraphs(self) -> list[list[Stretch]]:
        """The paragraphs, cut at their numbers."""
        edit = self.entry.edit
        over = None if edit is None else edit.drafted if self.entry.drafted else None
        return [stretches(one.text, self.lines, over) for one in self.entry.paragraphs]


@dataclass(frozen=True)
class Placed:
    """A heading and what stands under it on the page."""

    heading: Block
    entries: list[WithFigures]
    is_open: bool

    @property
    def edited(self) -> bool:
        """Whether somebody wrote here."""
        return any(one.entry.edit for one in self.entries)

    @property
    def moved(self) -> bool:
        """Whether figures moved under words that somebody wrote."""
        return any(one.entry.moved for one in self.entries)


def months_of(draft: Draft, now: datetime) -> Months:
    """The thirteen months behind the figures of a report, of the same units throughout."""
    place = Place(draft.unit.province, draft.unit.commune)
    return steady_months(Summary(place, draft.span, now, draft.include, usual_boundaries(place)))


def placed(
    headings: Sequence[Block], entries: Sequence[Entry], facts: Facts, months: Months, writable: set[str]
) -> list[Placed]:
    """Set the entries under their headings."""
    under: dict[str, list[WithFigures]] = {}
    for entry in entries:
        under.setdefault(entry.section, []).append(WithFigures(entry, facts, months))
    return [Placed(one, under.get(one.key, []), one.key in writable) for one in headings if one.depth]
