"""What people type into the register's search finds what they mean; people are listed by their given names."""

from importlib import import_module

import pytest
from django.apps import apps

from communes.models import Hamlet
from communes.names import asked_words, given_name_first
from models_registry.importing.values import Lookup, read_choice, read_day
from models_registry.models import GroupKind, Person, SelfManagementGroup
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


SPELLINGS = [
    *("KDC 5", "kdc5", "khu5", "Khu dân cư 5", "khu  5", "5 khu", "KDC-05", "khu.05", "Khu số 5", "khu dân cư số 05"),
    *("Khu dân cư 5", " KHU\u00a05 ", "khu \uff15", "Khu\t5"),  # decomposed, hard blank, wide digit
]


@pytest.mark.parametrize("query", SPELLINGS)
def test_a_hamlet_is_found_by_any_of_its_spellings(cast, query):
    for name in ("Khu 5", "Khu 15", "Khu 50", "Thôn Đông Sơn"):
        Hamlet.objects.get_or_create(commune=cast.chi_dam, name=name)
    found = Hamlet.objects.filter(commune=cast.chi_dam).search(query)
    assert [hamlet.name for hamlet in found] == ["Khu 5"]


def test_a_number_is_found_with_and_without_its_zero(cast):
    two = [f.group(cast.chi_dam, hamlet=cast.khu[0], name=name) for name in ("Tổ 03", "Tổ liên gia số 3", "Tổ 13")][:2]
    for query in ("Tổ 3", "to 03", "TO3", "tổ số 003"):
        assert list(SelfManagementGroup.objects.search(query).order_by("pk")) == two, query


def test_a_number_alone_is_asked_of_names_that_say_it_is_one(cast):
    f.hamlet(cast.chi_dam, "Khu 9")
    nine = f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ liên gia số 9")
    f.group(cast.chi_dam, hamlet=cast.khu[0], name="Ban ANTT Khu 9")
    assert list(SelfManagementGroup.objects.search("số 9")) == [nine]


def test_a_group_is_found_by_the_place_where_it_sits(cast):
    groups = [
        f.group(cast.chi_dam, "security_team", hamlet=khu, name=f"Tổ ANTT số {9 - n}") for n, khu in enumerate(cast.khu)
    ]
    for query in ("to bao ve khu 1", "tổ bảo vệ KDC 01", "TỔ BẢO VỆ AN NINH khu1"):
        assert list(SelfManagementGroup.objects.search(query)) == [groups[0]], query
    assert list(SelfManagementGroup.objects.search_with_leaders("to bao ve khu 10")) == [groups[2]]
    groups[2].also_hamlets.add(cast.khu[0])  # a team for several hamlets is found by each of them
    assert set(SelfManagementGroup.objects.search("to bao ve khu 1")) == {groups[0], groups[2]}


def test_the_long_form_is_found_by_the_short_and_the_other_way_round(cast):
    hamlets = [Hamlet.objects.create(commune=cast.chi_dam, name=name) for name in ("Khu dân cư số 77", "TDP 78")]
    assert [one for query in ("kdc 77", "khu 77") for one in Hamlet.objects.search(query)] == [hamlets[0]] * 2
    assert [one for query in ("tdp78", "tổ dân phố 78") for one in Hamlet.objects.search(query)] == [hamlets[1]] * 2


@pytest.mark.parametrize("who", ["lan", "hoa"])
def test_a_group_is_found_by_its_kind(client, cast, who):
    kind = GroupKind.objects.get(code="security_team")
    SelfManagementGroup.objects.create(commune=cast.chi_dam, kind=kind, name="Đội số 9", hamlet=cast.khu[0])
    f.group(cast.chi_dam, hamlet=cast.khu[0])
    client.force_login(getattr(cast, who), backend=BACKEND)
    page = client.get("/register/groups/?q=to+bao+ve").content.decode()
    assert "Đội số 9" in page


def test_people_are_listed_by_given_name_then_family_name(cast):
    names = ["Trần Văn Bình", "Lê Thị Ánh", "Nguyễn Văn An", "Phạm An", "Đỗ Thị An"]
    Person.objects.bulk_create(Person(commune=cast.chi_dam, name=name) for name in names)
    listed = [person.name for person in Person.objects.filter(name__in=names)]
    assert listed == ["Đỗ Thị An", "Nguyễn Văn An", "Phạm An", "Lê Thị Ánh", "Trần Văn Bình"]
    assert given_name_first("An") == "An" and given_name_first("") == ""


def test_those_who_were_there_before_are_put_in_order_too(cast):
    Person.objects.create(commune=cast.chi_dam, name="Trần Văn An")
    Person.objects.create(commune=cast.chi_dam, name="Lê Thị Bình")
    migration = import_module("models_registry.migrations.0003_people_by_given_name")
    ours = Person.objects.filter(name__in=("Trần Văn An", "Lê Thị Bình"))
    migration.order_by_family_name(apps, None)
    assert [one.name for one in ours.all()] == ["Lê Thị Bình", "Trần Văn An"]
    migration.order_by_given_name(apps, None)
    assert [one.name for one in ours.all()] == ["Trần Văn An", "Lê Thị Bình"]


def test_no_label_stands_without_its_field(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    page = client.get("/register/members/").content.decode()
    assert "Mã số tổ" not in page and '<label for="id_group"' not in page


def test_words_that_are_asked_for():
    assert asked_words("KDC số 05") == ["khu", "5"]
    assert asked_words("Bản Heo Trại") == ["ban", "heo", "trai"]


def test_names_in_a_file_are_the_same_with_and_without_so_and_in_wide_digits():
    lookup = Lookup({name: name for name in ("Tổ dân phố số 3", "Khu 1", "Khu phố 1", "Khu II", "Khu 2")})
    asked = ["Tổ dân phố 3", "TDP số 03", "Khu \uff11", "KP 01", "KP1", "Khu số 1", "khu ii", "K1", "Khu 1 (cũ)"]
    found = [lookup.get(name) for name in asked]
    assert found == ["Tổ dân phố số 3"] * 2 + ["Khu 1", "Khu phố 1", "Khu phố 1", "Khu 1", "Khu II", None, None]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("ngày 5 tháng 3 năm 2024", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("05/03/2024 00:00:00", "2024-03-05"),
        ("năm 2024", "2024-01-01"),
        ("31/02/2026", None),
        ("1/13/2026", None),
        ("1/2", None),
        ("Feb-26", None),
        ("45678.5", None),
        ("Quý I/2024", None),
    ],
)
def test_days_in_a_file(said, day):
    if day:
        assert f"{read_day(said)}" == day
    else:
        with pytest.raises(ValueError, match="không phải là ngày"):
            read_day(said)


def test_the_nearest_choice_is_told_by_the_name_it_bears():
    labels = {"Khu 9": 9, "Khu dân cư 9": 9, "Khu 12": 12, "Khu dân cư 12": 12}
    with pytest.raises(ValueError, match="Có phải “Khu 9”"):
        read_choice(labels, "khu dân cư")("Khu 99")
