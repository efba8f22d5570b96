"""Looking at members' telephone numbers: hidden until asked for, and each look is logged (domain, section 7)."""

from datetime import datetime

from communes.models import Commune, PhoneViewing, User
from communes.trail.recording import Act, record


def masked(phone: str) -> str:
    """Return a number with all but its last three digits hidden: "••• 678"."""
    return f"••• {phone[-3:]}" if phone else ""


def log(user: User, *, where: str, count: int, now: datetime, former: Commune | None = None) -> None:
    """Note that ``user`` was shown ``count`` people's numbers, in a former commune's register where one is given.

    Only communes see any. It is noted in her own commune, whose chief reads what its people looked at.
    """
    if user.commune and count:
        record(Act.PHONES, by=user, rows=count)
        where = f"{where} – {former}"[:200] if former else where
        PhoneViewing.objects.create(commune=user.commune, by=user, at=now, where=where, count=count)
