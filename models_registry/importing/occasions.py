"""What a year or a day brought: standings, awards, festival days."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from communes.managers import lived
from communes.models import Hamlet, Institution, SafetyRecord
from communes.names import fold, name_key
from communes.years import FIRST, LAST, OUTSIDE
from models_registry.importing.columns import Field
from models_registry.importing.kinds import FieldChange, RowFaults, RowPlace
from models_registry.importing.places import INSTITUTION, Chronicle, NamedPlaces, key_of, lying, place_of, sentence_of
from models_registry.importing.questions import SHOWN_ROWS, FileQuestion, answered
from models_registry.importing.values import read_choice, read_count, read_day, read_exact_day, read_text, text
from models_registry.models import Award, FestivalDay

YEARS = range(FIRST, LAST + 1)
NOT_YET = ("chua", "chua dat", "khong", "khong dat")
YES = ("co", "x", "dung", "true", "1", "diem", "ngay hoi diem")
NO = ("khong", "false", "0", "sai")
OF_A_DAY = re.compile(r"tháng\s*\d{1,2}\s*,?\s*năm\s*\d{4}", re.IGNORECASE)
OF_AN_ACT = re.compile(
    r"(?:luật|nghị định|nghị quyết|thông tư|quyết định|chỉ thị|hướng dẫn|công văn|kế hoạch số)\b"
    r"(?:(?!\b(?:về|xét|công nhận|đăng ký|kết quả)\b).)*?\bnăm\s+\d{4}",
    re.IGNORECASE,
)
"""An act with its number, who gave it and its year; the year after what it is about is the list's."""
OF_A_YEAR = re.compile(r"\bnăm\s+(20\d{2})\b", re.IGNORECASE)
AWARDS = {label: value for value, label in Award.Kind.choices} | {
    "Cờ": Award.Kind.FLAG,
    "Bằng khen Bộ": Award.Kind.MINISTRY,
    "Bằng khen BCA": Award.Kind.MINISTRY,
    "Bằng khen của Bộ Công an": Award.Kind.MINISTRY,
    "Bằng khen Bộ trưởng Bộ Công an": Award.Kind.MINISTRY,
    "Bằng khen của Bộ trưởng Bộ Công an": Award.Kind.MINISTRY,
    "Bằng khen tỉnh": Award.Kind.PROVINCE,
    "Bằng khen UBND tỉnh": Award.Kind.PROVINCE,
    "Bằng khen của UBND tỉnh": Award.Kind.PROVINCE,
    "Bằng khen của Chủ tịch UBND tỉnh": Award.Kind.PROVINCE,
    "Giấy khen CAT": Award.Kind.POLICE,
    "Giấy khen Công an tỉnh": Award.Kind.POLICE,
    "Giấy khen của Công an tỉnh": Award.Kind.POLICE,
    "Giấy khen của Giám đốc Công an tỉnh": Award.Kind.POLICE,
    "Giấy khen của Giám đốc CA tỉnh": Award.Kind.POLICE,
    "Kỷ niệm chương Bảo vệ ANTQ": Award.Kind.MEDAL,
    "KNC": Award.Kind.MEDAL,
    **{
        f"Giấy khen {of}{unit}": Award.Kind.COMMUNE
        for unit in ("xã", "phường", "đặc khu")
        for of in ("", "UBND ", "của UBND ", "Chủ tịch UBND ", "của Chủ tịch UBND ")
    },
}
"""What offices call the awards."""
TWICE = "Giống hệt dòng {line}. Hãy bỏ bớt một dòng; nếu là hai lần khen thì ghi số quyết định để phân biệt."

UNNUMBERED, SAME, MORE = "unnumbered", "same", "more"
WHICH_AWARD = (
    (SAME, "Chính lần khen đã ghi: sửa số lượng, số quyết định theo tệp"),
    (MORE, "Lần khen khác: ghi thêm"),
)
LIKE_AN_AWARD = (
    "Dòng {lines} cùng hình thức, cùng ngày với lần khen danh bạ đang có nhưng khác số lượng, và thiếu số quyết định để"
    " phân biệt. Đó là lần khen nào?"
)
TOO_FEW = (
    " Số lần khen danh bạ có ít hơn số dòng: chọn chính lần khen đã ghi thì mỗi lần khen chỉ sửa theo một dòng, các"
    " dòng còn lại ghi thêm."
)
A_DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](20\d{2})\b")
MOST_YEARS = 6  # offered for a sheet that says none


def about_year(sheet: str) -> str:
    """The key of the question which year a sheet is of."""
    return f"year:{sheet[:60]}"


def read_year(value: Any) -> int:
    """A year: 2025, "năm 2025"."""
    found = fold(text(value)).removeprefix("nam ")
    if re.fullmatch(r"[0-9]{4}", found) and int(found) not in YEARS:
        raise ValueError(f"Năm {found}: {OUTSIDE[0].lower()}{OUTSIDE[1:]}")
    if not re.fullmatch(r"[0-9]{4}", found):
        raise ValueError(f"“{text(value)[:30]}” không phải là năm. Ghi 4 chữ số, ví dụ 2025.")
    return int(found)


def read_day_or_not(value: Any) -> date | None:
    """A day, or the "chưa" that our list shows where there is none."""
    return None if fold(text(value)) in NOT_YET else read_day(value)


def read_mark(value: Any) -> bool:
    """A tick in a column: "có", "x"; or "không"."""
    said = fold(text(value))
    if said in (*YES, *NO):
        return said in YES
    raise ValueError(f"“{text(value)[:30]}” không rõ là có hay không. Ghi “có” hoặc “không”.")


class Safety(Chronicle):
    """Years of the standard "An toàn về ANTT", meant by the unit and the year."""

    kind, title = "safety", "“An toàn về ANTT”"
    year: int | None = None  # of the sheet at hand, where it says one
    mended = ("registered_on", "recognised_on")
    watched = ((Hamlet, "commune"), (Institution, "commune"), (SafetyRecord, "commune"))

    def prepare(self) -> None:
        """Look up the units and their years."""
        self.places = NamedPlaces(self.commune)
        rows = SafetyRecord.objects.filter(commune=self.commune).select_related("hamlet", "institution", "commune")
        self.known = {(place_of(row), row.year): row for row in rows}
        self.fields = (
            Field(
                "name",
                "Đơn vị đăng ký",
                self.places.read,
                required=True,
                also=("đơn vị", "tên đơn vị", "khu dân cư", "tên khu", "khu", "địa bàn", "tên"),
                example="Khu 5",
                choices=self.places.offered,
                help="khu dân cư, cơ quan, doanh nghiệp, trường học, hoặc “Toàn xã”",
            ),
            INSTITUTION,
            Field(
                "year",
                "Năm",
                read_year,
                required=True,
                also=("năm đăng ký",),
                example=2025,
                or_above="tiêu đề hoặc tên trang ghi “Năm 2025”",
            ),
            Field("registered_on", "Ngày đăng ký", read_day, also=("đăng ký",), example=date(2025, 2, 10)),
            Field(
                "recognised_on",
                "Ngày công nhận đạt",
                read_day_or_not,
                also=("công nhận đạt", "công nhận", "ngày công nhận", "ngày được công nhận đạt", "đạt", "ngày đạt"),
                example=date(2025, 12, 5),
                help="để trống khi chưa được công nhận",
            ),
        )

    def over(self, sheet: str, titles: Sequence[str]) -> None:
        """Hear the one year of a sheet: of its titles, else of its name, else what the officer says."""
        years = self._years(sheet, titles)
        self.year = int(years.pop()) if len(years) == 1 else None
        if self.year is None and (question := self.asked.get(about_year(sheet))):
            self.year = int(question.answer or question.choices[0][0])  # until it is said, shown as the likeliest

    @staticmethod
    def _years(sheet: str, titles: Sequence[str]) -> set[str]:
        """The years that titles say, else a sheet's name; a day is no year, nor is that of a law or decision."""
        said = [OF_AN_ACT.sub("", OF_A_DAY.sub("", one)) for one in titles]
        years = {year for one in said for year in OF_A_YEAR.findall(one)}
        return years or set(OF_A_YEAR.findall(f"năm {sheet.strip()}" if sheet.strip().isdecimal() else sheet))

    def supplies(self, name: str) -> bool:
        """Whether the titles say the year."""
        return name == "year" and self.year is not None

    def is_told_above(self, sheet: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether a sheet without a column of years says its year above; of a list with days the officer is asked."""
        self.over(sheet, titles)
        days = [day for row in rows if any(map(self.is_known, row)) for cell in row for day in A_DAY.findall(cell)]
        if self.year is None and days:
            above, year = self._years(sheet, titles), self.today.year
            likely = [one for one, _ in Counter(days).most_common()]
            offered = dict.fromkeys([*sorted(above, reverse=True), *likely, *(str(year - ago) for ago in range(4))])
            choices = tuple((one, f"Năm {one}") for one in offered)[:MOST_YEARS]
            says = f"ghi nhiều năm ({', '.join(sorted(above))})" if above else "không ghi năm nào"
            key, sentence = about_year(sheet), f"Trang “{sheet}” {says}. Danh sách này của năm nào?"
            self.asked[key] = FileQuestion(key, sentence, choices, answered(self.answers, key, choices))
            self.over(sheet, titles)
        return self.year is not None

    def is_known(self, name: str) -> bool:
        """Whether a place has that name."""
        return self.places.is_known(name)

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        self.refuse_two(values)
        places, year = values.pop("name"), values.pop("year", self.year or 0)
        units = [self.known[key] for one in places if (key := (key_of(one), year)) in self.known]
        row, self.inferred = self.nearest(units, values), {"year": str(year)}
        if row is None:
            begin, end = date(year, 1, 1), date(year, 12, 31)
            unit = self.one_of(places, str(places[0]), lambda one: lived(one.started_on, one.ended_on, begin, end))
            self.once((key_of(unit), year), place)
            self.need(values, "registered_on")
            row = SafetyRecord(commune=self.commune, year=year, **lying(unit))
            self.inferred["name"] = str(unit)
        else:
            self.once(row.pk, place)
        changes = self.assign(row, values)
        if row.recognised_on and row.recognised_on < row.registered_on:
            raise RowFaults(("recognised_on", sentence_of(SafetyRecord, "safety_recognised_after_registered")))
        self.check(row)
        return self.settle(row, changes), changes


class Festivals(Chronicle):
    """Festival days, meant by place and day."""

    kind, title = "festivals", "Ngày hội"
    mended = ("attendance", "is_model")
    watched = ((Hamlet, "commune"), (Institution, "commune"), (FestivalDay, "commune"))

    def prepare(self) -> None:
        """Look up the places and their days."""
        self.places = NamedPlaces(self.commune)
        self.known: dict[Any, list[FestivalDay]] = {}
        for row in FestivalDay.objects.filter(commune=self.commune).select_related("hamlet", "institution"):
            self.known.setdefault((place_of(row), row.held_on), []).append(row)
        self.fields = (
            Field(
                "name",
                "Nơi tổ chức",
                self.places.read,
                required=True,
                also=(
                    "địa điểm",
                    "địa điểm tổ chức",
                    "khu dân cư",
                    "đơn vị",
                    "tên khu",
                    "khu",
                    "nơi",
                    "địa bàn",
                    "tên",
                ),
                example="Khu 5",
                choices=self.places.offered,
                help="khu dân cư, cơ quan, doanh nghiệp, trường học, hoặc “Toàn xã”",
            ),
            INSTITUTION,
            Field(
                "held_on",
                "Ngày tổ chức",
                read_exact_day,
                required=True,
                also=("ngày", "ngày, tháng", "thời gian", "thời gian tổ chức"),
                example=date(2025, 8, 5),
            ),
            Field("attendance", "Số người dự", read_count, also=("người dự", "số người tham dự"), example=180),
            Field("is_model", "Ngày hội điểm", read_mark, also=("điểm",), example="có", choices=("có", "không")),
        )

    def is_known(self, name: str) -> bool:
        """Whether a place has that name."""
        return self.places.is_known(name)

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        self.refuse_two(values)
        places, day = values.pop("name"), values.pop("held_on")
        rows = [row for one in places for row in self.known.get((key_of(one), day), ())]
        row, self.inferred = self.nearest(rows, values), {}
        if row is None:
            where = self.one_of(places, str(places[0]), lambda one: lived(one.started_on, one.ended_on, day, day))
            self.once((key_of(where), day), place)
            row = FestivalDay(commune=self.commune, held_on=day, **lying(where))
            self.inferred["name"] = str(where)
        else:
            self.once(row.pk, place)
        changes = self.assign(row, values)
        self.check(row)
        return self.settle(row, changes), changes


class Awards(Chronicle):
    """Awards, meant by who gave what and the decision, or the day where there is none; another one is one more."""

    kind, title = "awards", "Khen thưởng"
    mended = ("collectives", "individuals", "awarded_on", "decision")
    watched = ((Award, "commune"),)
    fields = (
        Field(
            "name",
            "Hình thức",
            read_choice(AWARDS, "hình thức khen thưởng"),
            required=True,
            also=("hình thức khen thưởng", "hình thức khen", "loại", "danh hiệu"),
            example=Award.Kind.COMMUNE.label,
            choices=tuple(Award.Kind.labels),
        ),
        Field("collectives", "Số tập thể", read_count, also=("tập thể",), example=1),
        Field(
            "individuals", "Số cá nhân", read_count, also=("cá nhân",), example=3, help="chỉ ghi số, không ghi họ tên"
        ),
        Field(
            "awarded_on",
            "Ngày",
            read_exact_day,
            required=True,
            also=("ngày khen thưởng", "ngày khen", "ngày quyết định", "ngày qđ", "ngày ký", "ngày ban hành"),
            example=date(2025, 8, 5),
        ),
        Field("decision", "Số quyết định", read_text(100), also=("quyết định", "số qđ", "qđ"), example="15/QĐ-UBND"),
    )

    def prepare(self) -> None:
        """Look up the awards of each kind."""
        self.known: dict[str, list[Award]] = {}
        self.waiting = Counter[tuple[str, date]]()
        self.lines: list[str] = []  # that may mean an award there is, or one more
        self.lines_of = Counter[tuple[str, date]]()
        self.offered: dict[tuple[str, date], dict[int, bool]] = {}  # the awards they may mean, and whether numbered
        for row in Award.objects.filter(commune=self.commune).order_by("pk"):
            self.known.setdefault(row.kind, []).append(row)

    def is_known(self, name: str) -> bool:
        """Whether awards are called so."""
        return name_key(name) in {name_key(label) for label in AWARDS}

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        kind = values.pop("name")
        row = self.nearest(self.meant_by(kind, values, place[1]), values)
        said = (kind, *sorted((key, name_key(text(value))) for key, value in values.items()))
        before = self.seen.setdefault(said, place)
        if row is None:
            if before != place:
                raise RowFaults((None, TWICE.format(line=before[1] + 1)))
            row = Award(commune=self.commune, kind=kind)
        changes = self.assign(row, values)
        if not (row.collectives or row.individuals):
            raise RowFaults(("collectives", sentence_of(Award, "award_to_someone")))
        self.check(row)
        return self.settle(row, changes), changes

    def waits(self, values: Mapping[str, Any]) -> bool:
        """A row waits that means no award of the register plainly: what the others mean is not left for it."""
        kind, day = values["name"], values["awarded_on"]
        if self.plainly_meant(kind, values):
            return False
        self.waiting[kind, day] += not values.get("decision")
        return True

    def plainly_meant(self, kind: str, values: Mapping[str, Any]) -> list[Award]:
        """The awards that a row names by its number, or by its counts where one of the two has no number.

        Numbers of decisions begin anew each year. A number that is written now may be of an award without one.
        """
        day, decision = values["awarded_on"], name_key(values.get("decision", ""))
        there = self.of_day(kind, day)
        if not decision:
            return self.agreeing(there, values)
        left = [row for row in self.known.get(kind, ()) if row.pk not in self.meant]
        named = [row for row in left if name_key(row.decision) == decision and row.awarded_on.year == day.year]
        return named or self.agreeing([row for row in there if not row.decision], values)

    def meant_by(self, kind: str, values: Mapping[str, Any], line: int) -> list[Award]:
        """The awards a row may mean, none of which another row meant.

        Where numbers do not tell and counts differ, one row and one award of the day that are left over are the same;
        of all else the officer is asked, and told where lines are more than awards: the rest of them are added.
        """
        if found := self.plainly_meant(kind, values):
            return found
        day, has_number = values["awarded_on"], bool(values.get("decision"))
        left = [row for row in self.of_day(kind, day) if not (has_number and row.decision)]
        is_pair = not has_number and len(left) == 1 and self.waiting[kind, day] == 1
        offered = self.offered.get((kind, day), {})
        is_over = not left and any(not (has_number and numbered) for numbered in offered.values())
        if not (left or is_over) or (is_pair and not left[0].decision):
            return left
        answer = answered(self.answers, UNNUMBERED, WHICH_AWARD)
        self.lines.append(str(line + 1))
        self.lines_of[kind, day] += 1
        self.offered[kind, day] = {row.pk: bool(row.decision) for row in left} | offered
        sentence = LIKE_AN_AWARD.format(lines=", ".join(self.lines[:SHOWN_ROWS]))
        if any(count > len(self.offered[one]) for one, count in self.lines_of.items()):
            sentence += TOO_FEW
        self.asked[UNNUMBERED] = FileQuestion(UNNUMBERED, sentence, WHICH_AWARD, answer)
        return left if answer == SAME or (is_pair and not answer) else []

    def of_day(self, kind: str, day: date) -> list[Award]:
        """The awards of a day that no row meant yet."""
        return [row for row in self.known.get(kind, ()) if row.pk not in self.meant and row.awarded_on == day]

    @staticmethod
    def agreeing(awards: Sequence[Award], values: Mapping[str, Any]) -> list[Award]:
        """Those with the counts that a row says."""
        counts = {key: values[key] for key in ("collectives", "individuals") if key in values}
        return [row for row in awards if all(getattr(row, key) == said for key, said in counts.items())]
