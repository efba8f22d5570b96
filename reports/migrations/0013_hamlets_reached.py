"""Hamlets reached: counted once a span from the cells; what was typed of them is asked no longer."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from reports.months import Month

LAST = "2026-11"


def begin(apps, schema_editor):
    """Add the indicator, count it for the reports there are, and end the typed one after its last month."""
    Indicator, Total = (apps.get_model("reports", name) for name in ("Indicator", "ReportTotal"))
    sessions = Indicator.objects.filter(code="outreach_sessions").first()
    typed = Indicator.objects.filter(code="outreach_hamlets").first()
    if sessions is None or typed is None or Indicator.objects.filter(code="hamlets_reached").exists():
        return
    made = Indicator.objects.create(
        code="hamlets_reached", name="Khu dân cư được tuyên truyền, phát động ít nhất một lần", unit="KDC",
        section=typed.section, measure="reached", level="commune", source="cells", core=False, reaches=sessions,
        succeeds=None if hasattr(typed, "successor") else typed, position=typed.position,
    )  # fmt: skip
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_reporttotal (report_id, indicator_id, value) "
            "SELECT l.report_id, %s, COUNT(DISTINCT CASE WHEN f.value > 0 THEN COALESCE(l.hamlet_id, g.hamlet_id) END) "
            "FROM reports_figure f JOIN reports_activitylog l ON l.id = f.log_id "
            "LEFT JOIN models_registry_selfmanagementgroup g ON g.id = l.group_id "
            "WHERE f.indicator_id = %s AND COALESCE(l.hamlet_id, g.hamlet_id) IS NOT NULL GROUP BY l.report_id",
            [made.pk, sessions.pk],
        )
    held = Total.objects.filter(indicator=typed, report__state__in=("submitted", "approved"))
    months = [str(month) for month in held.order_by().values_list("report__month", flat=True).distinct()]
    if typed.last_month is None:
        month = Month.parse(max([*months, LAST]))
        Indicator.objects.filter(pk=typed.pk).update(last_month=month)


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_presented")]

    operations = [
        migrations.AlterField(
            model_name="indicator",
            name="measure",
            field=models.CharField(
                choices=[
                    ("flow", "Phát sinh (cộng dồn theo tháng)"),
                    ("stock", "Hiện có (lấy số cuối kỳ)"),
                    ("reached", "Số khu đạt trong kỳ (mỗi khu một lần)"),
                ],
                max_length=7,
                verbose_name="cách cộng",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="source",
            field=models.CharField(
                choices=[
                    ("entered", "Nhập hằng tháng"),
                    ("registry", "Đếm từ danh bạ"),
                    ("cells", "Đếm từ các ô theo khu"),
                ],
                default="entered",
                max_length=8,
                verbose_name="nguồn",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="reaches",
            field=models.ForeignKey(
                blank=True,
                help_text="Chỉ tiêu phát sinh theo khu: mỗi khu dân cư có ít nhất một trong kỳ được đếm một lần.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reached_in",
                to="reports.indicator",
                verbose_name="đếm khu có",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=Q(measure="reached", source="cells", level="commune", reaches__isnull=False)
                | ~Q(measure="reached") & ~Q(source="cells") & Q(reaches=None),
                name="reached_indicator_counts_cells",
                violation_error_message=(
                    "Số khu đạt trong kỳ luôn đếm từ các ô theo khu, tính cho toàn xã, và nói rõ đếm theo chỉ tiêu gì."
                ),
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop, elidable=False),
    ]
