"""Keep with every issued figure how it compared; those issued before compared all of a span or nothing."""

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WHY = "số báo cáo tháng của các kỳ chênh lệch nhiều"
FLAGS = {"previous": "compares_previous", "same_span_last_year": "compares_last_year"}


def compared(row: Any, *, allowed: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What was printed of an old row: the difference of the two figures, or nothing."""

    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    reports = getattr(row, "reports", 0)
    return {
        base: {"basis": "whole", "now": text(row.value), "then": text(getattr(row, base)), "reports": reports, "why": ""}
        if base in allowed
        else {"basis": "none", "now": None, "then": None, "reports": 0, "why": WHY}
        for base in FLAGS
    }


def keep(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write how every figure of the whole compared, issue by issue."""
    for issue in apps.get_model("reports", "IssuedReport").objects.all():
        allowed = [base for base, flag in FLAGS.items() if getattr(issue, flag)]
        figures = apps.get_model("reports", "IssuedFigure").objects.filter(issue=issue, part=None)
        for rows in (figures, apps.get_model("reports", "IssuedWeapon").objects.filter(issue=issue)):
            found = list(rows)
            for row in found:
                row.compared = compared(row, allowed=allowed)
            rows.model.objects.bulk_update(found, ["compared"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_indicator_succeeds")]

    operations = [
        migrations.AddField("issuedfigure", "compared", models.JSONField(default=dict, verbose_name="so sánh")),
        migrations.AddField("issuedweapon", "compared", models.JSONField(default=dict, verbose_name="so sánh")),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField("issuedreport", "compares_last_year"),
        migrations.RemoveField("issuedreport", "compares_previous"),
    ]
