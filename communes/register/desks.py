"""Where somebody works on the register: at her own place, or at a former commune whose register she keeps until a day.

An address without a row says so by ``former=``, a call of the API by ``commune``; a row lies where it lies. Whoever is
not named today finds a former register closed: the list is read, no form opens (docs/decisions/0052).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from communes.models import Commune, User
from communes.refusals import Objection, Refused


@dataclass(frozen=True)
class Desk:
    """Who works, as one that sees and writes a single commune; ``former`` is that commune where it is over."""

    worker: User
    former: Commune | None = None

    @property
    def query(self) -> str:
        """What an address without a row says of the desk: "?former=07999-2025", or nothing."""
        return f"?{urlencode({'former': self.former.slug})}" if self.former else ""

    def link(self, url: str) -> str:
        """An address of the register that stays at this desk."""
        if not self.former:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode({'former': self.former.slug})}"

    def links(self, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Labels with addresses that stay at this desk."""
        return [(label, self.link(url)) for label, url in found]

    @property
    def until(self) -> date | None:
        """The last day of working there."""
        if self.former is None:
            return None
        held = self.worker.warrants.in_force(timezone.localdate()).filter(commune=self.former)
        return held.values_list("until", flat=True).first()

    @property
    def heirs(self) -> str:
        """The living register that nothing entered here reaches."""
        heirs = self.former.heirs() if self.former else []
        return str(heirs[-1]) if heirs else "đơn vị kế thừa"


def closed(user: User, former: Commune) -> Objection:
    """Say why a former commune's register is only read by ``user``."""
    last = user.warrants.filter(commune=former).order_by("-at").first()
    if last is None:
        return Objection(f"Danh bạ của {former} chỉ để đọc.")
    over = "đã thôi giao" if last.withdrawn_at else f"đã hết ngày giao nhập ({last.until:%d/%m/%Y})"
    return Objection(f"Danh bạ của {former} chỉ để đọc: {over}.")


def former_named(user: User, name: str) -> Commune:
    """The former commune of that name among those that ``user`` sees; raises ``Http404``."""
    seen = Commune.objects.visible_to(user).exclude(ended_on=None).select_related("province")
    return get_object_or_404(seen.named(name))


def former_asked(user: User, name: Any) -> Commune | None:
    """The former commune of that name among those that ``user`` sees, or None: a living one, or none of hers.

    Only the names of former units have a year, so that of a living one costs nothing.
    """
    if not isinstance(name, str) or "-" not in name:
        return None
    seen = Commune.objects.visible_to(user).exclude(ended_on=None).select_related("province")
    return seen.named(name).first()


def desk_at(user: User, name: str) -> Desk:
    """The desk that an address asks for; none asked for is one's own.

    Raises ``Http404`` for what the account does not see, :class:`Refused` for what it may only read.
    """
    return desk_of(user, former_named(user, name) if name else None)


def desk_of(user: User, former: Commune | None) -> Desk:
    """The desk at which a former commune's register is written; None is one's own. Raises :class:`Refused`."""
    if former is None or former.pk == user.commune_id:
        return Desk(user)
    if not user.keeps_register_of(former):
        raise Refused(closed(user, former))
    return Desk(user.at(former), former)


def reading_desk(user: User, former: Commune | None) -> Desk:
    """The desk of who reads a list: at a former commune only where she keeps its register."""
    at = former is not None and former.pk != user.commune_id and former.is_over and user.keeps_register_of(former)
    return Desk(user.at(former), former) if at and former else Desk(user)


def rows_seen(user: User, rows: Any, former: Commune | None) -> Any:
    """The rows of a list, of a former commune where one is asked for: its heir's people read them as they stood."""
    if not (former and user.is_commune and not user.keeps_register_of(former)):
        rows = rows.visible_to(reading_desk(user, former).worker)
    return rows.lying_in(former) if former else rows


def desk_for(user: User, rows: Any, pk: int) -> tuple[Any, Desk]:
    """A row and the desk at which it is read and written: one's own, else a former commune's that one keeps.

    Raises ``Http404``; :class:`Refused` where the account kept that register until a day that is past.
    """
    if row := rows.visible_to(user).filter(pk=pk).first():
        return row, Desk(user)
    for former in user.formers_kept:
        if row := rows.visible_to(user.at(former)).filter(pk=pk).first():
            return row, Desk(user.at(former), former)
    if user.is_commune:
        for former in Commune.objects.filter(pk__in=user.communes_seen[1:], warrants__person=user).distinct():
            if rows.lying_in(former).filter(pk=pk).exists():
                raise Refused(closed(user, former))
    raise Http404
