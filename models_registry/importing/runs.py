"""An uploaded workbook on its way into the register: checked, applied, given up."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from communes import changes
from communes.models import Commune, Province, User
from communes.privacy import without_personal_numbers
from communes.refusals import Objection, Refused
from communes.saving import hold_places
from communes.trail.recording import Act, record
from models_registry.importing.groups import Groups
from models_registry.importing.initiatives import Initiatives
from models_registry.importing.kinds import Hamlets, Importer, Institutions
from models_registry.importing.listings import Listings
from models_registry.importing.members import Members
from models_registry.importing.occasions import Awards, Festivals, Safety
from models_registry.importing.planning import CHANGED, NEW, Plan
from models_registry.importing.workbooks import Unreadable, read
from models_registry.models import RegisterImport

IMPORTERS: dict[str, type[Importer]] = {
    importer.kind: importer
    for importer in (Hamlets, Institutions, Groups, Members, Initiatives, Safety, Awards, Festivals, Listings)
}
MEANWHILE = Objection("Danh bạ vừa được người khác thay đổi. Chưa nhập gì; hãy mở lại trang này để kiểm tra lại tệp.")
REMEMBERED = 20  # files whose matching of columns is looked at
KEPT_DAYS = 7  # after which an upload takes away what was left: it may hold more of people than is read from it
APPLIED = Objection("Tệp này đã được nhập.")


def importer_for(kind: str, place: Commune | Province, today: date) -> Importer:
    """Return the importer of a kind of rows for the commune, or the province, that keeps them."""
    return IMPORTERS[kind](place, today)


def place_of(kind: str, by: User) -> Commune | Province:
    """The place for which an account brings in rows of a kind; the caller has asked whether it may."""
    place = by.province if IMPORTERS[kind].of_province else by.commune
    assert place is not None
    return place


def upload(kind: str, name: str, content: bytes, *, by: User, now: datetime) -> RegisterImport:
    """Keep a workbook until it is applied or given up, or an upload of anybody finds it older than ``KEPT_DAYS``.

    Raises ``Unreadable`` where it cannot be read.
    """
    read(name, content)
    place = place_of(kind, by)
    own = {"province": place} if isinstance(place, Province) else {"commune": place}
    # An officer has one workbook of a kind under way; the one before it is given up.
    under_way = RegisterImport.objects.filter(kind=kind, by=by, change=None, **own)
    columns: dict[str, Any] = next(
        iter(under_way.values_list("columns", flat=True)), {}
    )  # where the heads are still the same
    under_way.delete()
    RegisterImport.objects.filter(change=None, at__lt=now - timedelta(days=KEPT_DAYS)).delete()  # whosever they are
    return RegisterImport.objects.create(
        kind=kind,
        file_name=without_personal_numbers(name[-200:]),
        content=content,
        columns=columns,
        by=by,
        at=now,
        **own,
    )


def remembered(run: RegisterImport) -> list[dict[str, Any]]:
    """How columns were matched by hand in the last files of this kind from the same place, the newest first."""
    same = RegisterImport.objects.filter(commune=run.commune, province=run.province, kind=run.kind)
    before = same.exclude(pk=run.pk).exclude(columns={})
    return [sheet for columns in before.values_list("columns", flat=True)[:REMEMBERED] for sheet in columns.values()]


def plan_of(run: RegisterImport, today: date) -> Plan:
    """Return the plan of a workbook against the register as it stands; not worked out yet.

    Raises :class:`Refused` where it was applied meanwhile, or cannot be read any more.
    """
    if run.change_id or run.content is None:
        raise Refused(APPLIED)
    try:
        sheets = read(run.file_name, bytes(run.content))
    except Unreadable as error:
        raise Refused(Objection(str(error))) from error
    return Plan(sheets, importer_for(run.kind, run.place, today), run.columns, run.answers, remembered(run))


def seen_by(plan: Plan) -> str:
    """What of the register a plan is made against: another word once somebody changed it."""
    return "-".join(str(one) for versions in plan.importer.against for one in versions)


def applying(
    run: RegisterImport, *, only_good: bool, by: User, now: datetime, today: date, shown: str = ""
) -> Iterator[tuple[int, int]]:
    """Plan a workbook anew and write it in one transaction; yields how far it is, two halves in all.

    ``shown`` is what of the register (:func:`seen_by`) the person saw the plan against. Raises :class:`Refused` where
    somebody changed the register since, where rows are refused and ``only_good`` does not consent to leave them, or
    where nothing would change. The workbook itself is not kept afterwards.
    """
    plan = plan_of(run, today)
    of = 1
    if shown and shown != seen_by(plan):
        raise Refused(MEANWHILE)
    for done, of in plan.work():
        yield done, 2 * of
    try:
        with transaction.atomic():  # short: the plan was made outside it
            _hold(run, plan)
            if plan.importer.watermark() != plan.importer.against:
                raise Refused(MEANWHILE)
            if plan.open_questions:
                raise Refused(Objection(f"Hãy trả lời trước: {plan.open_questions[0].sentence}"))
            refused = sum(bool(row.faults) for row in plan.rows)
            new, changed = plan.count(NEW), plan.count(CHANGED)
            if refused and not only_good:
                raise Refused(Objection(f"Còn {refused} dòng có lỗi. Hãy sửa tệp, hoặc đồng ý chỉ nhập các dòng tốt."))
            if not new and not changed:
                raise Refused(Objection("Không có gì thay đổi: mọi dòng tốt đã có trong danh bạ."))
            words = [f"{new} mới", f"{changed} thay đổi"] + ([f"bỏ {refused} dòng lỗi"] if refused else [])
            title = f"{run.get_kind_display()} từ “{run.file_name}”: {', '.join(words)}"
            record(Act.IMPORT, run.get_kind_display(), by=by, place=run.place, rows=new + changed)
            act = changes.begin(plan.importer.owner(), plan.importer.act_kind, title, by=by, now=now)
            for step, _ in enumerate(plan.importer.write(act), start=1):
                yield of + of * step // (step + 1), 2 * of
            run.change, run.content = act.change, None
            if not RegisterImport.objects.filter(pk=run.pk, change=None).update(change=act.change, content=None):
                raise Refused(APPLIED)
    except IntegrityError as error:
        raise Refused(MEANWHILE) from error
    yield 2 * of, 2 * of


def _hold(run: RegisterImport, plan: Plan) -> None:
    """Let no other file, nor any other act on many rows, be written there meanwhile."""
    rows = [*plan.importer.new, *plan.importer.changed] if run.province_id else []
    provinces = [run.province_id] if run.province_id else []
    communes = [run.commune_id] if run.commune_id else [row.commune_id for row in rows]
    hold_places(provinces=provinces, communes=communes)


def apply(run: RegisterImport, **how: Any) -> None:
    """Apply a workbook whole; see :func:`applying`."""
    for _ in applying(run, **how):
        pass
