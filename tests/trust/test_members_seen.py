"""Whoever is shown members leaves a row that says so, and how many: on every page, in every answer."""

import pytest
from django.utils import timezone

from communes.models import PhoneViewing, TrailEntry
from models_registry.importing.runs import upload
from models_registry.models import Member
from models_registry.ratings import STATUTORY
from tests import factories as f
from tests.test_routes import addresses, rows_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
NAME, PHONE, OTHER = "Nguyễn Văn An", "0912345678", "Trần Thị Không Máy"
SEEN = {"members", "phones", "export"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(cast, client):
    """Chí Đám with a statutory team of two, one of whom has no telephone, before its officer."""
    rows = rows_of(cast)
    team = f.group(cast.chi_dam, kind=STATUTORY, hamlet=cast.khu[1])
    known = Member.objects.get(pk=rows.pks["members"]).person
    Member.objects.create(group=team, person=known, position="leader")
    rows.other = f.member(team, name=OTHER)
    rows.team, rows.known = team, known
    client.force_login(cast.lan, backend=BACKEND)
    return rows


def asked(call):
    """What was answered, and the rows that it left, as pairs of act and count."""
    before = TrailEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    answer = call()
    text = b"".join(answer).decode(errors="replace")
    return answer, text, [(e.act, e.rows) for e in TrailEntry.objects.filter(pk__gt=before).order_by("pk")]


def unnoted(calls):
    """Of calls by name those that showed a member, or a telephone number, without a row."""
    found = []
    for name, call in calls:
        _, text, left = asked(call)
        acts = {act for act, _ in left}
        if (NAME in text or OTHER in text) and not acts & SEEN:
            found.append(name)
        if PHONE in text and not acts & {"phones", "export"}:
            found.append(f"{name}: {PHONE}")
    return found


@pytest.mark.parametrize(
    "who", ["lan", *(pytest.param(one, marks=pytest.mark.once) for one in ("minh", "hoa", "quan"))]
)
def test_no_page_and_no_answer_shows_a_member_without_a_row(client, cast, register, who):
    PhoneViewing.objects.create(commune=cast.chi_dam, by=cast.lan, at=f.NOW, where=f"Phiếu: {NAME}", count=1)
    client.force_login(getattr(cast, who), backend=BACKEND)
    other = f"/register/members/{register.other.pk}/"
    more = [*(other + end for end in ("", "history/", "end/", "delete/")), "/register/groups/?columns=leader"]
    more += [f"/register/groups/{register.team.pk}/{end}" for end in ("", "read/", "history/", "end/", "delete/")]
    more += [f"/register/members/new/?person={pk}" for pk in (register.known.pk, register.other.person_id)]
    every = [one for one in [*addresses(register), *more] if one != "/accounts/logout/"]
    assert not unnoted((one, lambda one=one: client.get(one)) for one in every)
    posted = [one for one in every if not one.endswith("/delete/")]
    assert not unnoted((f"POST {one}", lambda one=one: client.post(one, {"x": "1"})) for one in posted)


def test_choosing_many_members_leaves_how_many(client, register):
    page, text, left = asked(lambda: client.post("/register/members/bulk/", {"all": "1", "query": ""}))
    assert page.status_code == 200 and text.count(NAME) == 2 and OTHER in text
    assert left == [("members", 3)]
    wrong = {"all": "1", "query": "", "action": "end"}
    assert asked(lambda: client.post("/register/members/bulk/", wrong))[2] == [("members", 3)]
    assert asked(lambda: client.post("/register/groups/bulk/", {"all": "1", "query": ""}))[2] == []


def test_a_form_that_is_not_taken_tells_that_the_stored_telephone_was_read(client, register):
    address = f"/register/members/{register.pks['members']}/"
    page, text, left = asked(lambda: client.post(address, {"name": "", "phone": "abc"}))
    assert page.status_code == 422 and PHONE in text and 'value="abc"' in text
    assert left == [("phones", 1)] and PhoneViewing.objects.get().count == 1
    page, text, left = asked(lambda: client.post(f"/register/members/{register.other.pk}/", {"name": ""}))
    assert page.status_code == 422 and OTHER in text and left == [("members", 1)]
    new = {"person": register.known.pk, "name": "", "phone": "x"}
    page, text, left = asked(lambda: client.post("/register/members/new/", new))
    assert page.status_code == 422 and PHONE not in text and left == [("members", 1)]
    assert asked(lambda: client.get("/register/members/new/"))[2] == []


def test_a_telephone_that_is_only_read_leaves_its_row_too(client, cast, register):
    cast.chi_dam.ended_on = f.NOW.date()
    cast.chi_dam.save()
    page, text, left = asked(lambda: client.get(f"/register/members/{register.pks['members']}/"))
    assert page.status_code == 200 and PHONE in text and left == [("phones", 1)]


def test_the_answer_to_a_member_added_shows_a_telephone_and_says_so(client, register):
    group = f.group(register.team.commune)
    new = {"group": group.pk, "person": register.known.pk, "position": "member"}
    answer, text, left = asked(lambda: client.post("/api/v1/members/", new, content_type="application/json"))
    assert answer.status_code == 201 and PHONE in text
    assert left == [("phones", 1)] and PhoneViewing.objects.get().where == f"API: {NAME}"
    new = {"group": group.pk, "name": "Lê Văn Mới", "phone": "0987654321"}
    answer, _, left = asked(lambda: client.post("/api/v1/members/", new, content_type="application/json"))
    assert answer.status_code == 201 and left == [], "what one has just said oneself was not looked up"


def test_what_a_page_of_ratings_and_pages_of_one_member_show_is_counted(client, register):
    assert asked(lambda: client.get("/register/groups/ratings/?year=2025"))[2] == [("members", 2)]
    for end in ("", "history/", "end/", "delete/"):
        _, text, left = asked(lambda end=end: client.get(f"/register/members/{register.other.pk}/{end}"))
        assert OTHER in text and left == [("members", 1)], end


def test_a_file_that_meets_members_tells_how_many_it_showed(client, cast, register):
    content = f"Họ và tên,Tổ,Năm sinh,Giới tính\n{OTHER},{register.team.name},1990,Nữ\n".encode()
    run = upload("members", "nguoi.csv", content, by=cast.lan, now=timezone.now())
    _, text, left = asked(lambda: client.get(f"/register/import/members/{run.pk}/?whole=1"))
    assert OTHER in text and left == [("members", 1)]
