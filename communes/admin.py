"""Django admin for places and deadlines; accounts have their own (:mod:`communes.accounts.admin`)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from communes.accounts import admin as account_admin  # noqa: F401  registers its pages
from communes.admin_kinds import KeptForm, LightAdmin, NamedAdmin, RowForm, RowFormSet
from communes.forms import PlacedForm
from communes.models import Commune, District, Hamlet, Institution, Province, TrailEntry, UnitSuccession
from communes.models.places import A_MONTH, BEFORE_IT
from communes.saving import save
from communes.written_months import month_name, month_said


class WrittenMonth(forms.RegexField):
    """A month as people write it, kept by its name: "2026-01"."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"invalid": "Viết tháng và năm, ví dụ 1/2026."}
        super().__init__(A_MONTH[0], required=False, error_messages=said, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the month kept as people write it, and what was typed as it was typed."""
        return month_said(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        """Read "1/2026"."""
        return month_name(super().to_python(value) or "")


class ProvinceForm(KeptForm):
    """A province; what its months and deadlines are changes from a month on, the months before keep theirs."""

    first_month = WrittenMonth(label="tháng đầu tiên phải báo cáo", help_text=f"Ví dụ 1/2026. {BEFORE_IT}")
    holds_from = WrittenMonth(
        label="áp dụng từ tháng",
        help_text="Chỉ cần khi đổi các ngày hoặc tháng đầu năm, ví dụ 1/2026. Các tháng trước giữ quy định cũ.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask from when a changed setting holds, and lay what held before beside it."""
        given = super().clean() or self.cleaned_data
        changed = [name for name in Province.SETTINGS if name in self.changed_data and name not in self.errors]
        if self.instance.pk and changed and "holds_from" not in self.errors:
            if reason := self._objection(given.get("holds_from") or "", changed, given):
                self.add_error("holds_from", reason)
            else:
                former = {name: self.initial[name] for name in Province.SETTINGS}
                self.instance.hold_from(given["holds_from"], former)
        return given

    def _objection(self, since: str, changed: list[str], given: dict[str, Any]) -> str:
        """Say why what changed may not hold from that month on; "" where it may."""
        if not since:
            return "Cho biết các ngày vừa đổi áp dụng từ tháng nào; các tháng trước giữ quy định cũ."
        if self.instance.settings_before and since <= self.instance.settings_before[-1]["until"]:
            until = self.instance.settings_before[-1]["until"]
            return f"Quy định hiện nay áp dụng sau tháng {month_said(until)}; hãy chọn tháng sau đó."
        if self.instance.monthlyreport_set.filter(month__gte=f"{since}-01", sent_at__isnull=False).exists():
            said = month_said(since)
            return f"Đã có báo cáo gửi lên của tháng {said} hoặc sau đó, theo quy định cũ; hãy chọn tháng muộn hơn."
        opens = given["year_first_month"] if "year_first_month" in changed else int(since[5:])
        if int(since[5:]) != opens:
            return f"Năm báo cáo mới bắt đầu từ tháng {opens}, nên hãy chọn tháng {opens}, ví dụ {opens}/2026."
        return ""


class LivingFilter(admin.SimpleListFilter):
    """The living units where nothing else is asked: the former ones are three times as many."""

    title = "đơn vị"
    parameter_name = "units"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The other choices."""
        return [("former", "Đã kết thúc"), ("all", "Tất cả")]

    def choices(self, changelist: Any) -> Any:
        """Name the usual choice for what it is."""
        first, *others = super().choices(changelist)
        return [{**first, "display": "Hiện nay"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the units asked for."""
        if self.value() == "all":
            return queryset
        return queryset.exclude(ended_on=None) if self.value() == "former" else queryset.living()


@admin.register(Province)
class ProvinceAdmin(NamedAdmin):
    """Provinces with their deadlines."""

    form = ProvinceForm
    readonly_fields = ["held_before", "heir"]
    list_display = ["code", "name", "cutoff_day", "commune_due_day", "province_due_day", "year_first_month", "ended_on"]
    list_filter = [LivingFilter, "kind", "year_first_month"]
    fieldsets = [
        (None, {"fields": ["code", "name", "kind", "office_name"]}),
        (
            "Thời hạn và năm báo cáo",
            {"fields": [*Province.SETTINGS, "holds_from", "held_before", "first_month"]},
        ),
        ("Địa giới", {"fields": ["started_on", "ended_on", "heir", "latitude", "longitude"]}),
    ]

    @admin.display(description="quy định trước đây")
    def held_before(self, province: Province) -> str:
        """What held before, and until when."""
        words = (
            "đến hết tháng {until}: chốt ngày {cutoff_day}, xã gửi đến ngày {commune_due_day}, "
            "tỉnh đến ngày {province_due_day}, năm bắt đầu từ tháng {year_first_month}"
        )
        before = [one | {"until": month_said(one["until"])} for one in province.settings_before]
        return "; ".join(words.format(**one) for one in before) or "chưa đổi lần nào"


@admin.register(District)
class DistrictAdmin(NamedAdmin):
    """Districts of their time."""

    list_display = ["code", "name", "kind", "province", "ended_on"]
    list_filter = ["kind", "province"]
    list_select_related = ["province"]


class InheritanceInline(admin.TabularInline):
    """The communes that went into this one."""

    model = UnitSuccession
    form, formset = RowForm, RowFormSet
    fk_name = "successor"
    extra = 0
    raw_id_fields = ["predecessor"]


@admin.register(Commune)
class CommuneAdmin(NamedAdmin):
    """Communes."""

    list_display = ["code", "name", "kind", "province", "started_on", "ended_on"]
    list_filter = [LivingFilter, "kind", "province"]
    list_select_related = ["province"]
    raw_id_fields = ["district"]
    inlines = [InheritanceInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where a commune lies is no administrator's to say: another province would read its register."""
        return (*super().get_readonly_fields(request, obj), *(["province"] if obj else []))


class RegisterRowForm(KeptForm, PlacedForm):
    """A row of the register."""


class RegisterAdmin(NamedAdmin):
    """Rows of the register, saved as everywhere else."""

    form = RegisterRowForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what stood there before."""
        save(obj, by=request.user, now=timezone.now())  # type: ignore[arg-type]


@admin.register(Hamlet)
class HamletAdmin(RegisterAdmin):
    """Hamlets; the communes keep them."""

    list_display = ["name", "commune", "households", "covenant_on", "started_on", "ended_on"]
    list_filter = ["commune__province"]
    list_select_related = ["commune"]
    raw_id_fields = ["commune"]


@admin.register(Institution)
class InstitutionAdmin(RegisterAdmin):
    """Institutions; the communes keep them."""

    list_display = ["name", "commune", "kind", "started_on", "ended_on"]
    list_filter = ["kind", "commune__province"]
    list_select_related = ["commune"]
    raw_id_fields = ["commune"]


@admin.register(TrailEntry)
class TrailAdmin(LightAdmin):
    """The trail, to be read: found by who, what, where, when and how it ended."""

    list_display = ["at", "by", "role", "about", "act", "outcome", "what", "province", "commune", "rows", "address"]
    list_display_links = None
    list_filter = ["act", "outcome", "role", "at"]
    list_select_related = ["by", "about"]
    list_per_page = 100
    date_hierarchy = "at"
    search_fields = ["by__username", "about__username", "address", "what", "=commune", "=province"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come about by what is done."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They stay as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They stay where they are."""
        return False
