"""A browser enters a figure through nginx and TLS, on the very files of deploy/: code, cell, total, and nothing left behind."""

import re
import shutil

import pytest
from django.utils.crypto import get_random_string
from playwright.sync_api import expect, sync_playwright

from tests.databases import shell
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.machine.installation import NAME
from tests.machine.test_deploy import needs

MONTH = "from django.utils import timezone; from reports.months import Month; print(Month.at(timezone.now(), 14))"
TELLING = "from reports.models import Figure; print(*Figure.objects.values_list('indicator__code', 'value'))"
ENDED = "from communes.models import OpenSession; print(OpenSession.objects.count())"


@pytest.fixture
def page(site):
    """A browser to which the name of the site is this machine; its certificate is nobody's."""
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{site.https}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, rules])
        context = browser.new_context(
            base_url=f"https://{NAME}", ignore_https_errors=True, locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: message.type == "error" and page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        browser.close()


@needs("nginx")
@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no browser here")
def test_a_month_is_begun_through_tls(site, page):
    month = shell(site.env, MONTH)
    page.goto("/")
    assert "/accounts/login/" in page.url
    page.locator("[name=username]").fill("lan")
    page.locator("[name=password]").fill(get_random_string(12))
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.locator("[name=username]").fill("lan")
    page.locator("[name=password]").fill("mot-hai-ba-bon")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("body[data-user]")).to_be_attached()

    page.goto(f"/reports/07999/{month}/")
    cell = page.locator(f'input[name="h{site.hamlet}.patrols"]')
    cell.fill("7")
    cell.press("Tab")
    expect(page.locator("#save-state")).to_have_class("saved")
    expect(page.locator('[data-total="patrols"]')).to_have_text("7")
    assert shell(site.env, TELLING) == "('patrols', 7)"

    site.stop()
    site.start()
    page.reload()
    expect(cell).to_have_value("7")
    cookies = {one["name"]: one for one in page.context.cookies()}
    assert (
        all(one["secure"] and one["path"] == "/" for one in cookies.values())
        and cookies["__Host-sessionid"]["httpOnly"]
    )
    assert sorted(cookies) == ["__Host-csrftoken", "__Host-sessionid"]

    page.locator(".account summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("[name=username]")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert shell(site.env, ENDED) == "0" and not page.faults
