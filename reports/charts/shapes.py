"""A map of places by their borders, coloured by the class of their figure; a place without a shape is a circle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from communes.boundaries import MapSheet
from communes.templatetags.vietnamese import number
from reports.charts.classes import Classes
from reports.charts.scale import Number

LETTER, LINE, MOST_NAMES = 10.5, 24, 16  # of a name's letters, roughly: none is measured
RADIUS = 9
KINDS = ("Xã ", "Phường ", "Đặc khu ", "Tỉnh ", "Thành phố ")


class MapPlace(NamedTuple):
    """A place: its code or codes on the sheet, name, figure (None is blank), where it leads, and its centre."""

    codes: tuple[str, ...]
    name: str
    value: Number | None
    url: str = ""
    at: tuple[Number, Number] | None = None  # latitude, longitude
    weight: Number = 0  # the heavier is named first


class DrawnShape(NamedTuple):
    """A place as it is drawn: its path, class, words and address; ``selected`` is ringed."""

    path: str
    style: str
    title: str
    url: str
    selected: bool


class MapCircle(NamedTuple):
    """A place without a shape."""

    x: float
    y: float
    style: str
    title: str
    url: str


class MapName(NamedTuple):
    """A name on the map, its middle at x and y."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class ShapeMap:
    """Some places on a sheet; ``even`` asks for classes of equal steps, ``chosen`` is ringed."""

    title: str
    unit: str
    sheet: MapSheet
    places: Sequence[MapPlace]
    even: bool = False
    chosen: str = ""

    @cached_property
    def classes(self) -> Classes:
        """Colours by quantile, or by equal steps."""
        values = [place.value for place in self.places]
        return Classes.even(values) if self.even else Classes.of(values)

    @cached_property
    def drawn(self) -> list[DrawnShape]:
        """The places that have a shape, islands in insets with them; the chosen one last, above its neighbours."""
        islands = {inset.code: inset.islands for inset in self.sheet.insets}
        found = []
        for place in self.places:
            style, title, chosen = self._style(place), self._title(place), self.chosen in place.codes
            for paths, kind in ((self.sheet.shapes, style), (islands, f"{style} isle")):
                path = "".join(paths.get(code, "") for code in place.codes)
                if path:
                    found.append(DrawnShape(path, kind, title, place.url, chosen))
        return sorted(found, key=lambda shape: shape.selected)

    @cached_property
    def land(self) -> str:
        """What lies on the sheet without being one of the places."""
        known = {code for place in self.places for code in place.codes}
        islands = {inset.code: inset.islands for inset in self.sheet.insets}
        codes = dict.fromkeys((*self.sheet.shapes, *islands))
        return "".join(self.sheet.shapes.get(c, "") + islands.get(c, "") for c in codes if c not in known)

    @cached_property
    def circles(self) -> list[MapCircle]:
        """The places that have a centre and no shape."""
        found = []
        for place in self.places:
            if place.at and not self._has_shape(place):
                x, y = self.sheet.at(float(place.at[0]), float(place.at[1]))
                found.append(MapCircle(x, y, self._style(place), self._title(place), place.url))
        return found

    @property
    def nowhere(self) -> list[str]:
        """The places that are not on the map."""
        return [place.name for place in self.places if not place.at and not self._has_shape(place)]

    def _has_shape(self, place: MapPlace) -> bool:
        islands = {inset.code for inset in self.sheet.insets}
        return any(code in self.sheet.shapes or code in islands for code in place.codes)

    def _style(self, place: MapPlace) -> str:
        return self.classes.style(place.value)

    def _title(self, place: MapPlace) -> str:
        said = "chưa có số liệu" if place.value is None else f"{number(place.value)} {self.unit}"
        return f"{place.name}: {said}"

    @property
    def names(self) -> list[MapName]:
        """Names of the heaviest places, as many as fit without covering one another."""
        taken: list[tuple[float, float, float, float]] = []
        found: list[MapName] = []
        order = sorted(self.places, key=lambda place: (self.chosen not in place.codes, -float(place.weight)))
        for place in order:
            if place.at is None or len(found) == MOST_NAMES:
                continue
            x, y = self.sheet.at(float(place.at[0]), float(place.at[1]))
            text = short_name(place.name)
            half = len(text) * LETTER / 2
            box = (x - half, y - LINE / 2, x + half, y + LINE / 2)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= self.sheet.width and box[3] <= self.sheet.height
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                found.append(MapName(x, y, text))
        return found


def short_name(name: str) -> str:
    """Leave out the kind of unit, which every neighbour shares."""
    for kind in KINDS:
        name = name.removeprefix(kind)
    return name


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
