"""The same figure everywhere: pages, their charts, Excel, the API, and SQL over the cells by hand.

A province is filled with figures at random (from one seed), by those and in the way that figures come:
hamlets and groups, blanks and zeros, a report that waits, one returned, one being entered, one of the
province's own office, a register that changes, an indicator that is new and one that is no longer asked.
Then every indicator is read through every reader. One more reader is one more function in ``READERS``.
"""

import io
import random
import re
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.db import connection
from docx import Document
from openpyxl import load_workbook

from communes import editions
from models_registry.headcount import headcount
from reports.catalogue import Catalogue
from reports.models import Indicator, MonthlyReport
from reports.months import Span
from reports.totals import remembered
from reports.totals.inquiry import INCLUDES
from reports.totals.place import Place
from tests.reports.random_province import make
from tests.reports.registered_by_hand import count_registered

pytestmark = pytest.mark.django_db
SPANS = ("2025-06", "2025-Q2", "2025-H1", "2024", "2025")
INCLUDED = ("approved", "all")


# The province


@pytest.fixture(scope="module")
def world(lasting):
    """The province, made once for this module; sums are remembered as if committed."""
    patch = pytest.MonkeyPatch()
    patch.setattr(remembered, "FEWEST_REPORTS", 0)
    patch.setattr(editions, "uncommitted", lambda: False)
    made = make(random.Random(20250616))
    made.reckoned = {}
    yield made
    patch.undo()


# What is true: SQL by hand over the cells

CELLS = """
SELECT i.code, SUM(g.value) FROM reports_figure g
JOIN reports_activitylog l ON l.id = g.log_id JOIN reports_monthlyreport r ON r.id = l.report_id
JOIN reports_indicator i ON i.id = g.indicator_id
WHERE {where} AND i.measure = %s GROUP BY i.code
"""
FROZEN = """
SELECT i.code, SUM(t.value) FROM reports_reporttotal t JOIN reports_monthlyreport r ON r.id = t.report_id
JOIN reports_indicator i ON i.id = t.indicator_id
WHERE {where} AND i.source = 'registry' AND i.measure = %s AND r.state IN ('submitted', 'approved') GROUP BY i.code
"""
LATEST = """ AND NOT EXISTS (
  SELECT 1 FROM reports_monthlyreport n WHERE n.province_id = r.province_id AND n.month > r.month AND n.month <= %s
  AND (n.commune_id = r.commune_id OR (n.commune_id IS NULL AND r.commune_id IS NULL)) AND n.state IN ({states})
)"""


def by_hand(world, place, span, include):
    """Code → figure as :func:`reckoned` gives it, once: this world stands still."""
    asked_for = place, span, include
    if asked_for not in world.reckoned:
        world.reckoned[asked_for] = reckoned(world, *asked_for)
    return world.reckoned[asked_for]


def reckoned(world, place, span, include):
    """Code → figure: flows added, stocks of each unit's last counted report, of the twelve months before the span's
    last too, open reports counted as of their month."""
    states = ", ".join(f"'{state}'" for state in INCLUDES[include])
    found = {}
    for measure, first in (("flow", span.first), ("stock", span.last - 12)):
        where = f"r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state IN ({states})"
        params = [world.province.pk, first.first_day, span.last.first_day]
        if place:
            where, params = f"{where} AND r.commune_id = %s", [*params, world.communes[place].pk]
        last = LATEST.format(states=states) if measure == "stock" else ""
        for sql in (CELLS, FROZEN):
            with connection.cursor() as cursor:
                more = [span.last.first_day] if last else []
                cursor.execute(sql.format(where=where + last), [*params, *more, measure])
                for code, value in cursor.fetchall():
                    assert code not in found
                    found[code] = int(value)
        if include == "all":
            count_live(found, where + last, [*params, *([span.last.first_day] if last else [])], measure)
    count_registered(found, world, place, span, states)
    return found | reached_by_hand(world, place, span, states)


REACHED = """
SELECT i.code, COUNT(DISTINCT CASE WHEN c.value > 0 THEN COALESCE(l.hamlet_id, g.hamlet_id) END)
FROM reports_indicator i JOIN reports_figure c ON c.indicator_id = i.reaches_id
JOIN reports_activitylog l ON l.id = c.log_id JOIN reports_monthlyreport r ON r.id = l.report_id
LEFT JOIN models_registry_selfmanagementgroup g ON g.id = l.group_id
WHERE COALESCE(l.hamlet_id, g.hamlet_id) IS NOT NULL AND {where} GROUP BY i.code
"""


def reached_by_hand(world, place, span, states):
    """Code → hamlets with at least one in the span."""
    where = f"r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state IN ({states})"
    params = [world.province.pk, span.first.first_day, span.last.first_day]
    if place:
        where, params = f"{where} AND r.commune_id = %s", [*params, world.communes[place].pk]
    with connection.cursor() as cursor:
        cursor.execute(REACHED.format(where=where), params)
        return {code: int(count) for code, count in cursor.fetchall()}


def count_live(found, where, params, measure):
    """Add what open reports count from the register."""
    sql = f"SELECT r.id FROM reports_monthlyreport r WHERE {where} AND r.commune_id IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        keys = [pk for (pk,) in cursor.fetchall()]
    for report in MonthlyReport.objects.filter(pk__in=keys, state__in=MonthlyReport.OPEN):
        since, on = report.month.window()
        counts = headcount([report.commune_id], since=since, on=on)
        for indicator in Catalogue(report.month).registry:
            if indicator.measure == measure:
                found[indicator.code] = found.get(indicator.code, 0) + counts[report.commune_id, indicator.code]


def span_of(world, name):
    return Place(world.province).span(name)


# How a figure is read


class Tables(HTMLParser):
    """Every table of a page as rows of texts."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.cell = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self.cell = []

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.tables[-1][-1].append("".join(self.cell).strip())
            self.cell = None

    def with_heads(self, *heads):
        """The table whose first row begins with, or holds, these headings."""
        return next(rows for rows in self.tables if rows and set(heads) <= set(rows[0]))


def written(text):
    """Read a number as it is shown: "1.164"; "–" is blank."""
    return None if text in ("–", "", None) else int(text.replace(".", ""))


def codes_by_name():
    found = {i.name: i.code for i in Indicator.objects.all()}
    assert len(found) == Indicator.objects.count()
    return found


def asked(world, place, span, include):
    where = f"commune={world.communes[place].code}" if place else "province=25"
    return f"{where}&span={span}&include={include}"


def opened(world, place, address):
    answer = (world.at_commune if place else world.at_province).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer


def named(rows, value_at=2, read=written):
    """Code → value of the rows that begin with an indicator's name."""
    codes = codes_by_name()
    return {codes[row[0]]: read(row[value_at]) for row in rows if row and row[0] in codes and len(row) > value_at}


def absent(span):
    """What was not asked in the span has no row where no compared span knows it: there nothing must be known."""
    return {i.code: None for i in Catalogue().indicators if not i.asked_within(Span.parse(str(span)))}


def dashboard_page(world, place, span, include):
    page = opened(world, place, f"/dashboard/?{asked(world, place, span, include)}").content.decode()
    rows = Tables(page).with_heads("Chỉ tiêu", "Kỳ này")
    return absent(span) | named(rows, rows[0].index("Kỳ này")) | named(folded(page), 1)


def folded(page):
    """Name and value of what did not change, from the one line of the page that gives them."""
    line = page.partition('<tr class="folded">')[2].partition("</tr>")[0]
    return re.findall(r"<span><a [^>]*>([^<]*)</a> (?:<a [^>]*>)?([^<]*)(?:</a>)? [^<]*</span>", unescape(line))


def sheet_rows(answer):
    """The rows of every sheet of a downloaded workbook."""
    book = load_workbook(io.BytesIO(answer.content))
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def dashboard_excel(world, place, span, include):
    answer = opened(world, place, f"/dashboard/?{asked(world, place, span, include)}&format=xlsx")
    rows = next(rows for rows in sheet_rows(answer) if any("Kỳ này" in row and "Chỉ tiêu" in row for row in rows))
    head = next(row for row in rows if "Kỳ này" in row)
    return absent(span) | named(rows, head.index("Kỳ này"), lambda value: value)


def explore_address(world, place, span, include):
    codes = ",".join(i.code for i in Catalogue().indicators)
    return f"/explore/?{asked(world, place, span, include)}&indicator={codes}"


def explore_page(world, place, span, include):
    page = opened(world, place, explore_address(world, place, span, include)).content.decode()
    return named(Tables(page).with_heads("Chỉ tiêu", "ĐVT", "Số liệu"))


def explore_excel(world, place, span, include):
    answer = opened(world, place, f"{explore_address(world, place, span, include)}&format=xlsx")
    return named(sheet_rows(answer)[0], 2, lambda value: value)


def explore_by_month_and_place(world, place, span, include):
    """The total's corner of a table of places by months, which asks the summary four different ways."""
    answer = opened(
        world, place, f"{explore_address(world, place, span, include)}&rows=place&columns=month&format=xlsx"
    )
    found, code = {}, None
    by_heading = {f"{i.name} ({i.unit})": i.code for i in Catalogue().indicators}
    for row in sheet_rows(answer)[0][3:]:
        if row[0] in by_heading:
            code = by_heading[row[0]]
        elif row[0] in ("Toàn tỉnh", "Toàn xã"):
            found[code] = row[-1]
    return found


def api_summary(world, place, span, include):
    answer = opened(world, place, f"/api/v1/summary/?{asked(world, place, span, include)}")
    return absent(span) | {row["code"]: row["value"] for row in answer.json()["rows"]}


def report_address(world, place, span, include, part=""):
    unit = world.communes[place].code if place else "province-25"
    return f"/documents/{unit}/{span}/{part}?include={include}"


def report_rows(world, span, rows, value_at, read):
    return absent(span) | named([row[1:] for row in rows if len(row) > 2], value_at - 1, read)


def report_word(world, place, span, include):
    answer = opened(world, place, report_address(world, place, span, include, "word/"))
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in Document(io.BytesIO(answer.content)).tables
    ]
    rows = next(rows for rows in tables if "Chỉ tiêu" in rows[0])
    return report_rows(world, span, rows, rows[0].index("Kỳ này"), written)


def report_print(world, place, span, include):
    page = opened(world, place, report_address(world, place, span, include, "print/")).content.decode()
    rows = Tables(page).with_heads("Chỉ tiêu", "Kỳ này")
    return report_rows(world, span, rows, rows[0].index("Kỳ này"), written)


def report_excel(world, place, span, include):
    answer = opened(world, place, report_address(world, place, span, include, "excel/"))
    rows = next(rows for rows in sheet_rows(answer) if any("Chỉ tiêu" in row and "Kỳ này" in row for row in rows))
    head = next(row for row in rows if "Kỳ này" in row)
    return report_rows(world, span, rows, head.index("Kỳ này"), lambda value: value)


READERS = [
    dashboard_page, dashboard_excel, explore_page, explore_excel, explore_by_month_and_place, api_summary,
    report_word, report_print, report_excel,
]  # fmt: skip


def differences(truth, read):
    """Code → (truth, what was read), where they are not the same; every indicator must be there."""
    return {
        code: (truth.get(code), read.get(code, "missing"))
        for code in codes_by_name().values()
        if read.get(code, "missing") != truth.get(code)
    }


@pytest.mark.parametrize("include", INCLUDED)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_every_figure_is_the_same_wherever_it_is_read(world, reader, include):
    for place in ("", "A"):
        for name in SPANS:
            span = span_of(world, name)
            wrong = differences(by_hand(world, place, span, include), reader(world, place, span, include))
            assert not wrong, (place or "province", name, wrong)


def test_the_world_has_something_to_tell_apart(world):
    """Blanks, zeros and numbers, open reports that count and a register that moved: or the test above says little."""
    truth = by_hand(world, "", span_of(world, "2025-H1"), "approved")
    every = by_hand(world, "", span_of(world, "2025-H1"), "all")
    assert len(truth) > 50 and truth != every
    assert every["groups_founded"] > truth["groups_founded"] >= 0
    alone, may = (by_hand(world, "A", span_of(world, month), "approved") for month in ("2025-06", "2025-05"))
    stocks = {i.code for i in Indicator.objects.filter(measure="stock")}
    standing = {code: may[code] for code in stocks & may.keys()} | {"household_clusters": may["household_clusters"] + 1}
    assert alone == standing, "June of A waits: May's stocks stand, the register has one cluster more, no flow"
    one = by_hand(world, "A", span_of(world, "2025-03"), "approved")
    assert 0 in one.values() and set(codes_by_name().values()) - set(one)
    assert "online_posts" not in one and "reviews_held" not in by_hand(world, "A", span_of(world, "2025-Q2"), "all")


@pytest.mark.parametrize("place", ["", "A"])
def test_the_charts_table_has_the_months_figures(world, place):
    months = list(span_of(world, "2024-07..2025-06"))
    truth = {month: by_hand(world, place, span_of(world, str(month)), "approved") for month in months}
    for indicator in Catalogue().indicators:
        address = f"/dashboard/?{asked(world, place, '2024-07..2025-06', 'approved')}&indicator={indicator.code}"
        page = opened(world, place, address).content.decode()
        if "Chưa có số liệu của chỉ tiêu này, cả kỳ này và cùng kỳ." in page:
            assert not any(indicator.code in figures for figures in truth.values()), indicator.code
            continue
        rows = Tables(page).with_heads("Tháng", "Năm nay")
        shown = {row[0]: written(row[1]) for row in rows[1:]}
        assert shown == {month.title: truth[month].get(indicator.code) for month in months}, indicator.code


@pytest.mark.parametrize("place", ["", "A"])
def test_a_figure_taken_apart_begins_with_itself_and_its_cells_add_up_to_it(world, place):
    span = span_of(world, "2025-H1")
    for include in INCLUDED:
        truth = by_hand(world, place, span, include)
        for indicator in Catalogue().indicators:
            address = f"/figures/?{asked(world, place, span, include)}&indicator={indicator.code}"
            page = opened(world, place, address).context
            shown = page["value"].value if page["value"] else None
            assert shown == truth.get(indicator.code), indicator.code
            table = page.get("below") or page.get("cells")
            if (
                table
                and shown is not None
                and not page.get("pages", SimpleNamespace(has_other_pages=bool)).has_other_pages()
            ):
                at = 1 if page.get("below") else 2
                made = sum(row[at].value for row in table.rows)
                if indicator.reaches and not page.get("below"):
                    rows = [row for row in table.rows if row[at].value and row[0].text != "Toàn đơn vị"]
                    made = len({row[0].text.split(":")[0] for row in rows})
                assert made == shown, indicator.code


def test_spans_partition_what_flows(world):
    flows = [i.code for i in Catalogue().indicators if i.measure == Indicator.Measure.FLOW]
    for whole, parts in {"2025-H1": ("2025-Q1", "2025-Q2"), "2025-Q2": ("2025-04", "2025-05", "2025-06"),
                         "2024": ("2024-H1", "2024-H2")}.items():  # fmt: skip
        total = api_summary(world, "", whole, "all")
        each = [api_summary(world, "", part, "all") for part in parts]
        for code in flows:
            values = [one[code] for one in each if one[code] is not None]
            assert total[code] == (sum(values) if values else None), (whole, code)
