"""Groups, and what they declared before."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from communes.changes import Act
from communes.models import Hamlet, Institution
from communes.names import name_key
from models_registry.importing.columns import Field
from models_registry.importing.kinds import (
    ENDED,
    NAME,
    FieldChange,
    Importer,
    RowFaults,
    RowPlace,
    hamlets_of,
    names_of,
)
from models_registry.importing.seats import seat_fields, seat_of
from models_registry.importing.sections import Sections, is_mark
from models_registry.importing.shapes import is_total
from models_registry.importing.values import Lookup, folded_key, read_choice, read_count, read_day, read_text
from models_registry.models import FormerSize, GroupKind, SelfManagementGroup


class Groups(Importer):
    """Groups, meant by kind, seat and name."""

    kind, title = "groups", "Tổ tự quản"
    continued = ("hamlet", "institution", "seat", "kind")
    watched = ((Hamlet, "commune"), (Institution, "commune"), (SelfManagementGroup, "commune"))

    NAMED = Field(
        "name",
        "Tên hoặc số của tổ",
        NAME,
        required=True,
        example="Tổ liên gia số 3",
        also=("tên tổ", "tên", "tổ", "tên nhóm", "số tổ", "tên tổ chức"),
    )
    DETAILS = (
        Field(
            "declared_members",
            "Số thành viên",
            read_count,
            also=("thành viên", "số người", "tổng số thành viên"),
            example=24,
            help="chỉ khi chưa lập danh sách thành viên",
        ),
        Field("households", "Số hộ", read_count, also=("số hộ tham gia", "hộ"), example=24),
        Field(
            "started_on",
            "Ngày thành lập",
            read_day,
            also=("thành lập", "năm thành lập", "từ ngày"),
            example=date(2022, 5, 10),
        ),
        Field(
            "founding_decision",
            "Quyết định thành lập",
            read_text(150),
            also=("số quyết định", "quyết định", "qđ thành lập", "số qđ"),
            example="15/QĐ-UBND",
        ),
        Field(
            "meets",
            "Sinh hoạt",
            read_choice({label: value for value, label in SelfManagementGroup.Rhythm.choices}, "lịch sinh hoạt"),
            also=("chế độ sinh hoạt", "định kỳ sinh hoạt"),
            choices=tuple(SelfManagementGroup.Rhythm.labels),
            example="Hằng quý",
        ),
        Field("last_met_on", "Họp gần nhất", read_day, also=("ngày họp gần nhất",)),
        Field("covenant_on", "Ngày có quy ước của tổ", read_day, also=("quy ước của tổ",)),
    )

    def prepare(self) -> None:
        """Look up kinds, seats and living groups."""
        kinds = list(GroupKind.objects.order_by("-is_active", *(GroupKind._meta.ordering or ())))
        self.hamlets = hamlets_of(self.commune)
        self.places, self.section = Lookup(self.hamlets), None
        self.institutions = names_of(Institution.objects.filter(commune=self.commune).standing_with(self.commune))
        groups = (
            SelfManagementGroup.objects.filter(commune=self.commune)
            .standing_with(self.commune)
            .with_headcount(self.today)
            .select_related("kind", "hamlet", "institution", "continues__continues")
        )
        self.known: dict[Any, list[SelfManagementGroup]] = {}
        for group in groups:
            self.known.setdefault(self.key(group), []).append(group)
        self.plain: dict[Any, list[SelfManagementGroup]] = {}
        for group in groups:
            self.plain.setdefault((*self.key(group)[:3], folded_key(group.name)), []).append(group)
        self.former: dict[int, tuple[int | None, int | None]] = {
            group.pk: (group.declared_members, group.households) for group in groups
        }
        self.fields = (
            self.NAMED,
            *seat_fields(kinds, self.hamlets, self.institutions, kind_required=True),
            *self.DETAILS,
            ENDED,
        )

    def over(self, sheet: str, titles: Sequence[str]) -> None:
        """Remember the hamlet that a sheet is named for."""
        own = Sections(self.places, (), self.commune.name).is_commune(sheet)
        self.section = None if own else self.places.get(sheet)

    def under(self, words: Sequence[str], line: int) -> None:
        """Remember the hamlet that heads the groups below it: "I. Khu 1"."""
        if not any(is_total(one) for one in words):
            found = [Sections(self.places, ()).names(one)[0] for one in words if not is_mark(one)]
            self.section = next((one for one in found if one is not None), None)

    def is_known(self, name: str) -> bool:
        """Whether a group of that name stands anywhere in the commune."""
        return any(key[3] == folded_key(name) for key in self.plain)

    @staticmethod
    def key(group: SelfManagementGroup) -> tuple[int | None, int | None, int | None, str]:
        """What tells one living group from another."""
        return (group.kind_id, group.hamlet_id, group.institution_id, name_key(group.name))

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        has_seat = {"hamlet", "institution", "seat"} & (values.keys() | self.blank)
        seat_of(values)
        self.inferred = {}
        if self.section is not None and not has_seat and values["kind"].seat == GroupKind.Seat.HAMLET:
            values["hamlet"], self.inferred = self.section, {"hamlet": str(self.section)}
        probe = SelfManagementGroup(commune=self.commune)
        for name in ("name", "kind", "hamlet", "institution"):
            if name in values:
                setattr(probe, name, values[name])
        if probe.hamlet_id and probe.institution_id:
            raise RowFaults(("institution", "Chọn khu dân cư hoặc cơ quan, trường học, không ghi cả hai."))
        key = self.key(probe)
        row = self.next_of(self.known.get(key, [])) or probe
        alike = self.plain.get((*key[:3], folded_key(probe.name)), [])
        if row is probe and probe.name.isascii() and len(alike) == 1:
            row = alike[0]  # typed without accents
        self.once(row.pk or key, place)
        if row.pk is None and not probe.kind.is_active:
            raise RowFaults(("kind", f"Loại hình “{probe.kind}” đã thôi dùng. Hãy chọn loại hình khác."))
        details = {k: v for k, v in values.items() if k not in ("name", "kind", "hamlet", "institution")}
        details = {k: v for k, v in details.items() if not self.says_what_is_listed(row, k, v)}
        changes = self.assign(row, details)
        self.check(row)
        return self.settle(row, changes), changes

    @staticmethod
    def says_what_is_listed(row: SelfManagementGroup, name: str, value: Any) -> bool:
        """Whether a column only repeats what our list shows of a group: its counted members and households."""
        if row.pk is None:
            return False
        listed = {"declared_members": row.headcount, "households": row.household_count}
        return name in listed and listed[name] == value

    def write(self, act: Act) -> Iterator[None]:
        """Write groups; what they declared before counts until yesterday, in a former commune it was a mistake."""
        act.create(self.new)
        yield
        eve, mended = self.today - timedelta(days=1), [] if self.last else self.changed
        resized = [g for g in mended if self.former[g.pk] != (g.declared_members, g.households)]
        kept = set(FormerSize.objects.filter(group__in=resized, until__gte=eve).values_list("group", flat=True))
        act.create(
            [
                FormerSize(group=g, until=eve, members=self.former[g.pk][0], households=self.former[g.pk][1])
                for g in resized
                if g.pk not in kept
            ]
        )
        act.update(self.changed, self.columns())
