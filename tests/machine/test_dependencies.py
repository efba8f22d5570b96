"""Every pinned library has its licence on the page, and a list of advisories is read against the pins."""

import json
import re
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.management import pins

OPEN = {"Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "HPND", "ISC", "LGPL", "LGPL-2.1-only", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0",
        "PSF-2.0", "Unlicense", "ZPL-2.1", "0BSD"}  # fmt: skip


def test_the_page_of_licences_is_current():
    assert pins.page() == (pins.ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pins.FILES)
def test_every_library_has_a_licence_that_lets_it_be_used(name):
    listed = pins.pins(pins.ROOT / name)
    text = (pins.ROOT / name).read_text(encoding="utf-8")
    assert len(listed) == len(re.findall(r"^\S+==", text, re.M)) and any(pin.is_own_choice for pin in listed)
    for pin in listed:
        words = pin.licence.replace("(", " ").replace(")", " ").replace(" AND ", " OR ").split(" OR ")
        assert {word.strip() for word in words} & OPEN, f"{pin.name}: {pin.licence}"


def record(name="django", ecosystem="PyPI", **affected):
    return {
        "id": "GHSA-xxxx",
        "summary": "Words",
        "affected": [{"package": {"name": name, "ecosystem": ecosystem}, **affected}],
    }


def between(since, **end):
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": since}, *([end] if end else [])]}]}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (record(**between("5.2", fixed="5.2.10")), ["django 5.2.9: GHSA-xxxx Words; mended in 5.2.10"]),
        (record(**between("0", fixed="5.2.9")), []),
        (record(**between("5.2.10", fixed="5.2.12")), []),
        (record(**between("5.0", last_affected="5.2.9")), ["django 5.2.9: GHSA-xxxx Words"]),
        (record(**between("5.0", last_affected="5.2.8")), []),
        (record(**between("0")), ["django 5.2.9: GHSA-xxxx Words"]),
        (record(versions=["5.2.8", "5.2.9"]), ["django 5.2.9: GHSA-xxxx Words"]),
        (record(name="Django", **between("0")), ["django 5.2.9: GHSA-xxxx Words"]),
        (record(name="flask", **between("0")), []),
        (record(ecosystem="npm", **between("0")), []),
        (record(**between("0")) | {"withdrawn": "2026-01-01T00:00:00Z"}, []),
        (record(versions=["5.2.9"], **between("not-a-version")), ["django 5.2.9: GHSA-xxxx Words"]),
    ],
)
def test_which_versions_an_advisory_means(tmp_path, known, told):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(known))
    listed = [pins.Pin("django", "5.2.9")]
    assert [str(one) for one in pins.advisories(path, listed)] == told
    assert [str(one) for one in pins.advisories(tmp_path, listed)] == told
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(path, "one.json")
    assert [str(one) for one in pins.advisories(tmp_path / "all.zip", listed)] == told


def asked(path):
    out = StringIO()
    try:
        call_command("dependencies", "--advisories", path, stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error)
    return out.getvalue()


def test_the_command_reads_the_pins_of_the_project(tmp_path):
    path = tmp_path / "list.json"
    path.write_text(json.dumps([record(name="gunicorn", **between("0"))]))
    assert "gunicorn" in asked(path) and "1 advisories against pinned versions" in asked(path)
    path.write_text("[]")
    assert asked(path) == "no advisory against a pinned version\n"
    path.write_text("{")
    assert "cannot be read" in asked(path)
    assert "is not there" in asked(tmp_path / "none")
