"""Where an initiative runs: its places as they are chosen, in a living commune and in one that is over.

A place is a pair of column and key: ("hamlet_id", 12), or ("hamlet_id", None) for the whole commune.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from communes.models import Hamlet, Institution, User
from communes.saving import remove, save
from models_registry.managers import SiteQuerySet
from models_registry.models import Initiative, InitiativeSite

Place = tuple[str, int | None]
CHOSEN = ("hamlets", "institutions", "whole_commune")
"""The boxes of the form and the fields of the API by which places are chosen (:func:`wanted_of`)."""


def standing(initiative: Initiative, then: date | None) -> SiteQuerySet:
    """The sites without an end; of a former commune's initiative those that stood on ``then``, its last day."""
    sites = initiative.sites.all().select_related("hamlet", "institution").order_by("pk")
    return sites.active_on(then) if then else sites.living()


def place_of(site: InitiativeSite) -> Place:
    """Column and key of where a site is."""
    return ("institution_id", site.institution_id) if site.institution_id else ("hamlet_id", site.hamlet_id)


def wanted_of(
    hamlets: Iterable[Hamlet] = (), institutions: Iterable[Institution] = (), whole_commune: bool = False
) -> set[Place]:
    """The places that are chosen by page or call."""
    wanted: set[Place] = {("hamlet_id", one.pk) for one in hamlets}
    wanted |= {("institution_id", one.pk) for one in institutions}
    return wanted | {("hamlet_id", None)} if whole_commune else wanted


def objections(
    initiative: Initiative, running: Collection[InitiativeSite], wanted: set[Place], end: date
) -> dict[str, str]:
    """Field → why ``wanted`` may not be the places of a former commune's initiative, which ends on ``end``.

    ``running`` are those it has on the last day. None begins after its end; unticking one deletes it, so it stays
    where others rest on it.
    """
    found: dict[str, str] = {}
    for site in running:
        rests = "đã được đơn vị kế thừa tiếp nối" if site.continuations.exists() else ""
        rests = rests or ("có điểm khác nhân rộng từ đó" if site.replicas.exists() else "")
        if rests and place_of(site) not in wanted:
            field = "institutions" if site.institution_id else "hamlets" if site.hamlet_id else "whole_commune"
            found.setdefault(field, f"Điểm “{site.place}” {rests} nên không bỏ chọn được. Hãy chọn lại.")
    for site in initiative.sites.filter(started_on__gt=end).select_related("hamlet", "institution"):
        if site not in running or place_of(site) in wanted:
            said = f"Điểm “{site.place}” bắt đầu ngày {site.started_on:%d/%m/%Y}, sau ngày này."
            found.setdefault("ended_on", said)
    return found


def correct(initiative: Initiative, wanted: set[Place], then: date, *, by: User, now: datetime) -> None:
    """Make ``wanted`` the sites of a former commune's initiative that stood on its last day, which was ``then``.

    They end when the initiative does now, and no other lasts longer.
    """
    end, earlier = initiative.ended_on or then, {}
    stood = {site.pk for site in standing(initiative, then)}
    for site in initiative.sites.order_by("pk"):
        place = place_of(site)
        if site.pk not in stood:
            until, earlier[place] = site.ended_on and min(site.ended_on, end), site.ended_on
        elif place in wanted:
            until, wanted = end, wanted - {place}
        else:
            remove(site, by=by, now=now)  # when it would have ended nobody knows: it was entered by mistake
            continue
        if site.ended_on != until:
            site.ended_on = until
            save(site, by=by, now=now)
    for column, key in wanted:
        begun, before = initiative.started_on, earlier.get((column, key))
        if before and before < end:
            begun = max(before + timedelta(days=1), begun or date.min)
        save(InitiativeSite(initiative=initiative, started_on=begun, ended_on=end, **{column: key}), by=by, now=now)


def choose(initiative: Initiative, wanted: set[Place], *, by: User, now: datetime) -> None:
    """Make ``wanted`` the living sites."""
    on = timezone.localdate(now)
    for site in standing(initiative, None):
        place = place_of(site)
        if place in wanted:
            wanted = wanted - {place}
        else:
            site.ended_on = max(on, site.started_on or on)
            save(site, by=by, now=now)
    first = not initiative.sites.exists()
    for column, key in wanted:
        begun = (initiative.started_on or on) if first else max(on, initiative.started_on or on)
        save(InitiativeSite(initiative=initiative, started_on=begun, **{column: key}), by=by, now=now)
