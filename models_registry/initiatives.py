"""Verbs of initiatives: their life from survey to discontinuation (domain, section 4), and how they spread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes import changes
from communes.changes import Act
from communes.models import Hamlet, Institution, RegisterChange, User
from communes.refusals import Forbidden, Objection, require
from communes.register import objection as register_objection
from models_registry.models import Initiative, InitiativeSite, InitiativeStep

State, Step = Initiative.State, InitiativeStep.Kind
RUNNING = (State.PILOTED, State.ACTIVE, State.CONSOLIDATED, State.REPLICATED)
STEPS: dict[str, tuple[tuple[str, ...], str | None, str]] = {
    Step.PILOT: ((State.PLANNED,), State.PILOTED, "Bắt đầu thí điểm"),
    Step.RECOGNISE: ((State.PILOTED, State.CONSOLIDATED), State.ACTIVE, "Công nhận"),
    Step.CONSOLIDATE: ((State.ACTIVE, State.REPLICATED, State.PILOTED), State.CONSOLIDATED, "Củng cố"),
    Step.REPLICATE: (RUNNING, State.REPLICATED, "Nhân rộng"),
    Step.DISCONTINUE: (RUNNING, None, "Thanh loại"),
}
"""Step → the stages it starts from, the stage it leads to (None: it ends), its button."""
OF_THE_LIVING = (
    "Các bước của mô hình (thí điểm, công nhận, củng cố, nhân rộng, thanh loại) và đánh giá hằng năm không ghi ở danh "
    "bạ của đơn vị cũ, vì mô hình đi tiếp ở đơn vị kế thừa. Ở đây ghi giai đoạn, ngày bắt đầu, ngày kết thúc và các "
    "điểm như đã có đến ngày cuối."
)
"""Why no step is taken in a former commune's register."""


def objection(initiative: Initiative, step: str, user: User) -> Objection | None:
    """Say why ``user`` may not take this step now, or return None."""
    if initiative.commune.is_over and user.keeps_register_of(initiative.commune):
        return Objection(OF_THE_LIVING)
    refusal = register_objection(user)
    if refusal:
        return refusal
    if not user.works_for(initiative.commune):
        return Forbidden("Mô hình này của xã khác.")
    if initiative.ended_on:
        return Objection(f"Mô hình đã thanh loại, hoạt động đến hết ngày {initiative.ended_on:%d/%m/%Y}.")
    sources, _, label = STEPS[step]
    if initiative.state not in sources:
        state = initiative.get_state_display()
        return Objection(f"Mô hình đang ở giai đoạn “{state}” nên không thực hiện được bước “{label}”.")
    return None


def take_step(
    initiative: Initiative,
    step: str,
    *,
    day: date,
    by: User,
    now: datetime,
    decision: str = "",
    note: str = "",
    hamlets: Iterable[Hamlet] = (),
    institutions: Iterable[Institution] = (),
    origin: InitiativeSite | None = None,
) -> InitiativeStep:
    """Take one step in an initiative's life, with its day and decision; it can be taken back as one act.

    Piloting makes the day its first; replicating opens a site in each place, spread from ``origin`` (by
    default the first site); discontinuing needs a reason (``note``) and ends it and its sites with the day.
    Raises :class:`~communes.refusals.Refused` where the step may not be taken, ``ValidationError`` by field for what
    is said of it.
    """
    require(objection(initiative, step, by))
    check_day(initiative, step, day, today=timezone.localdate(now))
    places = [{"hamlet": one} for one in hamlets] + [{"institution": one} for one in institutions]
    check_said(step, places, note)
    with transaction.atomic():
        title = f"{STEPS[step][2]}: {initiative}"
        act = changes.begin(
            initiative.commune, RegisterChange.Kind.STEP, title, by=by, now=now, day=day, decision=decision
        )
        initiative.state = STEPS[step][1] or initiative.state
        if decision and step in (Step.PILOT, Step.RECOGNISE):
            initiative.decision = decision
        if step == Step.PILOT:
            initiative.started_on = day
            begin_sites(act, initiative, day)
        if step == Step.DISCONTINUE:
            initiative.ended_on, initiative.discontinued_because = day, note
            end_sites(act, initiative, day)
        initiative.full_clean()
        act.update([initiative], ["state", "decision", "started_on", "ended_on", "discontinued_because"])
        act.create(new_sites(initiative, places, day=day, origin=origin))
        (taken,) = act.create(
            [InitiativeStep(initiative=initiative, kind=step, day=day, decision=decision, note=note, by=by, at=now)]
        )
    return taken


def check_said(step: str, places: list[dict[str, Any]], note: str) -> None:
    """Raise ``ValidationError`` where a step lacks what only it needs: its places, or its reason."""
    if step == Step.REPLICATE and not places:
        raise ValidationError("Chọn ít nhất một nơi nhân rộng đến.")
    if step == Step.DISCONTINUE and not note:
        raise ValidationError({"note": "Hãy ghi lý do thanh loại."})


def check_day(initiative: Initiative, step: str, day: date, *, today: date) -> None:
    """Raise ``ValidationError`` for a step before the initiative or the step before it, or still to come."""
    if initiative.started_on and step != Step.PILOT and day < initiative.started_on:
        raise ValidationError({"day": f"Mô hình bắt đầu từ {initiative.started_on:%d/%m/%Y}; hãy ghi ngày sau đó."})
    if day > today:
        raise ValidationError({"day": "Ngày này chưa đến; hãy ghi bước đã thực hiện."})
    before = initiative.steps.order_by("-day").first()
    if before and day < before.day:
        said = f"Bước trước (“{before.get_kind_display()}”) ghi ngày {before.day:%d/%m/%Y}; hãy ghi ngày từ đó trở đi."
        raise ValidationError({"day": said})


def begin_sites(act: Act, initiative: Initiative, day: date) -> None:
    """Let the sites that were only planned begin with the pilot."""
    sites = list(initiative.sites.filter(started_on=None, ended_on=None))
    for site in sites:
        site.started_on = day
    act.update(sites, ["started_on"])


def end_sites(act: Act, initiative: Initiative, day: date) -> None:
    """End the living sites of an initiative on a day."""
    sites = list(initiative.sites.filter(ended_on=None))
    for site in sites:
        site.ended_on = max(day, site.started_on or day)
    act.update(sites, ["ended_on"])


def new_sites(
    initiative: Initiative, places: list[dict[str, Any]], *, day: date, origin: InitiativeSite | None
) -> list[InitiativeSite]:
    """Return a site for each place where none runs yet, spread from ``origin`` or from the first site."""
    living = set(initiative.sites.filter(ended_on=None).values_list("hamlet", "institution"))
    first = origin or initiative.sites.order_by("started_on", "pk").first()
    return [
        InitiativeSite(initiative=initiative, started_on=day, origin=first, **place)
        for place in places
        if (getattr(place.get("hamlet"), "pk", None), getattr(place.get("institution"), "pk", None)) not in living
    ]


@dataclass
class Node:
    """One place in the tree of an initiative's spread: its name, its days, what spread from it."""

    name: str
    since: date | None
    until: date | None
    kind: str  # "initiative", "site" or "commune"
    children: list["Node"] = field(default_factory=list)

    def count(self) -> int:
        """How many nodes hang here, this one included."""
        return 1 + sum(child.count() for child in self.children)


def spread(initiative: Initiative) -> Node:
    """Return where an initiative spread: its sites by the site they came from, and the communes that took it up.

    Three queries, whatever its size.
    """
    nodes: dict[int, Node] = {}
    sites = list(initiative.sites.select_related("hamlet", "institution").order_by("started_on", "pk"))
    for site in sites:
        nodes[site.pk] = Node(site.place, site.started_on, site.ended_on, "site")
    root = Node(str(initiative), initiative.started_on, initiative.ended_on, "initiative")
    for site in sites:
        parent = nodes.get(site.origin_id or 0, root)
        (parent if parent is not nodes[site.pk] else root).children.append(nodes[site.pk])
    for replica in initiative.replicas.select_related("commune").order_by("started_on", "pk"):
        root.children.append(Node(str(replica.commune), replica.started_on, replica.ended_on, "commune"))
    return root
