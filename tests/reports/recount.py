"""What is true of :mod:`random_coverage`, counted from the cells by plain SQL and plain loops: no code of the totals.

A *piece* is what one unit has of one month of a span (of a stock: of its end); a pair is a piece that both spans have.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.db import connection

from tests.reports.random_coverage import BEGUN, ENDED

COUNTED = {
    "approved": ("approved",),
    "sent": ("submitted", "approved"),
    "all": ("draft", "returned", "submitted", "approved"),
}
STOCKS, REGISTER = ("disputes_pending", "hamlets", "household_clusters", "security_teams", "initiatives"), (
    "hamlets", "household_clusters", "security_teams", "initiatives",
)  # fmt: skip
FROZEN = (*REGISTER, "groups_founded")
FAMILIES = (("hamlets",), ("household_clusters", "security_teams"), ("initiatives",))
REACHED, REACHES = "hamlets_reached", "outreach_sessions"

REPORTS = "SELECT id, province_id, commune_id, month, state FROM reports_monthlyreport"
CELLS = """
SELECT l.report_id, COALESCE(l.hamlet_id, g.hamlet_id), i.code, f.value FROM reports_figure f
JOIN reports_activitylog l ON l.id = f.log_id JOIN reports_indicator i ON i.id = f.indicator_id
LEFT JOIN models_registry_selfmanagementgroup g ON g.id = l.group_id
"""
FROZEN_TOTALS = """
SELECT t.report_id, i.code, t.value FROM reports_reporttotal t JOIN reports_indicator i ON i.id = t.indicator_id
WHERE i.source = 'registry'
"""
HANDED = """
SELECT h.report_id, k.code, h.quantity FROM reports_weaponhandover h JOIN reports_weaponkind k ON k.id = h.kind_id
"""
LIVING = "(started_on IS NULL OR started_on <= %s) AND (ended_on IS NULL OR ended_on >= %s)"
ON_A_DAY = {
    "hamlets": f"SELECT COUNT(*) FROM communes_hamlet WHERE commune_id = %s AND {LIVING}",
    "initiatives": f"SELECT COUNT(*) FROM models_registry_initiative WHERE commune_id = %s AND {LIVING}",
} | {
    code: "SELECT COUNT(*) FROM models_registry_selfmanagementgroup g JOIN models_registry_groupkind k "
    f"ON k.id = g.kind_id AND k.code = '{kind}' WHERE commune_id = %s AND {LIVING}"
    for code, kind in (("household_clusters", "household_cluster"), ("security_teams", "security_team"))
}
FOUNDED = """
SELECT COUNT(*) FROM models_registry_selfmanagementgroup
WHERE commune_id = %s AND started_on BETWEEN %s AND %s
"""


def fetched(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def window(month):
    """The 15th of the month before to the 14th of the month."""
    before = month - 1
    return date(before.year, before.number, 15), date(month.year, month.number, 14)


def asked_in(code, month):
    return {"online_posts": month >= BEGUN, "reviews_held": month <= ENDED}.get(code, True)


class Said(SimpleNamespace):
    """How a figure compares: basis, now, then, reports, why."""


class Recount:
    """The reports and cells of the world, as of a moment; ``include`` is which reports count."""

    def __init__(self, world, include, today, current):
        self.world, self.today, self.current = world, today, current
        states, self.kept, self.live = COUNTED[include], {}, {}
        by_pk = {}
        for pk, province, commune, month, state in fetched(REPORTS):
            report = SimpleNamespace(open=state in ("draft", "returned"), cells=[], frozen={}, handed={})
            by_pk[pk] = report
            if state in states:
                self.kept[commune or -province, _month(month)] = report
        for pk, home, code, value in fetched(CELLS):
            by_pk[pk].cells.append((home, code, value))
        for pk, code, value in fetched(FROZEN_TOTALS):
            by_pk[pk].frozen[code] = value
        for pk, code, quantity in fetched(HANDED):
            handed = by_pk[pk].handed
            handed[code] = handed.get(code, 0) + Decimal(str(quantity))

    def counting(self, include):
        """The same world, of other reports."""
        return Recount(self.world, include, self.today, self.current)

    # What the register has

    def on_a_day(self, unit, code, day):
        if (unit, code, day) not in self.live:
            self.live[unit, code, day] = fetched(ON_A_DAY[code], unit, day, day)[0][0]
        return self.live[unit, code, day]

    def registry_of(self, unit, month, report, code):
        """A registry figure of one report: as frozen, or while it is open as the register has it."""
        if not report.open:
            return report.frozen.get(code)
        since, on = window(month)
        return fetched(FOUNDED, unit, since, on)[0][0] if code == "groups_founded" else self.on_a_day(unit, code, on)

    # What one unit has

    def of_report(self, unit, month, code, home=...):
        """One report's figure of one indicator, of one hamlet (None: the unit's own row) or of all its rows."""
        report = self.kept[unit, month]
        if code in FROZEN:
            return self.registry_of(unit, month, report, code) if unit > 0 and home is ... else None
        wanted = REACHES if code == REACHED else code
        cells = [(where, value) for where, one, value in report.cells if one == wanted and home in (..., where)]
        if code == REACHED:
            homes = {where: value for where, value in cells if where}
            found = {where for where, value in cells if where and value > 0}
            return len(found) if homes else None
        return sum(value for _, value in cells) if cells else None

    def standing(self, unit, code, span, home=...):
        """A stock at the end of a span: (value, month it is of, whether the register was asked); None is blank."""
        end = min(span.last, self.current)
        months = sorted(month for who, month in self.kept if who == unit and end - 12 <= month <= end)
        if code in REGISTER and unit > 0 and home is ... and not any(span.first <= month for month in months):
            asked = self.asked_of_register(unit, span, end, months)
            if asked is not None:
                return asked[code], end, True
        if not months or (months[-1] < end and not asked_in(code, span.last)):
            return None
        value = self.of_report(unit, months[-1], code, home)
        return None if value is None else (value, months[-1], False)

    def asked_of_register(self, unit, span, end, months):
        on = min(window(end)[1], self.today)
        counts = {code: self.on_a_day(unit, code, on) for code in REGISTER}
        former = self.kept[unit, months[-1]].frozen if months else {}
        emptied = [
            family
            for family in FAMILIES
            if any(former.get(code) for code in family) and not any(counts[code] for code in family)
        ]
        return counts if any(counts.values()) and not emptied else None

    # Spans

    def pieces(self, units, code, span, home=...):
        """Spot → value: (unit, place of the month) of what is added, (unit, "end") of what is standing."""
        found = {}
        for unit in units:
            if code in STOCKS:
                if span.first <= self.current and (standing := self.standing(unit, code, span, home)):
                    found[unit, "end"] = standing
                continue
            for place, month in enumerate(span):
                if (unit, month) in self.kept:
                    value = self.of_report(unit, month, code, home)
                    if value is not None:
                        found[unit, place] = value, month, False
        return found

    def added(self, code, span, pieces, home=...):
        """What some pieces are together: hamlets reached once however often."""
        if code != REACHED:
            return sum(value for value, _, _ in pieces.values())
        homes = set()
        for unit, _ in pieces:
            for place, month in enumerate(span):
                if (unit, place) in pieces:
                    cells = self.kept[unit, month].cells
                    homes |= {h for h, one, value in cells if one == REACHES and value > 0 and h and home in (..., h)}
        return len(homes)

    def value(self, units, code, span, home=...):
        pieces = self.pieces(units, code, span, home)
        return self.added(code, span, pieces, home) if pieces else None

    def compared(self, units, code, span, before, words, home=...):
        """How a figure compares; ``words`` are what a pair, and one with an office, is called, and the other span."""
        sides = here, there = [self.pieces(units, code, one, home) for one in (span, before)]
        lacking = next((name for name, side in zip(("kỳ này", words.before), sides, strict=True) if not side), "")
        if not here and not there:
            return None
        if span.first >= self.current:
            return Said(basis="none", now=None, then=None, reports=0, why="kỳ này chưa kết thúc")
        if lacking:
            return Said(basis="none", now=None, then=None, reports=0, why=f"{lacking} chưa có số liệu")
        both = [spot for spot, (_, month, _) in here.items() if spot in there and month < self.current]
        most, pairs = max(len(here), len(there)), len(both)
        name = words.with_office if any(unit < 0 for unit, _ in both) else words.pair
        if code in STOCKS and words.stock:
            name = "đơn vị" if any(unit < 0 for unit, _ in both) else words.stock
        if not pairs or pairs * 10 < most * 8:
            why = f"mới {pairs}/{most} {name} có số liệu cả hai kỳ"
            why = "kỳ này chưa kết thúc" if code in STOCKS and span.last >= self.current else why
            return Said(basis="none", now=None, then=None, reports=pairs, why=why)
        now, then = (
            self.added(code, one, {spot: side[spot] for spot in both}, home)
            for one, side in ((span, here), (before, there))
        )
        whole = pairs == len(here) == len(there)
        why = "" if whole else f"so cùng {pairs} {name} có số liệu cả hai kỳ"
        return Said(basis="whole" if whole else "like", now=now, then=then, reports=pairs, why=why)

    # Weapons

    def handed(self, units, span, spots=None):
        found = defaultdict(Decimal)
        for place, month in enumerate(span):
            for unit in units:
                if (unit, month) in self.kept and (spots is None or (unit, place) in spots):
                    for kind, quantity in self.kept[unit, month].handed.items():
                        found[kind] += quantity
        return found

    def weapons(self, units, kind, span, before):
        """(basis, now, then, pairs) of one kind: the pairs are the reports."""
        here, there = (
            {(unit, place) for place, month in enumerate(one) for unit in units if (unit, month) in self.kept}
            for one in (span, before)
        )
        both = {spot for spot in here & there if list(span)[spot[1]] < self.current}
        if not both or len(both) * 10 < max(len(here), len(there)) * 8:
            return "none", None, None, len(both)
        now, then = (self.handed(units, one, both)[kind] for one in (span, before))
        return "whole" if both == here == there else "like", now, then, len(both)


def _month(day):
    from reports.months import Month

    return Month(*map(int, str(day).split("-")[:2]))


def words_of(span, before, *, commune):
    """What pairs are called in sentences: of a commune months, of several months reports, else units."""
    if commune:
        return SimpleNamespace(pair="tháng", with_office="tháng", stock="tháng", before=before)
    if len(span) > 1:
        return SimpleNamespace(pair="báo cáo tháng", with_office="báo cáo tháng", stock="xã, phường", before=before)
    return SimpleNamespace(pair="xã, phường", with_office="đơn vị", stock="", before=before)
