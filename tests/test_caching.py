"""A cache that cannot be read or written costs time, never an answer; and it is asked in one place."""

import pytest

from antq.checks import what_is_remembered_is_kept
from communes import caching, editions
from reports.documents import templates
from reports.months import Month
from reports.totals import remembered
from tests import factories as f
from tests.databases import ROOT

BACKEND = "django.contrib.auth.backends.ModelBackend"
FILES = "django.core.cache.backends.filebased.FileBasedCache"
PAGES = ("/dashboard/?span=2025", "/overview/?span=2025", "/api/v1/summary/?province=25&span=2025")


@pytest.fixture(params=["nowhere", "rubbish"])
def broken(request, tmp_path, settings, monkeypatch):
    """``nowhere``: as a folder where the service may not write. ``rubbish``: every file is another version's."""
    path = tmp_path / "cache"
    path.mkdir() if request.param == "rubbish" else path.write_text("a file stands there")
    settings.CACHES = {"default": {"BACKEND": FILES, "LOCATION": str(path)}}
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 0)
    monkeypatch.setattr(editions, "uncommitted", lambda: False)
    return path


def spoil(path):
    """Overwrite what is remembered; returns how much."""
    files = list(path.iterdir()) if path.is_dir() else []
    for file in files:
        file.write_bytes(b"rubbish")
    return len(files)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_answered_without_it(client, cast, broken, address, caplog):
    f.filed(cast.chi_dam, Month(2025, 5), patrols=5)
    client.raise_request_exception = False
    client.force_login(cast.hoa, backend=BACKEND)
    first = client.get(address)
    assert first.status_code == 200 and bool(spoil(broken)) is broken.is_dir()
    assert client.get(address).status_code == 200
    assert "CACHE_URL" in caplog.text, "the operator is told"


@pytest.mark.django_db
def test_so_is_what_is_said_of_a_template(broken, monkeypatch):
    monkeypatch.setattr(templates, "check", lambda *_: None)
    kept = templates.ReportTemplate(pk=7, content=b"")
    for _ in range(2):
        assert templates.fault(kept, dict) == ""
        spoil(broken)


def test_what_was_not_emptied_is_said(broken):
    caching.remember({"a": 1}, 60)
    assert caching.get("a") == (1 if broken.is_dir() else None) and caching.forget_all() is broken.is_dir()
    assert caching.get("a") is None and caching.get_many(["a"]) == {}


def test_the_operator_is_told_beforehand(settings, tmp_path):
    assert not what_is_remembered_is_kept(None)
    settings.CACHES = {"default": {"BACKEND": FILES, "LOCATION": str(tmp_path / "cache")}}
    assert not what_is_remembered_is_kept(None)
    (tmp_path / "file").touch()
    for backend in (
        FILES,
        "django.core.cache.backends.redis.RedisCache",
        "django.core.cache.backends.memcached.NoCache",
    ):
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path / "file" / "cache")}}
        (said,) = what_is_remembered_is_kept(None)
        assert said.id == "antq.W002"


def test_it_is_asked_in_one_place():
    files = [path for app in ("antq", "communes", "models_registry", "reports") for path in (ROOT / app).rglob("*.py")]
    asks = [path.relative_to(ROOT).as_posix() for path in files if "django.core.cache" in path.read_text("utf-8")]
    assert asks == ["communes/caching.py"]
