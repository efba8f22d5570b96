"""Give a returned report a day to answer by: of those that lie returned, three working days after their last return."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

HANOI, DAYS, SATURDAY = ZoneInfo("Asia/Ho_Chi_Minh"), 3, 5


def third_working_day_after(day: date) -> date:
    """As ``reports.models.deadlines.answer_day`` counts today."""
    left = DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def give_days(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Reports that lie returned are few: some of a month or two."""
    event = apps.get_model("reports", "ReportEvent")
    report = apps.get_model("reports", "MonthlyReport")
    last: dict[int, date] = {}
    rows = event.objects.filter(report__state="returned", action__in=("return", "reopen")).order_by("at")
    for key, at in rows.values_list("report", "at"):
        last[key] = at.astimezone(HANOI).date()
    for key, day in last.items():
        report.objects.filter(pk=key).update(answer_by=third_working_day_after(day))


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_issued_comparisons")]

    operations = [
        migrations.AddField("monthlyreport", "answer_by", models.DateField("hạn trả lời", null=True, blank=True)),
        migrations.RunPython(give_days, migrations.RunPython.noop),
        migrations.AddConstraint(
            "monthlyreport",
            models.CheckConstraint(
                condition=models.Q(("state", "returned"), ("answer_by__isnull", True), _connector="OR"),
                name="only_a_returned_report_is_answered",
                violation_error_message="Chỉ báo cáo được trả lại mới có hạn trả lời.",
            ),
        ),
    ]
