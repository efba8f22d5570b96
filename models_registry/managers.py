"""Querysets of the register: facts about many rows."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import Any, Self

from django.apps import apps
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from communes.managers import ChangeQuerySet, LivedQuerySet, holds, reads_as_reviewer
from communes.names import asked_parts, asked_words, search_words
from communes.scope import ScopedQuerySet


class GroupQuerySet(LivedQuerySet):
    """Groups of communes."""

    def with_headcount(self, day: date) -> Self:
        """Annotate ``headcount`` and ``household_count`` as they were on ``day``.

        People: the named members, or the number declared where none is named. Households: as declared.
        """
        named = (
            apps.get_model("models_registry", "Member")
            .objects.active_on(day)
            .filter(group=OuterRef("pk"))
            .order_by()
            .values("group")
            .annotate(n=Count("*"))
            .values("n")
        )
        former = (
            apps.get_model("models_registry", "FormerSize")
            .objects.filter(group=OuterRef("pk"), until__gte=day)
            .order_by("until")
        )

        def declared(present: str, past: str) -> Case:
            return Case(
                When(former_size__isnull=False, then=Subquery(former.values(past)[:1])),
                default=F(present),
                output_field=IntegerField(),
            )

        return self.annotate(former_size=Subquery(former.values("pk")[:1])).annotate(
            headcount=Coalesce(Subquery(named, output_field=IntegerField()), declared("declared_members", "members")),
            household_count=declared("households", "households"),
        )

    def with_leader(self, day: date) -> Self:
        """Annotate name, sort key and telephone of whoever leads on ``day``, as ``leader_…`` (personal data)."""
        leaders = (
            apps.get_model("models_registry", "Member")
            .objects.active_on(day)
            .filter(group=OuterRef("pk"), position="leader")
        )
        return self.annotate(
            leader_name=Subquery(leaders.values("person__name")[:1]),
            leader_sort=Subquery(leaders.values("person__sort_key")[:1]),
            leader_phone=Subquery(leaders.values("person__phone")[:1]),
        )

    def with_missing(self, day: date) -> Self:
        """Annotate what is missing on ``day``: ``no_leader``, ``too_few``, ``too_many``, ``no_meeting``.

        Too few and too many are measured by the province's norm for the kind; no meeting means none in
        three months for a group that meets at set times.
        """
        members = apps.get_model("models_registry", "Member").objects.active_on(day).filter(group=OuterRef("pk"))
        norm = apps.get_model("models_registry", "GroupNorm").objects.filter(
            kind=OuterRef("kind"), province=OuterRef("commune__province")
        )
        return (
            self.with_headcount(day)
            .annotate(
                least=Subquery(norm.values("least")[:1]),
                most=Subquery(norm.values("most")[:1]),
                no_leader=~Exists(members.filter(position="leader")),
            )
            .annotate(
                too_few=_flag(Q(headcount__lt=F("least"))),
                too_many=_flag(Q(headcount__gt=F("most"))),
                no_meeting=_flag(
                    ~Q(meets="on_call") & (Q(last_met_on=None) | Q(last_met_on__lt=day - timedelta(days=MEETING_DAYS)))
                ),
            )
        )

    def search(self, query: str) -> Self:
        """Return the groups whose names, kinds or places hold every word: "to bao ve khu 1" finds a "Tổ ANTT số 4"."""
        found = self
        for words in asked_parts(query):
            found = found.filter(named(words))
        return found

    def search_with_leaders(self, query: str) -> Self:
        """Search group names, their leaders' names, or, for digits, leaders' telephone numbers."""
        members = apps.get_model("models_registry", "Member").objects.filter(ended_on=None, position="leader")
        found = self
        for words in asked_parts(query):
            digits = phone_digits(words[-1])
            led = Q(person__phone__contains=digits) if digits else all_of(holds(one, "person__search") for one in words)
            found = found.filter(named(words) | Q(pk__in=members.filter(led).values("group")))
        return found


SEATS = ("hamlet", "institution")


def all_of(conditions: Iterable[Q]) -> Q:
    """Every one of some conditions."""
    return reduce(and_, conditions)


def named(words: Sequence[str]) -> Q:
    """The condition that a group's name and kind hold some words, or that the place where it sits does."""
    own = all_of(holds(word) | Q(kind__in=kinds_named(word)) for word in words)
    hamlet, institution = (all_of(holds(word, f"{seat}__search") for word in words) for seat in SEATS)
    further = apps.get_model("models_registry", "SelfManagementGroup").also_hamlets.through.objects.filter(hamlet)
    return own | hamlet | institution | Q(pk__in=further.values("selfmanagementgroup"))


def kinds_named(word: str) -> list[int]:
    """The kinds of groups whose names hold a word (one query; there are a score of kinds)."""
    kinds = apps.get_model("models_registry", "GroupKind").objects.order_by().values_list("pk", "name", "short_name")
    return [pk for pk, name, short in kinds if word in " ".join(search_words(f"{name} {short}"))]


MEETING_DAYS = 92  # three months
PHONE_DIGITS = 3  # as many as lists show


def phone_digits(query: str) -> str:
    """Return the digits of what may be a part of a telephone number ("+84 912…" as "0912…"), or nothing."""
    if not re.fullmatch(r"[+0-9][0-9\s.\-]*", query.strip()):
        return ""
    digits = re.sub(r"\D", "", query)
    if digits.startswith("84") and len(digits) >= 10:
        digits = f"0{digits[2:]}"
    return digits if len(digits) >= PHONE_DIGITS else ""


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


class PersonQuerySet(ScopedQuerySet):
    """People who serve: personal data, seen inside their commune only (domain, section 7)."""

    above_commune = False


class MemberQuerySet(LivedQuerySet):
    """Members are personal data: seen inside their commune only (domain, section 7)."""

    commune_path = "group__commune"
    province_path = "group__commune__province"
    above_commune = False

    def search(self, query: str) -> Self:
        """Return the members whose names hold every word, or whose telephone number holds the digits."""
        digits = phone_digits(query)
        if digits:
            return self.filter(person__phone__contains=digits)
        found = self
        for word in asked_words(query):
            found = found.filter(holds(word, "person__search"))
        return found


class RatingQuerySet(ScopedQuerySet):
    """Ratings of teams and of their members, whose names stay inside the commune."""

    commune_path = "group__commune"
    province_path = "group__commune__province"
    above_commune = False


class InitiativeQuerySet(LivedQuerySet):
    """Initiatives of communes."""

    def running_on(self, day: date) -> Self:
        """Return the initiatives that run on ``day``: begun, past planning, not yet discontinued."""
        return self.active_on(day).exclude(state="planned")

    def skilful_on(self, day: date) -> Self:
        """Return those that carry the tag "Dân vận khéo" on ``day``."""
        return self.filter(carrying_tag(day))


def carrying_tag(day: date) -> Q:
    """The condition of carrying the tag "Dân vận khéo" on a day."""
    return Q(skilful_since__lte=day) & (Q(skilful_until__isnull=True) | Q(skilful_until__gte=day))


class InitiativeRowQuerySet(ScopedQuerySet):
    """What hangs on initiatives: steps, ratings."""

    commune_path = "initiative__commune"
    province_path = "initiative__commune__province"


class SiteQuerySet(LivedQuerySet):
    """Places where initiatives run."""

    commune_path = "initiative__commune"
    province_path = "initiative__commune__province"

    def running_on(self, day: date) -> Self:
        """Return the sites that run on ``day`` of initiatives that run on ``day``."""
        running = apps.get_model("models_registry", "Initiative").objects.running_on(day)
        return self.active_on(day).filter(initiative__in=running)


class OccasionQuerySet(ScopedQuerySet):
    """Awards and festival days of communes."""


class ImportQuerySet(ChangeQuerySet):
    """Workbooks on their way in: a commune's, or a province's for the lists it keeps."""

    def visible_to(self, user: Any) -> Self:
        """Return the workbooks of the place that ``user`` works for."""
        if reads_as_reviewer(user):
            return self.filter(province__in=user.provinces_seen)
        return super().visible_to(user)
