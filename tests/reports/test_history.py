"""The history of a cell is whole, and totals equal the sums of the cells after any sequence of saves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.scope import Role
from reports.entry.figures import CellWrite, record
from reports.entry.grid import Grid, Row
from reports.entry.handovers import remove_handover, save_handover
from reports.entry.history import changed_handovers
from reports.models import Figure, FigureChange, ReportTotal, WeaponHandover, WeaponKind
from tests import factories as f
from tests.databases import whole

INDICATORS = ("patrols", "tips", "disputes_pending")


def at(step):
    return f.NOW + timedelta(minutes=step)


def history(report, row, code):
    """Every value a cell has had: (who, when, to), read as the models say it is kept."""
    of_cell = {"log__report": report, "log__hamlet": row.hamlet, "log__group": row.group, "indicator__code": code}
    changes = [(c.by, c.at, c.was, c.value) for c in FigureChange.objects.filter(**of_cell).select_related("by")]
    figure = Figure.objects.filter(**of_cell).first()
    if figure:
        since = [change for change in changes if change[1] > figure.entered_at]
        first = since[0][2] if since else figure.value
        changes.append((figure.entered_by, figure.entered_at, None, first))
    return sorted(changes, key=lambda change: change[1])


def seen(report, row, code="patrols"):
    return [(by.username, int((when - f.NOW).total_seconds() // 60), was, to) for by, when, was, to in
            history(report, row, code)]  # fmt: skip


def test_the_history_tells_who_changed_what_when_from_what(cast):
    report, row = f.report(cast.chi_dam, cast.lan), Row(hamlet=cast.khu[0].pk)
    f.fill(report, cast.lan, {(row, "patrols"): 5}, at(1))
    f.fill(report, cast.minh, {(row, "patrols"): 7}, at(2))
    f.fill(report, cast.lan, {(row, "patrols"): 0}, at(3))
    assert seen(report, row) == [("lan", 1, None, 5), ("minh", 2, 5, 7), ("lan", 3, 7, 0)]


def test_the_history_survives_clearing_and_entering_again(cast):
    report, row = f.report(cast.chi_dam, cast.lan), Row(hamlet=cast.khu[0].pk)
    steps = [(cast.lan, 5), (cast.minh, 7), (cast.minh, None), (cast.lan, 8), (cast.lan, 9), (cast.minh, None)]
    for step, (by, value) in enumerate(steps, start=1):
        f.fill(report, by, {(row, "patrols"): value}, at(step))
    assert seen(report, row) == [
        ("lan", 1, None, 5), ("minh", 2, 5, 7), ("minh", 3, 7, None),
        ("lan", 4, None, 8), ("lan", 5, 8, 9), ("minh", 6, 9, None),
    ]  # fmt: skip


def test_what_was_entered_and_changed_in_one_moment_is_not_lost_with_the_clearing(cast):
    report, row = f.report(cast.chi_dam, cast.lan), Row(hamlet=cast.khu[0].pk)
    for step, value in ((1, 5), (1, 7), (2, None)):
        f.fill(report, cast.lan, {(row, "patrols"): value}, at(step))
    kept = FigureChange.objects.filter(log__report=report).order_by("pk")
    assert [(one.was, one.value) for one in kept] == [(5, 7), (None, 5), (7, None)]


def test_a_conflict_and_a_refusal_leave_no_trace(cast):
    report, row = f.report(cast.chi_dam, cast.lan), Row(hamlet=cast.khu[0].pk)
    f.fill(report, cast.lan, {(row, "patrols"): 5}, at(1))
    record(report, [CellWrite(row, "patrols", 6, was=4), CellWrite(row, "tips", -1)], by=cast.minh, now=at(2))
    assert seen(report, row) == [("lan", 1, None, 5)]
    assert seen(report, row, "tips") == []


values = st.none() | st.integers(0, 3) | st.integers(0, 999_999_999)
one_cell = st.tuples(st.integers(0, 3), st.sampled_from(INDICATORS), values, st.booleans() | values)
sequences = st.lists(st.lists(one_cell, min_size=1, max_size=6), min_size=1, max_size=8)


class Bookkeeper:
    """Plain dictionaries that say what ought to be there."""

    def __init__(self):
        self.cells, self.past = {}, {}

    def believed(self, place, was):
        """What the writer saw: the truth (True), nothing (False), or some value."""
        return self.cells.get(place) if was is True else None if was is False else was

    def save(self, cells, step):
        done = set()
        for cell in cells:
            place = (cell.row, cell.indicator)
            current = self.cells.get(place)
            if place not in done and current == cell.was and current != cell.value:
                self.cells[place] = cell.value
                self.past.setdefault(place, []).append((step, current, cell.value))
            done.add(place)
        self.cells = {place: value for place, value in self.cells.items() if value is not None}

    def totals(self):
        sums = {}
        for (_, code), value in self.cells.items():
            sums[code] = sums.get(code, 0) + value
        return sums


@pytest.mark.django_db
@settings(deadline=None, max_examples=whole(15, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=sequences)
def test_totals_cells_and_history_are_right_after_any_sequence_of_saves(cast, sequence):
    commune = f.commune(province=cast.phu_tho)
    officer = f.user(Role.COMMUNE_OFFICER, commune)
    group = f.group(commune, hamlet=f.hamlet(commune))
    rows = [Row(), Row(hamlet=group.hamlet_id), Row(group=group.pk), Row(hamlet=f.hamlet(commune).pk)]
    report, book = f.report(commune, officer), Bookkeeper()
    for step, block in enumerate(sequence, start=1):
        cells = [
            CellWrite(rows[row], code, value, book.believed((rows[row], code), was)) for row, code, value, was in block
        ]
        book.save(cells, step)
        outcome = record(report, cells, by=officer, now=at(step))
        assert outcome.totals == {cell.indicator: book.totals().get(cell.indicator) for cell in cells}
    assert Grid.of(report).cells == book.cells
    assert dict(ReportTotal.objects.filter(report=report).values_list("indicator__code", "value")) == book.totals()
    for row in rows:
        for code in INDICATORS:
            kept = [(when, was, to) for _, when, was, to in seen(report, row, code)]
            assert kept == book.past.get((row, code), [])


def test_weapons_that_came_went_or_changed_since_approval_are_told(cast, report):
    kinds = WeaponKind.objects.in_bulk(field_name="code")
    kept, gone = (
        save_handover(WeaponHandover(report=report, kind=kinds[code], quantity=2), by=cast.lan, now=f.NOW)
        for code in ("lead_shot", "crossbow")
    )
    since = timezone.now()
    kept.quantity = Decimal("2.5")
    save_handover(kept, by=cast.lan, now=f.NOW)
    remove_handover(gone, by=cast.lan, now=f.NOW)
    save_handover(WeaponHandover(report=report, kind=kinds["cartridge"], quantity=9), by=cast.lan, now=f.NOW)
    told = changed_handovers(report, since)
    assert [(before.split(": ")[-1], after.split(": ")[-1]) for before, after in told] == [
        ("2 kg", "2,5 kg"), ("2 chiếc", ""), ("", "9 viên"),
    ]  # fmt: skip
