"""The admin speaks Vietnamese, every page of it, and shows no model without a use."""

import json
import re
from pathlib import Path

import django
import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

CATALOGUES = Path(django.__file__).parent / "contrib"
ENGLISH = re.compile(
    r"\b(?:the|please|select|add|change|delete|save|model|name|error|below|yes|none|user|password|history|filter|search"
    r"|recent|actions?|view|welcome|token|today|now|enter|valid|required|field|choose|object|was|successfully|this)\b",
    re.IGNORECASE,
)
# Names, what is put together, and the particulars of a hash, which are shown to nobody.
NOT_SHOWN = re.compile(
    r"|LogEntry Object|%\(class_name\)s %\(instance\)s|Email|variety|version|memory cost|time cost|parallelism|block size"
    r"|Enter a valid username\..*"
)


def messages(app):
    """What Django's own pages say, in one form each."""
    text = (CATALOGUES / app / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    for block in re.split(r"\n\s*\n", text):
        found = re.search(r'^msgid ((?:".*"\n?)+)', block, re.M)
        context = re.search(r'^msgctxt "(.+)"', block, re.M)
        if found and "msgid_plural" not in block:
            message = "".join(re.findall(r'"(.*)"', found[1])).replace('\\"', '"').replace("\\n", "\n")
            yield context and context[1], message


@pytest.mark.parametrize("app", ["admin", "auth"])
def test_every_sentence_of_djangos_own_pages_is_translated(app):
    with translation.override("vi"):
        same = [
            message
            for context, message in messages(app)
            if not NOT_SHOWN.fullmatch(message)
            and (translation.pgettext(context, message) if context else translation.gettext(message)) == message
        ]
    assert not same


def words_of(page):
    """What a page says, without its markup, scripts and names of things in the database."""
    text = re.sub(r"(?s)<(script|style|svg|option|code|input|textarea)\b.*?(</\1>|>)", " ", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.django_db
def test_no_page_of_the_admin_says_anything_in_english(client, cast):
    client.force_login(cast.quan, backend="django.contrib.auth.backends.ModelBackend")
    pages = [reverse("admin:index"), reverse("admin:auth_user_password_change", args=[cast.lan.pk])]
    pages += [reverse("admin:communes_user_change", args=[cast.lan.pk]),
              reverse("admin:communes_user_history", args=[cast.lan.pk])]  # fmt: skip
    for model, made in admin.site._registry.items():
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{address}_changelist"))
        if made.has_add_permission(client.get("/admin/").wsgi_request):
            pages.append(reverse(f"{address}_add"))
    for page in pages:
        words = words_of(client.get(page).content.decode())
        assert not ENGLISH.search(words), (page, [m.group() for m in ENGLISH.finditer(words)])
    refused = words_of(client.post(reverse("admin:communes_user_add"), {}).content.decode())
    assert not ENGLISH.search(refused), [refused[m.start() - 40 : m.end() + 40] for m in ENGLISH.finditer(refused)]


@pytest.mark.django_db
def test_the_admin_shows_nothing_that_has_no_use_here(client, cast):
    client.force_login(cast.quan, backend="django.contrib.auth.backends.ModelBackend")
    assert {model._meta.app_label for model in admin.site._registry} == {"communes", "models_registry", "reports"}


@pytest.mark.django_db
def test_what_the_scripts_of_the_admin_say_is_vietnamese(client, cast):
    client.force_login(cast.quan, backend="django.contrib.auth.backends.ModelBackend")
    told = client.get(reverse("admin:jsi18n")).content.decode()
    given = json.loads(re.search(r"(?s)const newcatalog = (\{.*?\n  \});", told)[1])
    text = (CATALOGUES / "admin/locale/en/LC_MESSAGES/djangojs.po").read_text(encoding="utf-8")
    said = []
    for block in re.split(r"\n\s*\n", text)[1:]:
        if found := re.search(r'^msgid ((?:".*"\n?)+)', block, re.M):
            context = re.search(r'^msgctxt "(.+)"', block, re.M)
            message = "".join(re.findall(r'"(.*)"', found[1])).replace('\\"', '"').replace("\\n", "\n")
            said.append(f"{context[1]}\x04{message}" if context else message)
    assert len(said) > 60 and not [one for one in said if given.get(one, one) == one]
