"""The frame of every page: who one is, what waits, where the guide is; and nothing an officer cannot use."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import get_resolver
from django.utils import timezone

from communes.guide import PLACES, guide, place_of
from reports.models import MonthlyReport
from reports.months import Month
from reports.review.duties import duty_count
from tests import factories as f
from tests.test_routes import _patterns

pytestmark = pytest.mark.django_db


def page(client, user, path="/"):
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("who", "words"),
    [("lan", "Cán bộ, Công an xã Chí Đám"), ("minh", "Chỉ huy, Công an xã Chí Đám"), ("quan", "Quản trị hệ thống"),
     ("hoa", "Duyệt báo cáo, Công an tỉnh Phú Thọ"), ("thu", "Lãnh đạo, Công an tỉnh Phú Thọ")],
)  # fmt: skip
def test_the_bar_says_who_one_is_and_where(cast, client, who, words):
    user = getattr(cast, who)
    text = page(client, user)
    assert f"<b>{user}</b> <small>{words}</small>" in text
    assert 'href="/guide/#' in text
    assert '<meta name="description"' in text


def test_the_menu_names_what_it_leads_to_and_the_api_is_not_for_officers(cast, client):
    text = page(client, cast.lan)
    assert ">Nhập tháng</a>" in text
    assert ">Văn bản</a>" in text
    assert "/api/docs/" not in text


def test_a_commune_is_told_of_what_was_returned_and_never_sent(cast, client):
    now = timezone.now()
    current = Month.at(now)
    sent = f.report(cast.chi_dam, cast.lan, current - 1, now)
    MonthlyReport.objects.filter(pk=sent.pk).update(state="submitted", sent_at=now)
    assert duty_count(cast.lan, now) == 0
    assert 'class="count"' not in page(client, cast.lan)
    MonthlyReport.objects.filter(pk=sent.pk).update(state="returned")
    f.report(cast.chi_dam, cast.lan, current - 2, now)
    assert duty_count(cast.lan, now) == 2
    assert re.search(r'<span class="count">2<span\s+class="sr"> việc</span></span>', page(client, cast.lan))
    assert duty_count(cast.tuan, now) == 1, "another commune, which never sent last month"


def test_a_reviewer_is_told_of_what_waits_in_her_province_alone(cast):
    now = timezone.now()
    waiting = f.report(cast.chi_dam, cast.lan, Month.at(now) - 1, now)
    MonthlyReport.objects.filter(pk=waiting.pk).update(state="submitted", sent_at=now)
    assert duty_count(cast.hoa, now) == 1
    assert duty_count(cast.son, now) == duty_count(cast.thu, now) == 0


def test_a_duty_costs_one_query(cast, django_assert_num_queries):
    for user in (cast.lan, cast.hoa):
        _ = user.place and user.home_province
        with django_assert_num_queries(1):
            duty_count(user, timezone.now())


def test_the_guide_is_a_page_with_its_chapters(cast, client):
    text = page(client, cast.lan, "/guide/")
    assert '<h2 id="can-bo-nhap-lieu-cap-xa">' in text
    assert '<a href="#chi-huy">Chỉ huy</a>' in text
    assert "<img src=" not in text.split("<main")[1], "pictures are led to"
    assert "/static/guide/entry.png" in text
    assert '<th scope="col">' in text and "<th>" not in text


@pytest.mark.parametrize(
    ("who", "path", "place"),
    [("lan", "/", "can-bo-nhap-lieu-cap-xa"), ("minh", "/", "chi-huy"), ("hoa", "/", "cap-tinh"), ("an", "/", "lanh-dao"),
     ("thu", "/", "lanh-dao"), ("quan", "/", "quan-tri"), ("lan", "/reports/07999/2025-06/", "can-bo-nhap-lieu-cap-xa"),
     ("lan", "/register/import/groups/", "nhap-tu-excel"), ("hoa", "/dashboard/?province=25", "tong-hop")],
)  # fmt: skip
def test_the_guide_opens_at_the_place_of_the_page(cast, client, who, path, place):
    assert f'href="/guide/#{place}"' in page(client, getattr(cast, who), path)


def test_every_place_of_the_guide_is_there():
    text = guide().text
    for _, anchor in PLACES:
        assert f'id="{anchor}"' in text, anchor


def test_the_guide_is_searched_without_accents(cast, client):
    text = page(client, cast.lan, "/guide/?q=khong+phat+sinh")
    assert '<a href="#khong-phat-sinh">Cán bộ nhập liệu cấp xã</a>' in text and "Không có đoạn nào" not in text
    assert "Không có đoạn nào" in page(client, cast.lan, "/guide/?q=tàu+vũ+trụ")
    assert page(client, cast.lan, "/guide/?q=%00%22<b>").count("<b>&quot;") == 0


def test_no_place_of_the_guide_has_the_name_of_another():
    anchors = re.findall(r' id="([^"]*)"', guide().text)
    assert len(anchors) == len(set(anchors)) and {one.anchor for one in guide().passages} <= set(anchors)


def test_the_question_mark_of_every_page_leads_to_a_place(cast):
    paths = {re.sub(r"<[^>]*>", "x", f"{prefix}{entry.pattern}") for prefix, entry in _patterns(get_resolver())}
    anchors = set(re.findall(r' id="([^"]*)"', guide().text))
    for user in (cast.lan, cast.minh, cast.hoa, cast.thu, cast.an, cast.quan):
        assert {place_of(path, user) for path in paths} <= anchors
    assert place_of("/reports/07999/2025-06/returned/", cast.lan) == "bi-tra-lai"
    assert place_of("/review/deadlines/", cast.hoa) == "han-gui"


def test_the_month_tells_of_its_keys_and_of_pasting(cast, client):
    text = page(client, cast.lan, "/reports/07999/2025-06/")
    assert 'data-once="keys"' in text and "Ctrl + V" in text
    assert 'data-once="keys"' not in page(client, cast.hoa, "/reports/07999/2025-06/"), "who reads has no use for them"


@pytest.mark.django_db
def test_the_administration_is_of_the_same_house(client, cast):
    client.force_login(cast.quan)
    text = client.get("/admin/communes/user/").content.decode()
    assert "css/tokens.css" in text and "Danh sách: tài khoản" in text and "Theo vai trò" in text
    assert "nav-sidebar" not in text and "theme-toggle" not in text, "the list has their room"


@pytest.mark.parametrize(
    ("who", "path", "under"),
    [
        ("hoa", "/published/", "/dashboard/"),
        ("hoa", "/overview/", "/dashboard/"),
        ("thu", "/overview/", "/"),
        ("hoa", "/reports/07999/2025-06/", "/review/"),
        ("lan", "/reports/07999/2025-06/", "/reports/07999/"),
        ("lan", "/register/import/", "/register/groups/"),
        ("hoa", "/explore/", "/explore/"),
    ],
)
def test_the_menu_says_under_what_one_is(cast, client, who, path, under):
    menu = page(client, getattr(cast, who), path).partition('class="main-nav"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]*)"\s+aria-current="page"', menu) == [under]


NO_WORK = re.compile(
    r"/(admin|api|accounts|components|guide|healthz|readyz|static)(/|$)"
)  # of no work, and under nothing


@pytest.mark.parametrize("who", ["lan", "minh", "hoa", "thu", "an"])
def test_every_page_of_work_stands_under_one_item_of_the_menu(cast, who):
    user = getattr(cast, who)
    for begins, entry in _patterns(get_resolver()):
        path = "/" + re.sub(r"<[^>]*>", "x", f"{begins}{entry.pattern}").lstrip("/")
        if not NO_WORK.match(path):
            menu = render_to_string("components/navigation.html", {"user": user, "path": path})
            assert menu.count('aria-current="page"') == 1, path
