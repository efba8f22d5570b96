"""Whatever a person writes is guarded against numbers of persons, or stands here with the reason why it need not be."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.forms.models import BaseModelForm

from communes.changes import begin
from communes.forms import WrittenField
from communes.models import PriorityListing, RegisterChange
from communes.names import DerivedField
from communes.privacy import NoPersonalNumbers, refuse_personal_numbers, without_personal_numbers
from communes.refusals import Refused
from models_registry.arranging.lines import ArrangedLine
from models_registry.arranging.planning import understood
from models_registry.importing.runs import upload
from models_registry.models import InitiativeStep
from models_registry.rounds import ListedLine, plan
from reports.models import CellComment, DraftEdit, FigureImport, Indicator
from tests import factories as f
from tests.test_routes import rows  # noqa: F401 (a fixture)

BACKEND = "django.contrib.auth.backends.ModelBackend"
OURS = ("communes", "models_registry", "reports")
PHONE = "0912 345 678"
SAID = f"Gọi {PHONE}"
REFUSED = "giống số điện thoại hoặc số căn cước"

CHECKED = "has a form of its own, which is checked"
SERVER = "written by the server from rows that are guarded"
SECRETS = "a digest, a key or what the framework keeps"
FREE_COLUMNS = {
    "Province.code": CHECKED, "Province.first_month": CHECKED, "Commune.code": CHECKED, "District.code": CHECKED,
    "GroupKind.code": "an address of the catalogue, of the administrator", "InitiativeType.code": "the same",
    "IndicatorSection.code": "the same", "Indicator.code": "the same", "WeaponKind.code": "the same",
    "User.username": "the name of an account is its own, and no row of people", "User.email": CHECKED,
    "User.password": SECRETS, "TokenGrant.standing": SECRETS, "OpenSession.session_key": SECRETS, "OpenSession.session_data": SECRETS,
    "OpenSession.address": SERVER, "OpenSession.browser": SERVER, "Edition.subject": SERVER, "Confirmation.why": SERVER,
    "TrailBlock.content": SECRETS, "TrailBlock.hash": SECRETS, "TrailBlock.expiry": SECRETS,
    "TrailEntry.address": SERVER, "TrailEntry.network": SERVER, "TrailEntry.what": SERVER,
    "TrailEntry.province": SERVER, "TrailEntry.commune": SERVER,
    "Person.phone": "the one place where a telephone belongs", "DraftEdit.drafted": "dots stand for such digits",
    "DraftEdit.span": CHECKED, "DraftEdit.section": CHECKED, "DraftEdit.key": CHECKED, "PublishedTotal.span": CHECKED,
    "SavedQuestion.query": "the address of a question: only what it knows is kept", "ReportEvent.action": SERVER,
    "Explanation.key": SERVER, "Explanation.sentence": SERVER, "IssuedReport.span": SERVER, "IssuedReport.place": SERVER,
    "IssuedPart.name": SERVER, "IssuedFigure.name": SERVER, "IssuedFigure.unit": SERVER, "IssuedFigure.section": SERVER,
    "IssuedWeapon.name": SERVER, "IssuedWeapon.unit": SERVER, "IssuedParagraph.section": SERVER,
    "IssuedParagraph.key": SERVER, "IssuedParagraph.text": SERVER,
}  # fmt: skip
NAMES_A_ROW = "names a row or a span that there is"
FREE_BOXES = {
    "AccountForm.commune": NAMES_A_ROW,
    "ArrangementForm.old": NAMES_A_ROW, "ArrangementForm.code": CHECKED, "SheetForm.unit": NAMES_A_ROW,
    "SheetForm.span": NAMES_A_ROW, "HandoverForm.quantity": "a number",
    "OwnPasswordForm.password": SECRETS, "EnrolForm.password": SECRETS,
    "SignInForm.password": SECRETS, "NewPasswordForm.old_password": SECRETS,
    "NewPasswordForm.new_password1": SECRETS, "NewPasswordForm.new_password2": SECRETS, "SampleForm.note": "kept nowhere", "DivisionForm.old": NAMES_A_ROW,
}  # fmt: skip


def test_every_column_is_guarded_or_says_why_not():
    texts, free = set(), set()
    for model in apps.get_models():
        if model._meta.app_label not in OURS or hasattr(model, "history_id"):
            continue
        for field in model._meta.local_fields:
            if isinstance(field, (models.CharField, models.TextField)) and not (
                field.choices or isinstance(field, DerivedField)
            ):
                texts.add(name := f"{model.__name__}.{field.name}")
                if not any(isinstance(one, NoPersonalNumbers) for one in field.validators):
                    free.add(name)
    assert free == FREE_COLUMNS.keys()
    assert len(texts) > 100


def _forms(kind=forms.BaseForm):
    for one in kind.__subclasses__():
        yield one
        yield from _forms(one)


def test_every_box_of_a_form_without_a_model_is_guarded_or_says_why_not():
    for app in (*OURS, "antq"):
        for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if not module.name.endswith(("wsgi", "__main__")) and ".migrations" not in module.name:
                importlib.import_module(module.name)
    free, guarded = set(), 0
    for form in set(_forms()):
        if not form.__module__.startswith(OURS) and not form.__module__.startswith("antq"):
            continue
        if issubclass(form, BaseModelForm) or "filters" in form.__module__:
            continue
        for name, field in getattr(form, "base_fields", {}).items():
            guarded += isinstance(field, WrittenField)
            of_model = any(isinstance(one, NoPersonalNumbers) for one in field.validators)
            if type(field) is forms.CharField and not of_model:
                free.add(f"{form.__name__}.{name}")
    assert free <= FREE_BOXES.keys(), free - FREE_BOXES.keys()
    assert guarded > 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "address", "given", "box"),
    [
        ("lan", "/register/groups/{groups}/end/", {"ended_on": "16/06/2025"}, "dissolving_decision"),
        ("hoa", "/register/priority/{priority}/end/", {"ended_on": "16/06/2025"}, "delisting_decision"),
        (
            "lan",
            "/register/hamlets/change/rename/?hamlet={hamlets}",
            {"day": "16/06/2025", "name": "Khu 9"},
            "decision",
        ),
        ("lan", "/register/hamlets/change/rename/?hamlet={hamlets}", {"day": "16/06/2025", "decision": "1"}, "name"),
        ("lan", "/register/initiatives/{initiatives}/replicate/", {"day": "16/06/2025"}, "decision"),
        ("lan", "/register/initiatives/{initiatives}/replicate/", {"day": "16/06/2025"}, "note"),
        ("lan", "/published/07999/2025-06/", {"f-patrols": "3", "source": "Báo"}, "number"),
        ("lan", "/reports/07999/2025-06/comments/", {"row": "h{hamlets}", "indicator": "patrols"}, "text"),
    ],
)
def test_what_is_refused_names_its_box_and_is_given_back(client, cast, rows, who, address, given, box):  # noqa: F811
    client.force_login(getattr(cast, who), backend=BACKEND)
    given = {name: value.format(**rows.pks) for name, value in given.items()}
    answer = client.post(address.format(**rows.pks), given | {box: SAID})
    text = answer.content.decode()
    assert answer.status_code == 422, answer.status_code
    assert f"“{PHONE}” {REFUSED}" in text and "ở mục “" in text and SAID in text
    assert not RegisterChange.objects.filter(decision=SAID).exists() and not CellComment.objects.exists()
    assert not PriorityListing.objects.exclude(ended_on=None).exists() and not InitiativeStep.objects.exists()


@pytest.mark.django_db
def test_no_act_keeps_one_by_whatever_door_it_came(cast):
    with pytest.raises(Refused, match=REFUSED):
        begin(
            cast.chi_dam, RegisterChange.Kind.STEP, "Công nhận", by=cast.lan, now=f.NOW, day=f.NOW.date(), decision=SAID
        )
    line = ListedLine(2, "07999", "Khu 1", "Khu 7", SAID, "16/06/2025")
    assert [row for row, said in plan([line], cast.lan, f.NOW).faults if REFUSED in said] == [2]
    merger = ArrangedLine(2, "07999", "07999", "Xã Chí Đám Mới", SAID, "01/07/2026")
    assert [row for row, said in understood([merger], cast.hoa).faults if REFUSED in said] == [2]


@pytest.mark.django_db
def test_a_file_may_be_called_anything_but_is_not_kept_by_a_number_of_a_person(client, cast):
    report = f.report(cast.chi_dam, cast.lan)
    name = f"danh sách {PHONE}.csv"
    kept = "danh sách •••• ••• •••.csv"
    run = upload("groups", name, "Tên tổ,Loại hình\nTổ 5,LGTQ\n".encode(), by=cast.lan, now=f.NOW)
    assert run.file_name == kept
    client.force_login(cast.lan, backend=BACKEND)
    sheet = f"Khu dân cư,{Indicator.objects.get(code='patrols').name}\nKhu 1,{SAID}\nKhu 2,4\n".encode()
    address = f"/reports/07999/{report.month}/file/"
    assert client.post(address, {"file": SimpleUploadedFile(name, sheet)}).status_code == 302
    month = FigureImport.objects.get()
    assert (
        month.file_name == kept
        and PHONE not in str(month.faults)
        and "“Gọi •••• ••• •••” không phải là số đếm. Ghi số nguyên từ 0" in str(month.faults)
    )
    assert client.get(f"{address}{month.pk}/").status_code == 200


@pytest.mark.django_db
def test_the_draft_that_a_page_sends_back_keeps_none(client, cast):
    f.filed(cast.chi_dam, f.JUNE, patrols=3)
    client.force_login(cast.minh, backend=BACKEND)
    address = "/documents/07999/2025-06/paragraphs/place/"
    answer = client.post(address, {"text": "Tình hình ổn định.", "drafted": SAID, "seen": "0", "action": "save"})
    assert answer.status_code == 302
    assert DraftEdit.objects.get().drafted == "Gọi •••• ••• •••"


@pytest.mark.parametrize("text", [SAID, "không chín một hai ba bốn năm sáu bảy tám", "０９１２３４５６７８", ""])
def test_what_is_kept_without_asking_again_holds_none(text):
    assert refuse_personal_numbers(without_personal_numbers(text)) is None
    assert without_personal_numbers("bao-cao-2025-06.xlsx") == "bao-cao-2025-06.xlsx"
    assert without_personal_numbers(f"{text}.csv").endswith(".csv"), "by its ending a file is read"
