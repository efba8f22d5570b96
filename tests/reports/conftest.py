"""What most tests of reports begin with: lan's report of June and the rows of her hamlets."""

from datetime import UTC, datetime

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


@pytest.fixture
def mid_june(monkeypatch):
    """Everything happens on 16/06/2025."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2025, 6, 16, 3, 0, tzinfo=UTC))


def as_(client, user):
    """The client, signed in as someone else."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def hoa(client, cast):
    """The client, signed in as the province's reviewer."""
    return as_(client, cast.hoa)
