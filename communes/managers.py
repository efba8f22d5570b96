"""Querysets of places."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from communes.names import account_name, asked_words
from communes.scope import Role, ScopedQuerySet


def holds(word: str, column: str = "search") -> Q:
    """The condition that a folded column holds a word; a number is held whole: 5 in "to 05", not in "khu 15"."""
    if word.isdigit():
        return Q(**{f"{column}__regex": rf"(^|[^0-9])0*{word}($|[^0-9])"})
    return Q(**{f"{column}__contains": word})


class NamedQuerySet(ScopedQuerySet):
    """Rows with a folded ``search`` column and a ``sort_key``."""

    def search(self, query: str) -> Self:
        """Return the rows whose names hold every word of ``query``, accents and case forgiven."""
        found = self
        for word in asked_words(query):
            found = found.filter(holds(word))
        return found


def lived_during(since: date, until: date) -> Q:
    """The condition that a row exists on some day of a window: the last day counts, an unknown first one as always."""
    started = Q(started_on__isnull=True) | Q(started_on__lte=until)
    return started & (Q(ended_on__isnull=True) | Q(ended_on__gte=since))


def lived(started_on: date | None, ended_on: date | None, since: date, until: date) -> bool:
    """The same of one row that was read."""
    return (started_on is None or started_on <= until) and (ended_on is None or ended_on >= since)


class LivedQuerySet(NamedQuerySet):
    """Rows with a first day and perhaps a last one (``started_on``, ``ended_on``; the last day counts)."""

    def active_on(self, day: date) -> Self:
        """Return the rows that exist on ``day``; an unknown first day counts as always."""
        return self.active_during(day, day)

    def active_during(self, since: date, until: date) -> Self:
        """Return the rows that exist on some day of a window."""
        return self.filter(lived_during(since, until))

    def living(self) -> Self:
        """Return the rows without an end."""
        return self.filter(ended_on__isnull=True)

    def standing_with(self, commune: Any) -> Self:
        """Return the rows without an end; for a commune that is over those that stood on its last day."""
        return self.active_on(commune.ended_on) if commune is not None and commune.is_over else self.living()


class UnitQuerySet(LivedQuerySet):
    """Official units, named by code; a former one by code and the year of its end ("07999-2025")."""

    for_administrators = True

    def named(self, name: str) -> Self:
        """Return the unit of that name, as it stands in addresses and in the API (none or one)."""
        code, _, year = name.partition("-")
        if not code.isprintable():
            return self.none()
        if year:
            if not (len(year) == 4 and year.isdecimal() and year.isascii() and year > "0000"):
                return self.none()
            return self.filter(code=code, ended_on__year=int(year))
        return self.filter(code=code, ended_on__isnull=True)


class ProvinceQuerySet(UnitQuerySet):
    """Provinces; a commune's people see their own."""

    commune_path = "commune"
    province_path = "pk"

    def with_other_years(self) -> "Self":
        """Return those whose years begin in December, or may have."""
        return self.filter(Q(year_first_month=12) | ~Q(settings_before=[]))


class CommuneQuerySet(UnitQuerySet):
    """Communes."""

    follows_heirs = True
    commune_path = "pk"
    province_path = "province"

    def in_part_of(self, family: Collection[int]) -> Self:
        """Return the former ones that went into a commune and its own former ones in part.

        Its people read their totals and no more of them.
        """
        part = Q(successions__successor__in=family, successions__main=False)
        return self.filter(part).exclude(pk__in=family).distinct()


class DistrictQuerySet(UnitQuerySet):
    """Districts of their time: seen by the province they lay in, and above it."""

    commune_path = ""
    province_path = "province"


class LocalQuerySet(LivedQuerySet):
    """What lies in a commune: hamlets, institutions."""

    for_administrators = True


class SafetyRecordQuerySet(ScopedQuerySet):
    """Yearly standards of communes and what lies in them."""


class ListingQuerySet(LivedQuerySet):
    """Places on priority lists."""

    def search(self, query: str) -> Self:
        """Return the listings of the communes whose names hold every word of ``query``."""
        found = self
        for word in asked_words(query):
            found = found.filter(holds(word, "commune__search"))
        return found


class ClusterQuerySet(ScopedQuerySet):
    """Clusters of communes: seen by the province and above it, not by communes."""

    commune_path = ""
    province_path = "province"


class WarrantQuerySet(ScopedQuerySet):
    """Who enters for former communes: seen by those who see these."""

    follows_heirs = True

    def in_force(self, day: date) -> Self:
        """Return what holds on ``day``."""
        return self.filter(until__gte=day, withdrawn_at=None)


class ChangeQuerySet(ScopedQuerySet):
    """Acts on a commune's register: seen inside the commune."""

    above_commune = False


class ActQuerySet(ChangeQuerySet):
    """Acts on a commune's register; those on lists that a province keeps are seen by its reviewers instead."""

    def visible_to(self, user: Any) -> Self:
        """Return the acts that ``user`` may see."""
        if reads_as_reviewer(user):
            return self.filter(kind="lists", commune__province__in=user.provinces_seen)
        return super().visible_to(user).exclude(kind="lists")


def reads_as_reviewer(user: Any) -> bool:
    """Whether somebody is a province's reviewer, and active."""
    return not isinstance(user, AnonymousUser) and user.is_active and user.is_reviewer


def changes_of(names: Iterable[str]) -> dict[str, datetime]:
    """What an account keeps of a change of its role, place or activity, by which columns changed: when it was."""
    changed, now = set(names), timezone.now()
    ended = (["stands_since"] if changed else []) + (["opened_since"] if "is_active" in changed else [])
    return dict.fromkeys(ended, now)


class UserQuerySet(models.QuerySet):
    """Accounts."""

    def move(self, **stands: Any) -> int:
        """Change role, place or activity of many at once, as saving does of one; returns of how many."""
        return self.update(**stands, **changes_of(stands))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Accounts, each with its place; user names are the same in capitals and small letters."""

    def get_queryset(self) -> Any:
        """Fetch the places with the accounts: every page asks where its reader works."""
        return super().get_queryset().select_related("commune__province", "province")

    def get_by_natural_key(self, username: str | None) -> Any:
        """Return the account of that user name."""
        return self.get(username=account_name(username or ""))

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Any:
        """Create an account; its role and place must agree (a constraint of the database)."""
        user: Any = self.model(username=account_name(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Any:
        """Create an administrator (``manage.py createsuperuser``)."""
        fields["role"] = Role.ADMINISTRATOR
        return self.create_user(username, password, **fields)
