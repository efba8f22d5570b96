"""The site as it is deployed, for every test that looks at it from without."""

import pytest

from tests.databases import empty_database, manage, on_postgres, shell
from tests.machine.installation import Installation

FILL = """
from knox.models import AuthToken
from communes.models import Commune, Hamlet, Province, User
from models_registry.catalogues import load_registry_catalogues
from reports.catalogue import load_catalogues
load_registry_catalogues(); load_catalogues()
province = Province.objects.create(code="25", name="Phú Thọ", kind="Tỉnh")
commune = Commune.objects.create(code="07999", name="Chí Đám", kind="Xã", province=province)
lan = User.objects.create_user("lan", "mot-hai-ba-bon", role="commune_officer", commune=commune, must_change_password=False)
hamlet = Hamlet.objects.create(commune=commune, name="Khu 1")
print(AuthToken.objects.create(lan)[1], hamlet.pk)
"""


@pytest.fixture(scope="session")
def prepared(migrated, tmp_path_factory):
    """What every site begins with, made once: the gathered files, a database with lan, her token and hamlet."""
    folder = tmp_path_factory.mktemp("prepared")
    with empty_database(folder, "prepared", of=migrated) as address:
        made = Installation(folder, address)
        manage(made.env, "collectstatic", "--no-input", "--verbosity", "0")
        yield made.env["GATHERED_STATIC_ROOT"], address, shell(made.env, FILL).splitlines()[-1].split()


@pytest.fixture
def site(request, tmp_path):
    """The site behind nginx as it is deployed, and lan's token and hamlet."""
    if not on_postgres():
        pytest.skip("a site is deployed on PostgreSQL")
    static, of, (token, hamlet) = request.getfixturevalue("prepared")
    with empty_database(tmp_path, "deployed", of=of) as address:
        made = Installation(tmp_path, address)
        made.env["GATHERED_STATIC_ROOT"] = static
        made.headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        made.hamlet = int(hamlet)
        made.open_door()
        with made.nginx():
            try:
                made.start()
                yield made
            finally:
                made.kill()
