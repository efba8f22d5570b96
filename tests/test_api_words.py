"""The API is described in one language, that of those who write its clients: no word of a docstring is among it."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator

from antq.calls import OWN, STANDARD, THINGS, said_of

VIETNAMESE = re.compile(r"[à-ỹđ]", re.IGNORECASE)


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def calls(schema):
    return [
        (method.upper(), path, call) for path, methods in schema["paths"].items() for method, call in methods.items()
    ]


def described(part, at=""):
    """Every description in a part of the schema, with where it stands."""
    if isinstance(part, dict):
        if isinstance(said := part.get("description"), str):
            yield at, said
        for name, one in part.items():
            yield from described(one, f"{at}/{name}")
    elif isinstance(part, list):
        for place, one in enumerate(part):
            yield from described(one, f"{at}/{place}")


def test_every_description_is_in_vietnamese(schema):
    found = list(described(schema))
    assert len(found) > 500 and not [one for one in found if one[1] and not VIETNAMESE.search(one[1])]


def test_every_call_and_everything_it_asks_for_is_described(calls):
    assert len(calls) > 50 and not [(method, path) for method, path, call in calls if not call["description"]]
    asked = [(path, one["name"]) for _, path, call in calls for one in call.get("parameters", ())
             if not one.get("description")]  # fmt: skip
    assert not asked


def test_nothing_is_described_that_is_not_there_and_nobody_is_left_out(calls):
    there = {f"{method} {path.removeprefix('/api/v1/')}" for method, path, _ in calls}
    assert set(OWN) <= there and all(any(f" {thing}/" in one for one in there) for thing in THINGS)
    assert said_of("GET", "/api/v1/hamlets/{id}/", "retrieve") == "Một khu dân cư, theo số của dòng."
    with pytest.raises(KeyError):
        said_of("GET", "/api/v1/none/", next(iter(STANDARD)))


@pytest.mark.django_db
def test_the_page_of_the_api_says_it_whole(cast, client):
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/api/docs/").content.decode()
    assert OWN["PUT reports/{id}/figures/"] in page and "Seen by" not in page
