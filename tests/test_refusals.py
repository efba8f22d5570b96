"""One way to say no: a sentence, drawn as a page or answered by the API, 403 or 409 in one place each."""

import ast
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from communes import clusters
from communes.changes import begin
from communes.models import RegisterChange
from communes.refusals import Forbidden, Objection, Refused
from models_registry.initiatives import take_step
from tests import factories as f

ROOT = Path(__file__).resolve().parent.parent


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_page_says_what_this_account_may_not_do(client, cast):
    page = signed_in(client, cast.hoa).get("/register/hamlets/new/")
    said = page.content.decode()
    assert page.status_code == 403 and "Không được phép" in said and "Danh bạ do Công an cấp xã cập nhật" in said


def test_a_page_says_what_may_not_be_done_now(client, cast):
    one = f.initiative(cast.chi_dam, state="planned")
    page = signed_in(client, cast.lan).get(f"/register/initiatives/{one.pk}/recognise/")
    said = page.content.decode()
    assert page.status_code == 409 and "Chưa thực hiện được" in said and "đang ở giai đoạn" in said


def test_the_api_says_both_with_the_same_sentences(cast):
    one = f.initiative(cast.chi_dam, state="planned")
    address, sent = f"/api/v1/initiatives/{one.pk}/steps/", {"kind": "recognise", "day": "2025-02-01"}
    for who, status, sentence in ((cast.hoa, 403, "cấp xã cập nhật"), (cast.lan, 409, "đang ở giai đoạn")):
        client = APIClient()
        client.force_authenticate(who)
        answer = client.post(address, sent, format="json")
        assert answer.status_code == status and sentence in answer.json()["detail"]


def test_verbs_of_the_register_refuse_with_the_one_refusal(cast):
    one = f.initiative(cast.chi_dam, state="planned")
    refused = (
        (Forbidden, lambda: take_step(one, "pilot", day=f.NOW.date(), by=cast.hoa, now=f.NOW)),
        (Objection, lambda: take_step(one, "recognise", day=f.NOW.date(), by=cast.lan, now=f.NOW)),
        (Forbidden, lambda: clusters.propose(cast.phu_tho, by=cast.thu)),
        (Forbidden, lambda: begin(cast.chi_dam, RegisterChange.Kind.BULK, "x", by=cast.tuan, now=f.NOW)),
    )
    for kind, verb in refused:
        with pytest.raises(Refused) as refusal:
            verb()
        assert type(refusal.value.objection) is kind


def test_nobody_raises_the_frameworks_own_refusals():
    for app in ("antq", "communes", "models_registry", "reports"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    assert not {"PermissionDenied"} & {alias.name for alias in node.names}, path


@pytest.mark.django_db
def test_an_error_that_is_no_refusal_stays_an_error(client, cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("communes.register.rows.versions", broken)
    client.raise_request_exception = False
    answer = signed_in(client, cast.lan).get(f"/register/hamlets/{cast.khu[0].pk}/history/")
    assert answer.status_code == 500
