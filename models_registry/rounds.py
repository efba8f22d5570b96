"""A round of hamlets: a list of old and new names for many communes, checked as a whole and carried out as one.

Each change is one of those of :mod:`models_registry.hamlets`, in the commune's own trail; all of a list stand or
fall together, and are taken back together by whoever applied it, while nothing newer depends on any of them.
"""

import re
from collections.abc import Container, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes import changes
from communes.changes import Tell, silent
from communes.models import Commune, Hamlet, RegisterChange, User
from communes.names import clean, fold, name_key
from communes.privacy import personal_number
from communes.refusals import Forbidden, Objection, Refused, require, trial
from communes.saving import hold_places
from communes.trail.recording import Act, record
from models_registry import hamlets as verbs
from models_registry.importing.columns import Field
from models_registry.importing.listed import Listed, listed, names, sharing
from models_registry.importing.sections import APART, BEGINS_A_HAMLET, NAMES_A_COMMUNE, SECTION_NUMBER
from models_registry.importing.values import read_act_day, text
from models_registry.importing.workbooks import Sheet
from models_registry.models import SelfManagementGroup

MOST_LINES = 12_000
OF_A_LIST = "Khu dân cư theo danh sách"
OF_WHAT_IS_DONE = re.compile(r"\b(?:sáp nhập|chia tách|đổi tên|giữ nguyên|thay đổi|giải thể)\b", re.IGNORECASE)
"""What a section of a list is of, where it is of no commune: "I. Khu sáp nhập"."""
SEVERAL = re.compile(r"\s*(?:[,;+\n]|\s+và\s+)\s*")
HAMLETS = ("Khu", "Thôn", "Tổ dân phố", "Khu phố", "Xóm", "Bản", "Ấp")
COUNTED = r"\bso (?:ho|nguoi|khau|dan|thon|khu|to|xom|ban|ap)\b|\b(?:dan so|nhan khau|dien tich)\b"
"""In a heading of what was counted of the hamlets before or after, which names none."""


def _hamlets(name: str, word: str, when: str, example: str) -> Field:
    """The column of the hamlets of before or after: "Khu cũ", "Trước khi sáp nhập"."""
    heads = [f"{one} {word}" for one in ("Tên", *HAMLETS)]
    heads += [f"{when} {said}{done}" for done in ("sáp nhập", "sắp xếp") for said in ("", "khi ")]
    also = tuple(heads)
    return Field(name, f"Khu dân cư {word}", names, required=True, also=also, never=COUNTED, example=example)


FIELDS = (
    Field("commune", "Mã xã", text, also=("Xã", "Xã, phường", "Phường, xã", "Tên xã", "Đơn vị"), example="07999"),
    _hamlets("old", "cũ", "Trước", example="Khu 1"),
    _hamlets("new", "mới", "Sau", example="Khu Trung Tâm"),
    Field(
        "number",
        "Nghị quyết, quyết định",
        text,
        required=True,
        also=("Số quyết định", "Số nghị quyết", "Nghị quyết", "Quyết định"),
        example="12/NQ-HĐND",
    ),
    Field(
        "day",
        "Từ ngày",
        text,
        required=True,
        also=("Ngày", "Ngày hiệu lực", "Ngày có hiệu lực", "Thời điểm có hiệu lực"),
        never=r"(?:nghi quyet|quyet dinh) ngay$",  # its own day, below "Nghị quyết"
        example="01/01/2027",
    ),
)  # fmt: skip


class ListedLine(NamedTuple):
    """One line of a list: an old hamlet and the new one it goes into; ``row`` is where it stands in the file.

    ``under`` says that its commune is what a line above says.
    """

    row: int
    commune: str
    old: str
    new: str
    number: str
    day: str
    under: bool = False


@dataclass(frozen=True)
class ListedChange:
    """Hamlets of one commune that change together."""

    commune: Commune
    old: tuple[Hamlet, ...]
    new: tuple[str, ...]
    number: str
    day: date
    row: int

    @property
    def kind(self) -> str:
        """What is done: several into one, one into several, or another name."""
        return "merge" if len(self.old) > 1 else "split" if len(self.new) > 1 else "rename"

    @property
    def words(self) -> str:
        """Say it: "Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm"."""
        verb = {"merge": "Sáp nhập", "split": "Chia tách", "rename": "Đổi tên"}[self.kind]
        return f"{verb} {', '.join(map(str, self.old))} thành {', '.join(self.new)}"


@dataclass
class Round:
    """A list as it was understood: its changes, what is wrong with it, and how much hangs on its hamlets."""

    changes: list[ListedChange] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    groups: int = 0


def objection(user: User) -> Objection | None:
    """Say why ``user`` may not carry out a list, or return None."""
    if user.is_reviewer or user.is_commune:
        return None
    return Forbidden("Danh sách khu dân cư do cán bộ duyệt của tỉnh hoặc Công an cấp xã thực hiện.")


def read_list(sheets: Sequence[Sheet], answers: Mapping[str, str] | None = None) -> Listed:
    """Read a workbook of hamlets; raises ``ValidationError`` with a sentence."""
    return listed(sheets, FIELDS, MOST_LINES, above="commune", answers=answers)


def lines_of(read: Listed) -> list[ListedLine]:
    """The lines of a list that was read; they may stand under a line that names their commune."""
    found, above = [], ""
    for row, said in read.lines:
        alone = [words for words in said.values() if words] if not said["new"] else []
        heading = SECTION_NUMBER.sub("", clean(alone[0])) if len(alone) == 1 else ""
        is_commune, is_section = NAMES_A_COMMUNE.match(heading), OF_WHAT_IS_DONE.search(heading)
        if heading and (said["commune"] or is_commune or is_section):
            above = heading if is_commune or not is_section else above
        elif said["old"] or said["new"]:
            under = bool(above and not said["commune"])
            names = (above if under else said["commune"], said["old"], said["new"])
            found.append(ListedLine(row, *names, said["number"], said["day"], under))
    return found


def plan(lines: Sequence[ListedLine], user: User, now: datetime, tell: Tell = silent) -> Round:
    """Understand a list, and try all of it without keeping anything; every fault has its line."""
    with trial(), transaction.atomic():
        found = _understood(lines, user)
        if found.faults:
            _look_at_the_rest(found, lines, user, now)
        else:
            _carry_out(found, user, now, tell)
        transaction.set_rollback(True)
    going = [one.pk for change in found.changes if change.kind != "rename" for one in change.old]
    found.groups = SelfManagementGroup.objects.filter(hamlet__in=going, ended_on=None).count()
    return found


def apply(lines: Sequence[ListedLine], *, by: User, now: datetime, tell: Tell = silent) -> list[RegisterChange]:
    """Carry a list out, all of it or nothing. Raises :class:`Refused` where any line is at fault."""
    require(objection(by))
    with transaction.atomic():
        found = _understood(lines, by)
        done = [] if found.faults else _carry_out(found, by, now, tell)
        if found.faults:
            row, words = found.faults[0]
            raise Refused(Objection(f"Dòng {row}: {words} Chưa ghi gì."))
        record(Act.IMPORT, OF_A_LIST, by=by, rows=len(done))
    return done


def batch_of(user: User, at: datetime) -> list[RegisterChange]:
    """Return the changes that a person carried out as one list."""
    return list(
        RegisterChange.objects.filter(by=user, at=at, kind__in=changes.OF_HAMLETS, undone_at=None).order_by("pk")
    )


def undo(user: User, at: datetime, *, now: datetime, tell: Tell = silent) -> int:
    """Take a list back whole; return how many changes it had. Raises :class:`Refused`."""
    require(objection(user))
    with transaction.atomic():
        batch = batch_of(user, at)
        if not batch:
            raise Refused(Objection("Danh sách này đã được hoàn tác."))
        changes.undo_all(batch, by=user, now=now, tell=tell)
        record(Act.IMPORT, f"Hoàn tác: {OF_A_LIST}", by=user, rows=len(batch))
    return len(batch)


def _understood(lines: Sequence[ListedLine], user: User) -> Round:
    """Find what the lines name, and put together what changes together; their communes are held first."""
    found = Round()
    seen = Commune.objects.visible_to(user).living().select_related("province")
    communes = {one.code: one for one in seen} if user.is_commune or user.is_reviewer else {}
    by_name: dict[str, list[Commune]] = {}
    for one in communes.values():
        by_name.setdefault(fold(str(one)), []).append(one)
        by_name.setdefault(fold(one.name), []).append(one)
    homes: dict[ListedLine, Commune] = {}
    sections = _sections(lines, by_name, user)
    for line in lines:
        try:
            said = "" if line.under and line.commune in sections else line.commune
            homes[line] = _commune(said, user, communes, by_name)
        except ValueError as error:
            found.faults.append((line.row, str(error)))
    hold_places(communes=[one.pk for one in homes.values()])
    living: dict[int, dict[str, Hamlet]] = {}
    for hamlet in Hamlet.objects.filter(commune__in=communes.values()).living().select_related("commune__province"):
        living.setdefault(hamlet.commune_id, {})[name_key(hamlet.name)] = hamlet
    pairs: dict[Commune, list[tuple[ListedLine, Hamlet, str, date | None]]] = {}
    becoming = {(commune.pk, name_key(line.new)): line.row for line, commune in homes.items()}
    for line, commune in homes.items():
        try:
            here = living.get(commune.pk, {})
            old, told = _old(line, commune, here, becoming), _decided(line, here)
            pairs.setdefault(commune, []).extend((line, one, *told) for one in old)
        except ValueError as error:
            found.faults.append((line.row, str(error)))
    for commune, rows in pairs.items():
        _put_together(commune, rows, found)
    found.changes.sort(key=lambda change: change.row)
    found.faults.sort()
    return found


def _decided(line: ListedLine, living: Mapping[str, Hamlet]) -> tuple[str, date | None]:
    """The new name of a line and its day, which a hamlet that stays as it is may lack. Raises ``ValueError``."""
    new = clean(line.new)
    stays = living.get(name_key(line.old)) if name_key(line.old) == name_key(new) else None
    if stays and not clean(line.number) and not clean(line.day):
        return stays.name, None
    if not new or not clean(line.number):
        raise ValueError("Thiếu tên khu mới hoặc số nghị quyết, quyết định.")
    if name_key(new) not in living:
        new = _new(line.new)
    if said := personal_number(line.number, "số nghị quyết, quyết định"):
        raise ValueError(said)
    return new, read_act_day(line.day)


def _new(said: str) -> str:
    """The one new name in a cell. Raises ``ValueError`` where there are several, whatever parts them."""
    named = _names(said)
    if len(pieces := APART.split(said)) > 1 and all(map(BEGINS_A_HAMLET.match, pieces)):
        named = pieces
    if len(named) != 1:
        several = ", ".join(f"“{clean(one)[:60]}”" for one in named or [said])
        broken = " Nếu là một tên thì đừng xuống dòng trong ô." if "\n" in said.strip() else ""
        raise ValueError(f"{several}: mỗi khu mới ghi một dòng.{broken}")
    return clean(named[0])


def _names(said: str) -> list[str]:
    """The names in a cell: "Khu 1, Khu 2 và Khu 3"; what ends in a comma or semicolon is followed by none."""
    return [name for name in SEVERAL.split(said.strip()) if name_key(name)]


def _old(
    line: ListedLine, commune: Commune, living: Mapping[str, Hamlet], becoming: Mapping[tuple[int, str], int]
) -> list[Hamlet]:
    """The hamlets that a line names: one, or several in one cell ("Khu 1, Khu 2 và Khu 3"). Raises ``ValueError``."""
    names = [line.old] if name_key(line.old) in living else _names(clean(line.old))  # a line may end within a name
    if any(name_key(name) not in living for name in names):
        names = _names(line.old)
    if not names:
        raise ValueError("Thiếu tên khu cũ.")
    for name in names:
        if name_key(name) not in living:
            said = verbs.no_hamlet(commune, name)
            if row := becoming.get((commune.pk, name_key(name))):
                said += f" Tên ấy mới có ở dòng {row}: ghi thẳng tên sau cùng, hoặc ghi bước sau ở một danh sách khác."
            raise ValueError(said)
    return [living[name_key(name)] for name in names]


def _sections(lines: Sequence[ListedLine], seen: Container[str], user: User) -> set[str]:
    """The headings of a commune's own list that name no commune: they say nothing of where its lines belong.

    One that names another commune of the province does, and so does one that begins as the names of communes do.
    """
    headings = {line.commune for line in lines if line.under} if user.is_commune else set()
    bare = {one for one in headings if fold(one) not in seen and not NAMES_A_COMMUNE.match(one)}
    if not bare:
        return bare
    others = Commune.objects.filter(province=user.home_province).living().values_list("name", "code")
    known = {said for name, code in others for said in (fold(name), code)}
    return {one for one in bare if fold(one) not in known}


def _commune(said: str, user: User, codes: dict[str, Commune], names: dict[str, list[Commune]]) -> Commune:
    """The commune that a line says; a commune's own people need not name it. Raises ``ValueError``."""
    if not said and user.is_commune:
        return user.own_commune
    named = [codes[code]] if (code := said.zfill(5)) in codes else names.get(fold(said), [])
    if len(set(named)) != 1:
        raise ValueError(f"Không rõ xã “{said}”; hãy ghi mã xã.")
    return named[0]


def _put_together(commune: Commune, rows: Sequence[tuple[ListedLine, Hamlet, str, date | None]], found: Round) -> None:
    """Join lines that share an old or a new hamlet; several old ones into several new ones is no change."""
    keys = [(one[1].pk, name_key(one[2])) for one in rows]
    for together in ([rows[at] for at in places] for places in sharing(keys)):
        hamlets = tuple({one[1].pk: one[1] for one in together}.values())
        names = tuple({name_key(one[2]): one[2] for one in together}.values())
        row = together[0][0].row
        decided = [(clean(one[0].number), one[3]) for one in together if one[3]]
        numbers, days = {number for number, _ in decided}, {day for _, day in decided}
        if len(hamlets) > 1 and len(names) > 1:
            several = ", ".join(map(str, hamlets))
            said = f"{commune}: nhiều khu cũ và nhiều khu mới lẫn nhau ({several}); hãy ghi từng bước."
            found.faults.append((row, said))
        elif len(numbers) > 1 or len(days) > 1:
            found.faults.append((row, f"{commune}: các dòng của cùng một thay đổi ghi khác số hoặc khác ngày."))
        elif not (len(hamlets) == 1 and names == (hamlets[0].name,)):  # a hamlet that stays as it is
            found.changes.append(ListedChange(commune, hamlets, names, numbers.pop(), days.pop(), row))


def _look_at_the_rest(found: Round, lines: Sequence[ListedLine], user: User, now: datetime) -> None:
    """Tell of a list with faults what else is wrong with it, as far as that hangs on none of the faulty lines.

    A name that a hamlet of any line bears may become free, so it is not called taken here.
    """
    leaving = {name_key(name) for line in lines for name in (line.old, *_names(line.old))}
    living = Hamlet.objects.filter(commune__in={one.commune.pk for one in found.changes}).living()
    taken = {(one.commune_id, name_key(one.name)): one for one in living.only("commune", "name")}
    youngest = verbs.youngest_groups([hamlet for change in found.changes for hamlet in change.old])
    for change in found.changes:
        try:
            verbs.check(change.old, verbs.Decision(change.day, change.number, user, now, listed=True), youngest)
            for name in change.new:
                namesake = taken.get((change.commune.pk, name_key(name)))
                if namesake and name_key(name) not in leaving:
                    raise ValidationError(Hamlet(commune=change.commune, name=name).namesake_error(namesake))
        except (Refused, ValidationError) as error:
            found.faults.append(_fault(change, error))
    found.faults.sort()


def _carry_out(found: Round, user: User, now: datetime, tell: Tell = silent) -> list[RegisterChange]:
    """Do every change; what is refused is put into the faults, and the caller keeps nothing."""
    going = [hamlet for change in found.changes for hamlet in change.old]
    youngest = verbs.youngest_groups(going)
    groups: dict[int, list[int]] = {}
    living = SelfManagementGroup.objects.filter(hamlet__in=going, ended_on=None)
    for hamlet, group in living.values_list("hamlet", "pk"):
        groups.setdefault(hamlet or 0, []).append(group)
    moves = []
    for change in found.changes:
        decision = verbs.Decision(change.day, change.number, user, now, listed=True)
        try:
            moves.append((_move(change, groups), decision))
            verbs.check(change.old, decision, youngest)
        except (Refused, ValidationError) as error:
            found.faults.append(_fault(change, error))
    if found.faults:
        return []
    try:
        with transaction.atomic():
            done, faults = verbs.carry_out_all(moves, tell)
    except IntegrityError:
        done, faults = [], [(0, ValidationError("danh bạ vừa được người khác thay đổi; hãy tải danh sách lên lại."))]
    found.faults += [_fault(found.changes[place], error) for place, error in faults]
    return done


def _fault(change: ListedChange, error: Refused | ValidationError) -> tuple[int, str]:
    said = str(error.objection) if isinstance(error, Refused) else " ".join(error.messages)
    return change.row, f"{change.commune}, {change.words}: {said}"


def _move(change: ListedChange, groups: Mapping[int, Sequence[int]]) -> verbs.Move:
    """What a change does; every group goes on in the first of the new hamlets."""
    old = [copy(one) for one in change.old]  # the list goes on telling what they were called
    if change.kind == "rename":
        return verbs.renaming(old[0], change.new[0])
    targets = {key: 0 for hamlet in old for key in groups.get(hamlet.pk, ())}
    if change.kind == "merge":
        return verbs.merging(old, change.new[0], targets, change.day)
    return verbs.splitting(old[0], change.new, targets, change.day)
