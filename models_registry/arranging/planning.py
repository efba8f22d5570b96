"""Understanding a list of units: what each line names, and what is wrong with it, said at its row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from communes.models import Commune, Hamlet, Province, RegisterChange, User
from communes.names import clean, fold, name_key
from communes.privacy import personal_number
from models_registry.arranging.lines import ArrangedLine
from models_registry.hamlets import NO_SUCH_YEAR, OLDEST, no_hamlet, not_yet
from models_registry.importing.values import read_act_day

KINDS = ("Xã", "Phường", "Đặc khu", "Thị trấn")
CHANGES_NOTHING = "Danh sách không thay đổi gì."
LONGEST_NUMBER = RegisterChange._meta.get_field("decision").max_length or 0


@dataclass(frozen=True)
class NewUnit:
    """A unit that a list founds, or the new name of one."""

    code: str
    kind: str
    name: str
    province: Province

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass
class Passage:
    """An old unit and the new one it goes into, whole or with some of its hamlets; ``main`` is the heir.

    ``named`` are the hamlets as its line has them.
    """

    row: int
    old: Commune
    new: NewUnit
    main: bool
    whole: bool
    named: str = ""
    hamlets: tuple[Hamlet, ...] = ()


@dataclass
class Arrangement:
    """A list as it was understood."""

    number: str = ""
    day: date | None = None
    links: list[Passage] = field(default_factory=list)
    renames: list[Passage] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def olds(self) -> list[Commune]:
        """The units that end, in the order of the list."""
        return list({link.old.pk: link.old for link in self.links}.values())

    @property
    def news(self) -> list[NewUnit]:
        """The units that begin."""
        return list(dict.fromkeys(link.new for link in self.links))

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.links and not self.renames

    @property
    def words(self) -> list[str]:
        """What is done, one sentence a new unit: "Sáp nhập Xã A, Xã B thành Xã C"."""
        found = [f"Đổi {link.old} ({link.old.code}) thành {link.new} ({link.new.code})" for link in self.renames]
        for new in self.news:
            parts = [f"{link.old}{'' if link.whole else ' (một phần)'}" for link in self.links if link.new == new]
            found.append(f"{' + '.join(parts)} → {new} ({new.code}), {new.province}")
        return found

    @property
    def title(self) -> str:
        """The act in one line."""
        if len(self.words) == 1:
            return self.words[0]
        there = {link.new.province: None for link in self.links if link.new.province.pk != link.old.province_id}
        into = f", chuyển sang {', '.join(map(str, there))}" if there else ""
        said = [f"Sắp xếp {len(self.olds)} đơn vị thành {len(self.news)}{into}"] if self.links else []
        return ", ".join([*said, *([f"đổi tên {len(self.renames)} đơn vị"] if self.renames else [])])


def understood(lines: Sequence[ArrangedLine], user: User) -> Arrangement:
    """Find what the lines name; what cannot be is among the faults, with its row."""
    found = Arrangement()
    _common(lines, found)
    known = {one.pk: one for one in _arranged_by(user)}
    by_name: dict[str, list[Commune]] = {}
    for one in known.values():
        for name in {one.code, fold(one.name), fold(str(one))}:
            by_name.setdefault(name, []).append(one)
    provinces = {one.code: one for one in Province.objects.living()}
    links: list[Passage] = []
    for line in lines:
        try:
            old = _old(line, by_name)
            links.append(
                Passage(line.row, old, _new(line, old, provinces, user), bool(line.main.strip()), True, line.hamlets)
            )
        except ValueError as error:
            found.faults.append((line.row, str(error)))
    _put_together(links, found)
    _hamlets(found)
    found.faults += _taken_codes(found)
    found.faults.sort()
    return found


def by_decision(lines: Sequence[ArrangedLine]) -> list[list[ArrangedLine]]:
    """The lines of each decision and day, in the order of the days: each is an act, which may build on one before.

    A line whose day cannot be read stands with those that say the same.
    """
    found: dict[tuple[date, str, str], list[ArrangedLine]] = {}
    for line in lines:
        try:
            when = read_act_day(line.day), ""
        except ValueError:
            when = date.max, line.day
        found.setdefault((*when, clean(line.number)), []).append(line)
    return [found[key] for key in sorted(found, key=lambda key: key[0])] or [[]]


def _common(lines: Sequence[ArrangedLine], found: Arrangement) -> None:
    """One decision and one day for all these lines: they are one act."""
    if not lines:
        found.faults.append((1, "Danh sách chưa có dòng nào."))
        return
    for line in lines:
        try:
            day = read_act_day(line.day)
        except ValueError as error:
            found.faults.append((line.row, str(error)))
            continue
        number = clean(line.number)
        found.day, found.number = found.day or day, found.number or number
        if not number:
            found.faults.append((line.row, "Thiếu số nghị quyết, quyết định."))
        elif len(number) > LONGEST_NUMBER:
            said = f"Số nghị quyết, quyết định dài {len(number)} ký tự; hãy viết trong {LONGEST_NUMBER} ký tự."
            found.faults.append((line.row, said))
        elif said := personal_number(number, "số nghị quyết, quyết định"):
            found.faults.append((line.row, said))
        elif (day, number) != (found.day, found.number):
            found.faults.append((line.row, "Một lần sắp xếp chỉ theo một nghị quyết và một ngày."))
        elif day.year < OLDEST:
            found.faults.append((line.row, NO_SUCH_YEAR))


def _arranged_by(user: User) -> "list[Commune]":
    """The living communes that ``user`` may arrange."""
    seen = Commune.objects.visible_to(user).living().select_related("province")
    return list(seen) if user.arranges_units else []


def _old(line: ArrangedLine, names: dict[str, list[Commune]]) -> Commune:
    """The unit that a line names by code or name. Raises ``ValueError``."""
    said = line.old.strip()
    named = names.get(said.zfill(5), []) if said.isdecimal() else names.get(fold(said), [])
    if len(named) != 1:
        why = (
            "có nhiều đơn vị cùng tên" if named else "không có đơn vị nào đang hoạt động như vậy trong địa bàn của bạn"
        )
        raise ValueError(f"Không rõ đơn vị cũ “{said}”: {why}; hãy ghi mã.")
    return named[0]


def _new(line: ArrangedLine, old: Commune, provinces: dict[str, Province], user: User) -> NewUnit:
    """The new unit of a line. Raises ``ValueError``."""
    code, name = line.code.strip().zfill(5), clean(line.name)
    if not re.fullmatch(r"[0-9]{5}", code):
        raise ValueError(f"Mã đơn vị mới “{line.code}” phải gồm 5 chữ số.")
    kind = next((one for one in KINDS if fold(name).startswith(f"{fold(one)} ")), "")
    if not kind:
        raise ValueError(f"Ghi đủ loại và tên đơn vị mới, ví dụ “Xã Chí Đám” (đang là “{name}”).")
    province = old.province
    if line.province.strip():
        said = line.province.strip().zfill(2)
        if said not in provinces:
            raise ValueError(f"Không có tỉnh nào đang hoạt động mang mã “{line.province}”.")
        province = provinces[said]
    if province.pk != old.province_id and not user.is_administrator:
        raise ValueError("Chuyển sang tỉnh khác do quản trị hệ thống thực hiện.")
    return NewUnit(code, kind, name[len(kind) + 1 :].strip(), province)


def _put_together(links: list[Passage], found: Arrangement) -> None:
    """Say which links are whole, which are main, which only give another name; find contradictions."""
    by_old: dict[int, list[Passage]] = {}
    by_code: dict[str, list[Passage]] = {}
    for link in links:
        by_old.setdefault(link.old.pk, []).append(link)
        by_code.setdefault(link.new.code, []).append(link)
    for same in by_code.values():
        for link in same:
            if link.new != same[0].new:
                said = f"Mã {link.new.code} đã ghi là {same[0].new}, {same[0].new.province} (dòng {same[0].row})."
                found.faults.append((link.row, said))
    for parts in by_old.values():
        if len({link.new.code for link in parts}) < len(parts):
            found.faults.append((parts[-1].row, f"{parts[0].old} ghi hai lần vào cùng một đơn vị mới."))
        mains = [link for link in parts if link.main]
        if len(mains) > 1:
            found.faults.append((mains[1].row, f"{parts[0].old} chỉ có một đơn vị kế thừa chính."))
        for link in parts:
            link.main, link.whole = link is (mains or parts)[0], len(parts) == 1
        only = parts[0]
        alone = len(parts) == 1 == len(by_code[only.new.code]) and only.new.province.pk == only.old.province_id
        if not alone:
            found.links += parts
        elif (only.new.code, only.new.kind, only.new.name) != (only.old.code, only.old.kind, only.old.name):
            found.renames.append(only)


def _hamlets(found: Arrangement) -> None:
    """Read which hamlets of a divided unit go where; those that no line names go with the heir."""
    said = [(link, [one for one in map(clean, re.split(r"[;\n]", link.named)) if one]) for link in found.links]
    divided = [(link, names) for link, names in said if names]
    living: dict[int, dict[str, Hamlet]] = {}
    for one in Hamlet.objects.filter(commune__in=[link.old for link, _ in divided]).living():
        living.setdefault(one.commune_id, {})[name_key(one.name)] = one
    taken: dict[int, int] = {}
    for link, names in divided:
        if link.whole:
            found.faults.append((link.row, f"{link.old} vào trọn một đơn vị mới nên không ghi khu dân cư theo về."))
            continue
        chosen = []
        for name in names:
            hamlet = living.get(link.old.pk, {}).get(name_key(name))
            if hamlet is None:
                found.faults.append((link.row, no_hamlet(link.old, name)))
            elif hamlet.pk in taken:
                found.faults.append((link.row, f"“{name}” đã ghi ở dòng {taken[hamlet.pk]}."))
            else:
                taken[hamlet.pk] = link.row
                chosen.append(hamlet)
        link.hamlets = tuple(chosen)


def _taken_codes(found: Arrangement) -> list[tuple[int, str]]:
    """Find the new codes that another living unit keeps, and the old ones whose address would be another's."""
    faults = []
    going = {one.pk for one in [*found.olds, *(link.old for link in found.renames)]}
    wanted = {link.new.code: link for link in [*found.links, *found.renames]}
    for one in Commune.objects.living().filter(code__in=wanted).exclude(pk__in=going):
        said = (
            f"Mã {one.code} đang là của {one} ({one.province}); nếu đơn vị ấy cũng sắp xếp, hãy ghi thêm dòng của nó."
        )
        faults.append((wanted[one.code].row, said))
    if found.day:
        rows = {link.old.code: link for link in reversed(found.links)}
        for one in Commune.objects.filter(code__in=rows, ended_on__year=found.day.year).exclude(pk__in=going):
            said = f"Trong năm {found.day.year} đã có đơn vị mang mã {one.code} kết thúc ({one}); mỗi năm chỉ một."
            faults.append((rows[one.code].row, said))
    for link in found.links:
        if found.day and link.old.started_on and link.old.started_on >= found.day:
            faults.append((link.row, not_yet(str(link.old), link.old.started_on)))
    return faults
