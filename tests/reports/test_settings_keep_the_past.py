"""Each setting that holds from a month on, changed in the admin: nothing of a month before it moves, at any door."""

import pytest

from reports.months import Month
from tests import factories as f
from tests.reports.test_settings_begin import BACKEND, changed

pytestmark = pytest.mark.django_db
APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
CHANGES = {
    "an earlier cut-off": ("2025-07", {"cutoff_day": 10}),
    "a later cut-off": ("2025-07", {"cutoff_day": 16}),
    "later due days": ("2025-07", {"commune_due_day": 25, "province_due_day": 28}),
    "an earlier due day": ("2025-07", {"commune_due_day": 15}),
    "a year from December": ("2025-12", {"year_first_month": 12}),
}
SPANS = ("2024", "2024-12", "2025-Q1", "2025-04", "2025-05", "2025-06", "2025-H1", "2025-04..2025-06")


@pytest.fixture
def past(cast):
    """One commune in time, late, overdue and returned; one that never came; the office; weapons; a register."""
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-05-12")
    for month, day, state in ((Month(2024, 12), 0, "approved"), (APRIL, 0, "approved"), (MAY, 3, "approved")):
        report = f.filed(cast.chi_dam, month, state, now=(month + day // 3).closes(14 + day), patrols=4, tips=1)
        assert report.was_late is bool(day)
    f.filed(cast.chi_dam, JUNE, "returned", patrols=9)
    f.office_report(cast.phu_tho, MAY, "approved", patrols=2)
    return cast


def seen(client, cast):
    """Everything that is said of the months before: figures, comparisons, coverage, days, lateness, words."""
    client.force_login(cast.hoa, backend=BACKEND)
    found = {span: client.get(f"/api/v1/summary/?province=25&span={span}").json() for span in SPANS}
    found |= {
        f"by {by}": client.get(f"/api/v1/summary/?province=25&span=2025-H1&by={by}").json()
        for by in ("month", "commune")
    }
    found["reports"] = client.get("/api/v1/reports/?province=25").json()
    for year in (2024, 2025):
        rows = client.get(f"/review/timeliness/?year={year}").context["rows"]
        found[f"lateness {year}"] = [
            (row.commune, [one for one in months if one[0] <= JUNE]) for row, months, _ in rows
        ]
    for month in (APRIL, MAY, JUNE):
        document = client.get(f"/documents/province-25/{month}/")
        found[f"words {month}"] = [one.text for one in document.context["paper"].paragraphs]
    for number in (4, 5, 6):
        page = client.get(f"/reports/07999/2025-0{number}/")
        found[f"days {number}"] = (page.context["grid"].window, page.context["due"])
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_setting_moves_nothing_of_a_month_before_it(client, past, name):
    before = seen(client, past)
    since, values = CHANGES[name]
    assert changed(client, past, since, **values) == {}
    after = seen(client, past)
    assert {key for key in before if before[key] != after[key]} == set()
