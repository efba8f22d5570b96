"""Word templates of provinces: uploaded, checked by filling them, one in use at a time."""

import io
import re
import zipfile
import zlib
from datetime import datetime
from typing import Any

from django.db import transaction

from communes.models import Province, User
from reports.documents.letterheads import objection
from reports.exports.docx import FIELDS, Unfillable, filled
from reports.models import ReportTemplate
from reports.refusals import Refused
from reports.units import Unit

MAX_BYTES = 3 * 1024 * 1024
MAX_UNPACKED = 30 * 1024 * 1024
MAX_FILES = 500
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BODY = "word/document.xml"
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
HYPERLINK = re.compile(rb"relationships/hyperlink[\"']", re.IGNORECASE)
RELATIONSHIP = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
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
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unusable(f"Tệp khai báo thực thể XML lạ. {HELP}")
    if name == "[content_types].xml" and b"macroEnabled" in content:
        raise Unusable("Tệp có macro. Hãy lưu lại thành .docx (Word Document) không có macro.")
    if name.endswith(".rels"):
        for link in RELATIONSHIP.findall(content):
            if EXTERNAL.search(link) and not HYPERLINK.search(link):
                raise Unusable("Mẫu lấy nội dung từ nơi khác (ảnh, mẫu, khung liên kết). Hãy bỏ các liên kết ngoài đó.")


def explained(answer: dict[str, Any]) -> str:
    """Say in Vietnamese what the renderer found wrong."""
    if answer["error"] == "unknown":
        names = ", ".join(f"“{name}”" for name in answer["fields"][:10])
        return f"Mẫu dùng trường chưa biết: {names}. Các trường dùng được: {known_fields()}."
    if answer["error"] == "undefined":
        names = re.findall(r"'([^']+)'", answer.get("said", ""))
        shown = f"“{names[-1]}”" if names else ""
        return f"Mẫu dùng một phần chưa biết của trường: {shown}. Xem danh sách trường ở cuối trang."
    return SAYINGS.get(answer["error"], SAYINGS["broken"])


def known_fields() -> str:
    """The names of all fields in a line."""
    return ", ".join(field.name for field in FIELDS)
