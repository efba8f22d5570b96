"""A misspelt parameter of the API is refused with the nearest name there is, on every call."""

import pytest
from django.urls import reverse

from antq.api import router
from tests import factories as f

LISTS = [
    (basename, viewset)
    for _, viewset, basename in router.registry
    if hasattr(viewset, "list")
]  # fmt: skip
FILTERED = [one for one in LISTS if getattr(one[1], "filterset_class", None)]


@pytest.fixture
def asked(cast, client):
    client.force_login(cast.hoa)
    return client.get


def test_a_misspelt_commune_is_not_every_commune(asked, cast):
    f.report(cast.chi_dam, cast.lan)
    answer = asked("/api/v1/reports/?communes=07999")
    assert answer.status_code == 400
    assert answer.json() == {"communes": ["Không có tham số “communes”; có phải là “commune”?"]}
    assert asked("/api/v1/reports/?commune=07999&page_size=5&page=1&format=json").json()["count"] == 1


@pytest.mark.parametrize(("basename", "viewset"), LISTS, ids=[name for name, _ in LISTS])
def test_every_list_refuses_what_it_does_not_know(asked, basename, viewset):
    address = reverse(f"{basename}-list")
    answer = asked(f"{address}?pages=2")
    assert answer.status_code == 400 and "có phải là “page”?" in answer.json()["pages"][0]
    filterset = getattr(viewset, "filterset_class", None)
    filters = filterset.base_filters if filterset else {}
    known = asked(address, dict.fromkeys(filters, ""))
    assert known.status_code == 200, known.json()


@pytest.mark.parametrize(("basename", "viewset"), FILTERED, ids=[name for name, _ in FILTERED])
@pytest.mark.parametrize("said", ["%", "%s", "100%", "%(value)s", "{}"])
def test_a_pattern_is_a_word_like_others(asked, basename, viewset, said):
    """Every filter of every list, asked with it: found or not, or told that it is none, in the filter's words."""
    for name in viewset.filterset_class.base_filters:
        answer = asked(reverse(f"{basename}-list"), {name: said})
        assert answer.status_code in (200, 400), (name, answer.content)
        assert answer.status_code == 200 or list(answer.json()) == [name]


def test_a_sentence_that_quotes_it_comes_back_whole(asked):
    (said,) = asked("/api/v1/reports/?month=100%25").json()["month"]
    assert "100%" in said


@pytest.mark.parametrize(
    ("address", "misspelt", "nearest"),
    [
        ("summary/?province=25&spam=2025-H1", "spam", "span"),
        ("summary/?province=25&Indicator=patrols", "Indicator", "indicator"),
        ("queue/?monthe=2025-06", "monthe", "month"),
        ("timeliness/?years=2025", "years", "year"),
    ],
)
def test_totals_and_the_queue_refuse_it_too(asked, address, misspelt, nearest):
    answer = asked(f"/api/v1/{address}")
    assert answer.status_code == 400 and f"“{nearest}”?" in answer.json()[misspelt][0]


def test_every_call_takes_what_its_description_names_and_nothing_like_it(cast, client):
    """Every operation of the schema, each asked once with all it documents, and once with a word more."""
    f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.hoa)
    schema, seen = client.get("/api/schema/?format=json").json(), 0
    for path, methods in schema["paths"].items():
        address = path.format(id=1, code="07999", province_code="25")
        for method, operation in methods.items():
            known = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
            send = getattr(client, method)
            said = send(
                f"{address}?{'&'.join(f'{name}=' for name in (*known, 'format'))}", content_type="application/json"
            )
            assert "Không có tham số" not in said.content.decode(), (path, method)
            answer = send(f"{address}?formta=json", content_type="application/json")
            if answer.status_code == 400:
                assert list(answer.json()) == ["formta"] and "“format”?" in answer.json()["formta"][0], (path, method)
                seen += 1
            else:
                assert answer.status_code == 403, (path, method, answer.status_code)
    assert seen > 40


def test_a_detail_and_what_is_written_refuse_it_too(cast, client):
    report = f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.lan)
    for send, address in (
        (client.get, f"reports/{report.pk}/?boundaries=then"),
        (client.put, f"reports/{report.pk}/figures/?commune=07999"),
        (client.post, "hamlets/?name=Khu"),
        (client.get, "communes/07999/?former=true"),
    ):
        answer = send(f"/api/v1/{address}", {}, content_type="application/json")
        (said,) = answer.json()[address.split("?")[1].split("=")[0]]
        assert answer.status_code == 400 and said.endswith("lời gọi này không nhận tham số nào.")
    answer = client.get("/api/schema/?versoin=1&format=json")
    assert answer.status_code == 400 and "có phải là “version”?" in answer.content.decode()
    assert client.get("/api/schema/?format=json&version=1&lang=vi").status_code == 200


def test_what_is_near_to_nothing_is_told_what_there_is(asked):
    sentence = asked("/api/v1/queue/?xyz=1").json()["xyz"][0]
    assert sentence == "Không có tham số “xyz”; chỉ có: month, province."


def test_the_lists_of_one_report(asked, cast):
    report = f.report(cast.chi_dam, cast.lan)
    for name in ("figures", "changes", "handovers", "comments"):
        address = f"/api/v1/reports/{report.pk}/{name}/"
        assert asked(f"{address}?page_size=1000").status_code == 200
        answer = asked(f"{address}?pagesize=1000")
        assert answer.status_code == 400 and "“page_size”?" in answer.json()["pagesize"][0]
    assert asked(f"/api/v1/reports/{report.pk}/").status_code == 200


def test_a_remark_on_no_cell_is_refused_as_every_refusal_is(client, cast):
    report = f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.lan)
    remark = {"hamlet": 999_999, "indicator": "patrols", "text": "Xem lại"}
    answer = client.post(f"/api/v1/reports/{report.pk}/comments/", remark, content_type="application/json")
    assert answer.status_code == 400 and answer.json() == {"detail": "Không có ô này trong báo cáo."}


def test_what_may_be_null_says_so(asked):
    schema = asked("/api/schema/?format=json").json()
    indicator = schema["components"]["schemas"]["Indicator"]["properties"]
    assert indicator["within"]["nullable"] and indicator["at_least"]["nullable"]
    assert any(row["within"] is None for row in asked("/api/v1/indicators/").json()["results"])
    names = {one["name"] for one in schema["paths"]["/api/v1/summary/"]["get"]["parameters"]}
    assert "cluster" in names


def test_the_description_says_how_one_signs_in(asked):
    schema = asked("/api/schema/?format=json").json()
    assert set(schema["components"]["securitySchemes"]) == {"knoxApiToken", "cookieAuth"}
    assert {"knoxApiToken": []} in schema["paths"]["/api/v1/reports/"]["get"]["security"]
