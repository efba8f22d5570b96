"""Merging, splitting, renaming and dissolving hamlets: the past stays, the counts agree, all of it can be undone."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.changes import undo
from communes.models import Hamlet, HamletSuccession, PriorityListing
from communes.refusals import Refused
from models_registry import hamlets as verbs
from models_registry.headcount import CODES, headcount
from models_registry.models import Initiative, InitiativeSite, Member, SelfManagementGroup
from models_registry.movements import group_movements
from models_registry.ratings import team_lines
from reports.entry.grid import Row
from tests import factories as f

DAY, EVE, LONG_AGO = date(2025, 7, 1), date(2025, 6, 30), date(2020, 1, 1)
AFTER = date(2025, 8, 1)


@pytest.fixture
def khu(cast):
    """Khu 1 with a team of two and a cluster, Khu 2 with a cluster of the same name; a camera in both."""
    first, second = cast.khu[:2]
    for hamlet, households in ((first, 100), (second, 50)):
        hamlet.households, hamlet.population = households, households * 4
        hamlet.save()
    cast.team = f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=first, started_on=LONG_AGO)
    f.member(cast.team, position="leader", started_on=LONG_AGO)
    f.member(cast.team, started_on=LONG_AGO)
    cast.clusters = [
        f.group(cast.chi_dam, name="Tổ 1", hamlet=h, declared_members=n, households=n, started_on=LONG_AGO)
        for h, n in ((first, 20), (second, 30))
    ]
    camera = f.initiative(cast.chi_dam, started_on=LONG_AGO)
    for hamlet in (first, second):
        f.site(camera, hamlet=hamlet, started_on=LONG_AGO)
    cast.listing = PriorityListing.objects.create(
        commune=cast.chi_dam, hamlet=first, level="province", decision="1/QĐ", started_on=LONG_AGO
    )
    return cast


def decision(cast, by=None, day=DAY):
    return verbs.Decision(day, "45/NQ-HĐND", by or cast.lan, f.NOW)


def everyone(cast, target=0):
    return dict.fromkeys(SelfManagementGroup.objects.filter(commune=cast.chi_dam).values_list("pk", flat=True), target)


def counts(cast, on):
    found = headcount([cast.chi_dam.pk], since=on, on=on)
    return {code: found[cast.chi_dam.pk, code] for code in CODES}


def test_merged_hamlets_keep_their_past_and_their_groups_go_on_in_the_new_one(khu):
    before = counts(khu, EVE)
    change = verbs.merge(khu.khu[:2], "Khu 1", everyone(khu), decision(khu))
    new = Hamlet.objects.get(name="Khu 1", ended_on=None)
    assert (new.households, new.population, new.started_on) == (150, 600, DAY)
    assert {h.ended_on for h in Hamlet.objects.filter(pk__in=[h.pk for h in khu.khu[:2]])} == {EVE}
    assert set(HamletSuccession.objects.values_list("predecessor__name", "successor")) == {
        ("Khu 1", new.pk), ("Khu 2", new.pk),
    }  # fmt: skip
    living = SelfManagementGroup.objects.filter(hamlet=new, ended_on=None)
    assert sorted(living.values_list("name", flat=True)) == ["Tổ 1", "Tổ 1 (Khu 2)", "Tổ ANTT"]
    assert counts(khu, EVE) == before
    after = counts(khu, DAY)
    assert (after["hamlets"], after["household_clusters"], after["household_cluster_members"]) == (2, 2, 50)
    assert (after["security_teams"], after["security_team_members"], after["initiative_sites"]) == (1, 2, 1)
    assert change.title == "Sáp nhập Khu 1, Khu 2 thành Khu 1" and change.decision == "45/NQ-HĐND"


def test_a_group_that_goes_on_is_neither_founded_nor_dissolved(khu):
    verbs.merge(khu.khu[:2], "Khu mới", everyone(khu), decision(khu))
    found = headcount([khu.chi_dam.pk], since=date(2025, 6, 15), on=date(2025, 7, 14))
    assert found[khu.chi_dam.pk, "groups_founded"] == found[khu.chi_dam.pk, "groups_dissolved"] == 0
    assert found[khu.chi_dam.pk, "initiative_sites_added"] == 0
    for line in group_movements([khu.chi_dam.pk], EVE, AFTER):
        assert line.agrees and line.opening == line.closing, line


def three_acts(khu):
    for number, day in enumerate((date(2025, 3, 1), date(2025, 5, 1), DAY)):
        here = Hamlet.objects.get(selfmanagementgroup__name="Tổ ANTT", ended_on=None)
        verbs.split(here, [f"Khu {number}A", f"Khu {number}B"], everyone(khu), decision(khu, day=day))


@pytest.mark.parametrize("slug", ["groups", "members", "initiatives"])
def test_lists_show_and_sort_by_the_day_before_all_acts_in_as_many_questions(khu, client, slug):
    other = f.group(khu.chi_dam, name="Tổ mới", hamlet=khu.khu[2], started_on=date(2025, 4, 1))
    f.member(other, name="Mới", started_on=date(2025, 4, 1))
    f.initiative(khu.chi_dam, name="Mới", started_on=date(2025, 4, 1))
    client.force_login(khu.lan)

    def listed():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"/register/{slug}/?columns=started_on&sort=-started_on")
        return [row.first_day for row, _ in answer.context["lines"]], len(asked)

    listed()  # what is asked once and kept
    before, questions = listed()
    assert before[0] == date(2025, 4, 1) and set(before[1:]) == {LONG_AGO}
    three_acts(khu)
    after, more = listed()
    assert after[0] == date(2025, 4, 1) and set(after[1:]) == {LONG_AGO}
    assert more == questions


def test_a_group_and_its_members_are_as_old_as_the_first_of_what_they_continue_after_any_number_of_acts(khu):
    three_acts(khu)
    team = SelfManagementGroup.objects.get(name="Tổ ANTT", ended_on=None)
    assert team.started_on == DAY and team.first_day == LONG_AGO
    assert {member.first_day for member in team.members.filter(ended_on=None)} == {LONG_AGO}
    (line,) = team_lines(khu.chi_dam, 2025)
    assert (line.months, [member.months for member in line.members]) == (12, [12, 12])
    assert not line.refusal


def test_a_group_that_is_closed_ends_with_its_hamlet_and_counts_as_dissolved(khu):
    verbs.merge(khu.khu[:2], "Khu mới", {khu.team.pk: 0}, decision(khu))
    found = headcount([khu.chi_dam.pk], since=date(2025, 6, 15), on=date(2025, 7, 14))
    assert found[khu.chi_dam.pk, "groups_dissolved"] == 2
    assert SelfManagementGroup.objects.get(pk=khu.clusters[0].pk).dissolving_decision == "45/NQ-HĐND"
    assert all(line.agrees for line in group_movements([khu.chi_dam.pk], EVE, AFTER))


def test_a_split_sends_each_group_where_the_officer_says(khu):
    targets = {khu.team.pk: 0, khu.clusters[0].pk: 1}
    verbs.split(khu.khu[0], ["Khu 1A", "Khu 1B"], targets, decision(khu))
    seats = {g.name: str(g.hamlet) for g in SelfManagementGroup.objects.filter(hamlet__started_on=DAY)}
    assert seats == {"Tổ ANTT": "Khu 1A", "Tổ 1": "Khu 1B"}
    assert Hamlet.objects.get(name="Khu 1A").households is None


def test_a_dissolved_hamlet_hands_its_groups_to_a_neighbour(khu):
    verbs.dissolve(khu.khu[0], [khu.khu[1]], everyone(khu), decision(khu))
    names = SelfManagementGroup.objects.filter(hamlet=khu.khu[1], ended_on=None).values_list("name", flat=True)
    assert sorted(names) == ["Tổ 1", "Tổ 1 (Khu 1)", "Tổ ANTT"]
    assert counts(khu, DAY)["initiative_sites"] == 1


def test_a_renamed_hamlet_is_the_same_hamlet_under_another_name(khu):
    verbs.rename(khu.khu[0], "Khu Đồng Tâm", decision(khu))
    renamed = Hamlet.objects.get(pk=khu.khu[0].pk)
    assert (renamed.name, renamed.ended_on, renamed.search) == ("Khu Đồng Tâm", None, "khu dong tam")
    assert list(renamed.history.order_by("-history_id").values_list("name", flat=True)) == [
        "Khu Đồng Tâm",
        "Khu 1",
        "Khu 1",
    ]


@pytest.mark.parametrize(
    ("kind", "team", "elsewhere"),
    [
        ("merge", {"Khu 10"}, {"Khu 1", "Khu 2", "Khu mới"}),
        ("split", {"Khu 10", "Khu 2"}, {"Khu 1", "Khu 2", "Khu A", "Khu B"}),
        ("rename", {"Khu 10", "Khu 2"}, {"Khu Đồng Tâm", "Khu 2"}),
    ],
)
def test_groups_of_several_hamlets_go_on_as_such_and_share_what_came_of_them(khu, kind, team, elsewhere):
    """A statutory team serves several hamlets (Law 30/2023/QH15): a merger of one of them leaves it the others."""
    khu.team.also_hamlets.set(khu.khu[1:])
    khu.team.border_communes.set([khu.tay_coc])
    patrol = f.group(khu.chi_dam, "security_team", name="Tổ số 2", hamlet=khu.khu[2], started_on=LONG_AGO)
    patrol.also_hamlets.set(khu.khu[:2])
    links = [SelfManagementGroup.also_hamlets.through, SelfManagementGroup.border_communes.through]
    before = [sorted(one.objects.values_list()) for one in links]
    done = CHANGES[kind](khu)
    going_on = SelfManagementGroup.objects.get(name=khu.team.name, ended_on=None)
    assert {one.name for one in going_on.also_hamlets.all()} == team
    assert list(going_on.border_communes.all()) == [khu.tay_coc]
    assert {one.name for one in patrol.also_hamlets.all()} == elsewhere, "the ended ones are its past"
    undo(done, by=khu.lan, now=f.NOW)
    assert [sorted(one.objects.values_list()) for one in links] == before


@pytest.mark.parametrize(("kind", "ended"), [("merge", EVE), ("split", EVE), ("dissolve", EVE), ("rename", None)])
def test_a_hamlet_that_ends_is_on_no_priority_list_any_more_and_hands_no_listing_on(khu, kind, ended):
    CHANGES[kind](khu)
    listing = PriorityListing.objects.get()
    assert (listing.ended_on, listing.delisting_decision) == (ended, "45/NQ-HĐND" if ended else "")


CHANGES = {
    "merge": lambda cast: verbs.merge(cast.khu[:2], "Khu mới", everyone(cast), decision(cast)),
    "split": lambda cast: verbs.split(cast.khu[0], ["Khu A", "Khu B"], everyone(cast, 1), decision(cast)),
    "dissolve": lambda cast: verbs.dissolve(cast.khu[0], [], {}, decision(cast)),
    "rename": lambda cast: verbs.rename(cast.khu[0], "Khu Đồng Tâm", decision(cast)),
}
MODELS = (PriorityListing, Hamlet, HamletSuccession, SelfManagementGroup, Member, Initiative, InitiativeSite)


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_of_hamlets_is_taken_back_whole(khu, kind):
    def everything():
        return {model: list(model.objects.order_by("pk").values()) for model in MODELS}

    before = everything()
    change = CHANGES[kind](khu)
    assert everything() != before
    undo(change, by=khu.minh, now=f.NOW)
    assert everything() == before


def test_a_merger_is_not_taken_back_once_figures_hang_on_the_new_hamlet(khu):
    change = CHANGES["merge"](khu)
    new = Hamlet.objects.get(name="Khu mới")
    report = f.report(khu.chi_dam, khu.lan, f.Month(2025, 8), now=f.datetime(2025, 8, 1, tzinfo=f.UTC))
    f.fill(report, khu.lan, {(Row(hamlet=new.pk), "patrols"): 3})
    with pytest.raises(Refused, match="không hoàn tác được nữa"):
        undo(change, by=khu.lan, now=f.NOW)
    assert Hamlet.objects.get(name="Khu mới").ended_on is None


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda c: verbs.merge(c.khu[:1], "X", {}, decision(c)), "ít nhất hai"),
        (lambda c: verbs.merge(c.khu[:2], "Khu 10", {}, decision(c)), "đang hoạt động mang tên này"),
        (lambda c: verbs.split(c.khu[0], ["A", "a"], {}, decision(c)), "hai tên khác nhau"),
        (lambda c: verbs.rename(c.khu[0], "Khu 1", decision(c)), "trùng với tên đang dùng"),
        (lambda c: verbs.rename(c.khu[0], "Khu 2", decision(c)), "đang hoạt động mang tên này"),
        (lambda c: verbs.dissolve(c.khu[0], [c.khu[0]], {}, decision(c)), "phải khác khu giải thể"),
        (lambda c: verbs.rename(c.khu[0], "X", decision(c, by=c.tuan)), "của xã khác"),
        (lambda c: verbs.rename(c.khu[0], "X", decision(c, by=c.hoa)), "cấp xã cập nhật"),
        (lambda c: verbs.rename(f.hamlet(c.chi_dam, started_on=AFTER), "X", decision(c)), "có từ 01/08/2025"),
        (lambda c: verbs.rename(f.hamlet(c.chi_dam, ended_on=EVE), "X", decision(c)), "đã kết thúc"),
    ],
)
def test_what_may_not_be_is_refused_with_a_sentence_and_changes_nothing(khu, act, sentence):
    def hamlets():
        return sorted(Hamlet.objects.values_list("name", "ended_on"), key=str)

    with pytest.raises((Refused, ValidationError)) as refusal:
        act(khu)
    assert sentence in str(refusal.value)
    who_or_when = ("của xã khác", "cấp xã cập nhật", "đã kết thúc")
    assert isinstance(refusal.value, Refused) == (sentence in who_or_when)
    assert not Hamlet.objects.filter(started_on=DAY).exists() and HamletSuccession.objects.count() == 0


def test_the_page_merges_and_says_how_to_take_it_back(khu, client):
    client.force_login(khu.lan, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/register/hamlets/change/merge/?hamlet={khu.khu[0].pk}&hamlet={khu.khu[1].pk}"
    page = client.get(address).content.decode()
    assert "3 tổ của các khu này" in page
    refused = client.post(address, {"name": "Khu mới", "day": "", "decision": "45/NQ-HĐND"})
    assert refused.status_code == 422 and "Khu mới" in refused.content.decode()
    sent = {"name": "Khu mới", "day": "2025-07-01", "decision": "45/NQ-HĐND", f"g{khu.team.pk}": "close"}
    answer = client.post(address, sent, follow=True)
    assert "Đã ghi: Sáp nhập Khu 1, Khu 2 thành Khu mới" in answer.content.decode()
    assert Hamlet.objects.get(name="Khu mới").ended_on is None
    assert SelfManagementGroup.objects.get(pk=khu.team.pk).continuations.count() == 0
    new = client.get(f"/register/hamlets/{Hamlet.objects.get(name='Khu mới').pk}/").content.decode()
    assert "Hình thành từ" in new and "45/NQ-HĐND, từ 01/07/2025" in new
