"""The charts of a report: the figures of its tables, drawn as parts of the Word file and on the page."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from docx import Document
from lxml import etree

from communes.models import Commune
from communes.templatetags.vietnamese import number
from reports.documents.charts import ENDS, charts
from reports.documents.docx import Unfillable, default_template, document, filled, words_of
from reports.documents.facts import MonthLine, PartLine
from reports.documents.gathering import facts_of
from reports.documents.letterheads import letterhead_of
from reports.documents.paper import Paper
from reports.documents.parts import Unusable, check_archive
from reports.models import IssuedMonth, IssuedReport
from reports.months import Month
from reports.units import Unit
from tests import factories as f
from tests.reports.test_documents_issues import issue, move_figures, sign
from tests.reports.test_documents_narrative import PROVINCE, facts, line
from tests.reports.test_documents_templates import template, with_part

BACKEND = "django.contrib.auth.backends.ModelBackend"
ADDRESS = "/documents/07999/2025-H1/"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
SPRING = {1: 40, 2: 30, 3: 1164, 4: 20, 5: 20}


@pytest.fixture
def year(cast):
    """Chí Đám from January to May."""
    for month, patrols in SPRING.items():
        f.filed(cast.chi_dam, Month(2025, month), patrols=patrols)
    sign(cast, Unit(cast.phu_tho))
    return cast


def paper(cast):
    unit = Unit(cast.phu_tho, cast.chi_dam)
    return Paper(facts_of(unit, unit.span("2025-H1"), "approved", f.NOW), (), letterhead_of(unit))


def months(*values, units=0):
    return tuple(MonthLine(Month(2025, at), value, units) for at, value in enumerate(values, start=1))


def province(count):
    parts = [
        PartLine(f"Xã số {at}", {"patrols": 7 * at, "hamlets": 3}, commune=at, counted=6, expected=6)
        for at in range(1, count + 1)
    ]
    return facts(
        line("patrols", 90), line("hamlets", 30), unit=Unit(PROVINCE), parts=tuple(parts), months=months(1, 2, 3)
    )


def parts_of(content, pattern=r"word/charts/.*"):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if re.fullmatch(pattern, name)}


def drawn(content):
    """Of each chart part: names, values and the labels on the bars."""
    found = []
    for part in parts_of(content).values():
        tree = etree.fromstring(part)
        texts = [[v.text for v in tree.find(f".//{C}{kind}").iter(f"{C}v")] for kind in ("cat", "val")]
        found.append([*texts, [t.text for t in tree.find(f".//{C}dLbls").iter(f"{A}t")]])
    return found


def test_the_trend_holds_the_months_of_the_year_so_far_and_adds_up_to_the_table(year):
    made = paper(year)
    [trend] = made.charts
    assert dict(trend.values) == {f"{month}/2025": value for month, value in SPRING.items()}
    assert sum(value for _, value in trend.values) == made.facts.by_code["patrols"].year_to_date
    assert "3/2025 1.164" in trend.spoken and trend.title == "Lượt tuần tra theo tháng (lượt)"


def test_the_word_file_holds_the_numbers_of_the_chart_as_they_are_read(year):
    made = paper(year)
    content = document(made)
    names, values, labels = drawn(content)[0]
    [trend] = made.charts
    assert [*zip(names, map(int, values), strict=True)] == list(trend.values)
    assert labels == [number(value) for _, value in trend.values] and "1.164" in labels
    body = Document(io.BytesIO(content)).element.body
    [shown] = body.xpath(".//wp:docPr")
    assert shown.get("descr") == trend.spoken
    check_archive(content, beside=default_template())
    assert b"externalData" not in b"".join(parts_of(content).values()) and not parts_of(content, r".*chart.*\.rels")


def test_a_month_without_a_figure_is_a_gap_and_two_months_are_no_trend():
    [trend] = charts(facts(line("patrols", 6), months=months(1, None, 2, 3)))
    assert [bar.text for bar in trend.bars] == ["1", "–", "2", "3"]
    assert charts(facts(line("patrols", 6), months=months(1, None, 2))) == []


@pytest.mark.parametrize("count", [2, 2 * ENDS, 2 * ENDS + 5])
def test_the_communes_are_ranked_by_what_their_rows_hold_for_each_hamlet(count):
    found = charts(province(count))
    if count == 2:
        assert len(found) == 1, "among so few none stands out"
        return
    ranking = found[1]
    gaps = [(at, name) for at, (name, ratio) in enumerate(ranking.values) if ratio is None]
    assert gaps == ([(ENDS, f"… {count - 2 * ENDS} đơn vị ở giữa …")] if count > 2 * ENDS else [])
    assert [bar.text == "" for bar in ranking.bars].count(True) == len(gaps), "a gap has no value"
    ratios = [ratio for _, ratio in ranking.values if ratio is not None]
    assert ratios == sorted(ratios, reverse=True) and len(ratios) == min(count, 2 * ENDS)
    place = int(ranking.values[0][0].removeprefix("Xã số "))
    assert place == count and ratios[0] == (Decimal(7 * count) / 3).quantize(Decimal("0.1"))
    assert ("cao nhất" in ranking.note) is (count > 2 * ENDS) and str(count) in ranking.note


def test_the_province_draws_the_communes_that_reported_every_month(cast):
    for month in (3, 4, 5):
        f.filed(cast.chi_dam, Month(2025, month), patrols=month)
    f.filed(cast.tay_coc, Month(2025, 4), patrols=100)
    unit = Unit(cast.phu_tho)
    made = facts_of(unit, unit.span("2025-03..2025-05"), "approved", f.NOW)
    assert [one.value for one in made.months] == [None] * 5, "none reported since January"
    for month in (1, 2):
        f.filed(cast.chi_dam, Month(2025, month), patrols=month)
    made = facts_of(unit, unit.span("2025-03..2025-05"), "approved", f.NOW)
    assert [one.value for one in made.months] == [1, 2, 3, 4, 5] and {one.units for one in made.months} == {1}
    communes = Commune.objects.living().filter(province=cast.phu_tho).count()
    assert f"1/{communes} đơn vị" in charts(made)[0].note


def test_a_template_without_charts_goes_on_without_and_one_may_use_them(year):
    words = words_of(paper(year))
    assert not parts_of(filled(template("{{ trich_yeu }}"), words))
    once = "{%p for mot in bieu_do %}", "{{ mot.tieu_de }}", "{{p mot.hinh }}", "{%p endfor %}"
    content = filled(template(*once, *once), words)
    assert list(parts_of(content)) == ["word/charts/chart1.xml", "word/charts/chart2.xml"]
    shown = Document(io.BytesIO(content)).element.body.xpath(".//wp:docPr")
    assert len({one.get("id") for one in shown}) == 2, "every picture has an id of its own"


def test_a_document_has_no_parts_but_its_templates_and_our_charts(year):
    own = template("{{ trich_yeu }}")
    made = filled(own, words_of(paper(year)))
    check_archive(made, beside=own)
    for strange in ("word/media/a.png", "word/charts/chart1.xlsx", "word/charts/_rels/chart1.xml.rels"):
        with pytest.raises(Unusable):
            check_archive(with_part(strange, b"<x/>", made), beside=own)


def test_a_template_whose_chart_reads_a_workbook_is_refused():
    live = b'<c:chartSpace xmlns:c="x"><c:externalData/></c:chartSpace>'
    with pytest.raises(Unusable, match="biểu đồ nối với tệp dữ liệu"):
        check_archive(with_part("word/charts/chart1.xml", live))


def test_a_part_of_a_chart_that_a_template_does_not_know_is_refused(year):
    with pytest.raises(Unfillable):
        filled(template("{{ bieu_do[0].so }}"), words_of(paper(year)))


def test_the_page_and_its_print_show_the_same_bars(client, year):
    client.force_login(year.lan, backend=BACKEND)
    [trend] = paper(year).charts
    for address in (ADDRESS, f"{ADDRESS}print/"):
        page = client.get(address).content.decode()
        assert f'aria-label="{trend.spoken}"' in page and page.split("sheet-charts")[1].count("<rect") == len(SPRING)
        assert all(f">{bar.text}</text>" in page for bar in trend.bars)


def test_an_issued_version_keeps_its_chart_and_one_from_before_there_were_any_goes_on_without(client, year):
    version = issue(client, year.minh, number=5)["Location"]
    before = drawn(client.get(f"{version}word/").content)
    assert before[0][1] == [str(value) for value in SPRING.values()]
    move_figures(year)
    assert drawn(client.get(f"{version}word/").content) == before
    IssuedMonth.objects.filter(issue=IssuedReport.objects.get())._raw_delete(using="default")
    assert drawn(client.get(f"{version}word/").content) == []
    assert "BIỂU ĐỒ" not in client.get(version).content.decode()


@pytest.mark.django_db
def test_the_name_of_the_unit_is_not_torn_under_the_title_of_an_appendix(cast):
    sign(cast, Unit(cast.phu_tho))
    assert paper(cast).attached_to.endswith("của Công\u00a0an\u00a0xã\u00a0Chí\u00a0Đám)")
