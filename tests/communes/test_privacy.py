"""Free text that looks like a phone or identity number is refused (domain, section 7)."""

import random
import re
from collections import Counter
from itertools import accumulate

import pytest
from django.core.exceptions import ValidationError

from communes.ordinary_numbers import NEAR, _provinces_of_codes
from communes.privacy import personal_number, refuse_personal_numbers
from models_registry.models import Person
from reports.entry.workflow import words_of
from reports.models import MonthlyReport


@pytest.mark.parametrize(
    "text",
    [
        "Liên hệ 0912345678",
        "gọi 0912 345 678 để biết",
        "0912.345.678",
        "0912-345-678",
        "+84912345678",
        "+84 912 345 678",
        "CCCD 025087001234",
        "CMND số 131234567.",
        "ĐT:0912345678",
        "ĐT.0912345678",
        "ông A,0912345678",
        "(0912345678)",
        "x0912345678x",
        "dòng một\n0912345678\ndòng ba",
        "(0912) 345678",
        "0912/345/678",
        "0912\u00a0345\u00a0678",
        "0912\u2009345\u2009678",
        "0912\n345\n678",
        "0912–345–678",
        "0912 - 345 - 678",
        "0912x345x678",
        "09 12 34 56 78",
        "0912\u200b345\u200b678",
        "０９１２３４５６７８",
        "12.345.678.901",
        "(+84) 912.345.678",
        "0210 3846 789 0",
        "0912    345 \n\n\n 678",
        "0912o345o678",
        "0912, 345, 678",
        "0912; 345; 678",
        "0912 , 345 , 678",
        "0912\u2028345\u2028678",
        "⓪⑨①②③④⑤⑥⑦⑧",
        "0912➖345➖678",
        "025 087 001 234",
        "0799908000",
        "07999-08000",
        "07999.08000",
        "09123 45678",
        "07999 00004",  # two codes, but of two provinces
        "07999 08000 5",
        "5 07999 08000",
        "07999 08000 33000",
        "0912 07999 08000",
        "08/1927/0500",
        "0912 345 678, mã 07999 08000",
        "0912 ---- 345 ---- 678",
        "0912 ... 345 ... 678",
        "0912, 345678",
        "0912 và 345678",
        "Gọi 0912 chấm 345 chấm 678",
        "0912 Gạch 345, 678",
        "025 rồi 08 7001 234 0912 với 345678",
        "số không chín một hai ba bốn năm sáu bảy tám",
        "Không chín một hai, ba bốn năm, sáu bảy tám",
        "không-hai-năm không-tám-bảy không-không-một hai-ba-tư",
        "0912 ba bốn lăm 678",
        "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    ],
)
def test_what_looks_like_a_phone_or_identity_number_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        refuse_personal_numbers(text)
    assert refusal.value.code == "personal_number"
    assert "số điện thoại hoặc số căn cước" in refusal.value.messages[0]


@pytest.mark.parametrize("digits", ["091234567809876543210", "001099012345678", "1312345671312345", "2" * 2000])
@pytest.mark.parametrize("around", ["{}", "mã {}.", "a{}b", "1,{}", "0.{}", "2021 {} 2022", "{} đồng"])
def test_a_run_of_digits_is_refused_however_long_it_is(digits, around):
    """Fifteen and more were let through: two numbers written as one, or one with digits behind it."""
    assert personal_number(around.format(digits), "đây")


SCRIPTS = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
    "Thai": "๐๑๒๓๔๕๖๗๘๙",
    "Khmer": "០១២៣៤៥៦៧៨៩",
    "full width": "０１２３４５６７８９",
    "mathematical": "".join(chr(0x1D7CE + digit) for digit in range(10)),
    "of displays": "".join(chr(0x1FBF0 + digit) for digit in range(10)),
    "in black circles": "⓿❶❷❸❹❺❻❼❽❾",
    "Chinese": "〇一二三四五六七八九",
}


@pytest.mark.parametrize("digits", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("mark", ["", " ", "/", ") (", "x", "\n", ", ", " - ", "…", "·"])
def test_digits_of_another_script_are_digits_whatever_parts_them(digits, mark):
    for pieces in (("0912", "345", "678"), ("+84", "912", "345678"), ("025", "087", "001", "234"), ("0912", "345678")):
        said = mark.join(pieces).translate(str.maketrans("0123456789", digits))
        with pytest.raises(ValidationError):
            refuse_personal_numbers(f"Gọi {said} nhé")
            pytest.fail(f"let through: {said!r}")


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "is_read"),
    [("1-2-" * 50_000, False), ("1" * 200_000, True), ("hai " * 100_000, True), ("123456789012345 " * 20_000, True)],
)
def test_however_long_a_text_is_it_is_read_once(text, is_read):
    """A worker was held for a minute by 40,000 digits in one box; these took hours."""
    assert bool(personal_number(text, "đây")) is is_read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Diện tích 12,5 km², 3 m³, bậc ① và ②, ½ xã",
        "Tổ chức 12 buổi, 1.164 lượt người dự.",
        "Từ ngày 15/05/2025 đến ngày 14/06/2025",
        "Kế hoạch số 125/KH-CAX ngày 01/06/2025",
        "Nghị định 09/2019/NĐ-CP, Luật 30/2023/QH15",
        "Khu 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "12 vụ và 345678 đồng",
        "912 và 345678 lượt",
        "mã 07999 và 08000",
        "hồ sơ 0312, 0313 và 0314",
        "biên bản số 0121, 0122, 0123",
        "tháng 09 và 10, 345 và 678 buổi",
        "09 vụ và 123 và 456 buổi",
        "lần lượt 0, 9, 12, 345, 678 lượt",
        "mã 07999, 07996, 08000",
        "Khu một, hai, ba, bốn, năm, sáu, bảy, tám, chín",
        "không một ai; hai ba năm trở lại đây 2025 có 12 vụ",
        "Tổ 9 không có; một hai ba bốn tổ còn lại đủ 1.164 hộ",
        "Khu 5A 12 hộ, Khu 5B 13 hộ, Khu 10C 25 hộ",
        "từ 08h30 đến 17h00 ngày 05/06/2025",
        "trực từ 07h30 đến 11h30, 13h30 đến 17h00",
        "tháng 5 năm 2025: 7 vụ; tháng 6 năm 2025: 12 vụ",
        "mã đơn vị 07999",
        "07999 08000",
        "Sáp nhập 07999 08000 07996 theo nghị quyết",
        "xã 07999  08000, 12 buổi",
        "(07999\u00a008000)",
        "08/2025, 09/2025 12 buổi",
        "đề nghị hỗ trợ 50.000.000 đồng",
        "đề nghị hỗ trợ 100.000.000 đồng",
        "kinh phí 1.250.000.000 đồng",
        "kinh phí 12.345.678.901 đồng",
        "2024 2025 12",
        "2024-2025 12",
        "từ 15/05/2025 - 14/06/2025: 09 buổi",
        "05/2025-06/2025",
        "ngày 09/12/2025 14 buổi",
        "các tháng 09, 10, 11, 12, 13",
        "Quyết định số 01/2025/QĐ-UBND ngày 09/12/2025",
    ],
)
def test_ordinary_numbers_dates_and_sums_are_accepted(text):
    assert refuse_personal_numbers(text) is None


def test_a_phone_is_refused_however_it_is_parted():
    """Dozens of ways, thousands of numbers, alone and beside unit codes."""
    rng = random.Random(4)
    groups = [
        (4, 3, 3),
        (3, 3, 4),
        (4, 6),
        (2, 4, 4),
        (10,),
        (3, 7),
        (4, 2, 2, 2),
        (2, 2, 2, 2, 2),
        (6, 4),
        (1, 3, 3, 3),
    ]
    parts = (" ", "-", ".", "/", " - ", "  ", "\u00a0", ") (", " / ", ". ", "\n", "\u2013", "_", "x", " x ")
    for _ in range(5000):
        digits = "0" + rng.choice("35789") + "".join(rng.choices("0123456789", k=8))
        ends = list(accumulate(rng.choice(groups)))
        pieces = [digits[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        phone = rng.choice(parts).join(pieces)
        text = rng.choice(
            ("ĐT {}", "{}", "mã {}.", "x{} nhé", "07999, {}", "{}, 07999 08000", "07999 08000; {}")
        ).format(phone)
        with pytest.raises(ValidationError):
            refuse_personal_numbers(text)
            pytest.fail(f"let through: {text!r}")


def test_few_phones_written_by_five_digits_read_as_unit_codes():
    """Those whose halves stand beside each other on the official lists; all others are refused."""
    known = _provinces_of_codes()
    sizes = Counter(place for places in known.values() for place in places)
    begun = [places for code, places in known.items() if re.match("0[35789]", code)]
    taken = sum(sum(sizes[place] for place in places) + 4 * NEAR for places in begun)
    assert taken / (5 * 10**8) < 1 / 1000


def test_the_sentence_names_what_the_number_stands_in(cast):
    person = Person(commune=cast.chi_dam, name="Nguyễn Văn An 0912345678")
    with pytest.raises(ValidationError, match="ở mục “họ và tên”; hãy bỏ số này") as refusal:
        person.full_clean()
    assert len(refusal.value.messages) == 1 and "ghi chú" not in str(refusal.value)
    with pytest.raises(ValidationError, match="ở mục “khó khăn, vướng mắc”"):
        MonthlyReport._meta.get_field("difficulties").run_validators("Gọi 0912345678")
    with pytest.raises(ValidationError, match="ở ý kiến; hãy bỏ số này"):
        words_of("Gọi 0912345678", "Ý kiến")
