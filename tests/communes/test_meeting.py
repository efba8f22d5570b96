"""Two people on one form of the register: what both typed is kept, or asked; nothing is lost in silence."""

import re
from html import unescape

import pytest
from django.test import Client

from communes.meeting import Meeting
from models_registry.models import SelfManagementGroup
from tests import factories as f
from tests.boxes import boxes, opened

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def two(cast):
    """Lan and her chief, each with a browser."""
    clients = Client(), Client()
    for client, user in zip(clients, (cast.lan, cast.minh), strict=True):
        client.force_login(user, backend=BACKEND)
    return clients


def test_different_boxes_of_one_row_are_both_kept(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{cast.khu[0].pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    assert lan.post(url, hers | {"households": "120"}).status_code == 302
    saved = minh.post(url, his | {"population": "1.164"}, follow=True)
    assert "Đã giữ cả điều vừa được lưu ở nơi khác: Số hộ." in unescape(saved.content.decode())
    cast.khu[0].refresh_from_db()
    assert (cast.khu[0].households, cast.khu[0].population) == (120, 1164)


def test_one_box_changed_by_two_is_asked_with_who_and_when_and_nothing_is_lost(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{cast.khu[0].pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"households": "120"})
    asked = minh.post(url, his | {"households": "130", "population": "500"})
    page = unescape(asked.content.decode())
    assert asked.status_code == 409 and f"{cast.lan} đã lưu lúc" in page
    assert re.search(r"Của bạn đang nhập: <strong>130</strong>", page) and "Đang lưu: <strong>120</strong>" in page
    again = boxes(asked.content.decode())
    assert again["households"] == ["130"] and again["population"] == ["500"]
    cast.khu[0].refresh_from_db()
    assert (cast.khu[0].households, cast.khu[0].population) == (120, None)
    assert minh.post(url, again).status_code == 409  # not chosen yet
    assert minh.post(url, again | {"choose-households": "mine"}).status_code == 302
    cast.khu[0].refresh_from_db()
    assert (cast.khu[0].households, cast.khu[0].population) == (130, 500)


def test_theirs_may_be_taken_and_a_third_save_is_asked_again(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{cast.khu[0].pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"name": "Khu Một"})
    again = boxes(minh.post(url, his | {"name": "Khu Mười"}).content.decode())
    lan.post(url, opened(lan, url) | {"name": "Khu Nhất"})
    third = minh.post(url, again | {"choose-name": "theirs"})
    assert third.status_code == 409 and "Khu Nhất" in third.content.decode()
    assert minh.post(url, boxes(third.content.decode()) | {"choose-name": "theirs"}).status_code == 302
    cast.khu[0].refresh_from_db()
    assert cast.khu[0].name == "Khu Nhất"


def test_what_one_merely_writes_otherwise_is_no_conflict(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{f.hamlet(cast.chi_dam, 'Khu 3', households=1164).pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"population": "3000"})
    assert minh.post(url, his | {"households": "1.164", "population": "3.000"}).status_code == 302


def test_ticked_lists_of_two_are_joined(two, cast):
    lan, minh = two
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    url = f"/register/groups/{group.pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"also_hamlets": [cast.khu[1].pk]})
    minh.post(url, his | {"also_hamlets": [cast.khu[2].pk]})
    assert set(SelfManagementGroup.objects.get().also_hamlets.all()) == {cast.khu[1], cast.khu[2]}


def test_a_row_deleted_meanwhile_keeps_what_was_typed_as_a_new_one(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{cast.khu[2].pk}/"
    his = opened(minh, url)
    lan.post(f"{url}delete/")
    gone = minh.post(url, his | {"name": "Khu 10 mới"})
    page = unescape(gone.content.decode())
    assert gone.status_code == 409 and f"{cast.lan} đã xóa mục này lúc" in page and 'value="Khu 10 mới"' in page
    assert 'action="/register/hamlets/new/"' in page


def test_an_end_day_of_two_is_asked(two, cast):
    lan, minh = two
    url = f"/register/hamlets/{cast.khu[0].pk}/end/"
    hers, his = opened(lan, url), opened(minh, url)
    assert lan.post(url, hers | {"ended_on": "31/01/2025"}).status_code == 302
    asked = minh.post(url, his | {"ended_on": "28/02/2025"})
    assert asked.status_code == 409 and "31/01/2025" in asked.content.decode()


def test_ones_own_other_window_is_named(two, cast):
    lan, _ = two
    url = f"/register/hamlets/{cast.khu[0].pk}/"
    first, second = opened(lan, url), opened(lan, url)
    lan.post(url, first | {"households": "1"})
    assert "Chính bạn, ở một cửa sổ khác," in unescape(lan.post(url, second | {"households": "2"}).content.decode())


def test_a_member_and_the_person_behind_are_one_row(two, cast):
    lan, minh = two
    member = f.member(f.group(cast.chi_dam, hamlet=cast.khu[0]), name="Lê Văn Bình")
    url = f"/register/members/{member.pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    assert lan.post(url, hers | {"phone": "0912345678"}).status_code == 302
    assert minh.post(url, his | {"birth_year": "1970"}).status_code == 302
    member.person.refresh_from_db()
    assert (member.person.phone, member.person.birth_year) == ("0912345678", 1970)
    asked = minh.post(url, his | {"phone": "0987654321"})
    assert (
        asked.status_code == 409 and f"{cast.minh}" not in unescape(asked.content.decode()).split("đã lưu lúc")[0][-20:]
    )


@pytest.mark.parametrize(
    "rubbish",
    ["", "{", "[]", '{"read": 3}', "null", '{"read": {"name": 3}, "seen": []}', '{"read": {"households": {"a": 1}}}'],
)
def test_a_carrier_that_is_none_of_ours_breaks_nothing(two, cast, rubbish):
    url = f"/register/hamlets/{cast.khu[0].pk}/"
    sent = two[0].post(url, {"name": "Khu 1", "households": "7", "as_read": rubbish})
    assert sent.status_code in (302, 409)


def test_lists_are_joined_and_texts_are_asked():
    data = {"as_read": '{"read": {"a": ["1", "2"], "b": "x"}, "seen": {}}'}
    met = Meeting({"a": ["1", "3"], "b": "y"}, {"a": ["1", "2", "4"], "b": "z"}, data)
    assert met.values["a"] == ["1", "3", "4"] and met.clashing == ["b"]
