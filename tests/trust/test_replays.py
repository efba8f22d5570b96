"""What was shown is what is done: by who was asked, once, and as long as it still stands as it was shown."""

import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Hamlet, TrailEntry, User
from communes.scope import Role
from models_registry.models import RegisterImport
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = "Tên khu dân cư,Số hộ\nKhu 1,120\nKhu 77,80\n"

pytestmark = pytest.mark.django_db


def sign_in(client, who):
    client.force_login(who, backend=BACKEND)


def uploaded(client, by):
    """A list of hamlets that was tried; gives its address."""
    sign_in(client, by)
    answer = client.post("/register/import/hamlets/", {"file": SimpleUploadedFile("khu.csv", LIST.encode())})
    return answer["Location"]


def shown(client, address):
    """What the page of a trial sends back with its button."""
    page = client.get(f"{address}?whole=1").content.decode()
    return {"seen": re.search(r'name="seen" value="([^"]+)"', page)[1]}


def test_a_list_is_written_as_it_was_shown_or_not_at_all(client, cast):
    address = uploaded(client, cast.lan)
    given = shown(client, address)
    Hamlet.objects.get(name="Khu 1").save()  # by a colleague; what she wrote would be written over unseen
    sign_in(client, cast.lan)
    page = client.post(f"{address}apply/", given, follow=True).content.decode()
    assert "vừa được người khác thay đổi" in page and not Hamlet.objects.filter(name="Khu 77").exists()
    assert "Đã nhập" in client.post(f"{address}apply/", shown(client, address), follow=True).content.decode()
    assert Hamlet.objects.filter(name="Khu 77").exists()


@pytest.mark.parametrize("door", ["apply", "columns", "answers", "marked", "give-up"])
def test_a_list_that_a_colleague_wrote_meanwhile_is_written_once(client, cast, door):
    address = uploaded(client, cast.lan)
    sign_in(client, cast.minh)
    client.post(f"{address}apply/")
    run = RegisterImport.objects.get()
    sign_in(client, cast.lan)
    method = client.get if door == "marked" else client.post
    answer = method(f"{address}{door}/", {"sheet": "khu", "answer.x": "y"})
    assert answer.status_code == {"apply": 302, "marked": 404, "give-up": 302}.get(door, 409)
    if answer.status_code == 409:
        assert "Tệp này đã được nhập" in answer.content.decode()
    again = RegisterImport.objects.get()
    assert (again.change_id, again.columns, again.answers) == (run.change_id, {}, {})
    assert Hamlet.objects.filter(name="Khu 77").count() == 1


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(Role.COMMUNE_OFFICER, "tay_coc", 404), (Role.PROVINCE_REVIEWER, "phu_tho", 403), (Role.NATIONAL_VIEWER, "", 403)],
)
def test_who_was_moved_since_the_trial_writes_nothing(client, cast, role, place, status):
    address = uploaded(client, cast.lan)
    where = getattr(cast, place, None)
    own = {"commune": where if place == "tay_coc" else None, "province": where if place == "phu_tho" else None}
    User.objects.filter(pk=cast.lan.pk).update(role=role, **own)
    for door in ("", "apply/", "columns/", "answers/", "give-up/"):
        answer = client.post(f"{address}{door}") if door else client.get(address)
        assert answer.status_code == status, door
    assert RegisterImport.objects.get().content and not Hamlet.objects.filter(name="Khu 77").exists()
    assert TrailEntry.objects.filter(act="refused", what__contains="/apply/", by=cast.lan).exists()


@pytest.mark.parametrize("who", ["tuan", "hoa", "thu", "an", "quan"])
def test_the_list_of_another_place_is_nobody_elses(client, cast, who):
    address = uploaded(client, cast.lan)
    sign_in(client, getattr(cast, who))
    for door in ("apply/", "columns/", "answers/", "give-up/"):
        assert client.post(f"{address}{door}").status_code in (403, 404), door
    assert RegisterImport.objects.get().content


def test_a_list_of_one_page_is_not_carried_out_by_another(client, cast):
    """What a page keeps is signed for that page alone."""
    from models_registry.importing import kept_lists
    from models_registry.views.rounds import LISTED

    lines = kept_lists.keep([["1", "07999", "Khu 1", "Khu Mới", "1/NQ", "01/06/2025"]], LISTED)
    sign_in(client, cast.hoa)
    answer = client.post("/dashboard/arrangements/", {"lines": lines})
    assert answer.status_code == 422 and "hãy tải lên lại" in answer.content.decode()


def test_a_list_that_a_page_kept_has_an_end(client, cast, monkeypatch):
    from models_registry.importing import kept_lists
    from models_registry.views.rounds import LISTED

    lines = kept_lists.keep([["1", "07999", "Khu 1", "Khu Mới", "1/NQ", "01/06/2025"]], LISTED)
    later = time.time() + kept_lists.HOURS * 3600 + 60
    monkeypatch.setattr(time, "time", lambda: later)
    sign_in(client, cast.lan)
    answer = client.post("/register/hamlets/round/", {"lines": lines})
    assert answer.status_code == 422 and "hãy tải lên lại" in answer.content.decode()
    assert not Hamlet.objects.filter(name="Khu Mới").exists()


def test_a_round_is_carried_out_once_and_only_where_its_reader_may(client, cast):
    from models_registry.importing import kept_lists
    from models_registry.views.rounds import LISTED

    lines = kept_lists.keep([[1, "07999", "Khu 1", "Khu Mới", "1/NQ", "01/06/2025"]], LISTED)
    for who in (cast.tuan, cast.son):
        sign_in(client, who)
        assert "Không rõ xã" in client.post("/register/hamlets/round/", {"lines": lines}, follow=True).content.decode()
    for who in (cast.thu, cast.quan):
        sign_in(client, who)
        assert client.post("/register/hamlets/round/", {"lines": lines}).status_code == 403
    sign_in(client, cast.lan)
    assert (
        "Đã ghi 1 thay đổi" in client.post("/register/hamlets/round/", {"lines": lines}, follow=True).content.decode()
    )
    said = client.post("/register/hamlets/round/", {"lines": lines}, follow=True).content.decode()
    assert "Chưa ghi gì" in said and Hamlet.objects.filter(name="Khu Mới").count() == 1


def test_a_warrant_ends_with_the_place_of_whom_it_names(client, cast):
    """Who was named for a former unit and then moved elsewhere enters nothing there any more."""
    old = f.former(cast.chi_dam, code="07990", name="Xã Cũ")
    f.warrant(old, cast.lan, by=cast.hoa)
    sign_in(client, cast.lan)
    address = f"/reports/{old.slug}/2025-05/"
    assert client.get(address).status_code == 200
    User.objects.filter(pk=cast.lan.pk).update(commune=cast.tay_coc)
    assert client.get(address).status_code == 404
    answer = client.post("/api/v1/reports/", {"commune": old.slug, "month": "2025-05"}, content_type="application/json")
    assert answer.status_code == 400
    assert client.get(f"/register/hamlets/?former={old.slug}").status_code == 404
    User.objects.filter(pk=cast.lan.pk).update(role=Role.PROVINCE_LEADER, commune=None, province=cast.phu_tho)
    answer = client.post("/api/v1/reports/", {"commune": old.slug, "month": "2025-05"}, content_type="application/json")
    assert answer.status_code == 403, answer.json()
