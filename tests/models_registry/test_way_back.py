"""The way back from the migrations, as docs/deploy.md promises it: what only the new code knows goes, the rest stays."""

from tests.databases import empty_database, environment, manage, shell

UPLOADED = """
from django.utils import timezone
from communes.models import Commune, Province, User
from models_registry.models import RegisterImport
province = Province.objects.create(code="25", name="Phú Thọ")
commune = Commune.objects.create(code="07999", name="Chí Đám", kind="Xã", province=province)
by = User.objects.create_user("hoa", "mot-hai-ba-bon", role="province_reviewer", province=province)
for place in ({"province": province, "kind": "priority"}, {"commune": commune, "kind": "groups"}):
    RegisterImport.objects.create(**place, file_name="a.xlsx", by=by, at=timezone.now())
"""
LEFT = (
    "from models_registry.models import RegisterImport; print(*RegisterImport.objects.values_list('kind', flat=True))"
)


def test_the_lists_that_a_province_uploaded_do_not_stop_the_way_back(migrated, tmp_path):
    with empty_database(tmp_path, "back", of=migrated) as address:
        there = environment(address)
        shell(there, UPLOADED)
        manage(there, "migrate", "models_registry", "0004", "--verbosity", "0")
        manage(there, "migrate", "--verbosity", "0")
        assert shell(there, LEFT) == "groups"
