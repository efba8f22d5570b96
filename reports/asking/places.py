"""The places of a question: how the summary groups them, how its keys become rows, how addresses name them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports.asking.question import CHOSEN, WHOLE, Question
from reports.totals.dimensions import By
from reports.totals.parts import Part, Parts, parts_of
from reports.totals.place import Place

ALL = "all"  # in place of a key: the whole of an axis that is not laid out


@dataclass(frozen=True, eq=False)
class Item:
    """One row or column of an axis: key in the values, name; ``url_part`` names a place in addresses."""

    key: Any
    name: str
    url_part: dict[str, str] | None = None


@dataclass(frozen=True)
class Places:
    """The places of a question: how the summary groups them, and how its keys become rows.

    ``by`` is "indicator" for the place as one; ``group_of`` gives a key of the summary its row (None for none);
    ``parts`` names those that have figures without being listed.
    """

    items: tuple[Item, ...]
    by: By = "indicator"
    group_of: Callable[[Any], Any] | None = None
    complete: bool = True  # the rows are the whole place: its own figure is their total
    total: str = ""
    parts: Parts | None = None


def places_of(question: Question) -> Places:
    """Return the places a question asks about (one query or two)."""
    place = question.place
    if question.places == CHOSEN:
        keys = {commune.pk: commune.pk for commune in question.communes}
        items = tuple(Item(c.pk, str(c), {"commune": c.slug}) for c in question.communes)
        return Places(items, "commune", keys.get, False, "Cộng các xã đã chọn")
    if question.places == WHOLE:
        return Places((Item(ALL, place.name, {}),))
    parts = parts_of(question.summary, question.grouping)
    items = tuple(item_of(part, place) for part in parts.listed)
    return Places(items, parts.by, parts.group_of, total=_total(place), parts=parts)


def _total(place: Place) -> str:
    """What all the parts of a place are together."""
    if place.commune:
        return "Toàn xã"
    if place.district:
        return "Toàn huyện"
    return "Cả cụm" if place.cluster else "Toàn tỉnh" if place.province else "Cả nước"


def address_of(part: Part, place: Place) -> dict[str, str] | None:
    """Return how the addresses of figures name a part of a place; None for communes that lie in no cluster."""
    home = place.commune.slug if place.commune else ""
    return {
        "hamlet": {"commune": home, "row": f"h{part.slug}"},
        "unit": {"commune": home, "row": "u"},
        "commune": {"commune": part.slug},
        "office": {"province": part.slug, "office": "1"},
        "cluster": {"cluster": part.slug},
        "district": {"district": part.slug},
        "province": {"province": part.slug},
    }.get(part.kind)


def item_of(part: Part, place: Place) -> Item:
    """Return a part of a place as a row or column."""
    return Item(part.key, part.name, address_of(part, place))
