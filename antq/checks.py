"""What ``manage.py check --deploy`` asks beside Django's own questions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

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
