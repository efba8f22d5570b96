"""What changes seldom is remembered until it changes, whoever changes it and how."""

import pytest
from django.db import connection, transaction

from communes import editions, triggers
from communes.editions import Editions
from communes.models import Commune, Edition, Hamlet, Province
from reports.models import MonthlyReport
from tests import factories as f


def edition(subject):
    return Editions.read().of(subject)


@pytest.mark.parametrize(
    ("subject", "change"),
    [
        ("places", lambda cast: Province.objects.filter(pk=cast.phu_tho.pk).update(name="Tên mới")),
        ("places", lambda cast: Commune.objects.bulk_update([cast.chi_dam], ["name"])),
        ("places", lambda cast: f.commune(province=cast.phu_tho)),
        ("register", lambda cast: Hamlet.objects.bulk_create([Hamlet(commune=cast.chi_dam, name="Khu 77")])),
        ("register", lambda cast: Hamlet.objects.filter(pk=cast.khu[0].pk).delete()),
        ("register", lambda cast: f.group(cast.chi_dam)),
        ("catalogue", lambda _: run("UPDATE reports_indicator SET position = position WHERE code = 'tips'")),
        ("catalogue", lambda _: run("UPDATE models_registry_groupkind SET position = position")),
        ("reports", lambda cast: f.report(cast.chi_dam, cast.lan)),
    ],
)
def test_every_way_to_change_a_subject_gives_it_a_new_edition(cast, subject, change):
    before = edition(subject)
    change(cast)
    assert edition(subject) != before


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_saved_report_leaves_the_editions_alone(cast):
    report = f.report(cast.chi_dam, cast.lan)
    before = Editions.read().numbers
    MonthlyReport.objects.filter(pk=report.pk).update(revision=7)
    assert Editions.read().numbers == before


def test_a_step_of_a_report_gives_steps_a_new_one(cast):
    report = f.report(cast.chi_dam, cast.lan)
    before, there = edition("steps"), edition("reports")
    MonthlyReport.objects.filter(pk=report.pk).update(state="submitted", sent_at=f.NOW)
    assert edition("steps") != before and edition("reports") == there


def test_a_trigger_stands_on_every_table_that_is_watched(db):
    asked = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'antq_edition%'",
        "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'antq_edition%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    assert there == {table for _, table, _ in triggers.watched()}


def test_what_was_rolled_back_leaves_nothing_wrong(db):
    """What comes instead has an edition of its own."""

    def counted():
        return Editions.read().remember(("places",), "count", Province.objects.count)

    before, found = counted(), set()
    for more in (1, 2):
        with transaction.atomic():
            for _ in range(more):
                f.province()
            assert counted() == before + more
            found.add(edition("places"))
            transaction.set_rollback(True)
        assert counted() == before
    f.province()
    assert counted() == before + 1 and len(found | {edition("places")}) == 3


def test_an_answer_stands_until_its_subject_changes(cast):
    asked = []

    def ask():
        asked.append(1)
        return Province.objects.count()

    first = [Editions.read().remember(("places",), "count", ask) for _ in range(2)]
    f.hamlet(cast.chi_dam)  # another subject
    assert Editions.read().remember(("places",), "count", ask) == first[0] == first[1] and len(asked) == 1
    f.province()
    assert Editions.read().remember(("places",), "count", ask) == first[0] + 1 and len(asked) == 2


def test_what_was_asked_for_longest_ago_is_forgotten_first(db, monkeypatch):
    monkeypatch.setattr(editions, "_answers", editions.Memory(2))
    for question in ("a", "b", "a", "c"):
        Editions.read().remember(("places",), question, lambda: 1)
    assert [question for question, *_ in editions._answers._kept] == ["a", "c"]


def test_no_edition_comes_again_once_a_database_was_put_back(db):
    found = []
    for _ in range(2):
        Edition.objects.all().delete()
        triggers.install()
        found.append(Editions.read().numbers)
    assert found[0].keys() == found[1].keys() and all(found[0][one] != found[1][one] for one in found[0])
