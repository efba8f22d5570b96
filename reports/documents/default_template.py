"""Builds the project's own Word template, laid out as Decree 30/2020/NĐ-CP has it (domain, section 8).

``manage.py build_report_template`` writes it to ``reports/data/report_template.docx``, so that the binary
can be made again and reviewed here.
"""

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
LEFT, CENTER, JUSTIFY = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
LEFT_MM, RIGHT_MM = 64, 101  # of the two columns of the head
HEADINGS = ((1, "Mục I", True, False), (2, "Mục 1", True, False), (3, "Mục a", True, True))
APPENDIX = (
    "{%p for phu in phu_luc %}",
    ("Phụ lục", "PHỤ LỤC {{ phu.so }}"),
    ("Phụ lục nối", "{{ phu.tieu_de }}"),
    ("Kèm theo", "{{ phu.kem_theo }}"),
    "{{p phu.bang }}",
    "{%p for dong in phu.ghi_chu %}",
    ("Ghi chú bảng", "{{ dong }}"),
    "{%p endfor %}",
    "{%p endfor %}",
)


CHARTS = (
    "{%p if bieu_do %}",
    ("Phụ lục", "BIỂU ĐỒ"),
    ("Kèm theo", "{{ bieu_do[0].kem_theo }}"),
    "{%p for mot in bieu_do %}",
    ("Tên biểu đồ", "{{ mot.tieu_de }}"),
    "{{p mot.hinh }}",
    ("Ghi chú biểu đồ", "{{ mot.ghi_chu }}"),
    "{%p endfor %}",
    "{%p endif %}",
)


def build() -> bytes:
    """Return the template as a .docx."""
    document = Document()
    _styles(document)
    _page(document.sections[0])
    _page_number(document.sections[0])
    _head(document)
    _line(document, "Tên văn bản", "BÁO CÁO")
    _line(document, "Trích yếu", "{{ trich_yeu }}")
    _rule(document, 62)
    _text(document)
    _foot(document)
    _lines(document, CHARTS)
    _appendix(document)
    document.core_properties.author = "ANTQ"
    document.core_properties.title = "Mẫu báo cáo"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _style(document: Any, name: str, **looks: Any) -> Any:
    """Add a paragraph style: size in points, bold, italic, align, spaces in points, keep with the next."""
    made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = document.styles["Normal"]
    made.font.size, made.font.bold = Pt(looks.get("size", 14)), looks.get("bold", False)
    made.font.italic = looks.get("italic", False)
    layout = made.paragraph_format
    layout.alignment = looks.get("align", CENTER)
    layout.space_before, layout.space_after = Pt(looks.get("before", 0)), Pt(looks.get("after", 0))
    layout.keep_with_next = looks.get("keep", False)
    layout.first_line_indent = Mm(looks.get("indent", 0))
    layout.page_break_before = looks.get("new_page", False)
    return made


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _style(document, "Cơ quan chủ quản", size=13)
    _style(document, "Cơ quan ban hành", size=13, bold=True)
    _style(document, "Số ký hiệu", size=13, before=2)
    _style(document, "Quốc hiệu", size=13, bold=True)
    _style(document, "Tiêu ngữ", size=14, bold=True)
    _style(document, "Địa danh", size=14, italic=True, before=2)
    _style(document, "Tên văn bản", size=14, bold=True, before=18, keep=True)
    _style(document, "Trích yếu", size=14, bold=True, keep=True)
    for _, name, bold, italic in HEADINGS:
        _style(document, name, bold=bold, italic=italic, align=JUSTIFY, before=6, after=2, indent=12.7, keep=True)
    for name, keep in (("Đoạn văn", False), ("Đoạn cuối", True)):  # the signature never stands on a page alone
        body = _style(document, name, align=JUSTIFY, before=3, after=3, indent=12.7, keep=keep)
        body.paragraph_format.line_spacing = 1.1
        body.paragraph_format.widow_control = True
    _style(document, "Nơi nhận", size=12, bold=True, italic=True, align=LEFT)
    _style(document, "Dòng nơi nhận", size=11, align=LEFT)
    _style(document, "Chức vụ", size=14, bold=True, keep=True)
    _style(document, "Người ký", size=14, bold=True, before=76)
    _style(document, "Phụ lục", size=14, bold=True, keep=True, new_page=True)
    _style(document, "Phụ lục nối", size=14, bold=True, keep=True)
    _style(document, "Kèm theo", size=13, italic=True, after=6, keep=True)
    _style(document, "Ghi chú bảng", size=11, italic=True, align=LEFT, before=4)
    _style(document, "Tên biểu đồ", size=13, bold=True, before=8, after=2, keep=True)
    _style(document, "Ghi chú biểu đồ", size=11, italic=True)


def _page(section: Any, *, landscape: bool = False) -> None:
    """A4, margins of the decree: top and bottom 20, left 30, right 15 mm."""
    sides = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = (Mm(25), Mm(20)) if landscape else (Mm(30), Mm(15))
    section.header_distance = section.footer_distance = Mm(10)


def _page_number(section: Any) -> None:
    """Centred in the top margin, none on the first page."""
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = number.add_run()
        run.font.size = Pt(13)
        mark = (
            f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'
            if kind
            else (f'<w:instrText {nsdecls("w")} xml:space="preserve"> {text} </w:instrText>')
        )
        run._r.append(parse_xml(mark))


def _line(place: Any, style: str, text: str) -> Paragraph:
    return place.add_paragraph(text, style=style)


def _rule(place: Any, side_mm: float, right_mm: float | None = None) -> None:
    """A thin line between indents: the decree's lines under the names."""
    line = place.add_paragraph()
    layout = line.paragraph_format
    layout.left_indent, layout.right_indent = Mm(side_mm), Mm(side_mm if right_mm is None else right_mm)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(5)
    layout.space_before = Pt(3)
    border = '<w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/>'
    line._p.get_or_add_pPr().append(parse_xml(f"<w:pBdr {nsdecls('w')}>{border}</w:pBdr>"))
    properties = line._p.get_or_add_pPr()
    properties.insert(0, properties[-1])  # pBdr stands before spacing and ind


def _columns(document: Any, left: float, right: float) -> tuple[_Cell, _Cell]:
    """A borderless table of two columns."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, (left, right), strict=True):
        cell.width = Mm(width)
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = Mm(width)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    margins = '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    table._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    cells = table.rows[0].cells
    return cells[0], cells[1]


def _first(cell: _Cell, style: str, text: str) -> None:
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)


def _head(document: Any) -> None:
    left, right = _columns(document, LEFT_MM, RIGHT_MM)
    _first(left, "Cơ quan chủ quản", "{{ co_quan_chu_quan }}")
    _line(left, "Cơ quan ban hành", "{{ co_quan_ban_hanh }}")
    _rule(left, LEFT_MM * 0.31)
    _line(left, "Số ký hiệu", "{{ so_ky_hieu }}")
    _first(right, "Quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    _line(right, "Tiêu ngữ", "Độc lập - Tự do - Hạnh phúc")
    _rule(right, 19.5)
    _line(right, "Địa danh", "{{ dia_danh_ngay_thang }}")


def _text(document: Any) -> None:
    """The loop over headings and paragraphs; a template may lay each of them out."""
    normal = document.styles["Normal"].name
    _line(document, normal, "{%p for khoi in cac_doan %}")
    for depth, name, _, _ in HEADINGS:
        word = "if" if depth == 1 else "elif"
        _line(document, normal, f"{{%p {word} khoi.cap == {depth} %}}")
        _line(document, name, "{{ khoi.van_ban }}")
    _line(document, normal, "{%p elif loop.last %}")
    _line(document, "Đoạn cuối", "{{ khoi.van_ban }}")
    _line(document, normal, "{%p else %}")
    _line(document, "Đoạn văn", "{{ khoi.van_ban }}")
    _line(document, normal, "{%p endif %}")
    _line(document, normal, "{%p endfor %}")


def _foot(document: Any) -> None:
    gap = document.add_paragraph()
    gap.paragraph_format.line_spacing_rule, gap.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(10)
    gap.paragraph_format.keep_with_next = True
    left, right = _columns(document, 82, 83)
    _first(left, "Nơi nhận", "Nơi nhận:")
    for style, text in (
        ("Dòng nơi nhận", "{%p for dong in noi_nhan %}"),
        ("Dòng nơi nhận", "{{ dong }}"),
        ("Dòng nơi nhận", "{%p endfor %}"),
    ):
        _line(left, style, text)
    _first(right, "Chức vụ", "{%p for dong in chuc_vu_nguoi_ky %}")
    _line(right, "Chức vụ", "{{ dong }}")
    _line(right, "Chức vụ", "{%p endfor %}")
    _line(right, "Người ký", "{{ nguoi_ky }}")


def _appendix(document: Any) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _page(section, landscape=True)
    section.different_first_page_header_footer = False
    _lines(document, APPENDIX)


def _lines(document: Any, lines: Iterable[str | tuple[str, str]]) -> None:
    """Lines with their styles; what stands alone only says how the others are repeated."""
    for one in lines:
        style, text = ("Ghi chú bảng", one) if isinstance(one, str) else one
        _line(document, style, text)
