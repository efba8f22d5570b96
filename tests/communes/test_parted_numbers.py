"""Numbers of persons with anything between their digits, and lists of figures that look like them (domain, section 7)."""

import random
from itertools import accumulate

import pytest

from communes.privacy import personal_number

REFUSED = [
    "0912 345, 678", "0912, 345 678", "09 12, 34 56 78", "0912 - 345, 678", "09, 12, 34, 56, 78", "0912; 345 - 678",
    "091, 2345, 678", "0912,345 678", "Gọi 03 12 và 34 56 78", "025 và 087, 001 234",
    "131/234/567", "131x234x567", "(131) 234567", "131|234|567", "131_234_567", "131 / 234 / 567", "131 - 234 - 567",
    "131:234:567", "131*234*567", "131 (234) 567", "131/234567", "131234/567", "1312|34567", "131abc234abc567",
    "CMND 131…234…567", "131\\234\\567", "131~234~567", "(131)(234)(567)",
    "12/345/678/901", "12x345x678x901", "12|345|678|901", "12 / 345 / 678 / 901",
    "0084/912/345/678", "0084 912 345 678", "0084, 912, 345, 678", "(0084) 912345678", "00842103846789",
    "025, 087, 001, 234", "025; 087; 001; 234", "0250, 8700, 1234", "+84, 912, 345678", "+84, 912, 345, 678",
    "84, 912, 345678", "+84; 91; 2345678", "0912abc345def678", "0912 a 345 b 678", "0912số345số678", "0912o 345o 678",
    "2021 105, 0912 345, 678", "Công văn 084/2020, 0912 345, 678", "ngày 03/6, gọi 0912, 345 678",
    "03/6, 10/6 0912 345, 678", "07h30, 09h15 0912, 345 678", "km 12+345, 0912 345, 678", "Khu 05: 0912, 345 678",
    "131/234/567 cm2", "345/456 131/234/567", "07999, 08000 0912, 345 678",
]  # fmt: skip
ACCEPTED = [
    "tháng 01 02 03 04 05 06", "tháng 01 02 03 04 05 06 07 08 09 10 11 12", "các tháng 07, 08, 09, 10, 11, 12",
    "các ngày 03, 05, 12, 19, 26", "các ngày 03, 05, 12, 19, 26/6/2025", "ngày 03/6, 10/6, 17/6, 24/6",
    "ngày 03/6, 10/6, 17/6, 5 buổi", "các ngày 03, 05, 08/6 và 12, 15/7", "từ 03/6 - 10/6, 17/6 - 24/6",
    "12/QĐ-BCA", "Km 12+345", "các vị trí Km 05+300, 06+200, 07+150", "số 15/2024/NĐ-CP và 40/2024/NĐ-CP",
    "Khu 1, 2, 3, 4, 5, 6, 7, 8, 9, 10", "Khu 01, 02, 03, 04, 05, 06, 07, 08", "Khu 05, 06, 07, 08, 09 và 10",
    "1.234.567.000 đồng", "các tháng 1, 2, 3", "120, 135, 140, 150", "120, 135, 140", "131, 234, 567 lượt",
    "lần lượt 05, 12, 08, 03, 10 buổi", "lần lượt 05, 12, 38, 20, 41, 07, 11, 56 hộ", "84, 35, 67, 89, 100 buổi",
    "Số 084/2020, 085/2020, 086/2020", "Số 084/2020 và 085/2020", "hồ sơ 0312, 0345, 0399", "Phòng 301/302/303",
    "phòng 301 302 303", "Đường tỉnh 313 - 314 - 315", "mã 07999, 07996, 08000", "mã 07999; 08000 và 08001",
    "lúc 07h30, 09h15, 13h30", "lúc 07:30, 09:15, 13:30 hằng ngày", "05 2021, 06 2022, 07 2023",
    "08 2021, 09 2022", "2021|105|2022|112", "2021 105 2022 112, 12, 13", "164/164 (100%)", "đạt 164/164 = 100%",
    "105% 112% 120%", "120+135=255", "12.345/13.456 hộ", "345.678/456.789 người", "131/234.567 hộ tham gia",
    "345/456 (312/400)", "134.567 (123.456) lượt", "12.345 (11.234) lượt", "120x240x300 cm", "120 x 240 x 300 mm",
    "05,2%, 08,5%, 12,3%, 10,1%", "01: 120; 02: 98; 03: 134; 04: 150", "03 - 134; 04 - 150; 05 - 87",
    "Khu 05: 12, 45, 20, 38 hộ", "Tổ 05: 12, 45, 20; Tổ 06: 38, 41, 77", "118/148, 39/39, 164/164",
    "lần lượt 0, 9, 12, 345, 678 lượt", "năm 2023: 120, năm 2024: 135, năm 2025: 140", "1.164/1.200 hộ (97%)",
    "tháng 09 và 10, 345 và 678 buổi", "các tháng 2025-05, 2025-06, 2025-07", "từ 2025-06-16 đến 2025-06-19",
    "tổ 5, khu 6 có 12 hộ 45 người, 3 xe", "Nhà 123/45/67/8 đường 3/2", "Quý I: 09; quý II: 12; quý III: 34; quý IV: 56",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_number_is_read_over_whatever_parts_its_digits(text):
    assert personal_number(text, "đây")
    assert personal_number(f"Ghi chú: {text}, đã ghi", "đây")


@pytest.mark.parametrize("text", ACCEPTED)
def test_figures_that_stand_in_a_row_are_figures(text):
    assert not personal_number(text, "đây")
    assert not personal_number(f"Trong kỳ, {text}, còn lại ổn định.", "đây")


def test_no_telephone_hides_behind_commas_and_marks_mixed():
    """By fours and threes, by fives; each gap its own."""
    rng = random.Random(10)
    gaps = [" ", ", ", "; ", " - ", ".", "/", ",", " và ", "|", "_", "x", ") (", ": ", " rồi ", "abc"]
    for _ in range(5000):
        start = rng.choice(["03", "05", "07", "08", "09", "+843", "+849", "00845", "00848"])
        digits = start + "".join(rng.choices("0123456789", k=8))
        groups = (len(digits) - 6, 3, 3) if rng.random() < 0.7 else (len(digits) - 3, 3)
        ends = list(accumulate(groups))
        pieces = [digits[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
        text = pieces[0] + "".join(rng.choice(gaps) + piece for piece in pieces[1:])
        assert personal_number(f"Gọi {text} nhé", "đây"), text


@pytest.mark.parametrize("text", ["03/6, " * 40_000, "05, " * 60_000, "0a" * 60_000, "131/" * 50_000, "01: 12; " * 20_000,
                                  "9" + " " * 100_000, "1x" * 80_000, "07h30, " * 20_000, "1.234/" * 30_000, "03, 1" * 40_000])  # fmt: skip
def test_a_long_list_is_read_once(text):
    assert personal_number(text, "đây") is not None
