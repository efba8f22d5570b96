"""Rows that go on elsewhere after an act: each names the one it continues (docs/decisions/0007)."""

from datetime import date
from typing import Any

from django.db import models


class GoingOn(models.Model):
    """A row that may continue another one of its kind, over any number of acts."""

    continues: Any
    started_on: Any

    class Meta:
        abstract = True

    @property
    def first_day(self) -> date | None:
        """The first day of the first of the rows that it continues: acts under it do not make it younger."""
        row = self
        while row.continues:
            row = row.continues
        return row.started_on
