"""Groups, and what they declared before."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from communes.changes import Act
from communes.models import Hamlet, Institution
from communes.names import name_key
from models_registry.importing.columns import Field
from models_registry.importing.kinds import (
    NAME,
    FieldChange,
    Importer,
    RowFaults,
    RowPlace,
    hamlets_of,
    names_of,
    seat_fields,
)
from models_registry.importing.values import folded_key, read_choice, read_count, read_day, read_text
from models_registry.models import FormerSize, GroupKind, SelfManagementGroup


class Groups(Importer):
    """Groups, meant by kind, seat and name."""

    kind, title = "groups", "Tổ tự quản"
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
            also=("số quyết định", "quyết định", "qđ thành lập"),
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
        kinds = list(GroupKind.objects.filter(is_active=True))
        self.hamlets = hamlets_of(self.commune)
        self.institutions = names_of(Institution.objects.filter(commune=self.commune).living())
        groups = (
            SelfManagementGroup.objects.filter(commune=self.commune)
            .living()
            .select_related("kind", "hamlet", "institution")
        )
        self.known = {self.key(group): group for group in groups}
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
        )

    @staticmethod
    def key(group: SelfManagementGroup) -> tuple[int | None, int | None, int | None, str]:
        """What tells one living group from another."""
        return (group.kind_id, group.hamlet_id, group.institution_id, name_key(group.name))

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        probe = SelfManagementGroup(commune=self.commune)
        for name in ("name", "kind", "hamlet", "institution"):
            if name in values:
                setattr(probe, name, values[name])
        if probe.hamlet_id and probe.institution_id:
            raise RowFaults(("institution", "Chọn khu dân cư hoặc cơ quan, trường học, không ghi cả hai."))
        key = self.key(probe)
        row = self.known.get(key, probe)
        alike = self.plain.get((*key[:3], folded_key(probe.name)), [])
        if row is probe and probe.name.isascii() and len(alike) == 1:
            row = alike[0]  # typed without accents
        self.once(row.pk or key, place)
        details = {k: v for k, v in values.items() if k not in ("name", "kind", "hamlet", "institution")}
        changes = self.assign(row, details)
        self.check(row)
        return self.settle(row, changes), changes

    def write(self, act: Act) -> Iterator[None]:
        """Write groups; what they declared before counts until yesterday."""
        act.create(self.new)
        yield
        eve = self.today - timedelta(days=1)
        resized = [g for g in self.changed if self.former[g.pk] != (g.declared_members, g.households)]
        kept = set(FormerSize.objects.filter(group__in=resized, until__gte=eve).values_list("group", flat=True))
        act.create(
            [
                FormerSize(group=g, until=eve, members=self.former[g.pk][0], households=self.former[g.pk][1])
                for g in resized
                if g.pk not in kept
            ]
        )
        act.update(self.changed, [field.name for field in self.fields])
