"""Fills a Word template: run in the server for the project's own, as a script for one that was uploaded.

A hostile template may loop for ever or ask for more memory than the machine has; as a script this dies
alone, with nothing of the project in it: template and words in, .docx out. It stands alone so that it
starts at once: it imports nothing of the project.
"""

import base64
import io
import json
import sys
from typing import Any

from docx import Document
from docx.opc.part import Part
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError, TemplateAssertionError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY = 768 * 1024 * 1024
SECONDS = 20
FIRST = 8  # seconds for filling it when it is uploaded: who reads later waits no longer than who made it
MAX_RENDERED = 40 * 1024 * 1024
RAW = "xml"  # {"xml": "<w:tbl>…"} in the words is set as it is, never escaped
CHART = "chart"  # beside it: the part that the piece shows, which names it as "{rid}"
CHARTS, CHART_TYPE = "/word/charts/chart%d.xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
CHART_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"


class Raw:
    """A piece of WordprocessingML that takes a paragraph's place ({{p field }})."""

    def __init__(self, xml: str) -> None:
        self.xml = xml

    def __str__(self) -> str:
        return self.xml

    __html__ = __str__


class Picture:
    """A piece that shows a chart: the part is added where a template asks for it, and only there."""

    def __init__(self, xml: str, chart: str, document: DocxTemplate) -> None:
        self.xml, self.chart, self.document = xml, chart, document

    def __str__(self) -> str:
        place = self.document.current_rendering_part
        name = place.package.next_partname(CHARTS)
        made = Part(name, CHART_TYPE, self.chart.encode(), place.package)
        return self.xml.replace("{rid}", place.relate_to(made, CHART_LINK))

    __html__ = __str__


FILTERS = ("upper", "lower", "capitalize", "title", "trim", "length", "first", "last", "join", "default", "round")
"""What a template may do to a word: none of these unescapes, or marks as safe."""
FORBIDDEN: tuple[type[nodes.Node], ...] = (
    nodes.EvalContextModifier,
    nodes.AssignBlock,
    nodes.FilterBlock,
    nodes.Macro,
    nodes.CallBlock,
    nodes.Include,
    nodes.ImportedName,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Pow,
)
"""What turns escaping off, makes pieces that count as escaped, reaches for other templates, or makes much of little."""
CALLED = (
    "items", "keys", "values", "get", "cycle", "changed", "strip", "split", "upper", "lower", "title", "capitalize",
    "startswith", "endswith", "lstrip", "rstrip", "join", "find", "count",
)  # fmt: skip
"""What may be called: nothing that pads or repeats, as expandtabs, center, replace and format do."""
ROUNDED = ("common", "ceil", "floor")
DEEPEST = 3  # loops within loops; ours has two


def _depth(node: nodes.Node) -> int:
    """How many loops stand within one another."""
    own = isinstance(node, nodes.For)
    return own + max((_depth(one) for one in node.iter_child_nodes()), default=0)


class Words(ImmutableSandboxedEnvironment):
    """Jinja that reaches nothing but the words it is given, and stumbles over a field it does not know."""

    intercepted_binops = frozenset({"*", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Refuse what a template has no need of."""
        tree = super()._parse(source, name, filename)
        called = (call.node for call in tree.find_all(nodes.Call))
        if any(tree.find(kind) for kind in FORBIDDEN) or _depth(tree) > DEEPEST:
            raise SecurityError("only fields, for and if")
        if not all(isinstance(one, nodes.Getattr) and one.attr in CALLED for one in called):
            raise SecurityError("only fields, for and if")
        if any(self._places(one) for one in tree.find_all(nodes.Filter)):
            raise SecurityError("only fields, for and if")
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply and divide numbers; a word would be repeated, or padded, to any length."""
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError("only numbers")
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def _places(used: nodes.Filter) -> bool:
        """Whether a number is rounded to more places, or by a way of its own, than anyone reads."""
        said = [*used.args, *(one.value for one in used.kwargs)]
        plain = all(isinstance(one, nodes.Const) and one.value in (*range(10), *ROUNDED) for one in said)
        return used.name == "round" and not (plain and not used.dyn_args and not used.dyn_kwargs)


def revived(words: Any, document: DocxTemplate) -> Any:
    """Make pieces of XML, and pictures, of what JSON holds."""
    if isinstance(words, dict):
        if set(words) == {RAW, CHART}:
            return Picture(words[RAW], words[CHART], document)
        return Raw(words[RAW]) if set(words) == {RAW} else {key: revived(one, document) for key, one in words.items()}
    return [revived(one, document) for one in words] if isinstance(words, list) else words


def rendered(template: bytes, words: dict[str, Any]) -> bytes:
    """Return the template filled with words; raises what docxtpl, Jinja or lxml raise."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(revived(words, document), jinja_env=Words(), autoescape=True)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def fields(template: bytes) -> list[str]:
    """Return the fields a template asks for."""
    return sorted(DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(Words()))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Fill a template and open the result again; say what is wrong instead of failing."""
    template = base64.b64decode(question["template"])
    try:
        asked = fields(template)
        unknown = [name for name in asked if name not in question["words"]]
        if unknown:
            return {"error": "unknown", "fields": unknown}
        document = rendered(template, question["words"])
        if len(document) > MAX_RENDERED:
            return {"error": "large"}
        Document(io.BytesIO(document))
        return {"document": base64.b64encode(document).decode("ascii")}
    except Exception as error:  # whatever a broken file makes the libraries say
        return wrong(error)


def wrong(error: Exception) -> dict[str, Any]:
    """Name what went wrong while a template was filled."""
    if isinstance(error, SecurityError | TemplateAssertionError):  # the latter: a filter there is not
        return {"error": "forbidden"}
    if isinstance(error, MemoryError):
        return {"error": "large"}
    if isinstance(error, UndefinedError):
        kind = "undefined"
    else:
        kind = "syntax" if isinstance(error, TemplateError) else "broken"
    return {"error": kind, "said": str(error)[:200]}


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
    except ImportError:
        pass  # a system without such limits
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
