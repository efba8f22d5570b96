"""The life of initiatives and where they spread; ratings of initiatives, teams and members."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from communes.changes import undo
from communes.models import RegisterChange
from communes.refusals import Refused
from models_registry.headcount import headcount
from models_registry.initiatives import STEPS, objection, spread, take_step
from models_registry.models import (
    FormerSize,
    Initiative,
    InitiativeRating,
    InitiativeSite,
    InitiativeStep,
    YearlyRating,
)
from models_registry.ratings import (
    age_warning,
    months_served,
    problems,
    rate_initiatives,
    rate_teams,
    team_lines,
)
from models_registry.spread_drawing import draw
from tests import factories as f

State = Initiative.State


def step(cast, initiative, kind, day=date(2025, 3, 1), by=None, **more):
    return take_step(initiative, kind, day=day, by=by or cast.lan, now=f.NOW, **more)


def test_an_initiative_lives_from_survey_to_discontinuation(cast):
    one = f.initiative(cast.chi_dam, state=State.PLANNED)
    f.site(one, hamlet=cast.khu[0])
    lived = [
        ("pilot", date(2024, 3, 1), {}, State.PILOTED),
        ("recognise", date(2024, 9, 1), {"decision": "12/QĐ-UBND"}, State.ACTIVE),
        ("replicate", date(2025, 1, 5), {"hamlets": cast.khu[1:]}, State.REPLICATED),
        ("consolidate", date(2025, 2, 1), {}, State.CONSOLIDATED),
        ("discontinue", date(2025, 5, 31), {"note": "Không còn phù hợp"}, State.CONSOLIDATED),
    ]
    for kind, day, more, state in lived:
        step(cast, one, kind, day, **more)
        one.refresh_from_db()
        assert one.state == state
    assert (one.started_on, one.ended_on, one.decision) == (date(2024, 3, 1), date(2025, 5, 31), "12/QĐ-UBND")
    assert list(InitiativeStep.objects.values_list("kind", flat=True)) == [kind for kind, *_ in lived]

    def sites(day):
        counts = headcount([cast.chi_dam.pk], since=day, on=day)
        return counts[cast.chi_dam.pk, "initiatives"], counts[cast.chi_dam.pk, "initiative_sites"]

    days = [date(2024, 2, 1), date(2024, 4, 1), date(2025, 1, 5), date(2025, 5, 31), date(2025, 6, 1)]
    assert [sites(day) for day in days] == [(0, 0), (1, 1), (1, 3), (1, 3), (0, 0)]


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("state", [*State.values, "ended"])
def test_a_step_is_taken_from_its_own_stages_only_and_refused_with_a_sentence(cast, kind, state):
    ended = {"ended_on": date(2025, 1, 1)} if state == "ended" else {}
    one = f.initiative(cast.chi_dam, state=State.ACTIVE if state == "ended" else state, **ended)
    said = objection(one, kind, cast.lan)
    assert (said is None) == (state in STEPS[kind][0])
    if said:
        with pytest.raises(Refused, match=said[:30]):
            step(cast, one, kind, note="x", hamlets=cast.khu[:1])


def test_others_take_no_steps(cast):
    one = f.initiative(cast.chi_dam)
    assert all(objection(one, "consolidate", who) for who in (cast.tuan, cast.hoa, cast.thu, cast.an, cast.quan))


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        ("replicate", {}, "ít nhất một nơi"),
        ("discontinue", {}, "lý do thanh loại"),
        ("consolidate", {"day": date(2019, 1, 1)}, "bắt đầu từ 01/01/2024"),
    ],
)
def test_a_step_needs_what_belongs_to_it(cast, kind, more, sentence):
    one = f.initiative(cast.chi_dam, started_on=date(2024, 1, 1))
    with pytest.raises(ValidationError) as refusal:
        step(cast, one, kind, **more)
    assert sentence in " ".join(refusal.value.messages)


def test_the_tree_shows_where_each_place_had_it_from_and_the_communes_that_took_it_up(cast):
    one = f.initiative(cast.chi_dam, started_on=date(2022, 1, 1))
    pilot = f.site(one, hamlet=cast.khu[0], started_on=date(2022, 1, 1))
    step(cast, one, "replicate", hamlets=[cast.khu[1]])
    second = one.sites.get(hamlet=cast.khu[1])
    step(cast, one, "replicate", hamlets=[cast.khu[2], cast.khu[0]], origin=second)
    f.initiative(cast.tay_coc, origin=one)
    tree = spread(one)
    assert [child.name for child in tree.children] == ["Khu 1", str(cast.tay_coc)]
    assert [node.name for node in tree.children[0].children] == ["Khu 2"]
    assert [node.name for node in tree.children[0].children[0].children] == ["Khu 10"]
    assert pilot.origin is None and tree.count() == 5
    drawing = draw(tree)
    assert [node.name for node in drawing.nodes] == [one.name, "Khu 1", "Khu 2", "Khu 10", str(cast.tay_coc)]
    assert len({node.y for node in drawing.nodes}) == 5 and drawing.nodes[3].x > drawing.nodes[2].x


def test_the_life_page_shows_the_steps_the_tree_and_what_may_be_done(cast, client):
    one = f.initiative(cast.chi_dam, started_on=date(2022, 1, 1))
    f.site(one, hamlet=cast.khu[0], started_on=date(2022, 1, 1))
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/register/initiatives/{one.pk}/"
    sent = {"day": "2025-02-01", "decision": "7/KH-UBND", "hamlets": [cast.khu[1].pk]}
    answer = client.post(f"{address}replicate/", sent, follow=True).content.decode()
    assert "1/3 khu dân cư" not in answer and "2/3 khu dân cư" in answer and "7/KH-UBND" in answer
    assert "<svg" in answer and "Khu 2" in answer
    assert client.post(f"{address}replicate/", {"day": "2025-02-01"}).status_code == 422
    client.force_login(cast.hoa, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{address}life/").status_code == 200
    assert client.post(f"{address}replicate/", sent).status_code == 403
    client.post(f"{address}typical/")
    assert Initiative.objects.get(pk=one.pk).typical_since
    page = client.get("/register/initiatives/typical/").content.decode()
    assert one.name in page and str(cast.tay_coc) in page


@pytest.mark.parametrize("kind", ["replicate", "discontinue"])
def test_a_step_taken_by_mistake_is_taken_back(cast, kind):
    one = f.initiative(cast.chi_dam, started_on=date(2024, 1, 1))
    f.site(one, hamlet=cast.khu[0], started_on=date(2024, 1, 1))
    models = (Initiative, InitiativeSite, InitiativeStep)
    before = {model: list(model.objects.order_by("pk").values()) for model in models}
    step(cast, one, kind, note="nhầm", hamlets=cast.khu[1:])
    undo(RegisterChange.objects.get(), by=cast.lan, now=f.NOW)
    assert {model: list(model.objects.order_by("pk").values()) for model in models} == before


def test_the_api_takes_the_same_steps_by_the_same_rules(cast, client):
    one = f.initiative(cast.chi_dam, started_on=date(2024, 1, 1))
    address = f"/api/v1/initiatives/{one.pk}/steps/"
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")

    def post(**data):
        return client.post(address, data, content_type="application/json")

    assert post(kind="pilot", day="2025-01-01").status_code == 409
    assert post(kind="replicate", day="2025-01-01").status_code == 400
    stranger = f.hamlet(cast.tay_coc)
    assert post(kind="replicate", day="2025-01-01", hamlets=[stranger.pk]).status_code == 400
    taken = post(kind="replicate", day="2025-01-01", decision="7/KH", hamlets=[cast.khu[1].pk])
    assert taken.status_code == 201 and one.sites.get().hamlet == cast.khu[1]
    assert [found["kind"] for found in client.get(address).json()] == ["replicate"]
    assert (
        client.patch(
            f"/api/v1/initiatives/{one.pk}/", {"state": "piloted"}, content_type="application/json"
        ).status_code
        == 400
    )
    one.refresh_from_db()
    for kept, sent, status in (
        (None, "2025-02-01", 400),
        (None, None, 200),
        (date(2025, 2, 1), "2025-02-01", 200),
        (date(2025, 2, 1), "2025-02-02", 400),
        (date(2025, 2, 1), None, 200),
    ):
        Initiative.objects.filter(pk=one.pk).update(ended_on=kept)
        answer = client.patch(f"/api/v1/initiatives/{one.pk}/", {"ended_on": sent}, content_type="application/json")
        assert answer.status_code == status, (kept, sent)
        assert status == 200 or "bước thanh loại" in answer.json()["ended_on"][0]
        assert Initiative.objects.get(pk=one.pk).ended_on == kept, "only a step ends it, with a reason"
    body = {"commune": "07999", "type": one.type.code, "name": "Mới", "ended_on": "2025-02-01"}
    assert client.post("/api/v1/initiatives/", body, content_type="application/json").status_code == 400
    Initiative.objects.filter(pk=one.pk).update(ended_on=None)
    client.force_login(cast.hoa, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 200 and post(kind="consolidate", day="2025-02-01").status_code == 403
    client.force_login(cast.tuan, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404


def test_an_initiative_names_the_one_it_was_taken_up_from(cast, client):
    theirs, far = f.initiative(cast.tay_coc, name="Tiếng kẻng"), f.initiative(cast.chieng_pha)
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"commune": "07999", "type": "security_camera", "name": "Tiếng kẻng Chí Đám", "origin": theirs.pk}
    made = client.post("/api/v1/initiatives/", sent, content_type="application/json")
    assert made.status_code == 201 and made.json()["origin"] == theirs.pk
    refused = client.post("/api/v1/initiatives/", sent | {"origin": far.pk}, content_type="application/json")
    assert refused.status_code == 400 and "origin" in refused.json()
    form = client.get("/register/initiatives/new/").content.decode()
    assert "Tiếng kẻng – Xã Tây Cốc" in form
    assert [node.name for node in spread(theirs).children] == ["Xã Chí Đám"]


def test_the_api_dates_new_numbers(cast, client):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0], declared_members=20, started_on=date(2024, 1, 1))
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/api/v1/groups/{group.pk}/"
    sent = {"declared_members": 25, "size_since": "2025-03-10"}
    assert client.patch(address, sent, content_type="application/json").status_code == 200
    former = FormerSize.objects.get()
    assert (former.until, former.members) == (date(2025, 3, 9), 20)


def test_initiatives_are_rated_all_at_once_and_blank_is_not_rated(cast):
    first, second = f.initiative(cast.chi_dam), f.initiative(cast.chi_dam)
    stranger = f.initiative(cast.tay_coc)
    grades = {f"i{first.pk}": "effective", f"i{second.pk}": "weak", f"i{stranger.pk}": "weak"}
    assert rate_initiatives(cast.chi_dam, 2024, grades, by=cast.lan, now=f.NOW) == 2
    assert rate_initiatives(cast.chi_dam, 2024, grades | {f"i{second.pk}": ""}, by=cast.lan, now=f.NOW) == 1
    assert list(InitiativeRating.objects.values_list("initiative", "grade")) == [(first.pk, "effective")]


# Statutory teams ---------------------------------------------------------------------------------


@pytest.fixture
def teams(cast):
    """Six teams since long ago; the first with a leader, a member of a year and one of three months."""
    cast.teams = [
        f.group(cast.chi_dam, "security_team", name=f"Tổ {n}", hamlet=cast.khu[0], started_on=date(2023, 7, 1))
        for n in range(6)
    ]
    first = cast.teams[0]
    cast.leader = f.member(first, position="leader", started_on=date(2023, 7, 1), birth_year=1970)
    cast.member = f.member(first, started_on=date(2023, 7, 1))
    cast.newcomer = f.member(first, started_on=date(2024, 10, 1))
    return cast


def graded(cast, **grades):
    keys = {"team": f"g{cast.teams[0].pk}", "leader": f"m{cast.leader.pk}", "member": f"m{cast.member.pk}",
            "newcomer": f"m{cast.newcomer.pk}"}  # fmt: skip
    return {keys[name]: grade for name, grade in grades.items()}


@pytest.mark.parametrize(
    ("grades", "sentence"),
    [
        ({"newcomer": "good"}, "dưới 9 tháng"),
        ({"team": "fair", "leader": "good"}, "không được xếp loại cao hơn tổ"),
        ({"team": "excellent"}, "không quá 20%"),
        ({"team": "best"}, "bốn mức"),
    ],
)
def test_ratings_against_the_rules_are_refused_and_nothing_is_written(teams, grades, sentence):
    wrong = rate_teams(teams.chi_dam, 2024, graded(teams, **grades), by=teams.lan, now=f.NOW)
    assert sentence in " ".join(wrong.values())
    assert not YearlyRating.objects.exists()


def test_one_excellent_team_needs_five_good_ones(teams):
    grades = {f"g{team.pk}": "good" for team in teams.teams[1:]} | graded(teams, team="excellent", leader="good")
    assert rate_teams(teams.chi_dam, 2024, grades, by=teams.lan, now=f.NOW) == {}
    assert YearlyRating.objects.filter(member=None).count() == 6
    del grades[f"g{teams.teams[5].pk}"]
    assert "too many tổ" in problems(team_lines(teams.chi_dam, 2024), grades)


@pytest.mark.parametrize(
    ("started", "ended", "months"),
    [
        (None, None, 12), (date(2024, 4, 1), None, 9), (date(2024, 4, 2), None, 8), (date(2023, 1, 1), date(2024, 9, 30), 9),
        (date(2023, 1, 1), date(2024, 9, 29), 8), (date(2025, 1, 1), None, 0), (date(2020, 1, 1), date(2023, 12, 31), 0),
    ],
)  # fmt: skip
def test_months_of_service_are_whole_months_within_the_year(started, ended, months):
    assert months_served(started, ended, 2024) == months


@pytest.mark.parametrize(("born", "warned"), [(2007, False), (2008, True), (1955, False), (1954, True), (None, False)])
def test_ages_outside_the_law_are_a_warning_with_its_article(teams, born, warned):
    teams.leader.person.birth_year = born
    said = age_warning(teams.leader, 2025)
    assert (said is not None) == warned
    if said:
        assert "Điều 13 Luật số 30/2023/QH15" in said


def test_the_page_keeps_what_was_chosen_when_it_is_refused(teams, client):
    client.force_login(teams.lan, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"year": "2024"} | graded(teams, team="fair", leader="excellent")
    refused = client.post("/register/groups/ratings/", sent)
    text = refused.content.decode()
    assert refused.status_code == 422 and "không được xếp loại cao hơn tổ" in text
    assert text.count('value="excellent" selected') == 1 and text.count('value="fair" selected') == 1
