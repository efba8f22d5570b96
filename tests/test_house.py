"""Rules of the house that a machine can read: imports, migrations, templates, diagram."""

import ast
import gettext
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from reports.management.commands import draw_layers
from reports.management.commands.draw_workflow import TARGET, drawing

ROOT = Path(__file__).resolve().parent.parent
APPS = ("antq", "communes", "models_registry", "reports")
LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def files(pattern="*.py"):
    for app in APPS:
        yield from ((app, path) for path in sorted((ROOT / app).rglob(pattern)))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def test_imports_keep_to_the_layers():
    """The contracts stand in pyproject.toml; tests/test_layers.py plants imports that break them."""
    ran = subprocess.run([LINT_IMPORTS, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


HTTP = {"admin", "apps", "filters", "forms", "urls"}  # what may speak of requests


def ideas():
    """The modules of the reports that are neither pages nor calls, and the counts of the register."""
    yield from (path for path in (ROOT / "reports").glob("*.py") if path.stem not in HTTP)
    for folder in ("asking", "charts", "documents", "entry", "models", "review", "tables", "totals"):
        yield from (ROOT / "reports" / folder).glob("*.py")
    yield ROOT / "models_registry" / "headcount.py"


def test_ideas_know_nothing_of_http():
    for path in ideas():
        asked = [n for n in imported(path) if n.startswith(("django.http", "django.shortcuts", "rest_framework"))]
        assert not asked, f"{path} imports {asked}"


WHO_MAY_WHAT = {"communes/scope.py", "communes/models/accounts.py"}
LOOKUP_OF_A_ROLE = re.compile(r"(^|__)role(__|$)")


def looks_at_a_role(node):
    """Comparisons and matches of ``.role``, and query conditions on it."""
    if isinstance(node, ast.Compare | ast.Match | ast.Subscript | ast.Dict):
        return any(isinstance(part, ast.Attribute) and part.attr == "role" for part in ast.walk(node))
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        asks = called in {"Q", "filter", "exclude", "get", "When", "alias", "annotate"}
        return asks and any(LOOKUP_OF_A_ROLE.search(word.arg or "") for word in node.keywords)
    return False


def role_lines(text):
    return [node.lineno for node in ast.walk(ast.parse(text)) if looks_at_a_role(node)]


def test_who_may_do_what_is_asked_of_the_account_alone():
    """Beside the scope nobody compares a role: a new one is added there, with its migration and its tests."""
    for _, path in files():
        name = path.relative_to(ROOT).as_posix()
        if name not in WHO_MAY_WHAT and "migrations" not in path.parts:
            lines = role_lines(path.read_text(encoding="utf-8"))
            assert not lines, f"{name}:{lines} looks at a role"
    for path in TEMPLATES:
        assert not re.search(r"\.(role|province_id|commune_id)\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    "line",
    [
        "user.role == 'x'",
        "x = self.user.role in ROLES",
        "WORDS[user.role]",
        "User.objects.filter(role=one)",
        "Q(by__role__in=(1, 2))",
        "match user.role:\n    case 1: pass",
    ],
)
def test_a_role_that_is_looked_at_is_found(line):
    assert role_lines(line)


@pytest.mark.parametrize("pattern", ["static/css/*.css", "static/js/*.js", "templates/**/*.html", "tests/js/*.js"])
def test_so_does_a_sheet_a_script_and_a_template(pattern):
    paths = list(ROOT.glob(pattern))
    assert paths
    for path in paths:
        assert path.read_text(encoding="utf-8").count("\n") <= 400, f"{path} is over 400 lines"


def test_a_file_fits_a_head_and_a_function_a_screen():
    paths = [path for _, path in files() if "migrations" not in path.parts] + sorted((ROOT / "tests").rglob("*.py"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, f"{path} is over 400 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = node.end_lineno - node.lineno + 1
                assert lines <= 45, f"{path}:{node.lineno} {node.name} takes {lines} lines"


def test_no_module_without_a_noun():
    names = {path.stem for _, path in files()}
    assert not names & {"utils", "helpers", "services", "common", "misc"}


SAID_TWICE = {"Command"}  # Django looks for a command under this name


def test_a_class_has_a_name_of_its_own():
    """One meaning a name: what is read in one room must not be something else in another."""
    where = {}
    for _, path in files():
        if "migrations" not in path.parts:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    where.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    assert not {name: paths for name, paths in where.items() if len(paths) > 1 and name not in SAID_TWICE}


def test_no_signals_of_our_own():
    assert not [path for _, path in files() if re.search(r"@receiver|post_save|pre_save\.connect", path.read_text())]


@pytest.mark.django_db
def test_migrations_are_current():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_form_lets_the_browser_speak_and_no_field_is_its_own_date():
    """Every form says "novalidate": a browser's bubbles are in its own language, and its days are mm/dd."""
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b[^>]*>", text):
            assert "novalidate" in form, f"{path}: {form}"
        assert 'type="date"' not in text, f"{path}: a day is a text field with data-date"


def test_every_template_is_used():
    sources = "".join(path.read_text(encoding="utf-8") for _, path in files())
    sources += "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    for path in TEMPLATES:
        if path.parent.name == "admin":  # Django's own pages extend these
            continue
        assert str(path.relative_to(ROOT / "templates")) in sources, f"{path} is not used"


def test_a_line_of_a_template_fits_the_screen():
    for path in TEMPLATES:
        lines = path.read_text(encoding="utf-8").splitlines()
        long = [number for number, line in enumerate(lines, start=1) if len(line) > 120]
        assert not long, f"{path}: lines {long} are over 120 columns"


def test_no_inline_script_or_style():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", text), path
        assert not re.search(r"(?:src|href)=\"https?://", text), path


def test_the_diagram_is_current():
    assert TARGET.read_text(encoding="utf-8") == drawing()


def test_the_picture_of_the_layers_is_current():
    assert draw_layers.TARGET.read_text(encoding="utf-8") == draw_layers.page()


def test_an_arrow_that_a_longer_way_says_is_left_out():
    graph = {"page": {"idea", "model"}, "idea": {"model"}, "model": set()}
    assert draw_layers.arrows(graph) == {"page": {"idea"}, "idea": {"model"}, "model": set()}


def test_what_the_architecture_names_is_there():
    """Files that are named exist, and hold the name that is given with them."""
    named = re.findall(r"`([\w.]+/[\w./]*)(?::(\w+))?`", draw_layers.TARGET.read_text(encoding="utf-8"))
    assert len(named) > 50
    for path, name in named:
        found = ROOT / path
        assert found.exists() or found.with_suffix(".py").exists(), path
        if name:
            defined = rf"^\s*(class|def) {name}\b|^{name}\b.*="
            assert re.search(defined, found.read_text(encoding="utf-8"), re.M), f"{path}:{name}"


def test_views_say_who_may_see_them():
    """The first line of every view's docstring names its readers."""
    for pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "view_class", None) or pattern.callback
        if view.__module__.split(".")[0] in APPS[1:] and view.__module__.split(".")[1] not in ("api", "admin"):
            assert re.match(r"(Seen by|Open to all)", view.__doc__ or ""), f"{view.__module__}.{view.__name__}"


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry)


def test_a_day_is_taken_from_the_clock_of_ha_noi_alone():
    """``now.date()`` is Greenwich's day, which from midnight to seven in Hà Nội is yesterday."""
    for path in (path for _, path in files() if "migrations" not in path.parts):
        found = re.search(r"\b(now|now\(\)|moment|at)\.date\(\)|\b(date|datetime)\.today\(", path.read_text("utf-8"))
        assert not found, f"{path}: {found and found[0]}"


def test_no_place_of_this_machine_is_named():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if name.endswith((".txt", ".md", ".py", ".toml", ".sh", ".in", "Makefile", ".ci/run")):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert "/work" + "/main" not in text and "files.python" + "hosted" not in text, name


def test_our_own_translations_are_compiled():
    folder = ROOT / "locale" / "vi" / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    entries = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(encoding="utf-8"), re.M)
    assert len(entries) > 30 and len(dict(entries)) == len(entries), "one message has two translations"
    for message, translated in entries:
        assert compiled.gettext(message.replace('\\"', '"')) == translated.replace('\\"', '"')


def test_a_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert len(set(numbers)) == len(numbers)
    for path in (ROOT / "docs/decisions").glob("*.md"):
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name
