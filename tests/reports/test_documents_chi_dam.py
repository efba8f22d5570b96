"""Chí Đám's first half of 2025 as it was published: every figure in the text, in Word and in Excel."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT

from communes.models import Hamlet
from models_registry.models import Award, GroupKind, Initiative, InitiativeType, SelfManagementGroup
from reports.entry.grid import Row
from reports.entry.handovers import save_handover
from reports.models import WeaponHandover, WeaponKind
from reports.months import Month
from tests import factories as f

PUBLISHED = json.loads((Path(__file__).parent.parent / "data" / "chi_dam_2025_h1.json").read_text(encoding="utf-8"))
BACKEND = "django.contrib.auth.backends.ModelBackend"
ADDRESS = "/documents/07999/2025-H1/"
KINDS = (
    ("security_board", "security_boards", "security_board_members"),
    ("household_cluster", "household_clusters", "household_cluster_members"),
    ("teacher_group", "teacher_groups", None),
    ("student_group", "student_groups", None),
)


def shared_out(total, parts):
    """Divide a total among so many parts."""
    return [total // parts + (place < total % parts) for place in range(parts)]


@pytest.fixture
def chi_dam(cast):
    """The register and the six months of the example."""
    register, commune = PUBLISHED["registry_at_end"], cast.chi_dam
    Hamlet.objects.filter(commune=commune).update(covenant_on="2024-01-01")
    for number in range(len(cast.khu), register["hamlets"]):
        f.hamlet(commune, f"Thôn {number}", covenant_on="2024-01-01")
    for kind, groups, members in KINDS:
        counts = shared_out(register[members], register[groups]) if members else [None] * register[groups]
        SelfManagementGroup.objects.bulk_create(
            SelfManagementGroup(commune=commune, kind=GroupKind.objects.get(code=kind), name=f"{kind} {place}",
                                declared_members=count)
            for place, count in enumerate(counts)
        )  # fmt: skip
    kinds = InitiativeType.objects.all()
    for kind, name in zip(kinds, PUBLISHED["initiatives"], strict=False):
        Initiative.objects.create(commune=commune, type=kind, name=name, started_on="2024-01-01")
    for kind in ("ministry", "province"):
        Award.objects.create(commune=commune, kind=kind, collectives=1, awarded_on="2025-06-01")
    shares = {code: shared_out(total, 6) for code, total in PUBLISHED["flows"].items()}
    for number in range(6):
        month, now = Month(2025, number + 1), datetime(2025, 7, 1, tzinfo=UTC)
        report = f.report(commune, cast.lan, month, now)
        values = {code: share[number] for code, share in shares.items()}
        values |= PUBLISHED["stocks_at_end"] | {"tips": values["valuable_tips"] + 3}
        by_hamlet = {code: values.pop(code) for code in ("patrols", "patrol_attendance")}
        cells = {(Row(), code): value for code, value in values.items()}
        cells |= {(Row(hamlet=cast.khu[number % 3].pk), code): value for code, value in by_hamlet.items()}
        f.fill(report, cast.lan, cells, now)
        if not number:
            kind = WeaponKind.objects.get(code=PUBLISHED["weapons"][0]["kind"])
            save_handover(WeaponHandover(report=report), by=cast.lan, now=now, kind=kind, quantity=11)
        f.bring(report, "approved", now)
    return cast


STATED = (
    "39/39 khu dân cư", "39 Ban an ninh, trật tự khu dân cư với 281 thành viên",
    "226 tổ (nhóm) liên gia tự quản với 5.489 thành viên", "13 tổ nhà giáo tự quản", "09 tổ người học tự quản",
    "06 mô hình", "202 lượt tuần tra với 832 lượt người tham gia", "42 tin có giá trị",
    "11 vũ khí, vật liệu nổ, công cụ hỗ trợ chưa phân loại", "23 người chấp hành án treo", "07 người cải tạo không giam giữ",
    "01 người được hoãn", "21 người chấp hành xong án phạt tù",
    "02 tập thể được khen thưởng, gồm: Bằng khen Bộ Công an cho 01 tập thể", *PUBLISHED["initiatives"],
)  # fmt: skip
IN_APPENDIX = {
    "Khu dân cư (thôn, bản, tổ dân phố)": 39, "Khu dân cư có quy ước về ANTT": 39, "Ban ANTT khu dân cư": 39,
    "Thành viên Ban ANTT": 281, "Tổ (nhóm) liên gia tự quản": 226, "Thành viên tổ liên gia tự quản": 5489,
    "Tổ nhà giáo tự quản": 13, "Tổ người học tự quản": 9, "Mô hình đang duy trì hoạt động": 6, "Lượt tuần tra": 202,
    "Lượt người tham gia tuần tra": 832, "Trong đó: tin có giá trị": 42, "Người chấp hành án treo": 23,
    "Người cải tạo không giam giữ": 7, "Người được hoãn, tạm đình chỉ chấp hành án": 1,
    "Người chấp hành xong án phạt tù được quản lý, giúp đỡ": 21, "Tập thể được khen thưởng": 2,
}  # fmt: skip


def get(client, user, address=ADDRESS):
    client.force_login(user, backend=BACKEND)
    response = client.get(address)
    assert response.status_code == 200
    return response


def test_the_page_states_what_was_published(client, chi_dam):
    page = re.sub(r"<[^>]*>", "", get(client, chi_dam.minh).content.decode().split("sheet-appendix")[0])
    for words in STATED:
        assert words in page, words
    assert "so với" not in get(client, chi_dam.minh, f"{ADDRESS}print/").content.decode().split("sheet-appendix")[0]


def test_the_word_document_states_it_and_is_laid_out_by_the_decree(client, chi_dam):
    document = Document(io.BytesIO(get(client, chi_dam.minh, f"{ADDRESS}word/").content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for words in STATED:
        assert words in text, words
    assert "{{" not in text and "{%" not in text
    portrait, landscape = document.sections
    assert (round(portrait.page_width.mm), round(portrait.page_height.mm)) == (210, 297)
    assert landscape.orientation == WD_ORIENT.LANDSCAPE
    assert 30 <= round(portrait.left_margin.mm) <= 35 and 15 <= round(portrait.right_margin.mm) <= 20
    assert 20 <= round(portrait.top_margin.mm) <= 25 and 20 <= round(portrait.bottom_margin.mm) <= 25
    assert portrait.different_first_page_header_footer and not portrait.first_page_header.paragraphs[0].text
    assert "PAGE" in portrait.header._element.xml
    head, foot, *appendix = document.tables
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head.cell(0, 1).text
    assert head.cell(0, 0).text.split("\n")[:2] == ["CÔNG AN TỈNH PHÚ THỌ", "CÔNG AN XÃ CHÍ ĐÁM"]
    assert "/BC-CAX" in head.cell(0, 0).text and "Nơi nhận:" in foot.cell(0, 0).text
    assert "TRƯỞNG CÔNG AN XÃ" in foot.cell(0, 1).text
    assert document.styles["Normal"].font.name == "Times New Roman"
    bodies = [p for p in document.paragraphs if p.style.name in ("Đoạn văn", "Đoạn cuối")]
    assert bodies[-1].text.endswith("./.") and all(13 <= p.style.font.size.pt <= 14 for p in bodies)
    assert all(row._tr.trPr is not None and "cantSplit" in row._tr.trPr.xml for row in appendix[0].rows)
    assert "tblHeader" in appendix[0].rows[0]._tr.trPr.xml and "tblHeader" in appendix[0].rows[1]._tr.trPr.xml
    found = {row.cells[1].text: row.cells[3].text for row in appendix[0].rows}
    for name, value in IN_APPENDIX.items():
        assert found[name] == f"{value:,}".replace(",", "."), name
    assert appendix[1].rows[2].cells[3].text == "11"
    hamlets = [row.cells[1].text for row in appendix[2].rows]
    assert len(hamlets) == 1 + 39 + 1 + 1  # head, hamlets, what has none, total
    assert hamlets[1:4] == ["Khu 1", "Khu 2", "Khu 10"]


def test_the_workbook_holds_the_same_figures_as_numbers(client, chi_dam):
    book = openpyxl.load_workbook(io.BytesIO(get(client, chi_dam.minh, f"{ADDRESS}excel/").content))
    assert book.sheetnames == ["Chỉ tiêu", "Vũ khí", "Theo khu dân cư"]
    sheet = book["Chỉ tiêu"]
    found = {row[1].value: row[3].value for row in sheet.iter_rows(min_row=8)}
    assert {name: found[name] for name in IN_APPENDIX} == IN_APPENDIX
    assert found["Vụ cháy, sự cố do quần chúng phát hiện, xử lý ban đầu"] is None
    assert book["Vũ khí"]["D8"].value == 11
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.freeze_panes and sheet.print_title_rows and sheet.print_area
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0


def test_the_print_page_and_an_issued_version_state_it_too(client, chi_dam):
    page = get(client, chi_dam.lan, f"{ADDRESS}print/").content.decode()
    assert all(words in page for words in STATED)
    client.force_login(chi_dam.minh, backend=BACKEND)
    response = client.post(f"{ADDRESS}issue/", {"number": 7, "day": "2025-07-02"}, follow=True)
    page = response.content.decode()
    assert all(words in page for words in STATED)
    assert "Số: 07/BC-CAX" in page and "Chí Đám, ngày 02 tháng 7 năm 2025" in page
