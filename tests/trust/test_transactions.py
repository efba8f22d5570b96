"""What holds a row holds it within a transaction of its own: the tests' one is not there when people work.

PostgreSQL refuses to hold rows outside of one, so that a page that leans on the tests' fails for everybody else.
"""

import pytest

from tests.databases import empty_database, environment, manage

EVERY_ADDRESS = """
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse

from models_registry.catalogues import load_registry_catalogues
from reports.catalogue import load_catalogues
from tests.conftest import cast_of_characters
from tests.test_routes import addresses, rows_of

setup_test_environment()
load_registry_catalogues()
load_catalogues()
cast = cast_of_characters()
pages = [one for one in addresses(rows_of(cast)) if "/delete/" not in one and "logout" not in one]
for model in apps.get_models():
    if admin.site.is_registered(model):
        base, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", model._base_manager.first()
        pages += [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
        pages += [reverse(f"{base}_{verb}", args=[row.pk]) for verb in ("change", "history", "delete")] if row else []
pages.append(reverse("admin:auth_user_password_change", args=[cast.lan.pk]))
for who in ("quan", "lan", "minh", "hoa"):
    client = Client(raise_request_exception=False)
    client.force_login(getattr(cast, who), backend="django.contrib.auth.backends.ModelBackend")
    for address in pages:
        status = client.post(address).status_code
        if status >= 500:
            print("FAILED", status, who, address)
print("asked", len(pages))
"""


@pytest.mark.once
def test_no_address_leans_on_the_transaction_of_the_tests(migrated, tmp_path):
    with empty_database(tmp_path, of=migrated) as address:
        said = manage(environment(address), "shell", "--verbosity", "0", "-c", EVERY_ADDRESS)
    lines = said.stdout.splitlines()
    assert lines[-1].startswith("asked"), said.stderr[-2000:]
    assert int(lines[-1].split()[1]) > 150
    assert not [line for line in lines if line.startswith("FAILED")], "\n".join(lines) + said.stderr[-3000:]
