"""A question of the explore page: which indicators, places and months, laid out how.

Read from an address and written back into one. What an old or mistyped address asks and nobody can
answer is left out with a sentence, never refused: addresses are kept and passed on for years.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from communes.models import Cluster, Commune, User
from reports.asking.address import default_span, place_asked, place_query
from reports.catalogue import Catalogue
from reports.models import Indicator
from reports.months import Month, Span
from reports.totals.inquiry import INCLUDES, USUAL
from reports.totals.parts import BY_DISTRICT, DISTRICT
from reports.totals.place import Place
from reports.totals.published import usual_boundaries
from reports.totals.ratios import BASES
from reports.totals.summary import Summary

AXES = {"indicator": "Chỉ tiêu", "place": "Nơi", "month": "Tháng"}
BESIDE = {  # the same measures beside the name of a column
    "value": "",
    "previous": "kỳ trước",
    "change": "tăng, giảm",
    "rate": "%",
    "last_year": "cùng kỳ",
    "year_change": "tăng, giảm so cùng kỳ",
    "year_rate": "% so cùng kỳ",
}
PER = "per_"  # before the name of what a figure is divided by
MEASURES = {
    "value": "Số liệu",
    "previous": "Kỳ trước",
    "change": "Tăng, giảm so với kỳ trước",
    "rate": "Tỷ lệ so với kỳ trước (%)",
    "last_year": "Cùng kỳ năm trước",
    "year_change": "Tăng, giảm so với cùng kỳ",
    "year_rate": "Tỷ lệ so với cùng kỳ (%)",
} | {f"{PER}{name}": f"Bình quân {basis.label}" for name, basis in BASES.items()}
BESIDE |= {f"{PER}{name}": f"bình quân{basis.short}" for name, basis in BASES.items()}
LOOKS = {"table": "Bảng", "chart": "Biểu đồ và bảng"}
WHOLE, PARTS, CHOSEN, CLUSTERS = "whole", "parts", "chosen", "clusters:"
LONGEST = 3000  # of a query that is kept, as SavedQuestion.query


@dataclass(frozen=True)
class Question:
    """What is asked. ``notes`` say what of the address was left out, and why."""

    summary: Summary
    indicators: tuple[Indicator, ...]
    places: str = PARTS
    communes: tuple[Commune, ...] = ()
    rows: str = "indicator"
    columns: str = ""
    measures: tuple[str, ...] = ("value",)
    look: str = "table"
    sort: str = ""
    notes: list[str] = field(default_factory=list, compare=False)

    @property
    def place(self) -> Place:
        """The place asked about."""
        return self.summary.place

    @property
    def span(self) -> Span:
        """The span asked about."""
        return self.summary.span

    @property
    def grouping(self) -> str:
        """The grouping whose clusters are asked for, or ""."""
        return self.places.removeprefix(CLUSTERS) if self.places.startswith(CLUSTERS) else ""

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that are laid out."""
        return tuple(axis for axis in (self.rows, self.columns) if axis)

    def query(self, **changes: str) -> str:
        """Write the question as it stands in an address, with some choices changed."""
        asked = (
            place_query(self.place)
            | {
                "indicator": ",".join(i.code for i in self.indicators),
                "places": self.places,
                "communes": ",".join(commune.slug for commune in self.communes),
                "span": str(self.span),
                "rows": self.rows,
                "columns": self.columns,
                "measure": ",".join(self.measures),
                "include": self.summary.include,
                "boundaries": self.summary.boundaries,
                "look": self.look,
                "sort": self.sort,
            }
            | changes
        )
        return urlencode({key: value for key, value in asked.items() if value}, safe=",:")

    @property
    def parts(self) -> str:
        """What the place is divided into, in a word."""
        if self.grouping == BY_DISTRICT:
            return DISTRICT
        return "cụm" if self.grouping else what_lies_below(self.place)

    @cached_property
    def title(self) -> str:
        """What the table shows, in a line."""
        names = {"place": self.parts, "month": "tháng"}
        by = ", ".join(names[axis] for axis in self.axes if axis in names)
        what = self.indicators[0].name if len(self.indicators) == 1 else f"{len(self.indicators)} chỉ tiêu"
        return f"{what}{' theo ' if by else ''}{by} – {self.place.name}, {self.span.title}"


class Reader:
    """Reads an address into a question, forgiving what it cannot read."""

    def __init__(self, data: Mapping[str, Any], user: User, now: datetime) -> None:
        given = data.lists() if hasattr(data, "lists") else ((name, [value]) for name, value in data.items())
        self.all = {name: [str(one).replace("\x00", "") for one in values] for name, values in given}
        self.data = {name: values[-1] for name, values in self.all.items() if values}
        self.user, self.now = user, now
        self.notes: list[str] = []

    def question(self) -> Question:
        """Return the question. Raises :class:`UnknownUnit` for a place outside the user's scope."""
        place = place_asked(self.data, self.user)
        include = self._one("include", INCLUDES, USUAL)
        boundaries = self._one("boundaries", ("today", "then"), usual_boundaries(place))
        indicators = self._indicators()
        codes = tuple(indicator.code for indicator in indicators)
        summary = Summary(place, self._span(place), self.now, include, boundaries, codes)  # type: ignore[arg-type]
        communes = self._communes(place)
        rows = self._one("rows", AXES, "indicator")
        columns = self._one("columns", ("", *AXES), "")
        if columns == rows:
            self.notes.append("Dòng và cột đang chọn cùng một thứ nên bảng chỉ chia theo dòng.")
            columns = ""
        return Question(
            summary,
            indicators,
            self._places(place, communes),
            communes,
            rows,
            columns,
            tuple(m for m in MEASURES if m in self._many("measure")) or ("value",),
            self._one("look", LOOKS, "table"),
            self.data.get("sort", "")[:4],
            self.notes,
        )

    def _one(self, name: str, known: Iterable[str], usual: str) -> str:
        value = self.data.get(name) or usual
        return value if value in known else usual

    def _many(self, name: str) -> list[str]:
        """Every value of a name: repeated, as a form sends it, or divided by commas, as links have it."""
        return list(dict.fromkeys(one for text in self.all.get(name, ()) for one in text.split(",") if one))

    def _indicators(self) -> tuple[Indicator, ...]:
        wanted = self._many("indicator")
        known = {i.code: i for i in Catalogue().indicators}
        if unknown := [code for code in wanted if code not in known]:
            named = ", ".join(f"“{code[:60]}”" for code in unknown[:3])
            self.notes.append(f"Danh mục không còn chỉ tiêu mang mã {named} nên bảng không có.")
        if retired := [known[code].name for code in wanted if code in known and not known[code].is_active]:
            self.notes.append(f"Chỉ tiêu đã thôi dùng, bảng chỉ có số liệu cũ: {', '.join(retired)}.")
        return tuple(indicator for code, indicator in known.items() if code in wanted)

    def _span(self, place: Place) -> Span:
        """The run of months where both its ends are given, else the named span."""
        first, last = (self.data.get(end) or "" for end in ("first", "last"))
        usual = default_span(place, self.now)
        name = f"{first}..{last}" if first and last else (self.data.get("span") or str(usual))
        if bool(first) != bool(last):
            self.notes.append("Muốn xem một đợt tháng, hãy chọn cả tháng đầu và tháng cuối.")
        try:
            return place.span(name)
        except ValueError as error:
            self.notes.append(f"{error} Bảng lấy {usual.title}.")
            return usual

    def _communes(self, place: Place) -> tuple[Commune, ...]:
        """The communes that are picked out."""
        wanted = self._many("communes")
        if not wanted or place.commune or not place.province:
            return ()
        seen = Commune.objects.visible_to(self.user).filter(pk__in=place.communes()).order_by("code")
        found = tuple(commune for commune in seen if commune.slug in wanted)
        if len(found) < len(wanted):
            self.notes.append(f"{len(wanted) - len(found)} xã đã chọn không có trong {place.name} nên được bỏ qua.")
        return found

    def _places(self, place: Place, communes: tuple[Commune, ...]) -> str:
        """Which places: one choice that the place asked about really has."""
        wanted = self.data.get("places") or PARTS
        if wanted == CHOSEN and not communes:
            self.notes.append("Chưa chọn xã nào nên bảng lấy tất cả các xã.")
            return PARTS
        if wanted.startswith(CLUSTERS) and wanted not in dict(place_choices(place, self.user)):
            self.notes.append("Tỉnh không có cách chia cụm này nên bảng lấy tất cả các xã.")
            return PARTS
        return wanted if wanted in (WHOLE, CHOSEN) or wanted.startswith(CLUSTERS) else PARTS


def what_lies_below(place: Place) -> str:
    """What lies below a place, in a word."""
    return "khu dân cư" if place.commune else "xã, phường" if place.province else "tỉnh, thành phố"


def read(data: Mapping[str, Any], user: User, now: datetime) -> Question:
    """Read a question from an address. Raises :class:`UnknownUnit` for a place outside the user's scope."""
    return Reader(data, user, now).question()


def place_choices(place: Place, user: User) -> list[tuple[str, str]]:
    """Return how a place can be divided: value in the address, words."""
    if place.commune:
        return [(PARTS, "Từng khu dân cư"), (WHOLE, "Toàn xã")]
    if place.part:
        whole = "Toàn huyện" if place.district else "Cả cụm"
        return [(PARTS, "Từng xã, phường"), (WHOLE, whole), (CHOSEN, "Các xã, phường được chọn")]
    if not place.province:
        return [(PARTS, "Từng tỉnh, thành phố"), (WHOLE, "Cả nước")]
    known = Cluster.objects.visible_to(user).filter(province=place.province).order_by("grouping")
    groupings = known.values_list("grouping", flat=True).distinct()
    districts = [(f"{CLUSTERS}{BY_DISTRICT}", "Từng huyện, quận, thị xã")] if place.has_ended else []
    return [
        (PARTS, "Từng xã, phường"),
        (WHOLE, "Toàn tỉnh"),
        (CHOSEN, "Các xã, phường được chọn"),
        *districts,
        *((f"{CLUSTERS}{name}", f"Cụm: {name}") for name in groupings),
    ]


def kept(data: Mapping[str, Any], user: User, now: datetime) -> str:
    """Return the query to keep for what an address asks; "" where it asks nothing or is too long."""
    query = read(data, user, now)
    text = query.query()
    return text if query.indicators and len(text) <= LONGEST else ""


def examples(place: Place, now: datetime) -> list[tuple[str, str]]:
    """Return three questions to begin with: words and query."""
    last = Month.at(now, place.cutoff) - 1
    year = f"{last.year}-01..{last}" if last.number > 1 else str(last)
    base = Question(Summary(place, place.span(str(last)), now), ())

    def asked(codes: str, span: str = str(last), **more: str) -> str:
        return base.query(indicator=codes, span=span, **more)

    return [
        (
            f"Tuần tra của từng {what_lies_below(place)}, từng tháng trong năm {last.year}",
            asked("patrols", year, rows="place", columns="month"),
        ),
        (
            f"Nguồn tin và hòa giải {last.title}, so với tháng trước và cùng kỳ",
            asked("tips,valuable_tips,disputes_received,disputes_settled", measure=",".join(MEASURES)),
        ),
        (
            f"Tuyên truyền qua các tháng năm {last.year}, có biểu đồ",
            asked("outreach_sessions,outreach_attendance", year, rows="month", columns="indicator", look="chart"),
        ),
    ]
