"""From the form to the identity provider, from there to the board, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.viewing import CONTRAST, Viewer
from tests.server.doors import SECRET, admit
from tests.server.identity import IdentityProvider

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


@pytest.fixture(scope="module")
def sso() -> Iterator[IdentityProvider]:
    """A provider that to a browser is another site, as it is on the day."""
    provider = IdentityProvider(host="127.0.0.2")
    provider.asks = True
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def guarded(
    chromium: Browser, sso: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    told = {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET, **sso.environment()}
    server = Server(tmp_path_factory.mktemp("sso"), told)
    admit(server, "wati", "operator", ("16.10.05",), password=None)
    server.start()
    yield server
    server.stop()


def before(server: Server, sso: IdentityProvider, look: Look, query: str, **more: object) -> Viewer:
    known = urlsplit(sso.issuer).netloc
    return look(server, query, at_the_door=True, besides=(known,), **more)


def go_through(page: Page, name: str) -> None:
    page.get_by_role("link", name="Masuk lewat SSO Polri").click()
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_role("button", name="Lanjut").click()


def test_an_officer_goes_to_the_provider_and_is_where_they_wanted_to_be(
    guarded: Server, sso: IdentityProvider, look: Look
) -> None:
    viewer = before(guarded, sso, look, "kejadian?kec=16.10.05")
    page = viewer.page
    page.locator("#nama:focus").wait_for()
    go_through(page, "wati")
    viewer.settled()
    assert page.url == f"{guarded.address}/kejadian?kec=16.10.05"
    assert page.locator(".si-head h1").inner_text() == "Kejadian"
    assert viewer.failures() == []

    page.goto(f"{guarded.address}/keluar")
    assert "wati (operator)" in page.locator("main").inner_text().lower()
    page.locator("button:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("#nama").wait_for()
    for _ in range(2):
        page.go_back()
        page.wait_for_timeout(1000)
        assert page.locator(".si-head").count() == 0
    # Out is out: the provider asks anew who is there.
    page.goto(f"{guarded.address}/")
    page.get_by_role("link", name="Masuk lewat SSO Polri").click()
    page.get_by_label("Nama pengguna").wait_for()


def test_who_has_no_account_is_told_so_calmly_in_the_language_of_the_form(
    guarded: Server, sso: IdentityProvider, look: Look
) -> None:
    page = before(guarded, sso, look, "tps?lang=en").page
    page.get_by_role("link", name="Sign in with SSO Polri").click()
    page.get_by_label("Nama pengguna").fill("siapa")
    page.keyboard.press("Enter")
    said = page.get_by_role("alert").inner_text()
    assert said.startswith("SSO Polri knows you")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#nama").count() == 1
    assert page.title() == "Sign in · Situasi"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_to_the_provider_can_be_read_and_touched_on_a_phone(
    guarded: Server, sso: IdentityProvider, look: Look, scheme: str
) -> None:
    phone = {"viewport": {"width": 320, "height": 568}, "color_scheme": scheme}
    page = before(guarded, sso, look, "", **phone).page
    link = page.get_by_role("link", name="Masuk lewat SSO Polri")
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert link.evaluate(CONTRAST) >= 4.5
    expect(page.locator("[autofocus]")).to_be_focused()  # this page allows no script of a text
    for _ in range(3):
        page.keyboard.press("Tab")  # from the name by password and button to it
    assert link.evaluate("e => e === document.activeElement")
