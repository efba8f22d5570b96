"""The figures of the country, whole or by province, added up in the database month by month.

A country's year by commune is 80,000 rows, which are neither fetched quickly nor remembered; by province it is some
hundred a month, and the months that did not change are not asked again (docs/decisions/0044).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any

from django.db.models import Count, QuerySet, Sum

from communes.models import Commune
from reports.models import Indicator, ReportTotal
from reports.months import Month, Span, StoredMonth, by_stored
from reports.totals import remembered
from reports.totals.chosen import Chosen
from reports.totals.country import PLACES, Country, Holders
from reports.totals.dimensions import UNIT
from reports.totals.inquiry import INCLUDES
from reports.totals.place import Value, Values

Row = tuple[int, int, int, int]
"""Home, indicator, sum, number of reports."""


class ByHome:
    """The figures of the country over a span; ``apart`` by province, else all under None.

    ``measured`` is what is added over time and what is standing, ``reached`` gives communes and hamlets reached.
    """

    def __init__(
        self,
        chosen: Chosen,
        country: Country,
        standing: Holders,
        span: Span,
        measured: tuple[list[Indicator], list[Indicator]],
        reached: Callable[[Indicator], Iterable[tuple[int, int]]],
        *,
        apart: bool,
    ) -> None:
        self.chosen, self.country, self.standing, self.span = chosen, country, standing, span
        self.measured, self.reached, self.apart = measured, reached, apart

    def values(self, beside: Values) -> Values:
        """Province (or None) → code → value; ``beside`` is what units have beside the reports of the span."""
        flows, stocks = self.measured
        found: Values = defaultdict(dict)
        self._put(found, list(self.span), flows)
        self._put(found, [self.standing.end], stocks, self.standing.left_out)
        self._count_once(found, [i for i in flows if i.measure == Indicator.Measure.REACHED])
        for unit, row in beside.items():
            into = found[self._home(unit) if self.apart else None]
            for code, value in row.items():
                into[code] = into[code].plus(value) if code in into else value
        return found

    @property
    def _home(self) -> Callable[[int], int]:
        """The province of a unit, by the boundaries asked."""
        homes = self.chosen.keep(PLACES, ("homes",), _homes)
        return lambda unit: homes.get(unit, 0) if unit > 0 else -unit

    def _key(self, home: int) -> int | None:
        return home if self.apart else None

    def _question(self, *more: Any) -> tuple[Any, ...]:
        """Names what is asked beside the reports: whose figures count where."""
        heirs = self.country.heirs if self.apart else {}
        links = blake2b(repr(sorted(heirs.items())).encode(), digest_size=20).hexdigest() if heirs else ""
        return ("homes", self.apart, self.chosen.include, self.chosen.editions.of(*PLACES), links, *more)

    def _part(self, month: Month, left_out: Iterable[int]) -> list[tuple[int, ...]]:
        """Names the reports of a month that are added up."""
        some = sorted(left_out)
        return [*self.country.edition(month), (len(some), *some)]

    def _put(
        self, found: Values, months: list[Month], indicators: list[Indicator], left_out: frozenset[int] = frozenset()
    ) -> None:
        """Add what stands in ``ReportTotal`` of the counted reports of some months, without some of them."""
        if not indicators:
            return
        code_of = {i.pk: i.code for i in indicators}
        without = {month: self.country.restated(month) | left_out for month in months}
        parts = {month: self._part(month, some) for month, some in without.items()}
        sums = remembered.rows_by_part(
            self._question(*code_of),
            parts,
            lambda missing: self._rows(missing, code_of, without),
            lambda: self.country.is_unchanged(months),
            sum(len(columns.pks) for columns in self.country.columns(months).values()),
        )
        added: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        for rows in sums.values():
            for home, indicator, total, count in rows:
                one = added[home, indicator]
                one[0] += total
                one[1] += count
        for (home, indicator), (total, count) in added.items():
            found[self._key(home)][code_of[indicator]] = Value(total, count)

    def _rows(
        self, months: list[Month], code_of: Mapping[int, str], without: Mapping[Month, set[int]]
    ) -> Iterator[tuple[Month, Row]]:
        """Ask the database; of provinces whose reports all count in one province, by these."""
        day_of = by_stored([*self.span, *months])
        rows = ReportTotal.objects.filter(
            indicator__in=list(code_of), report__month__in=months, report__state__in=INCLUDES[self.chosen.include]
        ).order_by()
        if left := set().union(*(without[month] for month in months)):
            rows = rows.exclude(report__in=left)
        rows = rows.annotate(day=StoredMonth("report__month"))
        if not self.apart:
            for day, *sums in _added(rows, "day"):
                yield day_of[day], (0, *sums)
            return
        home_of, heirs, home = self._homes_of_provinces(months), self.country.heirs, self._home
        mixed = {province for province, homes in home_of.items() if len(homes) > 1}
        straight = rows.exclude(report__province__in=mixed) if mixed else rows
        for day, province, *sums in _added(straight, "day", "report__province_id"):
            yield day_of[day], (next(iter(home_of[province])), *sums)
        apart = rows.filter(report__province__in=mixed)
        for day, commune, province, *sums in _added(apart, "day", *UNIT) if mixed else ():
            own = commune or -province
            yield day_of[day], (home(heirs.get(own, own)), *sums)

    def _homes_of_provinces(self, months: list[Month]) -> dict[int, set[int]]:
        """Province that reports name → the provinces they count in."""
        heirs, home = self.country.heirs, self._home
        pairs: set[tuple[int, int]] = set()
        for columns in self.country.columns(months).values():
            pairs.update(zip(columns.units, columns.provinces, strict=True))
        found: dict[int, set[int]] = defaultdict(set)
        for own, province in pairs:
            found[province].add(home(heirs.get(own, own)))
        return found

    def _count_once(self, found: Values, indicators: list[Indicator]) -> None:
        """Count each hamlet reached once, in whichever months of the span."""
        months = [month for month in self.span if self.country.counted(month)]
        for indicator in indicators if len(months) > 1 else ():
            if not any(indicator.code in row for row in found.values()):
                continue
            parts: dict[None, list[tuple[int, ...]]] = {None: [one for month in months for one in self._dated(month)]}
            reports = sum(len(self.country.counted(month)) for month in months)
            ask, unchanged = partial(self._hamlets, indicator), partial(self.country.is_unchanged, months)
            rows = remembered.rows_by_part(self._question("reached", indicator.pk), parts, ask, unchanged, reports)
            reached = {self._key(home): count for home, count in rows[None]}
            for key, row in found.items():
                if indicator.code in row:
                    row[indicator.code] = row[indicator.code]._replace(value=reached.get(key, 0))

    def _dated(self, month: Month) -> list[tuple[int, ...]]:
        """The part of a month among others."""
        return [(month.year, month.number, *one) for one in self._part(month, self.country.restated(month))]

    def _hamlets(self, indicator: Indicator, _: list[None]) -> list[tuple[None, tuple[int, int]]]:
        """Homes, and how many of their hamlets the counted reports say were reached; of the one part there is."""
        heirs, home = self.country.heirs, self._home
        found: dict[int, set[int]] = defaultdict(set)
        for commune, hamlet in self.reached(indicator):
            found[home(heirs.get(commune, commune)) if self.apart else 0].add(hamlet)
        return [(None, (place, len(hamlets))) for place, hamlets in found.items()]


def _homes() -> dict[int, int]:
    """Commune → its province, of every time."""
    return dict(Commune.objects.order_by().values_list("pk", "province_id"))


def _added(rows: QuerySet, *columns: str) -> QuerySet:
    """Sum and count of some totals by columns and indicator."""
    return rows.values_list(*columns, "indicator_id").annotate(Sum("value"), Count("pk"))
