"""Rows that go on elsewhere after an act: each names the one it continues (docs/decisions/0007)."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, When

ACTS = 4
"""Over so many acts the first day is found by the query that reads the rows; further ones cost a query each."""

CONTINUED = "__".join(["continues"] * ACTS)
"""What ``select_related`` reads for :attr:`GoingOn.first_day`."""


def with_first_day(rows: Any) -> Any:
    """Read rows with what they continue, and their :attr:`GoingOn.first_day` as ``since``, to sort by.

    Of what went on through more acts than these ``since`` is a later day.
    """
    chains = ["continues__" * act for act in range(ACTS)]
    last = [When(**{f"{chain}continues__isnull": True}, then=F(f"{chain}started_on")) for chain in chains]
    return rows.select_related(CONTINUED).annotate(since=Case(*last, default=F(f"{CONTINUED}__started_on")))


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
