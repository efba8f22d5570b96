"""A workbook into the register of a former commune, brought by whom the province named."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Hamlet, RegisterChange, User, Warrant
from models_registry.models import FormerSize, Initiative, Member, RegisterImport, SelfManagementGroup
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST, DAY = date(2025, 6, 30), date(2100, 1, 1)
GROUPS = "Tên tổ;Loại hình;Khu dân cư;Số thành viên;Ngày thành lập\n"


@pytest.fixture
def world(cast):
    """V of Phú Thọ, with one hamlet and one group, went into Chí Đám; the province named lan for it."""
    v = f.former(cast.chi_dam, LAST, code="09000", name="V")
    hamlet = f.hamlet(v, "Khu 1", ended_on=LAST)
    group = f.group(v, name="Tổ 1", hamlet=hamlet, declared_members=5, ended_on=LAST)
    f.warrant(v, cast.lan, by=cast.hoa)
    return SimpleNamespace(**vars(cast), v=v, thon=hamlet, to=group)


@pytest.fixture
def as_(client):
    """Sign in as somebody, as another request finds her."""

    def sign_in(user):
        client.force_login(User.objects.get(pk=user.pk), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def bring(client, kind, lines, former="09000-2025"):
    """Upload a sheet and return the answer to it."""
    sent = {"file": SimpleUploadedFile("so.csv", lines.encode())}
    return client.post(f"/register/import/{kind}/?former={former}", sent)


def apply(client, kind, lines):
    """Upload a sheet and write it."""
    assert bring(client, kind, lines).status_code == 302
    run = RegisterImport.objects.first()
    return client.post(f"/register/import/{kind}/{run.pk}/apply/", follow=True)


def test_rows_go_into_the_former_register_and_end_with_it(as_, world):
    lines = GROUPS + "Tổ 1;Tổ liên gia;Khu 1;8;\nTổ 2;Tổ liên gia;Khu 1;6;05/03/2020\n"
    page = apply(as_(world.lan), "groups", lines).content.decode()
    found = SelfManagementGroup.objects.order_by("name").values_list("commune", "name", "declared_members", "ended_on")
    assert list(found) == [(world.v.pk, "Tổ 1", 8, LAST), (world.v.pk, "Tổ 2", 6, LAST)]
    assert not FormerSize.objects.exists(), "what stood there was a mistake, not an earlier number"
    act = RegisterChange.objects.get()
    assert (act.commune, act.by) == (world.v, world.lan) and "Đang ghi danh bạ của <b>Xã V" in page
    assert as_(world.lan).post(f"/register/recent/{act.pk}/undo/").status_code == 302
    assert [(row.name, row.declared_members) for row in SelfManagementGroup.objects.all()] == [("Tổ 1", 5)]


def test_the_list_that_was_taken_out_comes_back_unchanged(as_, world):
    sent = "Tên khu;Đến hết ngày\nKhu 1;30/06/2025\nKhu 8;31/12/2019\n"
    bring(as_(world.lan), "hamlets", sent)
    run = RegisterImport.objects.get()
    page = as_(world.lan).get(f"/register/import/hamlets/{run.pk}/?whole=1").content.decode()
    assert "Không có gì thay đổi" in page and "Khu 8: đã kết thúc 31/12/2019" in page
    assert "/register/import/hamlets/?former=09000-2025" in page


def test_days_after_its_end_are_faults_of_their_cells(as_, world):
    lines = GROUPS + "Tổ 3;Tổ liên gia;Khu 1;6;01/07/2025\n"
    bring(as_(world.lan), "groups", lines)
    bring(as_(world.lan), "hamlets", "Tên khu;Đến hết ngày\nKhu 1;01/07/2025\n")
    for run in RegisterImport.objects.all():
        page = as_(world.lan).get(f"/register/import/{run.kind}/{run.pk}/?whole=1").content.decode()
        assert "kết thúc ngày 30/06/2025" in page and "1</b> dòng có lỗi" in page


def test_members_and_initiatives_end_with_it_too(as_, world):
    apply(as_(world.lan), "members", "Họ và tên;Tổ;Khu;Năm sinh;Chức danh\nTrần Văn Cũ;Tổ 1;Khu 1;1960;Tổ trưởng\n")
    member = Member.objects.get()
    assert (member.group, member.person.commune, member.ended_on) == (world.to, world.v, LAST)
    kind = f.InitiativeType.objects.get(code="security_camera").name
    for _ in range(2):
        apply(
            as_(world.lan), "initiatives", f"Tên mô hình;Loại mô hình;Các khu dân cư thực hiện\nCamera;{kind};Khu 1\n"
        )
    one = Initiative.objects.get()
    assert (one.commune, one.ended_on) == (world.v, LAST)
    assert [(site.hamlet, site.ended_on) for site in one.sites.all()] == [(world.thon, LAST)]


def test_nobody_else_brings_one_and_no_workbook_outlives_the_day(as_, world):
    lines = "Tên khu\nKhu 9\n"
    for user, status in ((world.minh, 409), (world.tuan, 404), (world.hoa, 409), (world.son, 404)):
        assert bring(as_(user), "hamlets", lines).status_code == status, user
    assert bring(as_(world.lan), "hamlets", lines, "07999-2025").status_code == 404
    bring(as_(world.lan), "hamlets", lines)
    run = RegisterImport.objects.get()
    paths = [f"/register/import/hamlets/{run.pk}/{step}/" for step in ("apply", "answers", "columns", "give-up")]
    for path in paths:
        assert as_(world.minh).post(path).status_code == 404
        assert as_(world.hoa).post(path).status_code == 403
    Warrant.objects.update(until=date(2020, 1, 1))
    for path in paths:
        answer = as_(world.lan).post(path)
        assert answer.status_code == 409 and "đã hết ngày giao nhập" in answer.content.decode()
    assert not Hamlet.objects.filter(name="Khu 9").exists()
    assert as_(world.lan).get("/register/import/hamlets/template/?former=09000-2025").status_code == 409
