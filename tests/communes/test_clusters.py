"""Clusters: what the province defines between itself and its communes."""

import pytest

from communes import clusters
from communes.clusters import BY_DISTRICT, former_districts, proposal
from communes.models import Cluster, Commune
from communes.refusals import Refused
from tests import factories as f

LIST = "/dashboard/clusters/"


@pytest.fixture
def north(cast):
    cluster = Cluster.objects.create(province=cast.phu_tho, grouping="Theo khu vực", name="Phía bắc")
    cluster.communes.add(cast.chi_dam)
    return cluster


def posted(client, who, path, **data):
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(path, data)


def seen(client, who, path=LIST):
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(path)


def test_every_commune_of_2025_has_a_former_district(db):
    assert len(former_districts()) == 3321
    assert former_districts()["07999"] == ("Huyện Đoan Hùng", "Phú Thọ")


def test_the_proposal_gathers_communes_by_former_district(cast):
    found = proposal([cast.chi_dam, cast.tay_coc, f.commune(code="99999", province=cast.phu_tho)])
    assert found == {"Huyện Đoan Hùng cũ": [cast.chi_dam, cast.tay_coc]}


def test_namesakes_are_told_apart_by_their_former_provinces():
    codes = [code for code, one in former_districts().items() if one.name == "Huyện Châu Thành"]
    names = proposal(Commune(code=code) for code in codes)
    assert len(names) > 5 and len(set(names)) == len(names)
    assert "Huyện Châu Thành cũ (Long An)" in names


def test_a_reviewer_takes_the_proposal_with_one_click_and_only_once(client, cast):
    assert "Huyện Đoan Hùng cũ" in seen(client, cast.hoa).content.decode()
    assert posted(client, cast.hoa, f"{LIST}propose/").status_code == 302
    made = Cluster.objects.get()
    assert (made.grouping, made.name, made.province) == (BY_DISTRICT, "Huyện Đoan Hùng cũ", cast.phu_tho)
    assert set(made.communes.all()) == {cast.chi_dam, cast.tay_coc}
    with pytest.raises(Refused, match="Đã có cách chia"):
        clusters.propose(cast.phu_tho, by=cast.hoa)
    assert "Xem trước" not in seen(client, cast.hoa).content.decode()


def test_a_leader_may_not_propose(cast):
    with pytest.raises(Refused, match="cán bộ duyệt"):
        clusters.propose(cast.phu_tho, by=cast.thu)
    assert not Cluster.objects.exists()


def test_a_reviewer_defines_changes_and_deletes_a_cluster(client, cast):
    given = {"grouping": "Theo khu vực", "name": "Phía bắc", "communes": [cast.chi_dam.pk]}
    assert posted(client, cast.hoa, f"{LIST}new/", **given).status_code == 302
    cluster = Cluster.objects.get()
    given["communes"] = [cast.chi_dam.pk, cast.tay_coc.pk]
    assert posted(client, cast.hoa, f"{LIST}{cluster.pk}/", **given).status_code == 302
    assert cluster.communes.count() == 2
    assert "Xóa cụm" in seen(client, cast.hoa, f"{LIST}{cluster.pk}/delete/").content.decode()
    assert posted(client, cast.hoa, f"{LIST}{cluster.pk}/delete/").status_code == 302
    assert not Cluster.objects.exists() and Commune.objects.filter(pk=cast.chi_dam.pk).exists()


def test_a_commune_stands_once_in_a_grouping_and_freely_in_another(client, cast, north):
    given = {"grouping": "Theo khu vực", "name": "Phía nam", "communes": [cast.chi_dam.pk]}
    refused = posted(client, cast.hoa, f"{LIST}new/", **given)
    assert refused.status_code == 422 and "đã ở một cụm khác" in refused.content.decode()
    assert posted(client, cast.hoa, f"{LIST}new/", **given | {"grouping": "Theo đường"}).status_code == 302


def test_a_cluster_is_named_once_in_its_grouping(client, cast, north):
    given = {"grouping": "Theo khu vực", "name": "Phía bắc", "communes": [cast.tay_coc.pk]}
    refused = posted(client, cast.hoa, f"{LIST}new/", **given)
    assert refused.status_code == 422 and "đã có một cụm mang tên đó" in refused.content.decode()


def test_communes_of_another_province_are_no_choice(client, cast):
    given = {"grouping": "Theo khu vực", "name": "Phía tây", "communes": [cast.chieng_pha.pk]}
    assert posted(client, cast.hoa, f"{LIST}new/", **given).status_code == 422
    assert not Cluster.objects.exists()


@pytest.mark.parametrize("part", ["", "delete/"])
def test_another_provinces_cluster_is_not_found(client, cast, north, part):
    assert seen(client, cast.son, f"{LIST}{north.pk}/{part}").status_code == 404
    assert posted(client, cast.son, f"{LIST}{north.pk}/{part}", name="x").status_code == 404


@pytest.mark.parametrize(("who", "sees"), [("hoa", True), ("thu", True), ("an", True), ("son", False)])
def test_clusters_are_read_in_their_province_and_above(client, cast, north, who, sees):
    assert ("Phía bắc" in seen(client, getattr(cast, who)).content.decode()) is sees


@pytest.mark.parametrize("who", ["thu", "an"])
def test_readers_read_a_cluster_and_change_nothing(client, cast, north, who):
    user = getattr(cast, who)
    assert "Xã Chí Đám" in seen(client, user, f"{LIST}{north.pk}/").content.decode()
    for path in (f"{LIST}{north.pk}/", f"{LIST}{north.pk}/delete/", f"{LIST}new/", f"{LIST}propose/"):
        assert posted(client, user, path, name="x").status_code == 403
    assert Cluster.objects.get().name == "Phía bắc"


@pytest.mark.parametrize("who", ["lan", "minh", "quan"])
def test_communes_and_administrators_have_no_clusters(client, cast, north, who):
    assert seen(client, getattr(cast, who)).status_code == 403


def test_the_list_asks_as_often_for_thirty_clusters_as_for_three(client, cast, django_assert_max_num_queries):
    for number in range(30):
        cluster = Cluster.objects.create(province=cast.phu_tho, grouping="Theo khu vực", name=f"Cụm {number}")
        cluster.communes.add(f.commune(province=cast.phu_tho))
    seen(client, cast.hoa)
    with django_assert_max_num_queries(7):
        client.get(LIST)
