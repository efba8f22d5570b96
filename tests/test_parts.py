"""The page of parts: with DEBUG alone."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.forms import FileField
from django.template import Context, Template

from communes.forms import DateInput
from models_registry.views.imports import UploadForm
from reports.views.documents_settings import TemplateForm

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
BY_HAND = re.compile(r"""<div class="scroll" tabindex|<div class="field[^"]*">\s*<label (?:for|class)=""")
pytestmark = pytest.mark.django_db


def test_the_page_of_parts_is_served_with_debug_alone(cast, client, settings):
    client.force_login(cast.lan)
    assert client.get("/components/").status_code == 404
    settings.DEBUG = True
    text = client.get("/components/").content.decode()
    for part in ("tile", "past", "moved beyond", "states", "land-map", "map-scale", "figures", "tabs", "notice error",
                 "has-error", "badge returned", "choices-line", "button danger", "grid", "problems",
                 "chips", "file", "kinds", "scroll", "field grow", "grid picking"):  # fmt: skip
        assert f'class="{part}' in text or f' {part}"' in text, part


def test_a_scrolling_table_and_a_labelled_control_are_written_once():
    found = {str(path): BY_HAND.search(path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")}
    found.pop(str(TEMPLATES / "components" / "field.html"))
    assert not [path for path, match in found.items() if match], "say {% scrolling %} or {% labelled %}"


def test_what_names_them_is_escaped():
    source = (
        "{% scrolling name ' – ' name %}<b>1</b>{% endscrolling %}{% labelled 'a' name grow=True %}x{% endlabelled %}"
    )
    text = Template(source).render(Context({"name": '"<i>'}))
    assert 'aria-label="&quot;&lt;i&gt; – &quot;&lt;i&gt;"><b>1</b></div>' in text
    assert '<div class="field grow"><label for="a">&quot;&lt;i&gt;</label>x</div>' in text
    text = Template("{% labelled 'a' 'Tệp' note=name %}x{% endlabelled %}").render(Context({"name": "<i>"}))
    assert '<label for="a">Tệp <span class="quiet">&lt;i&gt;</span></label>x' in text
    text = Template("{% labelled 'a' 'Số' error=name %}x{% endlabelled %}").render(Context({"name": "<i>"}))
    assert '<div class="field has-error"><label for="a">Số</label><p class="error" id="a_error">&lt;i&gt;</p>x' in text


def test_a_day_of_an_address_is_shown_as_people_read_it():
    widget = DateInput()
    assert widget.format_value("2025-12-31") == "31/12/2025" and widget.format_value(date(2025, 1, 2)) == "02/01/2025"
    assert widget.format_value("31/12/2025") == "31/12/2025" and widget.format_value("hôm qua ") == "hôm qua "


def test_a_file_is_chosen_by_one_part_whose_page_dresses_it():
    """Of the browser's own words none is read: they are in its language."""
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    part = TEMPLATES / "components" / "file.html"
    assert [path for path, text in texts.items() if 'type="file"' in text] == [part]
    asks = [text for text in texts.values() if "multipart/form-data" in text]
    assert len(asks) > 4 and all("css/files.css" in text for text in asks)
    assert " required" in texts[part], "the dress tells by it whether a file was chosen"
    fields = [one for form in (UploadForm, TemplateForm) for one in form.base_fields.values()]
    assert all(one.required for one in fields if isinstance(one, FileField))
