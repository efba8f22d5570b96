"""What they did, month by month."""

from django.apps import AppConfig

from communes.editions import Watched


class ReportsConfig(AppConfig):
    """Monthly reports, their approval and their totals."""

    name = "reports"
    verbose_name = "Báo cáo tháng"
    watched = (
        Watched("catalogue", ("IndicatorSection", "Indicator", "WeaponKind")),
        Watched("published", ("PublishedTotal",)),
        # What reports hold is told by their own revisions; which there are, and in which state, by these.
        Watched("reports", ("MonthlyReport",), ("INSERT", "DELETE")),
        Watched("steps", ("MonthlyReport",), ("UPDATE OF state",)),
    )
