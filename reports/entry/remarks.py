"""Words beside the figures: a report's notes and comments on its cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communes.models import User
from communes.names import visible
from communes.refusals import Forbidden, Refused
from reports.entry.figures import lock, lock_for_entry
from reports.entry.grid import Grid, Row
from reports.entry.history import last_return, last_words
from reports.models import CellComment, Indicator, MonthlyReport

NOTES = ("difficulties", "proposals")


def write_notes(
    report: MonthlyReport, notes: Mapping[str, str], *, was: Mapping[str, str], by: User, now: datetime
) -> dict[str, str]:
    """Write the notes and return those that someone else changed meanwhile, as they stand now.

    ``was`` is what the writer saw; both are read as they would be stored, so that letters typed as decomposed do not
    contradict themselves. Raises ``Refused`` or ``ValidationError``.
    """
    notes = {name: _as_read(text) for name, text in notes.items()}
    was = {name: _as_read(text) for name, text in was.items()}
    with transaction.atomic():
        report = lock_for_entry(report, by)
        conflicts, changed = {}, []
        for name in NOTES:
            stands = _as_read(getattr(report, name))
            if name not in notes or notes[name] == stands:
                continue
            if stands != was.get(name, ""):
                conflicts[name] = getattr(report, name)
                continue
            setattr(report, name, notes[name])
            changed.append(name)
        report.clean_fields(exclude=[f.name for f in report._meta.fields if f.name not in changed])
        if changed:
            report.saved_at = now
            report.save(update_fields=[*changed, "saved_at"])
    return conflicts


def _as_read(text: str) -> str:
    """A note as it is stored and compared: a form without a script sends other line breaks than a page with one."""
    return visible(text).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Thread:
    """What was said about one cell, in order."""

    row: Row
    row_name: str
    indicator: Indicator
    comments: list[CellComment]

    @property
    def asked(self) -> CellComment | None:
        """The last word of the province that came with a return."""
        return next((c for c in reversed(self.comments) if c.returned_with_id), None)

    @property
    def answered(self) -> bool:
        """Whether someone else spoke after the province asked."""
        asked = self.asked
        return asked is not None and any(c.at > asked.at and c.by_id != asked.by_id for c in self.comments)


def threads(report: MonthlyReport) -> list[Thread]:
    """Return the remarks on a report's cells, cell by cell, those spoken of last first (one query)."""
    rows = CellComment.objects.filter(report=report).select_related("indicator", "by", "hamlet", "group")
    found: dict[tuple[Row, int], Thread] = {}
    for comment in rows:
        row = Row(comment.hamlet_id, comment.group_id)
        name = comment.hamlet or comment.group
        thread = found.setdefault(
            (row, comment.indicator_id), Thread(row, name.name if name else "Toàn đơn vị", comment.indicator, [])
        )
        thread.comments.append(comment)
    return sorted(found.values(), key=lambda thread: thread.comments[-1].at, reverse=True)


def returned_threads(report: MonthlyReport) -> list[Thread]:
    """Return the threads of the cells that the report's last return points at."""
    last = last_return(report)
    if last is None or last.action != "return" or not report.is_open:
        return []
    return [one for one in threads(report) if any(c.returned_with_id == last.pk for c in one.comments)]


def unanswered(report: MonthlyReport) -> list[CellComment]:
    """Return what the last return still asks: neither answered in words nor mended since (four queries at most)."""
    open_threads = [one for one in returned_threads(report) if not one.answered]
    if not open_threads:
        return []
    last = last_words(report)
    asked = []
    for one in open_threads:
        word, change = one.asked, last.get((one.row, one.indicator.code))
        if word is not None and not (change and change.at > word.at):
            asked.append(word)
    return asked


def comment_objection(report: MonthlyReport, user: User) -> Forbidden | None:
    """Say why ``user`` may not comment on cells, or return None: the unit and its reviewers may."""
    if user.reviews(report.province) or report.unit.is_entered_by(user):
        return None
    return Forbidden("Chỉ đơn vị báo cáo và cán bộ duyệt của tỉnh ghi ý kiến vào ô số liệu.")


def comment_on(report: MonthlyReport, row: Row, code: str, text: str, *, by: User, now: datetime) -> CellComment:
    """Remark on a cell. Raises ``Refused`` or ``ValidationError``."""
    refusal = comment_objection(report, by)
    if refusal:
        raise Refused(refusal)
    with transaction.atomic():
        report = lock(report)
        comment = CellComment(
            report=report,
            hamlet_id=row.hamlet,
            group_id=row.group,
            indicator=Grid.of(report).indicator_of(row, code),
            text=text.strip(),
            by=by,
            at=now,
        )
        comment.full_clean()
        comment.save()
    return comment
