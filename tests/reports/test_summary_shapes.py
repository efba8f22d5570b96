"""The totals as columns say what the rows say; a kept answer is named, and asked for again costs nothing to carry."""

import json

import pytest

from reports.entry.grid import Row
from reports.months import Month
from tests import factories as f

ADDRESS = "/api/v1/summary/?province=25&span=2025-06&include=all"
WAYS = ("indicator", "commune", "month")
HEAD = [
    "place",
    "span",
    "title",
    "previous_span",
    "same_span_last_year",
    "include",
    "boundaries",
    "by",
    "coverage",
    "on_splits",
]
REST = ["weapons", "guns", "initiative_types", "published"]


@pytest.fixture
def filled(cast, client):
    f.filed(cast.chi_dam, Month(2025, 5), patrols=5, tips=2)
    cast.june = f.filed(cast.chi_dam, state="draft", patrols=7)
    f.filed(cast.tay_coc, patrols=1)
    f.hand_over(cast.june, cast.lan, lead_shot="0.5")
    client.force_login(cast.hoa)
    cast.get = client.get
    return cast


def spread_out(body):
    """Columns as the rows they stand for."""
    rows = []
    for numbers in body["rows"]:
        told = dict(zip(body["columns"], numbers, strict=True))
        compared = {
            base: {
                "basis": body["bases"][told[f"{base}_basis"]],
                "now": told[f"{base}_now"],
                "then": told[f"{base}_then"],
                "reports": told[f"{base}_reports"],
                "why": body["words"][told[f"{base}_why"]],
            }
            for base in ("previous", "same_span_last_year")
        }
        plain = {name: told[name] for name in ("value", "previous", "same_span_last_year", "reports", "carried")}
        since = told["carried_since"]
        plain["carried_since"] = None if since is None else body["words"][since]
        plain |= {"from_register": told["from_register"], "mark": body["words"][told["mark"]]}
        said = body["indicators"][told["indicator"]] | body["keys"][told["key"]]
        rows.append(said | plain | {"compared": compared})
    return rows


@pytest.mark.parametrize("by", WAYS)
def test_columns_say_what_the_rows_say(filled, by):
    whole = filled.get(f"{ADDRESS}&by={by}").json()
    small = filled.get(f"{ADDRESS}&by={by}&shape=columns").json()
    assert whole["rows"] and any(row["value"] == 8 for row in whole["rows"]) == (by != "commune")
    assert spread_out(small) == whole["rows"]
    assert {name: small[name] for name in HEAD + REST} == {name: whole[name] for name in HEAD + REST}
    assert len(small["words"]) == len(set(small["words"])) and len(small["keys"]) <= 2


def test_hamlets_too(filled):
    f.fill(filled.june, filled.lan, {(Row(hamlet=filled.khu[0].pk), "tips"): 4})
    address = "/api/v1/summary/?commune=07999&span=2025-06&include=all&by=hamlet"
    assert spread_out(filled.get(f"{address}&shape=columns").json()) == filled.get(address).json()["rows"]


def test_without_a_shape_the_answer_is_what_it_was(filled):
    answer = filled.get(ADDRESS)
    assert list(answer.json()) == [*HEAD, "rows", *REST]
    assert answer.content == filled.get(f"{ADDRESS}&shape=rows").content
    again = json.dumps(answer.json(), ensure_ascii=False, separators=(",", ":")).encode()
    assert answer.content == again


def test_an_unknown_shape_is_refused(filled):
    answer = filled.get(f"{ADDRESS}&shape=cube")
    assert answer.status_code == 400 and answer.json() == {"shape": ["Chỉ có: rows, columns."]}


def test_a_kept_answer_is_not_sent_again_until_something_changes(filled):
    first = filled.get(ADDRESS)
    kept = {"If-None-Match": first["ETag"]}
    again = filled.get(ADDRESS, headers=kept)
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == first["ETag"]
    assert "no-store" in again["Cache-Control"]
    weak = filled.get(ADDRESS, headers={"If-None-Match": f"W/{first['ETag']}"})  # as gzip names it
    assert weak.status_code == 304
    f.fill(filled.june, filled.lan, {(Row(), "patrols"): 70})
    changed = filled.get(ADDRESS, headers=kept)
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]
    f.hamlet(filled.chi_dam, started_on="2025-01-01")  # what no report's revision knows of
    assert filled.get(ADDRESS, headers={"If-None-Match": changed["ETag"]}).status_code == 200


def test_what_is_kept_of_one_account_is_nothing_to_another(filled, client):
    first = filled.get(ADDRESS)
    client.force_login(filled.thu)
    other = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200 and other.content == first.content and other["ETag"] != first["ETag"]
    client.force_login(filled.son)
    assert client.get(ADDRESS, headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_the_description_knows_both_shapes(filled):
    schema = filled.get("/api/schema/?format=json").json()
    answer = schema["paths"]["/api/v1/summary/"]["get"]["responses"]
    shapes = schema["components"]["schemas"]["SummaryAnswer"]["oneOf"]
    assert {one["$ref"].rpartition("/")[2] for one in shapes} == {"Summary", "SummaryColumns"} and "304" in answer
