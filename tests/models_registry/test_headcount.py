"""Registry figures, each against a count by hand."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune
from models_registry.headcount import CODES, headcount, initiative_types_of, stock_count
from models_registry.models import Award, FestivalDay, GroupKind, Initiative, InitiativeType, SelfManagementGroup
from reports.models import Indicator
from tests import factories as f

SINCE, ON = date(2025, 5, 15), date(2025, 6, 14)  # the month of June
LONG_AGO, BEFORE, INSIDE, AFTER = date(2020, 1, 1), date(2025, 5, 14), date(2025, 6, 1), date(2025, 6, 15)


def counted(commune, since=SINCE, on=ON):
    counts = headcount([commune.pk], since=since, on=on)
    return {code: counts[commune.pk, code] for code in CODES}


def furnish_groups(commune, hamlets, school):
    """Groups of every kind: 14 living, 1 ended before, 1 begun after, 1 ended within the month."""
    teams = [f.group(commune, "security_team", hamlet=h, declared_members=3) for h in hamlets[:2]]
    for n in range(5):
        f.member(teams[0], position="leader" if n == 0 else "member")  # five named beat three declared
    f.group(commune, "security_board", hamlet=hamlets[0], declared_members=7)
    f.group(commune, "household_cluster", hamlet=hamlets[0], declared_members=2, households=24)
    f.group(commune, "household_cluster", hamlet=hamlets[1], households=20, started_on=INSIDE)
    f.group(commune, "household_cluster", hamlet=hamlets[1], declared_members=99, households=99, ended_on=BEFORE)
    f.group(commune, "household_cluster", hamlet=hamlets[1], declared_members=99, households=99, started_on=AFTER)
    f.group(commune, "peoples_security_team", hamlet=hamlets[0])
    f.group(commune, "mediation_team", hamlet=hamlets[0], ended_on=INSIDE)
    f.group(commune, "mediation_team", hamlet=hamlets[1])
    f.group(commune, "fire_safety_cluster", hamlet=hamlets[0], declared_members=9, households=9)
    f.group(commune, "fire_team", hamlet=hamlets[0])
    f.group(commune, "civil_defence_team")
    f.group(commune, "teacher_group", institution=school)
    f.group(commune, "student_group", institution=school)
    f.group(commune, "clan_group", hamlet=hamlets[0], declared_members=40, households=30)
    f.group(commune, "peoples_patrol", started_on=SINCE)


def furnish_initiatives(commune, hamlets):
    """Three running, one planned, one to come, one discontinued within the month, one long ago."""
    camera = f.initiative(commune, "security_camera", skilful_since=LONG_AGO, started_on=LONG_AGO)
    f.site(camera, hamlet=hamlets[0], started_on=LONG_AGO)
    f.site(camera, hamlet=hamlets[1], started_on=ON)
    f.site(camera, hamlet=hamlets[1], started_on=LONG_AGO, ended_on=BEFORE)
    f.site(camera, hamlet=hamlets[2], started_on=AFTER)
    f.initiative(commune, "safe_hamlet", skilful_since=ON, started_on=SINCE, state=Initiative.State.PILOTED)
    f.site(f.initiative(commune, "safe_hamlet"), started_on=None)
    planned = f.initiative(
        commune, "safe_hamlet", skilful_since=INSIDE, started_on=INSIDE, state=Initiative.State.PLANNED
    )
    f.site(planned, hamlet=hamlets[0], started_on=INSIDE)
    f.initiative(commune, "safe_hamlet", started_on=AFTER)
    discontinued = f.initiative(commune, "safe_hamlet", started_on=LONG_AGO, ended_on=INSIDE)
    f.site(discontinued, hamlet=hamlets[0], started_on=LONG_AGO)
    f.initiative(commune, "safe_hamlet", started_on=LONG_AGO, ended_on=BEFORE)


def furnish_the_rest(commune, hamlets):
    for hamlet, registered, recognised in (
        (hamlets[0], date(2025, 2, 1), ON),
        (hamlets[1], ON, None),
        (hamlets[2], AFTER, None),
    ):
        f.safety(hamlet, registered_on=registered, recognised_on=recognised)
    f.safety(hamlets[2], 2024, recognised_on=date(2024, 11, 1))
    for day, collectives, individuals in ((SINCE, 2, 5), (ON, 1, 3), (BEFORE, 9, 9), (AFTER, 9, 9)):
        Award.objects.create(
            commune=commune, kind="police", collectives=collectives, individuals=individuals, awarded_on=day
        )

    for hamlet, day, people in ((hamlets[0], SINCE, 120), (hamlets[1], ON, None), (hamlets[2], AFTER, 300)):
        FestivalDay.objects.create(commune=commune, hamlet=hamlet, held_on=day, attendance=people)


@pytest.fixture
def tay_coc(cast):
    """A commune with something of everything; its neighbour has other things."""
    commune = cast.tay_coc
    hamlets = [
        f.hamlet(commune, "Khu 1", covenant_on=LONG_AGO),
        f.hamlet(commune, "Khu 2", covenant_on=ON, started_on=LONG_AGO),
        f.hamlet(commune, "Khu 3", covenant_on=AFTER, started_on=ON),
    ]
    f.hamlet(commune, "Khu cũ", covenant_on=LONG_AGO, ended_on=BEFORE)
    f.hamlet(commune, "Khu mới", covenant_on=LONG_AGO, started_on=AFTER)
    furnish_groups(commune, hamlets, f.institution(commune))
    furnish_initiatives(commune, hamlets)
    furnish_the_rest(commune, hamlets)
    f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0], declared_members=50)
    return commune


BY_HAND = {
    "hamlets": 3,
    "hamlets_with_covenant": 2,
    "security_teams": 2,
    "security_team_members": 5 + 3,
    "security_boards": 1,
    "security_board_members": 7,
    "household_clusters": 2,
    "household_cluster_members": 2,
    "household_cluster_households": 24 + 20,
    "peoples_security_teams": 1,
    "mediation_teams": 1,
    "fire_safety_clusters": 1,
    "fire_teams": 2,
    "teacher_groups": 1,
    "student_groups": 1,
    "other_groups": 2,
    "groups_founded": 2,
    "groups_dissolved": 2,
    "initiatives": 3,
    "initiative_sites": 3,
    "initiatives_skilful": 2,
    "initiatives_started": 1,
    "initiative_sites_added": 1,
    "initiatives_discontinued": 2,
    "hamlets_registered_safe": 2,
    "hamlets_recognised_safe": 1,
    "awards_collective": 3,
    "awards_individual": 8,
    "festival_days": 2,
    "festival_attendance": 120,
}


def test_every_registry_indicator_of_the_catalogue_is_counted_and_no_other(db):
    registry = set(Indicator.objects.filter(source="registry").values_list("code", flat=True))
    assert registry == set(CODES) == set(BY_HAND)


@pytest.mark.parametrize("code", BY_HAND)
def test_each_figure_equals_the_count_by_hand(tay_coc, code):
    assert counted(tay_coc)[code] == BY_HAND[code]


def test_what_stands_on_a_day_is_counted_without_what_came_and_went(tay_coc):
    stocks = Indicator.objects.filter(source="registry", measure="stock").values_list("code", flat=True)
    counts = stock_count([tay_coc.pk], on=ON)
    assert {code: counts[tay_coc.pk, code] for code in stocks} == {code: BY_HAND[code] for code in stocks}
    assert not {"groups_founded", "awards_collective", "festival_days"} & {code for _, code in counts}


def test_a_group_that_two_continue_was_founded_once(cast):
    old = f.group(cast.chi_dam, hamlet=cast.khu[0], started_on=SINCE, ended_on=INSIDE)
    for name in ("Tổ 1A", "Tổ 1B"):
        f.group(cast.chi_dam, name=name, hamlet=cast.khu[0], started_on=INSIDE, continues=old)
    counts = counted(cast.chi_dam)
    assert (counts["groups_founded"], counts["groups_dissolved"]) == (1, 0)


def test_an_empty_register_counts_zero_everywhere(cast):
    assert counted(cast.chieng_pha) == dict.fromkeys(CODES, 0)


def test_each_commune_is_counted_by_itself_in_one_call(cast, tay_coc):
    together = headcount([tay_coc.pk, cast.chi_dam.pk, cast.chieng_pha.pk], since=SINCE, on=ON)
    for commune in (tay_coc, cast.chi_dam, cast.chieng_pha):
        assert {code: together[commune.pk, code] for code in CODES} == counted(commune)
    assert together[cast.chi_dam.pk, "security_team_members"] == 50


def test_communes_may_be_given_as_a_subquery(cast, tay_coc):
    chosen = Commune.objects.filter(province=cast.phu_tho).values("pk")
    assert headcount(chosen, since=SINCE, on=ON)[tay_coc.pk, "security_teams"] == 2


@pytest.mark.parametrize(
    ("named", "declared", "expected"),
    [(0, 12, 12), (0, None, 0), (1, 12, 1), (14, 12, 14), (2, None, 2)],
)
def test_named_members_beat_the_declared_number(cast, named, declared, expected):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0], declared_members=declared)
    for _ in range(named):
        f.member(team)
    assert counted(cast.chi_dam)["security_team_members"] == expected
    assert SelfManagementGroup.objects.with_headcount(ON).get(pk=team.pk).headcount == (expected or None)


def test_members_count_on_the_days_of_their_membership(cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0], declared_members=99)
    f.member(team, started_on=SINCE)
    f.member(team, ended_on=ON)
    f.member(team, started_on=AFTER)
    f.member(team, ended_on=BEFORE)
    assert counted(cast.chi_dam)["security_team_members"] == 2


def test_people_and_households_are_kept_apart(cast):
    cluster = f.group(cast.chi_dam, hamlet=cast.khu[0], households=24)
    f.member(cluster)
    counts = counted(cast.chi_dam)
    assert counts["household_cluster_members"] == 1
    assert counts["household_cluster_households"] == 24


@pytest.mark.parametrize(
    ("day", "groups", "founded", "dissolved"),
    [
        (date(2025, 4, 14), 0, 0, 0),
        (date(2025, 5, 14), 1, 1, 0),
        (date(2025, 6, 14), 1, 0, 0),
        (date(2025, 8, 14), 0, 0, 1),
    ],
)
def test_a_group_stands_from_its_founding_to_its_dissolution(cast, day, groups, founded, dissolved):
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on=date(2025, 4, 15), ended_on=date(2025, 7, 15))
    counts = counted(cast.chi_dam, since=date(day.year, day.month - 1, 15), on=day)
    figures = [counts[code] for code in ("household_clusters", "groups_founded", "groups_dissolved")]
    assert figures == [groups, founded, dissolved]


@pytest.mark.parametrize(
    ("day", "inside"), [("2025-05-14", 0), ("2025-05-15", 1), ("2025-06-14", 1), ("2025-06-15", 0)]
)
def test_both_days_of_the_window_belong_to_it(cast, day, inside):
    day = date.fromisoformat(day)
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on=day)
    f.initiative(cast.chi_dam, started_on=day)
    f.site(f.initiative(cast.chi_dam, started_on=LONG_AGO), started_on=day)
    Award.objects.create(commune=cast.chi_dam, kind="medal", individuals=1, awarded_on=day)
    FestivalDay.objects.create(commune=cast.chi_dam, held_on=day)
    counts = counted(cast.chi_dam)
    flows = ("groups_founded", "initiatives_started", "initiative_sites_added", "awards_individual", "festival_days")
    assert {code: counts[code] for code in flows} == dict.fromkeys(flows, inside)


@pytest.mark.parametrize(
    ("last_day", "gone"), [("2025-05-13", 0), ("2025-05-14", 1), ("2025-06-13", 1), ("2025-06-14", 0)]
)
def test_what_stands_to_the_last_day_of_a_window_is_gone_in_the_next_one(cast, last_day, gone):
    last_day = date.fromisoformat(last_day)
    f.group(cast.chi_dam, "other", started_on=LONG_AGO, ended_on=last_day)
    f.initiative(cast.chi_dam, started_on=LONG_AGO, ended_on=last_day)
    counts = counted(cast.chi_dam)
    assert (counts["groups_dissolved"], counts["initiatives_discontinued"]) == (gone, gone)
    before = counted(cast.chi_dam, since=date(2025, 4, 15), on=date(2025, 5, 14))
    assert before["other_groups"] + counts["groups_founded"] - counts["groups_dissolved"] == counts["other_groups"]


def test_a_site_added_and_closed_within_the_month_was_added_all_the_same(cast):
    camera = f.initiative(cast.chi_dam, started_on=LONG_AGO)
    f.site(camera, hamlet=cast.khu[0], started_on=SINCE, ended_on=INSIDE)
    counts = counted(cast.chi_dam)
    assert (counts["initiative_sites"], counts["initiative_sites_added"]) == (0, 1)


def test_a_kind_that_the_province_adds_counts_among_the_others(cast):
    GroupKind.objects.create(
        code="boat_team", name="Tổ tàu thuyền an toàn", short_name="Tàu thuyền", leader_title="Tổ trưởng",
        deputy_title="Tổ phó",
    )  # fmt: skip
    f.group(cast.chi_dam, "boat_team")
    assert counted(cast.chi_dam)["other_groups"] == 1


def test_distinct_types_are_counted_once_whatever_the_number_of_communes(cast):
    f.initiative(cast.chi_dam, "security_camera")
    f.initiative(cast.chi_dam, "security_camera")
    f.initiative(cast.tay_coc, "security_camera")
    f.initiative(cast.tay_coc, "safe_hamlet")
    f.initiative(cast.tay_coc, "household_cluster", state=Initiative.State.PLANNED)
    f.initiative(cast.tay_coc, "household_cluster", ended_on=BEFORE)
    key = dict(InitiativeType.objects.values_list("code", "pk"))
    camera, hamlet = key["security_camera"], key["safe_hamlet"]
    for communes, types in (
        ([cast.chi_dam], {camera}),
        ([cast.tay_coc], {camera, hamlet}),
        ([cast.chi_dam, cast.tay_coc], {camera, hamlet}),
        ([cast.chieng_pha], set()),
    ):
        assert initiative_types_of([c.pk for c in communes], on=ON) == types


def furnished(province, number):
    communes = [f.commune(province=province) for _ in range(number)]
    for commune in communes:
        hamlet = f.hamlet(commune)
        f.member(f.group(commune, "security_team", hamlet=hamlet))
        f.site(f.initiative(commune), hamlet=hamlet)
    return communes


def test_thirty_communes_are_counted_in_as_many_queries_as_three(cast):
    asked = {}
    for number in (3, 30):
        communes = furnished(cast.son_la, number)
        with CaptureQueriesContext(connection) as queries:
            counts = headcount([c.pk for c in communes], since=SINCE, on=ON)
        asked[number] = len(queries)
        assert sum(counts[c.pk, "security_team_members"] for c in communes) == number
    assert asked[3] == asked[30]
