"""The page of parts: with DEBUG alone."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_page_of_parts_is_served_with_debug_alone(cast, client, settings):
    client.force_login(cast.lan)
    assert client.get("/components/").status_code == 404
    settings.DEBUG = True
    text = client.get("/components/").content.decode()
    for part in ("tile", "past", "moved beyond", "states", "land-map", "map-scale", "figures", "tabs", "notice error",
                 "has-error", "badge returned", "choices-line", "button danger", "grid", "problems"):  # fmt: skip
        assert f'class="{part}' in text or f' {part}"' in text, part
