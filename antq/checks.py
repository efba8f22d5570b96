"""What ``manage.py check --deploy`` asks beside Django's own questions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from communes import caching

PROBE = "probe"
HERE = ("", "localhost", "127.0.0.1", "::1")


@register(Tags.security, deploy=True)
def database_is_reached_in_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the database stands on another machine and its certificate is not proved (OWASP ASVS 5.0, 12.3)."""
    database = settings.DATABASES["default"]
    host = str(database.get("HOST", ""))
    if host in HERE or host.startswith("/") or database.get("OPTIONS", {}).get("sslmode") == "verify-full":
        return []
    said = f"The database on {host} is reached without proving who it is."
    hint = "Add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL."
    return [Warning(said, hint=hint, id="antq.W001")]


@register(Tags.caches, deploy=True)
def what_is_remembered_is_kept(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the cache takes nothing: every page is answered all the same, and reckoned anew."""
    caching.remember({PROBE: True}, 60)
    if caching.get(PROBE):
        return []
    hint = "filecache:// of a folder that the service may write; dbcache:// of a table that createcachetable made."
    return [Warning("CACHE_URL names a place where nothing is kept.", hint=hint, id="antq.W002")]
