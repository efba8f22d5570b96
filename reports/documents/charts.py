"""The charts of a report, drawn from its facts: as DrawingML for Word, as bars for the page.

Word draws a chart part from numbers, so it is sharp on any printer. The numbers stand in the part itself: there is no
workbook behind it, nothing to be fetched and nothing that moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from communes.templatetags.vietnamese import number
from reports.documents.assessment import patrols_by_hamlet
from reports.documents.facts import RANKED, Facts
from reports.tables.table import Number

LEAST = 3  # months: fewer show no trend
ENDS = 10  # communes drawn from either end
GREEN = "1C6B40"
EMU = 36_000  # of a millimetre
WIDTH, HIGH, NAMES, LONG = 640, 160, 190, 390  # of the drawing on the page
WIDTH_MM = 160
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


class LabelledBar(NamedTuple):
    """One bar: what it stands for, its value (None is blank), and where bar, name and value are drawn on the page.

    ``left_out``: no bar, but the gap for those that are not drawn.
    """

    name: str
    value: Number | None
    box: tuple[float, float, float, float]
    name_at: tuple[float, float]
    value_at: tuple[float, float]
    left_out: bool = False

    @property
    def text(self) -> str:
        """The value as it is read everywhere; a gap has none."""
        return "" if self.left_out else number(self.value)


@dataclass(frozen=True)
class Chart:
    """Bars of one figure; ``lying`` ones are read from top to bottom. The note says what they stand on.

    Standing, a value of None is a blank month; lying, the gap between the highest and the lowest.
    """

    title: str
    values: Sequence[tuple[str, Number | None]]
    note: str
    lying: bool = False

    @property
    def bars(self) -> list[LabelledBar]:
        """The bars in their order."""
        most = max((value for _, value in self.values if value), default=0) or 1
        draw = self._lying if self.lying else self._standing
        return [draw(at, name, value, float((value or 0) / most)) for at, (name, value) in enumerate(self.values)]

    def _lying(self, at: int, name: str, value: Number | None, share: float) -> LabelledBar:
        top, long = 20 * at, round(LONG * share, 1)
        box, name_at, value_at = (NAMES, top + 3, long, 14), (NAMES - 8, top + 15), (NAMES + long + 6, top + 15)
        return LabelledBar(name, value, box, name_at, value_at, left_out=value is None)

    def _standing(self, at: int, name: str, value: Number | None, share: float) -> LabelledBar:
        step, high = WIDTH / len(self.values), round(HIGH * share, 1)
        middle, top = round(step * (at + 0.5), 1), round(20 + HIGH - high, 1)
        box = (round(step * (at + 0.2), 1), top, round(step * 0.6, 1), high)
        return LabelledBar(name, value, box, (middle, HIGH + 38), (middle, top - 6))

    @property
    def view_box(self) -> str:
        """Size of the drawing on the page."""
        return f"0 0 {WIDTH} {20 * len(self.values) + 4 if self.lying else HIGH + 46}"

    @property
    def spoken(self) -> str:
        """What the picture says to who does not see it."""
        return f"{self.title}: {'; '.join(f'{bar.name} {bar.text}'.strip() for bar in self.bars)}."

    @property
    def height_mm(self) -> int:
        """How high it is on paper."""
        return 16 + 5 * len(self.values) if self.lying else 62


def charts(facts: Facts) -> list[Chart]:
    """Return the charts of a report: the year's trend, and the communes of a province ranked.

    A version that was issued before there were charts holds no months: it goes on without any.
    """
    return [one for one in (_trend(facts), _ranking(facts)) if one] if facts.months else []


def _trend(facts: Facts) -> Chart | None:
    line = facts.by_code.get(RANKED)
    if line is None or sum(one.value is not None for one in facts.months) < LEAST:
        return None
    values = [(f"{one.month.number}/{one.month.year}", one.value) for one in facts.months]
    units = facts.months[0].units
    of = f"{number(units)}/{number(facts.basis.units)} đơn vị có đủ báo cáo các tháng này"
    return Chart(f"{line.name} theo tháng ({line.unit})", values, f"Số liệu của {of}." if units else "")


def _ranking(facts: Facts) -> Chart | None:
    ranked = [(part.name, ratio.quantize(Decimal("0.1"), ROUND_HALF_UP)) for ratio, part in patrols_by_hamlet(facts)]
    if not ranked:
        return None
    whole = len(ranked) <= 2 * ENDS
    gap = (f"… {number(len(ranked) - 2 * ENDS)} đơn vị ở giữa …", None)
    shown = ranked if whole else [*ranked[:ENDS], gap, *ranked[-ENDS:]]
    which = "" if whole else f"{ENDS} cao nhất, {ENDS} thấp nhất trong "
    title = "Lượt tuần tra bình quân mỗi khu dân cư (lượt)"
    return Chart(title, shown, f"Xếp {which}{number(len(ranked))} đơn vị có đủ báo cáo trong kỳ.", lying=True)


# Word -------------------------------------------------------------------------------------------


def picture_xml(chart: Chart) -> str:
    """The paragraph that shows a chart; its part is named where it is put in ("{rid}")."""
    width, height = WIDTH_MM * EMU, chart.height_mm * EMU
    return (
        '<w:p><w:pPr><w:keepNext/><w:spacing w:before="0" w:after="0"/><w:ind w:left="0" w:firstLine="0"/>'
        f'<w:jc w:val="center"/></w:pPr><w:r><w:drawing><wp:inline xmlns:wp="{WP}" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name={quoteattr(chart.title)} '
        f'descr={quoteattr(chart.spoken)}/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{A}"><a:graphicData uri="{C}">'
        f'<c:chart xmlns:c="{C}" xmlns:r="{R}" r:id="{{rid}}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
        "</w:r></w:p>"
    )


def chart_xml(chart: Chart) -> str:
    """The chart's own part: its numbers, each labelled as it is read in the text and the tables."""
    bars = chart.bars
    axes = '<c:axId val="1"/><c:axId val="2"/>'
    turned = '<c:orientation val="maxMin"/>' if chart.lying else '<c:orientation val="minMax"/>'
    names, values = ("l", "b") if chart.lying else ("b", "l")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{C}" xmlns:a="{A}">'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart>'
        f'<c:barDir val="{"bar" if chart.lying else "col"}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:v>{escape(chart.title)}</c:v></c:tx>{_filled(GREEN)}'
        f'<c:invertIfNegative val="0"/>{_labels(bars)}'
        f"<c:cat><c:strLit>{_points(bar.name for bar in bars)}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{_points(bar.value for bar in bars)}</c:numLit>"
        f'</c:val></c:ser><c:gapWidth val="60"/>{axes}</c:barChart>'
        f'<c:catAx><c:axId val="1"/><c:scaling>{turned}</c:scaling><c:delete val="0"/><c:axPos val="{names}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="low"/><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="7A8880"/></a:solidFill></a:ln>'
        '</c:spPr><c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="1"/><c:axPos val="{values}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="1"/>'
        '<c:crosses val="autoZero"/></c:valAx></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
        "</c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        '<a:defRPr sz="1000"><a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr></c:chartSpace>'
    )


def _filled(colour: str) -> str:
    return f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>'


def _points(values: Iterable[str | Number | None]) -> str:
    known = list(values)
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(str(one))}</c:v></c:pt>' for at, one in enumerate(known) if one is not None
    )
    return f'<c:ptCount val="{len(known)}"/>{points}'


SHOWN = (
    '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(bars: Sequence[LabelledBar]) -> str:
    """Each bar's number in words of its own: Word would write it by the habits of the machine it runs on."""
    own = "".join(
        f'<c:dLbl><c:idx val="{at}"/><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="vi-VN"/><a:t>{escape(bar.text)}'
        f"</a:t></a:r></a:p></c:rich></c:tx>{SHOWN}</c:dLbl>"
        for at, bar in enumerate(bars)
        if not bar.left_out
    )
    return f"<c:dLbls>{own}{SHOWN}</c:dLbls>"
