"""The pages that are read: a hamlet, a group, an initiative, with what belongs to it, its months and its history."""

import pytest
from django.urls import reverse

from models_registry.models import Initiative, InitiativeSite, InitiativeType
from reports.entry.grid import Row
from reports.months import Month
from tests import factories as f


@pytest.fixture
def told(cast):
    """A group in Khu 1 with a member, two sent months and a draft."""
    team = f.group(cast.chi_dam, name="Tổ ANTT số 2", hamlet=cast.khu[0])
    member = f.member(team, name="Phạm Minh Chiến", phone="0912345678")
    for month, values in ((Month(2025, 4), (4, 2)), (Month(2025, 5), (5, 3))):
        report = f.report(cast.chi_dam, cast.lan, month)
        of_group, of_hamlet = values
        f.fill(
            report,
            cast.lan,
            {(Row(group=team.pk), "patrols"): of_group, (Row(hamlet=cast.khu[0].pk), "patrols"): of_hamlet},
        )
        f.bring(report, "submitted")
    f.fill(f.report(cast.chi_dam, cast.lan), cast.lan, {(Row(group=team.pk), "patrols"): 99})
    camera = Initiative.objects.create(
        commune=cast.chi_dam, type=InitiativeType.objects.first(), name="Camera an ninh", started_on="2024-01-01"
    )
    InitiativeSite.objects.create(initiative=camera, hamlet=cast.khu[0], started_on="2024-02-01")
    return {"hamlets": cast.khu[0], "groups": team, "initiatives": camera, "members": member}


def page(client, kind, row):
    return client.get(f"/register/{kind}/{row.pk}/read/").content.decode()


def test_a_group_shows_its_members_its_sent_months_and_its_history(client, cast, told):
    client.force_login(cast.lan)
    said = page(client, "groups", told["groups"])
    for words in ("Phạm Minh Chiến", "Khu 1", "Đang hoạt động", "Lượt tuần tra", "Quá trình", "tháng 5/2025"):
        assert words in said, words
    assert " ;" not in " ".join(said.split()), "the changes stand one after the other as in a sentence"
    assert '<td class="n">9</td>' in said and '<td class="n">5</td>' in said and ">99<" not in said
    assert "345678" not in said and f'href="/register/groups/{told["groups"].pk}/"' in said


def test_a_hamlet_adds_its_groups_to_its_own_row_and_names_them(client, cast, told):
    client.force_login(cast.lan)
    said = page(client, "hamlets", told["hamlets"])
    assert '<td class="n">14</td>' in said and '<td class="n">8</td>' in said
    assert f'href="/register/groups/{told["groups"].pk}/read/"' in said and "Camera an ninh" in said


def test_a_hamlet_names_the_groups_that_serve_it_from_elsewhere(client, cast, told):
    told["groups"].also_hamlets.add(cast.khu[1])
    client.force_login(cast.lan)
    assert page(client, "hamlets", cast.khu[1]).count("Tổ ANTT số 2") == 1


def test_a_group_of_several_places_names_them_where_it_is_read_and_where_its_province_looks_it_up(client, cast, told):
    told["groups"].also_hamlets.add(cast.khu[1])
    told["groups"].border_communes.add(cast.tay_coc)
    client.force_login(cast.lan)
    assert "Khu 2; Xã Tây Cốc" in page(client, "groups", told["groups"])
    form = client.get(f"/register/groups/{told['groups'].pk}/").content.decode()
    assert "<summary>Các xã giáp ranh cùng tham gia: Xã Tây Cốc</summary>" in form
    assert "Ctrl" not in form
    client.force_login(cast.hoa)
    looked_up = " ".join(client.get(f"/register/groups/{told['groups'].pk}/").content.decode().split())
    assert "<dd> Khu 2 </dd>" in looked_up and "<dd> Xã Tây Cốc </dd>" in looked_up


def test_an_initiative_names_the_places_where_it_runs(client, cast, told):
    client.force_login(cast.lan)
    said = page(client, "initiatives", told["initiatives"])
    assert f'href="/register/hamlets/{told["hamlets"].pk}/read/"' in said and "01/02/2024" in said


@pytest.mark.parametrize("kind", ["hamlets", "groups", "initiatives"])
def test_the_lists_lead_to_the_pages_and_these_to_the_form(client, cast, told, kind):
    client.force_login(cast.lan)
    address = f"/register/{kind}/{told[kind].pk}/"
    assert f'href="{address}read/"' in client.get(reverse(f"register_{kind}")).content.decode()
    said = page(client, kind, told[kind])
    assert f'href="{address}"' in said and "Sửa" in said and f'href="{address}history/"' in said


@pytest.mark.parametrize("kind", ["hamlets", "groups", "initiatives"])
def test_the_province_reads_without_names_or_buttons_and_strangers_find_nothing(client, cast, told, kind):
    client.force_login(cast.hoa)
    said = page(client, kind, told[kind])
    assert "Phạm Minh Chiến" not in said and ">Sửa" not in said and "Mọi mục" in said
    for stranger in (cast.tuan, cast.son):
        client.force_login(stranger)
        assert client.get(f"/register/{kind}/{told[kind].pk}/read/").status_code == 404


def test_a_row_without_months_or_history_says_so(client, cast):
    client.force_login(cast.lan)
    said = page(client, "hamlets", cast.khu[2])
    assert "Hoạt động</h2>" not in said and "Chưa có." in said


def test_more_members_and_months_make_no_more_queries(client, cast, told, django_assert_max_num_queries):
    client.force_login(cast.lan)
    for n in range(30):
        f.member(told["groups"], name=f"Nguyễn Văn {'ABCDEGHKLM'[n % 10]}{'n' * (n // 10 + 1)}")
    with django_assert_max_num_queries(30):
        page(client, "groups", told["groups"])
