"""A hamlet that was merged into one of its name within a month: both are told by their days."""

from datetime import UTC, date, datetime

import pytest

from communes.names import told_apart
from reports.documents.gathering import facts_of
from reports.entry.grid import Grid, Row
from reports.months import Month
from reports.totals.parts import parts_of
from reports.totals.place import Place
from reports.totals.rows import indicator_rows
from reports.totals.summary import Summary
from reports.units import Unit
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
LATER = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
BOTH = ["Khu 38 (đến 20/05/2025)", "Khu 38 (từ 21/05/2025)"]


@pytest.fixture
def namesakes(cast):
    cast.old = f.hamlet(cast.chi_dam, "Khu 38", ended_on=date(2025, 5, 20))
    cast.new = f.hamlet(cast.chi_dam, "Khu 38", started_on=date(2025, 5, 21))
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=one.pk), "patrols"): 3 for one in (cast.old, cast.new)})
    f.bring(report, "submitted")
    return cast


def test_the_grid_the_tables_the_api_and_the_report_tell_them_apart(client, namesakes):
    unit = Unit(namesakes.phu_tho, namesakes.chi_dam)
    grid = Grid(unit, Month(2025, 6))
    assert [name for name in grid.names.values() if name.startswith("Khu 38")] == BOTH
    place = Place(namesakes.phu_tho, namesakes.chi_dam)
    summary = Summary(place, place.span("2025-06"), LATER)
    assert {part.name for part in parts_of(summary).listed} >= set(BOTH)
    names = {row.key_name for row in indicator_rows(summary, "hamlet")}
    assert names >= set(BOTH)
    assert {part.name for part in facts_of(unit, place.span("2025-06"), "sent", LATER).parts} >= set(BOTH)
    client.force_login(namesakes.lan, backend=BACKEND)
    for address in ("/reports/07999/2025-06/", "/figures/?commune=07999&span=2025-06&indicator=patrols"):
        page = client.get(address).content.decode()
        assert all(name in page for name in BOTH), address


def test_a_name_alone_stays_as_it_is_and_one_beside_a_namesake_elsewhere_says_when(namesakes):
    assert told_apart([namesakes.new]) == {namesakes.new.pk: "Khu 38"}
    assert told_apart([namesakes.old], taken=["Khu 38"]) == {namesakes.old.pk: BOTH[0]}
