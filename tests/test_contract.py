"""The API against its own description: no 500, no undocumented answer.

Each call of the description is tried with what it allows and what it does not, as every kind of user; with ``FUZZ=10000``
(``make long``) in so many cases.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from knox.models import AuthToken
from schemathesis import checks

from antq.wsgi import application
from reports.entry.grid import Row
from tests import databases, fuzz
from tests import factories as f

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(autouse=True)
def kept_connection():
    """Keep the test's transaction through whole requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tokens(cast):
    """A token for an officer with a report, her chief, and a reviewer."""
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3})
    f.group(cast.chi_dam, hamlet=cast.khu[0])
    return [AuthToken.objects.create(user)[1] for user in (cast.lan, cast.minh, cast.hoa)]


@pytest.fixture
def description(tokens):
    headers = {"Authorization": f"Token {tokens[0]}", "Accept": "application/json"}
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, headers=headers)


@pytest.mark.django_db
def test_every_call_keeps_to_its_description(description, tokens):
    tried = 0
    for result in description.get_all_operations():
        operation = result.ok()

        @settings(max_examples=max(databases.whole(4, 8), fuzz.CASES // 60), deadline=None, database=None, phases=[Phase.generate],
                  derandomize=not fuzz.CASES,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def call(case):
            for token in tokens:
                case.call_and_validate(
                    headers={"Authorization": f"Token {token}", "Accept-Encoding": "identity"}, checks=CHECKS
                )

        call()
        tried += 1
    assert tried > 50
