"""What the marked workbook says of a file is text, whatever the file's headings begin with."""

import csv
import io

import openpyxl
import pytest

from models_registry.importing.files import marked
from models_registry.importing.workbooks import read
from tests.models_registry.workbooks import planned, run_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("heading", ["=Số hộ", "+Số hộ", "\n=Số hộ"])
def test_a_remark_is_no_formula(cast, heading):
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([["Tên khu dân cư", heading], ["Khu 7", "không rõ"]])
    content = file.getvalue().encode()
    plan = planned(run_of(cast, "hamlets", content, name="a.csv"))
    sheet = openpyxl.load_workbook(io.BytesIO(marked(content, read("a.csv", content), plan))).active
    remark = sheet.cell(2, sheet.max_column)
    assert "hộ" in remark.value and remark.data_type == "s"
