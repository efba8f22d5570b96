"""Published totals: read as they are written in reports and newspapers, kept by those who answer for the unit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.counts import parse_count
from communes.models import User
from communes.names import clean, fold
from communes.privacy import refuse_personal_numbers
from communes.refusals import Forbidden, Objection, Refused, require
from reports.entry.handovers import read_quantity
from reports.models import Home, Indicator, PublishedTotal, WeaponKind
from reports.months import Month, Span

Mark = PublishedTotal.Mark
MARKS = {mark.label: mark for mark in Mark} | {"trên": Mark.OVER, "xấp xỉ": Mark.NEAR, "ước": Mark.ABOUT}
MARKED = re.compile(rf"(?:({'|'.join(MARKS)})\s+)?([0-9][0-9.,\s]*)(.*)", re.IGNORECASE)
LONGEST = 100  # of a figure in words
SHORTEST = 3  # "O", "x" and "l2" are slips of the hand
SESSIONS = frozenset({"buổi", "cuộc"})  # newspapers write either of the same meetings
WEAPON = "weapon:"
OR_WORDS = "Ghi số, hoặc lời như nguồn viết"


class Read(NamedTuple):
    """A figure as it was published: a number with its mark, or words."""

    value: Decimal | None
    mark: str
    words: str


class Source(NamedTuple):
    """Where figures were published."""

    text: str
    number: str = ""
    day: date | None = None


@dataclass
class Publication:
    """What became of the figures, by their keys."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """Say it: "mới 3, đổi 1, bỏ 0, giữ nguyên 8"."""
        counts = (len(keys) for keys in (self.new, self.changed, self.removed, self.unchanged))
        return "mới {}, đổi {}, bỏ {}, giữ nguyên {}".format(*counts)


def read_published(text: str, unit: str) -> Read | None:
    """Read "hơn 43.000 lượt", "gần 170 cuộc", "1.164", "468,281" or words ("hàng nghìn tin"); None for a blank.

    ``unit`` may follow the number. Raises ``ValidationError`` with a sentence.
    """
    plain = clean(text)
    if not plain:
        return None
    found = MARKED.fullmatch(plain)
    if found and _is_unit(found[3].strip().lower(), unit.lower()):
        return Read(_number(found[2].strip(), unit), MARKS[found[1].lower()] if found[1] else "", "")
    if found:
        raise ValidationError(f"“{plain}”: chỉ tiêu đếm bằng {unit}; ghi số theo đơn vị ấy, hoặc ghi hẳn bằng lời.")
    if len(plain) > LONGEST:
        raise ValidationError(f"Dài quá {LONGEST} ký tự.")
    if not plain[0].isalpha():
        raise ValidationError(f"“{plain}” không phải là số. {OR_WORDS}: hàng nghìn tin.")
    if len(fold(plain)) < SHORTEST or plain.upper() in ("TRUE", "FALSE"):
        raise ValidationError(f"“{plain}” không phải là số, cũng không rõ là lời gì. {OR_WORDS}.")
    refuse_personal_numbers(plain, "số đã công bố")
    return Read(None, "", plain)


def _is_unit(written: str, unit: str) -> bool:
    """Whether what follows a number names the unit: in full, by its first words ("lượt" of "lượt người"), or not."""
    return not written or f"{unit} ".startswith(f"{written} ") or {written, unit} <= SESSIONS


def _number(text: str, unit: str) -> Decimal:
    """Read a count, or a quantity of what is weighed, measured or paid."""
    if "đồng" in unit.lower() or WeaponKind(unit=unit).is_divisible:
        value = read_quantity(text, WeaponKind(unit="kg" if "đồng" in unit.lower() else unit))
        if value >= 10**12 or value != value.quantize(Decimal("0.001")):
            raise ValidationError(f"“{text}” quá lớn hoặc quá ba chữ số lẻ.")
        return value
    try:
        return Decimal(parse_count(text) or 0)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def objection(home: Home, user: User) -> Objection | None:
    """Say why ``user`` may not keep the published totals of a unit, or return None.

    A commune keeps its own and those of the former ones whose main heir it is; a province those of every unit in it
    and in the provinces it succeeded.
    """
    if user.reviews(home.province):
        return None
    if user.is_commune and home.commune and home.commune.pk in user.communes_seen:
        return None
    return Forbidden("Số liệu đã công bố do đơn vị hoặc cán bộ duyệt của tỉnh ghi; tài khoản của bạn chỉ xem.")


def span_objection(home: Home, span: Span, now: datetime) -> Objection | None:
    """Say why a unit has no totals of a span, or return None."""
    cutoff = home.province.cutoff
    if span.first > Month.at(now, cutoff):
        return Objection(f"Kỳ {span.title} chưa bắt đầu.")
    ended = home.unit.ended_on
    if ended and span.window(cutoff)[0] > ended:
        name = f"{home.unit.kind} {home.unit.name}"
        return Objection(f"{name} đã kết thúc ngày {ended:%d/%m/%Y} nên không có số liệu của {span.title}.")
    return None


def publish(
    home: Home, span: Span, source: Source, figures: Mapping[str, str], *, by: User, now: datetime
) -> Publication:
    """Keep what a source says of a unit's span, all or nothing; a blank takes a figure back, its history stays.

    ``figures`` are texts by key ("patrols", "weapon:homemade_gun"). Raises :class:`Refused`, or ``ValidationError``
    by key ("source", "number", "day" beside the figures').
    """
    require(objection(home, by))
    if refusal := span_objection(home, span, now):
        raise Refused(refusal)
    source = Source(clean(source.text), clean(source.number), source.day)
    if not source.text:
        raise ValidationError({"source": "Ghi nguồn: báo cáo, văn bản hoặc báo nào đã công bố."})
    things, errors = _things(figures)
    wanted = _read(figures, things, errors)
    with transaction.atomic():
        kept = PublishedTotal.objects.of(home).filter(span=str(span), source=source.text)
        known = {one.key: one for one in kept.select_related("indicator", "weapon", "province", "district", "commune")}
        outcome, rows = Publication(), []
        for key, read in wanted.items():
            row = known.get(key) or _row(home, span, source, things[key])
            if _changes(row, key, read, source, outcome):
                row.by, row.at, row._history_user = by, now, by
                rows.append((key, row))
        for key, row in rows:
            if key not in outcome.removed:
                errors |= _faults(key, row)
        if errors:
            raise ValidationError(errors)
        for key, row in rows:
            row.delete() if key in outcome.removed else row.save()
    return outcome


def _things(figures: Mapping[str, str]) -> tuple[dict[str, Indicator | WeaponKind], dict[str, Any]]:
    """Key → what it names; and a sentence for each key that names nothing."""
    codes = [key for key in figures if not key.startswith(WEAPON)]
    kinds = [key.removeprefix(WEAPON) for key in figures if key.startswith(WEAPON)]
    found: dict[str, Indicator | WeaponKind] = {one.code: one for one in Indicator.objects.filter(code__in=codes)}
    found |= {f"{WEAPON}{one.code}": one for one in WeaponKind.objects.filter(code__in=kinds)}
    errors = {key: f"Không có chỉ tiêu hoặc loại vũ khí mang mã “{key}”." for key in figures if key not in found}
    return found, errors


def _read(
    figures: Mapping[str, str], things: Mapping[str, Indicator | WeaponKind], errors: dict[str, Any]
) -> dict[str, Read | None]:
    """Key → figure as it was published; what cannot be read is put into ``errors``."""
    found: dict[str, Read | None] = {}
    for key, thing in things.items():
        try:
            found[key] = read_published(figures[key], thing.unit)
        except ValidationError as error:
            errors[key] = error.messages
    return found


def _row(home: Home, span: Span, source: Source, thing: Indicator | WeaponKind) -> PublishedTotal:
    what = {"weapon" if isinstance(thing, WeaponKind) else "indicator": thing}
    where = {"province": home.province, "district": home.district, "commune": home.commune}
    return PublishedTotal(span=str(span), first=span.first, last=span.last, source=source.text, **where, **what)


def _changes(row: PublishedTotal, key: str, read: Read | None, source: Source, outcome: Publication) -> bool:
    """Put what was read into a row; say whether anything is to be written, and put the key where it belongs."""
    if read is None:
        if row.pk:
            outcome.removed.append(key)
        return row.pk is not None
    before = (row.value, row.mark, row.words, row.number, row.day)
    row.value, row.mark, row.words = read
    row.number, row.day = source.number, source.day
    same = row.pk is not None and before == (*read, source.number, source.day)
    (outcome.unchanged if same else outcome.changed if row.pk else outcome.new).append(key)
    return not same


def _faults(key: str, row: PublishedTotal) -> dict[str, Any]:
    """What the model says against a row: of its source by field, else by the figure's key."""
    try:
        row.full_clean(exclude=["by"])
    except ValidationError as error:
        about = ("source", "number", "day")
        said = error.message_dict
        own = [words for name, list_ in said.items() if name not in about for words in list_]
        return {name: said[name] for name in about if name in said} | ({key: own} if own else {})
    return {}
