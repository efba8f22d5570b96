"""A sheet of published totals that comes back filled in: what cannot be read or is hidden is a fault, never a source's words."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.models import PublishedTotal

ADDRESS = "/published/25/2024/"


@pytest.fixture
def send(client, cast):
    """Fill the sheet that goes out (formats and hidden places by name too) and send it back."""
    client.force_login(cast.hoa)
    content = client.get(f"{ADDRESS}excel/").content

    def sent(figures, *, formats=None, hidden_rows=(), hidden_column=False):
        book = openpyxl.load_workbook(io.BytesIO(content))
        page = book.active
        head = next(y for y in range(1, 20) if page.cell(y, 4).value == "Số công bố")
        rows = {str(page.cell(y, 1).value): y for y in range(head, page.max_row + 1)}
        for key, value in figures.items():
            page.cell(rows[key], 4).value = value
        for key, form in (formats or {}).items():
            page.cell(rows[key], 4).number_format = form
        for key in hidden_rows:
            page.row_dimensions[rows[key]].hidden = True
        page.column_dimensions["D"].hidden = hidden_column
        book.save(buffer := io.BytesIO())
        file = SimpleUploadedFile("a.xlsx", buffer.getvalue())
        return client.post(ADDRESS, {"source": "Báo Phú Thọ", "file": file})

    return sent


@pytest.mark.parametrize(
    ("figures", "how", "sentence"),
    [
        ({"patrols": "=1+1", "tips": 5}, {}, "không lưu kết quả"),
        ({"patrols": "#REF!", "tips": 5}, {}, "Ô báo lỗi #REF!"),
        ({"patrols": 0.5}, {"formats": {"patrols": "0%"}}, "phần trăm"),
        ({"patrols": True}, {}, "“TRUE” không phải là số"),
        ({"patrols": date(2024, 5, 1)}, {}, "không phải là số"),
        ({"patrols": -5}, {}, "không phải là số"),
        ({"patrols": 5, "tips": 6}, {"hidden_rows": ["patrols"]}, "ô bị ẩn"),
        ({"patrols": 5}, {"hidden_column": True}, "ô bị ẩn"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(send, figures, how, sentence):
    answer = send(figures, **how)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not PublishedTotal.objects.exists()


def test_what_was_kept_comes_back_unchanged(client, send):
    send({"patrols": 43000, "tips": "hơn 43.000", "disputes_received": "hàng nghìn vụ", "weapon:lead_shot": 0.5})
    kept = {(one.key, one.text) for one in PublishedTotal.objects.all()}
    assert len(kept) == 4
    file = SimpleUploadedFile("a.xlsx", client.get(f"{ADDRESS}excel/").content)
    answer = client.post(ADDRESS, {"source": "Báo Phú Thọ", "file": file}, follow=True)
    assert "mới 0, đổi 0, bỏ 0, giữ nguyên 4" in answer.content.decode()
    assert {(one.key, one.text) for one in PublishedTotal.objects.all()} == kept
