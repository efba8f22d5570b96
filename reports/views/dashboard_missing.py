"""Which monthly reports of a span are not counted, each with why and where it stands."""

from typing import Any

from communes.models import Commune, Province
from reports.tables.table import Cell, Column, Table
from reports.totals.missing import missing_of
from reports.totals.place import Homes
from reports.views.dashboard_asked import Asked

NOT_COUNTED = "Báo cáo tháng chưa được tính"


def missing(asked: Asked) -> dict[str, Any]:
    """The reports that are not counted; of the country, how many there are in each province."""
    return {"table": missing_table(asked) if asked.place.province else provinces_table(asked)}


def _title(asked: Asked) -> str:
    return f"{NOT_COUNTED}, {asked.summary.span.title}"


def missing_table(asked: Asked) -> Table:
    """A row for each report that is not counted."""
    found = missing_of(asked.summary)
    names = {commune.pk: commune for commune in Commune.objects.filter(pk__in={one.unit for one in found})}
    province, rows = asked.place.province, []
    for one in found:
        commune = names.get(one.unit)
        slug = commune.slug if commune else f"province-{province.slug if province else ''}"
        name = str(commune) if commune else province.office_name if province else ""
        why = one.why if one.month < asked.current else f"{one.why}; tháng chưa kết thúc"
        address = f"/review/{slug}/{one.month}/" if one.state else ""
        rows.append([Cell(name), Cell(one.month.title, address), Cell(why)])
    heads = [Column(name, numeric=False) for name in ("Đơn vị", "Tháng", "Vì sao")]
    return Table(_title(asked), heads, rows)


def provinces_table(asked: Asked) -> Table:
    """A row for each province with reports that are not counted."""
    home = Homes()
    counts: dict[int, int] = {}
    for one in missing_of(asked.summary):
        counts[home[one.unit]] = counts.get(home[one.unit], 0) + 1
    rows = [
        [Cell(str(province), asked.address(province=province.slug)), Cell(counts[province.pk])]
        for province in Province.objects.filter(pk__in=counts).order_by("code")
    ]
    heads = [Column("Tỉnh, thành phố", numeric=False), Column(NOT_COUNTED)]
    return Table(_title(asked), heads, rows)
