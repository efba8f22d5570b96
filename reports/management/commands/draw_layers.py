"""``manage.py draw_layers``: the picture of the layers in docs/architecture.md, from the imports themselves."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

ROOT = Path(settings.BASE_DIR)
TARGET = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by manage.py draw_layers -->\n", "<!-- end of the drawing -->\n"
APPS = ("antq", "reports", "models_registry", "communes")  # highest first
IN_ROOMS = "reports"
LEFT_OUT = {"reports.apps", "reports.migrations"}


def room_of(name: str) -> str | None:
    """Return the room a module stands in ("reports.entry", "communes"), or None for what is not ours."""
    app, _, rest = name.partition(".")
    if app not in APPS:
        return None
    return f"{app}.{rest.partition('.')[0]}" if app == IN_ROOMS and rest else app


def names_imported(path: Path) -> Iterator[str]:
    """Yield the dotted names a file imports, those inside its functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports() -> dict[str, set[str]]:
    """Return room → the rooms it imports."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            room = room_of(name)
            if room is None or room in LEFT_OUT or name == IN_ROOMS:
                continue
            seen = {room_of(one) for one in names_imported(path)} - {None, room, IN_ROOMS}
            found.setdefault(room, set()).update(one for one in seen if one)
    return found


def reached(room: str, graph: Mapping[str, set[str]]) -> set[str]:
    """Return what a room imports, and what that imports, to the ground."""
    found: set[str] = set()
    waiting = [room]
    while waiting:
        below = graph.get(waiting.pop(), set()) - found
        found |= below
        waiting += below
    return found


def arrows(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Leave out each arrow that a longer way says already."""
    return {
        room: {to for to in below if not any(to in reached(other, graph) for other in below - {to})}
        for room, below in graph.items()
    }


def layers() -> list[list[str]]:
    """Return the rooms by layer, highest first, as the contracts in pyproject.toml have them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    apps, rooms = told[0]["layers"], told[1]["layers"]
    inside = [[f"{IN_ROOMS}.{one.strip()}" for one in layer.split("|")] for layer in rooms]
    place = apps.index(IN_ROOMS)
    return [*([app] for app in apps[:place]), *inside, *([app] for app in apps[place + 1 :])]


def drawing() -> str:
    """Return the picture in Mermaid's words: a box a room, highest first; a frame holds a layer of several."""
    graph = imports()
    lines = ["```mermaid", "flowchart TB"]
    for layer in layers():
        boxes = [f'    {room}["{room.replace(".", "/", 1)}"]' for room in layer if room in graph]
        lines += [f'    subgraph {layer[0]}.layer[" "]', *boxes, "    end"] if len(boxes) > 1 else boxes
    for room, below in sorted(arrows(graph).items()):
        lines += [f"    {room} --> {to}" for to in sorted(below)]
    return "\n".join([*lines, "```"]) + "\n"


def page() -> str:
    """Return docs/architecture.md with the picture drawn anew."""
    text = TARGET.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{drawing()}{END}{rest.partition(END)[2]}"


class Command(BaseCommand):
    """Draw the layers into docs/architecture.md."""

    help = "Draw the layers into docs/architecture.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        TARGET.write_text(page(), encoding="utf-8")
