"""Two people on one form of the province, of a document or of a month: nothing is overwritten in silence."""

import io
from html import unescape

import openpyxl
import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communes.admin_kinds import RowForm, RowFormSet
from communes.models import Cluster, SafetyRecord
from models_registry.models import GroupKind, GroupNorm, Initiative, InitiativeRating, YearlyRating
from reports.models import Deadline, Letterhead, PublishedTotal, WeaponHandover, WeaponKind
from tests import factories as f
from tests.boxes import boxes, opened

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def two(cast):
    return browser(cast.lan), browser(cast.minh)


@pytest.fixture
def reviewers(cast):
    return browser(cast.hoa), browser(f.user(cast.hoa.role, cast.phu_tho, username="mai"))


def said(response):
    return unescape(response.content.decode())


def test_deadlines_of_two_reviewers(reviewers, cast):
    hoa, mai = reviewers
    url = "/review/deadlines/?year=2026"
    hers, others = opened(hoa, url), opened(mai, url)
    assert hoa.post(url, hers | {"2026-02.communes": "19/02/2026"}).status_code == 302
    mai.post(url, others | {"2026-03.communes": "19/03/2026"})
    assert Deadline.objects.count() == 2  # the second reviewer's page knew nothing of the first's day
    asked = mai.post(url, others | {"2026-02.communes": "18/02/2026"})
    assert asked.status_code == 409 and "Của bạn đang nhập: <strong>18/02/2026" in said(asked)
    assert "mai đã lưu" not in said(asked) and Deadline.objects.filter(due_on="2026-02-19").exists()
    again = boxes(asked.content.decode()) | {"choose-2026-02.communes": "mine"}
    assert mai.post(url, again).status_code == 302
    assert Deadline.objects.filter(due_on="2026-02-18").exists()


def test_letterheads_of_two(cast):
    minh, other = browser(cast.minh), browser(f.user(cast.minh.role, cast.chi_dam, username="binh"))
    url = "/documents/07999/letterhead/"
    his, others = opened(minh, url), opened(other, url)
    assert minh.post(url, his | {"signatory": "Trung tá Lê Minh"}).status_code == 302
    assert other.post(url, others | {"place": "Đoan Hùng"}).status_code == 302
    kept = Letterhead.objects.order_by("-pk").first()
    assert (kept.signatory, kept.place) == ("Trung tá Lê Minh", "Đoan Hùng")
    asked = other.post(url, others | {"signatory": "Thiếu tá Trần Bình"})
    assert asked.status_code == 409 and "Trung tá Lê Minh" in said(asked)


def test_clusters_of_two_reviewers_are_joined(reviewers, cast):
    hoa, mai = reviewers
    cluster = Cluster.objects.create(province=cast.phu_tho, grouping="Khu vực", name="Bắc")
    cluster.communes.set([cast.chi_dam])
    third = f.commune(code="08000", name="Vân Đồn", province=cast.phu_tho)
    url = f"/dashboard/clusters/{cluster.pk}/"
    hers, others = opened(hoa, url), opened(mai, url)
    hoa.post(url, hers | {"communes": [cast.chi_dam.pk, cast.tay_coc.pk]})
    mai.post(url, others | {"communes": [cast.chi_dam.pk, third.pk], "name": "Phía bắc"})
    cluster.refresh_from_db()
    assert set(cluster.communes.all()) == {cast.chi_dam, cast.tay_coc, third} and cluster.name == "Phía bắc"


def test_ticks_of_two_are_joined(two, cast):
    lan, minh = two
    url = "/register/safety/year/?year=2025"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"registered": [f"h{cast.khu[0].pk}"]})
    minh.post(url, his | {"registered": [f"h{cast.khu[1].pk}"]})
    assert set(SafetyRecord.objects.values_list("hamlet", flat=True)) == {cast.khu[0].pk, cast.khu[1].pk}


def test_ratings_of_teams_by_two(two, cast):
    lan, minh = two
    teams = [
        f.group(cast.chi_dam, "security_team", hamlet=hamlet, started_on="2020-01-01", name=f"Tổ {place}")
        for place, hamlet in enumerate(cast.khu)
    ]
    url = "/register/groups/ratings/?year=2024"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {f"g{teams[0].pk}": "good"})
    minh.post(url, his | {f"g{teams[1].pk}": "good"})
    assert YearlyRating.objects.filter(grade="good").count() == 2
    asked = minh.post(url, his | {f"g{teams[0].pk}": "failed"})
    assert asked.status_code in (409, 422) and YearlyRating.objects.filter(grade="good").count() == 2
    assert f"{cast.lan}" in said(asked) or f"{cast.minh}" in said(asked)


def test_ratings_of_initiatives_by_two(two, cast):
    lan, minh = two
    initiative = f.initiative(cast.chi_dam, started_on="2020-01-01", state=Initiative.State.ACTIVE)
    url = "/register/initiatives/ratings/?year=2024"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {f"i{initiative.pk}": "effective"})
    assert minh.post(url, his | {f"i{initiative.pk}": "weak"}).status_code == 409
    minh.post(url, his)
    assert InitiativeRating.objects.get().grade == "effective"


def test_published_totals_of_two(reviewers, cast):
    hoa, mai = reviewers
    url = "/published/25/2024/"
    first = opened(hoa, url) | {"source": "Báo cáo năm"}
    hoa.post(url, first | {"f-patrols": "391"})
    hers, others = opened(hoa, url), opened(mai, url)
    hoa.post(url, hers | {"f-patrols": "400"})
    assert mai.post(url, others | {"f-patrols": "410"}).status_code == 409
    mai.post(url, others | {"f-tips": "gần 170"})
    assert sorted(str(one.text) for one in PublishedTotal.objects.all()) == ["400", "gần 170"]
    mai.post(url, opened(mai, url) | {"source": "Báo Phú Thọ"})
    assert PublishedTotal.objects.filter(source="Báo cáo năm").count() == 2


def test_a_line_of_weapons_of_two(two, cast):
    lan, minh = two
    report = f.report(cast.chi_dam, cast.lan)
    f.hand_over(report, cast.lan, homemade_gun="2")
    line = WeaponHandover.objects.get()
    url = f"/reports/07999/2025-06/weapons/{line.pk}/"
    hers, his = opened(lan, url), opened(minh, url)
    lan.post(url, hers | {"quantity": "3"})
    assert minh.post(url, his | {"quantity": "4"}).status_code == 409
    assert minh.post(url, his | {"remove": "1"}).status_code == 422 and WeaponHandover.objects.exists()
    lan.post(url, opened(lan, url) | {"remove": "1"})
    gone = minh.post(url, his | {"quantity": "4"})
    assert gone.status_code == 409 and 'value="4"' in said(gone) and "weapons/" in said(gone)


def test_an_entry_of_the_catalogue_by_two_administrators(cast):
    quan, other = browser(cast.quan), browser(f.user(cast.quan.role, username="dung"))
    kind = WeaponKind.objects.get(code="homemade_gun")
    url = f"/admin/reports/weaponkind/{kind.pk}/change/"
    his, others = opened(quan, url), opened(other, url)
    assert quan.post(url, his | {"name": "Súng tự chế"}).status_code == 302
    assert other.post(url, others | {"position": "77"}).status_code == 302
    kind.refresh_from_db()
    assert (kind.name, kind.position) == ("Súng tự chế", 77)
    asked = other.post(url, others | {"name": "Súng kíp"})
    assert asked.status_code == 200 and "Súng tự chế" in said(asked) and 'name="choose-name"' in said(asked)


@pytest.fixture
def administrators(cast):
    return browser(cast.quan), browser(f.user(cast.quan.role, username="dung"))


def test_an_account_by_two_administrators(administrators, cast):
    quan, dung = administrators
    url = f"/admin/communes/user/{cast.lan.pk}/change/"
    his, others = opened(quan, url), opened(dung, url)
    assert quan.post(url, his | {"email": "lan@example.vn"}).status_code == 302
    asked = dung.post(url, others | {"email": "khac@example.vn"})
    page = said(asked)
    assert asked.status_code == 200 and "lan@example.vn" in page and 'name="choose-email"' in page
    assert f"<b>{cast.quan} đã lưu lúc" in page  # as the log of the administration has it
    assert dung.post(url, others | {"full_name": "Nguyễn Thị Lan Anh"}).status_code == 302
    cast.lan.refresh_from_db()
    assert (cast.lan.email, cast.lan.full_name) == ("lan@example.vn", "Nguyễn Thị Lan Anh")
    assert dung.post(url, boxes(page) | {"choose-email": "mine"}).status_code == 302
    cast.lan.refresh_from_db()
    assert cast.lan.email == "khac@example.vn"


def test_an_account_that_one_moved_stays_where_it_is_when_another_saves(administrators, cast):
    quan, dung = administrators
    f.commune(code="08000", name="Vân Đồn", province=cast.phu_tho)
    url = f"/admin/communes/user/{cast.lan.pk}/change/"
    his, others = opened(quan, url), opened(dung, url)
    assert his["commune"] == ["07999"]
    assert quan.post(url, his | {"commune": "08000"}).status_code == 302
    assert dung.post(url, others | {"full_name": "Lan"}).status_code == 302
    cast.lan.refresh_from_db()
    assert cast.lan.commune.code == "08000" and cast.lan.full_name == "Lan"


def test_a_table_within_a_page_of_the_administration_by_two(administrators, cast):
    quan, dung = administrators
    kind = GroupKind.objects.get(code="security_team")
    GroupNorm.objects.create(kind=kind, province=cast.phu_tho, least=3, most=5)
    url = f"/admin/models_registry/groupkind/{kind.pk}/change/"
    his, others = opened(quan, url), opened(dung, url)
    assert his["norms-0-least"] == ["3"]
    assert quan.post(url, his | {"norms-0-least": "4"}).status_code == 302
    assert dung.post(url, others | {"norms-0-most": "7"}).status_code == 302
    norm = GroupNorm.objects.get()
    assert (norm.least, norm.most) == (4, 7)
    asked = dung.post(url, others | {"norms-0-least": "2", "norms-0-most": "7"})
    assert asked.status_code == 200 and "đã lưu: “4”" in said(asked) and GroupNorm.objects.get().least == 4
    assert dung.post(url, boxes(asked.content.decode())).status_code == 302
    assert GroupNorm.objects.get().least == 2


def test_a_row_of_such_a_table_that_one_changed_is_not_deleted_by_another_unasked(administrators, cast):
    quan, dung = administrators
    kind = GroupKind.objects.get(code="security_team")
    norm = GroupNorm.objects.create(kind=kind, province=cast.phu_tho, least=3, most=5)
    url = f"/admin/models_registry/groupkind/{kind.pk}/change/"
    his, others = opened(quan, url), opened(dung, url)
    assert quan.post(url, his | {"norms-0-least": "4"}).status_code == 302
    asked = dung.post(url, others | {"norms-0-DELETE": "on"})
    assert asked.status_code == 200 and "dòng bạn đang xóa: Ít nhất “4”. Xem lại rồi lưu lần nữa" in said(asked)
    assert GroupNorm.objects.get().least == 4
    again = boxes(asked.content.decode())
    assert again["norms-0-DELETE"] == ["on"] and dung.post(url, again).status_code == 302
    assert not GroupNorm.objects.filter(pk=norm.pk)


def test_a_row_of_such_a_table_that_nobody_changed_is_deleted_at_once(administrators, cast):
    quan, _ = administrators
    kind = GroupKind.objects.get(code="security_team")
    GroupNorm.objects.create(kind=kind, province=cast.phu_tho, least=3, most=5)
    url = f"/admin/models_registry/groupkind/{kind.pk}/change/"
    assert quan.post(url, opened(quan, url) | {"norms-0-DELETE": "on"}).status_code == 302
    assert not GroupNorm.objects.exists()


def test_what_is_typed_in_such_a_row_that_another_deleted_comes_as_a_new_one(administrators, cast):
    quan, dung = administrators
    kind = GroupKind.objects.get(code="security_team")
    for province, least in ((cast.phu_tho, 3), (cast.son_la, 2)):
        GroupNorm.objects.create(kind=kind, province=province, least=least, most=5)
    url = f"/admin/models_registry/groupkind/{kind.pk}/change/"
    his, others = opened(quan, url), opened(dung, url)
    place = next(n for n in (0, 1) if his[f"norms-{n}-province"] == [str(cast.phu_tho.pk)])
    assert quan.post(url, his | {f"norms-{place}-DELETE": "on"}).status_code == 302
    assert dung.post(url, others | {f"norms-{1 - place}-most": "6"}).status_code == 302
    assert [(norm.province, norm.most) for norm in GroupNorm.objects.all()] == [(cast.son_la, 6)], (
        "nothing was typed in it"
    )
    assert dung.post(url, others | {f"norms-{place}-least": "4"}).status_code == 302
    assert {(norm.province, norm.least, norm.most) for norm in GroupNorm.objects.all()} == {
        (cast.phu_tho, 4, 5), (cast.son_la, 2, 6)
    }  # fmt: skip


def test_a_page_that_claims_more_rows_than_may_be_sent_is_answered(administrators):
    quan, _ = administrators
    kind = GroupKind.objects.get(code="security_team")
    url = f"/admin/models_registry/groupkind/{kind.pk}/change/"
    claimed = opened(quan, url) | {"norms-INITIAL_FORMS": "999999999", "norms-TOTAL_FORMS": "999999999"}
    assert quan.post(url, claimed).status_code in (200, 302, 400)
    assert not GroupNorm.objects.exists()


def test_every_table_within_a_page_of_the_administration_knows_two_people():
    tables = [table for page in admin.site._registry.values() for table in page.inlines]
    assert tables and all(issubclass(table.form, RowForm) and issubclass(table.formset, RowFormSet) for table in tables)


def test_the_source_of_published_totals_by_two(reviewers, cast):
    hoa, mai = reviewers
    url = "/published/25/2024/"
    first = opened(hoa, url) | {"source": "Báo cáo năm", "number": "12/BC", "f-patrols": "391"}
    assert hoa.post(url, first).status_code == 302
    hers, others = opened(hoa, url), opened(mai, url)
    assert hoa.post(url, hers | {"number": "12/BC-CAT", "day": "05/01/2025"}).status_code == 302
    assert mai.post(url, others | {"f-tips": "gần 170"}).status_code == 302
    kept = PublishedTotal.objects.all()
    assert {(one.number, str(one.day)) for one in kept} == {("12/BC-CAT", "2025-01-05")} and kept.count() == 2
    asked = mai.post(url, others | {"number": "13/BC"})
    assert asked.status_code == 409 and "12/BC-CAT" in said(asked) and "Số văn bản" in said(asked)


def test_a_sheet_of_published_totals_that_comes_back_as_a_file_beside_anothers_save(reviewers, cast):
    hoa, mai = reviewers
    url = "/published/25/2024/"
    first = opened(hoa, url) | {"source": "Báo cáo năm", "f-patrols": "391", "f-tips": "20"}
    assert hoa.post(url, first).status_code == 302
    others, book = opened(mai, url), openpyxl.load_workbook(io.BytesIO(mai.get(f"{url}excel/").content))
    hoa.post(url, opened(hoa, url) | {"f-patrols": "400"})
    rows = {str(row[0].value): row for row in book.active.iter_rows() if len(row) > 3}
    rows["tips"][3].value = "21"

    def upload():
        book.save(buffer := io.BytesIO())
        return mai.post(url, others | {"file": SimpleUploadedFile("a.xlsx", buffer.getvalue())})

    assert upload().status_code == 302  # 391 of the file is what the page had shown
    assert sorted(one.text for one in PublishedTotal.objects.all()) == ["21", "400"]
    rows["patrols"][3].value = "410"
    asked = upload()
    assert asked.status_code == 409 and "400" in said(asked) and 'value="410"' in said(asked)
    assert mai.post(url, boxes(asked.content.decode()) | {"choose-f-patrols": "mine"}).status_code == 302
    assert sorted(one.text for one in PublishedTotal.objects.all()) == ["21", "410"]
