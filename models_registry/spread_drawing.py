"""The tree of an initiative's spread, laid out for an SVG: a node a line, elbows to its parent."""

from dataclasses import dataclass
from datetime import date

from models_registry.initiatives import Node

LINE, INDENT, MARGIN = 30, 30, 16
LEVELS = 3


@dataclass(frozen=True)
class DrawnNode:
    """One node: where its dot stands, the elbow to its parent, its words; ``level`` as far as a list is indented."""

    x: int
    y: int
    elbow: str
    name: str
    days: str
    kind: str
    level: int


@dataclass(frozen=True)
class Tree:
    """A drawing: its nodes, from the top, and its size."""

    nodes: list[DrawnNode]
    width: int
    height: int


def draw(root: Node) -> Tree:
    """Lay a tree out, depth first."""
    nodes: list[DrawnNode] = []
    deepest = 0
    waiting: list[tuple[Node, int, int | None]] = [(root, 0, None)]
    while waiting:
        node, depth, above = waiting.pop()
        x, y = MARGIN + depth * INDENT, MARGIN + len(nodes) * LINE
        elbow = "" if above is None else f"M{x - INDENT} {above}V{y}H{x}"
        nodes.append(DrawnNode(x, y, elbow, node.name, days(node.since, node.until), node.kind, min(depth, LEVELS)))
        deepest = max(deepest, x + 9 * (len(node.name) + 24))
        waiting += [(child, depth + 1, y) for child in reversed(node.children)]
    return Tree(nodes, max(320, deepest), MARGIN * 2 + (len(nodes) - 1) * LINE)


def days(since: date | None, until: date | None) -> str:
    """Write a life in short: "từ 01/03/2024", "đến 30/06/2025"."""
    words = []
    if since:
        words.append(f"từ {since:%d/%m/%Y}")
    if until:
        words.append(f"đến {until:%d/%m/%Y}")
    return ", ".join(words)
