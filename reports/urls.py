"""Addresses of reports, review and totals."""

from django.urls import path, register_converter

from reports.months import Month
from reports.views import cells, dashboard, entry, home, review, weapons


class MonthConverter:
    """A month in an address: "2025-06"."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """Read it."""
        return Month.parse(value)

    def to_url(self, value: Month | str) -> str:
        """Write it."""
        return str(value)


class UnitConverter:
    """A reporting unit in an address: "07999", "07999-2025", "province-25"."""

    regex = r"(?:province-)?[0-9D][0-9]{1,4}(?:-[0-9]{4})?"

    def to_python(self, value: str) -> str:
        """Leave it to the view, which knows the user."""
        return value

    to_url = to_python


register_converter(MonthConverter, "month")
register_converter(UnitConverter, "unit")
REPORT = "reports/<unit:unit>/<month:month>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/<unit:unit>/", home.months, name="months"),
    path(REPORT, entry.month, name="entry"),
    path(f"{REPORT}groups/<int:hamlet>/", entry.groups, name="entry_groups"),
    path(f"{REPORT}beside/", entry.beside_page, name="entry_beside"),
    path(f"{REPORT}stocks/", entry.stocks, name="entry_stocks"),
    path(f"{REPORT}registry/", entry.registry, name="entry_registry"),
    path(f"{REPORT}problems/", entry.problems, name="entry_problems"),
    path(f"{REPORT}send/", entry.send, name="send"),
    path(f"{REPORT}cells/<slug:row>/<slug:indicator>/", cells.cell, name="cell"),
    path(f"{REPORT}comments/", cells.comment, name="comment"),
    path(f"{REPORT}weapons/", weapons.add, name="weapon_add"),
    path(f"{REPORT}weapons/<int:pk>/", weapons.edit, name="weapon_edit"),
    path("review/", review.queue, name="review"),
    path("review/<unit:unit>/<month:month>/", review.report, name="review_report"),
    path("review/<unit:unit>/<month:month>/<slug:action>/", review.step, name="review_step"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
