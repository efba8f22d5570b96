"""Rows of another place behind every door that takes one: in the address, among the boxes, in the body of a call."""

# ruff: noqa: F811
import json
import re
from types import SimpleNamespace

import pytest
from django.test import Client

from communes.models import Hamlet, TrailEntry
from communes.scope import Role
from models_registry.models import GroupKind, InitiativeType
from reports.models import WeaponKind
from tests import factories as f
from tests.states import changed, state
from tests.test_routes import rows  # noqa: F401 (a fixture)

BACKEND = "django.contrib.auth.backends.ModelBackend"
REFUSED = {400, 403, 404, 409, 422}
DECIDED = {"day": "01/06/2025", "decision": "1/NQ"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(cast, rows):
    """Something of every kind in Tây Cốc (the same province) and in Chiềng Pha (another), and a hamlet of Chí Đám."""
    vinh = f.user(Role.COMMUNE_CHIEF, cast.chieng_pha, username="vinh")
    hamlet, far = f.hamlet(cast.tay_coc, "Khu Tây"), f.hamlet(cast.chieng_pha, "Bản Pha")
    group, initiative = f.group(cast.tay_coc, hamlet=hamlet), f.initiative(cast.tay_coc)
    return SimpleNamespace(
        own=cast.khu[0].pk,
        hamlet=hamlet.pk,
        far=far.pk,
        group=group.pk,
        member=f.member(group, name="Trần Văn Tây"),
        initiative=initiative.pk,
        site=f.site(initiative, hamlet=hamlet).pk,
        elsewhere=f.initiative(cast.chieng_pha).pk,
        school=f.institution(cast.tay_coc).pk,
        report=f.report(cast.tay_coc, cast.tuan).pk,
        far_report=f.report(cast.chieng_pha, vinh).pk,
    )


@pytest.fixture
def signed_in(cast, theirs):
    """A browser of each."""
    browsers = {who: Client() for who in ("lan", "minh", "tuan", "hoa", "thu", "son", "quan")}
    for who, browser in browsers.items():
        browser.force_login(getattr(cast, who), backend=BACKEND)
    return browsers


def of_the_register(cast, pks, theirs):
    """Who, address, boxes."""
    kind = GroupKind.objects.get(code="household_cluster").pk
    moved = DECIDED | {"confirm": "1"}
    group, initiative = f"/register/groups/{pks['groups']}/", f"/register/initiatives/{pks['initiatives']}/"
    change = "/register/hamlets/change"
    return [
        ("lan", f"{change}/merge/?hamlet={theirs.own}&hamlet={theirs.hamlet}", DECIDED | {"name": "Khu X"}),
        ("lan", f"{change}/rename/?hamlet={theirs.hamlet}", DECIDED | {"name": "Khu X"}),
        ("lan", f"{change}/dissolve/?hamlet={theirs.own}", DECIDED | {"heirs": [theirs.hamlet]}),
        ("hoa", f"{change}/rename/?hamlet={theirs.own}", DECIDED | {"name": "Khu X"}),
        ("lan", f"/register/hamlets/{theirs.hamlet}/move/", moved | {"commune": "07999"}),
        ("lan", f"{group}move/", moved | {"commune": "07996", "seat": f"h{theirs.hamlet}"}),
        ("hoa", f"{group}move/", moved | {"commune": "03733", "seat": f"h{theirs.far}"}),
        ("hoa", f"{group}move/", moved | {"commune": "07996", "seat": f"h{theirs.far}"}),
        ("thu", f"{group}move/", moved | {"commune": "07996", "seat": f"h{theirs.hamlet}"}),
        ("son", f"{group}move/", moved | {"commune": "03733", "seat": f"h{theirs.far}"}),
        ("lan", f"{initiative}replicate/", DECIDED | {"origin": theirs.site, "hamlets": [theirs.own]}),
        ("lan", f"{initiative}replicate/", DECIDED | {"hamlets": [theirs.hamlet]}),
        ("lan", f"/register/initiatives/{theirs.initiative}/recognise/", DECIDED),
        ("lan", f"/register/initiatives/{theirs.initiative}/typical/", {}),
        ("lan", "/register/groups/bulk/", {"pk": [theirs.group], "action": "end", "ended_on": "01/06/2025"}),
        ("lan", group, {"name": "Tổ lạ", "kind": kind, "hamlet": theirs.hamlet}),
        ("lan", f"/register/groups/{theirs.group}/", {"name": "Tổ lạ", "kind": kind}),
        ("lan", f"/register/groups/{theirs.group}/end/", {"ended_on": "01/06/2025"}),
        ("lan", f"/register/groups/{theirs.group}/delete/", {}),
        ("lan", "/register/groups/new/", {"name": "Tổ lạ", "kind": kind, "institution": theirs.school}),
        ("lan", "/register/members/new/", {"group": theirs.group, "name": "Ai Đó", "position": "member"}),
        ("lan", "/register/members/new/", {"group": pks["groups"], "person": theirs.member.person_id, "name": "Ai"}),
        ("lan", f"/register/members/{theirs.member.pk}/", {"group": pks["groups"], "name": "Ai Đó"}),
        ("lan", "/register/initiatives/new/", {"name": "M", "type": InitiativeType.objects.first().pk,
                                               "state": "planned", "origin": theirs.elsewhere}),
        ("lan", "/register/safety/new/", {"hamlet": theirs.hamlet, "year": "2025", "registered_on": "01/02/2025"}),
        ("lan", "/register/festivals/new/", {"hamlet": theirs.hamlet, "held_on": "01/02/2025"}),
        ("hoa", "/register/priority/new/", DECIDED | {"commune": cast.chieng_pha.pk, "started_on": "01/02/2025"}),
        ("lan", f"/register/hamlets/{theirs.hamlet}/history/", {"version": "1"}),
        ("lan", "/register/initiatives/ratings/?year=2025", {f"i{theirs.initiative}": "effective"}),
        ("lan", "/register/groups/ratings/?year=2025", {f"g{theirs.group}": "good"}),
        ("lan", "/register/safety/year/?year=2025", {f"h{theirs.hamlet}.registered": "on"}),
        ("quan", f"/register/hamlets/{theirs.hamlet}/history/",
         {"version": Hamlet.history.filter(id=theirs.own).values_list("history_id", flat=True).first() or 0}),
        ("tuan", f"/register/recent/{pks['changes']}/undo/", {}),
        ("son", f"/dashboard/arrangements/{pks['arrangements']}/undo/", {}),
        ("thu", f"/dashboard/arrangements/{pks['arrangements']}/undo/", {}),
    ]  # fmt: skip


def of_reports(cast, pks, theirs):
    """Who, address, boxes."""
    month, kind = "/reports/07999/2025-06/", WeaponKind.objects.first().pk
    line = {"kind": kind, "quantity": "1", "source": "voluntary"}
    more_time = {"month": "2025-06", "due_on": "30/06/2025", "reason": "Lũ"}
    north = {"grouping": "Theo khu vực", "name": "Phía bắc"}
    return [
        ("lan", f"{month}comments/", {"row": f"h{theirs.hamlet}", "indicator": "patrols", "text": "x"}),
        ("lan", f"{month}cells/h{theirs.hamlet}/patrols/", {}),
        ("lan", f"{month}weapons/", line | {"hamlet": theirs.hamlet}),
        ("tuan", f"/reports/07996/2025-06/weapons/{pks['handovers']}/", {"remove": "1"}),
        ("tuan", f"/reports/07996/2025-06/file/{pks['files']}/write/", {}),
        ("tuan", f"/reports/07996/2025-06/file/{pks['files']}/undo/", {}),
        ("lan", "/reports/07999/drafts/", {"report": [theirs.report], "words": "x"}),
        ("minh", "/reports/07999/drafts/", {"report": [theirs.report, theirs.far_report, "9" * 30], "words": "x"}),
        ("hoa", "/review/clean/", {"report": [theirs.far_report, pks["reports"]]}),
        ("son", "/review/clean/", {"report": [pks["reports"]]}),
        ("hoa", "/review/03733/2025-06/approve/", {}),
        ("hoa", "/review/07999/2025-06/undo/", {}),
        ("hoa", "/review/07999/2025-06/give-back/", {"cell": [f"h{theirs.hamlet}.patrols"], "comment": "x"}),
        ("hoa", "/review/deadlines/extend/", more_time | {"commune": cast.chieng_pha.pk}),
        ("hoa", "/review/deadlines/extend/", more_time | {"commune": cast.chi_dam.pk, "replaces": "9" * 40}),
        ("son", f"/review/deadlines/{pks['deadlines']}/withdraw/", {}),
        ("thu", f"/review/deadlines/{pks['deadlines']}/withdraw/", {}),
        ("thu", "/review/reminders/?month=2025-06", {}),
        ("hoa", "/documents/province-25/templates/use/", {"template": "999999"}),
        ("son", "/documents/province-25/templates/use/", {"template": pks["templates"]}),
        ("thu", "/documents/province-25/templates/use/", {"template": "default"}),
        ("lan", "/documents/07996/2025-06/issue/", {"number": "1", "day": "01/07/2025"}),
        ("lan", "/documents/07996/2025-06/paragraphs/", {"section": "II", "text": "x"}),
        ("lan", "/documents/07996/letterhead/", {"body": "x"}),
        ("lan", "/published/07996/2025-06/", {"source": "x", "f-patrols": "1"}),
        ("hoa", "/published/14/2025-06/", {"source": "x", "f-patrols": "1"}),
        ("thu", "/published/25/2025-06/", {"source": "x", "f-patrols": "1"}),
        ("lan", f"/explore/saved/{pks['questions']}/", {"name": "Khác"}),
        ("tuan", f"/explore/saved/{pks['questions']}/delete/", {}),
        ("hoa", "/dashboard/clusters/new/", north | {"communes": [cast.chieng_pha.pk]}),
        ("hoa", f"/dashboard/clusters/{pks['clusters']}/", north | {"communes": [cast.chieng_pha.pk]}),
        ("son", f"/dashboard/clusters/{pks['clusters']}/delete/", {}),
        ("hoa", "/reports/07999/entrust/", {"person": cast.lan.pk, "until": "2025-07-01"}),
        ("lan", "/accounts/tokens/abc/revoke/", {}),
    ]


@pytest.mark.parametrize("doors", [of_the_register, of_reports])
def test_no_page_takes_a_row_of_another_place(signed_in, cast, rows, theirs, doors):
    before, told = state(), TrailEntry.objects.filter(act="refused")
    for who, address, given in doors(cast, rows.pks, theirs):
        written = told.count()
        answer = signed_in[who].post(address, given)
        assert answer.status_code in {*REFUSED, 302}, (answer.status_code, who, address, given)
        if answer.status_code in (403, 404):
            assert told.count() == written + 1, (who, address)
            assert re.search("hông|hỉ", answer.content.decode()), "a sentence"
        assert not changed(before), (who, address, given)


def of_the_registers_calls(cast, pks, theirs):
    """Who, method, address below /api/v1/, body."""
    group, member, initiative = (f"{kind}/{pks[kind]}/" for kind in ("groups", "members", "initiatives"))
    return [
        ("lan", "post", "hamlets/", {"commune": "07996", "name": "Khu Lạ"}),
        ("lan", "patch", f"hamlets/{theirs.own}/", {"commune": "07996"}),
        ("lan", "patch", f"hamlets/{theirs.hamlet}/", {"name": "x"}),
        ("lan", "delete", f"hamlets/{theirs.hamlet}/", None),
        ("lan", "patch", group, {"hamlet": theirs.hamlet}),
        ("lan", "patch", group, {"institution": theirs.school}),
        ("lan", "patch", group, {"hamlet": 10**30}),
        ("lan", "post", "members/", {"group": theirs.group, "name": "A"}),
        ("lan", "post", "members/", {"group": pks["groups"], "person": theirs.member.person_id}),
        ("lan", "patch", member, {"group": theirs.group}),
        ("lan", "patch", member, {"person": theirs.member.person_id, "name": "Đổi tên"}),
        ("lan", "patch", f"members/{theirs.member.pk}/", {"name": "Đổi tên"}),
        ("lan", "post", "initiatives/", {"commune": "07999", "type": "mediation", "name": "M",
                                         "hamlets": [theirs.hamlet]}),
        ("lan", "post", "initiatives/", {"commune": "07999", "type": "mediation", "name": "M",
                                         "origin": theirs.elsewhere}),
        ("lan", "patch", initiative, {"hamlets": [theirs.hamlet]}),
        ("lan", "post", f"{initiative}steps/", {"kind": "replicate", "day": "2025-06-01", "origin": theirs.site}),
        ("lan", "post", f"{initiative}steps/", {"kind": "replicate", "day": "2025-06-01", "hamlets": [theirs.hamlet]}),
    ]  # fmt: skip


def of_the_reports_calls(cast, pks, theirs):
    """Who, method, address below /api/v1/, body."""
    line, report = f"handovers/{pks['handovers']}/", f"reports/{pks['reports']}/"
    cell = {"hamlet": None, "group": None, "indicator": "patrols", "value": 7, "was": None}
    weapon = {"kind": "lead_shot", "quantity": "1", "source": "voluntary"}
    return [
        ("lan", "put", f"{report}figures/", {"figures": [cell | {"hamlet": theirs.hamlet}]}),
        ("lan", "put", f"{report}figures/", {"figures": [cell | {"group": theirs.group}]}),
        ("lan", "put", f"reports/{theirs.report}/figures/", {"figures": [cell | {"hamlet": theirs.hamlet}]}),
        ("hoa", "put", f"{report}figures/", {"figures": [cell | {"hamlet": theirs.own, "was": 3}]}),
        ("lan", "post", f"{report}handovers/", weapon | {"hamlet": theirs.hamlet}),
        ("lan", "post", f"{report}handovers/", weapon | {"group": theirs.group}),
        ("lan", "post", f"reports/{theirs.report}/handovers/", weapon),
        ("tuan", "patch", line, {"quantity": "9"}),
        ("tuan", "delete", line, None),
        ("hoa", "patch", line, {"quantity": "9"}),
        ("hoa", "delete", line, None),
        ("lan", "patch", line, {"report": theirs.report}),
        ("lan", "post", f"{report}comments/", {"hamlet": theirs.hamlet, "indicator": "patrols", "text": "x"}),
        ("hoa", "post", f"{report}return/", {"comment": "x", "cells": [{"hamlet": theirs.hamlet,
                                                                        "indicator": "patrols"}]}),
        ("lan", "put", f"reports/{theirs.report}/notes/", {"difficulties": "x"}),
        ("lan", "post", "reports/", {"commune": "07996", "month": "2025-05"}),
        ("hoa", "post", "reports/", {"commune": "07999", "month": "2025-05"}),
        ("thu", "post", "reports/", {"province": "25", "month": "2025-05"}),
        ("tuan", "post", f"{report}present/", {}),
        ("tuan", "post", f"{report}ask_return/", {"comment": "x"}),
        ("hoa", "post", f"{report}ask_return/", {"comment": "x"}),
        ("son", "delete", f"deadlines/{pks['deadlines']}/", None),
        ("thu", "delete", f"deadlines/{pks['deadlines']}/", None),
        ("hoa", "post", "deadlines/", {"commune": "03733", "month": "2025-06", "due_on": "2025-06-30", "reason": "x"}),
        ("lan", "post", "published/", {"unit": "07996", "span": "2025-06", "source": "x", "figures": []}),
    ]  # fmt: skip


@pytest.mark.parametrize("calls", [of_the_registers_calls, of_the_reports_calls])
def test_no_call_takes_a_row_of_another_place(signed_in, cast, rows, theirs, calls):
    before, told = state(), TrailEntry.objects.filter(act="refused")
    for who, method, address, body in calls(cast, rows.pks, theirs):
        written, said = told.count(), json.dumps(body) if body is not None else ""
        answer = getattr(signed_in[who], method)(f"/api/v1/{address}", said, content_type="application/json")
        assert answer.status_code in {*REFUSED, 207}, (answer.status_code, who, address, body)
        assert answer.status_code != 207 or not answer.json()["saved"]
        if answer.status_code in (403, 404):
            assert told.count() == written + 1, (who, address)
            assert re.search("hông|hỉ", answer.json()["detail"]), answer.json()
        assert not changed(before), (who, address, body)
