"""Clusters of communes: who keeps them, and the proposal by the districts of before March 2025."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from communes.models import Cluster, Commune, Province, User
from communes.refusals import Forbidden, Objection, Refused, require
from communes.trail.recording import Act, record

DATA = Path(__file__).parent / "data" / "former_districts.csv"
BY_DISTRICT = "Theo huyện cũ"
Proposal = dict[str, list[Commune]]
"""Name of a cluster → its communes."""


class FormerDistrict(NamedTuple):
    """A district that ended on 1 March 2025, and the province it then lay in."""

    name: str
    province: str


@cache
def former_districts() -> dict[str, FormerDistrict]:
    """Code of a commune of July 2025 → the district most of its predecessors lay in.

    A predecessor that went into several communes counts half; where that is even, the district of the
    predecessor with the same code stands. Compiled from the public lists of units before and after.
    """
    with DATA.open(encoding="utf-8", newline="") as file:
        return {row["commune"]: FormerDistrict(row["district"], row["province"]) for row in csv.DictReader(file)}


def proposal(communes: Iterable[Commune]) -> Proposal:
    """Group communes by former district, in the order of their codes; unknown ones are left out.

    Two districts of one name ("Huyện Châu Thành") are told apart by their former provinces.
    """
    found: dict[FormerDistrict, list[Commune]] = defaultdict(list)
    for commune in communes:
        if district := former_districts().get(commune.code):
            found[district].append(commune)
    namesakes = Counter(district.name for district in found)
    return {
        f"{one.name} cũ" + (f" ({one.province})" if namesakes[one.name] > 1 else ""): members
        for one, members in found.items()
    }


def objection(user: User) -> Objection | None:
    """Say why ``user`` may not define clusters, or return None."""
    if user.is_reviewer:
        return None
    return Forbidden("Cụm xã do cán bộ duyệt của tỉnh đặt; bạn chỉ xem.")


def propose(province: Province, *, by: User) -> list[Cluster]:
    """Make the clusters of ``BY_DISTRICT``. Raises :class:`Refused`, also where the grouping is there already."""
    require(objection(by))
    with transaction.atomic():
        if Cluster.objects.filter(province=province, grouping=BY_DISTRICT).exists():
            said = f"Đã có cách chia “{BY_DISTRICT}”. Hãy sửa từng cụm, hoặc xóa hết để đề xuất lại."
            raise Refused(Objection(said))
        made = []
        for name, communes in proposal(Commune.objects.living().filter(province=province)).items():
            cluster = Cluster.objects.create(province=province, grouping=BY_DISTRICT, name=name)
            cluster.communes.set(communes)
            made.append(cluster)
        if made:
            record(Act.SETTING, f"Đặt các cụm xã “{BY_DISTRICT}”", by=by, place=province, rows=len(made))
    if not made:
        raise Refused(Objection("Chưa biết huyện cũ của các xã trong tỉnh; hãy tự đặt các cụm."))
    return made


def tell(what: str, cluster: Cluster, *, by: User) -> None:
    """Leave in the trail what was done with a cluster, and how many communes it has."""
    said = f"{what} cụm xã “{cluster}” ({cluster.grouping})"
    record(Act.SETTING, said, by=by, place=cluster.province, rows=cluster.communes.count())


def remove(cluster: Cluster, *, by: User) -> None:
    """Delete a cluster. Raises :class:`Refused`."""
    require(objection(by))
    with transaction.atomic():
        tell("Xóa", cluster, by=by)
        cluster.delete()
