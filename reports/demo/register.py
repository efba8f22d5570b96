"""The demonstration's register: hamlets, schools, groups, members, initiatives, recognitions."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from communes.models import Commune, Hamlet, Institution, PriorityListing, Province, SafetyRecord, UnitSuccession, User
from models_registry.importing.runs import apply, upload
from models_registry.models import (
    Award,
    FestivalDay,
    GroupKind,
    GroupNorm,
    Initiative,
    InitiativeSite,
    InitiativeType,
    Member,
    Person,
    SelfManagementGroup,
)

WORKBOOKS = Path(__file__).parent / "data" / "chi_dam"
CHI_DAM_FILES = (
    ("hamlets", "khu_dan_cu.xlsx"),
    ("institutions", "truong_hoc.xlsx"),
    ("groups", "to_tu_quan.xlsx"),
    ("members", "thanh_vien.xlsx"),
    ("initiatives", "mo_hinh.xlsx"),
)
"""Chí Đám's register, made in LibreOffice Calc; its sums are those published, its names invented."""


CHIENG_PHA_HAMLETS = (
    "Bản Heo Trại",
    "Bản Quỳnh Thuận",
    "Bản Hịa",
    "Bản Sai",
    "Bản Luông",
    "Bản Phé",
    "Bản Còng",
    "Bản Nong Cạn",
    "Bản Ta Tú",
    "Bản Pú Bâu",
    "Bản Lăng Luông",
    "Bản Kìm",
)
"""Bản Heo Trại is real; the other eleven of the twelve were not named by the press."""
MORE_TYPES = (
    "Tiếng kẻng an ninh",
    "Chuông báo động liên gia",
    "Ánh sáng an ninh",
    "Zalo an ninh nhân dân",
    "Cổng trường an toàn",
    "Ký túc xá tự quản",
    "Chợ an toàn về ANTT",
    "Khu nhà trọ tự quản",
    "Doanh nghiệp tự quản về ANTT",
    "Bệnh viện an toàn",
    "Cơ quan không có tệ nạn xã hội",
    "Đường hoa an ninh",
    "Bến thủy an toàn",
    "Tuyến đường tự quản",
    "Camera nhà ông, nhà bà",
    "Gia đình có camera kết nối",
    "Mỗi nhà một bình chữa cháy",
    "Điểm chữa cháy công cộng",
    "Xóm đạo bình yên",
    "Phụ nữ với pháp luật",
    "Cựu chiến binh giữ bình yên",
    "Thanh niên xung kích an ninh",
    "Vườn rau cảm hóa",
    "Nói không với tín dụng đen",
    "Họ tộc không có người phạm tội",
)


class DemoRegister:
    """Chí Đám's register as published, its neighbours' believable."""

    rng: random.Random
    communes: list[Commune]
    chi_dam: Commune
    province: Province
    officer: User
    now: datetime

    def register(self) -> None:
        """Hamlets, institutions, groups, initiatives and awards; Chí Đám's own come from its workbooks."""
        hamlets, schools = [], []
        for commune in self.neighbours:
            count = self.rng.randint(14, 30)
            word = "Tổ dân phố số" if commune.kind == "Phường" else "Khu"
            for number in range(1, count + 1):
                households = self.rng.randint(110, 190)
                covenant = self.rng.random() < 0.9
                hamlets.append(
                    Hamlet(
                        commune=commune,
                        name=f"{word} {number}",
                        households=households,
                        population=households * 4 - self.rng.randint(0, 90),
                        covenant_on=self.day_in(2021, 2024) if covenant else None,
                    )
                )
            for number in range(1, self.rng.randint(4, 7)):
                level = ("mầm non", "tiểu học", "THCS")[number % 3]
                name = f"Trường {level} {commune.name} {(number + 2) // 3}"
                schools.append(Institution(commune=commune, name=name, kind=Institution.Kind.SCHOOL))
            for kind, name in (("agency", "UBND"), ("agency", "Trạm kiểm lâm"), ("enterprise", "Hợp tác xã")):
                if self.rng.random() < 0.6:
                    schools.append(Institution(commune=commune, name=f"{name} {commune.name}", kind=kind))
        Hamlet.objects.bulk_create(hamlets)
        Institution.objects.bulk_create(schools)
        self.import_workbooks()
        self.hamlets = self.by_commune(Hamlet.objects.filter(commune__in=self.communes))
        self.schools = self.by_commune(Institution.objects.filter(commune__in=self.communes, kind="school"))
        self.places = self.by_commune(Institution.objects.filter(commune__in=self.communes).exclude(kind="school"))
        self.groups()
        self.initiatives()
        self.recognitions()

    def import_workbooks(self) -> None:
        """Read Chí Đám's workbooks as its officer would."""
        today = timezone.localdate(self.now)
        for kind, name in CHI_DAM_FILES:
            run = upload(kind, name, (WORKBOOKS / name).read_bytes(), by=self.officer, now=self.now)
            apply(run, only_good=False, by=self.officer, now=self.now, today=today)

    @property
    def neighbours(self) -> list[Commune]:
        """Every commune but Chí Đám."""
        return [commune for commune in self.communes if commune != self.chi_dam]

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
                    commune=commune,
                    kind=kinds[kind],
                    name=name,
                    declared_members=members,
                    started_on=self.day_in(2018, 2024),
                    **seat,
                )
            )

        for commune in self.neighbours:
            hamlets, schools = self.hamlets[commune.pk], self.schools[commune.pk]
            for hamlet in hamlets:
                add(commune, "security_board", f"Ban ANTT {hamlet.name}", 7, hamlet=hamlet)
                for number in range(1, rng.randint(2, 7) + 1):
                    size = rng.randint(18, 30)
                    add(commune, "household_cluster", f"Tổ liên gia số {number}", size, hamlet=hamlet, households=size)
                add(commune, "security_team", f"Tổ ANTT {hamlet.name}", rng.randint(3, 5), hamlet=hamlet)
                add(commune, "mediation_team", f"Tổ hòa giải {hamlet.name}", rng.randint(5, 7), hamlet=hamlet)
            for school in schools:
                add(commune, "teacher_group", "Tổ nhà giáo tự quản", rng.randint(12, 35), institution=school)
                add(commune, "student_group", "Tổ người học tự quản", rng.randint(20, 45), institution=school)
        SelfManagementGroup.objects.bulk_create(groups, batch_size=2000)
        GroupNorm.objects.create(province=self.province, kind=kinds["security_team"], least=3, most=5)
        self.teams()

    def teams(self) -> None:
        """Four statutory teams in Chí Đám, each for several hamlets, with named members."""
        kind = GroupKind.objects.get(code="security_team")
        position = (Member.Position.LEADER, Member.Position.DEPUTY, Member.Position.MEMBER, Member.Position.MEMBER)
        people = iter(Person.objects.filter(commune=self.chi_dam).order_by("pk")[:64:4])
        hamlets = self.hamlets[self.chi_dam.pk]
        for place in range(4):
            own = hamlets[place * 10 : place * 10 + 10]
            team = SelfManagementGroup.objects.create(
                commune=self.chi_dam,
                kind=kind,
                name=f"Tổ ANTT số {place + 1}",
                hamlet=own[0],
                founding_decision="41/QĐ-UBND",
                started_on=date(2024, 7, 1),
                meets="monthly",
            )
            team.also_hamlets.set(own[1:])
            for role in position:
                Member.objects.create(group=team, person=next(people), position=role, started_on=team.started_on)

    def initiatives(self) -> None:
        """Two to four in each neighbour, in hamlets, agencies, enterprises, schools or the whole commune."""
        known = InitiativeType.objects.count()
        InitiativeType.objects.bulk_create(
            InitiativeType(code=f"phu_tho_{number}", name=name, position=known + number)
            for number, name in enumerate(MORE_TYPES, start=1)
        )
        types = InitiativeType.objects.in_bulk(field_name="code")
        every = sorted(types)
        plans = []
        for commune in self.neighbours:
            for code in self.rng.sample(every, self.rng.randint(2, 4)):
                plans.append((commune, types[code], self.day_in(2020, 2024)))
        made = Initiative.objects.bulk_create(
            Initiative(
                commune=commune,
                type=kind,
                name=kind.name,
                started_on=day,
                skilful_since=day if self.rng.random() < 0.25 else None,
            )
            for commune, kind, day in plans
        )
        sites = []
        for initiative in made:
            hamlets, schools = self.hamlets[initiative.commune_id], self.schools[initiative.commune_id]
            others = self.places.get(initiative.commune_id, [])
            places: list[dict[str, Any]] = [{"hamlet": h} for h in hamlets[: self.rng.randint(1, 8)]]
            places += [{"institution": one} for one in self.rng.sample(schools, self.rng.randint(0, 2))]
            places += [{"institution": one} for one in others if self.rng.random() < 0.2]
            places += [{}] if self.rng.random() < 0.1 else []
            sites += [InitiativeSite(initiative=initiative, started_on=initiative.started_on, **p) for p in places]
        InitiativeSite.objects.bulk_create(sites)
        self.chieng_pha()

    def chieng_pha(self) -> None:
        """Chiềng Pha of Sơn La until July 2025: piloted in bản Heo Trại, replicated to 12 of 12 hamlets."""
        last = date(2025, 6, 30)
        commune = Commune.objects.get(code="03730", ended_on=last)
        UnitSuccession.objects.filter(predecessor=commune).update(decision="Nghị quyết số 1681/NQ-UBTVQH15")
        hamlets = Hamlet.objects.bulk_create(
            Hamlet(commune=commune, name=name, households=self.rng.randint(60, 140), ended_on=last)
            for name in CHIENG_PHA_HAMLETS
        )
        pilot = Initiative.objects.create(
            commune=commune,
            type=InitiativeType.objects.get(code="safe_household_peaceful_hamlet"),
            name="Hộ an toàn, bản bình yên",
            state=Initiative.State.REPLICATED,
            started_on=date(2019, 3, 1),
            ended_on=last,
            discontinued_because="Xã sáp nhập; xã mới tiếp tục thực hiện",
        )
        first = InitiativeSite.objects.create(
            initiative=pilot, hamlet=hamlets[0], started_on=pilot.started_on, ended_on=last
        )
        second = None
        for number, hamlet in enumerate(hamlets[1:]):
            site = InitiativeSite.objects.create(
                initiative=pilot,
                hamlet=hamlet,
                started_on=date(2020 + number // 4, 4, 10),
                ended_on=last,
                origin=first if number < 4 or second is None else second,
            )
            second = site if number == 1 else second

    def recognitions(self) -> None:
        """Awards, the yearly standard, priority communes and festival days."""
        self._awards()
        self._standard()
        PriorityListing.objects.bulk_create(
            PriorityListing(
                commune=commune,
                decision=f"{100 + number}/QĐ-BCA",
                started_on=date(2025, 7, 15),
                department="Phòng An ninh nội địa" if number % 2 else "Phòng Cảnh sát hình sự",
                ended_on=date(2025, 8, 31) if number == 3 else None,
                delisting_decision="512/QĐ-BCA" if number == 3 else "",
            )
            for number, commune in enumerate(self.neighbours[10:60:10])
        )
        self._festivals()

    def _awards(self) -> None:
        Award.objects.bulk_create(
            [
                Award(commune=self.chi_dam, kind="ministry", collectives=1, awarded_on=date(2025, 6, 10)),
                Award(commune=self.chi_dam, kind="province", collectives=1, awarded_on=date(2025, 6, 10)),
            ]
            + [
                Award(
                    commune=commune,
                    kind="police",
                    collectives=self.rng.randint(0, 2),
                    individuals=self.rng.randint(1, 3),
                    awarded_on=self.day_in(2025, 2025),
                )
                for commune in self.communes
                if commune != self.chi_dam and self.rng.random() < 0.5
            ]
        )

    def _standard(self) -> None:
        SafetyRecord.objects.bulk_create(
            SafetyRecord(
                commune_id=hamlet.commune_id,
                hamlet=hamlet,
                year=2025,
                registered_on=date(2025, 2, 20),
                recognised_on=date(2025, 11, 20) if self.rng.random() < 0.85 else None,
            )
            for hamlets in self.hamlets.values()
            for hamlet in hamlets
        )

    def _festivals(self) -> None:
        FestivalDay.objects.bulk_create(
            FestivalDay(
                commune_id=hamlet.commune_id,
                hamlet=hamlet,
                held_on=date(2025, 8, self.rng.randint(5, 19)),
                attendance=self.rng.randint(60, 250),
                is_model=hamlet == hamlets[0],
            )
            for hamlets in self.hamlets.values()
            for hamlet in hamlets[:: 1 if hamlets[0].commune_id == self.chi_dam.pk else 6]
        )
