"""The libraries the project stands on: what is pinned, under which licence, what a list of advisories says of it."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(settings.BASE_DIR)
FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
NEEDED = re.compile(r"^ +# (?:via )? *(?!via$)(\S.*)$", re.MULTILINE)
SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "BSD": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "BSD 3-Clause OR Apache-2.0": "BSD-3-Clause OR Apache-2.0",
}
SAID_ELSEWHERE = {"axe-playwright-python": "MIT", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
"""Where the metadata is silent, or the library is installed on other systems alone: read from its repository."""


@dataclass(frozen=True, order=True)
class Pin:
    """One library at one version, and what asks for it ("-r requirements.in" is the project itself)."""

    name: str
    version: str
    needed_by: tuple[str, ...] = ()

    @property
    def is_own_choice(self) -> bool:
        """Whether the project asks for it, not only another library."""
        return any(one.startswith("-r") for one in self.needed_by)

    @property
    def licence(self) -> str:
        """Its licence as its own metadata says, in SPDX's spelling where there is one; "?" where nothing says it."""
        if self.name in SAID_ELSEWHERE:
            return SAID_ELSEWHERE[self.name]
        try:
            told = metadata(self.name)
        except PackageNotFoundError:
            return "?"
        if told["License-Expression"]:
            return told["License-Expression"]
        classified = [line.split(" :: ")[-1] for line in told.get_all("Classifier") or () if line.startswith("License")]
        found = classified or [(told["License"] or "?").splitlines()[0]]
        return " OR ".join(dict.fromkeys(SPELLINGS.get(one, one) for one in found))


def pins(path: Path) -> list[Pin]:
    """Read a file of pins as pip-compile writes it."""
    found = []
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        if pinned := PIN.match(block):
            needed_by = tuple(one for one in NEEDED.findall(block) if not one.startswith("-c"))
            found.append(Pin(canonicalize_name(pinned[1]), pinned[2], needed_by))
    return sorted(found)


def page() -> str:
    """Return docs/dependencies.md."""
    own = pins(ROOT / FILES[0])
    serving = {pin.name for pin in own}
    others = [pin for pin in pins(ROOT / FILES[1]) if pin.name not in serving]
    lines = [
        "# Libraries and their licences",
        "",
        "Drawn from the pinned files and each library's own metadata by `manage.py dependencies --write`; a test keeps",
        "it current. None is changed or copied into the repository. What a list of advisories says of the pinned",
        "versions: `manage.py dependencies --advisories FILE` (docs/deploy.md).",
    ]
    for title, listed in (("What serves", own), ("What only tests and checks", others)):
        lines += ["", f"## {title}", "", "| library | licence | asked for by |", "| --- | --- | --- |"]
        for pin in listed:
            asked = "the project" if pin.is_own_choice else ", ".join(pin.needed_by)
            lines.append(f"| {pin.name} | {pin.licence} | {asked} |")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Advisory:
    """What is known against a pinned version."""

    pin: Pin
    key: str
    summary: str
    fixed_in: str

    def __str__(self) -> str:
        way = f"; mended in {self.fixed_in}" if self.fixed_in else ""
        return f"{self.pin.name} {self.pin.version}: {self.key} {self.summary}{way}"


def advisories(path: Path, listed: list[Pin]) -> list[Advisory]:
    """Return what a list says of some pins: OSV's records, in one JSON file, a folder of them, or OSV's own zip.

    Raises ``ValueError`` for what cannot be read as such.
    """
    by_name = {pin.name: pin for pin in listed}
    found = []
    for record in _records(path):
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", ()):
            package = affected.get("package", {})
            pin = by_name.get(canonicalize_name(package.get("name", "")))
            if pin and package.get("ecosystem") == "PyPI" and _is_affected(pin, affected):
                known = record.get("summary") or record.get("details", "")[:120].replace("\n", " ")
                found.append(Advisory(pin, record["id"], known, _fixed_in(pin, affected)))
    return sorted(found, key=str)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    texts: Iterator[bytes]
    if path.is_dir():
        texts = (one.read_bytes() for one in sorted(path.glob("*.json")))
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            texts = iter([archive.read(name) for name in archive.namelist() if name.endswith(".json")])
    else:
        texts = iter([path.read_bytes()])
    for text in texts:
        read = json.loads(text)
        yield from read if isinstance(read, list) else [read]


def _bounds(affected: dict[str, Any]) -> Iterator[tuple[Version, str, str]]:
    """The spans of versions that are affected: from, until before ("" is for ever), up to and with."""
    for one in affected.get("ranges", ()):
        if one.get("type") != "ECOSYSTEM":
            continue
        since = None
        for event in one.get("events", ()):
            if "introduced" in event:
                since = Version(event["introduced"])
            elif since is not None:
                yield since, event.get("fixed", ""), event.get("last_affected", "")
                since = None
        if since is not None:
            yield since, "", ""


def _is_affected(pin: Pin, affected: dict[str, Any]) -> bool:
    if pin.version in affected.get("versions", ()):
        return True
    return any(_within(pin, *bounds) for bounds in _readable(affected))


def _readable(affected: dict[str, Any]) -> list[tuple[Version, str, str]]:
    try:
        return list(_bounds(affected))
    except InvalidVersion:
        return []  # the versions listed one by one decide


def _within(pin: Pin, since: Version, fixed: str, last: str) -> bool:
    version = Version(pin.version)
    return version >= since and (not fixed or version < Version(fixed)) and (not last or version <= Version(last))


def _fixed_in(pin: Pin, affected: dict[str, Any]) -> str:
    return next((fixed for since, fixed, last in _readable(affected) if fixed and _within(pin, since, fixed, last)), "")
