"""Forms of the register refuse what the database would refuse, with its sentence beside the field."""

import pytest

from models_registry.models import GroupKind
from tests import factories as f


@pytest.fixture
def lan(client, cast):
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_second_living_hamlet_of_the_same_name_is_refused(lan, cast):
    refused = lan.post("/register/hamlets/new/", {"name": "Khu 1"})
    assert refused.status_code == 422 and "đang hoạt động mang tên này" in refused.content.decode()
    cast.khu[0].ended_on = "2025-01-31"
    cast.khu[0].save()
    assert lan.post("/register/hamlets/new/", {"name": "Khu 1"}).status_code == 302


def test_a_second_group_of_the_same_kind_and_name_is_refused(lan, cast):
    f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1")
    sent = {"kind": GroupKind.objects.get(code="household_cluster").pk, "name": "Tổ 1", "hamlet": cast.khu[0].pk}
    refused = lan.post("/register/groups/new/", sent)
    assert refused.status_code == 422 and "một tổ cùng loại mang tên đó" in refused.content.decode()


def test_a_second_leader_is_refused(lan, cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0])
    f.member(team, position="leader")
    refused = lan.post("/register/members/new/", {"group": team.pk, "name": "Lê Văn Bình", "position": "leader"})
    assert refused.status_code == 422 and "đã có người đứng đầu" in refused.content.decode()
    assert "Lê Văn Bình" in refused.content.decode()


def test_a_wrong_phone_is_refused_beside_its_field_and_nothing_is_lost(lan, cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0])
    sent = {"group": team.pk, "name": "Lê Văn Bình", "position": "member", "phone": "12"}
    refused = lan.post("/register/members/new/", sent)
    assert refused.status_code == 422 and "Số điện thoại gồm 10" in refused.content.decode()
    assert not team.members.exists()


def test_the_same_person_twice_in_one_group_is_refused(lan, cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0])
    member = f.member(team)
    sent = {"person": member.person_id, "group": team.pk, "name": member.name, "position": "member"}
    refused = lan.post("/register/members/new/", sent)
    assert refused.status_code == 422 and "đang có tên trong tổ" in refused.content.decode()
