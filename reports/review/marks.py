"""What makes a report stand out in the reviewer's queue: each mark says why, in a sentence with numbers.

Read for all reports of a province's month in a fixed number of queries. A report without a mark is clean.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q, Sum

from communes.models import User
from communes.templatetags.vietnamese import moment, number
from models_registry.headcount import GROUPS_BY_KIND, OTHER_GROUPS, headcount_then
from reports.catalogue import Catalogue
from reports.charts.past import Past
from reports.entry.checks import LOOK_BACK, jump_sentence, unusual
from reports.models import (
    ASKED_BACK,
    Explanation,
    Figure,
    FigureChange,
    Indicator,
    MonthlyReport,
    ReportEvent,
    ReportTotal,
    ReportViewing,
)
from reports.models.deadlines import days_late
from reports.months import Month
from reports.review.totals_then import TotalThen

BLANK = "blank"


@dataclass(frozen=True)
class Outlier(TotalThen):
    """A total far from the unit's own past, and its median."""

    usual: float

    @property
    def value(self) -> int:
        """The total that is asked about."""
        return self.months[-1] or 0

    @property
    def median(self) -> int:
        """The median as it is written."""
        return round(self.usual)

    @property
    def times(self) -> str:
        """How many times the usual: "6,4×"; the total itself where the usual is nothing."""
        if not self.usual:
            return number(self.value)
        return f"{self.value / self.usual:.1f}×".replace(".", ",")

    @property
    def past(self) -> Past:
        """The line of its months."""
        return self.line(odd=True)


@dataclass(frozen=True)
class Mark:
    """One reason to look: its kind, the sentence, and what the unit said of it ("" if nothing).

    ``brief`` says it in a word or two of numbers; an odd total comes with what it is held against.
    """

    kind: str
    sentence: str
    said: str = ""
    brief: str = ""
    outlier: Outlier | None = None

    @property
    def weight(self) -> int:
        """How much it needs eyes."""
        return WEIGHTS[self.kind]

    @property
    def label(self) -> str:
        """Its kind in a word or two."""
        return LABELS[self.kind]


WEIGHTS = {
    "asked_back": 80,
    "late": 60,
    "explained": 40,
    "unexplained": 40,
    "outlier": 30,
    "changed": 25,
    "twice": 20,
    "flow": 15,
    "blank": 10,
}
LABELS = {
    "asked_back": "Đề nghị cho sửa",
    "late": "Gửi muộn",
    "explained": "Điểm đã giải thích",
    "unexplained": "Chưa giải thích",
    "outlier": "Số khác thường",
    "changed": "Có thay đổi",
    "twice": "Có thể tính hai lần",
    "flow": "Đầu kỳ, cuối kỳ không khớp",
    "blank": "Còn chỗ trống",
}
FLOWS = (  # what is counted at the end, what came in, what went out
    ("tổ chức tự quản", (*GROUPS_BY_KIND, OTHER_GROUPS), ("groups_founded",), ("groups_dissolved",)),
    ("mô hình", ("initiatives",), ("initiatives_started",), ("initiatives_discontinued",)),
    (
        "vụ hòa giải đang chờ",
        ("disputes_pending",),
        ("disputes_received",),
        ("disputes_settled", "disputes_not_settled"),
    ),
)
EXPLAINED_AS = {"jump": "outlier", "twice": "twice", "blank": "blank"}

Marks = dict[int, list[Mark]]
"""Primary key of a report → its marks, the heaviest first."""


@dataclass(frozen=True)
class Evidence:
    """Everything the marks of some sent reports of one month are read from; ``user`` is who reviews."""

    reports: Sequence[MonthlyReport]
    month: Month
    user: User

    @cached_property
    def keys(self) -> list[int]:
        """The reports."""
        return [report.pk for report in self.reports]

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators asked in the month."""
        return Catalogue(self.month)

    @cached_property
    def past(self) -> dict[int, dict[str, dict[Month, int]]]:
        """Commune → indicator → month → total, for this month and the twelve before."""
        codes = {i.pk: i.code for i in self.catalogue.indicators if i.source == Indicator.Source.ENTERED}
        codes |= {i.pk: i.code for i in self.catalogue.indicators if i.code in FLOW_CODES}
        months = [self.month - step for step in range(LOOK_BACK + 1)]
        communes = [report.commune_id for report in self.reports]
        reports = MonthlyReport.objects.filter(commune__in=communes, month__in=months).order_by()
        place_of = {pk: (commune, month) for pk, commune, month in reports.values_list("pk", "commune_id", "month")}
        rows = ReportTotal.objects.filter(report__in=reports.values("pk"), indicator__in=list(codes)).order_by()
        found: dict = defaultdict(lambda: defaultdict(dict))
        for report, indicator, value in rows.values_list("report_id", "indicator_id", "value"):
            commune, month = place_of[report]
            found[commune][codes[indicator]][month] = value
        return found

    @cached_property
    def explanations(self) -> dict[int, list[Explanation]]:
        """Report → what its unit explained when it sent it."""
        found = defaultdict(list)
        for one in Explanation.objects.filter(report__in=self.keys).order_by("pk"):
            found[one.report_id].append(one)
        return found

    @cached_property
    def asked_back(self) -> dict[int, ReportEvent]:
        """Report → its unit's wish to have it back, where nothing was done since."""
        return asked_back_of(self.keys)

    @cached_property
    def bases(self) -> dict[int, tuple[datetime, str]]:
        """Report → the moment since which changes count: when the reviewer last had it before her, or approval."""
        found: dict[int, tuple[datetime, str]] = {}
        events = MonthlyReport.objects.filter(pk__in=self.keys, events__action__in=("approve", "return"))
        for pk, action, at in events.order_by("events__at").values_list("pk", "events__action", "events__at"):
            found[pk] = (at, "lần duyệt trước" if action == "approve" else "lần trả lại")
        for pk, at in ReportViewing.objects.filter(report__in=self.keys, user=self.user).values_list("report", "at"):
            found[pk] = (at, "lần bạn xem")
        return found

    @cached_property
    def changed(self) -> dict[int, int]:
        """Report → how many of its cells were written after its base."""
        since = min((at for at, _ in self.bases.values()), default=None)
        if since is None:
            return {}
        cells = defaultdict(set)
        later = FigureChange.objects.filter(log__report__in=list(self.bases), at__gt=since)
        first = Figure.objects.filter(log__report__in=list(self.bases), entered_at__gt=since)
        for rows, at in ((later, "at"), (first, "entered_at")):
            for report, log, indicator, when in rows.order_by().values_list("log__report", "log", "indicator", at):
                if when > self.bases[report][0]:
                    cells[report].add((log, indicator))
        return {report: len(found) for report, found in cells.items()}

    @cached_property
    def levels(self) -> dict[int, list[tuple[str, int, int, int]]]:
        """Report → (indicator, sum of the unit's row, of hamlets' rows, of groups' rows)."""
        code_of = {indicator.pk: indicator.code for indicator in self.catalogue.by_hamlet}
        rows = (
            Figure.objects.filter(log__report__in=self.keys, indicator__in=list(code_of))
            .order_by()
            .values_list("log__report", "indicator")
            .annotate(
                unit=Sum("value", filter=Q(log__hamlet=None, log__group=None), default=0),
                hamlets=Sum("value", filter=Q(log__hamlet__isnull=False), default=0),
                groups=Sum("value", filter=Q(log__group__isnull=False), default=0),
            )
        )
        found = defaultdict(list)
        for report, indicator, unit, hamlets, groups in rows:
            found[report].append((code_of[indicator], unit, hamlets, groups))
        return found

    @cached_property
    def recounted(self) -> dict[tuple[int, str], int]:
        """(commune, indicator) → the register's stocks on the eve of the month, as counted now."""
        cutoff = self.reports[0].province.cutoff
        since, on = (self.month - 1).window(cutoff)
        return headcount_then([report.commune_id for report in self.reports if report.commune_id], since=since, on=on)


def asked_back_of(reports: Collection[int]) -> dict[int, ReportEvent]:
    """Report → its unit's wish to have it back, where nothing was done since (one query)."""
    last = {}
    for event in ReportEvent.objects.filter(report__in=reports).select_related("by").order_by("at", "pk"):
        last[event.report_id] = event
    return {report: event for report, event in last.items() if event.action == ASKED_BACK}


def asked_back_mark(report: MonthlyReport, event: ReportEvent) -> Mark:
    """Say who asks for a report back, and why."""
    return Mark("asked_back", f"{event.by} đề nghị {report.way_back} lúc {moment(event.at)}.", event.comment)


FLOW_CODES = {code for _, *parts in FLOWS for codes in parts for code in codes}
REGISTRY_FLOWS = FLOWS[:2]


def late(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Sent after the due day."""
    if report.sent_at and report.was_late:
        days = days_late(report.due, report.sent_at)
        sentence = f"Gửi muộn {days} ngày: lúc {moment(report.sent_at)}."
        yield Mark("late", sentence, brief=f"muộn {days} ngày")


def asked_back(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Its unit asks for it back."""
    if event := evidence.asked_back.get(report.pk):
        yield asked_back_mark(report, event)


def explained(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """What was wrong or odd when it was sent, and the unit's word on it."""
    for one in evidence.explanations.get(report.pk, ()):
        kind = one.key.partition(":")[0]
        if kind != "jump":  # told as an outlier, with its explanation
            yield Mark(EXPLAINED_AS.get(kind, "explained"), one.sentence or "Điểm phải giải thích khi gửi.", one.text)


def outliers(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Totals far from the commune's own last twelve months and from the same month last year."""
    said = {one.key: one.text for one in evidence.explanations.get(report.pk, ())}
    for indicator in evidence.catalogue.entered:
        months = evidence.past[report.commune_id or 0].get(indicator.code, {})
        value = months.get(evidence.month)
        past = {month: total for month, total in months.items() if month != evidence.month}
        usual = unusual(value, past, evidence.month) if value is not None else None
        if value is None or usual is None:
            continue
        line = tuple(months.get(evidence.month - step) for step in range(LOOK_BACK, -1, -1))
        outlier = Outlier(indicator, line, usual)
        sentence = jump_sentence(indicator, value, past, evidence.month) or ""
        words = said.get(f"jump:{indicator.code}") or said.get(f"zero:{indicator.code}", "")
        yield Mark("outlier", sentence, words, outlier.times, outlier)


def changes(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Cells written since the reviewer last saw the report, or since its last approval or return."""
    count = evidence.changed.get(report.pk)
    if count:
        at, what = evidence.bases[report.pk]
        yield Mark("changed", f"{count} ô đã đổi từ {what} lúc {moment(at)}.", brief=f"{count} ô đổi")


def twice(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Rows of groups or of the unit that repeat the hamlets' sums: the total adds all rows."""
    said = {one.key.split(":")[1] for one in evidence.explanations.get(report.pk, ()) if one.key.startswith("twice:")}
    for code, unit, hamlets, groups in evidence.levels.get(report.pk, ()):
        indicator = evidence.catalogue.by_code[code]
        if code in said:
            continue  # told with its explanation
        if unit and unit == hamlets + groups:
            yield Mark(
                "twice",
                f"“{indicator.name}”: dòng toàn đơn vị ghi {number(unit)}, các khu và tổ cộng lại cũng {number(unit)}; "
                f"tổng thành {number(unit * 2)}.",
            )
        if groups and groups == hamlets:
            yield Mark(
                "twice",
                f"“{indicator.name}”: các tổ cộng lại {number(groups)}, các khu ghi riêng cũng {number(groups)}; "
                f"tổng thành {number(groups * 2)}.",
            )


def breaks(evidence: Evidence, report: MonthlyReport) -> Iterator[Mark]:
    """Opening + in − out = closing; and what was closed last month is what the register still says of that day."""
    months = evidence.past[report.commune_id or 0]

    def total(codes: Collection[str], month: Month) -> int | None:
        known = [months[code][month] for code in codes if month in months.get(code, {})]
        return sum(known) if known else None

    for name, stock, came, went in FLOWS:
        opening, closing = total(stock, evidence.month - 1), total(stock, evidence.month)
        more, less = total(came, evidence.month), total(went, evidence.month)
        if None in (opening, closing, more, less):
            continue
        if opening + more - less != closing:  # type: ignore[operator]
            yield Mark(
                "flow",
                f"Số {name}: đầu kỳ {number(opening)} + thêm {number(more)} − bớt {number(less)} = "
                f"{number(opening + more - less)}, nhưng cuối kỳ ghi {number(closing)}.",  # type: ignore[operator]
            )
    for name, stock, _, _ in REGISTRY_FLOWS:
        closed = total(stock, evidence.month - 1)
        now = sum(evidence.recounted[report.commune_id or 0, code] for code in stock)
        if closed is not None and closed != now:
            yield Mark(
                "flow",
                f"Số {name}: cuối {(evidence.month - 1).title} đã chốt {number(closed)}, "
                f"nay danh bạ tính cho ngày đó là {number(now)}.",
            )


MARKERS = (asked_back, late, explained, outliers, changes, twice, breaks)


def marks_of(reports: Sequence[MonthlyReport], month: Month, user: User) -> Marks:
    """Return the marks of sent reports of one province and month, their province and commune fetched.

    A fixed number of queries, whatever their number.
    """
    if not reports:
        return {}
    evidence = Evidence(reports, month, user)
    return {
        report.pk: sorted(
            {mark: None for marker in MARKERS for mark in marker(evidence, report)}, key=lambda mark: -mark.weight
        )
        for report in reports
    }
