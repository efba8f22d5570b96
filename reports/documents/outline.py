"""The sections of the report (domain, section 8) and how paragraphs stand under their headings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Section(NamedTuple):
    """A heading; its key says under which it stands: "results.tips" under "results"."""

    key: str
    title: str

    @property
    def depth(self) -> int:
        """1 for I, II, …; 2 for 1, 2, …; 3 for a, b, …"""
        return self.key.count(".") + 1


FESTIVAL = "Ngày hội Toàn dân bảo vệ an ninh Tổ quốc"
SECTIONS = tuple(
    Section(*one)
    for one in (
        ("situation", "ĐẶC ĐIỂM, TÌNH HÌNH"),
        ("results", "KẾT QUẢ THỰC HIỆN"),
        ("results.direction", "Công tác tham mưu, chỉ đạo"),
        ("results.outreach", "Công tác tuyên truyền, vận động"),
        ("results.groups", "Xây dựng, củng cố tổ chức quần chúng"),
        ("results.initiatives", "Xây dựng, củng cố, nhân rộng mô hình"),
        ("results.people", "Kết quả vận động quần chúng"),
        ("results.people.tips", "Cung cấp nguồn tin"),
        ("results.people.patrols", "Tuần tra, canh gác"),
        ("results.people.mediation", "Hòa giải mâu thuẫn, tranh chấp"),
        ("results.people.weapons", "Vận động giao nộp vũ khí, vật liệu nổ, công cụ hỗ trợ và pháo"),
        ("results.people.inmates", "Quản lý, giáo dục, giúp đỡ người tái hòa nhập cộng đồng"),
        ("results.people.fire", "Phòng cháy, chữa cháy và cứu nạn, cứu hộ"),
        ("results.people.crime", "Kết quả đấu tranh phòng, chống tội phạm"),
        ("results.safety", f"Xây dựng khu dân cư “An toàn về an ninh, trật tự”; {FESTIVAL}"),
        ("results.awards", "Công tác thi đua, khen thưởng"),
        ("results.others", "Các kết quả khác"),
        ("review", "NHẬN XÉT, ĐÁNH GIÁ"),
        ("review.strengths", "Ưu điểm"),
        ("review.weaknesses", "Tồn tại, hạn chế, khó khăn"),
        ("tasks", "PHƯƠNG HƯỚNG, NHIỆM VỤ THỜI GIAN TỚI"),
        ("proposals", "KIẾN NGHỊ, ĐỀ XUẤT"),
    )
)
BY_KEY = {section.key: section for section in SECTIONS}
OPEN = tuple(s for s in SECTIONS if not any(other.key.startswith(f"{s.key}.") for other in SECTIONS))
"""The sections that hold paragraphs: those without sections of their own."""

Text = tuple[str, tuple[str, ...]]  # words and the indicators they name
ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
LETTERS = "abcdđeghik"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: a stable key, its section, its words, and the indicators whose figures it names."""

    key: str
    section: str
    text: str
    codes: tuple[str, ...] = ()


class Block(NamedTuple):
    """A heading (depth 1 to 3) or a paragraph (depth 0) of the finished text; ``blank``: nothing stands under it."""

    depth: int
    text: str
    key: str
    blank: bool = False


def _number(depth: int, place: int) -> str:
    return (ROMANS[place - 1], f"{place}.", f"{LETTERS[place - 1]})")[depth - 1] + ("." if depth == 1 else "")


def blocks(paragraphs: Iterable[Paragraph], *, empty: bool = False) -> list[Block]:
    """Set paragraphs under numbered headings; a section without any is left out, or (``empty``) has no number."""
    found: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        found.setdefault(paragraph.section, []).append(paragraph)
    counts = [0, 0, 0]
    laid: list[Block] = []
    for section in SECTIONS:
        if not any(key == section.key or key.startswith(f"{section.key}.") for key in found):
            if empty:
                laid.append(Block(section.depth, section.title, section.key, blank=True))
            continue
        counts[section.depth - 1 :] = [counts[section.depth - 1] + 1, *([0] * (3 - section.depth))]
        heading = f"{_number(section.depth, counts[section.depth - 1])} {section.title}"
        laid.append(Block(section.depth, heading, section.key))
        laid += [Block(0, one.text, one.key) for one in found.get(section.key, ())]
    return laid


def ended(laid: Sequence[Block]) -> list[Block]:
    """Close the text with "./." after its last paragraph (Decree 30/2020/NĐ-CP)."""
    last = max((place for place, block in enumerate(laid) if not block.depth), default=None)
    return [
        block._replace(text=f"{block.text.rstrip().rstrip('.;,')}./.") if place == last else block
        for place, block in enumerate(laid)
    ]
