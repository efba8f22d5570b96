"""A month that a former commune and its heir both hold, told on the report of either before anything is sent."""

from communes.models import Commune, UnitSuccession
from reports.models import MonthlyReport
from reports.months import Month
from reports.units import Unit


def restating_note(unit: Unit, month: Month) -> str:
    """Say that a sent report of predecessors is restated by this one, or this one by an heir's; or ""."""
    commune = unit.commune
    if commune is None:
        return ""
    since, _ = month.window(unit.province.cutoff)
    olds = _told(_line(commune, "successor"), month) if commune.started_on and commune.started_on > since else []
    if olds:
        stands_in = "đã gửi nên thay" if _told({commune.pk}, month) else "khi gửi thì thay"
        return (
            f"{', '.join(olds)} đã báo cáo {month.title}. Báo cáo này {stands_in} số ấy theo địa giới hiện nay,"
            " không cộng thêm; theo địa giới khi báo cáo vẫn lấy số ấy."
        )
    heirs = _told(_line(commune, "predecessor"), month) if commune.ended_on else []
    if heirs:
        return f"{', '.join(heirs)} đã báo cáo lại {month.title}: theo địa giới hiện nay lấy số ấy, không cộng hai lần."
    return ""


def _line(commune: Commune, end: str) -> set[int]:
    """Those that a commune succeeded directly or over others, or, from the other ``end`` of links, its heirs."""
    other = "predecessor" if end == "successor" else "successor"
    found: set[int] = set()
    latest = {commune.pk}
    while latest:
        links = UnitSuccession.objects.filter(main=True, **{f"{end}__in": latest}).order_by()
        latest = set(links.values_list(other, flat=True)) - found - {commune.pk}
        found |= latest
    return found


def _told(communes: set[int], month: Month) -> list[str]:
    """The names of those of some communes that have sent a month, in official order."""
    sent = MonthlyReport.objects.filter(commune__in=communes, month=month, state__in=MonthlyReport.SENT)
    return list(map(str, Commune.objects.filter(pk__in=sent.values("commune")).order_by("code", "pk")))
