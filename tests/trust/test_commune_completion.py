"""In the form of an account what is typed of a commune is completed, without a script."""

import re

import pytest
from django.urls import reverse

from communes.models import Commune, User
from communes.scope import Role
from tests import factories as f
from tests.trust.test_confirming import ADD, admins, change, create

__all__ = ["admins"]
pytestmark = pytest.mark.django_db

OFFERED = re.compile('<option value="([^"]*)">')
ASKED = "admin:communes_user_communes"


def offered(client, typed):
    return OFFERED.findall(client.get(reverse(ASKED), {"q": typed}).content.decode())


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("0799", ["07996 Xã Tây Cốc, Phú Thọ", "07999 Xã Chí Đám, Phú Thọ"]),
        ("chi dam", ["07999 Xã Chí Đám, Phú Thọ"]),
        ("Chí Đám", ["07999 Xã Chí Đám, Phú Thọ"]),
        ("chieng", ["03733 Xã Chiềng Pha, Sơn La"]),
        ("", []),
        ("không có", []),
        ("%", []),
    ],
)
def test_what_is_typed_of_a_commune_is_completed_by_code_and_name(client, admins, typed, offers):
    f.former(admins.chi_dam, name="Chí Đám")
    assert offered(client, typed) == offers


def test_nobody_else_is_asked_to(client, admins):
    client.force_login(admins.hoa, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(ASKED), {"q": "chi"}).status_code in (302, 403)


def test_what_is_offered_is_taken(client, admins):
    for address in (reverse(ADD), reverse("admin:communes_user_change", args=[admins.lan.pk])):
        page = client.get(address).content.decode()
        assert f'data-offered="{reverse(ASKED)}"' in page and "js/offered" in page
        assert ' list="commune-offered"' in page and '<datalist id="commune-offered"></datalist>' in page
    create(client, Role.COMMUNE_OFFICER, commune="07996 Xã Tây Cốc, Phú Thọ")
    assert User.objects.get(username="moi").commune == admins.tay_coc
    said = change(client, admins.lan, commune="07999 Xã Chí Đám, Phú Thọ", email="lan@example.org")
    admins.lan.refresh_from_db()
    assert (admins.lan.commune, admins.lan.email) == (admins.chi_dam, "lan@example.org")
    assert "của Xã Chí Đám (07999), Tỉnh Phú Thọ; không thấy xã khác" in said


def test_a_code_with_the_name_of_another_commune_is_refused(client, admins):
    page = create(client, Role.COMMUNE_OFFICER, commune="07996 Xã Chí Đám, Phú Thọ")
    assert "Mã 07996 là Xã Tây Cốc" in page and not User.objects.filter(username="moi").exists()


def test_of_many_that_fit_the_first_are_offered(client, admins):
    Commune.objects.bulk_create(
        Commune(province=admins.son_la, code=str(10_001 + n), name=f"Số {n}", kind="Xã", search=f"xa so {n}")
        for n in range(30)
    )
    assert len(offered(client, "100")) == len(offered(client, "so")) == 20
