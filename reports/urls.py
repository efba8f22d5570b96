"""Addresses of reports, review and totals."""

from django.urls import path, register_converter

from reports.months import Month
from reports.views import (
    cells,
    dashboard,
    deadlines,
    entry,
    explore,
    figures,
    home,
    returned,
    review,
    review_report,
    weapons,
)


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
    path(f"{REPORT}returned/", returned.returned, name="returned"),
    path("review/", review.queue, name="review"),
    path("review/odd/", review.odd, name="review_odd"),
    path("review/clean/", review.clean, name="review_clean"),
    path("review/undo/", review.undo_batch, name="review_undo_batch"),
    path("review/reminders/", deadlines.reminders, name="reminders"),
    path("review/deadlines/", deadlines.calendar, name="deadlines"),
    path("review/deadlines/extend/", deadlines.extend, name="deadline_extend"),
    path("review/deadlines/<int:pk>/withdraw/", deadlines.withdraw, name="deadline_withdraw"),
    path("review/timeliness/", deadlines.timeliness, name="timeliness"),
    path("review/<unit:unit>/<month:month>/", review_report.report, name="review_report"),
    path("review/<unit:unit>/<month:month>/give-back/", review_report.give_back, name="review_return"),
    path("review/<unit:unit>/<month:month>/<slug:action>/", review_report.step, name="review_step"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("figures/", figures.figures, name="figure_cells"),
    path("figures/weapons/<slug:code>/", figures.weapons, name="figure_weapons"),
    path("explore/", explore.explore, name="explore"),
    path("explore/saved/", explore.save, name="explore_save"),
    path("explore/saved/<int:pk>/", explore.edit, name="explore_saved_edit"),
    path("explore/saved/<int:pk>/delete/", explore.delete, name="explore_saved_delete"),
]
