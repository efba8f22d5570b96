"""Sentences as a table: what is said of which indicator, in which section, and with what it is compared.

Nothing is said of what is zero or blank: each piece speaks for one indicator and is silent with it. A piece
stands alone or is glued to what was said before it; {n} is its own figure, {another_code} another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from communes.templatetags.vietnamese import number
from reports.documents.facts import Facts
from reports.documents.outline import Paragraph
from reports.documents.wording import comparison, counted, day_figures, sentence
from reports.units import Unit


@dataclass(frozen=True)
class Say:
    """One figure in words; ``alone`` is how it is said where nothing stands before it.

    ``beside`` names a figure whose reports must all hold this one too: else it would be read as of all of them.
    """

    code: str
    words: str
    glue: str = ", "
    alone: str = ""
    beside: str = ""

    def said(self, facts: Facts, before: str) -> str:
        """Return ``before`` with this figure, or as it was."""
        value = facts.value(self.code)
        if not value or self._is_partial(facts):
            return before
        words = (self.words if before else self.alone or self.words).format_map(Spelt(facts, counted(value)))
        return f"{before}{self.glue}{words}" if before else words

    def _is_partial(self, facts: Facts) -> bool:
        """Whether fewer reports hold this figure than the one it stands beside."""
        line, other = facts.by_code.get(self.code), facts.by_code.get(self.beside)
        return bool(line and other and line.reports < other.reports)


@dataclass(frozen=True)
class SayChange:
    """How a figure moved against what it is compared with."""

    code: str
    unit: str

    def said(self, facts: Facts, before: str) -> str:
        """Add the comparison to what was said of the figure, where there is a base."""
        line = facts.by_code.get(self.code)
        words = ""
        if line and line.value and before:
            words = comparison(line, facts.bases, self.unit, f"số {self.unit}")
        return f"{before}, {words}" if words else before


@dataclass(frozen=True)
class SayShare:
    """How much a figure is of a whole, in brackets: "(đạt 79,7%)"; ``parts`` are all that may be told of the whole.

    Where these are more than the whole, some were carried over from earlier months and no share can be told.
    """

    code: str
    of: str
    parts: tuple[str, ...]

    def said(self, facts: Facts, before: str) -> str:
        """Add the share to what was said of the figure."""
        value, whole = facts.value(self.code), facts.value(self.of)
        if not value or not whole or _exceed(facts, self.parts, self.of):
            return before
        share = (Decimal(value) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{before} (đạt {number(share)}%)"


@dataclass(frozen=True)
class Carried:
    """Says that parts that are more than their whole hold what came over from earlier months."""

    code: str
    parts: tuple[str, ...]

    def said(self, facts: Facts, before: str) -> str:
        """Add it after the last part."""
        over = before and facts.value(self.code) and _exceed(facts, self.parts, self.code)
        return f"{before} (kể cả kỳ trước chuyển sang)" if over else before


def _exceed(facts: Facts, parts: tuple[str, ...], whole: str) -> bool:
    return sum(facts.value(part) for part in parts) > facts.value(whole)


@dataclass(frozen=True)
class Rule:
    """One sentence of the narrative; ``lead`` opens and ``tail`` closes it."""

    key: str
    section: str
    pieces: tuple[Say | SayChange | SayShare | Carried, ...]
    lead: str = ""
    tail: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators it may name."""
        return tuple(dict.fromkeys(piece.code for piece in self.pieces))

    def paragraph(self, facts: Facts) -> Paragraph | None:
        """Say it, or None where there is nothing to say."""
        words = ""
        for piece in self.pieces:
            words = piece.said(facts, words)
        if not words:
            return None
        frame = {"place": said_place(facts), "on": day_figures(facts.stands_on), "body": body_of(facts)}
        text = sentence(self.lead.format_map(frame) + words + self.tail)
        return Paragraph(self.key, self.section, text, tuple(code for code in self.codes if facts.value(code)))


class Spelt(dict):
    """The figures of a report as a sentence names them: "{n}", "{hamlets}"."""

    def __init__(self, facts: Facts, n: str) -> None:
        super().__init__(n=n)
        self.facts = facts

    def __missing__(self, code: str) -> str:
        return counted(self.facts.value(code))


def place_of(unit: Unit) -> str:
    """Name a unit's place inside a sentence: "xã Chí Đám", "tỉnh Phú Thọ"."""
    place = unit.commune or unit.province
    return f"{place.kind.lower()} {place.name}"


def said_place(facts: Facts) -> str:
    """Name the place whose figures are told: "xã Chí Đám", "toàn tỉnh"."""
    return f"toàn {facts.unit.province.kind.lower()}" if facts.of_province else place_of(facts.unit)


def body_of(facts: Facts) -> str:
    """Name who acts: "Công an xã"; of a province "Công an tỉnh và Công an các xã, phường"."""
    commune = facts.unit.commune
    if commune:
        return f"Công an {commune.kind.lower()}"
    return f"Công an {facts.unit.province.kind.lower()} và Công an các {facts.units}"


SETTLEMENT = ("disputes_settled", "disputes_not_settled", "disputes_pending")
"""What becomes of a dispute."""


def _groups(*kinds: tuple[str, str, str]) -> tuple[Say, ...]:
    """Groups of several kinds, each with its members where they are counted."""
    pieces = []
    for code, words, members in kinds:
        pieces.append(Say(code, "{n} " + words, "; "))
        if members:
            pieces.append(Say(members, "{n} thành viên", " với "))
    return tuple(pieces)


RULES: Mapping[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "direction",
            "results.direction",
            (
                Say("directives_issued", "đã ban hành {n} văn bản tham mưu, chỉ đạo"),
                SayChange("directives_issued", "văn bản"),
                Say("inspections", "tổ chức {n} cuộc kiểm tra, hướng dẫn cơ sở", "; "),
                Say("reviews_held", "tổ chức {n} hội nghị sơ kết, tổng kết", "; "),
            ),
            lead="{body} ",
        ),
        Rule(
            "outreach",
            "results.outreach",
            (
                Say("outreach_sessions", "đã tổ chức {n} buổi tuyên truyền, phát động quần chúng"),
                Say("outreach_attendance", "{n} lượt người tham dự", " với ", "có {n} lượt người dự tuyên truyền"),
                Say("hamlets_reached", "ở {n} khu dân cư", " ", "tuyên truyền ở {n} khu dân cư", "outreach_sessions"),
                SayChange("outreach_sessions", "buổi"),
                Say("online_posts", "đăng tải {n} tin, bài trên các trang mạng của đơn vị", "; "),
            ),
            lead="{body} ",
        ),
        Rule(
            "commitments",
            "results.outreach",
            (
                Say("household_commitments", "{n} hộ gia đình"),
                Say("business_commitments", "{n} cơ sở, hộ kinh doanh", " và "),
            ),
            lead="Đã vận động ",
            tail=" ký cam kết bảo đảm an ninh, trật tự",
        ),
        Rule(
            "covenants",
            "results.groups",
            (
                Say(
                    "hamlets_with_covenant",
                    "đến nay, {n}/{hamlets} khu dân cư đã xây dựng, bổ sung hoàn chỉnh quy ước về an ninh, trật tự",
                ),
            ),
        ),
        Rule(
            "groups",
            "results.groups",
            _groups(
                ("security_teams", "Tổ bảo vệ an ninh, trật tự", "security_team_members"),
                ("security_boards", "Ban an ninh, trật tự khu dân cư", "security_board_members"),
                ("household_clusters", "tổ (nhóm) liên gia tự quản", "household_cluster_members"),
                ("peoples_security_teams", "tổ an ninh nhân dân", ""),
                ("mediation_teams", "tổ hòa giải", ""),
                ("fire_safety_clusters", "tổ liên gia an toàn phòng cháy, chữa cháy", ""),
                ("fire_teams", "tổ phòng cháy, chữa cháy, đội dân phòng", ""),
                ("teacher_groups", "tổ nhà giáo tự quản", ""),
                ("student_groups", "tổ người học tự quản", ""),
                ("other_groups", "tổ chức tự quản khác", ""),
            ),
            lead="Tính đến ngày {on}, {place} có ",
        ),
        Rule(
            "group_changes",
            "results.groups",
            (
                Say("groups_founded", "thành lập mới {n} tổ chức"),
                Say("groups_dissolved", "giải thể {n} tổ chức"),
            ),
            lead="Trong kỳ, ",
        ),
        Rule(
            "meetings",
            "results.groups",
            (
                Say("group_meetings", "đã tổ chức {n} buổi họp, sinh hoạt"),
                Say("group_meeting_attendance", "{n} lượt người tham dự", " với ", "có {n} lượt người dự họp"),
                SayChange("group_meetings", "buổi"),
            ),
            lead="Các tổ chức tự quản ",
        ),
        Rule(
            "initiative_changes",
            "results.initiatives",
            (
                Say("initiatives_started", "xây dựng mới {n} mô hình"),
                Say("initiative_sites_added", "nhân rộng thêm {n} điểm"),
                Say("initiatives_discontinued", "thanh loại {n} mô hình"),
            ),
            lead="Trong kỳ, ",
        ),
        Rule(
            "tips",
            "results.people.tips",
            (
                Say("tips", "{n} tin"),
                SayChange("tips", "tin"),
                Say("valuable_tips", "{n} tin có giá trị", "; trong đó có "),
                Say(
                    "cases_solved_from_tips",
                    "qua đó giúp giải quyết {n} vụ việc",
                    "; ",
                    "tin giúp giải quyết {n} vụ việc",
                ),
                Say(
                    "offenders_from_tips",
                    "phát hiện, xử lý {n} đối tượng",
                    ", ",
                    "tin giúp phát hiện, xử lý {n} đối tượng",
                ),
            ),
            lead="Quần chúng nhân dân và các tổ tự quản đã cung cấp ",
        ),
        Rule(
            "patrols",
            "results.people.patrols",
            (
                Say("patrols", "đã tổ chức {n} lượt tuần tra"),
                Say("patrol_attendance", "{n} lượt người tham gia", " với ", "có {n} lượt người tham gia tuần tra"),
                SayChange("patrols", "lượt tuần tra"),
                Say("incidents_found_on_patrol", "qua tuần tra phát hiện {n} vụ việc", "; "),
            ),
            lead="Lực lượng tham gia bảo vệ an ninh, trật tự ở cơ sở và các tổ tự quản ",
        ),
        Rule(
            "mediation",
            "results.people.mediation",
            (
                Say("disputes_received", "tiếp nhận, rà soát {n} vụ mâu thuẫn, tranh chấp"),
                SayChange("disputes_received", "vụ"),
                Say("disputes_settled", "hòa giải thành {n} vụ", "; "),
                SayShare("disputes_settled", "disputes_received", SETTLEMENT),
                Say("disputes_not_settled", "hòa giải không thành {n} vụ"),
                Say("disputes_pending", "đang hòa giải {n} vụ"),
                Carried("disputes_received", SETTLEMENT),
            ),
            lead="Các tổ hòa giải, tổ chức tự quản ",
        ),
        Rule(
            "inmates",
            "results.people.inmates",
            (
                Say("suspended_sentences", "{n} người chấp hành án treo", "; "),
                Say("non_custodial", "{n} người cải tạo không giam giữ", "; "),
                Say("deferred_sentences", "{n} người được hoãn, tạm đình chỉ chấp hành án", "; "),
                Say("released_supported", "{n} người chấp hành xong án phạt tù", "; "),
                Say("youth_supervised", "{n} thanh, thiếu niên vi phạm pháp luật", "; "),
            ),
            lead="Phối hợp quản lý, giáo dục, giúp đỡ ",
        ),
        Rule(
            "fire",
            "results.people.fire",
            (
                Say(
                    "fire_drills", "đã tổ chức {n} buổi tuyên truyền, thực tập phòng cháy, chữa cháy và cứu nạn, cứu hộ"
                ),
                SayChange("fire_drills", "buổi"),
                Say("fires_handled", "cùng quần chúng phát hiện, xử lý ban đầu {n} vụ cháy, sự cố", "; "),
            ),
            lead="{body} ",
        ),
        Rule(
            "crime",
            "results.people.crime",
            (
                Say("public_order_cases", "điều tra làm rõ {n} vụ phạm tội về trật tự xã hội"),
                Say(
                    "public_order_offenders",
                    "{n} đối tượng",
                    " với ",
                    "phát hiện {n} đối tượng phạm tội về trật tự xã hội",
                ),
                SayChange("public_order_cases", "vụ"),
                Say("drug_cases", "phát hiện {n} vụ phạm tội về ma túy", "; "),
                Say("drug_offenders", "xử lý {n} đối tượng phạm tội về ma túy"),
                Say("drug_rings", "triệt xóa {n} đường dây ma túy"),
            ),
            lead="{body} ",
        ),
        Rule(
            "safety",
            "results.safety",
            (
                Say("hamlets_registered_safe", "{n} khu dân cư đăng ký xây dựng “An toàn về an ninh, trật tự”", "; "),
                Say(
                    "hamlets_recognised_safe",
                    "{n} khu dân cư được công nhận đạt tiêu chuẩn",
                    "; ",
                    "{n} khu dân cư được công nhận “An toàn về an ninh, trật tự”",
                ),
            ),
            lead="Trong năm, có ",
        ),
        Rule(
            "festivals",
            "results.safety",
            (
                Say("festival_days", "đã tổ chức {n} Ngày hội Toàn dân bảo vệ an ninh Tổ quốc"),
                Say("festival_attendance", "{n} lượt người tham dự", " với ", "có {n} lượt người dự Ngày hội"),
            ),
            lead="{place} ",
        ),
    )
}
"""The sentences that are made of figures alone, by their keys."""
