"""Indicators' short names: over columns, in files that come back, and nowhere else."""

import io
import re
import unicodedata
from collections import Counter
from io import StringIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.http import QueryDict
from django.urls import reverse

from communes.names import fold
from models_registry.catalogues import read as rows_of
from models_registry.importing.workbooks import read
from reports.asking import question
from reports.asking.pivot import Pivot
from reports.catalogue import DATA, Catalogue, load_catalogues, words_for
from reports.entry import month_import
from reports.entry.grid import Grid
from reports.entry.month_file import HAMLETS, month_workbook
from reports.models import Figure, Indicator
from reports.months import Month
from reports.tables.csv import csv_file
from tests import factories as f
from tests.models_registry.workbooks import workbook

pytestmark = pytest.mark.django_db
SETTLED, SHORT, FULL = "disputes_settled", "Thành", "Hòa giải thành"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def of(code):
    return Indicator.objects.get(code=code)


def test_each_indicator_of_the_file_has_a_short_name_of_its_own():
    rows = rows_of(DATA / "indicators.csv")
    called = Counter(fold(row["short_name"]) for row in rows)
    assert all(called.values()) and max(called.values()) == 1 and "" not in called
    assert all(len(row["short_name"]) <= len(row["name"]) for row in rows)
    units = {fold(row["unit"]) for row in rows if row["source"] == "entered"}
    assert not units & {fold(row["short_name"]) for row in rows if row["source"] == "entered"}
    for indicator in Indicator.objects.all():
        indicator.full_clean(exclude=["first_month", "last_month"])


def test_rows_without_a_short_name_get_the_files_and_an_administrators_stays():
    Indicator.objects.filter(code__in=["patrols", "tips"]).update(short_name="")
    Indicator.objects.filter(code="tips").update(name="Nguồn tin của nhân dân")
    Indicator.objects.filter(code=SETTLED).update(short_name="Hòa giải xong")
    for _ in range(2):
        assert load_catalogues() == 0
        assert [of(code).short_name for code in ("patrols", "tips", SETTLED)] == ["Lượt tuần tra", "", "Hòa giải xong"]
    assert of("tips").head == "Nguồn tin của nhân dân"


def test_quotes_of_another_kind_are_no_other_name():
    Indicator.objects.filter(code="initiatives_skilful").update(name='Mô hình "Dân vận khéo"', short_name="")
    assert load_catalogues() == 0
    kept = of("initiatives_skilful")
    assert (kept.name, kept.short_name) == ('Mô hình "Dân vận khéo"', "Dân vận khéo"), "the name stays as it was made"


@pytest.mark.parametrize("words", ["thành", "THÀNH", unicodedata.normalize("NFD", SHORT), "Đang hòa giải cuối kỳ"])
def test_two_of_one_time_do_not_share_a_short_name(words):
    received = of("disputes_received")
    received.short_name = words
    with pytest.raises(ValidationError, match="cũng gọi như vậy") as refused:
        received.clean()
    assert list(refused.value.message_dict) == ["short_name"]


def test_what_ends_before_the_other_begins_may_share_one():
    former, new = of(SETTLED), of("disputes_received")
    former.last_month, new.first_month, new.short_name = Month(2025, 5), Month(2025, 6), SHORT
    former.save()
    new.clean()
    new.first_month = Month(2025, 5)
    with pytest.raises(ValidationError):
        new.clean()
    Indicator.objects.filter(code=SETTLED).update(is_active=False)
    new.clean()


def test_a_short_name_may_change_whatever_is_counted_and_a_successor_keeps_it(client, cast):
    f.filed(cast.chi_dam, Month(2025, 5), "approved", **{SETTLED: 3})
    client.force_login(cast.quan, backend=BACKEND)
    settled = of(SETTLED)
    address = reverse("admin:reports_indicator_change", args=[settled.pk])
    form = client.get(address).context["adminform"].form
    assert "short_name" in form.fields and "unit" not in form.fields
    given = {bound.name: bound.value() for bound in form} | {"short_name": "Đã thành"}
    client.post(address, {name: value for name, value in given.items() if value not in (None, False)})
    assert of(SETTLED).head == "Đã thành"
    address = reverse("admin:reports_indicator_successor", args=[settled.pk])
    form = client.get(address).context["form"]
    given = {bound.name: bound.value() for bound in form} | {"code": "settled_2026", "first_month": "2026-01"}
    assert client.post(address, {k: v for k, v in given.items() if v not in (None, False)}).status_code == 302
    assert of("settled_2026").short_name == "Đã thành"


def test_files_may_call_an_indicator_by_either_name_but_not_by_a_unit():
    settled, sessions = of(SETTLED), of("outreach_sessions")
    for words in (SHORT, FULL, f"{SHORT} (vụ)", f"{FULL} (vụ)", "THÀNH", unicodedata.normalize("NFD", FULL)):
        assert words_for(Catalogue().entered)[fold(words)] == settled
    Indicator.objects.filter(pk=sessions.pk).update(short_name="Buổi")
    Indicator.objects.filter(code="disputes_received").update(short_name=SHORT)
    Indicator.objects.filter(code="tips").update(short_name=FULL)
    known = words_for(Catalogue().entered)
    assert fold("Buổi") not in known and fold(SHORT) not in known
    assert known[fold("Buổi (buổi)")] == sessions and known[fold(FULL)] == settled


@pytest.mark.parametrize("heads", [(SHORT, "Người dự"), (FULL, "Lượt người dự tuyên truyền (lượt người)")])
def test_a_months_workbook_reads_by_either_name(report, khu, heads):
    content = workbook([["Khu dân cư", *heads], ["Khu 1", 2, 80]])
    plan = month_import.plan_month(read("a.xlsx", content), Grid.of(report))
    assert [(cell.row, cell.indicator, cell.value) for cell in plan.cells] == [
        (khu[0], SETTLED, 2),
        (khu[0], "outreach_attendance", 80),
    ]
    assert not plan.faults


@pytest.mark.parametrize(
    ("rows", "read_as"),
    [
        ([["Khu dân cư", "Lượt"], ["Khu 1", 5]], {"patrols": 5}),
        ([["Khu dân cư", "Lượt", "Tổng số tin"], ["Khu 1", 5, 2]], {"patrols": 5, "tips": 2}),
        ([["", "Tổng số tin", "Người dự"], ["Khu", "Tin", "Lượt"], ["Khu 1", 5, 2]], {"tips": 5, "outreach_attendance": 2}),
        ([["Khu", "Tổng số tin", "Đèn"], ["", "tin", "lượt"], ["Khu 1", 5, 2]], {"tips": 5}),
        ([["Khu", "Lượt", "Lượt"], ["Khu 1", 5, 2]], {}),
    ],
)  # fmt: skip
def test_a_head_that_is_a_unit_too_is_a_name_among_heads_and_a_unit_below_them(report, rows, read_as):
    Indicator.objects.filter(code="patrols").update(short_name="Lượt")
    plan = month_import.plan_month(read("a.xlsx", workbook(rows)), Grid.of(report))
    assert {cell.indicator: cell.value for cell in plan.cells} == read_as


def test_the_months_workbook_has_short_heads_under_their_sections_and_the_full_name_beside(report):
    page = openpyxl.load_workbook(io.BytesIO(month_workbook(Grid.of(report))))[HAMLETS]
    column = next(cell.column for cell in page[3] if cell.value == SETTLED)
    head = page.cell(4, column)
    assert head.value == "Thành (vụ)" and head.comment.text.startswith(FULL)
    above = [page.cell(2, x).value for x in range(1, column + 1)]
    assert [name for name in above if name][-1] == "Hòa giải"


@pytest.mark.parametrize("heads", [(SHORT, "Tổng số tin"), (FULL, "Tin do quần chúng, tổ tự quản cung cấp")])
def test_a_provinces_sheets_are_read_by_either_name(cast, tmp_path, heads):
    path = tmp_path / "so-lieu.xlsx"
    path.write_bytes(workbook([["Mã xã", "Tháng", *heads], [cast.chi_dam.code, "4/2025", 3, 5]]))
    call_command("import_figures", path, stdout=StringIO())
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {SETTLED: 3, "tips": 5}


def test_the_grid_shows_the_short_name_and_says_the_full_one(client, cast, report):
    client.force_login(cast.lan)
    page = client.get("/reports/07999/2025-06/").content.decode()
    head = re.search(r'<th scope="col" ([^>]*id="i-disputes_settled"[^>]*)>([^<]*)<', page)
    assert head and head[2].strip() == SHORT
    assert f'title="{FULL}"' in head[1] and f'aria-label="{FULL}, vụ"' in head[1]
    same = re.search(r'<th scope="col" ([^>]*id="i-patrols"[^>]*)>([^<]*)<', page)
    assert same and same[2].strip() == "Lượt tuần tra" and "title=" not in same[1]
    whole = re.search(r'<th scope="row" [^>]*id="i-fires_handled"[^>]*>([^<]*)<', page)
    assert whole and whole[1] == "Vụ cháy, sự cố do quần chúng phát hiện, xử lý ban đầu"


def test_the_reviewers_grid_groups_short_heads_by_section(client, cast):
    f.filed(cast.chi_dam, f.JUNE, "submitted", **{SETTLED: 2})
    client.force_login(cast.hoa)
    page = client.get("/review/07999/2025-06/").content.decode()
    assert '<th scope="colgroup" colspan="4" class="section">Hòa giải</th>' in page
    head = re.search(r'<th scope="col" ([^>]*id="i-disputes_settled"[^>]*)>([^<]*)<', page)
    assert head and head[2].strip() == SHORT and f'title="{FULL}"' in head[1]


def test_a_question_shows_short_heads_and_its_csv_the_full_ones(cast):
    query = f"province=25&span=2025-06&indicator={SETTLED},tips&rows=place&columns=indicator"
    table = Pivot(question.read(QueryDict(query), cast.hoa, f.NOW)).table()
    assert {"Thành (vụ)", "Tổng số tin (tin)"} <= {column.heading for column in table.columns}
    heads = csv_file(table).decode("utf-8-sig").splitlines()[0]
    assert f"{FULL} (vụ)" in heads and "Thành (vụ)" not in heads.split(";")


def test_the_list_of_indicators_gives_the_short_name(client, cast):
    client.force_login(cast.lan)
    assert client.get(f"/api/v1/indicators/{SETTLED}/").json()["short_name"] == SHORT
    Indicator.objects.filter(code=SETTLED).update(short_name="")
    assert client.get(f"/api/v1/indicators/{SETTLED}/").json()["short_name"] == ""
