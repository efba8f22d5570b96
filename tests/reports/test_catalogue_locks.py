"""What has figures stays what they were counted by; the way on is a successor from a month on."""

from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from models_registry.models import GroupKind
from reports.models import Indicator, WeaponKind
from reports.months import Month
from tests import factories as f

pytestmark = pytest.mark.django_db
MAY, JUNE = Month(2025, 5), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def counted(cast):
    """Patrols, lead shot and household clusters are counted; tips never were."""
    report = f.filed(cast.chi_dam, MAY, "approved", patrols=30)
    report.handovers.create(kind=WeaponKind.objects.get(code="lead_shot"), quantity=Decimal(39))
    f.group(cast.chi_dam, "household_cluster", hamlet=cast.khu[0])
    return cast


FIXED = [
    (Indicator, "patrols", "measure", "stock"),
    (Indicator, "patrols", "unit", "người"),
    (Indicator, "patrols", "level", "commune"),
    (Indicator, "patrols", "source", "registry"),
    (WeaponKind, "lead_shot", "unit", "viên"),
    (WeaponKind, "lead_shot", "is_gun", True),
    (GroupKind, "household_cluster", "seat", "institution"),
    (GroupKind, "household_cluster", "counts", "people"),
]


@pytest.mark.parametrize(("model", "code", "field", "value"), FIXED, ids=lambda v: getattr(v, "__name__", str(v)))
def test_what_has_figures_keeps_what_they_are_counted_by(client, counted, model, code, field, value):
    row = model.objects.get(code=code)
    before = getattr(row, field)
    setattr(row, field, value)
    for door in (row.full_clean, row.save):
        with pytest.raises(ValidationError) as refused:
            door()
        assert "Đã có số liệu" in refused.value.message_dict[field][0]

    client.force_login(counted.quan, backend=BACKEND)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    page = client.get(address)
    assert field not in page.context["adminform"].form.fields
    assert "Đã có số liệu" in unescape(page.content.decode())
    given = {name: one.value() for name, one in ((b.name, b) for b in page.context["adminform"].form)}
    client.post(address, {k: v for k, v in given.items() if v not in (None, False)} | {field: value})
    assert getattr(model.objects.get(code=code), field) == before


def test_what_was_never_counted_may_be_set_right():
    tips = Indicator.objects.get(code="tips")
    tips.unit = "nguồn tin"
    tips.full_clean(exclude=["first_month", "last_month"])
    tips.save()


def test_other_columns_of_what_is_counted_may_change(counted):
    patrols = Indicator.objects.get(code="patrols")
    patrols.name = "Số lượt tuần tra"
    patrols.save()


def test_a_successor_takes_over_from_a_month_on(client, counted):
    former = Indicator.objects.get(code="patrols")
    client.force_login(counted.quan, backend=BACKEND)
    address = reverse("admin:reports_indicator_successor", args=[former.pk])
    change = client.get(reverse("admin:reports_indicator_change", args=[former.pk])).content.decode()
    assert address in change
    given = {"code": "patrol_nights", "name": "Đêm tuần tra", "unit": former.unit, "measure": "flow",
             "level": "hamlet", "source": "entered", "core": "on"}  # fmt: skip
    refused = client.post(address, given | {"first_month": "tháng sáu"})
    assert "không phải là tháng" in unescape(refused.content.decode())
    assert not Indicator.objects.filter(code="patrol_nights").exists()
    client.post(address, given | {"first_month": "2025-06"})
    former.refresh_from_db()
    made = Indicator.objects.get(code="patrol_nights")
    assert (former.last_month, made.first_month, made.succeeds, made.section) == (MAY, JUNE, former, former.section)
    again = client.get(address, follow=True)
    assert "đã có chỉ tiêu kế tiếp" in unescape(again.content.decode())

    f.filed(counted.chi_dam, JUNE, "approved", patrol_nights=20)
    client.force_login(counted.hoa, backend=BACKEND)
    page = client.get("/dashboard/?province=25&span=2025-06&indicator=patrol_nights")
    points = {point.label: point.value for point in page.context["trend"].points}
    assert (points["tháng 5/2025"], points["tháng 6/2025"]) == (30, 20)
    assert "Thay chỉ tiêu" in unescape(page.content.decode())


def test_a_reader_cannot_make_a_successor(client, counted):
    client.force_login(counted.hoa, backend=BACKEND)
    address = reverse("admin:reports_indicator_successor", args=[Indicator.objects.get(code="patrols").pk])
    assert client.post(address, {"code": "x"}).status_code in (302, 403)
    assert not Indicator.objects.filter(code="x").exists()
