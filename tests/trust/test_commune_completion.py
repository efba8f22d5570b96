"""In the form of an account what is typed of a commune is completed, without a script."""

import gzip
import re

import pytest
from django.db import transaction
from django.urls import reverse

from communes.models import Commune, User
from communes.scope import Role
from tests import factories as f
from tests.trust.test_confirming import ADD, admins, change, create

__all__ = ["admins"]
pytestmark = pytest.mark.django_db

OFFERED = re.compile('<option value="([^"]*)">')


def offered(client, address):
    page = client.get(address).content.decode()
    assert '<input type="text" name="commune"' in page and ' list="commune-offered"' in page
    return OFFERED.findall(page.partition('<datalist id="commune-offered">')[2].partition("</datalist>")[0])


def test_what_is_typed_of_a_commune_is_completed_and_each_offer_is_taken(client, admins):
    f.former(admins.chi_dam, name="Vụ Quang")
    for address in (reverse(ADD), reverse("admin:communes_user_change", args=[admins.lan.pk])):
        assert offered(client, address) == [
            "03733 Xã Chiềng Pha, Sơn La", "07996 Xã Tây Cốc, Phú Thọ", "07999 Xã Chí Đám, Phú Thọ"
        ]  # fmt: skip
    create(client, Role.COMMUNE_OFFICER, commune="07996 Xã Tây Cốc, Phú Thọ")
    assert User.objects.get(username="moi").commune == admins.tay_coc
    said = change(client, admins.lan, commune="07999 Xã Chí Đám, Phú Thọ", email="lan@example.org")
    admins.lan.refresh_from_db()
    assert (admins.lan.commune, admins.lan.email) == (admins.chi_dam, "lan@example.org")
    assert "của Xã Chí Đám (07999), Tỉnh Phú Thọ; không thấy xã khác" in said


def test_a_code_with_the_name_of_another_commune_is_refused(client, admins):
    page = create(client, Role.COMMUNE_OFFICER, commune="07996 Xã Chí Đám, Phú Thọ")
    assert "Mã 07996 là Xã Tây Cốc" in page and not User.objects.filter(username="moi").exists()


def test_the_whole_country_on_offer_weighs_no_more_than_a_page_may(client, admins):
    names = [f.commune(province=admins.son_la, code="10000", name="Nhơn Hải Thượng")]
    with transaction.atomic():
        Commune.objects.bulk_create(
            Commune(province=admins.son_la, code=str(10_001 + n), name=f"Xã Số {n}", kind=names[0].kind)
            for n in range(3_320)
        )
    answer = client.get(reverse(ADD))
    assert answer.content.count(b'<option value="1') > 3_320
    assert len(gzip.compress(answer.content, 6)) < 120 * 1024
