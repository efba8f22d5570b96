"""How a question's answer is drawn: lines over the months, bars in the cells of places."""

from collections.abc import Sequence
from dataclasses import replace

from reports.asking.figures import QuestionFigures
from reports.asking.places import ALL, Item
from reports.asking.question import Question
from reports.charts.lines import MOST, Line, Lines
from reports.tables.table import Cell, shares

MOST_CHARTS = 12


def charts_of(asked: QuestionFigures) -> list[Lines]:
    """Lines over the months, a drawing for each indicator; [] where months are not laid out."""
    question = asked.question
    if question.look != "chart" or "month" not in question.axes or len(question.span) < 2:
        return []
    items = asked.found if "place" in question.axes else ()
    whole = Item(ALL, asked.places.total or question.place.name)
    lines = items if 0 < len(items) <= MOST else (whole,)
    found, months = asked.figures, asked.items["month"]
    charts = []
    for indicator in question.indicators[:MOST_CHARTS]:
        drawn = [
            Line(
                one.name,
                [found(one.key != ALL, True, "value").get((one.key, m.key, indicator.code)) for m in months],
            )
            for one in lines
        ]
        charts.append(Lines(indicator.name, indicator.unit, [m.name for m in months], drawn))
    return charts


def barred(question: Question, rows: list[list[Cell]], drawn: Sequence[int]) -> list[list[Cell]]:
    """Places with a bar in every cell that is a figure, where a drawing is asked for and months have none."""
    if question.look != "chart" or question.rows != "place" or "month" in question.axes:
        return rows
    bars = {x: shares([row[x].value for row in rows]) for x in drawn}  # type: ignore[misc]
    return [
        [replace(cell, share=bars[x][y]) if x in bars else cell for x, cell in enumerate(row)]
        for y, row in enumerate(rows)
    ]
