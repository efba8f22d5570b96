"""A number of a person is refused in every disguise by every door, and an ordinary row of numbers by none."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communes.models import Hamlet
from models_registry.importing.planning import REFUSED
from tests import factories as f
from tests.models_registry.workbooks import counted, planned, run_of, workbook
from tests.test_api import api

BACKEND = "django.contrib.auth.backends.ModelBackend"
PERSONS = [
    "(0912) 345678",
    "0912/345/678",
    "0912\u00a0345\u00a0678",
    "0912\u2009345\u2009678",
    "0912\u202f345\u202f678",
    "0912\n345\n678",
    "0912-345-678",
    "0912–345–678",
    "0912x345x678",
    "12.345.678.901",
    "０９１２３４５６７８",
    "0912\u200b345\u200b678",
    "0912\u2060345\ufeff678",
    "+84 912 345 678",
    "2021 0912 345 678 2022",
    "025 087 001 234",
]
ORDINARY = ["2021 105 2022 112", "kế hoạch 105/KH-CAX ngày 12/3/2021", "84% 35% 67% 89%"]


def by_page(client, cast, text):
    client.force_login(cast.lan, backend=BACKEND)
    given = {"name": text, "started_on": "01/06/2025"}
    return client.post(f"/register/hamlets/{cast.khu[0].pk}/", given).status_code == 302


def by_remark(client, cast, text):
    f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.lan, backend=BACKEND)
    row = {"row": f"h{cast.khu[0].pk}", "indicator": "patrols", "text": text}
    return client.post("/reports/07999/2025-06/comments/", row).status_code == 302


def by_api(client, cast, text):
    answer = api(cast.lan).patch(f"/api/v1/hamlets/{cast.khu[0].pk}/", {"name": text}, format="json")
    return answer.status_code == 200


def by_workbook(client, cast, text):
    return not counted(planned(run_of(cast, "hamlets", [["Tên khu dân cư"], [text]])))[REFUSED]


def by_csv(client, cast, text):
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([["Tên khu dân cư", "Số hộ"], [text, 5]])
    run = run_of(cast, "hamlets", file.getvalue().encode(), name="a.csv")
    return not counted(planned(run))[REFUSED]


def by_list_of_the_province(client, cast, text):
    client.force_login(cast.hoa, backend=BACKEND)
    rows = [
        ["Mã xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết, quyết định", "Từ ngày"],
        ["07999", "Khu 1", "Khu 9", text, "16/06/2025"],
    ]
    file = SimpleUploadedFile("a.xlsx", workbook(rows))
    return "giống số điện thoại" not in client.post("/register/hamlets/round/", {"file": file}).content.decode()


def by_admin(client, cast, text):
    client.force_login(cast.quan, backend=BACKEND)
    khu = cast.khu[0]
    given = {"commune": khu.commune_id, "name": text, "started_on": "01/06/2025"}
    return client.post(reverse("admin:communes_hamlet_change", args=[khu.pk]), given).status_code == 302


DOORS = [by_page, by_remark, by_api, by_workbook, by_csv, by_list_of_the_province, by_admin]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("door", DOORS, ids=lambda one: one.__name__)
def test_no_door_takes_a_number_of_a_person_however_it_is_dressed(client, cast, door):
    assert [text for text in PERSONS if door(client, cast, text)] == []
    assert set(Hamlet.objects.filter(commune=cast.chi_dam).values_list("name", flat=True)) == {
        "Khu 1",
        "Khu 2",
        "Khu 10",
    }


@pytest.mark.parametrize("door", DOORS, ids=lambda one: one.__name__)
def test_every_door_takes_years_with_their_counts_and_what_else_is_ordinary(client, cast, door):
    assert [text for text in ORDINARY if not door(client, cast, text)] == []
