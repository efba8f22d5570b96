"""Word templates of provinces: uploaded, checked by filling them, one in use at a time."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from lxml import etree

from communes.models import Province, User
from communes.refusals import Refused
from communes.trail.recording import Act, record
from reports.documents.docx import FIELDS, Unfillable, filled
from reports.documents.letterheads import objection
from reports.models import ReportTemplate
from reports.units import Unit

MAX_BYTES = 3 * 1024 * 1024
MAX_UNPACKED = 30 * 1024 * 1024
MAX_FILES = 500
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BODY = "word/document.xml"
HYPERLINK = "/relationships/hyperlink"
MOST_CODES = 4000  # letters of field codes in one part
FIELD_CODES = re.compile(
    r'(?:(?:PAGE|NUMPAGES|SECTIONPAGES|DATE|TIME)(?: \\[*@#] ?(?:"[^"]*"|\w+))* ?)*', re.IGNORECASE
)
HELP = "Hãy tải mẫu của hệ thống về, sửa trong Word rồi tải lên."
SAYINGS = {
    "syntax": "Mẫu viết sai cú pháp trường. Mỗi {{ … }} và {% … %} phải đóng đủ; mỗi for có endfor, mỗi if có endif.",
    "forbidden": "Mẫu dùng phép không được phép. Chỉ ghi tên trường, vòng lặp for và điều kiện if như trong mẫu của "
    "hệ thống.",
    "slow": "Điền thử mẫu này quá lâu nên đã dừng. Mẫu chỉ nên có các vòng lặp như trong mẫu của hệ thống.",
    "large": "Điền thử mẫu này cho ra tệp quá lớn. Mẫu chỉ nên có các vòng lặp như trong mẫu của hệ thống.",
    "broken": f"Không điền thử được mẫu này: tệp bị hỏng hoặc bố trí lạ. {HELP}",
}


class Unusable(Exception):
    """The file cannot serve as a template; the message says why and what to do, in Vietnamese."""


def template_in_use(province: Province) -> ReportTemplate | None:
    """The template a province uses; None: the project's own."""
    return ReportTemplate.objects.filter(province=province, active=True).first()


def add_template(
    unit: Unit, name: str, content: bytes, sample: dict[str, Any], *, by: User, now: datetime
) -> ReportTemplate:
    """Check a template by filling it with ``sample`` words, and use it from now on.

    Raises :class:`Refused`, :class:`Unusable`.
    """
    refusal = objection(unit, by)
    if refusal:
        raise Refused(refusal)
    check(content, sample)
    with transaction.atomic():
        record(Act.SETTING, "Thêm mẫu báo cáo Word", by=by, place=unit.province)
        ReportTemplate.objects.filter(province=unit.province, active=True).update(active=False)
        return ReportTemplate.objects.create(
            province=unit.province, name=name[-150:] or "mau.docx", content=content, active=True, by=by, at=now
        )


def use(unit: Unit, template: ReportTemplate | None, *, by: User) -> None:
    """Use one of the province's templates again, or (None) the project's own. Raises :class:`Refused`."""
    refusal = objection(unit, by)
    if refusal:
        raise Refused(refusal)
    with transaction.atomic():
        record(Act.SETTING, "Chọn mẫu báo cáo Word", by=by, place=unit.province)
        ReportTemplate.objects.filter(province=unit.province, active=True).update(active=False)
        if template:
            ReportTemplate.objects.filter(pk=template.pk).update(active=True)


def check(content: bytes, sample: dict[str, Any]) -> None:
    """Refuse what is not a plain .docx, what hides something, and what cannot be filled.

    Raises :class:`Unusable` with a sentence.
    """
    if not content:
        raise Unusable("Tệp rỗng. Hãy chọn tệp mẫu .docx.")
    if len(content) > MAX_BYTES:
        raise Unusable("Mẫu nặng quá 3 MB. Hãy bỏ ảnh lớn rồi tải lại.")
    if content.startswith(OLE):
        raise Unusable("Tệp .doc cũ hoặc đặt mật khẩu. Hãy lưu lại thành .docx không mật khẩu rồi tải lên.")
    if not content.startswith(ZIP):
        raise Unusable(f"Đây không phải là tệp Word .docx. {HELP}")
    _check_archive(content)
    try:
        filled(content, sample)
    except Unfillable as error:
        raise Unusable(explained(error.answer)) from error


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if BODY not in names:
                raise Unusable(f"Đây không phải là tệp Word .docx. {HELP}")
            if len(names) > MAX_FILES:
                raise Unusable(f"Tệp có quá nhiều phần bên trong. {HELP}")
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Unusable(f"Tệp bị hỏng. {HELP}") from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Unpack within bounds; refuse macros, embedded programs, and what is fetched from elsewhere."""
    unpacked = 0
    for info in archive.infolist():
        name = info.filename.lower()
        if "vbaproject" in name or name.endswith(".bin") or "/activex/" in name or "/embeddings/" in name:
            raise Unusable("Tệp có macro hoặc đối tượng nhúng. Hãy lưu lại thành .docx (Word Document) không có macro.")
        content = b""
        with archive.open(info) as part:
            while block := part.read(256 * 1024):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED:
                    raise Unusable(f"Tệp bung ra quá lớn. {HELP}")
                if name.endswith((".rels", ".xml")):
                    content += block
        _check_part(name, content)


def _check_part(name: str, content: bytes) -> None:
    if not name.endswith((".xml", ".rels")):
        return
    if b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # NUL: not UTF-8, read differently
        raise Unusable(f"Tệp khai báo thực thể XML lạ. {HELP}")
    if name == "[content_types].xml" and b"macroEnabled" in content:
        raise Unusable("Tệp có macro. Hãy lưu lại thành .docx (Word Document) không có macro.")
    codes = []
    for element in _elements(content):
        tag = etree.QName(element).localname
        if tag == "Relationship":
            _check_link(element)
        elif tag == "altChunk":
            raise Unusable(f"Mẫu nhúng nội dung của tệp khác. {HELP}")
        elif tag in ("instrText", "fldSimple"):
            own = next((value for key, value in element.attrib.items() if key.endswith("}instr")), "")
            codes.append(own if tag == "fldSimple" else element.text or "")
    said = " ".join(" ".join(codes).split())
    if len(said) > MOST_CODES or not FIELD_CODES.fullmatch(said):
        raise Unusable("Mẫu có mã trường của Word ngoài số trang và ngày tháng. Hãy bỏ các mã trường đó.")


def _elements(content: bytes) -> Iterator[Any]:
    """Walk through a part without keeping it; raises :class:`Unusable` for what is no XML."""
    try:
        walk = etree.iterparse(io.BytesIO(content), resolve_entities=False, no_network=True, load_dtd=False)
        for _, element in walk:
            if isinstance(element.tag, str):
                yield element
            element.clear()
    except etree.XMLSyntaxError as error:
        raise Unusable(SAYINGS["broken"]) from error


def _check_link(link: Any) -> None:
    """Refuse what Word would fetch from elsewhere when it opens the report; links to click are no such thing."""
    outside = link.get("TargetMode", "").strip().lower() == "external"
    if outside and not link.get("Type", "").endswith(HYPERLINK):
        raise Unusable("Mẫu lấy nội dung từ nơi khác (ảnh, mẫu, khung liên kết). Hãy bỏ các liên kết ngoài đó.")


def explained(answer: dict[str, Any]) -> str:
    """Say in Vietnamese what the renderer found wrong."""
    if answer["error"] == "unknown":
        names = ", ".join(f"“{name}”" for name in answer["fields"][:10])
        return f"Mẫu dùng trường chưa biết: {names}. Các trường dùng được: {known_fields()}."
    if answer["error"] == "undefined":
        quoted = re.findall(r"'([^']+)'", answer.get("said", ""))
        shown = f"“{quoted[-1]}”" if quoted else ""
        return f"Mẫu dùng một phần chưa biết của trường: {shown}. Xem danh sách trường ở cuối trang."
    return SAYINGS.get(answer["error"], SAYINGS["broken"])


def known_fields() -> str:
    """The names of all fields in a line."""
    return ", ".join(field.name for field in FIELDS)
