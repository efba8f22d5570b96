"""Acts that give a right, bring in a file, divide a province, issue or print a report: each leaves its row."""

import io
from datetime import UTC, date, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from communes import clusters, warrants
from communes.models import Cluster, TrailEntry, Warrant
from communes.refusals import Refused
from models_registry import rounds
from models_registry.importing.runs import apply, upload
from models_registry.importing.workbooks import Sheet
from reports.entry import month_import
from reports.entry.figures import CellWrite
from reports.entry.grid import Row
from reports.models import FigureImport
from reports.review import arranging
from tests import factories as f
from tests.models_registry.workbooks import workbook
from tests.reports.test_arrangements import LINES
from tests.reports.test_arrangements import NOW as MARCH
from tests.test_routes import addresses, rows_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
GIVEN, TAKEN = "Giao nhập cho đơn vị cũ đến hết ngày", "Thôi giao nhập cho đơn vị cũ"
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def told(*acts):
    """The rows of some acts: who, what, where, how many, about whom."""
    found = TrailEntry.objects.filter(act__in=acts).select_related("by", "about").order_by("pk")
    return [(str(e.by), e.what, e.commune or e.province, e.rows, str(e.about or "")) for e in found]


def test_every_page_made_for_paper_leaves_one_row(client, cast):
    rows = rows_of(cast)
    client.force_login(cast.lan, backend=BACKEND)
    pages = [one for one in addresses(rows) if one.endswith("/print/")]
    assert len(pages) >= 2, pages
    for address in pages:
        TrailEntry.objects.all()._raw_delete("default")
        assert client.get(address).status_code == 200
        assert told("export") == [(str(cast.lan), address, "07999", None, "")], address


@pytest.fixture
def former(cast):
    """A former commune whose heir is Chí Đám."""
    return SimpleNamespace(**vars(cast), old=f.former(cast.chi_dam, code="08002"))


def test_giving_a_warrant_and_taking_it_back(former):
    old, hoa, lan = former.old, former.hoa, former.lan
    for day in (1, 2):
        held = warrants.entrust(old, lan, date(2026, 2, day), by=hoa, now=AT)
    given = [(str(hoa), f"{GIVEN} 0{day}/02/2026", old.slug, None, str(lan)) for day in (1, 2)]
    taken = (str(hoa), TAKEN, old.slug, None, str(lan))
    assert told("setting") == [given[0], taken, given[1]], "another day takes the place of the first"
    warrants.withdraw(held, by=hoa, now=AT)
    warrants.withdraw(held, by=hoa, now=AT)
    assert told("setting")[3:] == [taken], "what was withdrawn is not withdrawn again"


def test_warrants_that_come_with_another_list_of_units(cast):
    change = arranging.apply(LINES, by=cast.hoa, now=MARCH)[0].change
    held = [(str(one.person), one.place.slug) for one in Warrant.objects.order_by("pk")]
    assert held
    rows = [row for row in told("setting") if row[1].startswith(GIVEN)]
    assert [(about, place) for _, _, place, _, about in rows] == held
    arranging.undo(change, by=cast.hoa, now=MARCH)
    assert len([row for row in told("setting") if row[1] == TAKEN]) == len(held)


def test_clusters_that_are_made_changed_and_deleted(client, cast):
    client.force_login(cast.hoa, backend=BACKEND)
    said = {"grouping": "Theo khu vực", "name": "Phía bắc", "communes": [cast.chi_dam.pk]}
    client.post("/dashboard/clusters/new/", said)
    cluster = Cluster.objects.get()
    address = f"/dashboard/clusters/{cluster.pk}/"
    client.post(address, said | {"communes": [cast.chi_dam.pk, cast.tay_coc.pk]})
    client.post(address, said | {"name": ""})
    client.post(f"{address}delete/")
    client.post("/dashboard/clusters/propose/")
    who, what = str(cast.hoa), "cụm xã “Phía bắc” (Theo khu vực)"
    assert told("setting") == [
        (who, f"Thêm {what}", "25", 1, ""),
        (who, f"Sửa {what}", "25", 2, ""),
        (who, f"Xóa {what}", "25", 2, ""),
        (who, f"Đặt các cụm xã “{clusters.BY_DISTRICT}”", "25", 1, ""),
    ]
    with pytest.raises(Refused):
        clusters.remove(Cluster.objects.get(), by=cast.thu)


def test_a_months_file_that_is_written_and_taken_back(cast):
    report = f.report(cast.chi_dam, cast.lan)
    cells = [CellWrite(Row(hamlet=one.pk), "patrols", 3, None) for one in cast.khu]
    plan = month_import.MonthPlan(cells=cells)
    kept = month_import.keep(plan, report, "so.xlsx", by=cast.lan, now=f.NOW)
    assert told("import") == [], "what is only looked at is no import"
    month_import.apply(kept, by=cast.lan, now=f.NOW)
    month_import.undo(kept, by=cast.minh, now=f.NOW)
    assert told("import") == [
        (str(cast.lan), "Số liệu 2025-06", "07999", 3, ""),
        (str(cast.minh), "Hoàn tác số liệu 2025-06", "07999", 3, ""),
    ]


def test_the_command_that_brings_in_many_months(cast, tmp_path):
    path = tmp_path / "so-lieu.xlsx"
    rows = [[cast.chi_dam.code, "4/2025", 12, 3], [cast.tay_coc.code, "5/2025", 5, None]]
    path.write_bytes(workbook([["Mã xã", "Tháng", "patrols", "tips"], *rows]))
    call_command("import_figures", path, stdout=io.StringIO())
    assert FigureImport.objects.count() == 2
    assert {row[1:4] for row in told("import")} == {("Số liệu 2025-04", "07999", 2), ("Số liệu 2025-05", "07996", 1)}


def test_a_registers_file_that_is_taken_back(client, cast):
    run = upload("groups", "to.csv", "Tên tổ,Loại hình,Khu dân cư\nTổ 5,LGTQ,Khu 10\n".encode(), by=cast.lan, now=f.NOW)
    apply(run, only_good=False, by=cast.lan, now=f.NOW, today=f.NOW.date())
    client.force_login(cast.lan, backend=BACKEND)
    client.post(f"/register/recent/{run.change_id}/undo/")
    assert told("import")[1:] == [(str(cast.lan), "Hoàn tác: Nhập từ bảng tính", "07999", 1, "")]


def test_a_list_of_hamlets_that_is_carried_out_and_taken_back(cast):
    heads = ["Mã xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết, quyết định", "Từ ngày"]
    row = ["07999", "Khu 1", "Khu Trung Tâm", "12/NQ-HĐND", "01/09/2025"]
    lines = rounds.lines_of(rounds.read_list([Sheet("1", [heads, row])]))
    now = datetime(2025, 9, 5, 2, 0, tzinfo=UTC)
    (done,) = rounds.apply(lines, by=cast.hoa, now=now)
    rounds.undo(cast.hoa, done.at, now=now)
    what = "Khu dân cư theo danh sách"
    assert [row[1:4] for row in told("import")] == [(what, "25", 1), (f"Hoàn tác: {what}", "25", 1)]


def test_published_figures_that_come_as_a_file(client, cast):
    client.force_login(cast.hoa, backend=BACKEND)
    address = "/published/25/2024/"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}excel/").content))
    page = book.active
    line = next(y for y in range(1, page.max_row + 1) if page.cell(y, 1).value == "patrols")
    page.cell(line, 4).value = 43000
    book.save(buffer := io.BytesIO())
    client.post(address, {"source": "Báo Phú Thọ", "file": SimpleUploadedFile("a.xlsx", buffer.getvalue())})
    assert [row[1:4] for row in told("import")] == [("Số liệu đã công bố 2024", "25", 1)]
