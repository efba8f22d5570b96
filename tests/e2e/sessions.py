"""Sign in as each account that tests of the browser use, a few times; print the keys of the sessions.

``python -m tests.e2e.sessions`` on the demonstration's database. A context of the browser takes one of them, so that two
people at one account are two.
"""

import json
import os

import django

EACH = 4


def main() -> None:
    """Go through the door as a browser does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
    django.setup()

    from django.conf import settings
    from django.test import Client

    from tests.e2e.pages import ADMIN, CHIEF, COUNTRY, LEADER, OFFICER, REVIEWER
    from tests.e2e.steps import PASSWORD

    settings.ALLOWED_HOSTS = ["testserver"]
    keys: dict[str, list[str]] = {}
    for name in (OFFICER, CHIEF, REVIEWER, LEADER, COUNTRY, ADMIN):
        for _ in range(EACH):
            visitor = Client()
            answer = visitor.post("/accounts/login/", {"username": name, "password": PASSWORD})
            assert answer.status_code == 302, (name, answer.status_code)
            keys.setdefault(name, []).append(visitor.session.session_key)
    print(json.dumps(keys))


if __name__ == "__main__":
    main()
