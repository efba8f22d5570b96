"""Whose registry stocks are asked of the register: a register knows its groups whether or not a report was sent.

A unit without a counted report in the span is asked of the register as of the span's last day, or of today where that
is yet to come. A register that has nothing of what the unit's last report counted is not filled in yet and overrules
nothing: the former count stands (docs/decisions/0032).
"""

from collections import defaultdict
from datetime import date
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from django.db.models import Q, Sum
from django.utils import timezone

from communes.held import Setting
from communes.models import Commune
from communes.templatetags.vietnamese import day as day_words
from communes.templatetags.vietnamese import number
from models_registry.headcount import FAMILIES, initiative_types_then, registers_kept, stock_count
from reports.models import MonthlyReport, ReportTotal
from reports.months import Month, Span
from reports.totals.heirs import chain
from reports.totals.inquiry import LINKED, REGISTER
from reports.totals.place import Counted
from reports.totals.standing import Stocks

MANY = 500
"""Of more silent communes it is asked first which kept a register: of the country's former ones most did not."""
FROM_REGISTER = "register"  # what stands for the state of a report that there is not


class CommuneThere(NamedTuple):
    """A commune, its province, its first and last day (None: not known, none)."""

    commune: int
    province: int
    started: date | None
    ended: date | None

    def is_there(self, on: date) -> bool:
        """Whether it exists on a day."""
        return (self.started is None or self.started <= on) and (self.ended is None or self.ended >= on)


class Registered(NamedTuple):
    """A commune that is asked of the register, the unit it counts for, and its stocks by code (0 where not named)."""

    commune: int
    unit: int
    province: int
    counts: dict[str, int]

    def standing_for(self, month: Month) -> Counted:
        """The report it does not have, so that it stands among those that others have; without a key."""
        return Counted(0, self.unit, self.commune, self.province, month, FROM_REGISTER, 0)


class RegisterStocks(Stocks):
    """The stocks of the register beside those that reports hold."""

    def registered(self, span: Span) -> list[Registered]:
        """The communes asked of the register at the end of a span; none of a span to come."""
        return self._of_place(self._asked_at_end(span))

    def registered_by_month(self, span: Span) -> dict[Month, list[Registered]]:
        """Month of a span → the communes asked of the register at its end, as of a span of that month alone."""
        return {month: self._of_place(some) for month, some in self._asked_by_month(span).items()}

    def unregistered(self, span: Span) -> list[Counted]:
        """The reports carried to the end of a span whose registry stocks stand: no register answers for them."""
        return self._unanswered(span, self.carried(span), self._asked_at_end(span))

    def unregistered_by_month(self, span: Span) -> dict[Month, list[Counted]]:
        """Month of a span → the same at its end."""
        asked = self._asked_by_month(span)
        return {
            month: self._unanswered(Span(str(month), month, month, span.first_month), some, asked.get(month, []))
            for month, some in self.carried_by_month(span).items()
        }

    def _of_place(self, asked: list[Registered]) -> list[Registered]:
        return [one for one in asked if one.commune not in self._heirs_beyond]

    def _unanswered(self, span: Span, carried: list[Counted], asked: list[Registered]) -> list[Counted]:
        communes = frozenset(one.commune for one in asked)
        if not communes:
            return carried
        newer = {heir for one in asked for heir in self._line(one.commune)[1:]}
        if not newer.isdisjoint(report.own_unit for report in carried):  # an heir had restated a month of before
            carried = self.carried(span, communes)
        return [one for one in carried if communes.isdisjoint(self._line(one.own_unit))]

    def _asked_at_end(self, span: Span) -> list[Registered]:
        """The communes asked at the end of a span, and of heirs beyond the place those that answer for it."""
        end = self._end(span)
        if end is None:
            return []
        present, ending = (
            self.country.units(some) if self.country else {one.own_unit for one in self.counted(some)}
            for some in (span, Span(f"{end}..{span.last}", end, span.last, span.first_month))
        )
        present |= self._elsewhere_in(span, span.first, span.last)
        ending |= self._elsewhere_in(span, end, span.last)
        return self._registered(end, present, ending, self.carried(span), self._there(end, end))

    def _asked_by_month(self, span: Span) -> dict[Month, list[Registered]]:
        def ask() -> dict[Month, list[Registered]]:
            counted: dict[Month, list[Counted]] = defaultdict(list)
            for report in self.counted(span):
                counted[report.month].append(report)
            carried = self.carried_by_month(span)
            months = list(takewhile(lambda month: month <= self._current, span))
            there = self._there(months[0], months[-1]) if months else []
            present = {
                month: {one.own_unit for one in counted[month]} | self._elsewhere_in(span, month, month)
                for month in months
            }
            return {
                month: self._registered(month, present[month], present[month], carried.get(month, []), there)
                for month in months
            }

        return self.remember(("registered by month", span.first, span.last, self.include), ask)

    def register_window(self, span: Span) -> tuple[date, date]:
        """The first day of the month at whose end the register is asked for a span, and the day it is asked of."""
        end = self._end(span) or span.last
        return end.window(self.place.cutoff)[0], self._day(end, self.place.cutoff)

    def last_registry(self, span: Span) -> list[Counted]:
        """What holds the registry stocks at the end of a span: reports, and communes that stand without one."""
        registered, end = self.registered(span), self._end(span)
        if end is None:
            return self.last(span)
        return [*self.own(span), *self.unregistered(span), *(one.standing_for(end) for one in registered)]

    def register_sentence(self, among: str = "") -> str:
        """Say of how many units the registry stocks are asked now, and how many have been frozen; or nothing."""
        registered, end = self.registered(self.span), self._end(self.span)
        if end is None or not registered:
            return ""
        asked = f"theo danh bạ đến ngày {day_words(self._day(end, self.place.cutoff))}"
        if self.place.commune:
            return f"{among or 'Số'} đếm từ danh bạ lấy {asked}."
        frozen = {one.unit for one in self.last_registry(self.span) if one.commune and one.state in MonthlyReport.SENT}
        said = [f"{number(len(frozen))} xã, phường đã chốt khi gửi báo cáo"] if frozen else []
        said.append(f"{number(len({one.unit for one in registered}))} xã, phường chưa có báo cáo được tính lấy {asked}")
        return f"{among or 'Số'} đếm từ danh bạ: {'; '.join(said)}."

    def initiative_types(self) -> int:
        """Count distinct types of the initiatives that are counted: of each unit those of its last report's month.

        A unit without a counted report is asked as of the end of the span, as its initiatives are.
        """
        windows: dict[tuple[date, date], list[int]] = defaultdict(list)
        for report in self.last_registry(self.span):
            if report.commune:
                cutoff = self.cutoff_of(report.province)
                windows[report.month.window(cutoff)[0], self._day(report.month, cutoff)].append(report.commune)
        return len(set().union(*(self._types_in(window, communes) for window, communes in windows.items())))

    def _types_in(self, window: tuple[date, date], communes: list[int]) -> set[int]:
        since, on = window
        ask = partial(initiative_types_then, communes, since=since, on=on)
        return self.keep(REGISTER, ("initiative types", since, on, tuple(communes)), ask)

    def _line(self, unit: int) -> tuple[int, ...]:
        """A unit and those it went into, one after the other."""
        return (unit, *chain(self.successors, unit)) if unit in self.successors else (unit,)

    def _day(self, month: Month, cutoff: int | Setting) -> date:
        """The last day of a month, or today where that is yet to come."""
        return min(month.window(cutoff)[1], timezone.localdate(self.now))

    def _registered(
        self, month: Month, present: set[int], ending: set[int], carried: list[Counted], there: list[CommuneThere]
    ) -> list[Registered]:
        """Those asked at the end of a month, of a span in which some are ``present`` and in whose end some ``ending``.

        While a commune is there, what an heir reported of an earlier month only restates that month.
        """

        def ask() -> list[Registered]:
            days = {home: self._day(month, self.cutoff_of(home)) for home in {one.province for one in there}}
            silent = [one for one in there if one.commune not in present and one.is_there(days[one.province])]
            if len(silent) > MANY:
                kept = self.keep(REGISTER, ("kept",), registers_kept)
                silent = [one for one in silent if one.commune in kept]
            told = {heir for unit in present & self.successors.keys() for heir in self._line(unit)}
            silent = [one for one in silent if one.commune not in told and ending.isdisjoint(self._line(one.commune))]
            if not silent:
                return []
            counts = self._asked(month, silent)
            heirs = self.heirs if self.boundaries == "today" else {}
            found = [Registered(pk, heirs.get(pk, pk), home, counts[pk]) for pk, home, *_ in silent]
            return self._filled([one for one in found if any(one.counts.values())], carried)

        return self.remember(("registered", month, frozenset(present), frozenset(ending), self.include), ask)

    def _there(self, first: Month, last: Month) -> list[CommuneThere]:
        """The communes of the place that were there on some day from one month to another."""

        def ask() -> list[CommuneThere]:
            there = Commune.objects.active_during((first - 1).first_day, (last + 1).first_day).order_by()
            columns = ("pk", "province_id", "started_on", "ended_on")
            if self.place.province is None:
                return [CommuneThere(*row) for row in there.values_list(*columns)]
            mine = self.communes
            heirs = self.heirs if self.boundaries == "today" else {}
            family = [old for old, heir in heirs.items() if heir in mine]
            family += [heir for heir in self._heirs_beyond if heir > 0]
            rows = there.filter(Q(pk__in=self.place.communes()) | Q(pk__in=family)).values_list(*columns)
            mine |= self._heirs_beyond
            return [CommuneThere(*row) for row in rows if heirs.get(row[0], row[0]) in mine]

        return self.keep(LINKED, ("there", self.place.key, self.boundaries, first, last), ask)

    def _asked(self, month: Month, communes: list[CommuneThere]) -> dict[int, dict[str, int]]:
        """Commune → its registry stocks on the last day of a month of its province."""
        days: dict[date, list[int]] = defaultdict(list)
        for commune, province, *_ in communes:
            days[self._day(month, self.cutoff_of(province))].append(commune)
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for on, some in days.items():
            counts = self.keep(REGISTER, ("stocks", on, tuple(some)), partial(stock_count, some, on=on))
            for (commune, code), count in counts.items():
                found[commune][code] = count
        return found

    def _filled(self, registered: list[Registered], carried: list[Counted]) -> list[Registered]:
        """Leave out whose register has nothing of a family of stocks that the last reports of the unit had."""
        asked = {one.commune: one for one in registered}
        holding = {report.pk: [one for one in self._line(report.own_unit) if one in asked] for report in carried}
        lacking = {one.commune for one in registered if not all(_sums(one.counts))}
        pks = [pk for pk, communes in holding.items() if not lacking.isdisjoint(communes)]
        if not pks:
            return registered
        codes = [code for family in FAMILIES for code in family]
        totals = ReportTotal.objects.filter(report__in=pks, indicator__code__in=codes, value__gt=0).order_by()
        former: dict[int, dict[str, int]] = defaultdict(dict)
        for pk, code, value in totals.values_list("report", "indicator__code").annotate(Sum("value")):
            for commune in holding[pk]:
                former[commune][code] = value
        return [
            one
            for one in registered
            if not any(was and not now for was, now in zip(_sums(former[one.commune]), _sums(one.counts), strict=True))
        ]


def _sums(counts: dict[str, int]) -> list[int]:
    """How much of each family of stocks there is."""
    return [sum(counts.get(code, 0) for code in family) for family in FAMILIES]
