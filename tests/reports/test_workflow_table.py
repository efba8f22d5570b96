"""Every action × state × person: who may do what when, before the click as well as after."""

import pytest

from communes.refusals import Forbidden, Refused
from communes.scope import Role
from reports.entry.workflow import STEPS, WHERE, WHO, objection, perform
from reports.models import MonthlyReport, ReportEvent
from tests import factories as f

STATES = [state.value for state in MonthlyReport.State]
PEOPLE = ("lan", "minh", "tuan", "chief_next_door", "hoa", "thu", "son", "leader_elsewhere", "an", "quan")
COMMUNE_TABLE = {
    ("submit", "draft"): ("minh", "submitted"),
    ("submit", "returned"): ("minh", "submitted"),
    ("return", "submitted"): ("hoa", "returned"),
    ("approve", "submitted"): ("hoa", "approved"),
    ("reopen", "approved"): ("hoa", "returned"),
    ("undo", "returned"): ("hoa", "submitted"),
    ("undo", "approved"): ("hoa", "submitted"),
}
OFFICE_TABLE = {step: ("hoa", target) for step, (_, target) in COMMUNE_TABLE.items()}
FOR_COMMUNE = {"submit": "minh", "return": "hoa", "approve": "hoa", "reopen": "hoa", "undo": "hoa"}
FOR_OFFICE = dict.fromkeys(FOR_COMMUNE, "hoa")
SENTENCES = {
    ("submit", "submitted"): "Báo cáo đã gửi lúc 09:00 16/06/2025, đang chờ duyệt.",
    ("submit", "approved"): "Báo cáo đã được duyệt lúc 09:00 16/06/2025.",
    ("approve", "draft"): "Đơn vị chưa gửi báo cáo này.",
    ("reopen", "submitted"): "Báo cáo chưa duyệt; muốn đơn vị sửa thì trả lại.",
}


@pytest.fixture
def people(cast):
    cast.chief_next_door = f.user(Role.COMMUNE_CHIEF, cast.tay_coc)
    cast.leader_elsewhere = f.user(Role.PROVINCE_LEADER, cast.son_la)
    return cast


def take(report, action, by):
    return perform(report, action, by=by, now=f.NOW, comment="đã xem", explanations={"*": "đã rà soát"})


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def refusal_of(report, action, user):
    """The sentence after the click; it is the same as before the click, and nothing has moved."""
    before, events = stored(report), ReportEvent.objects.count()
    with pytest.raises(Refused) as refused:
        take(report, action, user)
    assert refused.value.objection == objection(before, action, user, f.NOW)
    assert stored(report).state == before.state
    assert ReportEvent.objects.count() == events
    return refused.value.objection


def check(people, report, table, acting, action, state):
    allowed, target = table.get((action, state), (None, None))
    for name in PEOPLE:
        if name != allowed:
            sentence = refusal_of(report, action, getattr(people, name))
            assert isinstance(sentence, Forbidden) is (name != acting[action])
    if allowed:
        assert objection(report, action, getattr(people, allowed), f.NOW) is None
        event = take(report, action, getattr(people, allowed))
        assert (event.was, event.state, event.by.username, event.at) == (state, target, allowed, f.NOW)
        assert stored(report).state == target


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", STEPS)
def test_a_communes_report_moves_only_by_its_chief_and_its_provinces_reviewer(people, action, state):
    report = f.bring(f.report(people.chi_dam, people.lan), state)
    check(people, report, COMMUNE_TABLE, FOR_COMMUNE, action, state)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", STEPS)
def test_the_offices_own_report_moves_only_by_its_provinces_reviewer(people, action, state):
    check(people, f.office_report(people.phu_tho, state=state), OFFICE_TABLE, FOR_OFFICE, action, state)


@pytest.mark.parametrize(("action", "state"), SENTENCES)
def test_a_refusal_says_why_in_a_sentence(cast, action, state):
    report = f.bring(f.report(cast.chi_dam, cast.lan), state)
    user = getattr(cast, FOR_COMMUNE[action])
    assert objection(report, action, user, f.NOW) == SENTENCES[action, state]
    assert objection(report, action, user, f.NOW).status == 409
    assert objection(report, action, cast.an, f.NOW) == WHO[action]
    assert objection(report, action, cast.an, f.NOW).status == 403


def test_every_step_not_in_the_table_has_a_sentence():
    missing = {(action, state) for action in STEPS for state in STATES} - set(COMMUNE_TABLE)
    assert set(WHERE) == missing
    assert set(WHO) == set(STEPS)


@pytest.mark.parametrize(
    ("state", "chief", "reviewer"),
    [
        ("draft", {"submit"}, set()),
        ("submitted", set(), {"return", "approve"}),
        ("returned", {"submit"}, {"undo"}),
        ("approved", set(), {"reopen", "undo"}),
    ],
)
def test_the_open_steps_are_those_without_objection(people, state, chief, reviewer):
    report = f.bring(f.report(people.chi_dam, people.lan), state)
    open_to = {
        name: {action for action in STEPS if objection(report, action, getattr(people, name), f.NOW) is None}
        for name in PEOPLE
    }
    assert open_to == {name: set() for name in PEOPLE} | {"minh": chief, "hoa": reviewer}
