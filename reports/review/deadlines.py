"""Setting deadlines: a province's calendar of the year, an extension for one commune; who kept them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.models import Commune, Province, User
from communes.refusals import Forbidden, Refused
from communes.saving import hold
from communes.templatetags.vietnamese import moment
from communes.trail.recording import Act, record
from reports.models import Deadline, MonthlyReport
from reports.models.deadlines import days_late, due_on, is_overdue, last_day
from reports.months import Month, Span, reporting_year
from reports.units import Unit

Party = Deadline.Party
STANDING = "standing"
REVIEWERS_SET = Forbidden("Chỉ cán bộ duyệt của tỉnh đặt hạn gửi báo cáo.")


def deadline_objection(province: Province, user: User) -> Forbidden | None:
    """Say why ``user`` may not set the province's deadlines, or return None."""
    if user.reviews(province):
        return None
    return REVIEWERS_SET


def usual_days(province: Province, month: Month) -> dict[str, date]:
    """Return the last days by party where no calendar says otherwise."""
    return {party: last_day(due_on(None, province, party, month)) for party in (Party.COMMUNES, Party.OFFICE)}


def set_deadlines(province: Province, days: dict[tuple[Month, Party], date | None], *, by: User, now: datetime) -> int:
    """Set the last days of months by party and return how many changed; None goes back to the usual day.

    Raises :class:`Refused`, or ``ValidationError`` by "2026-02.communes" for a day before the cut-off's
    morrow (Decree 09/2019/NĐ-CP, article 8(5)) or an office's day before the communes'.
    """
    refusal = deadline_objection(province, by)
    if refusal:
        raise Refused(refusal)
    errors = {
        f"{month}.{party}": said
        for (month, party), day in days.items()
        if day and (said := _wrong(province, month, day))
    }
    for (month, party), day in days.items():
        usual = usual_days(province, month)
        communes = days.get((month, Party.COMMUNES)) or usual[Party.COMMUNES]
        if party == Party.OFFICE and (day or usual[party]) < communes and f"{month}.{Party.COMMUNES}" not in errors:
            errors.setdefault(f"{month}.{party}", "Hạn của tỉnh không trước hạn của xã.")
    if errors:
        raise ValidationError(errors)
    changed = 0
    with transaction.atomic():
        hold(Province, province.pk)
        for (month, party), day in days.items():
            if day == usual_days(province, month)[party]:
                day = None  # noqa: PLW2901 - the usual day needs no row
            changed += _put(Deadline(province=province, party=party, month=month, by=by, at=now), day)
        record(Act.SETTING, "Hạn gửi báo cáo của tỉnh", by=by, place=province, rows=changed)
    return changed


def _put(row: Deadline, day: date | None) -> bool:
    """Write a province's day of a month, or take it away; say whether anything changed."""
    known = Deadline.objects.filter(province=row.province, party=row.party, month=row.month)
    if known.filter(due_on=day).exists() if day else not known.exists():
        return False
    known.delete()
    if day:
        row.due_on = day
        row.save()
    return True


def _wrong(province: Province, month: Month, day: date) -> str | None:
    cutoff = month.window(province.cutoff)[1]
    if not cutoff < day <= cutoff + timedelta(days=90):
        return f"Hạn gửi phải sau ngày chốt {cutoff:%d/%m/%Y} và trong vòng 90 ngày."
    return None


def in_words(extension: Deadline) -> str:
    """An extension as it stands: until when, why, and who set it."""
    who = f"{extension.by} đặt lúc {moment(extension.at)}"
    until = f"đến hết {extension.due_on:%d/%m/%Y} (lý do: {extension.reason}; {who})"
    return f"{extension.commune} đã được gia hạn {extension.month.title} {until}"


def extend(
    commune: Commune, month: Month, until: date, *, reason: str, by: User, now: datetime, seen: int | None = None
) -> Deadline:
    """Give one commune more time for one month, with a reason; a second extension takes the place of the first.

    What it takes the place of stands in its ``replaced``. ``seen`` is the extension that one means to replace, 0 where
    one knows of none: another that stands is asked about. Raises :class:`Refused`, or ``ValidationError`` by field;
    with the code ``STANDING`` where one is asked.
    """
    refusal = deadline_objection(commune.province, by)
    if refusal:
        raise Refused(refusal)
    row = Deadline(
        province=commune.province,
        commune=commune,
        party=Party.COMMUNE,
        month=month,
        due_on=until,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    said = _wrong(commune.province, month, until)
    if said:
        raise ValidationError({"due_on": said})
    if not row.reason:
        raise ValidationError({"reason": "Hãy ghi lý do gia hạn."})
    with transaction.atomic():
        hold(Province, commune.province_id)
        standing = Deadline.objects.filter(commune=commune, month=month).select_related("commune", "by").first()
        if standing and (standing.due_on, standing.reason) == (until, row.reason):
            return standing
        if standing and seen not in (None, standing.pk):
            sentence = f"{in_words(standing)}. Bấm “Thay gia hạn cũ” nếu vẫn muốn thay."
            raise ValidationError(sentence, code=STANDING, params={"pk": standing.pk})
        Deadline.objects.filter(commune=commune, month=month).delete()
        row.full_clean()
        row.save()
        row.replaced = standing
        instead = f", thay hạn {standing.due_on:%d/%m/%Y}" if standing else ""
        record(Act.SETTING, f"Gia hạn báo cáo {month} đến {until:%d/%m/%Y}{instead}", by=by, place=commune)
    return row


def withdraw(extension: Deadline, *, by: User) -> None:
    """Take an extension back. Raises :class:`Refused`."""
    refusal = deadline_objection(extension.province, by)
    if refusal:
        raise Refused(refusal)
    extension.delete()
    record(Act.SETTING, f"Bỏ gia hạn báo cáo {extension.month}", by=by, place=extension.commune or extension.province)


@dataclass(frozen=True)
class Kept:
    """How one commune kept the deadline of one month: ``days`` late, of what never came until now."""

    kind: str  # "on_time", "late", "overdue" (past due, unsent), "open" (not due yet), "none" (not owed)
    days: int | None = None
    extended: bool = False


@dataclass(frozen=True)
class Timeliness:
    """A commune's deadlines over a year."""

    commune: Commune
    months: list[Kept]

    def count(self, kind: str) -> int:
        """How many months went that way."""
        return sum(one.kind == kind for one in self.months)

    @property
    def due(self) -> int:
        """How many months have been due."""
        return len(self.months) - self.count("open") - self.count("none")

    @property
    def days_late(self) -> int:
        """Days late, all months together."""
        return sum(one.days or 0 for one in self.months)


def timeliness(province: Province, span: Span, now: datetime) -> list[Timeliness]:
    """Return how each living commune kept the deadlines of a span, in official order; three queries."""
    months = [month for month in span if month <= Unit(province).current_month(now)]
    communes = Commune.objects.filter(province=province).select_related("province").living().order_by("code")
    calendar = Deadline.objects.calendar([province.pk], months)
    rows = MonthlyReport.objects.filter(province=province, commune__isnull=False, month__in=months).order_by()
    sent = {(commune, month): at for commune, month, at in rows.values_list("commune_id", "month", "sent_at")}
    return [
        Timeliness(
            commune,
            [
                _kept(
                    calendar.due(Unit(province, commune), month),
                    sent.get((commune.pk, month)),
                    now,
                    extended=(commune.pk, month) in calendar.communes,
                )
                if Unit(province, commune).owes(month)
                else Kept("none")
                for month in months
            ],
        )
        for commune in communes
    ]


def _kept(due: datetime, sent: datetime | None, now: datetime, *, extended: bool) -> Kept:
    if sent is None:
        if is_overdue(due, sent, now):
            return Kept("overdue", days_late(due, now), extended)
        return Kept("open", None, extended)
    late = days_late(due, sent)
    return Kept("late", late, extended) if late > 0 else Kept("on_time", 0, extended)


def year_of(province: Province, name: str, now: datetime) -> Span:
    """Return the province's year of that name ("2026"), this one where it names none."""
    if not (len(name) == 4 and name.isascii() and name.isdecimal() and "2001" <= name <= "2099"):
        month = Unit(province).current_month(now)
        name = str(reporting_year(month, province.year_first))
    return Span.parse(name, province.year_first)


def calendar_of(province: Province, span: Span) -> Sequence[tuple[Month, date, dict[str, date], dict[str, date]]]:
    """Return each month of a year with its cut-off, its usual last days and the days that differ."""
    known = Deadline.objects.calendar([province.pk], list(span))
    return [
        (
            month,
            month.window(province.cutoff)[1],
            usual_days(province, month),
            {party: day for (_, party, when), day in known.provinces.items() if when == month},
        )
        for month in span
    ]
