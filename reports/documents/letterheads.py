"""Letterheads: what a unit chose last, or what follows from its name."""

from datetime import datetime
from typing import Any

from communes.models import User
from communes.refusals import Forbidden, Objection, Refused
from communes.trail.recording import Act, record
from reports.models import Letterhead
from reports.units import Unit

SYMBOLS = {"Xã": "BC-CAX", "Phường": "BC-CAP", "Đặc khu": "BC-CAĐK", "Tỉnh": "BC-CAT", "Thành phố": "BC-CATP"}


def letterhead_of(unit: Unit) -> Letterhead:
    """Return the unit's letterhead; an unsaved one with the usual words where nobody has chosen yet."""
    known = Letterhead.objects.of(unit).order_by("-pk").first()
    return known or Letterhead(province=unit.province, commune=unit.commune, **usual(unit))


def usual(unit: Unit) -> dict[str, str]:
    """The words that follow from the unit's name (Decree 30/2020/NĐ-CP)."""
    province = f"Công an {unit.province.kind} {unit.province.name}"
    if unit.commune is None:
        kind = unit.province.kind
        return {
            "superior": "BỘ CÔNG AN",
            "body": province.upper(),
            "symbol": SYMBOLS.get(kind, "BC-CAT"),
            "place": unit.province.name,
            "signatory_title": "GIÁM ĐỐC",
            "recipients": "Bộ Công an (qua V05, để báo cáo)\n"
            f"{'Thành' if kind == 'Thành phố' else 'Tỉnh'} ủy, UBND {kind.lower()} (để báo cáo)\n"
            "Công an cấp xã\nLưu: VT",
        }
    kind = unit.commune.kind
    return {
        "superior": province.upper(),
        "body": f"Công an {kind} {unit.commune.name}".upper(),
        "symbol": SYMBOLS.get(kind, "BC-CAX"),
        "place": unit.commune.name,
        "signatory_title": f"Trưởng Công an {kind}".upper(),
        "recipients": f"{province.replace('Tỉnh', 'tỉnh')} (qua {unit.province.office_name}, để báo cáo)\n"
        f"Đảng ủy, HĐND, UBND {kind.lower()} (để báo cáo)\nLưu: VT",
    }


def objection(unit: Unit, user: User) -> Objection | None:
    """Say why ``user`` may not set the unit's letterhead, or return None."""
    if unit.is_signed_by(user):
        return None
    if unit.commune:
        return Forbidden("Chỉ chỉ huy Công an cấp xã của đơn vị được đặt thể thức văn bản.")
    return Forbidden("Chỉ cán bộ duyệt của tỉnh được đặt thể thức văn bản và mẫu báo cáo.")


def set_letterhead(unit: Unit, words: dict[str, Any], *, by: User, now: datetime) -> Letterhead:
    """Keep a new letterhead; the former ones stay. Raises :class:`Refused`."""
    refusal = objection(unit, by)
    if refusal:
        raise Refused(refusal)
    record(Act.SETTING, "Thể thức báo cáo", by=by, place=unit.commune or unit.province)
    return Letterhead.objects.create(province=unit.province, commune=unit.commune, by=by, at=now, **words)
