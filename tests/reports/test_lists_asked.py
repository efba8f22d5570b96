"""Lists of acts, of hamlets as of units: what their files leave open is asked, and read as everywhere."""

import re
import time
from datetime import UTC, datetime
from io import BytesIO, StringIO
from types import SimpleNamespace

import openpyxl
import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from openpyxl.styles import Font

from communes.models import Commune, Hamlet, RegisterChange
from models_registry.importing import kept_lists
from models_registry.importing.letters import TCVN3, VNI
from tests import factories as f
from tests.models_registry.test_rounds import living, world  # noqa: F401

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
ROUND, UNITS = "/register/hamlets/round/", "/dashboard/arrangements/"
HAMLETS = ["TT", "Xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết", "Từ ngày"]
COMMUNES = ["Đơn vị cũ", "Mã đơn vị mới", "Đơn vị mới", "Nghị quyết", "Từ ngày", "Kế thừa chính", "Khu dân cư theo về"]
BY = ("45/NQ-HĐND", "01/03/2026")
MERGED = [HAMLETS, [1, "Chí Đám", "Khu 1", "Khu Trung Tâm", *BY], [2, "Chí Đám", "Khu 2", "Khu Trung Tâm", *BY]]
UNITED = [COMMUNES, ["Chí Đám", "07999", "Xã Chí Đám", *BY], ["Tây Cốc", "07999", "Xã Chí Đám", *BY]]
KEY = "repeated:Sheet"


@pytest.fixture(autouse=True)
def then(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


def in_old_letters(words, table):
    back = {new: old for old, new in table.items()}
    return "".join(back.get(letter, letter) for letter in words) if isinstance(words, str) else words


def book(*rows, font=""):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in made.active.iter_rows() if font else ():
        for cell in cells:
            cell.font = Font(name=font)
    file = BytesIO()
    made.save(file)
    file.name, _ = "danh-sach.xlsx", file.seek(0)
    return file


class Desk:
    """A reviewer at one of the two pages."""

    def __init__(self, client, reviewer, address):
        client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
        self.client, self.address = client, address

    def post(self, boxes):
        self.page = self.client.post(self.address, boxes)
        self.words = self.page.content.decode()
        return self

    def upload(self, *rows, **how):
        return self.post({"file": book(*rows, **how)})

    def answer(self, key, said):
        return self.post({"sheet": self.hidden("sheet"), f"answer.{key}": said})

    def hidden(self, name):
        found = re.search(rf'name="{name}" value="([^"]+)"', self.words)
        return found[1] if found else ""

    def carry_out(self):
        assert self.client.post(self.address, {"lines": self.hidden("lines")}).status_code == 302


@pytest.fixture
def desk(client, world):  # noqa: F811
    return lambda address: Desk(client, world.hoa, address)


@pytest.mark.parametrize(
    ("table", "font", "name"), [(TCVN3, ".VnTime", "TCVN3"), (VNI, "VNI-Times", "VNI"), (TCVN3, "", "TCVN3")]
)
def test_a_list_of_hamlets_in_old_letters_is_converted_once_that_is_confirmed(desk, world, table, font, name):  # noqa: F811
    rows = [[in_old_letters(cell, table) for cell in row] for row in MERGED]
    page = desk(ROUND).upload(*rows, font=font)
    assert page.page.status_code == 200 and name in page.words and "<strong>Khu dân cư cũ</strong>" in page.words
    assert not page.hidden("lines"), "nothing can be carried out before that"
    page.answer("letters", "convert")
    assert "Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm" in page.words and "45/NQ-HĐND" in page.words
    page.carry_out()
    assert "Khu Trung Tâm" in living(world.chi_dam)


def test_who_keeps_the_letters_is_told_what_is_not_found(desk):
    rows = [HAMLETS, *([in_old_letters(cell, TCVN3) for cell in row] for row in MERGED[1:])]
    page = desk(ROUND).upload(*rows, font=".VnTime").answer("letters", "keep")
    assert page.page.status_code == 422 and "Không rõ xã “ChÝ §¸m”" in page.words
    page.answer("letters", "convert")
    assert "Sẽ ghi 1 thay đổi" in page.words, "and may change his mind"


def test_another_sheet_in_old_letters_is_not_asked_about(desk):
    file = openpyxl.load_workbook(book(*MERGED))
    file.create_sheet("Ghi chép").append(["Tæ liªn gia ®­êng míi"])
    buffer = BytesIO()
    file.save(buffer)
    buffer.name, _ = "danh-sach.xlsx", buffer.seek(0)
    page = desk(ROUND).post({"file": buffer})
    assert "Sẽ ghi 1 thay đổi" in page.words and not page.hidden("sheet")


@pytest.mark.parametrize("ditto", ["nt", "như trên", "-nt-", '"', "n.t"])
def test_what_says_as_above_is_read_once_that_is_confirmed(desk, world, ditto):  # noqa: F811
    rows = [*MERGED[:2], [2, ditto, "Khu 2", ditto, ditto, ditto]]
    page = desk(ROUND).upload(*rows)
    assert "4 ô ở cột “Xã”, “Khu dân cư mới”, “Nghị quyết”, “Từ ngày” ghi “như trên”" in page.words
    assert not page.hidden("lines")
    page.answer(KEY, "keep")
    assert page.page.status_code == 422 and "B3: Ô ghi" in page.words
    page.upload(*rows).answer(KEY, "read").carry_out()
    assert "Khu Trung Tâm" in living(world.chi_dam)


def test_of_a_hamlet_that_divides_the_old_name_may_be_as_above(desk):
    rows = [HAMLETS, [1, "Chí Đám", "Khu 10", "Khu 10A", *BY], [2, "nt", "nt", "Khu 10B", "nt", "nt"]]
    page = desk(ROUND).upload(*rows).answer(KEY, "read")
    assert "Chia tách Khu 10 thành Khu 10A, Khu 10B" in page.words


def test_as_above_reaches_over_no_heading(desk):
    rows = [*MERGED[:2], ["II", None, "XÃ TÂY CỐC"], [1, None, "Khu 1", "nt", *BY]]
    page = desk(ROUND).upload(*rows)
    assert page.page.status_code == 422 and "D4: Ô ghi “nt” (như trên) mà ô ở trên không có gì" in page.words


DITTO = [*MERGED[:2], [2, "nt", "Khu 2", "nt", "nt", "nt"]]
"""A list that leaves something open."""
OLD = "Danh sách đã để quá lâu; hãy tải lên lại."


def test_a_kept_sheet_that_was_touched_is_refused_with_a_sentence(desk):
    page = desk(ROUND).upload(*DITTO)
    kept = page.hidden("sheet")
    for touched in ("x", kept[:-1], kept.swapcase()):
        assert page.post({"sheet": touched, f"answer.{KEY}": "read"}).page.status_code == 422 and OLD in page.words
    assert page.post({"sheet": kept, f"answer.{KEY}": "read"}).hidden("lines")


def test_a_sheet_that_one_page_kept_is_not_taken_by_the_other(desk):
    kept = desk(ROUND).upload(*DITTO).hidden("sheet")
    page = desk(UNITS).post({"sheet": kept, f"answer.{KEY}": "read"})
    assert kept and page.page.status_code == 422 and OLD in page.words


@pytest.mark.parametrize(("after", "status"), [(-60, 200), (60, 422)])
def test_a_kept_sheet_has_an_end(desk, monkeypatch, after, status):
    kept = desk(ROUND).upload(*DITTO).hidden("sheet")
    later = time.time() + kept_lists.HOURS * 3600 + after
    monkeypatch.setattr(signing, "time", SimpleNamespace(time=lambda: later))  # the session does not end with it
    page = desk(ROUND).post({"sheet": kept, f"answer.{KEY}": "read"})
    assert page.page.status_code == status and (OLD in page.words) == (status == 422)


@pytest.mark.parametrize("address", [ROUND, UNITS])
def test_a_sheet_that_is_too_heavy_to_be_kept_is_refused_with_a_sentence(desk, monkeypatch, address):
    monkeypatch.setattr(kept_lists, "HEAVIEST", 100)
    page = desk(address).upload(*(DITTO if address == ROUND else [*UNITED[:2], ["Tây Cốc", "nt", "nt", "nt", "nt"]]))
    assert page.page.status_code == 422 and not page.hidden("sheet")
    assert "Trang “Sheet” quá lớn; hãy bỏ các cột, trang không cần rồi tải lại." in page.words


def test_units_in_old_letters_and_as_above_are_asked_about_too(desk, world):  # noqa: F811
    rows = [[in_old_letters(cell, TCVN3) for cell in row] for row in UNITED]
    page = desk(UNITS).upload(*rows, font=".VnTime")
    assert "TCVN3" in page.words and not page.hidden("lines")
    assert "Xã Chí Đám + Xã Tây Cốc → Xã Chí Đám" in page.answer("letters", "convert").words
    page.upload(*UNITED[:2], ["Tây Cốc", "nt", "nt", "nt", "nt"]).answer(KEY, "read").carry_out()
    assert Commune.objects.living().get(code="07999").pk != world.chi_dam.pk


def test_the_command_asks_as_the_page_does(world, tmp_path):  # noqa: F811
    file = tmp_path / "xa.xlsx"
    file.write_bytes(book(*UNITED[:2], ["Tây Cốc", "nt", "nt", "nt", "nt"]).getvalue())
    given = ("arrange_units", str(file), "--by", "hoa")
    with pytest.raises(CommandError, match="--answer repeated:Sheet=read"):
        call_command(*given, stdout=StringIO())
    assert not RegisterChange.objects.exists()
    call_command(*given, "--answer", f"{KEY}=read", stdout=StringIO())
    assert RegisterChange.objects.exists()


@pytest.mark.parametrize("number", [30, 60, 90])
def test_of_a_cell_with_many_hamlets_none_is_cut_off(desk, world, number):  # noqa: F811
    """400 letters were read of a cell: the hamlets behind them went with the main heir, unsaid."""
    named = [f.hamlet(world.chi_dam, f"Thôn Đồng Xuân {n}").name for n in range(1, number)]
    merged = desk(ROUND).upload(HAMLETS, [1, "Chí Đám", ", ".join(named), "Khu Mới", *BY])
    assert f"Sáp nhập {', '.join(named)} thành Khu Mới" in merged.words
    parts = [["Chí Đám", "07999", "Xã Chí Đám", *BY, "x"]]
    parts += [["Chí Đám", "07996", "Xã Tây Cốc", *BY, "", "; ".join(named)]]
    desk(UNITS).upload(COMMUNES, *parts, ["Tây Cốc", "07996", "Xã Tây Cốc", *BY]).carry_out()
    there = Hamlet.objects.filter(commune__in=Commune.objects.living().filter(code="07996")).living()
    assert set(named) <= set(there.values_list("name", flat=True))


def test_names_on_lines_of_one_cell_are_several(desk, world):  # noqa: F811
    page = desk(ROUND).upload(HAMLETS, [1, "Chí Đám", "Khu 1\nKhu 2", "Khu Trung Tâm", *BY])
    assert "Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm" in page.words
    parts = [["Chí Đám", "07999", "Xã Chí Đám", *BY, "x"], ["Chí Đám", "07996", "Xã Tây Cốc", *BY, "", "Khu 1\nKhu 2"]]
    page = desk(UNITS).upload(COMMUNES, *parts, ["Tây Cốc", "07996", "Xã Tây Cốc", *BY])
    assert page.page.status_code == 200 and page.hidden("lines")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Khu A\nKhu B", "“Khu A”, “Khu B”: mỗi khu mới ghi một dòng. Nếu là một tên"),
        ("Khu Trung\nTâm", "“Khu Trung”, “Tâm”: mỗi khu mới ghi một dòng. Nếu là một tên"),
        ("Khu A/Khu B", "“Khu A”, “Khu B”: mỗi khu mới ghi một dòng.<"),
        ("Khu A - Thôn B", "“Khu A”, “Thôn B”: mỗi khu mới ghi một dòng.<"),
        ("Khu A và Khu B", "“Khu A”, “Khu B”: mỗi khu mới ghi một dòng.<"),
        (f"Khu A{'a' * 8000}", "D2: Ô có 8005 ký tự"),
    ],
)
def test_two_new_names_in_a_cell_are_never_one(desk, said, told):
    page = desk(ROUND).upload(HAMLETS, [1, "Chí Đám", "Khu 10", said, *BY])
    assert page.page.status_code == 422 and told in page.words


@pytest.mark.parametrize("said", ["Tổ dân phố 3/4", "Khu Gò - Đồi", "Khu A\n", "Khu 3-2", "Khu Bến/Chợ"])
def test_marks_within_one_new_name_part_nothing(desk, said):
    page = desk(ROUND).upload(HAMLETS, [1, "Chí Đám", "Khu 10", said, *BY])
    assert f"Đổi tên Khu 10 thành {said.strip()}" in page.words


def under(*heads, rows=((1, "Chí Đám", "Khu 10", "Khu Đồi", *BY),)):
    return [*heads, *map(list, rows)]


@pytest.mark.parametrize(
    "rows",
    [
        under(["STT", "Tên xã, phường", "Tên thôn, tổ dân phố trước khi sáp nhập", "Tên thôn sau khi sáp nhập",
               "Số, ký hiệu Nghị quyết", "Thời điểm có hiệu lực"]),
        under(["STT", "Đơn vị", "Tổ dân phố cũ", "Tổ dân phố mới", "Quyết định số", "Ngày có hiệu lực"]),
        under(["TT", "Xã", "Ấp cũ", "Ấp mới", "Nghị quyết", "Có hiệu lực từ ngày"]),
        under(HAMLETS, [f"({n})" for n in range(1, 7)]),
        under(HAMLETS, rows=[(1, "Chí Đám", "Khu 10", "Khu Đồi", *BY), HAMLETS, (2, "Chí Đám", "Khu 2", "Khu 2", *BY)]),
        under(HAMLETS, rows=[(1, "Chí Đám", "Khu 10", "Khu Đồi", *BY), ("", "Tổng cộng", "1 khu", "1 khu"), (),
                             ("", "NGƯỜI LẬP BIỂU", "", "", "TM. UBND", ""), ("", "", "", "", "CHỦ TỊCH"),
                             ("", "Nguyễn Văn An", "", "", "Lê Thị Bình")]),
        [["TT", "Xã", "Trước sáp nhập", "", "Sau sáp nhập", "", "Nghị quyết", "Ngày hiệu lực"],
         ["", "", "Tên khu", "Số hộ", "Tên khu", "Số hộ"], [1, "Chí Đám", "Khu 10", 3, "Khu Đồi", 4, *BY]],
    ],
    ids=["long heads", "of towns", "of the south", "numbers of columns", "heads again", "sum and signature", "two rows"],
)  # fmt: skip
def test_a_list_is_read_as_offices_head_and_sign_it(desk, rows):
    page = desk(ROUND).upload(["DANH SÁCH SÁP NHẬP"], [], *rows)
    assert "Sẽ ghi 1 thay đổi" in page.words and "Đổi tên Khu 10 thành Khu Đồi" in page.words


def test_a_line_below_the_data_that_is_no_signature_is_no_foot(desk):
    page = desk(ROUND).upload(*MERGED, ["", "", "Khu 10", "Khu Đồi"])
    assert page.page.status_code == 422 and "Dòng 4" in page.words


def test_the_day_of_a_decision_is_not_the_day_it_holds_from(desk):
    page = desk(ROUND).upload([*HAMLETS[:5], "Ngày ban hành"], *MERGED[1:])
    assert "Tệp không có đủ các cột: thiếu “Từ ngày”." in page.words


def test_the_page_tells_the_columns_that_are_read(desk):
    for address in (ROUND, UNITS):
        page = desk(address).client.get(address).content.decode()
        assert "Các cột được nhận" in page and "Ngày hiệu lực" in page
