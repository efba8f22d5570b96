"""Whether the figures of a province's month agree with each other, with their history and with the register.

Every check takes the reports of one province and one month and asks a few queries whatever their number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from communes.models import Province
from models_registry.headcount import GROUPS_BY_KIND, OTHER_GROUPS, headcount_then, without_register
from reports.catalogue import Catalogue
from reports.entry.finding import OfReport
from reports.entry.integrity import differences
from reports.models import ActivityLog, CellComment, Figure, FigureChange, Indicator, MonthlyReport, ReportTotal
from reports.models import WeaponHandover as Handover
from reports.months import Month

Reports = QuerySet[MonthlyReport]
REGISTRY = Indicator.Source.REGISTRY
SENT = MonthlyReport.SENT
STOCK_FLOW = (
    ((*GROUPS_BY_KIND, OTHER_GROUPS), "groups_founded", "groups_dissolved"),
    (("initiatives",), "initiatives_started", "initiatives_discontinued"),
)
"""Stocks that, added together, rise by a flow in and fall by a flow out."""


def totals(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """Every total is the sum of its cells; an open report freezes no registry figure."""
    codes = dict(Indicator.objects.values_list("pk", "code"))
    for one in differences(reports, month):
        yield OfReport(one.report, "totals", "fault", f"{codes[one.indicator]}: kept {one.kept}, cells {one.summed}")


def parts(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """No part of what was sent is above its whole, in a row or in the total, and what must reach a count reaches it."""
    sent = reports.filter(state__in=SENT)
    cells = Figure.objects.filter(log__report__in=sent)
    sums = ReportTotal.objects.filter(report__in=sent)
    pairs = (
        (cells, "log__", "log__figures", "within", Q(value__gt=F("log__figures__value")), ">"),
        (cells, "log__", "log__figures", "at_least", Q(value__lt=F("log__figures__value")), "<"),
        (sums, "", "report__totals", "within", Q(value__gt=F("report__totals__value")), ">"),
    )
    for rows, own, others, link, broken, sign in pairs:
        met = Q(**{f"{others}__indicator": F(f"indicator__{link}")})
        names = (f"{own}report", "indicator__code", "value", f"indicator__{link}__code", f"{others}__value")
        what = "cell" if own else "total"
        for report, code, value, other, limit in rows.filter(met & broken).values_list(*names):
            yield OfReport(report, "parts", "fault", f"{what} {code} {value} {sign} {other} {limit}")


def stock_flow(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """What stood a month before, with what came and without what went, stands now (sent reports of both months)."""
    codes = {code for stocks, *flows in STOCK_FLOW for code in (*stocks, *flows)}
    held: dict[tuple[int, Month], dict[str, int]] = defaultdict(dict)
    key_of = dict(reports.filter(state__in=SENT, commune__isnull=False).values_list("commune", "pk"))
    rows = ReportTotal.objects.filter(
        report__commune__in=key_of,
        report__month__in=(month - 1, month),
        report__state__in=SENT,
        indicator__code__in=codes,
    )
    for commune, of, code, value in rows.values_list("report__commune", "report__month", "indicator__code", "value"):
        held[commune, of][code] = value
    for commune, report in key_of.items():
        now, before = held[commune, month], held[commune, month - 1]
        for stocks, came, went in STOCK_FLOW:
            if not {*stocks, came, went} <= now.keys() or not before.keys() >= {*stocks}:
                continue
            opening, closing = sum(before[code] for code in stocks), sum(now[code] for code in stocks)
            if opening + now[came] - now[went] != closing:
                told = f"{opening} + {now[came]} − {now[went]} ≠ {closing}"
                yield OfReport(report, "stock_flow", "question", f"{came}, {went}: {told}")


def frozen(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """What was counted when a report was sent is what the register holds of that day; a correction since is asked of.

    A report that was sent without any of the registry figures of its month is at fault, but for former communes whose
    register nobody kept here.
    """
    commune_of = dict(reports.filter(state__in=SENT, commune__isnull=False).values_list("pk", "commune"))
    written: dict[int, dict[str, int]] = {report: {} for report in commune_of}
    rows = ReportTotal.objects.filter(report__in=commune_of, indicator__source=REGISTRY)
    for report, code, value in rows.values_list("report", "indicator__code", "value"):
        written[report][code] = value
    if not written:
        return
    since, on = month.window(province.cutoff)
    counts = headcount_then(list(commune_of.values()), since=since, on=on)
    asked = Catalogue(month).registry
    unknown = without_register({commune_of[report] for report, values in written.items() if not values}, counts, on)
    for report, values in written.items():
        if asked and not values and commune_of[report] not in unknown:
            yield OfReport(report, "frozen", "fault", "sent without its registry figures")
        told = [
            f"{code} {value}, register {counts[commune_of[report], code]}"
            for code, value in sorted(values.items())
            if counts[commune_of[report], code] != value
        ]
        if told:
            yield OfReport(report, "frozen", "question", "; ".join(told))


def orphans(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """No row, remark or weapon of a report lies in another commune, and no cell stands where none may."""
    rows = (
        (ActivityLog.objects, "row"),
        (CellComment.objects, "comment"),
        (Handover.objects, "weapons"),
    )
    for manager, what in rows:
        for place in ("hamlet", "group"):
            found: QuerySet[Any] = manager.filter(report__in=reports, **{f"{place}__isnull": False})
            at_home = found.filter(**{f"{place}__commune": F("report__commune")})
            strange = found.exclude(pk__in=at_home.values("pk"))
            for report, key in strange.values_list("report", place):
                yield OfReport(report, "orphans", "fault", f"{what} of {place} {key}, which lies in another commune")
    cells = Figure.objects.filter(log__report__in=reports)
    counted = Q(indicator__source=REGISTRY)
    whole = Q(indicator__level=Indicator.Level.COMMUNE) & (Q(log__hamlet__isnull=False) | Q(log__group__isnull=False))
    for report, code in cells.filter(counted | whole).values_list("log__report", "indicator__code"):
        yield OfReport(report, "orphans", "fault", f"a cell of {code}, which is not entered there")
    for report in reports.filter(commune__isnull=False).exclude(commune__province=F("province")).values_list("pk"):
        yield OfReport(report[0], "orphans", "fault", "its commune lies in another province")


def history(reports: Reports, province: Province, month: Month) -> Iterator[OfReport]:
    """The last change of a cell leads to the value that stands there."""
    changes = FigureChange.objects.filter(log__report__in=reports).order_by("at", "pk")
    last = {(log, indicator): (at, value) for log, indicator, at, value in _of_cells(changes, "at")}
    changed = Exists(FigureChange.objects.filter(log=OuterRef("log"), indicator=OuterRef("indicator")))
    figures = Figure.objects.filter(changed, log__report__in=reports)
    stands = {(log, indicator): (at, value) for log, indicator, at, value in _of_cells(figures, "entered_at")}
    wrong = [cell for cell in last if _breaks(last[cell], stands.get(cell))]
    reports_of = dict(ActivityLog.objects.filter(pk__in={log for log, _ in wrong}).values_list("pk", "report"))
    codes = dict(Indicator.objects.values_list("pk", "code")) if wrong else {}
    for log, indicator in wrong:
        now = stands.get((log, indicator), (None, None))[1]
        told = f"{codes[indicator]}: changed to {last[log, indicator][1]}, stands at {now}"
        yield OfReport(reports_of[log], "history", "fault", told)


def _of_cells(rows: QuerySet, moment: str) -> Iterator[tuple]:
    return rows.values_list("log", "indicator", moment, "value").iterator(chunk_size=5000)


def _breaks(change: tuple, figure: tuple | None) -> bool:
    """Whether a cell is not what its last change made it; what was entered anew since the change is right."""
    if figure is None:
        return change[1] is not None
    return change[0] > figure[0] and change[1] != figure[1]


CHECKS: tuple[Callable[[Reports, Province, Month], Iterator[OfReport]], ...] = (
    totals,
    parts,
    stock_flow,
    frozen,
    orphans,
    history,
)
