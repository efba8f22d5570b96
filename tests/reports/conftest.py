"""What most tests of reports begin with: lan's report of June and the rows of her hamlets."""

import pytest

from reports.entry.grid import Row
from reports.months import Month
from tests import factories as f


@pytest.fixture
def report(cast):
    return f.report(cast.chi_dam, cast.lan)


@pytest.fixture
def khu(cast):
    return [Row(hamlet=hamlet.pk) for hamlet in cast.khu]


@pytest.fixture
def spring(cast):
    """Chí Đám reported April and May, Tây Cốc April; last year Chí Đám reported April."""
    f.filed(cast.chi_dam, Month(2024, 4), patrols=2)
    f.filed(cast.chi_dam, Month(2025, 4), patrols=4, tips=0, disputes_pending=3)
    f.filed(cast.chi_dam, Month(2025, 5), patrols=5, disputes_pending=2)
    f.filed(cast.tay_coc, Month(2025, 4), patrols=1, disputes_pending=7)
    return cast
