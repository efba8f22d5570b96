"""The text of a report with its figures beside it: which numbers are the system's, which were written by hand."""

from decimal import Decimal

import pytest

from reports.documents.facts import IndicatorLine
from reports.documents.marking import stands_in, stretches, values_in
from tests import factories as f
from tests.reports.test_documents_drafts import ADDRESS, body_of, save, signed_in

TIPS = IndicatorLine(code="tips", name="Tin", value=8891)
VALUABLE = IndicatorLine(code="valuable_tips", name="Tin có giá trị", value=501)
DRAFT = (
    "Nhân dân cung cấp 8.891 tin, tăng 501 tin (+6,0%) so với cùng kỳ; trong đó có 501 tin có giá trị đến 14/6/2026."
)


@pytest.fixture
def spring(cast):
    f.filed(cast.chi_dam, f.JUNE - 1, patrols=20, patrol_attendance=80)
    return cast


def marked(text, over=None):
    return [(one.text, one.line.code if one.line else "hand")
            for one in stretches(text, (TIPS, VALUABLE), over) if one.line or one.by_hand]  # fmt: skip


def test_figures_are_found_in_order_and_no_difference_share_or_date_is_one():
    assert marked(DRAFT) == [("8.891", "tips"), ("501", "valuable_tips")]
    assert "".join(one.text for one in stretches(DRAFT, (TIPS, VALUABLE))) == DRAFT
    before = stretches(DRAFT, (TIPS, VALUABLE))[2].text
    assert before.endswith("trong đó có "), "not the difference before it"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Có 8.900 tin.", [("8.900", "hand")]),
        ("Có 8.891 tin, 2 đợt.", [("8.891", "tips"), ("2", "hand")]),
        ("Có 501 tin, tăng 501 tin.", [("501", "valuable_tips")]),
        ("Đến 14/6/2026, đạt 12%.", []),
        ("", []),
    ],
)
def test_a_number_that_is_in_no_draft_was_written_by_hand(text, found):
    assert marked(text, DRAFT) == found


def test_numbers_are_read_as_the_report_writes_them():
    assert values_in("02 vụ, 1.164 lượt, 0,5 kg, 3/4") == {Decimal(2), Decimal(1164), Decimal("0.5")}
    assert stands_in(TIPS, ["có 8.891 tin"]) and not stands_in(TIPS, ["có 8.900 tin"])


def test_a_paragraph_leads_to_its_figures_and_stands_beside_their_past(client, spring):
    page = body_of(signed_in(client, spring.lan), ADDRESS)
    assert 'class="figure"' in page and 'indicator=patrols">20</a> lượt tuần tra' in page
    beside = page[page.index('id="p-patrols"') :].split("</details>")
    panel = next(one for one in beside if "Số liệu của đoạn" in one)
    assert "Lượt tuần tra" in panel and 'class="past"' in panel and "Soạn từ số liệu." in panel
    assert '<a href="#s-results.people.patrols">' in page and 'id="s-results.people.patrols"' in page


def test_a_number_written_by_hand_is_underlined_and_said(client, spring):
    signed_in(client, spring.lan)
    save(client, "Tuần tra 21 lượt với 80 người.")
    page = body_of(client, ADDRESS)
    assert '<mark\n  class="by-hand"' in page and ">21</mark>" in page
    panel = page[page.index('id="p-patrols"') :].split("</ul>")[0]
    assert "✎ viết tay" in panel and "khớp" in panel
    assert "có đoạn viết" in page, "the outline says where"
    assert ">21</mark>" not in body_of(client, f"{ADDRESS}print/")
