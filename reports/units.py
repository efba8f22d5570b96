"""Who reports: a commune, or the province's own office."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser

from communes.models import Commune, Province, User
from reports.months import Month, Span

OFFICE = "province-"


class UnknownUnit(Exception):
    """No unit of that name within the user's scope."""


@dataclass(frozen=True)
class Unit:
    """A reporting unit; ``commune`` is None for the province's own office."""

    province: Province
    commune: Commune | None = None

    @classmethod
    def named(cls, slug: str, user: User | AnonymousUser) -> "Unit":
        """Return the unit that ``user`` may see under a slug ("07999", "07999-2025", "province-25").

        Raises :class:`UnknownUnit`.
        """
        if slug.startswith(OFFICE):
            code = slug.removeprefix(OFFICE)
            if not getattr(user, "is_commune", True):
                for province in Province.objects.visible_to(user).named(code):
                    return cls(province)
        elif getattr(user, "is_commune", False) and user.is_active and user.own_commune.slug == slug:
            return cls(user.own_commune.province, user.own_commune)
        else:
            communes = Commune.objects.visible_to(user).select_related("province")
            for commune in communes.named(slug):
                return cls(commune.province, commune)
        raise UnknownUnit(slug)

    def is_entered_by(self, user: User) -> bool:
        """Whether ``user`` enters its figures: the commune's own people; of the office the province's reviewers.

        For a former commune also whom the province named; for the office of a former province only such a person.
        """
        if self.commune:
            return user.works_for(self.commune) or user.is_entrusted_with(self.commune)
        return self._office_is_entered_by(user)

    def is_signed_by(self, user: User) -> bool:
        """Whether ``user`` answers for what it sends: the commune's chief; of the office the province's reviewers."""
        if self.commune:
            return user.signs_for(self.commune) or user.is_entrusted_with(self.commune)
        return self._office_is_entered_by(user)

    def _office_is_entered_by(self, user: User) -> bool:
        """Its province's reviewers; the office of a former province, whom the heir's named."""
        if self.province.is_over:
            return user.is_entrusted_with(self.province)
        return user.reviews(self.province)

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.commune.slug if self.commune else f"{OFFICE}{self.province.slug}"

    def path(self, prefix: str = "") -> dict[str, Commune | Province | None]:
        """The look-ups that find the unit's reports; ``prefix`` leads to the report ("report__")."""
        if self.commune:
            return {f"{prefix}commune": self.commune}
        return {f"{prefix}province": self.province, f"{prefix}commune": None}

    @property
    def name(self) -> str:
        """Its name in a sentence."""
        if self.commune:
            return str(self.commune)
        return f"{self.province.office_name} ({self.province})"

    def current_month(self, now: datetime) -> Month:
        """The month that runs now."""
        return Month.at(now, self.province.cutoff)

    def span(self, name: str) -> Span:
        """Read the name of a span by the province's year; raises ``ValueError`` with a sentence."""
        return Span.parse(name, self.province.year_first)

    @property
    def ended_on(self) -> date | None:
        """Its last day, if it has ended."""
        return self.commune.ended_on if self.commune else self.province.ended_on

    def is_awaited(self, month: Month) -> bool:
        """Whether anybody waits for its report of ``month``: it owes it, and is still there to send it.

        A unit that has ended since is never overdue.
        """
        return not (self.commune or self.province).is_over and self.owes(month)

    def owes(self, month: Month) -> bool:
        """Whether the unit owes a report of ``month``.

        From the later of its first day and the province's first month on; it may restate earlier months.
        A unit that ended before a month's last day was not there to send it.
        """
        last = self.ended_on
        if last and last < month.window(self.province.cutoff)[1]:
            return False
        first = self.commune.started_on if self.commune else self.province.started_on
        if self.province.first_month and month < Month.parse(self.province.first_month):
            return False
        return first is None or first <= month.window(self.province.cutoff)[1]

    def may_have(self, month: Month, now: datetime) -> str | None:
        """Say why the unit has no report of ``month``, or return None.

        Living communes may report months before their first day: after the mergers of 2025 the new
        communes restated the first half of the year (docs/decisions/0003).
        """
        if month > self.current_month(now):
            starts = month.window(self.province.cutoff)[0]
            return f"Kỳ {month.title} chưa bắt đầu (từ ngày {starts:%d/%m/%Y})."
        ended = self.ended_on
        if ended and month.window(self.province.cutoff)[0] > ended:
            return f"{self.name} đã kết thúc ngày {ended:%d/%m/%Y} nên không có báo cáo {month.title}."
        return None
