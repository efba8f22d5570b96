"""The parts of a place, each with its figures: a commune's hamlets, a province's communes or clusters, provinces.

Every figure is one of :meth:`Summary.values`, grouped by :meth:`Summary.together`. A part without a figure
is there all the same and stays blank.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from communes.models import Cluster, Commune, District, Hamlet, Province
from communes.names import told_apart
from reports.months import Month, Span
from reports.totals.comparing import Base, Compared, Comparison
from reports.totals.dimensions import By
from reports.totals.place import Coverage, Homes
from reports.totals.ratios import Ratio, Sizes, divide, ratios, sizes_of
from reports.totals.summary import Summary, Value, Values

REST = 0  # the key of communes in no cluster of the grouping
OWN = None  # the key of a commune's own row, beside its hamlets
WHOLE = "whole"
DISTRICT = "huyện"
BY_DISTRICT = "Huyện, quận, thị xã"
"""The grouping by which a former province is divided as it was, beside those of clusters."""


class Part(NamedTuple):
    """One part; ``kind`` says what it is and ``slug`` names it in addresses."""

    key: Any
    name: str
    kind: str  # hamlet, unit (a commune's own row), commune, office, cluster, district, rest, province
    slug: str = ""
    at: tuple[Decimal, Decimal] | None = None  # latitude, longitude
    area: Decimal | None = None


class PartFigure(NamedTuple):
    """A part's figure; None is blank. ``shown`` is the ratio where one is asked for, else the value."""

    part: Part
    value: int | None
    reports: int
    ratio: Decimal | None
    shown: int | Decimal | None


class Ranked(NamedTuple):
    """A line and its rank: equal figures share one, a blank has none."""

    rank: int | None
    line: PartFigure


@dataclass(frozen=True)
class Parts:
    """The parts of a summary's place; ``what`` names their kind, ``listed`` are those always shown."""

    summary: Summary
    what: str
    by: By
    listed: tuple[Part, ...]
    group_of: Callable[[Any], Any] | None = None  # None: the summary's keys are the parts' own
    basis: str = ""
    hidden: tuple[Part, ...] = ()  # shown where they have figures

    @cached_property
    def sizes(self) -> Sizes | None:
        """What the figures are divided by, if by anything."""
        return sizes_of(self.summary, self.basis) if self.basis else None

    def _values(self, codes: tuple[str, ...], span: Span) -> Values:
        return self.summary.asking(indicators=codes).values(span, self.by)

    def _grouped(self, values: Values) -> Values:
        return Summary.together(values, self.group_of) if self.group_of else values

    def _group(self, key: Any) -> Any:
        return self.group_of(key) if self.group_of else key

    def rows(self, codes: tuple[str, ...], span: Span | None = None) -> list[tuple[Part, dict[str, Value]]]:
        """Return every part with its figures of some indicators, in official order; a blank one is missing."""
        span = span or self.summary.span
        if self.summary.country:
            values = self.summary.asking(indicators=codes).by_home(span)
        else:
            values = self._grouped(self._values(codes, span))
        return [(part, values.get(part.key, {})) for part in (*self.listed, *self.unlisted(set(values)))]

    def lines(self, code: str, span: Span | None = None) -> list[PartFigure]:
        """Return every part with its figure of an indicator, in official order."""
        span = span or self.summary.span
        found = ratios(self._values((code,), span), (code,), self.sizes, self._group) if self.sizes else {}
        lines = []
        for part, row in self.rows((code,), span):
            value = row.get(code)
            ratio = found.get(part.key, {}).get(code, Ratio(None, 0)).value
            plain = value.value if value else None
            shown = ratio if self.sizes else plain
            lines.append(PartFigure(part, plain, value.reports if value else 0, ratio, shown))
        return lines

    def compared(self, code: str, base: Base) -> dict[Any, Compared]:
        """Part → how its figure of an indicator compares with that of a span before."""
        comparison = Comparison(self.summary.asking(indicators=(code,)), base)
        found = comparison.figures(self.by, self.group_of)
        return {key: row[code] for key, row in found.items() if code in row}

    def whole(self, code: str | None = None) -> dict[str, Ratio]:
        """Return the ratio of the whole place for one indicator or for every one, recomputed from its units.

        A commune is one unit: its figure, whatever its hamlets have of it, by all its hamlets' size.
        """
        if not self.sizes or not self.sizes.complete:
            return {}
        asked = self.summary.asking(indicators=(code,) if code else None)
        if self.by == "hamlet":
            size = sum(self.sizes.of.values())
            totals = asked.total().items() if size else ()
            return {code: Ratio(divide(one.value, size, self.sizes.per), len(self.sizes.of)) for code, one in totals}
        raw = asked.values(self.summary.span, self.by)
        return ratios(raw, tuple(i.code for i in asked.catalogue), self.sizes, lambda unit: WHOLE).get(WHOLE, {})

    def months(self, code: str, run: Span) -> list[tuple[Part, dict[Month, int]]]:
        """Return every part with its figures month by month over a run; a blank month is missing."""
        raw = self.summary.asking(indicators=(code,)).values(run, self.by, monthly=True)

        def pair(key: Any) -> Any:
            return self._group(key[0]), key[1]

        found: dict[Any, dict[Month, int]] = {}
        for (key, month), row in (Summary.together(raw, pair) if self.group_of else raw).items():
            found.setdefault(key, {})[month] = row[code].value
        return [(part, found.get(part.key, {})) for part in (*self.listed, *self.unlisted(set(found)))]

    def month_ratios(self, code: str, run: Span) -> dict[tuple[Any, Month], Decimal]:
        """(Part, month) → its figure divided by the size it has at the end of the summary's span."""
        if not self.sizes:
            return {}
        months: dict[Month, Values] = {}
        for (key, month), row in self.summary.asking(indicators=(code,)).values(run, self.by, monthly=True).items():
            months.setdefault(month, {})[key] = row
        return {
            (key, month): ratio
            for month, values in months.items()
            for key, row in ratios(values, (code,), self.sizes, self._group).items()
            if (ratio := row[code].value) is not None
        }

    def households(self) -> dict[Any, int]:
        """Part → its households at the end of the span, where any are known."""
        found: dict[Any, int] = {}
        for unit, homes in sizes_of(self.summary, "households").of.items():
            key = self._group(unit)
            found[key] = found.get(key, 0) + homes
        return found

    def coverage(self) -> dict[Any, Coverage]:
        """Part → how much of what is expected of its communes is there; nothing for hamlets."""
        return {} if self.by == "hamlet" else self.summary.coverage_by(self._group)

    def unlisted(self, keys: set[Any]) -> list[Part]:
        """Name what has figures without being listed: former communes and hamlets, offices, a unit's own row."""
        shown = [part for part in self.hidden if part.key in keys]
        left = keys - {part.key for part in (*self.listed, *self.hidden)}
        if not left:
            return shown
        if self.by == "hamlet":
            former = Hamlet.objects.filter(pk__in=[key for key in left if key])
            hamlets = _hamlets(former, taken=[part.name for part in self.listed])
            return hamlets + ([Part(OWN, "Ngoài khu dân cư (toàn xã)", "unit")] if OWN in left else [])
        communes = Commune.objects.filter(pk__in=[key for key in left if key > 0]).order_by("code")
        offices = [
            Part(-one.pk, one.office_name, "office", one.slug)
            for one in Province.objects.filter(pk__in=[-key for key in left if key < 0])
        ]
        loose = "Xã không ghi huyện" if self.what == DISTRICT else "Xã chưa xếp cụm"
        rest = [Part(REST, loose, "rest")] if REST in left else []
        return [*shown, *rest, *map(_commune, communes), *offices]


def _commune(one: Commune) -> Part:
    at = (one.latitude, one.longitude) if one.latitude is not None and one.longitude is not None else None
    return Part(one.pk, str(one), "commune", one.slug, at, one.area_km2)


def _hamlets(rows: Iterable[Hamlet], taken: Iterable[str] = ()) -> list[Part]:
    return [Part(pk, name, "hamlet", str(pk)) for pk, name in told_apart(rows, taken).items()]


def parts_of(summary: Summary, grouping: str = "", basis: str = "") -> Parts:
    """Return the parts of a summary's place; ``grouping`` asks for a province's clusters of that name."""
    place = summary.place
    if place.commune:
        during = summary.span.window(place.cutoff)
        hamlets = Hamlet.objects.filter(commune=place.commune).active_during(*during)
        own = "" if basis == "commune" else basis
        return Parts(summary, "khu dân cư", "hamlet", tuple(_hamlets(hamlets)), basis=own)
    if grouping == BY_DISTRICT:
        if has_districts(summary):
            return _by_district(summary, basis)
        grouping = ""
    if place.province and grouping and not place.part:
        clusters = Cluster.objects.filter(province=place.province, grouping=grouping)
        home = dict(clusters.exclude(communes=None).values_list("communes", "pk"))
        listed = tuple(Part(one.pk, str(one), "cluster", str(one.pk)) for one in clusters)
        return Parts(summary, "cụm", "commune", listed, lambda key: key if key < 0 else home.get(key, REST), basis)
    if place.province:
        communes = place.communes()
        there = communes.active_during(*summary.span.window(place.cutoff)) if place.has_ended else communes.living()
        communes = there.order_by("code")
        return Parts(summary, "xã, phường", "commune", tuple(map(_commune, communes)), basis=basis)
    homes = Homes()
    living: list[Part] = []
    former: list[Part] = []
    for one in Province.objects.order_by("code"):
        (former if one.ended_on else living).append(Part(one.pk, str(one), "province", one.slug, _at(one)))
    return Parts(
        summary,
        "tỉnh, thành phố",
        "commune",
        tuple(living),
        lambda key: -key if key < 0 else homes[key],
        basis,
        tuple(former),
    )


def has_districts(summary: Summary) -> bool:
    """Whether the place is a former province as it was: districts are a level of its time."""
    place = summary.place
    whole = place.province is not None and not place.commune and not place.part
    return whole and place.has_ended and summary.boundaries == "then"


def _by_district(summary: Summary, basis: str) -> Parts:
    """The districts of a former province, each with what its communes reported."""
    districts = District.objects.filter(province=summary.place.province).order_by("code")
    home = dict(Commune.objects.filter(district__in=districts).order_by().values_list("pk", "district"))
    listed = tuple(Part(one.pk, str(one), "district", one.slug) for one in districts)
    return Parts(summary, DISTRICT, "commune", listed, lambda key: key if key < 0 else home.get(key, REST), basis)


def _at(one: Province) -> tuple[Decimal, Decimal] | None:
    return None if one.latitude is None or one.longitude is None else (one.latitude, one.longitude)


def ranked(lines: list[PartFigure]) -> list[Ranked]:
    """Order lines by what is shown, the greatest first; equal ones share a rank, blanks stand last."""
    filled = [
        line
        for _, line in sorted(
            ((line.shown, line) for line in lines if line.shown is not None), key=itemgetter(0), reverse=True
        )
    ]
    places: list[Ranked] = []
    for place, line in enumerate(filled, start=1):
        same = places and places[-1].line.shown == line.shown
        places.append(Ranked(places[-1].rank if same else place, line))
    return places + [Ranked(None, line) for line in lines if line.shown is None]
