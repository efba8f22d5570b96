"""The report as a Word document: a template's fields filled with the words and tables of a paper.

The layout is a .docx; only the tables are drawn here, as WordprocessingML: a province's table has thousands
of cells, which python-docx would take many seconds over.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from communes.templatetags.vietnamese import number
from reports.documents.appendix import AppendixTable, Head
from reports.documents.charts import chart_xml, picture_xml
from reports.documents.outline import ROMANS
from reports.documents.paper import Paper
from reports.documents.parts import Unusable, check_archive
from reports.documents.rendering import CHART, RAW, SECONDS, rendered

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DEFAULT = Path(__file__).parent.parent / "data" / "report_template.docx"
RENDERER = Path(__file__).with_name("rendering.py")
MOST_UNPACKED = 200 * 1024 * 1024  # of a document: a province's year with every commune
TWIPS = 56.6929  # of a millimetre
SIZES = (20, 18)  # half-points of the text in a table, and in one with many columns
MANY = 12
CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")  # what no XML may hold, and the carriage return


class Slot(NamedTuple):
    """One field of a template: its name, what it holds, and how that is made of a paper."""

    name: str
    meaning: str
    value: Callable[[Paper], Any]


def _blocks(paper: Paper) -> list[dict[str, Any]]:
    return [{"cap": block.depth, "van_ban": block.text} for block in paper.text]


FIGURES = (
    ("ky_nay", "value"),
    ("ky_truoc", "previous"),
    ("cung_ky", "same_span_last_year"),
    ("luy_ke", "year_to_date"),
)


def _figures(paper: Paper) -> dict[str, dict[str, str]]:
    return {
        line.code: {"ten": line.name, "dvt": line.unit} | {name: number(getattr(line, of)) for name, of in FIGURES}
        for line in paper.facts.lines
    }


def _appendices(paper: Paper) -> list[dict[str, Any]]:
    many = len(paper.tables) > 1
    return [
        {
            "so": ROMANS[place] if many else "",
            "tieu_de": table.title.upper(),
            "kem_theo": paper.attached_to,
            "bang": {RAW: table_xml(table)},
            "ghi_chu": list(table.notes),
        }
        for place, table in enumerate(paper.tables)
    ]


def _charts(paper: Paper) -> list[dict[str, Any]]:
    return [
        {
            "tieu_de": chart.title,
            "kem_theo": paper.attached_to,
            "hinh": {RAW: picture_xml(chart), CHART: chart_xml(chart)},
            "ghi_chu": chart.note,
        }
        for chart in paper.charts
    ]


FIELDS = (
    Slot("co_quan_chu_quan", "Tên cơ quan chủ quản", lambda paper: paper.letterhead.superior),
    Slot("co_quan_ban_hanh", "Tên cơ quan ban hành", lambda paper: paper.letterhead.body),
    Slot("so_ky_hieu", "Số và ký hiệu, ví dụ Số: 12/BC-CAX", lambda paper: paper.number_line),
    Slot("dia_danh_ngay_thang", "Địa danh và ngày tháng", lambda paper: paper.place_line),
    Slot("trich_yeu", "Trích yếu nội dung, đứng dưới chữ BÁO CÁO", lambda paper: paper.subject),
    Slot("ky_bao_cao", "Tên kỳ, ví dụ 6 tháng đầu năm 2025", lambda paper: paper.facts.span.title),
    Slot(
        "cac_doan",
        "Toàn bộ lời văn: danh sách các khối, mỗi khối có cap (1, 2, 3 là đề mục; 0 là đoạn văn) và van_ban",
        _blocks,
    ),
    Slot("noi_nhan", "Danh sách các dòng nơi nhận", lambda paper: paper.recipients),
    Slot("chuc_vu_nguoi_ky", "Danh sách các dòng quyền hạn, chức vụ người ký", lambda paper: list(paper.titles)),
    Slot("nguoi_ky", "Cấp bậc, họ tên người ký", lambda paper: paper.letterhead.signatory),
    Slot(
        "phu_luc",
        "Danh sách phụ lục, mỗi phụ lục có so, tieu_de, kem_theo, bang (dùng {{p bang }}) và ghi_chu",
        _appendices,
    ),
    Slot(
        "bieu_do",
        "Danh sách biểu đồ, mỗi biểu đồ có tieu_de, kem_theo, hinh (dùng {{p hinh }}) và ghi_chu",
        _charts,
    ),
    Slot(
        "so_lieu",
        "Từng chỉ tiêu theo mã: so_lieu.patrols.ky_nay (cũng có ten, dvt, ky_truoc, cung_ky, luy_ke)",
        _figures,
    ),
)
"""Everything a template may ask for."""


def words_of(paper: Paper) -> dict[str, Any]:
    """Return what the fields of a template hold for a paper."""
    return {field.name: _clean(field.value(paper)) for field in FIELDS}


def _clean(value: Any) -> Any:
    """Drop control characters from every text of a field, however deep."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


class Unfillable(Exception):
    """A template cannot be filled; ``answer`` is what the renderer said."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["error"])
        self.answer = answer


@cache
def default_template() -> bytes:
    """The project's own template (``manage.py build_report_template`` makes it)."""
    return DEFAULT.read_bytes()


def document(paper: Paper, template: bytes | None = None) -> bytes:
    """Return the report as a .docx, by an uploaded template or the project's own.

    Raises :class:`Unfillable` for an uploaded template that does not work.
    """
    words = words_of(paper)
    return rendered(default_template(), words) if template is None else filled(template, words)


def filled(template: bytes, words: dict[str, Any], seconds: int | None = None) -> bytes:
    """Fill an uploaded template in a process of its own, with bounded memory and time, and look at what came out.

    Raises :class:`Unfillable`.
    """
    seconds = seconds or SECONDS
    question = {"template": base64.b64encode(template).decode("ascii"), "words": words}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(RENDERER), str(seconds)],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=1.5 * seconds,
            check=True,
            env={},
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise Unfillable({"error": "slow"}) from error
    except subprocess.CalledProcessError as error:
        raise Unfillable({"error": "slow" if error.returncode < 0 else "large"}) from error
    except ValueError as error:
        raise Unfillable({"error": "broken", "said": ""}) from error
    if "error" in answer:
        raise Unfillable(answer)
    made = base64.b64decode(answer["document"])
    try:
        check_archive(made, unpacked=MOST_UNPACKED, beside=template)
    except Unusable as error:
        raise Unfillable({"error": "forbidden", "said": str(error)}) from error
    return made


# Tables ----------------------------------------------------------------------------------------

BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
ALIGNED = {"text": "left", "count": "right", "signed": "right", "rate": "right"}


def table_xml(table: AppendixTable) -> str:
    """Draw a table: its head repeats on each page, no row splits, a section stays with its first row."""
    widths = [round(column.width * TWIPS) for column in table.columns]
    size = SIZES[len(widths) > MANY]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = chain(_heads(table, widths, size), _rows(table, widths, size))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _heads(table: AppendixTable, widths: list[int], size: int) -> list[str]:
    upper, lower = table.heads
    rows = [_head_row(table, widths, size, upper, second=False)]
    return [*rows, _head_row(table, widths, size, lower, second=True)] if lower else rows


def _head_row(table: AppendixTable, widths: list[int], size: int, heads: list[Head], *, second: bool) -> str:
    """One row of the head; in the second, columns without a group go on with the cell above."""
    cells, place = [], 0
    waiting = iter(heads)
    while place < len(widths):
        inside = second and not table.columns[place].group
        head = Head("", 1, 1) if inside else next(waiting)
        width = sum(widths[place : place + head.columns])
        span = f'<w:gridSpan w:val="{head.columns}"/>' if head.columns > 1 else ""
        merge = "<w:vMerge/>" if inside else '<w:vMerge w:val="restart"/>' if head.rows > 1 else ""
        cells.append(_cell(head.text, width, "center", size, bold=True, more=span + merge, keep=True))
        place += head.columns
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _rows(table: AppendixTable, widths: list[int], size: int) -> list[str]:
    drawn = []
    for kind, values in table.written:
        if kind == "section":
            span = f'<w:gridSpan w:val="{len(widths)}"/>'
            cells = _cell(values[0][1], sum(widths), "left", size, bold=True, more=span, keep=True)
        else:
            bold = kind == "total"
            cells = "".join(
                _cell("" if bold and not place else text, width, ALIGNED[form] if place else "center", size, bold=bold)
                for place, (width, (form, text)) in enumerate(zip(widths, values, strict=True))
            )
        drawn.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    return drawn


def _cell(
    text: str, width: int, align: str, size: int, *, bold: bool = False, more: str = "", keep: bool = False
) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}<w:vAlign w:val="center"/></w:tcPr>'
        f"<w:p><w:pPr>{'<w:keepNext/>' if keep else ''}"
        '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/><w:ind w:left="0" w:firstLine="0"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr>'
        f'{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )
