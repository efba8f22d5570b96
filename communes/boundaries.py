"""Borders as they are drawn: paths made once from public boundaries, a file for each province and one for the country.

``prepare`` turns a TopoJSON file into a sheet of paths; the command ``prepare_boundaries`` writes one for each file
into communes/data/boundaries, where ``sheet_of`` reads them. Hoàng Sa and Trường Sa lie far from the mainland: their
islands are drawn in named insets at the east, on the country's sheet and on those of their provinces.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any, NamedTuple, Self

FOLDER = Path(__file__).resolve().parent / "data" / "boundaries"
COUNTRY = "country"
LONGEST = 1000  # the longer side of the mainland, in units of drawing
MARGIN, GAP, DOT = 6, 24, 3.2
EAST, SOUTH_EAST = 110.5, (109.3, 10.5)  # degrees: what lies beyond is in an inset
FRAME, TALL = 260, 170  # an inset
Point = tuple[float, float]
Ring = list[Point]


class Archipelago(NamedTuple):
    """Islands that are drawn in an inset: their name, the units they belong to, and where (degrees)."""

    name: str
    of: str
    province: str
    commune: str
    south: float
    north: float


ARCHIPELAGOS = (
    Archipelago("Quần đảo Hoàng Sa", "thành phố Đà Nẵng", "48", "20333", 15, 18),
    Archipelago("Quần đảo Trường Sa", "tỉnh Khánh Hòa", "56", "22736", 6, 13),
)


@dataclass(frozen=True)
class Inset:
    """A framed part of a sheet: its name and whose it is, corner and size, and the islands of one unit as a path."""

    name: str
    of: str
    code: str
    x: float
    y: float
    width: float
    height: float
    islands: str


@dataclass(frozen=True)
class MapSheet:
    """Paths by official code, the common outline, and how degrees become units of drawing (west, north, scales)."""

    width: int
    height: int
    frame: tuple[float, float, float, float]
    shapes: Mapping[str, str]
    outline: str
    insets: tuple[Inset, ...] = ()

    def at(self, latitude: float, longitude: float) -> Point:
        """Where a place lies on the sheet."""
        west, north, across, down = self.frame
        return round(MARGIN + (longitude - west) * across, 1), round(MARGIN + (north - latitude) * down, 1)

    def text(self) -> str:
        """The sheet as a file holds it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what :meth:`text` wrote."""
        known = json.loads(text)
        return cls(**known | {"frame": tuple(known["frame"]), "insets": tuple(Inset(**one) for one in known["insets"])})


@cache
def sheet_of(name: str) -> MapSheet | None:
    """The sheet of a province (its code) or of the country; None where there is none."""
    path = FOLDER / f"{name}.json"
    return MapSheet.read(path.read_text(encoding="utf-8")) if name.isalnum() and path.is_file() else None


def prepare(topology: Mapping[str, Any], missing: Iterable[str] = ()) -> MapSheet:
    """Make a sheet of a TopoJSON topology; geometries named ``missing`` are left out."""
    arcs = [list(_degrees(arc, topology["transform"])) for arc in topology["arcs"]]
    (layer,) = topology["objects"].values()
    units = {one["id"]: _rings(one) for one in layer["geometries"] if one["id"] not in set(missing)}
    near = {code: [ring for ring in rings if _is_near(arcs, ring)] for code, rings in units.items()}
    points = [point for rings in near.values() for ring in rings for arc in ring for point in arcs[_plain(arc)]]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = cos(radians((north + south) / 2))
    scale = LONGEST / max((east - west) * squeeze, north - south)
    frame = (west, north, round(scale * squeeze, 4), round(scale, 4))
    bare = MapSheet(0, 0, frame, {}, "")
    used = Counter(_plain(arc) for rings in near.values() for ring in rings for arc in ring)
    edges = [arcs[arc] for arc, times in used.items() if times == 1]
    width, height = round((east - west) * frame[2] + 2 * MARGIN), round((north - south) * scale + 2 * MARGIN)
    insets = tuple(_insets(units, arcs, width, height))
    return MapSheet(
        width + (GAP + FRAME if insets else 0),
        max([height, *(round(one.y + one.height + MARGIN) for one in insets)]),
        frame,
        {code: "".join(_path(bare, _joined(arcs, ring)) for ring in rings) for code, rings in near.items() if rings},
        "".join(_path(bare, edge, close=False) for edge in edges),
        insets,
    )


def _degrees(arc: list[list[int]], transform: Mapping[str, Any]) -> Iterator[Point]:
    """Undo the quantised differences of TopoJSON: longitude and latitude."""
    (across, down), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * across + west, y * down + south


def _rings(geometry: Mapping[str, Any]) -> list[list[int]]:
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [ring for polygon in polygons for ring in polygon]


def _plain(arc: int) -> int:
    return ~arc if arc < 0 else arc


def _joined(arcs: list[Ring], ring: list[int]) -> Ring:
    """The points of a ring, each arc in its direction, the shared ends once."""
    points: Ring = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        points += part[1:] if points else part
    return points


def _is_near(arcs: list[Ring], ring: list[int]) -> bool:
    longitude, latitude = arcs[_plain(ring[0])][0]
    return longitude < EAST and not (longitude > SOUTH_EAST[0] and latitude < SOUTH_EAST[1])


def _path(sheet: MapSheet, points: Ring, *, close: bool = True) -> str:
    """A path in whole units, by differences; what falls on one unit is drawn once."""
    placed = [tuple(round(part) for part in sheet.at(y, x)) for x, y in points]
    kept = [one for at, one in enumerate(placed) if not at or one != placed[at - 1]]
    if close and kept[0] == kept[-1]:
        kept.pop()
    if len(kept) < (3 if close else 2):
        return "" if not close else f"M{kept[0][0]} {kept[0][1]}h1v1z"
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(kept)]
    drawn = "l" + " ".join(steps).replace(" -", "-")
    return f"M{kept[0][0]} {kept[0][1]}{drawn}{'z' if close else ''}"


def _insets(units: Mapping[str, list[list[int]]], arcs: list[Ring], width: int, height: int) -> Iterator[Inset]:
    """The archipelagos of these units, one below the other at the east."""
    y = round(height * 0.3)
    for islands in ARCHIPELAGOS:
        code = next((code for code in (islands.commune, islands.province) if code in units), None)
        if code is None:
            continue
        middles = [_middle(_joined(arcs, ring)) for ring in units[code] if not _is_near(arcs, ring)]
        here = [one for one in middles if islands.south < one[1] < islands.north]
        if here:
            yield Inset(islands.name, islands.of, code, width + GAP, y, FRAME, TALL, _dots(here, width + GAP, y))
            y += TALL + 3 * GAP


def _middle(points: Ring) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _dots(islands: list[Point], x: float, y: float) -> str:
    """Each island as a dot where it lies: at this scale its own shape would not be seen."""
    west, east = min(one for one, _ in islands), max(one for one, _ in islands)
    south, north = min(one for _, one in islands), max(one for _, one in islands)
    squeeze = cos(radians((north + south) / 2))
    scale = min((FRAME - 30) / ((east - west) * squeeze), (TALL - 30) / (north - south))
    left = x + (FRAME - (east - west) * squeeze * scale) / 2
    top = y + (TALL - (north - south) * scale) / 2
    dot = f"h0m-{DOT} 0a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0-{2 * DOT} 0z"
    return "".join(
        f"M{left + (a - west) * squeeze * scale:.1f} {top + (north - b) * scale:.1f}{dot}" for a, b in islands
    )
