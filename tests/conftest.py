"""The cast of every test, with biographies.

lan enters for Chí Đám (Phú Thọ), minh is her chief; tuan enters for the neighbour commune Tây Cốc;
hoa reviews for Phú Thọ and the leader thu reads; son reviews for another province; an reads the whole
country; quan administers.
"""

import gc
import json
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import transaction

from communes import editions
from communes.scope import Role
from models_registry.catalogues import load_registry_catalogues
from models_registry.importing import reader, workbooks
from reports.catalogue import load_catalogues
from tests import databases, factories


def pytest_collection_modifyitems(items):
    """Who copies the database of the suite needs that there is one."""
    for item in items:
        if "migrated" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)


def pytest_collection_finish(session):
    """What is loaded by now stays: to look through it for rubbish again and again took an eighth of the tests' time."""
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Catalogues are there in every test, as in every installation. Gives a copy from before them (``migrated``)."""
    with ExitStack() as kept:
        with django_db_blocker.unblock():
            address = kept.enter_context(databases.copied(tmp_path_factory.mktemp("migrated")))
            load_registry_catalogues()
            load_catalogues()
        yield address


@pytest.fixture(scope="session")
def migrated(django_db_setup):
    """The address of a database that is migrated and holds nothing yet, for copies of it (``empty_database``)."""
    return django_db_setup


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Keys of rows come again in every test; what one test remembered is not another's."""
    cache.clear()
    editions.forget()


@pytest.fixture(scope="session", autouse=True)
def reader_process():
    """Workbooks are read in the tests' own process; gives the function that starts one for each, for tests of it."""

    def read_here(content, *how):
        return json.loads(json.dumps(reader.answer(content, page=reader.PAGE in how)))

    with pytest.MonkeyPatch.context() as patch:
        own = workbooks.in_a_process
        patch.setattr(workbooks, "in_a_process", read_here)
        yield own


@pytest.fixture
def in_a_process(reader_process, monkeypatch):
    """Workbooks are read as the server reads them, each in a process of its own."""
    monkeypatch.setattr(workbooks, "in_a_process", reader_process)


@pytest.fixture(scope="module")
def lasting(django_db_setup, django_db_blocker):
    """What a module's fixture writes after this stands before each of its tests, and goes with the module.

    A test rolls back to it, each of them marked or given ``db``: one that is neither would write into what stands. The
    objects it is given are copies (``copy.deepcopy``). Nothing here commits (``transaction=True``).
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(db):
    return cast_of_characters()


def cast_of_characters():
    phu_tho = factories.province(code="25", name="Phú Thọ")
    son_la = factories.province(code="14", name="Sơn La")
    chi_dam = factories.commune(code="07999", name="Chí Đám", province=phu_tho)
    tay_coc = factories.commune(code="07996", name="Tây Cốc", province=phu_tho)
    chieng_pha = factories.commune(code="03733", name="Chiềng Pha", province=son_la)
    return SimpleNamespace(
        phu_tho=phu_tho,
        son_la=son_la,
        chi_dam=chi_dam,
        tay_coc=tay_coc,
        chieng_pha=chieng_pha,
        khu=[factories.hamlet(chi_dam, f"Khu {n}") for n in (1, 2, 10)],
        lan=factories.user(Role.COMMUNE_OFFICER, chi_dam, username="lan"),
        minh=factories.user(Role.COMMUNE_CHIEF, chi_dam, username="minh"),
        tuan=factories.user(Role.COMMUNE_OFFICER, tay_coc, username="tuan"),
        hoa=factories.user(Role.PROVINCE_REVIEWER, phu_tho, username="hoa"),
        thu=factories.user(Role.PROVINCE_LEADER, phu_tho, username="thu"),
        son=factories.user(Role.PROVINCE_REVIEWER, son_la, username="son"),
        an=factories.user(Role.NATIONAL_VIEWER, username="an"),
        quan=factories.user(Role.ADMINISTRATOR, username="quan"),
    )
