"""The catalogue of indicators, read once and asked by month, level and source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction

from communes.editions import Editions
from communes.names import fold
from models_registry.catalogues import add_missing, read
from reports.models import Indicator, IndicatorSection, MonthlyReport, ReportTotal, WeaponKind
from reports.months import Month

DATA = Path(__file__).parent / "data"

DISPUTES = "disputes_received"
OUTCOMES = ("disputes_settled", "disputes_not_settled", "disputes_pending")
"""What becomes of the disputes that were received; together they reach them (domain, section 6.7)."""


def every_indicator(editions: Editions | None = None) -> tuple[Indicator, ...]:
    """Return every indicator there ever was, with its section, in their order; shared by all, never changed."""
    read = editions or Editions.read()
    ask = Indicator.objects.select_related("section")
    return read.remember(("catalogue",), "indicators", lambda: tuple(ask.all()))


@dataclass(frozen=True)
class Catalogue:
    """The indicators in their order; remembered by the worker until the catalogue changes.

    A report keeps what it holds: an indicator that was retired since stays in its months' reports, to be read
    and mended, though no cell of it is owed any more.
    """

    month: Month | None = None
    report: MonthlyReport | None = None

    @cached_property
    def indicators(self) -> list[Indicator]:
        """Every indicator asked in ``month`` or held by ``report`` (every one ever, without a month)."""
        month, known = self.month, every_indicator()
        if month is None:
            return list(known)
        asked = {indicator.pk for indicator in known if indicator.asked_in(month)}
        if self.report and len(asked) < len(known):
            asked |= set(ReportTotal.objects.filter(report=self.report).values_list("indicator_id", flat=True))
        return [indicator for indicator in known if indicator.pk in asked]

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        """By code."""
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def by_pk(self) -> dict[int, Indicator]:
        """By primary key."""
        return {indicator.pk: indicator for indicator in self.indicators}

    @cached_property
    def entered(self) -> list[Indicator]:
        """What is typed."""
        return [i for i in self.indicators if i.source == Indicator.Source.ENTERED]

    @cached_property
    def asked(self) -> list[Indicator]:
        """What is typed and asked in the month: what a report merely still holds is owed by nobody."""
        return [i for i in self.entered if self.month is None or i.asked_in(self.month)]

    @cached_property
    def by_hamlet(self) -> list[Indicator]:
        """What is typed for each hamlet or group."""
        return [i for i in self.entered if i.level == Indicator.Level.HAMLET]

    @cached_property
    def by_commune(self) -> list[Indicator]:
        """What is typed for the unit as a whole."""
        return [i for i in self.entered if i.level == Indicator.Level.COMMUNE]

    @cached_property
    def of_the_unit(self) -> list[Indicator]:
        """What is typed for the unit as a whole, and what its hamlets' cells say of it."""
        typed_or_counted = (Indicator.Source.ENTERED, Indicator.Source.CELLS)
        return [i for i in self.indicators if i.level == Indicator.Level.COMMUNE and i.source in typed_or_counted]

    @cached_property
    def against(self) -> dict[str, set[str]]:
        """Code → codes beside which, in the same row, a zero would be false: no meetings where someone attended one."""
        found: dict[str, set[str]] = {DISPUTES: set(OUTCOMES)}
        entered = {indicator.pk: indicator for indicator in self.entered}
        for indicator in entered.values():
            for whole, both in ((indicator.within_id, False), (indicator.at_least_id, True)):
                if whole and (other := entered.get(whole)):
                    found.setdefault(other.code, set()).add(indicator.code)
                    if both:
                        found.setdefault(indicator.code, set()).add(other.code)
        return found

    @cached_property
    def registry(self) -> list[Indicator]:
        """What is counted from the register."""
        return [i for i in self.indicators if i.source == Indicator.Source.REGISTRY]


def sections(indicators: list[Indicator]) -> list[tuple[IndicatorSection, list[Indicator]]]:
    """Group indicators, already in their order, under their headings."""
    return [(section, list(rows)) for section, rows in groupby(indicators, key=lambda i: i.section)]


def words_for(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    """Folded words → the indicator that files call so: by its full or its short name, with or without its unit.

    A full name goes before a short one, and may lack what stands in brackets at its end. A short name that several go
    by, or that is a unit of measure as well ("buổi" stands in many a column of units), means none.
    """
    known = list(indicators)
    units = _units_of(known)
    found = {words: one for words, one in _short_names(known).items() if words not in units}
    for one in reversed(known):
        found[fold(re.sub(r"\s*\([^)]*\)$", "", one.name))] = one
    for one in reversed(known):
        found |= {fold(one.name): one, fold(f"{one.name} ({one.unit})"): one}
    return found


def units_as_names(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    """Folded short names that are units of measure as well → the one indicator that is called so, for heads alone."""
    known = list(indicators)
    return {words: one for words, one in _short_names(known).items() if words in _units_of(known)}


def _units_of(known: Iterable[Indicator]) -> set[str]:
    return {fold(one.unit) for one in known}


def _short_names(known: Iterable[Indicator]) -> dict[str, Indicator]:
    """Folded short names, with and without their unit, that mean one indicator each."""
    short: dict[str, set[Indicator]] = {}
    for one in known:
        for words in (one.head, f"{one.head} ({one.unit})"):
            short.setdefault(fold(words), set()).add(one)
    return {words: called.pop() for words, called in short.items() if len(called) == 1}


def _add_indicators(rows: list[dict[str, str]], plain: list[dict[str, Any]]) -> int:
    """Add the indicators that are new, in the file's order; first those that others are linked to."""
    known = set(Indicator.objects.values_list("code", flat=True))
    new = [
        (row, Indicator(**fields, position=place))
        for place, (row, fields) in enumerate(zip(rows, plain, strict=True), start=1)
        if row["code"] not in known
    ]
    Indicator.objects.bulk_create([indicator for row, indicator in new if not row["reaches"]])
    by_code = Indicator.objects.in_bulk(field_name="code")
    for row, indicator in new:
        for link in ("within", "at_least", "reaches", "succeeds"):
            setattr(indicator, link, by_code.get(row[link]))
    Indicator.objects.bulk_update([i for row, i in new if row["within"] or row["at_least"]], ["within", "at_least"])
    Indicator.objects.bulk_create([indicator for row, indicator in new if row["reaches"]])
    return len(new)


def _give_short_names(rows: list[dict[str, str]]) -> None:
    """Give the file's short name to what has none and is called as in the file: else it would say something else.

    Quotes of another kind are no other name.
    """
    short = {(row["code"], fold(row["name"])): row["short_name"] for row in rows}
    bare = [one for one in Indicator.objects.filter(short_name="") if (one.code, fold(one.name)) in short]
    for one in bare:
        one.short_name = short[one.code, fold(one.name)]
    Indicator.objects.bulk_update(bare, ["short_name"])


def load_catalogues() -> int:
    """Load sections, indicators and kinds of weapon; return how many were new.

    Rows whose code is known are left as the administrators made them; those without a short name get the file's,
    where they are still called as there.
    """
    with transaction.atomic():
        new = add_missing(IndicatorSection, read(DATA / "indicator_sections.csv"))
        found = {section.code: section for section in IndicatorSection.objects.all()}
        rows = read(DATA / "indicators.csv")
        plain = [
            {key: row[key] for key in ("code", "name", "short_name", "unit", "measure", "level", "source")}
            | {"section": found[row["section"]], "core": row["core"] == "1"}
            | {"last_month": Month.parse(row["last_month"]) if row["last_month"] else None}
            for row in rows
        ]
        new += _add_indicators(rows, plain)
        _give_short_names(rows)
        kinds = [row | {"is_gun": row["is_gun"] == "1"} for row in read(DATA / "weapon_kinds.csv")]
        return new + add_missing(WeaponKind, kinds)
