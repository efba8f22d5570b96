"""What people type into the register's search finds what they mean."""

import pytest

from communes.models import Hamlet
from communes.names import asked_words
from models_registry.models import GroupKind, SelfManagementGroup
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["KDC 5", "kdc5", "khu5", "Khu dân cư 5", "khu  5", "5 khu"])
def test_a_hamlet_is_found_by_any_of_its_spellings(cast, query):
    for name in ("Khu 5", "Thôn Đông Sơn"):
        Hamlet.objects.get_or_create(commune=cast.chi_dam, name=name)
    found = set(Hamlet.objects.filter(commune=cast.chi_dam).search(query).values_list("name", flat=True))
    assert "Khu 5" in found and "Thôn Đông Sơn" not in found


def test_the_long_form_is_found_by_the_short_and_the_other_way_round(cast):
    hamlets = [Hamlet.objects.create(commune=cast.chi_dam, name=name) for name in ("Khu dân cư số 77", "TDP 78")]
    assert [one for query in ("kdc 77", "khu 77") for one in Hamlet.objects.search(query)] == [hamlets[0]] * 2
    assert [one for query in ("tdp78", "tổ dân phố 78") for one in Hamlet.objects.search(query)] == [hamlets[1]] * 2


@pytest.mark.parametrize("who", ["lan", "hoa"])
def test_a_group_is_found_by_its_kind(client, cast, who):
    kind = GroupKind.objects.get(code="security_team")
    SelfManagementGroup.objects.create(commune=cast.chi_dam, kind=kind, name="Đội số 9", hamlet=cast.khu[0])
    f.group(cast.chi_dam, hamlet=cast.khu[0])
    client.force_login(getattr(cast, who), backend=BACKEND)
    page = client.get("/register/groups/?q=to+bao+ve").content.decode()
    assert "Đội số 9" in page


def test_no_label_stands_without_its_field(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    page = client.get("/register/members/").content.decode()
    assert "Mã số tổ" not in page and '<label for="id_group"' not in page


def test_words_that_are_asked_for():
    assert asked_words("KDC số 05") == ["khu", "so", "05"]
    assert asked_words("Bản Heo Trại") == ["ban", "heo", "trai"]
