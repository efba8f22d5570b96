"""What an address of the totals page asks, and the addresses that ask something else."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from communes.models import Cluster
from communes.requests import AuthenticatedHttpRequest
from reports.asking.address import figure_span, span_below
from reports.models import Indicator
from reports.months import Month, Span
from reports.totals.parts import BY_DISTRICT, Part, Parts, has_districts, parts_of
from reports.totals.place import Place
from reports.totals.ratios import BASES
from reports.totals.summary import Summary

PATH, FIGURES = "/dashboard/", "/figures/"
USUAL = "patrols"  # the indicator drawn where none is chosen
PLACES_ONLY = ("map", "country")  # views that a place below may not have
PASSING = ("format", "run")  # parts of an address that are acted on once


@dataclass(frozen=True)
class Asked:
    """A question put to the totals page: a summary, one indicator, how it is divided and how it is shown."""

    request: AuthenticatedHttpRequest
    summary: Summary
    view: str = ""
    notes: list[str] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """The place summed."""
        return self.summary.place

    @cached_property
    def whole(self) -> Summary:
        """The summary of every indicator."""
        return self.summary.asking(indicators=None)

    @cached_property
    def indicator(self) -> Indicator | None:
        """The chosen indicator; None in an empty catalogue."""
        known = {indicator.code: indicator for indicator in self.whole.catalogue}
        wanted = (self.summary.indicators or (USUAL,))[0]
        return known.get(wanted) or next(iter(known.values()), None)

    @property
    def code(self) -> str:
        """Its code."""
        return self.indicator.code if self.indicator else ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.indicator.name if self.indicator else ""

    @property
    def plain_unit(self) -> str:
        """Its unit."""
        return self.indicator.unit if self.indicator else ""

    @cached_property
    def basis(self) -> str:
        """What figures are divided by, or ""; a commune's own page knows no "each commune"."""
        wanted = self.request.GET.get("basis", "")
        return wanted if wanted in BASES and not (wanted == "commune" and self.place.commune) else ""

    @property
    def unit(self) -> str:
        """The unit of what is shown: the indicator's, and what it is divided by."""
        short = BASES[self.basis].short if self.basis else ""
        return f"{self.plain_unit}{short}"

    @cached_property
    def clusters(self) -> list[Cluster]:
        """The clusters of the place's province that the user sees."""
        if not self.place.province or self.place.commune:
            return []
        return list(Cluster.objects.visible_to(self.request.user).filter(province=self.place.province))

    @cached_property
    def groupings(self) -> list[str]:
        """Into what the place can be divided other than communes: the clusters of a grouping, former districts."""
        own = [BY_DISTRICT] if has_districts(self.summary) else []
        return list(dict.fromkeys([*own, *(cluster.grouping for cluster in self.clusters)]))

    @cached_property
    def grouping(self) -> str:
        """The grouping whose clusters or districts are the parts, or ""."""
        wanted = self.request.GET.get("grouping", "")
        if not wanted or self.place.part or self.place.commune or not self.place.province:
            return ""
        if wanted in self.groupings:
            return wanted
        self.notes.append("Tỉnh không có cách chia cụm này; trang chia theo xã, phường.")
        return ""

    @cached_property
    def parts(self) -> Parts:
        """The parts of the place."""
        return parts_of(self.summary, self.grouping, self.basis)

    @cached_property
    def current(self) -> Month:
        """The month that runs now."""
        return Month.at(self.summary.now, self.place.cutoff)

    def run(self, least: int, most: int) -> Span:
        """Return the months drawn: the span's, but no future ones, at least and at most so many."""
        last = max(min(self.summary.span.last, self.current), self.summary.span.first)
        first = max(min(self.summary.span.first, last - (least - 1)), last - (most - 1))
        return Span(f"{first}..{last}", first, last, self.summary.span.first_month)

    # Addresses

    @cached_property
    def _kept(self) -> dict[str, str]:
        asked = self.request.GET
        return {key: asked[key] for key in asked if asked[key] and key not in PASSING}

    def address(self, **changes: Any) -> str:
        """Return this page's address with some choices changed (None drops one)."""
        query = self._kept | changes
        return f"{PATH}?{urlencode({key: value for key, value in query.items() if value is not None})}"

    @cached_property
    def _last_report(self) -> str:
        """The last counted report of a commune, where its hamlets' cells stand."""
        if not self.place.commune or not self.indicator:
            return ""
        behind = self.summary.asking(indicators=None).behind(self.indicator)
        return f"/review/{self.place.commune.slug}/{behind[-1].month}/" if behind else ""

    def down(self, part: Part) -> str:
        """Where a part leads: a unit to its own totals, a hamlet to the report that holds its cells."""
        fresh = {"sort": None, "grouping": None, "cluster": None, "district": None}
        if self.view in PLACES_ONLY and part.kind in ("commune", "province"):
            fresh["view"] = None
        if part.kind == "commune":
            return self.address(**fresh, province=None, commune=part.slug)
        if part.kind == "cluster":
            return self.address(**fresh | {"cluster": part.slug})
        if part.kind == "district":
            return self.address(**fresh | {"district": part.slug, "province": None})
        if part.kind == "province":
            below = {"span": self._run_below} if self._run_below != str(self.summary.span) else {}
            return self.address(**fresh, province=part.slug, **below)
        if part.kind == "office":
            return f"/reports/province-{part.slug}/"
        return self._last_report if part.kind in ("hamlet", "unit") else ""

    def behind(self, part: Part, code: str, span: str = "") -> str:
        """Where the figure of a part is taken apart; its own totals where clusters are summed."""
        if part.kind in ("hamlet", "unit"):
            row = f"h{part.slug}" if part.kind == "hamlet" else "u"
            return f"{FIGURES}?{self._own}indicator={code}&row={row}&{self._end(span)}"
        if part.kind in ("commune", "province", "office"):
            which = "commune" if part.kind == "commune" else "province"
            office = "&office=1" if part.kind == "office" else ""
            return f"{FIGURES}?{which}={part.slug}&indicator={code}{office}&{self._end(span or self._run_below)}"
        return self.down(part)

    def figure(self, code: str, span: str = "") -> str:
        """Where a figure of the whole place is taken apart; a cluster's by its communes."""
        if self.place.cluster:
            return self.address(view="ranking", indicator=code, **({"span": span} if span else {}))
        return f"{FIGURES}?{self._own}indicator={code}&{self._end(span)}"

    def weapons(self, code: str, span: str = "") -> str:
        """Where the lines behind a quantity of weapons stand; a cluster's are not listed."""
        return "" if self.place.cluster else f"{FIGURES}weapons/{code}/?{self._own}{self._end(span)}"

    @cached_property
    def _run_below(self) -> str:
        return span_below(self.summary)

    @cached_property
    def _own(self) -> str:
        """The place in the addresses of its own figures."""
        for name in ("commune", "district", "province"):
            if unit := getattr(self.place, name):
                return f"{name}={unit.slug}&"
        return ""

    def _end(self, span: str) -> str:
        """How they end: written once for hundreds of cells."""
        if span not in self.ends:
            self.ends[span] = figure_span(self.summary, span)
        return self.ends[span]
