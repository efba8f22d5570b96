"""What the report pages share: the unit and report an address names."""

from django.http import Http404

from communes.requests import AuthenticatedHttpRequest
from reports.entry.grid import BegunGrid, Grid
from reports.models import MonthlyReport
from reports.months import Month
from reports.units import Unit, UnknownUnit


def unit_or_404(request: AuthenticatedHttpRequest, slug: str) -> Unit:
    """Return the unit named in the address, if the user may see it."""
    if request.user.is_administrator:
        raise Http404
    try:
        return Unit.named(slug, request.user)
    except UnknownUnit as error:
        raise Http404 from error


def grid_or_404(request: AuthenticatedHttpRequest, slug: str, month: Month) -> Grid:
    """Return the grid of a unit's month, with its report if one was begun."""
    unit = unit_or_404(request, slug)
    report = MonthlyReport.objects.of(unit).filter(month=month).order_by().first()
    if report:
        report.province, report.commune = unit.province, unit.commune
    return BegunGrid(unit, month, report) if report else Grid(unit, month)


def report_or_404(request: AuthenticatedHttpRequest, slug: str, month: Month) -> BegunGrid:
    """Return the grid of a month that was begun."""
    grid = grid_or_404(request, slug, month)
    if not isinstance(grid, BegunGrid):
        raise Http404
    return grid
