"""When reports are due other than on the province's usual days, and the reminders that were sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from communes.models import Commune, Province
from communes.names import WordsField
from communes.privacy import refuse_personal_numbers
from communes.scope import ScopedQuerySet
from reports.months import HANOI, Month, MonthField, end_of
from reports.units import Unit


@dataclass(frozen=True)
class Calendar:
    """The due days of some months that differ from the usual, by province (and party) or by commune."""

    provinces: dict[tuple[int, str, Month], date]
    communes: dict[tuple[int, Month], date]

    def due(self, unit: Unit, month: Month) -> datetime:
        """Return the first moment at which the unit's report of ``month`` is overdue (Hà Nội)."""
        return due_on(self.fixed_day(unit, month), unit.province, party_of(unit), month)

    def fixed_day(self, unit: Unit, month: Month) -> date | None:
        """Return the unit's last day for ``month`` where it differs from the usual: its extension first."""
        if unit.commune and (extension := self.communes.get((unit.commune.pk, month))):
            return extension
        return self.provinces.get((unit.province.pk, party_of(unit), month))

    def due_of(self, province: Province, party: str, month: Month) -> datetime:
        """Return the first overdue moment of a party's month: the communes' where none has more time."""
        return due_on(self.provinces.get((province.pk, party, month)), province, party, month)


def party_of(unit: Unit) -> "Deadline.Party":
    """Whose days a unit keeps, where it has no extension of its own."""
    return Deadline.Party.COMMUNES if unit.commune else Deadline.Party.OFFICE


def due_on(day: date | None, province: Province, party: str, month: Month) -> datetime:
    """Return the first overdue moment, given the last day where that differs from the province's setting."""
    if day:
        return end_of(day)
    return month.closes(province.commune_due if party == Deadline.Party.COMMUNES else province.province_due)


def is_overdue(due: datetime, sent_at: datetime | None, now: datetime) -> bool:
    """Past due and never sent."""
    return sent_at is None and now >= due


ANSWER_DAYS = 3  # working days to answer a return by, where its reviewer names no other day


def answer_day(moment: datetime) -> date:
    """The last day to answer what is returned at a moment: the third working day after it (Hà Nội)."""
    day, left = moment.astimezone(HANOI).date(), ANSWER_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def last_day(due: datetime) -> date:
    """The day whose end is the first overdue moment (Hà Nội)."""
    return (due.astimezone(HANOI) - timedelta(seconds=1)).date()


def days_late(due: datetime, moment: datetime) -> int:
    """How many days after the last day ``moment`` lies (Hà Nội); none or fewer: in time."""
    return (moment.astimezone(HANOI).date() - last_day(due)).days


def time_left(due: datetime, moment: datetime) -> str:
    """How far the last day is: "còn 17 ngày", "hôm nay là hạn" on the day itself, "quá hạn 3 ngày" after it."""
    days = days_late(due, moment)
    if days > 0:
        return f"quá hạn {days} ngày"
    return f"còn {-days} ngày" if days else "hôm nay là hạn"


class DeadlineQuerySet(ScopedQuerySet):
    """Deadlines: the province and those above it; a commune its own extensions."""

    province_path = "province"

    def calendar(self, provinces: Sequence[int], months: Sequence[Month]) -> Calendar:
        """Return the due days of these months that differ from the usual (one query).

        By hand: every page of a month asks, and the ORM takes fifteen times as long (docs/decisions/0002).
        """
        found = Calendar({}, {})
        if not provinces or not months:
            return found
        marks = ", ".join(["%s"] * len(provinces))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT province_id, commune_id, party, month, due_on FROM reports_deadline "
                f"WHERE province_id IN ({marks}) AND month BETWEEN %s AND %s",
                [*provinces, min(months).first_day, max(months).first_day],
            )
            rows = cursor.fetchall()
        for province, commune, party, month, day in rows:
            when, until = _month(month), date.fromisoformat(str(day))
            if commune:
                found.communes[commune, when] = until
            else:
                found.provinces[province, party, when] = until
        return found


def _month(value: object) -> Month:
    """Read a month as it comes from the database: text on SQLite, a date on PostgreSQL."""
    return Month.parse(str(value)[:7])


class Deadline(models.Model):
    """The last day for one month's reports that differs from the province's usual one.

    For all communes of the province, for the province's own office, or (an exceptional extension, with
    its reason) for one commune. Decree 09/2019/NĐ-CP, article 8(5): at least a working day after the
    cut-off.
    """

    class Party(models.TextChoices):
        """Whose reports."""

        COMMUNES = "communes", "Tất cả các xã"
        OFFICE = "office", "Cơ quan cấp tỉnh"
        COMMUNE = "commune", "Gia hạn riêng một xã"

    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh, thành phố")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, verbose_name="xã, phường, đặc khu")
    party = models.CharField("áp dụng cho", max_length=8, choices=Party)
    month = MonthField("tháng")
    due_on = models.DateField("hạn gửi, hết ngày")
    reason = WordsField("lý do", max_length=500, blank=True, validators=[refuse_personal_numbers])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField("lúc")

    objects = DeadlineQuerySet.as_manager()

    replaced: "Deadline | None" = None
    """The extension in whose place this one was given just now."""

    class Meta:
        verbose_name = "hạn gửi của một tháng"
        verbose_name_plural = "hạn gửi từng tháng"
        ordering = ["-month", "commune__code"]
        constraints = [
            CheckConstraint(
                condition=Q(party="commune", commune__isnull=False) | (~Q(party="commune") & Q(commune__isnull=True)),
                name="deadline_party_and_commune_agree",
            ),
            CheckConstraint(
                condition=~Q(party="commune") | ~Q(reason=""),
                name="extension_has_a_reason",
                violation_error_message="Gia hạn riêng phải ghi lý do.",
            ),
            UniqueConstraint(
                fields=["province", "month", "party"], condition=Q(commune__isnull=True), name="one_deadline_a_month"
            ),
            UniqueConstraint(
                fields=["commune", "month"], condition=Q(commune__isnull=False), name="one_extension_a_month"
            ),
        ]


class Reminder(models.Model):
    """A reminder that went out to a commune about a month: by whom and when; never any figures."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="reminders")
    month = MonthField("tháng")
    addresses = models.PositiveSmallIntegerField("số địa chỉ nhận")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField("lúc")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["month", "commune"], name="reminder_by_month")]
