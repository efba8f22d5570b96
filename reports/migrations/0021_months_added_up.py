"""Say in the name of what was typed of hamlets that its months are added up: one hamlet counts in each of them."""

from django.db import migrations

FORMER = "Khu dân cư được tuyên truyền, phát động"


def rename(apps, schema_editor):
    """Where the administrators have not named it otherwise."""
    typed = apps.get_model("reports", "Indicator").objects.filter(code="outreach_hamlets", name=FORMER)
    typed.update(name=f"{FORMER} (cộng các tháng)")


class Migration(migrations.Migration):
    dependencies = [("reports", "0019_year_of_issues")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
