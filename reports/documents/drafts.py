"""What people write over the drafted paragraphs: kept when figures move, shown beside the new draft.

Every save says which revision of the edit its writer saw; where somebody has saved meanwhile, both texts
come back and nothing is overwritten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from communes.models import User
from communes.names import visible
from communes.privacy import refuse_personal_numbers, without_personal_numbers
from communes.refusals import Forbidden, Objection, Refused
from reports.documents.outline import BY_KEY, OPEN, Paragraph
from reports.models import DraftEdit
from reports.models.documents import MOST_WORDS
from reports.months import Span
from reports.totals.inquiry import Include
from reports.units import Unit

Kind = DraftEdit.Kind
OWN = "own-"  # keys of paragraphs that somebody added
MOST_ADDED = 60
MOST_DRAFTED = 20_000  # far more than any draft
CONTROL = {code: " " for code in range(32) if code not in (9, 10, 13)}  # what no database and no XML may hold


@dataclass(frozen=True)
class Draft:
    """The report whose words are written: a unit, a span, which monthly reports count."""

    unit: Unit
    span: Span
    include: Include

    @property
    def edits(self) -> list[DraftEdit]:
        """Everything that was written over it."""
        return list(self.rows.select_related("by"))

    @property
    def rows(self) -> QuerySet[DraftEdit]:
        """The same as a query."""
        return DraftEdit.objects.of(self.unit).filter(span=self.span.name, include=self.include)


@dataclass(frozen=True)
class Entry:
    """One place of the text: what was drafted today (None: nothing any more), and what somebody made of it."""

    key: str
    section: str
    drafted: Paragraph | None = None
    edit: DraftEdit | None = None

    @property
    def moved(self) -> bool:
        """Whether today's draft differs from the one that was written over."""
        edit = self.edit
        return bool(edit and edit.kind != Kind.ADDED and edit.drafted != (self.drafted.text if self.drafted else ""))

    @property
    def dropped(self) -> bool:
        """Whether somebody took the paragraph out."""
        return bool(self.edit and self.edit.kind == Kind.DROPPED)

    @property
    def revision(self) -> int:
        """What a writer who sees it now has seen."""
        return self.edit.revision if self.edit else 0

    @property
    def text(self) -> str:
        """What stands in the report; "" for a dropped paragraph."""
        if self.edit:
            return "" if self.dropped else self.edit.text
        return self.drafted.text if self.drafted else ""

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs it gives the report: a line of its text each."""
        codes = self.drafted.codes if self.drafted and not self.edit else ()
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        return [
            Paragraph(f"{self.key}{f'-{place}' if place else ''}", self.section, line, codes)
            for place, line in enumerate(lines)
        ]


def merged(drafted: Iterable[Paragraph], edits: Sequence[DraftEdit]) -> list[Entry]:
    """Lay edits over today's draft: in the draft's order, then what is no longer drafted, then what was added."""
    by_key = {edit.key: edit for edit in edits}
    entries = [Entry(one.key, one.section, one, by_key.pop(one.key, None)) for one in drafted]
    rest = sorted(by_key.values(), key=lambda edit: (edit.kind == Kind.ADDED, edit.pk))
    return entries + [Entry(edit.key, edit.section, None, edit) for edit in rest]


def final(entries: Iterable[Entry]) -> tuple[Paragraph, ...]:
    """The paragraphs of the report as it stands."""
    return tuple(paragraph for entry in entries for paragraph in entry.paragraphs)


class Conflict(Exception):
    """Somebody else has saved the paragraph meanwhile; ``theirs`` is what stands there now, or None."""

    def __init__(self, theirs: DraftEdit | None) -> None:
        super().__init__("conflict")
        self.theirs = theirs


def objection(unit: Unit, user: User) -> Objection | None:
    """Say why ``user`` may not write the unit's report, or return None."""
    if unit.is_entered_by(user):
        return None
    if unit.commune:
        return Forbidden("Lời văn báo cáo của xã do Công an xã đó soạn; tài khoản của bạn chỉ xem và tải về.")
    return Forbidden("Lời văn báo cáo của tỉnh do cán bộ duyệt của tỉnh soạn; tài khoản của bạn chỉ xem và tải về.")


@dataclass(frozen=True)
class Writing:
    """What somebody does to one paragraph. ``drafted`` is the draft before her eyes, ``seen`` the revision."""

    key: str
    kind: str
    text: str = ""
    drafted: str = ""
    seen: int = 0


def write(draft: Draft, section: str, writing: Writing, *, by: User, now: datetime) -> DraftEdit:
    """Write over a paragraph, or drop it. Raises :class:`Refused`, :class:`Conflict`, ``ValidationError``."""
    _allowed(draft, by)
    text = _checked(writing)
    with transaction.atomic():
        theirs = draft.rows.select_for_update().filter(key=writing.key).first()
        if (theirs.revision if theirs else 0) != writing.seen:
            raise Conflict(theirs)
        edit = theirs or DraftEdit(
            province=draft.unit.province,
            commune=draft.unit.commune,
            span=draft.span.name,
            include=draft.include,
            key=writing.key,
            section=section,
            revision=0,
        )
        edit.kind, edit.text, edit.by, edit.at = writing.kind, text, by, now
        # it comes back from the page, where anything may be written into it
        edit.drafted = without_personal_numbers(visible(writing.drafted.translate(CONTROL))[:MOST_DRAFTED])
        edit.revision += 1
        try:
            with transaction.atomic():
                edit.save()
        except IntegrityError as error:  # two first edits at the same moment
            raise Conflict(draft.rows.filter(key=writing.key).first()) from error
    return edit


def add(draft: Draft, section: str, text: str, *, by: User, now: datetime) -> DraftEdit:
    """Add a paragraph at the end of a section. Raises :class:`Refused`, ``ValidationError``.

    Where others add at the same moment the next free number is taken.
    """
    _allowed(draft, by)
    if BY_KEY.get(section) not in OPEN:
        raise ValidationError("Không có mục này trong báo cáo.")
    last = 0
    for _ in range(MOST_ADDED):
        numbers = [
            int(key.removeprefix(OWN)) for key in draft.rows.filter(key__startswith=OWN).values_list("key", flat=True)
        ]
        if len(numbers) >= MOST_ADDED:
            break
        last = max([last, *numbers]) + 1
        try:
            return write(draft, section, Writing(f"{OWN}{last}", Kind.ADDED, text), by=by, now=now)
        except Conflict:
            continue
    raise Refused(Objection(f"Báo cáo đã có {MOST_ADDED} đoạn thêm; hãy gộp bớt."))


def reset(draft: Draft, key: str, seen: int, *, by: User) -> None:
    """Go back to the automatic draft (an added paragraph goes); its history keeps what was written.

    Raises :class:`Refused`, :class:`Conflict`.
    """
    _allowed(draft, by)
    with transaction.atomic():
        theirs = draft.rows.select_for_update().filter(key=key).first()
        if theirs is None:
            return
        if theirs.revision != seen:
            raise Conflict(theirs)
        theirs._history_user = by
        theirs.delete()


def _allowed(draft: Draft, by: User) -> None:
    refusal = objection(draft.unit, by)
    if refusal:
        raise Refused(refusal)


def _checked(writing: Writing) -> str:
    """The words that are kept. Raises ``ValidationError`` with a sentence."""
    if writing.kind == Kind.DROPPED:
        return ""
    words = visible(writing.text.translate(CONTROL))
    text = "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip())
    if not text:
        raise ValidationError("Hãy ghi lời văn; muốn bỏ đoạn này thì bấm “Bỏ đoạn này”.")
    if len(text) > MOST_WORDS:
        raise ValidationError(f"Đoạn văn dài quá {MOST_WORDS} ký tự; hãy tách thành nhiều đoạn.")
    refuse_personal_numbers(text, "lời văn")
    return text
