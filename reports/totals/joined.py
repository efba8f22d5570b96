"""The sums of two spans over the reports that have their like, joined in the database: not a value leaves it.

The few pairs of which one side stands without a report, asked of the register, are added beside.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from operator import add
from typing import Any, NamedTuple

from django.db import connection

from reports.months import Month
from reports.totals import remembered
from reports.totals.pairs import AT_ENDS, Pairing, Side
from reports.totals.place import Counted
from reports.totals.summary import Summary

SUMS = (
    "WITH pairs (place, office, here, there) AS (VALUES {pairs}) "
    "SELECT place, now.indicator_id, COUNT(*), SUM(office), SUM(now.value), SUM(past.value) FROM pairs "
    "JOIN reports_reporttotal now ON now.report_id = here "
    "JOIN reports_reporttotal past ON past.report_id = there AND past.indicator_id = now.indicator_id "
    "WHERE now.indicator_id IN ({indicators}) GROUP BY place, now.indicator_id"
)
"""By hand: the ORM joins no list of pairs (docs/decisions/0002). Only primary keys are written into it."""


class PairSums(NamedTuple):
    """How many pairs have a value of an indicator on both sides, how many of them are of provinces' own offices, and
    the sums over these.
    """

    pairs: int
    offices: int
    now: int
    then: int


NOTHING = PairSums(0, 0, 0, 0)


class Pair(NamedTuple):
    """The place of a group among those asked, and the reports of both sides."""

    place: int
    here: Counted
    there: Counted

    @property
    def edition(self) -> tuple[int, ...]:
        """The pair as it stands: the same edition has the same sums in the same group."""
        return self.place, *self.here.edition, *self.there.edition


def can_join(pairing: Pairing, summary: Summary) -> bool:
    """Whether one report stands at each spot, its totals written down: open ones count their registry live."""
    sides = (pairing.here, pairing.there)
    return (
        pairing.here.kind not in ("ends", "registers")
        and summary.include != "all"
        and all(len(side.reports) == len(side.all) for side in sides)
    )


def pair_sums(
    pairing: Pairing, summary: Summary, groups: set[Any], codes: tuple[str, ...]
) -> dict[tuple[Any, str], PairSums]:
    """(group, code) → the sums over the pairs of these groups, remembered while the reports are what they were."""
    key = ("pair sums", *pairing.key, summary.include, frozenset(groups), codes)
    return summary.remember(key, lambda: _pair_sums(pairing, summary, groups, codes))


def _pair_sums(
    pairing: Pairing, summary: Summary, groups: set[Any], codes: tuple[str, ...]
) -> dict[tuple[Any, str], PairSums]:
    there = dict(zip(pairing.there.spots, pairing.there.reports, strict=True))
    place_of = {group: place for place, group in enumerate(sorted(groups, key=repr))}
    pairs: list[Pair] = []
    for report, spot in zip(pairing.here.reports, pairing.here.spots, strict=True):
        if spot in pairing.both and (place := place_of.get(pairing.group(spot))) is not None:
            pairs.append(Pair(place, report, there[spot]))
    joined = [pair for pair in pairs if pair.here.pk and pair.there.pk]
    found = _joined(pairing, summary, joined, list(place_of), codes) if joined else {}
    apart = {pair.here.unit for pair in pairs if not (pair.here.pk and pair.there.pk)}
    for key, sums in _apart(pairing, summary, apart, groups, codes).items() if apart else ():
        found[key] = PairSums(*map(add, found.get(key, NOTHING), sums))
    return found


def _joined(
    pairing: Pairing, summary: Summary, pairs: list[Pair], groups: list[Any], codes: tuple[str, ...]
) -> dict[tuple[Any, str], PairSums]:
    """The sums over pairs of reports, each at the place of its group; where all make one group, month by month."""
    code_of = {i.pk: i.code for i in summary.catalogue if i.code in codes}
    question: Hashable = ("pairs", *code_of)
    months: dict[Month | None, list[Pair]] = defaultdict(list)
    for pair in pairs:
        months[pair.here.month if len(groups) == 1 else None].append(pair)
    parts = {month: [pair.edition for pair in some] for month, some in months.items()}

    def ask(missing: list[Month | None]) -> Iterator[tuple[Month | None, tuple[Any, ...]]]:
        if len(groups) > 1:
            return ((None, row) for row in _ask(pairs, code_of))
        rows = _ask([pair._replace(place=at) for at, month in enumerate(missing) for pair in months[month]], code_of)
        return ((missing[at], (0, *sums)) for at, *sums in rows)

    def unchanged() -> bool:
        return all(_is_unchanged(summary, side) for side in (pairing.here, pairing.there))

    found: dict[tuple[Any, str], PairSums] = {}
    for rows in remembered.rows_by_part(question, parts, ask, unchanged).values():
        for place, pk, *sums in rows:
            key = groups[place], code_of[pk]
            found[key] = PairSums(*map(add, found.get(key, NOTHING), map(int, sums)))
    return found


def _apart(
    pairing: Pairing, summary: Summary, units: set[int], groups: set[Any], codes: tuple[str, ...]
) -> dict[tuple[Any, str], PairSums]:
    """The sums over the pairs of some communes, of which one side stands without a report."""
    here, there = (
        pairing.pieces(summary, side.of_units(units), groups, codes) for side in (pairing.here, pairing.there)
    )
    found: dict[tuple[Any, str], PairSums] = {}
    for key, pieces in here.items():
        past = there.get(key, {})
        both = [spot for spot, piece in pieces.items() if piece.over and spot in past]
        if both:
            sums = (sum(side[spot].value for spot in both) for side in (pieces, past))
            found[key] = PairSums(len(both), 0, *sums)
    return found


def _ask(pairs: list[Pair], code_of: dict[int, str]) -> remembered.Rows:
    values = ", ".join(f"({place}, {int(now.unit < 0)}, {now.pk}, {then.pk})" for place, now, then in pairs)
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(pairs=values, indicators=", ".join(map(str, code_of))))
        return cursor.fetchall()


def _is_unchanged(summary: Summary, side: Side) -> bool:
    at_end = [report for report in side.reports if report.pk] if side.kind in AT_ENDS else None
    return summary.is_unchanged(side.span, at_end)
