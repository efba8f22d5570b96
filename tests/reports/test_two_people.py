"""Two people on one form of the province, of a document or of a month: nothing is overwritten in silence."""

from html import unescape

import pytest
from django.test import Client

from communes.models import Cluster, SafetyRecord
from models_registry.models import Initiative, InitiativeRating, YearlyRating
from reports.models import Deadline, Letterhead, PublishedTotal, WeaponHandover, WeaponKind
from tests import factories as f
from tests.boxes import boxes, opened

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def two(cast):
    return browser(cast.lan), browser(cast.minh)


@pytest.fixture
def reviewers(cast):
    return browser(cast.hoa), browser(f.user(cast.hoa.role, cast.phu_tho, username="mai"))


def said(response):
    return unescape(response.content.decode())


def test_deadlines_of_two_reviewers(reviewers, cast):
    hoa, mai = reviewers
    url = "/review/deadlines/?year=2026"
    hers, others = opened(hoa, url), opened(mai, url)
    assert hoa.post(url, hers | {"2026-02.communes": "19/02/2026"}).status_code == 302
    mai.post(url, others | {"2026-03.communes": "19/03/2026"})
    assert Deadline.objects.count() == 2  # the second reviewer's page knew nothing of the first's day
    asked = mai.post(url, others | {"2026-02.communes": "18/02/2026"})
    assert asked.status_code == 409 and "Của bạn đang nhập: <strong>18/02/2026" in said(asked)
    assert "mai đã lưu" not in said(asked) and Deadline.objects.filter(due_on="2026-02-19").exists()
    again = boxes(asked.content.decode()) | {"choose-2026-02.communes": "mine"}
    assert mai.post(url, again).status_code == 302
    assert Deadline.objects.filter(due_on="2026-02-18").exists()


def test_letterheads_of_two(cast):
    minh, other = browser(cast.minh), browser(f.user(cast.minh.role, cast.chi_dam, username="binh"))
    url = "/documents/07999/letterhead/"
    his, others = opened(minh, url), opened(other, url)
    assert minh.post(url, his | {"signatory": "Trung tá Lê Minh"}).status_code == 302
    assert other.post(url, others | {"place": "Đoan Hùng"}).status_code == 302
    kept = Letterhead.objects.order_by("-pk").first()
    assert (kept.signatory, kept.place) == ("Trung tá Lê Minh", "Đoan Hùng")
    asked = other.post(url, others | {"signatory": "Thiếu tá Trần Bình"})
    assert asked.status_code == 409 and "Trung tá Lê Minh" in said(asked)


def test_clusters_of_two_reviewers_are_joined(reviewers, cast):
    hoa, mai = reviewers
    cluster = Cluster.objects.create(province=cast.phu_tho, grouping="Khu vực", name="Bắc")
    cluster.communes.set([cast.chi_dam])
    third = f.commune(code="08000", name="Vân Đồn", province=cast.phu_tho)
    url = f"/dashboard/clusters/{cluster.pk}/"
    hers, others = opened(hoa, url), opened(mai, url)
    hoa.post(url, hers | {"communes": [cast.chi_dam.pk, cast.tay_coc.pk]})
    mai.post(url, others | {"communes": [cast.chi_dam.pk, third.pk], "name": "Phía bắc"})
    cluster.refresh_from_db()
    assert set(cluster.communes.all()) == {cast.chi_dam, cast.tay_coc, third} and cluster.name == "Phía bắc"


def test_ticks_of_two_are_joined(two, cast):
    lan, minh = two
    url = "/register/safety/year/?year=2025"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"registered": [f"h{cast.khu[0].pk}"]})
    minh.post(url, his | {"registered": [f"h{cast.khu[1].pk}"]})
    assert set(SafetyRecord.objects.values_list("hamlet", flat=True)) == {cast.khu[0].pk, cast.khu[1].pk}


def test_ratings_of_teams_by_two(two, cast):
    lan, minh = two
    teams = [
        f.group(cast.chi_dam, "security_team", hamlet=hamlet, started_on="2020-01-01", name=f"Tổ {place}")
        for place, hamlet in enumerate(cast.khu)
    ]
    url = "/register/groups/ratings/?year=2024"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {f"g{teams[0].pk}": "good"})
    minh.post(url, his | {f"g{teams[1].pk}": "good"})
    assert YearlyRating.objects.filter(grade="good").count() == 2
    asked = minh.post(url, his | {f"g{teams[0].pk}": "failed"})
    assert asked.status_code in (409, 422) and YearlyRating.objects.filter(grade="good").count() == 2
    assert f"{cast.lan}" in said(asked) or f"{cast.minh}" in said(asked)


def test_ratings_of_initiatives_by_two(two, cast):
    lan, minh = two
    initiative = f.initiative(cast.chi_dam, started_on="2020-01-01", state=Initiative.State.ACTIVE)
    url = "/register/initiatives/ratings/?year=2024"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {f"i{initiative.pk}": "effective"})
    assert minh.post(url, his | {f"i{initiative.pk}": "weak"}).status_code == 409
    minh.post(url, his)
    assert InitiativeRating.objects.get().grade == "effective"


def test_published_totals_of_two(reviewers, cast):
    hoa, mai = reviewers
    url = "/published/25/2024/"
    first = opened(hoa, url) | {"source": "Báo cáo năm"}
    hoa.post(url, first | {"f-patrols": "391"})
    hers, others = opened(hoa, url), opened(mai, url)
    hoa.post(url, hers | {"f-patrols": "400"})
    assert mai.post(url, others | {"f-patrols": "410"}).status_code == 409
    mai.post(url, others | {"f-tips": "gần 170"})
    assert sorted(str(one.text) for one in PublishedTotal.objects.all()) == ["400", "gần 170"]
    mai.post(url, opened(mai, url) | {"source": "Báo Phú Thọ"})
    assert PublishedTotal.objects.filter(source="Báo cáo năm").count() == 2


def test_a_line_of_weapons_of_two(two, cast):
    lan, minh = two
    report = f.report(cast.chi_dam, cast.lan)
    f.hand_over(report, cast.lan, homemade_gun="2")
    line = WeaponHandover.objects.get()
    url = f"/reports/07999/2025-06/weapons/{line.pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"quantity": "3"})
    assert minh.post(url, his | {"quantity": "4"}).status_code == 409
    assert minh.post(url, his | {"remove": "1"}).status_code == 422 and WeaponHandover.objects.exists()
    lan.post(url, opened(lan, url) | {"remove": "1"})
    gone = minh.post(url, his | {"quantity": "4"})
    assert gone.status_code == 409 and 'value="4"' in said(gone) and "weapons/" in said(gone)


def test_an_entry_of_the_catalogue_by_two_administrators(cast):
    quan, other = browser(cast.quan), browser(f.user(cast.quan.role, username="dung"))
    kind = WeaponKind.objects.get(code="homemade_gun")
    url = f"/admin/reports/weaponkind/{kind.pk}/change/"
    his, others = opened(quan, url), opened(other, url)
    assert quan.post(url, his | {"name": "Súng tự chế"}).status_code == 302
    assert other.post(url, others | {"position": "77"}).status_code == 302
    kind.refresh_from_db()
    assert (kind.name, kind.position) == ("Súng tự chế", 77)
    asked = other.post(url, others | {"name": "Súng kíp"})
    assert asked.status_code == 200 and "Súng tự chế" in said(asked) and 'name="choose-name"' in said(asked)
