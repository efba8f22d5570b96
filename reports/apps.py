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
        Watched("reports", ("MonthlyReport",), ("INSERT", "DELETE")),  # what they hold is told by their own revisions
    )
