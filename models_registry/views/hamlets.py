"""Pages that merge, split, rename and dissolve hamlets."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.changes import CAN_BE_UNDONE
from communes.forms import DayField, WrittenField, offer
from communes.keys import row_key, row_keys
from communes.models import Hamlet
from communes.names import clean
from communes.refusals import require
from communes.register import REGISTERS, objection
from communes.requests import AuthenticatedHttpRequest
from models_registry import hamlets as verbs
from models_registry.models import SelfManagementGroup

KINDS = {
    "merge": ("Sáp nhập", "Hai hoặc nhiều khu thành một khu mới."),
    "split": ("Chia tách", "Một khu thành hai hoặc nhiều khu mới."),
    "rename": ("Đổi tên", "Khu vẫn là khu cũ, mang tên mới."),
    "dissolve": ("Giải thể", "Khu không còn; các tổ chuyển sang khu khác hoặc kết thúc."),
}
CLOSE = "close"


class DecisionForm(forms.Form):
    """The day and the decision; names as the kind of change needs them."""

    name = WrittenField(label="Tên mới", max_length=120)
    names = WrittenField(
        label="Tên các khu mới, mỗi dòng một tên", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    heirs = forms.ModelMultipleChoiceField(
        label="Khu nhận các tổ", queryset=Hamlet.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    day = DayField(label="Có hiệu lực từ ngày")
    decision = WrittenField(label="Số nghị quyết, quyết định", max_length=150)

    USED = {"merge": {"name"}, "split": {"names"}, "rename": {"name"}, "dissolve": {"heirs"}}

    def __init__(self, *args: Any, kind: str, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"name", "names", "heirs"} - self.USED[kind]:
            del self.fields[name]
        if "heirs" in self.fields:
            offer(self, "heirs", others)

    def clean_name(self) -> str:
        """One clean line."""
        return clean(self.cleaned_data["name"])

    def clean_names(self) -> list[str]:
        """The names, a line each."""
        return [clean(line) for line in self.cleaned_data["names"].splitlines() if line.strip()]


def choose(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes. Which kind of change, of which hamlets."""
    require(objection(request.user))
    context = {
        "registers": REGISTERS,
        "kinds": [(kind, *words) for kind, words in KINDS.items()],
        "hamlets": Hamlet.objects.visible_to(request.user).living(),
        "kind": request.GET.get("kind", "merge"),
        "chosen": set(request.GET.getlist("hamlet")),
    }
    return render(request, "register/hamlet_choose.html", context)


def change(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """Seen by: communes. Names, day, decision, and what becomes of each group; then do it."""
    require(objection(request.user))
    if kind not in KINDS:
        raise Http404
    living = Hamlet.objects.visible_to(request.user).living()
    keys = row_keys(request.GET.getlist("hamlet"))
    going = list(living.filter(pk__in=keys))
    if (len(going) < 2) if kind == "merge" else (len(going) != 1):
        needed = "ít nhất hai khu dân cư" if kind == "merge" else "đúng một khu dân cư"
        messages.warning(request, f"{KINDS[kind][0]}: hãy chọn {needed}.")
        chosen = "".join(f"&hamlet={hamlet.pk}" for hamlet in going)
        return redirect(f"/register/hamlets/change/?kind={kind}{chosen}")
    form = DecisionForm(request.POST or None, kind=kind, others=living.exclude(pk__in=keys))
    groups = list(
        SelfManagementGroup.objects.filter(hamlet__in=going, ended_on=None)
        .select_related("kind", "hamlet")
        .with_headcount(timezone.localdate())
        .order_by("hamlet__sort_key", "kind__position", "sort_key")
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = _do(kind, going, form.cleaned_data, groups, request)
        except ValidationError as error:
            _complain(form, error)
        else:
            messages.success(request, f"Đã ghi: {done}. {CAN_BE_UNDONE}")
            if kind in ("split", "dissolve"):
                messages.info(request, "Hãy ghi lại số hộ, nhân khẩu của các khu liên quan.")
            return redirect("register_hamlets")
    context = {
        "registers": REGISTERS,
        "kind": kind,
        "words": KINDS[kind],
        "going": going,
        "form": form,
        "groups": [(group, request.POST.get(f"g{group.pk}", "0")) for group in groups] if kind != "rename" else [],
        "successors": _successors(kind, form),
        "close": CLOSE,
    }
    return render(request, "register/hamlet_change.html", context, status=422 if form.errors else 200)


def _successors(kind: str, form: forms.Form) -> list[str]:
    """The names groups may go to, as far as they are known before the form is sent."""
    data = getattr(form, "cleaned_data", {}) if form.is_bound else {}
    if kind == "merge":
        return [data.get("name") or "khu mới"]
    if kind == "split":
        return data.get("names") or ["khu mới thứ nhất", "khu mới thứ hai", "khu mới thứ ba", "khu mới thứ tư"]
    if kind == "dissolve":
        return [str(one) for one in data.get("heirs", ())] or ["khu nhận thứ nhất", "khu nhận thứ hai"]
    return []


def _do(
    kind: str, going: list[Hamlet], data: dict[str, Any], groups: list[Any], request: AuthenticatedHttpRequest
) -> Any:
    decision = verbs.Decision(data["day"], data["decision"], request.user, timezone.now())
    if kind == "rename":
        return verbs.rename(going[0], data["name"], decision)
    heirs = list(data.get("heirs", ()))
    count = {"merge": 1, "split": len(data.get("names", ())), "dissolve": len(heirs)}[kind]
    targets = {}
    for group in groups:
        chosen = request.POST.get(f"g{group.pk}", "0")
        if chosen != CLOSE:
            place = row_key(chosen)
            if place is None or place >= count:
                said = "Chưa có khu nhận" if kind == "dissolve" else "Chưa có khu mới"
                raise ValidationError(
                    f"{group} ({group.hamlet}): {said.lower()} tương ứng; hãy chọn lại nơi chuyển đến."
                )
            targets[group.pk] = place
    if kind == "merge":
        return verbs.merge(going, data["name"], targets, decision)
    if kind == "split":
        return verbs.split(going[0], data["names"], targets, decision)
    return verbs.dissolve(going[0], heirs, targets, decision)


def _complain(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)
