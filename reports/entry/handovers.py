"""Weapons handed over: lines of a report, changed through the same door as its cells."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.models import User
from reports.entry.figures import lock_for_entry
from reports.models import MonthlyReport, WeaponHandover


def save_handover(handover: WeaponHandover, *, by: User, now: datetime, **changes: Any) -> WeaponHandover:
    """Add a line or change one. Raises ``Refused`` or ``ValidationError``.

    ``handover`` has its report; ``changes`` are values of its other fields.
    """
    with transaction.atomic():
        report = lock_for_entry(handover.report, by)
        for name, value in changes.items():
            setattr(handover, name, value)
        for name in ("hamlet", "group"):
            place = getattr(handover, name)
            if place and place.commune_id != report.commune_id:
                raise ValidationError({name: "Nơi giao nộp phải thuộc xã của báo cáo."})
        handover.full_clean()
        handover._history_user = by
        handover.save()
        _touch(report, now)
    return handover


def remove_handover(handover: WeaponHandover, *, by: User, now: datetime) -> None:
    """Take a line away; its history stays. Raises ``Refused``."""
    with transaction.atomic():
        report = lock_for_entry(handover.report, by)
        handover._history_user = by
        handover.delete()
        _touch(report, now)


def _touch(report: MonthlyReport, now: datetime) -> None:
    MonthlyReport.objects.filter(pk=report.pk).change(saved_at=now)
