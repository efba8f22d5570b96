"""The contract with other programs: calls, answers, sentences."""

import pytest
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from communes.models import Hamlet
from reports.entry.grid import Row
from reports.entry.workflow import STEPS
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"


def api(user):
    client = APIClient()
    client.force_login(user, backend=BACKEND)
    return client


def cell(row=None, code="patrols", value=1, was=None, **more):
    hamlet = row.pk if row else None
    return {"hamlet": hamlet, "group": None, "indicator": code, "value": value, "was": was} | more


@pytest.fixture
def report(cast):
    return f.report(cast.chi_dam, cast.lan)


def put(user, report, *cells):
    return api(user).put(f"/api/v1/reports/{report.pk}/figures/", {"figures": list(cells)}, format="json")


@pytest.mark.django_db
def test_opening_a_report_answers_201_then_200(cast):
    body = {"commune": "07999", "month": "2025-06"}
    first = api(cast.lan).post("/api/v1/reports/", body, format="json")
    again = api(cast.minh).post("/api/v1/reports/", body, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert {"state", "due", "overdue", "totals", "problems", "actions"} <= first.json().keys()


@pytest.mark.django_db
def test_a_report_tells_every_step_and_why_it_is_not_the_askers(cast, report):
    f.bring(report, "approved", timezone.now())

    def actions(user):
        body = api(user).get(f"/api/v1/reports/{report.pk}/").json()["actions"]
        assert [set(one) for one in body] == [{"action", "label", "objection"}] * len(body)
        return {one["action"]: one["objection"] for one in body}

    assert list(actions(cast.hoa)) == [*STEPS, "present", "withdraw", "ask_return"]
    assert {action for action, refusal in actions(cast.hoa).items() if refusal is None} == {"reopen", "undo"}
    assert {action for action, refusal in actions(cast.minh).items() if refusal is None} == {"ask_return"}
    schema = api(cast.quan).get("/api/schema/?format=json").json()["components"]["schemas"]
    told = schema["ReportDetail"]["properties"]["actions"]
    assert (told["type"], told["items"]) == ("array", {"$ref": "#/components/schemas/Action"})


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2025-13", "06/2025", "2199-01", "", "٢٠٢٥-٠٦"])
def test_a_month_that_is_none_is_refused_at_its_field(cast, month):
    response = api(cast.lan).post("/api/v1/reports/", {"commune": "07999", "month": month}, format="json")
    assert response.status_code == 400 and "month" in response.json()


@pytest.mark.django_db
def test_a_month_that_has_not_begun_is_refused_with_a_sentence(cast):
    response = api(cast.lan).post("/api/v1/reports/", {"commune": "07999", "month": "2098-01"}, format="json")
    assert response.status_code == 409 and "chưa bắt đầu" in response.json()["detail"]


@pytest.mark.django_db
def test_cells_are_saved_and_totals_come_back(cast, report):
    response = put(cast.lan, report, cell(cast.khu[0], value=7), cell(cast.khu[1], value=0))
    assert response.status_code == 200
    assert response.json()["totals"] == {"patrols": 7}
    cells = api(cast.hoa).get(f"/api/v1/reports/{report.pk}/figures/").json()["results"]
    assert [one["value"] for one in cells] == [7, 0]


@pytest.mark.django_db
def test_where_some_cells_fail_the_others_are_saved(cast, report):
    response = put(
        cast.lan, report,
        cell(cast.khu[0], value=3),
        cell(cast.khu[1], value=-1),
        cell(cast.khu[2], value="7"),
        cell(cast.khu[1], code="nothing"),
        cell(value=2.5),
        cell(value=True, code="fire_drills"),
        cell(cast.khu[2], code="fire_drills"),
        {"hamlet": "x"},
        5,
    )  # fmt: skip
    assert response.status_code == 207
    assert len(response.json()["saved"]) == 1
    assert len(response.json()["errors"]) == 8
    assert all(error["error"] for error in response.json()["errors"])


@pytest.mark.django_db
def test_a_second_writer_sees_both_values_and_overwrites_nothing(cast, report):
    put(cast.lan, report, cell(cast.khu[0], value=3))
    response = put(cast.minh, report, cell(cast.khu[0], value=9))
    assert response.status_code == 207
    conflict = response.json()["conflicts"][0]
    assert (conflict["value"], conflict["current"]) == (9, 3)
    assert put(cast.minh, report, cell(cast.khu[0], value=9, was=3)).status_code == 200


@pytest.mark.django_db
def test_null_clears_and_blank_is_not_zero(cast, report):
    put(cast.lan, report, cell(cast.khu[0], value=0))
    assert api(cast.lan).get(f"/api/v1/reports/{report.pk}/").json()["totals"]["patrols"] == 0
    put(cast.lan, report, cell(cast.khu[0], value=None, was=0))
    assert "patrols" not in api(cast.lan).get(f"/api/v1/reports/{report.pk}/").json()["totals"]
    history = api(cast.lan).get(f"/api/v1/reports/{report.pk}/changes/").json()["results"]
    assert [(one["was"], one["value"]) for one in history] == [(0, None), (None, 0)]


@pytest.mark.django_db
def test_the_workflow_from_sending_to_reopening(cast, report):
    put(cast.lan, report, cell(cast.khu[0], value=7))
    base = f"/api/v1/reports/{report.pk}"
    unexplained = api(cast.minh).post(f"{base}/submit/", {}, format="json")
    assert unexplained.status_code == 409 and unexplained.json()["problems"]
    keys = {problem["key"]: "đang rà soát" for problem in unexplained.json()["problems"]}
    sent = api(cast.minh).post(f"{base}/submit/", {"explanations": keys}, format="json")
    assert sent.status_code == 200 and sent.json()["state"] == "submitted"
    assert put(cast.lan, report, cell(cast.khu[0], value=8, was=7)).status_code == 409
    wordless = api(cast.hoa).post(f"{base}/return/", {"comment": " "}, format="json")
    assert wordless.status_code == 409
    pointed = {"hamlet": cast.khu[0].pk, "group": None, "indicator": "patrols"}
    back = api(cast.hoa).post(f"{base}/return/", {"comment": "Xem lại", "cells": [pointed]}, format="json")
    assert back.json()["state"] == "returned"
    comments = api(cast.lan).get(f"{base}/comments/").json()["results"]
    assert [(one["hamlet"], one["text"]) for one in comments] == [(cast.khu[0].pk, "Xem lại")]
    put(cast.lan, report, cell(cast.khu[0], value=8, was=7))
    api(cast.minh).post(f"{base}/submit/", {"explanations": {"*": "đã sửa"}}, format="json")
    assert api(cast.hoa).post(f"{base}/approve/", {}, format="json").json()["state"] == "approved"
    reopened = api(cast.hoa).post(f"{base}/reopen/", {"comment": "Bổ sung số liệu"}, format="json")
    assert reopened.json()["state"] == "returned"


@pytest.mark.django_db
def test_weapons_have_decimals_and_units(cast, report):
    base = f"/api/v1/reports/{report.pk}/handovers/"
    made = api(cast.lan).post(base, {"kind": "lead_shot", "quantity": "0.5", "source": "voluntary"}, format="json")
    assert made.status_code == 201 and made.json()["unit"] == "kg"
    line = f"/api/v1/handovers/{made.json()['id']}/"
    assert api(cast.lan).patch(line, {"quantity": "0"}, format="json").status_code == 400
    assert api(cast.tuan).patch(line, {"quantity": "2"}, format="json").status_code == 404
    api(cast.lan).post(base, {"kind": "homemade_gun", "quantity": "2"}, format="json")
    summary = api(cast.hoa).get("/api/v1/summary/?span=2025-06&include=all").json()
    assert [(one["code"], one["value"]) for one in summary["weapons"]] == [("homemade_gun", "2"), ("lead_shot", "0.5")]
    assert summary["guns"] == "2"
    assert api(cast.lan).delete(line).status_code == 204


@pytest.mark.django_db
def test_the_summary_moves_with_every_saved_cell(cast, report):
    def patrols():
        rows = api(cast.thu).get("/api/v1/summary/?province=25&span=2025-H1&include=all").json()["rows"]
        return next(row["value"] for row in rows if row["code"] == "patrols")

    assert patrols() is None
    put(cast.lan, report, cell(cast.khu[0], value=7))
    assert patrols() == 7
    put(cast.lan, report, cell(cast.khu[1], value=5))
    assert patrols() == 12


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("span=2025-H3", 400), ("span=2025-00", 400), ("by=day", 400), ("include=some", 400),
        ("province=14", 404), ("commune=03733", 404), ("commune=%00", 400), ("indicator=nothing", 400),
        ("by=hamlet", 400), ("span=2025-9M&by=month", 200), ("by=commune", 200), ("commune=07999&by=hamlet", 200),
        ("boundaries=then", 200), ("span=2000-01", 200), ("span=2099", 200),
    ],
)  # fmt: skip
def test_the_summary_answers_any_question(cast, query, status):
    response = api(cast.hoa).get(f"/api/v1/summary/?{query}")
    assert response.status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?province=25", "?commune=07999&by=hamlet", "?shape=columns"])
def test_an_administrator_reads_no_figures(cast, query):
    """As on the pages: whoever keeps accounts and catalogues never sees what is reported."""
    refused = api(cast.quan).get(f"/api/v1/summary/{query}")
    assert refused.status_code == 403 and set(refused.json()) == {"detail"}


@pytest.mark.django_db
def test_a_register_row_is_held_to_the_rules_of_its_form(cast):
    lan = api(cast.lan)
    twice = lan.post("/api/v1/hamlets/", {"commune": "07999", "name": "Khu 1"}, format="json")
    assert twice.status_code == 400 and "đang hoạt động mang tên này" in str(twice.json())
    other = lan.post("/api/v1/hamlets/", {"commune": "07996", "name": "Khu 5"}, format="json")
    assert other.status_code == 400 and "commune" in other.json()
    body = {"commune": "07999", "kind": "security_board", "name": "Ban ANTT"}
    homeless = lan.post("/api/v1/groups/", body, format="json")
    assert "hamlet" in homeless.json()
    made = lan.post("/api/v1/groups/", body | {"hamlet": cast.khu[0].pk, "declared_members": 7}, format="json")
    assert made.status_code == 201 and made.json()["headcount"] == 7
    ended = lan.patch(f"/api/v1/groups/{made.json()['id']}/", {"ended_on": "2025-06-01"}, format="json")
    assert ended.status_code == 200


@pytest.mark.django_db
def test_an_initiative_keeps_its_sites(cast):
    keys = [khu.pk for khu in cast.khu]
    body = {
        "commune": "07999",
        "type": "security_camera",
        "name": "Camera an ninh",
        "started_on": "2024-02-01",
        "hamlets": keys[:2],
    }
    made = api(cast.lan).post("/api/v1/initiatives/", body, format="json")
    assert made.status_code == 201 and len(made.json()["sites"]) == 2
    address = f"/api/v1/initiatives/{made.json()['id']}/"
    moved = api(cast.lan).patch(address, {"hamlets": keys[1:]}, format="json")
    assert {site["hamlet"] for site in moved.json()["sites"]} == set(keys[1:])


@pytest.mark.django_db
def test_what_has_figures_is_not_deleted(cast, report):
    put(cast.lan, report, cell(cast.khu[0], value=7))
    kept = api(cast.lan).delete(f"/api/v1/hamlets/{cast.khu[0].pk}/")
    assert kept.status_code == 409 and "ghi ngày kết thúc" in kept.json()["detail"]
    assert api(cast.lan).delete(f"/api/v1/hamlets/{cast.khu[2].pk}/").status_code == 204
    assert Hamlet.objects.filter(commune=cast.chi_dam).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["heo trai", "HEO TRẠI", "Bản Heo", "trại"])
def test_search_forgives_accents_and_case(cast, query):
    f.hamlet(cast.chieng_pha, "Bản Heo Trại")
    found = api(cast.son).get("/api/v1/hamlets/", {"q": query}).json()
    assert [one["name"] for one in found["results"]] == ["Bản Heo Trại"]


@pytest.mark.django_db
def test_a_program_signs_in_with_a_token(cast):
    _, key = AuthToken.objects.create(cast.lan)
    client = APIClient()
    assert client.get("/api/v1/communes/").status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    assert [one["code"] for one in client.get("/api/v1/communes/").json()["results"]] == ["07999"]
    cast.lan.is_active = False
    cast.lan.save()
    assert client.get("/api/v1/communes/").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    ["{", "[]", "null", '{"figures": 5}', '{"figures": [{"hamlet": "\\u0000"}]}', "[" * 5000, '{"figures": "\\ud800"}'],
)
def test_whatever_is_sent_is_answered_with_a_sentence(cast, report, body):
    response = api(cast.lan).put(f"/api/v1/reports/{report.pk}/figures/", body, content_type="application/json")
    assert response.status_code in (400, 207)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_communes(cast, django_assert_max_num_queries):
    def ask(most):
        with django_assert_max_num_queries(most) as asked:
            body = api(cast.hoa).get("/api/v1/summary/?span=2025-H1&by=commune&include=all").json()
        return len(asked.captured_queries), len({row["key"] for row in body["rows"] if row["code"] == "patrols"})

    def add(count):
        for number in range(count):
            commune = f.commune(province=cast.phu_tho)
            officer = f.user("commune_officer", commune)
            f.fill(f.report(commune, officer), officer, {(Row(), "patrols"): number})

    add(3)
    queries, communes = ask(85)  # of three spans, each with the stocks that stand from months before or in the register
    assert communes == 3
    add(27)
    assert ask(queries)[1] == 30


@pytest.mark.django_db
def test_the_docs_page_names_every_call(cast, client):
    client.force_login(cast.lan, backend=BACKEND)
    text = client.get("/api/docs/").content.decode()
    for call in ("/api/v1/summary/", "/api/v1/reports/{id}/figures/", "/api/v1/reports/{id}/return/"):
        assert call in text


@pytest.mark.parametrize("lying", ["hamlet", "group"])
def test_a_weapon_is_said_to_come_from_a_hamlet_or_a_group_of_the_commune(cast, report, lying):
    place = cast.khu[0] if lying == "hamlet" else f.group(cast.chi_dam, hamlet=cast.khu[0])
    line = {"kind": "lead_shot", "quantity": "1", "source": "voluntary", lying: place.pk}
    made = api(cast.lan).post(f"/api/v1/reports/{report.pk}/handovers/", line, format="json")
    assert made.status_code == 201 and made.json()[lying] == place.pk
