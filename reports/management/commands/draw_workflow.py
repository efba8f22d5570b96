"""``manage.py draw_workflow``: the diagram of the workflow, from its table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.entry.workflow import STEPS
from reports.models import MonthlyReport

TARGET = Path(settings.BASE_DIR) / "docs" / "workflow.md"
HEAD = """# The life of a monthly report

Drawn from the table in `reports/entry/workflow.py` by `manage.py draw_workflow`; a test keeps it current.
*Overdue* is derived from dates and is no state. A province's own report is sent by its reviewers.

"""


def drawing() -> str:
    """Return the page with its Mermaid diagram and table."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {state.value}: {state.label}" for state in MonthlyReport.State]
    table = ["", "| step | from | to | who | comment |", "| --- | --- | --- | --- | --- |"]
    for step in STEPS.values():
        lines += [f"    {source.value} --> {step.target.value}: {step.action}" for source in step.sources]
        sources = ", ".join(source.value for source in step.sources)
        needed = "required" if step.needs_comment else ""
        table.append(f"| {step.action} ({step.label}) | {sources} | {step.target.value} | {step.duty.who} | {needed} |")
    return HEAD + "\n".join([*lines, "```", *table]) + "\n"


class Command(BaseCommand):
    """Write docs/workflow.md."""

    help = "Draw the workflow into docs/workflow.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        TARGET.write_text(drawing(), encoding="utf-8")
