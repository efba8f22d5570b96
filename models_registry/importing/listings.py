"""The priority lists that a province keeps: places put on a list, and taken off, by decisions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from communes.changes import Act
from communes.models import Commune, Hamlet, PriorityListing, Province, RegisterChange
from communes.names import name_key
from models_registry.importing.columns import Field
from models_registry.importing.kinds import FieldChange, RowFaults, RowPlace
from models_registry.importing.places import Chronicle, sentence_of
from models_registry.importing.values import Lookup, place_key, read_choice, read_day, read_text

LEVELS = {label: value for value, label in PriorityListing.Level.choices} | {
    "Bộ Công an": PriorityListing.Level.MINISTRY,
    "Bộ": PriorityListing.Level.MINISTRY,
    "BCA": PriorityListing.Level.MINISTRY,
    "Trọng điểm về TTATXH": PriorityListing.Level.PROVINCE,
    "TTATXH": PriorityListing.Level.PROVINCE,
    "Tỉnh": PriorityListing.Level.PROVINCE,
}
NO_COMMUNE = "Không có xã, phường “{said}” trong tỉnh. Hãy ghi tên như trong danh sách, hoặc mã xã."
SEVERAL = "Có {count} xã, phường tên “{said}”. Hãy ghi mã xã."
NO_HAMLET = "Không có khu dân cư “{said}” ở {commune}."
NO_DELISTING = "Còn trống. Đã ghi ngày đưa ra thì phải có quyết định đưa ra."
Listed = tuple[Commune, Hamlet | None]
Key = tuple[int, int | None]


def key_of(row: PriorityListing) -> Key:
    """What tells one listed place from another: names do not."""
    return row.commune_id, row.hamlet_id


class Listings(Chronicle):
    """Places on priority lists, meant by the place, the list and the decision that put it there."""

    kind, title = "priority", "Xã trọng điểm"
    mended = ("decision", "started_on", "department", "ended_on", "delisting_decision")
    of_province = True
    act_kind = RegisterChange.Kind.LISTS
    watched = ((PriorityListing, "commune__province"), (Hamlet, "commune__province"))
    fields = (
        Field(
            "name",
            "Địa bàn",
            read_text(250),
            required=True,
            also=("xã, phường, đặc khu", "xã, phường", "xã", "tên xã", "mã xã", "đơn vị", "tên"),
            example="Xã Chí Đám",
            help="tên hoặc mã xã; nêu riêng một khu thì ghi “Khu 5, Xã Chí Đám”",
        ),
        Field("hamlet", "Khu dân cư", read_text(120), also=("khu", "thôn", "tên khu"), in_template=False),
        Field(
            "level",
            "Danh sách",
            read_choice(LEVELS, "danh sách"),
            required=True,
            also=("cấp", "loại", "loại trọng điểm"),
            example=PriorityListing.Level.MINISTRY.label,
            choices=tuple(PriorityListing.Level.labels),
        ),
        Field(
            "decision",
            "Quyết định đưa vào",
            read_text(150),
            required=True,
            also=("quyết định", "số quyết định", "số qđ", "qđ", "qđ đưa vào"),
            example="15/QĐ-BCA",
        ),
        Field("started_on", "Từ ngày", read_day, also=("ngày đưa vào", "ngày"), example=date(2025, 3, 5)),
        Field("department", "Phòng phụ trách", read_text(150), also=("phòng nghiệp vụ phụ trách", "phòng nghiệp vụ")),
        Field("last_day", "Đến hết ngày", read_day, also=("ngày đưa ra",), help="khi đưa ra khỏi danh sách"),
        Field("delisting_decision", "Quyết định đưa ra", read_text(150), also=("qđ đưa ra",)),
    )

    def prepare(self) -> None:
        """Look up the province's communes, and what is listed."""
        province: Province = self.place
        family = (province.pk, *province.succeeded.values_list("pk", flat=True))
        self.communes: dict[str, list[Commune]] = {}
        for commune in Commune.objects.filter(province=province).living():
            for name in (commune.code, commune.name, str(commune)):
                self.communes.setdefault(place_key(name), []).append(commune)
        self.named = Lookup({name: found for name, found in self.communes.items() if len(found) == 1})
        self.hamlets: dict[int, Lookup] = {}
        self.known: dict[tuple[Key, str, str], list[PriorityListing]] = {}
        self.called: dict[str, set[Key]] = {}
        self.standing: dict[tuple[Key, str], str] = {}
        rows = PriorityListing.objects.filter(commune__province__in=family).select_related("commune", "hamlet__commune")
        for row in rows.order_by("pk"):
            self.known.setdefault((key_of(row), row.level, name_key(row.decision)), []).append(row)
            self.called.setdefault(place_key(str(row)), set()).add(key_of(row))
            if row.ended_on is None:
                self.standing[key_of(row), row.level] = row.decision

    def is_known(self, name: str) -> bool:
        """Whether a place of that name is listed, or a commune called so."""
        key = place_key(name)
        return key in self.communes or key in self.called

    def owner(self) -> Commune:
        """The act stands with the commune of its first row; its people do not see it."""
        first: PriorityListing = [*self.new, *self.changed][0]
        return first.commune

    def listed(self, said: str, inner: str) -> Listed:
        """The commune that is said, and the hamlet in it if one is. Raises :class:`RowFaults`."""
        found = self.communes.get(place_key(said)) or self.named.get(said)
        if not found and not inner and "," in said:
            inner, _, rest = said.rpartition(",")
            return self.listed(rest.strip(), inner.strip())
        if not found:
            raise RowFaults(("name", NO_COMMUNE.format(said=said[:60])))
        if len(found) > 1:
            raise RowFaults(("name", SEVERAL.format(count=len(found), said=said[:60])))
        if not inner:
            return found[0], None
        if found[0].pk not in self.hamlets:
            rows = Hamlet.objects.filter(commune=found[0]).living().select_related("commune")
            self.hamlets[found[0].pk] = Lookup({row.name: row for row in rows})
        hamlet = self.hamlets[found[0].pk].get(inner)
        if hamlet is None:
            raise RowFaults(("name", NO_HAMLET.format(said=inner[:60], commune=found[0])))
        return found[0], hamlet

    def listings(self, said: str, level: str, decision: str) -> list[PriorityListing]:
        """What is listed under that name, perhaps of namesakes."""
        named = sorted(self.called.get(place_key(said), ()), key=str)
        return [row for key in named for row in self.known.get((key, level, decision), ())]

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        said, inner = values.pop("name"), values.pop("hamlet", "")
        level, decision = values.pop("level"), name_key(values["decision"])
        if "last_day" in values:
            values["ended_on"] = values.pop("last_day")
        rows, self.inferred = self.listings(said, level, decision), {}
        new = PriorityListing(level=level)
        if not rows or inner:
            new.commune, new.hamlet = self.listed(said, inner)
            rows = self.known.get((key_of(new), level, decision), [])
        namesakes = len(set(map(key_of, rows)))
        row = self.nearest(rows, values) or new
        key = key_of(row), level
        self.once(row.pk or (*key, decision), place)
        before = row.ended_on, row.delisting_decision
        if row is new:
            self.need(values, "started_on")
            self.inferred["name"] = str(row)
            if "ended_on" not in values and key in self.standing:
                rule = "hamlet_listed_once" if row.hamlet_id else "listed_once"
                raise RowFaults(("name", f"{sentence_of(PriorityListing, rule)} ({self.standing[key]})"))
        changes = self.assign(row, values)
        if changes and namesakes > 1:
            raise RowFaults(("name", SEVERAL.format(count=namesakes, said=said[:60])))
        self.refuse(row, before)
        self.check(row)
        if row.ended_on is None:
            self.standing[key] = row.decision
        elif before[0] is None and row is not new:
            self.standing.pop(key, None)
        return self.settle(row, changes), changes

    @staticmethod
    def refuse(row: PriorityListing, before: tuple[date | None, str]) -> None:
        """Raise :class:`RowFaults` where a rule of the table is broken, or no decision says any more why it ended."""
        if row.hamlet_id and row.level == PriorityListing.Level.MINISTRY:
            raise RowFaults(("level", sentence_of(PriorityListing, "ministry_lists_communes")))
        if row.ended_on and row.ended_on < row.started_on:
            raise RowFaults(("last_day", sentence_of(PriorityListing, "communes_prioritylisting_ends_after_start")))
        if row.ended_on and not row.delisting_decision and before != (row.ended_on, ""):
            raise RowFaults(("delisting_decision", NO_DELISTING))

    def write(self, act: Act) -> Iterator[None]:
        """Write what was taken off first, so that a place may be put on again by another decision."""
        act.update(self.changed, self.mended)
        yield
        act.create(self.new)
