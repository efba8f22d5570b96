"""Workbooks into the register: template, upload, what would change, applying it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.keys import row_key
from communes.models import User
from communes.names import fold
from communes.refusals import Refused, require
from communes.register import REGISTERS, Register, objection
from communes.register.desks import Desk, desk_at, desk_for
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest
from communes.telling import STREAM, stream
from models_registry.importing import files
from models_registry.importing.columns import LOOK_IN
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED, Plan
from models_registry.importing.questions import given_answers
from models_registry.importing.runs import (
    APPLIED,
    IMPORTERS,
    KEPT_DAYS,
    applying,
    importer_for,
    place_of,
    plan_of,
    seen_by,
    upload,
)
from models_registry.importing.values import text
from models_registry.importing.workbooks import BOOKS, EMPTY, MAX_BYTES, MAX_COLUMNS, TEXTS, Unreadable, read, too_heavy
from models_registry.models import RegisterImport

SHOWN = 300


class UploadForm(forms.Form):
    """The workbook."""

    file = forms.FileField(
        label="Tệp Excel (.xlsx, .xls), LibreOffice (.ods) hoặc CSV",
        help_text=(
            "Nhiều nhất 10 MB và 20.000 dòng. Tệp chỉ được giữ đến khi nhập xong; "
            f"tệp bỏ dở quá {KEPT_DAYS} ngày bị xóa khi có tệp khác tải lên."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join((*BOOKS, *TEXTS))}),
        error_messages={"empty": EMPTY},
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(too_heavy(file.size))
        return file


def _register(kind: str) -> Register | None:
    return next((one for one in REGISTERS if one.slug == kind), None)


def _require_keeper(user: User, kind: str) -> None:
    """Let in who keeps such a list: the commune, or for some the province's reviewers."""
    register = _register(kind)
    require(register.objection(user) if register else objection(user))
    if kind not in IMPORTERS:
        raise Http404


def _desk(request: AuthenticatedHttpRequest, kind: str) -> Desk:
    """Where a workbook is to go: into one's own list, or a former commune's that one keeps."""
    desk = desk_at(request.user, request.GET.get("former", ""))
    _require_keeper(desk.worker, kind)
    return desk


def _run(request: AuthenticatedHttpRequest, kind: str, pk: int) -> tuple[RegisterImport, Desk]:
    _require_keeper(request.user, kind)
    run, desk = desk_for(request.user, RegisterImport.objects.filter(kind=kind), pk)
    _require_keeper(desk.worker, kind)
    return run, desk


def _context(kind: str, desk: Desk, **more: Any) -> dict[str, Any]:
    return {"registers": REGISTERS, "kind": kind, "title": IMPORTERS[kind].title, "desk": desk, **more}


def start(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """Seen by: who keeps the list. Choose a workbook; the template; what was imported before."""
    desk = _desk(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = upload(kind, file.name, file.read(), by=desk.worker, now=timezone.now())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("register_imports_check", kind=kind, pk=run.pk)
    done = RegisterImport.objects.visible_to(desk.worker).filter(kind=kind, change__isnull=False)
    context = _context(
        kind,
        desk,
        form=form,
        done=done.select_related("change", "by")[:10],
        fields=importer_for(kind, place_of(kind, desk.worker), timezone.localdate()).fields,
    )
    return render(request, "register/import_start.html", context, status=422 if form.errors else 200)


def template(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """Seen by: who keeps the list. An empty workbook with what its cells may say in drop-downs."""
    desk = _desk(request, kind)
    content = files.template(importer_for(kind, place_of(kind, desk.worker), timezone.localdate()))
    return _file(content, f"mau-{fold(IMPORTERS[kind].title).replace(' ', '-')}")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _result(desk: Desk, run: RegisterImport, plan: Plan, seen: str) -> dict[str, Any]:
    faults, written = plan.faults, plan.columns_written()
    new = [row for row in plan.rows if row.outcome == NEW]
    met = plan.count(CHANGED) + plan.count(REFUSED)  # of these the page says what the register holds
    if met and (register := _register(run.kind)):
        register.note_seen(met, by=desk.worker)
    return _context(
        run.kind,
        desk,
        run=run,
        plan=plan,
        seen=seen,
        faults=faults[:SHOWN],
        more=max(0, len(faults) - SHOWN),
        fault_count=len(faults),
        fields=plan.importer.fields,
        new=len(new),
        changed=plan.count(CHANGED),
        unchanged=plan.count(UNCHANGED),
        refused=plan.count(REFUSED),
        examples=[row for row in plan.rows if row.outcome == CHANGED][:50],
        written=written,
        added=[
            (
                row.line if len(plan.layouts) < 2 else f"{row.sheet}, {row.line}",
                [row.shown.get(one.name, "") for one in written],
            )
            for row in new[:50]
        ],
    )


def check(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """Seen by: the workbook's own place. What it would change, and every fault with its cell."""
    run, desk = _run(request, kind, pk)
    if run.change_id:
        return redirect("register_changes", pk=run.change_id)
    plan = plan_of(run, timezone.localdate())
    seen = seen_by(plan)
    if request.headers.get("Accept") == STREAM:

        def lines() -> Iterator[dict[str, Any]]:
            for done, of in plan.work():
                yield {"done": done, "of": of}
            yield {"html": render_to_string("register/_import_result.html", _result(desk, run, plan, seen), request)}

        return stream(lines())
    whole = "whole" in request.GET
    context = _context(kind, desk, run=run, whole=whole)
    if whole:
        for _ in plan.work():
            pass
        context = _result(desk, run, plan, seen) | {"whole": True}
    return render(request, "register/import_check.html", context)


@require_POST
def columns(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Seen by: the workbook's own place. Say by hand which column is what."""
    run, _ = _run(request, kind, pk)
    chosen: dict[str, Any] = {}
    heads = {
        (one.name, number): [text(cell) for cell in cells]
        for one in plan_of(run, timezone.localdate()).sheets
        for number, cells in enumerate(one.rows[: LOOK_IN + 1])
    }
    names = [field.name for field in importer_for(kind, run.place, timezone.localdate()).fields]
    for number, sheet in enumerate(request.POST.getlist("sheet")[:50]):
        head = request.POST.get(f"{number}.head", "")
        places = {name: request.POST.get(f"{number}.{name}", "") for name in names}
        known = {name: place for name, p in places.items() if (place := row_key(p)) is not None and place < MAX_COLUMNS}
        row = row_key(head)
        if row is not None and row <= LOOK_IN and len(set(known.values())) == len(known):
            head_row = max(0, row - 1)
            chosen[sheet[:100]] = {"head": head_row, "columns": known, "headings": heads.get((sheet, head_row))}
        else:
            messages.error(request, f"Trang “{sheet}”: mỗi cột chỉ dùng cho một mục; hãy chọn lại.")
            return redirect("register_imports_check", kind=kind, pk=pk)
    run.columns = chosen
    run.save(update_fields=["columns"])
    return redirect("register_imports_check", kind=kind, pk=pk)


@require_POST
def answers(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Seen by: the workbook's own place. Answer what the file leaves open."""
    run, _ = _run(request, kind, pk)
    require(APPLIED if run.change_id else None)
    run.answers = {**run.answers, **given_answers(request.POST.dict())}
    run.save(update_fields=["answers"])
    return redirect("register_imports_check", kind=kind, pk=pk)


@require_POST
def apply(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """Seen by: the workbook's own place. Write it whole, or the good rows with consent, or nothing."""
    run, desk = _run(request, kind, pk)
    work = applying(
        run,
        only_good="only_good" in request.POST,
        by=desk.worker,
        now=timezone.now(),
        today=timezone.localdate(),
        shown=request.POST.get("seen", ""),
    )
    back = f"/register/import/{kind}/{pk}/"
    if request.headers.get("Accept") == STREAM:

        def lines() -> Iterator[dict[str, Any]]:
            try:
                for done, of in work:
                    yield {"done": done, "of": of}
            except Refused as error:
                yield {"error": str(error)}
            else:
                yield {"go": f"/register/recent/{run.change_id}/?done=1"}

        return stream(lines())
    try:
        for _ in work:
            pass
    except Refused as error:
        messages.error(request, str(error))
        return redirect(f"{back}?whole=1")
    messages.success(request, f"Đã nhập: {run.change}.")
    return redirect("register_changes", pk=run.change_id)


def marked(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Seen by: the workbook's own place. The same workbook with its faults marked."""
    run, _ = _run(request, kind, pk)
    if run.content is None:
        raise Http404
    plan, content = plan_of(run, timezone.localdate()), bytes(run.content)
    for _ in plan.work():
        pass
    name = fold(run.file_name.rpartition(".")[0]).replace(" ", "-") or "tep"
    return _file(files.marked(content, read(run.file_name, content), plan), f"{name}-can-sua")


@require_POST
def give_up(request: AuthenticatedHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Seen by: the workbook's own place. Forget a workbook that was not applied."""
    run, desk = _run(request, kind, pk)
    if not run.change_id:
        run.delete()
        messages.success(request, "Đã bỏ tệp; danh bạ không thay đổi.")
    return redirect(desk.link(f"/register/import/{kind}/"))
