"""The parts of a place on the map: by their borders, coloured by the chosen figure; a table beside."""

from math import ceil
from statistics import median
from typing import Any

from communes.boundaries import COUNTRY, MapSheet, sheet_of
from reports import charts
from reports.models import Indicator
from reports.totals.parts import Part, PartFigure, ranked
from reports.views.dashboard_asked import Asked
from reports.views.dashboard_parts import plain_table

DIVISIONS = {"": "số nơi bằng nhau", "even": "bước đều"}
NOISY = 10  # per cent: what chance alone moves is said from here on


def on_map(asked: Asked) -> dict[str, Any]:
    """The map, its choice of classes, and the same numbers from the greatest down."""
    lines = asked.parts.lines(asked.code)
    even = asked.request.GET.get("classes") == "even"
    sheet = sheet_for(asked)
    title = f"{asked.name} theo {asked.parts.what}"
    return {
        "map": charts.ShapeMap(title, asked.unit, sheet, places(asked, lines), even) if sheet else None,
        "divisions": [
            (asked.address(classes=key or None), words, (key == "even") == even) for key, words in DIVISIONS.items()
        ],
        "noise": noise(asked, lines),
        "table": plain_table(
            asked, [row.line for row in ranked(lines)], f"Số liệu của bản đồ, {asked.summary.span.title}"
        ),
    }


def sheet_for(asked: Asked) -> MapSheet | None:
    """The borders of the place asked, if there are any."""
    return sheet_of(asked.place.province.code if asked.place.province else COUNTRY)


def places(asked: Asked, lines: list[PartFigure]) -> list[charts.MapPlace]:
    """The parts as the map takes them; a cluster is the shapes of its communes."""
    return [
        charts.MapPlace(
            codes_of(asked, line.part),
            line.part.name,
            line.shown,
            asked.down(line.part),
            line.part.at,
            line.part.area or 0,
        )
        for line in lines
        if line.part.kind in ("commune", "province", "cluster")
    ]


def codes_of(asked: Asked, part: Part) -> tuple[str, ...]:
    """The codes of a part on the sheet; a former unit has none, its code may be another's today."""
    if part.kind == "cluster":
        cluster = next(one for one in asked.clusters if one.pk == part.key)
        return tuple(cluster.communes.values_list("code", flat=True))
    return () if "-" in part.slug else (part.slug,)


def noise(asked: Asked, lines: list[PartFigure]) -> str:
    """How far chance alone moves the figure of a usual place (two standard deviations of a Poisson count)."""
    counts = [line.value for line in lines if line.value]
    if not counts or asked.indicator is None or asked.indicator.measure != Indicator.Measure.FLOW:
        return ""
    usual = median(counts)
    moved = ceil(200 / float(usual) ** 0.5)
    if moved < NOISY:
        return ""
    return (
        f"Số nhỏ dao động nhiều: nơi thường gặp có {round(usual)} {asked.plain_unit}, chênh ±{min(moved, 100)}% "
        "giữa hai nơi có thể chỉ do ngẫu nhiên."
    )
