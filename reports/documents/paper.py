"""The whole report as a paper: letterhead, number, day, text and appendix; every rendering draws this."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reports.documents.appendix import AppendixTable, appendix
from reports.documents.charts import Chart, charts
from reports.documents.facts import Facts
from reports.documents.outline import Block, Paragraph, blocks, ended
from reports.documents.sentences import place_of
from reports.documents.wording import day_words
from reports.models import IssuedReport, Letterhead


@dataclass(frozen=True)
class Paper:
    """One report; ``number``, ``day`` and the place's name of that day are given when it is issued.

    ``stale`` paragraphs were written over a draft whose figures have moved since; it ``replaces`` an issued version.
    """

    facts: Facts
    paragraphs: tuple[Paragraph, ...]
    letterhead: Letterhead
    number: int | None = None
    day: date | None = None
    issued_place: str = ""
    stale: int = 0
    replaces: IssuedReport | None = None

    @property
    def place(self) -> str:
        """What the report is about: "xã Chí Đám"."""
        return self.issued_place or place_of(self.facts.unit)

    @property
    def number_line(self) -> str:
        """ "Số: 05/BC-CAX"; a gap for a number that is not given yet."""
        shown = f"{self.number:02d}" if self.number else "       "
        return f"Số: {shown}/{self.letterhead.symbol}"

    @property
    def place_line(self) -> str:
        """ "Chí Đám, ngày 05 tháng 7 năm 2025"."""
        return f"{self.letterhead.place}, {day_words(self.day)}"

    @property
    def subject(self) -> str:
        """What stands under BÁO CÁO, in two lines; of a later version, in a third, which one it replaces."""
        former = self.replaces
        said = f"\n(thay thế {former} {day_words(former.day)})" if former else ""
        return (
            "Kết quả công tác xây dựng phong trào Toàn dân bảo vệ an ninh Tổ quốc\n"
            f"{self.facts.span.title} của {self.place}{said}"
        )

    @property
    def attached_to(self) -> str:
        """What stands under the title of each appendix."""
        number = self.number_line.replace("Số: ", "số ", 1)
        unit = f"Công an {self.place}".replace(" ", "\u00a0")  # or its last word stands alone on a second line
        return f"(Kèm theo Báo cáo {number} {day_words(self.day)} của {unit})"

    @cached_property
    def text(self) -> list[Block]:
        """Headings and paragraphs as they go out, closed with "./."."""
        return ended(blocks(self.paragraphs))

    @cached_property
    def tables(self) -> list[AppendixTable]:
        """The appendix."""
        return appendix(self.facts)

    @cached_property
    def charts(self) -> list[Chart]:
        """What says more as a picture."""
        return charts(self.facts)

    @property
    def titles(self) -> Iterable[str]:
        """The lines of the signatory's title."""
        return self.letterhead.signatory_title.splitlines()

    @property
    def recipients(self) -> list[str]:
        """The lines of "Nơi nhận", each closed as the decree has it."""
        lines = [line.strip().lstrip("-").strip().rstrip(";.") for line in self.letterhead.recipients.splitlines()]
        lines = [line for line in lines if line]
        return [f"- {line}{'.' if place == len(lines) else ';'}" for place, line in enumerate(lines, start=1)]

    @property
    def file_name(self) -> str:
        """Its name without an ending: "bao-cao-07999-2025-H1-so-12"."""
        numbered = f"-so-{self.number}" if self.number else ""
        return f"bao-cao-{self.facts.unit.slug}-{self.facts.span}{numbered}".replace("..", "-den-")
