"""Members: the person, and the group they serve in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from communes import viewings
from communes.changes import Act
from communes.models import Institution
from communes.names import name_key
from models_registry.importing.columns import Field, Layout
from models_registry.importing.kinds import (
    ENDED,
    FieldChange,
    Importer,
    RowFaults,
    RowPlace,
    hamlets_of,
    names_of,
)
from models_registry.importing.seats import WHOLE_COMMUNE, seat_fields, seat_of
from models_registry.importing.sections import Sections, is_mark
from models_registry.importing.split_names import PARTS, together
from models_registry.importing.values import (
    MASK,
    Lookup,
    folded_key,
    read_birth_or_mark,
    read_birth_year,
    read_choice,
    read_day,
    read_person,
    read_phone,
    read_text,
)
from models_registry.importing.workbooks import Sheet
from models_registry.models import GroupKind, Member, Person, SelfManagementGroup

PERSONAL = ("name", "sex", "birth_year", "phone")
SERVING = ("position", "started_on", "decision", "trained_on")
SEXES = {label: value for value, label in Person.Sex.choices}
POSITIONS = {
    "Trưởng": "leader",
    "Tổ trưởng": "leader",
    "Nhóm trưởng": "leader",
    "Trưởng ban": "leader",
    "Đội trưởng": "leader",
    "Cụm trưởng": "leader",
    "Trưởng họ": "leader",
    "Phó": "deputy",
    "Tổ phó": "deputy",
    "Nhóm phó": "deputy",
    "Phó ban": "deputy",
    "Phó trưởng ban": "deputy",
    "Đội phó": "deputy",
    "Cụm phó": "deputy",
    "Phó tổ trưởng": "deputy",
    "Phó nhóm": "deputy",
    "Phó nhóm trưởng": "deputy",
    "Phó trưởng nhóm": "deputy",
    "TP": "deputy",
    "T. trưởng": "leader",
    "TT": "leader",
    "Trưởng nhóm": "leader",
    "Thành viên": "member",
    "TV": "member",
    "UV": "member",
    "Tổ viên": "member",
    "Ủy viên": "member",
    "Đội viên": "member",
}


BIRTH = ("sinh năm", "ngày sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh")
PHONE = ("số điện thoại", "sđt", "số đt", "đt", "di động", "số máy")
SINCE = ("tham gia từ", "từ ngày", "ngày vào", "ngày vào tổ", "vào tổ ngày", "vào từ")


LONE = (
    "Dòng chỉ có tên, không rõ là người hay tên tổ. Là người thì ghi thêm năm sinh hoặc chức danh;"
    " là tổ thì hãy nhập tổ ấy vào danh bạ trước."
)
STRANGE = (
    "Không rõ thuộc tổ nào: dòng mục “{words}” (dòng {line}) không mang tên tổ nào trong danh bạ."
    " Hãy sửa dòng mục, nhập tổ trước, hoặc thêm cột Tên tổ."
)
NO_GROUP = "Không rõ thuộc tổ nào: phía trên không có dòng mục mang tên tổ. Hãy thêm dòng mục, hoặc cột Tên tổ."


class Members(Importer):
    """Members, meant by their group, name and year of birth.

    Somebody of the same name and year of birth who already serves elsewhere in the commune is the same
    person; a row without a year of birth means the namesake in that group, or somebody new.
    """

    kind, title = "members", "Thành viên"
    continued = ("hamlet", "institution", "seat", "kind", "group")
    watched = ((SelfManagementGroup, "commune"), (Person, "commune"), (Member, "group__commune"))

    MEANT = (
        Field(
            "name",
            "Họ và tên",
            read_person,
            required=True,
            also=("họ tên", "tên thành viên", "họ và tên thành viên", "tên"),
            example="Nguyễn Văn An",
        ),
        Field(
            "group",
            "Tên hoặc số của tổ",
            read_text(120),
            required=True,
            also=("tổ", "tên tổ", "thuộc tổ", "nhóm", "ban"),
            example="Tổ ANTT Khu 5",
            or_above="dòng mục mang tên tổ",
        ),
    )
    DETAILS = (
        Field(
            "sex",
            "Giới tính",
            read_choice(SEXES, "giới tính"),
            also=("giới", "phái", "nam/nữ", "nam, nữ"),
            choices=tuple(SEXES),
            example="Nam",
        ),
        Field(
            "birth_year",
            "Năm sinh",
            read_birth_year,
            also=BIRTH,
            example=1975,
        ),
        Field(
            "phone",
            "Điện thoại",
            read_phone,
            also=PHONE,
            example="0912345678",
        ),
        Field(
            "position",
            "Chức danh",
            read_choice(POSITIONS, "chức danh"),
            also=("chức vụ", "vai trò", "nhiệm vụ"),
            example="Thành viên",
            choices=("Trưởng", "Phó", "Thành viên"),
        ),
        Field("birth_male", "Năm sinh Nam", read_birth_or_mark, also=("nam",), in_template=False),
        Field("birth_female", "Năm sinh Nữ", read_birth_or_mark, also=("nữ",), in_template=False),
        Field(
            "started_on",
            "Ngày tham gia",
            read_day,
            also=SINCE,
            example=date(2024, 7, 1),
        ),
        Field("decision", "Quyết định công nhận", read_text(150), also=("số quyết định", "quyết định")),
        Field("address", "Địa chỉ", read_text(200), also=("đ/c", "nơi ở", "chỗ ở", "nơi cư trú"), in_template=False),
        Field("trained_on", "Ngày tập huấn", read_day, also=("tập huấn", "bồi dưỡng")),
    )

    def prepare(self) -> None:
        """Look up groups, people and living memberships."""
        kinds = list(GroupKind.objects.order_by("-is_active", *(GroupKind._meta.ordering or ())))
        hamlets = hamlets_of(self.commune)
        self.hamlets = Lookup(hamlets)
        institutions = names_of(Institution.objects.filter(commune=self.commune).standing_with(self.commune))
        self.groups: dict[str, list[SelfManagementGroup]] = {}
        self.spelled: dict[int, set[str]] = {}
        groups = SelfManagementGroup.objects.filter(commune=self.commune).standing_with(self.commune)
        for group in groups.select_related("kind", "hamlet", "institution"):
            self.spelled[group.pk] = {name_key(group.name), name_key(str(group))}
            for name in {folded_key(group.name), folded_key(str(group))}:
                self.groups.setdefault(name, []).append(group)
        self.people: dict[tuple[str, int | None], Person] = {}
        for person in Person.objects.filter(commune=self.commune, birth_year__isnull=False):
            self.people[name_key(person.name), person.birth_year] = person
        self.serving: dict[tuple[int, str], list[Member]] = {}
        self.leaders: dict[int, Member] = {}
        for member in (
            Member.objects.filter(group__commune=self.commune)
            .standing_with(self.commune)
            .select_related("person", "group", "continues__continues")
        ):
            self.serving.setdefault((member.group_id, name_key(member.person.name)), []).append(member)
            if member.position == Member.Position.LEADER:
                self.leaders[member.group_id] = member
        self.names = {name for _, name in self.serving}
        self.new_people: list[Person] = []
        self.listed: set[int] = set()
        self.changed_people: dict[int, Person] = {}
        self.sections = Sections(self.hamlets, self.groups, self.commune.name)
        self.fields = (
            *(replace(one, read=self.person) if one.name == "name" else one for one in self.MEANT),
            *PARTS,
            *seat_fields(kinds, hamlets, institutions, kind_required=False),
            *(self.position(kinds) if one.name == "position" else one for one in self.DETAILS),
            ENDED,
        )

    @staticmethod
    def position(kinds: list[GroupKind]) -> Field:
        """What somebody does in the group, by the titles people use and those that the catalogue gives."""
        own = {kind.leader_title: "leader" for kind in kinds} | {kind.deputy_title: "deputy" for kind in kinds}
        usual = next(one for one in Members.DETAILS if one.name == "position")
        return replace(usual, read=read_choice({**POSITIONS, **{k: v for k, v in own.items() if k}}, "chức danh"))

    def person(self, value: Any) -> str:
        """The name of a person; one that the register spells with the word before it keeps it."""
        whole = read_text(100)(value)
        return whole if self.is_known(whole) else read_person(value)

    def is_known(self, name: str) -> bool:
        """Whether somebody of that name serves in the commune."""
        return name_key(name) in self.names

    def whole(self, sheet: Sheet, layout: Layout) -> Sheet:
        """The sheet with each name in one cell."""
        return together(sheet, layout, (*SEXES, *POSITIONS))

    def over(self, sheet: str, titles: Sequence[str]) -> None:
        """Begin a sheet, perhaps of one hamlet or group."""
        self.sections.over(sheet, titles)

    def under(self, words: Sequence[str], line: int) -> None:
        """Hear the row of a section: the members below belong there."""
        self.sections.under(words, line)

    def heads(self, name: str, words: Sequence[str]) -> bool:
        """Whether a row names a group or hamlet where others name people."""
        said = next((one for one in words if not is_mark(one)), "")
        if not said or name not in ("", said):
            return False
        return self.sections.is_heading(said, [one for one in words if one != said], lone=self.lone)

    def supplies(self, name: str) -> bool:
        """Whether a section names the group."""
        return name == "group" and bool(self.sections.group)

    def is_told_above(self, sheet: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether a sheet without a column of groups names one above its rows."""
        self.sections.over(sheet, titles)
        firsts = [next((one for one in row if not is_mark(one)), "") for row in rows]
        return bool(self.sections.group) or any(self.sections.names(one)[1] for one in firsts if one)

    def doubt(self, words: str, line: int) -> None:
        """Know no longer whose members stand below."""
        self.sections.doubt(words, line)

    def above(self, values: dict[str, Any], line: int) -> None:
        """Take what a row does not say from what stands above it. Raises :class:`RowFaults`."""
        over, self.inferred = self.sections, {}
        if "group" in values:
            return
        if over.group and self.lone and "group" not in self.blank:
            over.doubt(values["name"], line)
            raise RowFaults(("name", LONE))
        if over.strange:
            raise RowFaults(("group", STRANGE.format(words=over.strange, line=over.line)))
        if not over.group:
            raise RowFaults(("group", NO_GROUP))
        values["group"] = over.group
        self.inferred["group"] = over.group

    def find_group(self, values: dict[str, Any]) -> SelfManagementGroup:
        """Return the one group a row means. Raises :class:`RowFaults`."""
        wanted = name_key(values["group"])
        alike = self.groups.get(folded_key(values["group"]), [])
        found = [group for group in alike if wanted in self.spelled[group.pk]] or alike
        if values.get("seat") == WHOLE_COMMUNE:
            found = [group for group in found if not group.hamlet_id and not group.institution_id]
        seat_of(values)
        for name in ("kind", "hamlet", "institution"):
            if name in values:
                found = [group for group in found if getattr(group, f"{name}_id") == values[name].pk]
        found = self.of_section(found, values)
        if not found:
            seat = next((str(values[name].name) for name in ("hamlet", "institution") if name in values), "xã")
            above = f" (dòng mục {self.sections.line})" if "group" in self.inferred and self.sections.line else ""
            said = f"Không có tổ “{values['group']}”{above} ở {seat}. Hãy nhập tổ trước, hoặc sửa tên."
            raise RowFaults(("group", said))
        home = self.hamlets.get(values.pop("address", ""))
        if len(found) > 1 and home is not None:  # an address tells groups of one name apart, and is not kept
            found = [group for group in found if group.hamlet_id == home.pk] or found
        if len(found) > 1:  # then the one where somebody of the name serves already
            key = name_key(values["name"])
            found = [group for group in found if (group.pk, key) in self.serving] or found
        if len(found) > 1:
            ways = "cột Khu dân cư hoặc Loại hình, hoặc dòng mục mang tên khu,"
            raise RowFaults(("group", f"Có {len(found)} tổ mang tên này. Hãy ghi thêm {ways} để phân biệt."))
        if "group" in self.inferred:
            self.inferred["group"] = str(found[0])
        return found[0]

    def of_section(self, found: list[SelfManagementGroup], values: dict[str, Any]) -> list[SelfManagementGroup]:
        """Of groups of one name, those in the hamlet that stands above the row, where the row names no place."""
        place = self.sections.place
        if place is None or not found or {"hamlet", "institution"} & values.keys():
            return found
        there = [group for group in found if group.hamlet_id in (place.pk, None)]
        there = [group for group in there if group.hamlet_id] or there
        if not there:
            where = f"dòng mục {self.sections.line}" if self.sections.line else "tên trang hoặc tiêu đề"
            raise RowFaults(
                ("group", f"Không có tổ “{values['group']}” ở {place} ({where}). Hãy nhập tổ trước, hoặc ghi cột Khu.")
            )
        if there[0].hamlet_id:
            self.inferred["hamlet"] = str(place)
        return there

    def find_member(self, group: SelfManagementGroup, values: dict[str, Any]) -> Member:
        """Return the membership a row means, or a new one."""
        key, year = name_key(values["name"]), values.get("birth_year")
        namesakes = [
            member
            for member in self.serving.get((group.pk, key), [])
            if year is None or member.person.birth_year in (None, year)
        ]
        if namesakes:
            return self.next_of(namesakes)
        person = self.people.get((key, year)) if year else None
        if person is None:
            person = Person(commune=self.commune)
            if year:
                self.people[key, year] = person
        return Member(group=group, person=person)

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        for name, sex in (("birth_male", Person.Sex.MALE), ("birth_female", Person.Sex.FEMALE)):
            if name in values:  # a sheet with the year of birth in a column for men or for women
                year = values.pop(name)
                values["sex"] = sex
                if year:
                    values["birth_year"] = year
        self.above(values, place[1] + 1)
        group = self.find_group(values)
        member = self.find_member(group, values)
        self.once(member.pk or (group.pk, name_key(values["name"]), values.get("birth_year")), place)
        person = member.person
        personal = {name: values[name] for name in PERSONAL if name in values}
        if person.name and name_key(person.name) == name_key(personal["name"]):
            personal.pop("name")
        if MASK in personal.get("phone", "") and personal.pop("phone") != viewings.masked(person.phone):
            raise RowFaults(("phone", "Số điện thoại bị che. Hãy ghi đủ số, hoặc để trống để giữ số đã có."))
        position = values.get("position", member.position)
        leader = self.leaders.get(group.pk)
        if position == Member.Position.LEADER and leader is not None and leader is not member:
            if name_key(leader.person.name) == name_key(values["name"]):
                said = f"Người đứng đầu cùng tên, sinh năm {leader.person.birth_year}. Hãy sửa năm sinh cho khớp."
                raise RowFaults(("birth_year", said))
            raise RowFaults(
                ("position", f"Tổ đã có người đứng đầu là {leader.person}; hãy ghi ngày thôi của người đó trước.")
            )
        changes = self.assign(person, personal)
        changes += self.assign(member, {name: values[name] for name in SERVING if name in values})
        self.check(person)
        self.check(member)
        if position == Member.Position.LEADER:
            self.leaders[group.pk] = member
        if person.pk is None and id(person) not in self.listed:
            self.listed.add(id(person))
            self.new_people.append(person)
        elif person.pk and changes:
            self.changed_people[person.pk] = person
        return self.settle(member, changes), changes

    def write(self, act: Act) -> Iterator[None]:
        """Write people, then how they serve."""
        act.create(self.new_people)
        yield
        act.update(list(self.changed_people.values()), PERSONAL)
        for member in self.new:
            member.person_id = member.person.pk
        yield
        act.create(self.new)
        yield
        act.update(self.changed, SERVING)
