"""Which monthly reports count: one default on every page, said in its title, and what is left out with why."""

from html import unescape

import pytest
from rest_framework.test import APIClient

from reports.months import Month
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def spring(cast):
    """Of May: Chí Đám's is approved, Tây Cốc's sent, Yên Kỳ's returned, Hạ Hòa's begun; the office's is sent."""
    cast.yen_ky = f.commune(province=cast.phu_tho, code="08023", name="Yên Kỳ")
    cast.ha_hoa = f.commune(province=cast.phu_tho, code="08053", name="Hạ Hòa")
    f.filed(cast.chi_dam, MAY, "approved", patrols=1)
    f.filed(cast.tay_coc, MAY, "submitted", patrols=10)
    f.filed(cast.yen_ky, MAY, "returned", patrols=100)
    f.filed(cast.ha_hoa, MAY, "draft", patrols=1000)
    f.office_report(cast.phu_tho, MAY, "submitted", directives_issued=3)
    return cast


def opened(client, user, address):
    client.force_login(user, backend=BACKEND)
    return client.get(address)


def text(answer):
    return unescape(answer.content.decode())


ADDRESSES = {
    "dashboard": "/dashboard/?province=25&span=2025-05",
    "explore": "/explore/?indicator=patrols&span=2025-05",
    "figures": "/figures/?province=25&span=2025-05&indicator=patrols",
    "document": "/documents/province-25/2025-05/",
}


@pytest.mark.parametrize("page", ADDRESSES)
@pytest.mark.parametrize(
    ("include", "words"),
    [("", "báo cáo đã gửi"), ("approved", "chỉ báo cáo đã duyệt"), ("all", "mọi báo cáo, kể cả đang nhập")],
)
def test_every_page_counts_sent_reports_says_so_and_keeps_another_choice(client, spring, page, include, words):
    address = ADDRESSES[page] + (f"{'&' if '?' in ADDRESSES[page] else '?'}include={include}" if include else "")
    answer = opened(client, spring.hoa, address)
    assert words in text(answer)
    (current,) = (words for _, words, is_current in answer.context["choices"] if is_current)
    assert current == words
    for url, said, _ in answer.context["choices"]:
        path = address.split("?")[0]
        assert said in text(opened(client, spring.hoa, path + url if url.startswith("?") else url))


@pytest.mark.parametrize(("asked", "total"), [("", 11), ("&include=sent", 11), ("&include=approved", 1),
                                              ("&include=all", 1111)])  # fmt: skip
def test_the_api_counts_sent_reports_too(spring, asked, total):
    client = APIClient()
    client.force_authenticate(spring.hoa)
    body = client.get(f"/api/v1/summary/?province=25&span=2025-05&indicator=patrols{asked}").json()
    assert body["rows"][0]["value"] == total
    assert body["include"] == (asked.partition("=")[2] or "sent")


@pytest.mark.parametrize(
    ("include", "left_out"),
    [
        ("", {"Xã Yên Kỳ": "trả lại, chưa gửi lại", "Xã Hạ Hòa": "đang nhập, chưa gửi"}),
        ("approved", {
            "Xã Tây Cốc": "đã gửi, chờ duyệt", "Xã Yên Kỳ": "trả lại, chưa gửi lại", "Xã Hạ Hòa": "đang nhập, chưa gửi",
            "Công an tỉnh Phú Thọ": "đã gửi, chờ duyệt",
        }),
        ("all", {}),
    ],
)  # fmt: skip
def test_what_is_missing_is_listed_with_why(client, spring, include, left_out):
    answer = opened(client, spring.hoa, f"/dashboard/?province=25&span=2025-05&view=missing&include={include}")
    rows = {row[0].text: row[2].text for row in answer.context["table"].rows}
    assert rows == {
        name.replace("Công an tỉnh Phú Thọ", spring.phu_tho.office_name): why for name, why in left_out.items()
    }
    for row in answer.context["table"].rows:
        assert opened(client, spring.hoa, row[1].url).status_code == 200


def test_a_month_that_never_began_is_missing_too(client, spring):
    answer = opened(client, spring.hoa, "/dashboard/?province=25&span=2025-05..2025-06&view=missing")
    rows = [[cell.text for cell in row] for row in answer.context["table"].rows]
    assert ["Xã Chí Đám", "tháng 6/2025", "chưa bắt đầu"] in rows
    answer = opened(client, spring.hoa, "/dashboard/?province=25&span=2039-07&view=missing")
    assert not answer.context["table"].rows, "a month to come is not missing"


def test_the_country_is_told_by_province(client, spring):
    answer = opened(client, spring.an, "/dashboard/?span=2025-05&view=missing")
    row = next(row for row in answer.context["table"].rows if row[0].text == str(spring.phu_tho))
    assert row[1].value == 2
    assert opened(client, spring.an, row[0].url).context["table"].rows


def test_a_figure_taken_apart_names_the_months_left_out(client, spring):
    answer = opened(client, spring.hoa, "/figures/?commune=08023&span=2025-05&indicator=patrols")
    assert [[cell.text for cell in row] for row in answer.context["left_out"].rows] == [
        ["Tháng 5/2025", "trả lại, chưa gửi lại, không được tính"]
    ]


def test_the_provinces_own_office_is_named_beside_the_coverage(client, spring):
    assert "2/4 báo cáo tháng đã gửi, 1 đã duyệt; thêm 1 báo cáo của Công an cấp tỉnh đã gửi" in text(
        opened(client, spring.hoa, ADDRESSES["dashboard"])
    )


def test_issuing_says_how_many_reports_are_not_approved_and_offers_the_approved_alone(client, spring):
    page = text(opened(client, spring.hoa, "/documents/province-25/2025-05/issue/"))
    assert "Trong số báo cáo tháng được tính, 2 báo cáo chưa được duyệt." in page
    assert "/documents/province-25/2025-05/issue/?include=approved" in page
    assert "chưa được duyệt" not in text(
        opened(client, spring.hoa, "/documents/province-25/2025-05/issue/?include=approved")
    )


def test_words_written_while_other_reports_counted_are_not_lost_from_sight(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    client.post(
        "/documents/province-25/2025-05/paragraphs/?include=approved", {"section": "proposals", "text": "Lời của tôi."}
    )
    page = text(client.get("/documents/province-25/2025-05/"))
    assert "có 1 đoạn đã được viết lại" in page
    assert "Lời của tôi." in text(client.get("/documents/province-25/2025-05/?include=approved"))
