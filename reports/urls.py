"""Addresses of reports, review and totals."""

from django.urls import path, register_converter

from reports.months import Month
from reports.views import (
    arrangements,
    cells,
    dashboard,
    deadlines,
    documents,
    documents_issued,
    documents_settings,
    drafts,
    entry,
    explore,
    figures,
    former,
    giving_back,
    home,
    month_files,
    overview,
    published,
    reading,
    returned,
    review,
    review_report,
    weapons,
)


class MonthConverter:
    """A month in an address: "2025-06"."""

    regex = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """Read it; a year before all months is no address."""
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


class SpanConverter:
    """The name of a span in an address: "2025-06", "2025-H1", "2025-01..2025-05"."""

    regex = r"[0-9]{4}(?:-(?:Q[1-4]|H[12]|9M|[0-9]{2}(?:\.\.[0-9]{4}-[0-9]{2})?))?"

    def to_python(self, value: str) -> str:
        """Leave it to the view, which knows the province's year."""
        return value

    to_url = to_python


register_converter(MonthConverter, "month")
register_converter(SpanConverter, "span")
register_converter(UnitConverter, "unit")
REPORT = "reports/<unit:unit>/<month:month>/"
DOCUMENT = "documents/<unit:unit>/<span:span>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("register/hamlets/<int:pk>/read/", reading.hamlet, name="register_hamlets_read"),
    path("register/groups/<int:pk>/read/", reading.group, name="register_groups_read"),
    path("register/initiatives/<int:pk>/read/", reading.initiative, name="register_initiatives_read"),
    path("overview/", overview.overview_page, name="overview"),
    path("reports/<unit:unit>/", home.months, name="months"),
    path("reports/<unit:unit>/drafts/", drafts.drafts, name="drafts"),
    path("reports/<unit:unit>/entrust/", former.entrust, name="entrust"),
    path(REPORT, entry.month, name="entry"),
    path(f"{REPORT}file/", month_files.upload, name="month_file"),
    path(f"{REPORT}file/download/", month_files.download, name="month_file_download"),
    path(f"{REPORT}file/<int:pk>/", month_files.check, name="month_file_check"),
    path(f"{REPORT}file/<int:pk>/write/", month_files.write, name="month_file_write"),
    path(f"{REPORT}file/<int:pk>/undo/", month_files.take_back, name="month_file_undo"),
    path(f"{REPORT}groups/<int:hamlet>/", entry.groups, name="entry_groups"),
    path(f"{REPORT}beside/", entry.beside_page, name="entry_beside"),
    path(f"{REPORT}stocks/", entry.stocks, name="entry_stocks"),
    path(f"{REPORT}told/", entry.told_of, name="entry_told"),
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
    path("review/<unit:unit>/<month:month>/give-back/", giving_back.give_back, name="review_return"),
    path("review/<unit:unit>/<month:month>/<slug:action>/", review_report.step, name="review_step"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/former/", former.former, name="former_units"),
    path("dashboard/former/totals/", former.totals, name="former_totals"),
    path("dashboard/arrangements/", arrangements.arrangements, name="arrangements"),
    path("dashboard/arrangements/template/", arrangements.template, name="arrangements_template"),
    path("dashboard/arrangements/<int:pk>/", arrangements.undo_preview, name="arrangement_undo_preview"),
    path("dashboard/arrangements/<int:pk>/undo/", arrangements.undo, name="arrangement_undo"),
    path("figures/", figures.figures, name="figure_cells"),
    path("figures/weapons/<slug:code>/", figures.weapons, name="figure_weapons"),
    path("explore/", explore.explore, name="explore"),
    path("explore/saved/", explore.save, name="explore_save"),
    path("explore/saved/<int:pk>/", explore.edit, name="explore_saved_edit"),
    path("explore/saved/<int:pk>/delete/", explore.delete, name="explore_saved_delete"),
    path("published/", published.index, name="published"),
    path("published/<unit:unit>/<span:span>/", published.sheet, name="published_sheet"),
    path("published/<unit:unit>/<span:span>/excel/", published.template, name="published_excel"),
    path("documents/", documents.index, name="documents"),
    path("documents/issued/<int:pk>/", documents_issued.issued, name="documents_issued"),
    path("documents/issued/<int:pk>/print/", documents_issued.issued_print, name="documents_issued_print"),
    path("documents/issued/<int:pk>/word/", documents_issued.issued_word, name="documents_issued_word"),
    path("documents/issued/<int:pk>/excel/", documents_issued.issued_excel, name="documents_issued_excel"),
    path("documents/issued/<int:pk>/changes/", documents_issued.issued_changes, name="documents_issued_changes"),
    path("documents/<unit:unit>/letterhead/", documents_settings.letterhead, name="documents_letterhead"),
    path("documents/<unit:unit>/templates/", documents_settings.word_templates, name="documents_templates"),
    path("documents/<unit:unit>/templates/use/", documents_settings.use_template, name="documents_use_template"),
    path("documents/<unit:unit>/templates/default/", documents_settings.default_file, name="documents_default_file"),
    path("documents/<unit:unit>/templates/<int:pk>/", documents_settings.template_file, name="documents_template"),
    path(DOCUMENT, documents.report, name="documents_report"),
    path(f"{DOCUMENT}print/", documents.print_page, name="documents_print"),
    path(f"{DOCUMENT}word/", documents.word, name="documents_word"),
    path(f"{DOCUMENT}excel/", documents.excel, name="documents_excel"),
    path(f"{DOCUMENT}issue/", documents_issued.issue, name="documents_issue"),
    path(f"{DOCUMENT}paragraphs/", documents.add_paragraph, name="documents_add_paragraph"),
    path(f"{DOCUMENT}paragraphs/<slug:key>/", documents.paragraph, name="documents_paragraph"),
]
