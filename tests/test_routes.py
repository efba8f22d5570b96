"""Every route, every role, another place's rows: nothing is open by accident."""

from types import SimpleNamespace

import pytest
from django.urls import URLPattern, get_resolver, reverse

from communes.models import Cluster, PriorityListing, RegisterChange
from models_registry.importing.runs import upload
from models_registry.models import Award, FestivalDay, Initiative, InitiativeType
from reports.entry.grid import Row
from reports.models import (
    Deadline,
    FigureImport,
    IssuedReport,
    Letterhead,
    ReportTemplate,
    SavedQuestion,
    WeaponHandover,
    WeaponKind,
)
from tests import factories as f
from tests.states import changed, state

OPEN_TO_ALL = {"/accounts/login/", "/healthz", "/readyz"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
ONLY_POSTED = "chỉ nhận nội dung gửi từ nút bấm trên trang"
BOTH = ("lan", "hoa")  # an officer and a reviewer ask on both databases
OTHERS = ("minh", "tuan", "thu", "son", "an", "quan")
ROLES = (*BOTH, *OTHERS)


@pytest.fixture
def rows(cast):
    return rows_of(cast)


def rows_of(cast):
    """Something of every kind in Chí Đám."""
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3})
    handover = WeaponHandover.objects.create(
        report=report, kind=WeaponKind.objects.get(code="lead_shot"), quantity="0.5"
    )
    school = f.institution(cast.chi_dam)
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    member = f.member(group, name="Nguyễn Văn An", phone="0912345678")
    initiative = Initiative.objects.create(
        commune=cast.chi_dam, type=InitiativeType.objects.first(), name="Camera an ninh", started_on="2024-01-01"
    )
    safety = f.safety(cast.khu[0])
    award = Award.objects.create(commune=cast.chi_dam, kind="flag", collectives=1, awarded_on="2025-06-01")
    listed = PriorityListing.objects.create(commune=cast.chi_dam, decision="12/QĐ-BCA", started_on="2024-01-01")
    festival = FestivalDay.objects.create(commune=cast.chi_dam, hamlet=cast.khu[0], held_on="2025-08-10")
    change = RegisterChange.objects.create(commune=cast.chi_dam, kind="bulk", title="Sửa Khu 10", by=cast.lan, at=f.NOW)
    units = RegisterChange.objects.create(
        commune=cast.chi_dam, kind="units", title="Đổi tên Khu 10", by=cast.hoa, at=f.NOW, day="2025-06-01"
    )
    run = upload("groups", "to.csv", "Tên tổ,Loại hình,Khu dân cư\nTổ 5,LGTQ,Khu 10\n".encode(), by=cast.lan, now=f.NOW)
    extension = Deadline.objects.create(
        province=cast.phu_tho, commune=cast.chi_dam, party="commune", month=report.month, due_on="2025-06-25",
        reason="Mất điện", by=cast.hoa, at=f.NOW,
    )  # fmt: skip
    cluster = Cluster.objects.create(province=cast.phu_tho, grouping="Theo khu vực", name="Phía bắc")
    cluster.communes.add(cast.chi_dam)
    pks = {
        "clusters": cluster.pk,
        "questions": SavedQuestion.objects.create(owner=cast.minh, name="Tuần tra", query="", at=f.NOW).pk,
        "deadlines": extension.pk,
        "issues": _issued(cast).pk,
        "templates": ReportTemplate.objects.create(
            province=cast.phu_tho, name="mau.docx", content=b"x", by=cast.hoa, at=f.NOW
        ).pk,
        "imports": run.pk,
        "priority": listed.pk, "festivals": festival.pk, "changes": change.pk, "arrangements": units.pk,
        "hamlets": cast.khu[0].pk, "institutions": school.pk, "groups": group.pk, "members": member.pk,
        "initiatives": initiative.pk, "safety": safety.pk, "awards": award.pk, "reports": report.pk,
        "handovers": handover.pk,
        "files": FigureImport.objects.create(report=report, file_name="so.xlsx", by=cast.lan, at=f.NOW).pk,
    }  # fmt: skip
    return SimpleNamespace(pks=pks, report=report)


def _issued(cast):
    """An issued version without a single figure."""
    of = {"province": cast.phu_tho, "commune": cast.chi_dam, "by": cast.minh, "at": f.NOW}
    words = dict.fromkeys(("superior", "body", "symbol", "place", "signatory_title", "recipients"), "Khu 10")
    return IssuedReport.objects.create(
        **of, letterhead=Letterhead.objects.create(**of, **words), span="2025-06", first=f.JUNE, last=f.JUNE,
        include="approved", number=1, year=2025, day=f.NOW.date(), place="xã Chí Đám", units=1, reporting=1,
        expected=1, counted=1, initiative_types=0,
    )  # fmt: skip


def _patterns(resolver, prefix="/"):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix, entry
        else:
            yield from _patterns(entry, prefix + str(entry.pattern))


def addresses(rows):
    """One address of Chí Đám's for every route of the project (the admin apart)."""
    for prefix, entry in _patterns(get_resolver()):
        name = entry.name or ""
        if prefix.startswith("/admin") or "static" in prefix:
            continue
        given = {"unit": "07999", "month": "2025-06", "row": f"h{rows.pks['hamlets']}", "indicator": "patrols",
                 "hamlet": rows.pks["hamlets"], "step": "recognise",
                 "kind": "merge" if "hamlets" in name else "groups", "action": "approve", "digest": "abc", "code": "07999"}  # fmt: skip
        if "province" in name:
            given["code"] = "25"
        given |= {"span": "2025-06", "key": "patrols"}
        if "template" in name or name == "documents_default_file":  # templates are the province's
            given["unit"] = "province-25"
        if name == "figure_weapons":
            given["code"] = "lead_shot"
        for kind, code in (
            ("indicator", "patrols"),
            ("weapon_kind", "lead_shot"),
            ("group_kind", "other"),
            ("initiative_type", "mediation"),
        ):
            if name.startswith(f"api_{kind}"):
                given["code"] = code
        for kind, pk in rows.pks.items():
            if (
                f"register_{kind}" in name
                or f"api_{kind.rstrip('s')}-" in name
                or (kind == "handovers" and name.startswith("weapon"))
                or (kind == "clusters" and name.startswith("cluster_"))
                or (kind == "arrangements" and name.startswith("arrangement_"))
                or (kind == "deadlines" and name.startswith("deadline"))
                or (kind == "questions" and name.startswith("explore_saved"))
                or (kind == "issues" and name.startswith("documents_issued"))
                or (kind == "files" and name.startswith("month_file_"))
                or (kind == "templates" and name == "documents_template")
            ):
                given["pk"] = pk
        wanted = entry.pattern.converters.keys() or entry.pattern.regex.groupindex.keys()
        yield reverse(name, kwargs={key: given[key] for key in wanted})


@pytest.mark.django_db
def test_a_stranger_sees_only_the_door(client, rows):
    for address in addresses(rows):
        for method in ("get", "post"):
            response = getattr(client, method)(address)
            if address in OPEN_TO_ALL:
                continue
            if address.startswith("/api/v1/") or address == "/api/schema/":
                assert response.status_code == 401, (method, address, response.status_code)
            else:
                assert response.status_code == 302 and "/accounts/login/" in response["Location"], (method, address)


TOLD_OF = {"communes_phoneviewing", "reports_reportviewing", "axes_accesslog", "communes_user"}
"""Who looked at what, and when somebody last signed in."""


@pytest.mark.django_db
@pytest.mark.parametrize("who", (*BOTH, *(pytest.param(one, marks=pytest.mark.once) for one in OTHERS)))
def test_every_route_answers_every_role_and_what_is_only_asked_changes_nothing(client, cast, rows, who):
    client.raise_request_exception = False
    client.force_login(getattr(cast, who), backend=BACKEND)
    before, asked = state(), list(addresses(rows))
    answers = {address: client.get(address) for address in asked}
    assert not changed(before).keys() - TOLD_OF
    assert not [(who, address) for address, answer in answers.items() if answer.status_code >= 500]
    assert says_what_is_only_posted_to(answers) >= 10
    if who in ("tuan", "son"):
        finds_nothing_of_chi_dam(answers, rows)
    for address in asked:
        if address == "/accounts/logout/" or address.endswith("/delete/"):
            continue
        assert client.post(address).status_code < 500, (who, address)
        if address.startswith("/api/"):  # pages read forms alone, and refuse other methods before they read
            for method in (client.post, client.put, client.patch):
                assert method(address, "{}", content_type="application/json").status_code < 500, (who, address)


def says_what_is_only_posted_to(answers):
    """In words, and leads on. Returns how many there are."""
    refused = [(address, answer) for address, answer in answers.items() if answer.status_code == 405]
    pages = [(address, answer) for address, answer in refused if not address.startswith("/api/")]
    for address, answer in pages:
        text = answer.content.decode()
        assert answer["Allow"].startswith("POST") and ONLY_POSTED in text, address
        assert "Về Việc cần làm" in text or "Về Tổng quan" in text, address
        assert answer["Cache-Control"] == "no-store", address
    return len(pages)


def finds_nothing_of_chi_dam(answers, rows):
    """To somebody of another place."""
    keys = {str(pk) for pk in rows.pks.values()} | {"07999"}
    for address, answer in answers.items():
        text = b"".join(answer).decode(errors="replace")
        assert "Nguyễn Văn An" not in text and "Khu 10" not in text, address
        of_a_province = address.startswith("/api/v1/provinces/")  # a number of a row may be 25
        if keys & set(address.split("/")) and not of_a_province:
            assert answer.status_code in (403, 404, 405), address


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_page_is_asked_for_or_posted_to_and_nothing_else(client, cast, rows, method):
    client.force_login(cast.lan, backend=BACKEND)
    pages = [address for address in addresses(rows) if not address.startswith("/api/")]
    assert len(pages) > 100
    for address in ["/admin/", *pages]:
        answer = client.generic(method, address)
        assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD, POST", address
        assert "Hãy thử lại sau ít phút" not in answer.content.decode(), "nothing is down"
        assert answer["Cache-Control"] == "no-store" and ONLY_POSTED in answer.content.decode(), address


@pytest.mark.django_db
def test_the_api_says_in_vietnamese_that_there_is_no_such_row_or_method(client, cast, rows):
    client.force_login(cast.lan, backend=BACKEND)
    for kind in ("hamlets", "institutions", "groups", "members", "initiatives", "reports"):
        answer = client.get(f"/api/v1/{kind}/999999999/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Không tìm thấy."}), kind
        answer = client.delete(f"/api/v1/{kind}/")
        assert answer.status_code == 405 and "không được chấp nhận" in answer.json()["detail"], kind


@pytest.mark.django_db
def test_an_administrator_sees_places_but_nothing_that_was_reported(client, cast, rows):
    client.force_login(cast.quan, backend=BACKEND)
    assert client.get("/api/v1/hamlets/?commune=07999").json()["count"] == 3
    for kind in ("reports", "groups", "members", "initiatives"):
        assert client.get(f"/api/v1/{kind}/").json()["count"] == 0
    assert client.get("/reports/07999/2025-06/").status_code == 404
    assert client.get("/dashboard/").status_code == 403
    for asked in (
        "province=25&span=2025-H1",
        "commune=07999&span=2025-06",
        "province=25&span=2025&by=commune&shape=columns",
    ):
        answer = client.get(f"/api/v1/summary/?{asked}")
        assert answer.status_code == 403 and list(answer.json()) == ["detail"], asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("lan", True),
        ("minh", True),
        ("hoa", True),
        ("thu", True),
        ("an", True),
        ("tuan", False),
        ("son", False),
        ("quan", False),
    ],
)
def test_a_report_is_seen_by_its_line_only(client, cast, rows, who, sees):
    client.force_login(getattr(cast, who), backend=BACKEND)
    for address in (
        "/reports/07999/2025-06/",
        "/review/07999/2025-06/",
        f"/api/v1/reports/{rows.report.pk}/",
        "/dashboard/?commune=07999&span=2025-06",
    ):
        expected = {200} if sees else {404, 403}
        assert client.get(address).status_code in expected, (who, address)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "sees"), [("lan", 1), ("minh", 1), ("hoa", 0), ("thu", 0), ("an", 0), ("tuan", 0), ("quan", 0)]
)
def test_members_are_seen_inside_their_commune_only(client, cast, rows, who, sees):
    client.force_login(getattr(cast, who), backend=BACKEND)
    assert client.get("/api/v1/members/").json()["count"] == sees
    assert ("0912345678" in client.get("/register/members/?phones=1").content.decode()) is bool(sees)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"),
    [("lan", 403), ("minh", 409), ("hoa", 409), ("thu", 403), ("an", 403), ("son", 404), ("tuan", 404)],
)
def test_approving_is_refused_with_a_sentence(client, cast, rows, who, status):
    client.force_login(getattr(cast, who), backend=BACKEND)
    response = client.post(f"/api/v1/reports/{rows.report.pk}/approve/", "{}", content_type="application/json")
    assert response.status_code == (403 if who == "minh" else status)
    assert response.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["hoa", "thu", "an", "quan"])
def test_the_register_is_changed_by_communes_only(client, cast, rows, who):
    client.force_login(getattr(cast, who), backend=BACKEND)
    assert client.get("/register/hamlets/new/").status_code == 403
    response = client.post("/api/v1/hamlets/", {"commune": "07999", "name": "Khu 77"}, content_type="application/json")
    assert response.status_code == 403


@pytest.mark.django_db
def test_an_account_without_a_new_password_gets_no_further(client, cast, rows):
    cast.lan.must_change_password = True
    cast.lan.save()
    client.force_login(cast.lan, backend=BACKEND)
    assert client.get("/").headers["Location"] == "/accounts/password/"
    assert client.get("/api/v1/hamlets/").status_code == 403
    assert client.get("/accounts/password/").status_code == 200
