"""What most tests of reports begin with: lan's report of June and the rows of her hamlets."""

import pytest

from reports.entry.grid import Row
from tests import factories as f


@pytest.fixture
def report(cast):
    return f.report(cast.chi_dam, cast.lan)


@pytest.fixture
def khu(cast):
    return [Row(hamlet=hamlet.pk) for hamlet in cast.khu]
