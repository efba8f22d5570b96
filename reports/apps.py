"""What they did, month by month."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Monthly reports, their approval and their totals."""

    name = "reports"
    verbose_name = "Báo cáo tháng"
