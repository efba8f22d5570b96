"""Word templates of provinces: uploaded, checked by filling them, one in use at a time."""

import functools
import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction

from communes import caching
from communes.models import Province, User
from communes.privacy import without_personal_numbers
from communes.refusals import Objection, Refused
from communes.trail.recording import Act, record
from reports.documents import parts
from reports.documents.docx import FIELDS, RENDERER, Unfillable, filled
from reports.documents.letterheads import objection
from reports.documents.parts import BROKEN, NO_WORD, Unusable, check_archive
from reports.documents.rendering import FIRST
from reports.models import ReportTemplate
from reports.units import Unit

Sample = Callable[[], dict[str, Any]]
"""Makes the words that a template is tried with."""
MAX_BYTES = 3 * 1024 * 1024
REMEMBERED = 3600  # seconds
PASSING = ("slow", "large")
"""What may be the machine's fault, which is busy or short of memory: no word against a template that was taken."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LOOPS = "Mẫu chỉ nên có các vòng lặp như trong mẫu của hệ thống."
SAYINGS = {
    "syntax": "Mẫu viết sai cú pháp trường. Mỗi {{ … }} và {% … %} phải đóng đủ; mỗi for có endfor, mỗi if có endif.",
    "forbidden": "Mẫu dùng phép không được phép. Chỉ ghi tên trường, vòng lặp for và điều kiện if như trong mẫu của "
    "hệ thống.",
    "slow": f"Điền thử mẫu này quá lâu nên đã dừng. {LOOPS}",
    "large": f"Điền thử mẫu này cho ra tệp quá lớn. {LOOPS}",
    "broken": BROKEN,
}


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
            province=unit.province,
            name=without_personal_numbers(name[-150:]) or "mau.docx",
            content=content,
            active=True,
            by=by,
            at=now,
        )


def use(unit: Unit, template: ReportTemplate | None, sample: Sample, *, by: User) -> None:
    """Use one of the province's templates again, or (None) the project's own.

    Raises :class:`Refused`, for one too that was taken formerly and would not be today.
    """
    refusal = objection(unit, by)
    if refusal:
        raise Refused(refusal)
    if template and (said := fault(template, sample)):
        raise Refused(Objection(f"Mẫu “{template}” nay không dùng được: {said} Hãy sửa rồi tải lên lại."))
    with transaction.atomic():
        record(Act.SETTING, "Chọn mẫu báo cáo Word", by=by, place=unit.province)
        ReportTemplate.objects.filter(province=unit.province, active=True).update(active=False)
        if template:
            ReportTemplate.objects.filter(pk=template.pk).update(active=True)


def fault(template: ReportTemplate, sample: Sample) -> str:
    """Say why a template that was taken formerly would not be today; "" where it would.

    What is allowed changes with the project, so the answer is remembered for its rules, and for a while. Where the
    machine cannot tell now nothing is said, nor remembered.
    """
    key = f"template-fault-{template.pk}-{_rules()}"
    said: str | None = caching.get(key)
    if said is None:
        said = ""
        try:
            check(bytes(template.content), sample())
        except Unusable as error:
            why = error.__cause__
            if isinstance(why, Unfillable) and why.answer["error"] in PASSING:
                return ""
            said = str(error)
        caching.remember({key: said}, REMEMBERED)
    return said


@functools.cache
def _rules() -> str:
    """What the rules of templates are now, as a word."""
    return sha256(RENDERER.read_bytes() + Path(parts.__file__).read_bytes()).hexdigest()[:16]


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
        raise Unusable(NO_WORD)
    check_archive(content)
    try:
        filled(content, sample, FIRST)
    except Unfillable as error:
        raise Unusable(explained(error.answer)) from error


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
