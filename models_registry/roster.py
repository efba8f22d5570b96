"""Verbs of groups and their members."""

import re
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import User
from communes.saving import save
from models_registry.models import FormerSize, Member, SelfManagementGroup

OLDEST = date(1945, 9, 2)
Size = tuple[int | None, int | None]
"""Declared members and households."""


def tidy_phone(text: str) -> str:
    """Return a telephone number without blanks and marks, +84 as 0, a lost leading zero put back."""
    digits = re.sub(r"[\s.\-()]", "", text)
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            return f"0{digits.removeprefix(prefix)}"
    if re.fullmatch(r"84[0-9]{9}", digits):
        return f"0{digits[2:]}"
    return f"0{digits}" if re.fullmatch(r"[1-9][0-9]{8}", digits) else digits


def check_since(group: SelfManagementGroup, since: date) -> None:
    """Raise ``ValidationError`` unless new numbers of a group may count from a day."""
    if since <= (group.started_on or OLDEST) or since > timezone.localdate():
        raise ValidationError("Ghi ngày sau ngày thành lập của tổ và không sau hôm nay.")


def resize(group: SelfManagementGroup, *, former: Size, since: date) -> None:
    """Keep what a group declared until the eve of ``since``; its row holds the new numbers already.

    What was declared for later days gives way to the new numbers; a second change of the same day leaves
    what stood before the first.
    """
    group.former_sizes.filter(until__gte=since).delete()
    FormerSize.objects.get_or_create(
        group=group, until=since - timedelta(days=1), defaults={"members": former[0], "households": former[1]}
    )


def enlist(member: Member, *, by: User, now: datetime) -> Member:
    """Save a membership with its person. Raises ``ValidationError`` where a rule is broken."""
    with transaction.atomic():
        member.person.full_clean()
        save(member.person, by=by, now=now)
        member.person = member.person  # the key is there now
        member.full_clean()
        save(member, by=by, now=now)
    return member
