"""How much of a total rests on communes that were split: what cannot be divided counts with the main heir."""

from communes.models import UnitSuccession
from communes.templatetags.vietnamese import number
from communes.units import LAST_DAY
from reports.models import Indicator
from reports.totals.country import PLACES
from reports.totals.place import Counted
from reports.totals.summary import Summary

LISTED = f"Đơn vị cũ theo danh sách ngày {LAST_DAY:%d/%m/%Y}."


def on_splits(summary: Summary) -> list[Counted]:
    """Return the counted reports of the span that stand with the main of several heirs; one query where any moved."""
    if summary.boundaries == "then":
        return []
    if summary.country:
        return summary.country.of_communes(summary.span, _parted(summary))
    return _among(summary, summary.counted(summary.span))


def _among(summary: Summary, reports: list[Counted]) -> list[Counted]:
    """Those of some counted reports."""
    if all(report.commune is None or report.commune == report.unit for report in reports):
        return []
    parted = _parted(summary)
    return [report for report in reports if report.commune in parted]


def _parted(summary: Summary) -> frozenset[int]:
    """The communes that went into several."""
    links = UnitSuccession.objects.filter(main=True, whole=False).order_by().values_list("predecessor", flat=True)
    return summary.keep(PLACES, ("parted",), lambda: frozenset(links))


def split_note(summary: Summary, indicator: Indicator | None) -> str:
    """Say how much rests on communes that were split, of all reports and of one indicator; "" where nothing does."""
    found = on_splits(summary)
    if not found:
        return ""
    communes = number(len({report.commune for report in found}))
    said = f"{number(len(found))} báo cáo tháng của {communes} xã cũ đã bị chia được tính cho xã kế thừa chính"
    if indicator:
        parts = found if indicator.measure != Indicator.Measure.STOCK else _among(summary, summary.behind(indicator))
        only = summary.asking(indicators=(indicator.code,))
        part = only.values_of(parts, summary.span, "indicator").get(None, {}).get(indicator.code) if parts else None
        whole = only.total().get(indicator.code)
        if part and whole:
            said += f"; trong “{indicator.name}” là {number(part.value)}/{number(whole.value)} {indicator.unit}"
    return f"{said}."


def list_note(summary: Summary) -> str:
    """Say which list of units a total by the boundaries of then goes by; "" where the list of today's does."""
    then = summary.boundaries == "then" and summary.span.window(summary.place.cutoff)[0] <= LAST_DAY
    return LISTED if then else ""
