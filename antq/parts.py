"""The page of parts: every component once, for those who build pages; served with DEBUG alone."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from communes.boundaries import sheet_of
from reports.asking.standing import Moved
from reports.charts import Classes, MapPlace, Past, ShapeMap
from reports.tables.table import Cell, Column, Table

MONTHS = (3542, 3472, 3577, 3583, 3614, 3484, 3595, None, 3461, 3622, 3556, 3578, 3558)
STATES = [
    ("approved", "đã duyệt", 90, 0, 61),
    ("submitted", "chờ duyệt", 40, 61, 27),
    ("returned", "trả lại", 6, 88, 4),
    ("draft", "đang nhập", 11, 92, 7),
    ("none", "chưa bắt đầu", 1, 99, 1),
]
CELLS = (
    ("waiting", "chưa gửi được", "8"),
    ("saved", "vừa lưu", "2"),
    ("", "không phát sinh", "0"),
    ("", "chưa có", ""),
)


class SampleForm(forms.Form):
    """Fields in each of their states."""

    quantity = forms.DecimalField(label="Số lượng (kg)", help_text="Số lẻ viết dấu phẩy: 0,5")
    day = forms.DateField(label="Ngày giao nộp", required=False, help_text="ngày/tháng/năm")
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="Loại", choices=[("1", "Súng kíp"), ("2", "Đạn chì")])
    file = forms.FileField(label="Tệp Excel", help_text="Nhiều nhất 10 MB.")
    agreed = forms.BooleanField(label="Đã đối chiếu sổ", required=False)


def parts_page(request: HttpRequest) -> HttpResponse:
    """Seen by: whoever builds pages, with DEBUG; 404 in an installation."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "components/page.html", samples())


def samples() -> dict[str, Any]:
    """What the parts show."""
    sheet = sheet_of("25")
    values = (3, 8, 21, 55, 144, 0, None)
    codes = list(sheet.shapes)[: len(values)] if sheet else []
    places = [MapPlace((code,), f"Xã {code}", value) for code, value in zip(codes, values, strict=False)]
    columns = [Column("Xã, phường", numeric=False), Column("Kỳ này"), Column("So cùng kỳ")]
    rows = [
        [Cell("Sinh hoạt và tuần tra", style="section"), Cell(""), Cell("")],
        [Cell("Xã Chí Đám", url="#"), Cell(1164, "#", share=100), Cell("tăng 391 (+10,7%)")],
        [Cell("Xã Tây Cốc", url="#"), Cell(213, "#", share=18, style="odd"), Cell("gần như không đổi")],
        [Cell("Toàn tỉnh", style="sum"), Cell(1377, style="sum"), Cell("", style="sum")],
    ]
    return {
        "form": SampleForm({"quantity": "1.164,25.3", "kind": "1"}),
        "past": Past("Lượt tuần tra", MONTHS),
        "odd": Past("Tin có giá trị", (*MONTHS[:-1], 4900), odd=True),
        "moves": [
            Moved("2,4% so cùng kỳ", 1, False),
            Moved("8,6% so cùng kỳ", -1, True),
            Moved("không đổi so cùng kỳ", 0, False),
        ],
        "states": STATES,
        "map": ShapeMap("Lượt tuần tra", "lượt", sheet, places) if sheet else None,
        "keys": Classes.of(values).legend,
        "table": Table("Bảng", columns, rows, ["Chỉ so trên những báo cáo có ở cả hai kỳ."]),
        "cells": CELLS,
    }
