"""An indicator lives from a month to a later one; what was asked in no month at all is retired instead."""

from django.db import migrations, models
from django.db.models import F


def retire_what_was_never_asked(apps, schema_editor) -> None:
    indicators = apps.get_model("reports", "Indicator").objects.filter(first_month__gt=F("last_month"))
    indicators.update(is_active=False, last_month=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_what_issues_compare")]

    operations = [
        migrations.RunPython(retire_what_was_never_asked, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(first_month=None)
                | models.Q(last_month=None)
                | models.Q(first_month__lte=F("last_month")),
                name="indicator_lives_forward",
                violation_error_message="Tháng bắt đầu hỏi phải không muộn hơn tháng cuối cùng hỏi.",
            ),
        ),
    ]
