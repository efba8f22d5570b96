"""Verbs of groups and their members."""

from datetime import date, timedelta

from django.db import transaction

from models_registry.models import FormerSize, Member, SelfManagementGroup

Size = tuple[int | None, int | None]
"""Declared members and households."""


def resize(group: SelfManagementGroup, *, former: Size, since: date) -> None:
    """Keep what a group declared until the eve of ``since``; its row holds the new numbers already.

    What was declared for later days gives way to the new numbers; a second change of the same day leaves
    what stood before the first.
    """
    group.former_sizes.filter(until__gte=since).delete()
    FormerSize.objects.get_or_create(
        group=group, until=since - timedelta(days=1), defaults={"members": former[0], "households": former[1]}
    )


def enlist(member: Member) -> Member:
    """Save a membership with its person. Raises ``ValidationError`` where a rule is broken."""
    with transaction.atomic():
        member.person.full_clean()
        member.person.save()
        member.person = member.person  # the key is there now
        member.full_clean()
        member.save()
    return member
