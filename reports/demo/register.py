"""The demonstration's register: hamlets, schools, groups, members, initiatives, recognitions."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from communes.models import Commune, Hamlet, Institution, SafetyRecord
from models_registry.models import (
    Award,
    GroupKind,
    Initiative,
    InitiativeSite,
    InitiativeType,
    Member,
    Person,
    SelfManagementGroup,
)

CHI_DAM_INITIATIVES = (
    ("child_protection", "Phòng, chống tội phạm xâm hại tình dục trẻ em", 12),
    ("fire_cluster", "Tổ liên gia an toàn phòng cháy, chữa cháy", 18),
    ("weapons_handover", "Vận động thu hồi vũ khí, vật liệu nổ, công cụ hỗ trợ", 39),
    ("security_keyring", "Móc khóa an ninh", 8),
    ("border_area", "Bảo đảm ANTT vùng giáp ranh", 5),
    ("security_camera", "Camera an ninh", 20),
)
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hà", "Đinh", "Phùng")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Quang", "Hồng", "Xuân", "Thanh", "Ngọc", "Hữu")
GIVEN = ("An", "Bình", "Chiến", "Dũng", "Đạt", "Giang", "Hạnh", "Hòa", "Hùng", "Lan", "Liên", "Long",
         "Mai", "Nam", "Phượng", "Quân", "Sơn", "Tâm", "Thủy", "Tuấn", "Việt", "Yến")  # fmt: skip


class DemoRegister:
    """Chí Đám's register as published, its neighbours' believable."""

    rng: random.Random
    communes: list[Commune]
    chi_dam: Commune

    def register(self) -> None:
        """Hamlets, institutions, groups, members, initiatives and awards."""
        hamlets, schools = [], []
        for commune in self.communes:
            count = 39 if commune == self.chi_dam else self.rng.randint(14, 30)
            word = "Tổ dân phố số" if commune.kind == "Phường" else "Khu"
            for number in range(1, count + 1):
                households = self.rng.randint(110, 190)
                covenant = commune == self.chi_dam or self.rng.random() < 0.9
                hamlets.append(
                    Hamlet(
                        commune=commune, name=f"{word} {number}", households=households,
                        population=households * 4 - self.rng.randint(0, 90),
                        covenant_on=self.day_in(2021, 2024) if covenant else None,
                    )
                )  # fmt: skip
            for number in range(1, 13 if commune == self.chi_dam else self.rng.randint(3, 6)):
                level = ("mầm non", "tiểu học", "THCS")[number % 3]
                name = f"Trường {level} {commune.name} {(number + 2) // 3}"
                schools.append(Institution(commune=commune, name=name, kind=Institution.Kind.SCHOOL))
            if commune == self.chi_dam:
                schools.append(Institution(commune=commune, name="Trường THPT Chí Đám", kind=Institution.Kind.SCHOOL))
        self.hamlets = self.by_commune(Hamlet.objects.bulk_create(hamlets))
        self.schools = self.by_commune(Institution.objects.bulk_create(schools))
        self.groups()
        self.initiatives()
        self.recognitions()

    @staticmethod
    def by_commune(rows: Iterable[Any]) -> dict[int, list[Any]]:
        """Commune's key → its rows."""
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(row.commune_id, []).append(row)
        return found

    def day_in(self, first_year: int, last_year: int) -> date:
        """Some day between two years, both included."""
        start = date(first_year, 1, 1)
        return start + timedelta(days=self.rng.randrange((date(last_year, 12, 31) - start).days))

    def groups(self) -> None:
        """Boards and clusters in every hamlet, teams, and groups in schools."""
        kinds = {kind.code: kind for kind in GroupKind.objects.all()}
        groups: list[SelfManagementGroup] = []
        rng = self.rng

        def add(commune: Commune, kind: str, name: str, members: int | None, **seat: Any) -> None:
            groups.append(
                SelfManagementGroup(
                    commune=commune, kind=kinds[kind], name=name, declared_members=members,
                    started_on=self.day_in(2018, 2024), **seat,
                )
            )  # fmt: skip

        for commune in self.communes:
            mine = commune == self.chi_dam
            hamlets, schools = self.hamlets[commune.pk], self.schools[commune.pk]
            clusters = [6] * 31 + [5] * 8 if mine else [rng.randint(2, 7) for _ in hamlets]
            sizes = iter([25] * 65 + [24] * 161 if mine else [])
            for hamlet, count in zip(hamlets, clusters, strict=True):
                add(commune, "security_board", f"Ban ANTT {hamlet.name}", None if mine else 7, hamlet=hamlet)
                for number in range(1, count + 1):
                    size = next(sizes, None) or rng.randint(18, 30)
                    add(commune, "household_cluster", f"Tổ liên gia số {number}", size, hamlet=hamlet, households=size)
                if not mine:
                    add(commune, "security_team", f"Tổ ANTT {hamlet.name}", rng.randint(3, 5), hamlet=hamlet)
                    add(commune, "mediation_team", f"Tổ hòa giải {hamlet.name}", rng.randint(5, 7), hamlet=hamlet)
            for place, school in enumerate(schools):
                add(commune, "teacher_group", "Tổ nhà giáo tự quản", rng.randint(12, 35), institution=school)
                if place < 9:
                    add(commune, "student_group", "Tổ người học tự quản", rng.randint(20, 45), institution=school)
        made = SelfManagementGroup.objects.bulk_create(groups, batch_size=2000)
        self.board_members([g for g in made if g.commune_id == self.chi_dam.pk and g.kind == kinds["security_board"]])

    def board_members(self, boards: list[SelfManagementGroup]) -> None:
        """Name the 281 members of Chí Đám's 39 boards: 7 to a board, 8 in eight of them."""
        people, members = [], []
        for place, board in enumerate(boards):
            for number in range(8 if place < 281 - 39 * 7 else 7):
                position = {0: Member.Position.LEADER, 1: Member.Position.DEPUTY}.get(number, Member.Position.MEMBER)
                name = " ".join(self.rng.choice(part) for part in (FAMILY, MIDDLE, GIVEN))
                people.append(Person(commune=self.chi_dam, name=name, birth_year=self.rng.randint(1957, 2001)))
                members.append(Member(group=board, person=people[-1], position=position, started_on=board.started_on))
        Person.objects.bulk_create(people)
        Member.objects.bulk_create(members)

    def initiatives(self) -> None:
        """Chí Đám's six published initiatives; two or three elsewhere."""
        types = InitiativeType.objects.in_bulk(field_name="code")
        plans = [(self.chi_dam, code, name, count) for code, name, count in CHI_DAM_INITIATIVES]
        for commune in self.communes:
            if commune != self.chi_dam:
                for code in self.rng.sample(sorted(types), self.rng.randint(2, 4)):
                    plans.append((commune, code, types[code].name, self.rng.randint(1, 10)))
        begun = [self.day_in(2020, 2024) for _ in plans]
        made = Initiative.objects.bulk_create(
            Initiative(
                commune=commune, type=types[code], name=name, started_on=day,
                skilful_since=day if self.rng.random() < 0.25 else None,
            )
            for day, (commune, code, name, _) in zip(begun, plans, strict=True)
        )  # fmt: skip
        InitiativeSite.objects.bulk_create(
            InitiativeSite(initiative=initiative, hamlet=hamlet, started_on=initiative.started_on)
            for initiative, (commune, _, _, count) in zip(made, plans, strict=True)
            for hamlet in self.hamlets[commune.pk][:count]
        )

    def recognitions(self) -> None:
        """Awards and the yearly standard."""
        Award.objects.bulk_create(
            [
                Award(commune=self.chi_dam, kind="ministry", collectives=1, awarded_on=date(2025, 6, 10)),
                Award(commune=self.chi_dam, kind="province", collectives=1, awarded_on=date(2025, 6, 10)),
            ]
            + [
                Award(
                    commune=commune, kind="police", collectives=self.rng.randint(0, 2),
                    individuals=self.rng.randint(1, 3), awarded_on=self.day_in(2025, 2025),
                )
                for commune in self.communes
                if commune != self.chi_dam and self.rng.random() < 0.5
            ]
        )  # fmt: skip
        SafetyRecord.objects.bulk_create(
            SafetyRecord(
                commune_id=hamlet.commune_id, hamlet=hamlet, year=2025, registered_on=date(2025, 2, 20),
                recognised_on=date(2025, 11, 20) if self.rng.random() < 0.85 else None,
            )
            for hamlets in self.hamlets.values()
            for hamlet in hamlets
        )  # fmt: skip
