"""Issued versions: what went out stays, whatever moves later; letterheads."""

import io

import openpyxl
import pytest
from docx import Document

from communes.models import TrailEntry
from reports.documents.issues import differences, facts_of_issue, paper_of_issue
from reports.documents.letterheads import set_letterhead, usual
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import IssuedFigure, IssuedReport, Letterhead, MonthlyReport, Sealed
from reports.months import Month
from reports.units import Unit
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
ADDRESS = "/documents/07999/2025-H1/"
MAY = Month(2025, 5)


def sign(cast, unit, name="Đại tá Nguyễn Văn An"):
    """Choose who signs a unit's reports."""
    words = usual(unit) | {"signatory": name}
    return set_letterhead(unit, words, by=cast.minh if unit.commune else cast.hoa, now=f.NOW)


@pytest.fixture
def spring(cast):
    f.filed(cast.chi_dam, MAY, patrols=20, patrol_attendance=80)
    f.filed(cast.tay_coc, MAY, patrols=3)
    sign(cast, Unit(cast.phu_tho))
    return cast


def issue(client, user, number=5, day="2025-06-20", address=ADDRESS):
    client.force_login(user, backend=BACKEND)
    return client.post(f"{address}issue/", {"number": number, "day": day})


def move_figures(cast):
    """Reopen May and enter more patrols."""
    report = MonthlyReport.objects.get(commune=cast.chi_dam, month=MAY)
    perform(report, "reopen", by=cast.hoa, now=f.NOW, comment="sai")
    report.refresh_from_db()
    f.fill(report, cast.lan, {(Row(), "patrols"): 50, (Row(), "tips"): 2})
    f.bring(report, "approved")


def word_text(client, address):
    document = Document(io.BytesIO(client.get(address).content))
    parts = [p.text for p in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


@pytest.mark.parametrize(("who", "address"), [("minh", ADDRESS), ("hoa", "/documents/province-25/2025-H1/")])
def test_an_issued_version_is_the_same_for_ever(client, spring, who, address):
    response = issue(client, getattr(spring, who), address=address)
    told = TrailEntry.objects.get(act="report", what__startswith="Ban hành")
    assert (told.what, told.by, told.commune) == (
        "Ban hành báo cáo 2025-H1, số 5",
        getattr(spring, who),
        address.split("/")[2] * (who == "minh"),
    )
    version = response["Location"]
    before = [client.get(version).content.decode().split("<article")[1], word_text(client, f"{version}word/")]
    workbook = client.get(f"{version}excel/").content
    move_figures(spring)
    spring.chi_dam.name = "Chí Đám Mới"
    spring.chi_dam.save()
    Letterhead.objects.create(by=spring.hoa, at=f.NOW, province=spring.phu_tho, superior="A", body="B", symbol="C",
                              place="D", signatory_title="E", recipients="F")  # fmt: skip
    after = [client.get(version).content.decode().split("<article")[1], word_text(client, f"{version}word/")]
    assert after == before
    assert ("20 lượt tuần tra" if who == "minh" else "23 lượt tuần tra") in after[1]

    def rows(content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=6)]

    assert rows(client.get(f"{version}excel/").content) == rows(workbook)


def test_what_changed_since_is_told(client, spring):
    version = issue(client, spring.minh)["Location"]
    assert "giống hệt khi ban hành" in client.get(f"{version}changes/").content.decode()
    move_figures(spring)
    page = client.get(f"{version}changes/").content.decode()
    for shown in ("Lượt tuần tra", ">20<", ">50<", ">30<", "Tin do quần chúng"):
        assert shown in page
    assert "thay đổi từ khi ban hành" in client.get(ADDRESS).content.decode()


def test_facts_made_again_differ_in_nothing_that_is_printed(client, spring):
    from reports.documents.gathering import facts_of

    issue(client, spring.hoa, address="/documents/province-25/2025-H1/")
    issued = IssuedReport.objects.get()
    again, now = facts_of_issue(issued), facts_of(issued.unit, issued.of_span, "approved", issued.at)
    for name in ("lines", "weapons", "guns", "parts", "basis", "initiative_types", "columns"):
        assert getattr(again, name) == getattr(now, name), name
    assert differences(again, now) == []


def test_an_issued_version_keeps_how_each_figure_compared(client, spring):
    from reports.documents.gathering import facts_of

    spring.more = [f.commune(province=spring.phu_tho, code=f"0801{n}", name=f"{n}") for n in range(4)]
    for commune in spring.more:
        for month, guns in ((MAY - 1, "2"), (MAY, "5")):
            chief = f.chief_of(commune)
            report = f.report(commune, chief, month)
            f.fill(report, chief, {(Row(), "patrols"): 100 if month == MAY else 80})
            f.hand_over(report, chief, homemade_gun=guns, lead_shot="0.125")
            f.bring(report, "approved")
    f.filed(spring.chi_dam, MAY - 1, patrols=20)
    issue(client, spring.hoa, address="/documents/province-25/2025-05/")
    issued = IssuedReport.objects.get()
    again, now = facts_of_issue(issued), facts_of(issued.unit, issued.of_span, "approved", issued.at)
    assert (again.lines, again.weapons, again.guns) == (now.lines, now.weapons, now.guns)
    why = "so cùng 5 xã, phường có số liệu cả hai kỳ"
    assert again.by_code["patrols"].compared["previous"] == ("like", 420, 340, 5, why)
    assert again.guns.compared["previous"] == ("like", 20, 8, 5, why)
    assert [one.text for one in paper_of_issue(issued).paragraphs if one.key == "patrols"] == [
        "Lực lượng tham gia bảo vệ an ninh, trật tự ở cơ sở và các tổ tự quản đã tổ chức 423 lượt tuần tra với "
        f"80 lượt người tham gia, tăng 80 lượt tuần tra (+23,5%) so với kỳ trước ({why})."
    ]


def test_words_that_figures_have_left_are_settled_before_issuing(client, spring):
    client.force_login(spring.minh, backend=BACKEND)
    page = f"{ADDRESS}paragraphs/patrols/"
    seen = client.get(page).context["entry"]
    words = {"drafted": seen.drafted.text, "seen": 0}
    client.post(page, words | {"action": "save", "text": "Tuần tra hằng đêm, 20 lượt."})
    move_figures(spring)
    refused = issue(client, spring.minh)
    assert refused.status_code == 409 and not IssuedReport.objects.exists()
    text = refused.content.decode()
    assert "Số liệu đã đổi ở 1 đoạn đã sửa" in text
    assert f'href="{ADDRESS}#p-patrols"' in text and 'name="number"' not in text
    entry = client.get(page).context["entry"]
    client.post(page, {"action": "keep", "drafted": entry.drafted.text, "seen": entry.revision})
    assert issue(client, spring.minh).status_code == 302


def test_an_issued_version_names_who_signed_it(client, spring):
    client.force_login(spring.minh, backend=BACKEND)
    page = f"{ADDRESS}issue/"
    assert client.get(page).context["form"].initial["signatory"] == str(spring.minh), "the chief who issues it"
    blank = client.post(page, {"number": 5, "day": "2025-06-20", "signatory": " "})
    assert blank.status_code == 400 and "Hãy ghi cấp bậc, họ tên người ký." in blank.content.decode()
    made = client.post(page, {"number": 5, "day": "2025-06-20", "signatory": "Thượng tá Trần Văn Minh"})
    assert "Thượng tá Trần Văn Minh" in word_text(client, f"{made['Location']}word/")
    assert client.get(page).context["form"].initial["signatory"] == "Thượng tá Trần Văn Minh"
    Letterhead.objects.create(by=spring.hoa, at=f.NOW, **usual(Unit(spring.phu_tho)), province=spring.phu_tho)
    refused = issue(client, spring.hoa, address="/documents/province-25/2025-H1/")
    assert refused.status_code == 400 and "họ tên người ký" in refused.content.decode()


def test_a_symbol_is_written_in_capitals_and_a_version_is_called_by_its_number(client, spring):
    words = usual(Unit(spring.phu_tho, spring.chi_dam)) | {"symbol": "bc-cax", "signatory": "Trần Văn Minh"}
    set_letterhead(Unit(spring.phu_tho, spring.chi_dam), words, by=spring.minh, now=f.NOW)
    made = issue(client, spring.minh)
    page = client.get(made["Location"]).content.decode()
    assert "Đã ban hành báo cáo số 05/BC-CAX." in page and "<h1>Báo cáo số 05/BC-CAX, ngày" in page


def test_reopening_a_month_that_was_issued_says_so_first(client, spring):
    issue(client, spring.minh)
    issue(client, spring.hoa, 7, address="/documents/province-25/2025-05/")
    page = client.get("/review/07999/2025-05/").content.decode()
    assert "Tháng này đã nằm trong báo cáo đã ban hành" in page
    assert "Báo cáo số 05/BC-CAX" in page and "Báo cáo số 07/BC-CAT" in page


def test_a_number_is_given_once_a_year_to_a_unit(client, spring):
    assert issue(client, spring.minh).status_code == 302
    refused = issue(client, spring.minh)
    assert refused.status_code == 409 and "đã ban hành một báo cáo số 5" in refused.content.decode()
    assert issue(client, spring.hoa, address="/documents/province-25/2025-H1/").status_code == 302
    assert issue(client, spring.minh, 6).status_code == 302
    assert client.get(f"{ADDRESS}issue/").context["form"].initial["number"] >= 1


def test_a_new_issue_replaces_the_one_before(client, spring):
    first, second = (issue(client, spring.minh, number)["Location"] for number in (5, 6))
    said = "(thay thế Báo cáo số 05/BC-CAX ngày 20 tháng 6 năm 2025)"
    assert said in word_text(client, f"{second}word/") and said in client.get(f"{second}print/").content.decode()
    assert "thay thế Báo cáo" not in word_text(client, f"{first}word/")
    assert "Đã được thay thế" in client.get(first).content.decode()
    assert "Thay thế" in client.get(second).content.decode()
    page = client.get("/documents/").content.decode()
    assert "Đã thay thế" in page and "Hiện hành" in page


@pytest.mark.parametrize(
    ("number", "day"),
    [(0, "2025-06-20"), (100_000, "2025-06-20"), ("x", "2025-06-20"), (5, "2024-01-01"), (5, "2099-01-01"), (5, "")],
)
def test_a_number_or_day_that_cannot_be_is_refused(client, spring, number, day):
    assert issue(client, spring.minh, number, day).status_code in (400, 409)
    assert not IssuedReport.objects.exists()


def test_an_empty_span_is_not_issued(client, cast):
    response = issue(client, cast.minh)
    assert response.status_code == 409 and "chưa có báo cáo tháng nào" in response.content.decode()


def test_an_issued_version_is_neither_changed_nor_deleted(client, spring):
    issue(client, spring.minh)
    version, figure = IssuedReport.objects.get(), IssuedFigure.objects.first()
    for act in (
        version.save,
        version.delete,
        figure.save,
        figure.delete,
        IssuedReport.objects.all().delete,
        lambda: IssuedFigure.objects.update(value=1),
    ):
        with pytest.raises(Sealed):
            act()


@pytest.mark.parametrize(
    ("who", "status"),
    [("lan", 200), ("hoa", 200), ("thu", 200), ("an", 200), ("tuan", 404), ("son", 404), ("quan", 404)],
)
def test_an_issued_version_is_seen_by_the_units_line(client, spring, who, status):
    version = issue(client, spring.minh)["Location"]
    client.force_login(getattr(spring, who), backend=BACKEND)
    for path in ("", "word/", "excel/", "print/", "changes/"):
        assert client.get(f"{version}{path}").status_code == status


def test_a_letterhead_is_set_by_the_chief_and_its_history_kept(client, spring):
    words = {"superior": "CÔNG AN TỈNH", "body": "CÔNG AN XÃ CHÍ ĐÁM", "symbol": "BC-CAX", "place": "Chí Đám",
             "signatory_title": "KT. TRƯỞNG CÔNG AN XÃ\nPHÓ TRƯỞNG CÔNG AN XÃ", "signatory": "Thượng tá Minh",
             "recipients": "PV05 (b/c);\n- Lưu: VT."}  # fmt: skip
    for who, status in (("lan", 403), ("hoa", 403), ("minh", 302), ("minh", 302)):
        client.force_login(getattr(spring, who), backend=BACKEND)
        assert client.post("/documents/07999/letterhead/", words).status_code == status
    assert Letterhead.objects.filter(commune=spring.chi_dam).count() == 2
    page = client.get(f"{ADDRESS}print/").content.decode()
    for shown in ("PHÓ TRƯỞNG CÔNG AN XÃ", "Thượng tá Minh", "- PV05 (b/c);", "- Lưu: VT."):
        assert shown in page
    bad = client.post("/documents/07999/letterhead/", words | {"recipients": "gọi 0912345678", "body": ""})
    assert bad.status_code == 400 and Letterhead.objects.filter(commune=spring.chi_dam).count() == 2


def test_a_ward_and_a_city_have_their_own_symbols(cast):
    from reports.documents.letterheads import letterhead_of
    from reports.units import Unit

    city = f.province(name="Cần Thơ", kind="Thành phố")
    ward = f.commune(name="Ninh Kiều", kind="Phường", province=city)
    words = letterhead_of(Unit(city, ward))
    assert (words.superior, words.body) == ("CÔNG AN THÀNH PHỐ CẦN THƠ", "CÔNG AN PHƯỜNG NINH KIỀU")
    assert (words.symbol, words.signatory_title) == ("BC-CAP", "TRƯỞNG CÔNG AN PHƯỜNG")
    assert letterhead_of(Unit(city)).symbol == "BC-CATP"
    assert "Thành ủy, UBND thành phố (để báo cáo)" in letterhead_of(Unit(city)).recipients
