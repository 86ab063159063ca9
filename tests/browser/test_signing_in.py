"""From the form to the board and out again, as a person does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.viewing import CONTRAST, Viewer
from tests.server.doors import PASSWORD, SECRET, admit, change

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


@pytest.fixture(scope="module")
def guarded(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with accounts; that of tono is closed by a test."""
    told = {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET}
    server = Server(tmp_path_factory.mktemp("akun"), told)
    admit(server, "wati")
    admit(server, "tono")
    admit(server, "budi", "operator", ("16.10.05",))
    server.start()
    yield server
    server.stop()


def before(server: Server, look: Look, query: str, **options: object) -> Viewer:
    """A viewer who is about to open a page that asks to sign in."""
    return look(server, query, at_the_door=True, **options)


def enter(page: Page, name: str = "wati", password: str = PASSWORD) -> None:
    """By keyboard alone: the first field is already chosen."""
    page.locator("#nama:focus").wait_for()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_one_signs_in_sees_the_page_asked_for_signs_out_and_nothing_is_left(
    guarded: Server, look: Look
) -> None:
    viewer = before(guarded, look, "kejadian?kec=16.10.05")
    page = viewer.page
    assert page.title() == "Masuk · Situasi"
    enter(page, password="salah sama sekali")
    page.get_by_role("alert").wait_for()
    page.locator("#sandi:focus").wait_for()  # the name is kept
    assert (axe.find_problems(page), axe.find_english(page)) == ([], [])
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    viewer.settled()
    assert page.url == f"{guarded.address}/kejadian?kec=16.10.05"
    assert page.locator(".si-head h1").inner_text() == "Kejadian"

    page.goto(f"{guarded.address}/keluar")
    page.locator("button:focus").wait_for()
    assert (axe.find_problems(page), axe.find_english(page)) == ([], [])
    page.keyboard.press("Enter")
    page.locator("#nama").wait_for()
    for _ in range(2):
        page.go_back()
        page.locator("#nama").wait_for()
        assert page.locator(".si-head").count() == 0


def test_the_menu_says_who_is_signed_in_and_leads_out_in_the_same_window(
    guarded: Server, look: Look
) -> None:
    viewer = before(guarded, look, "kejadian?lang=en")
    page = viewer.page
    enter(page)
    viewer.settled()
    foot = page.locator("[data-testid=stSidebar] .si-who")
    assert foot.inner_text().split("\n") == ["wati", "analyst", "Sign out"]
    page.evaluate("window.loadedOnce = true")
    foot.get_by_role("link").click()
    page.locator("button:focus").wait_for()
    assert page.url == f"{guarded.address}/keluar?lang=en"
    assert page.evaluate("window.loadedOnce") is None  # Streamlit's page is left
    assert len(page.context.pages) == 1
    page.keyboard.press("Enter")
    page.locator("#nama").wait_for()

    viewer = before(guarded, look, "kejadian")
    enter(viewer.page, "budi")
    viewer.settled()
    foot = viewer.page.locator("[data-testid=stSidebar] .si-who")
    assert foot.inner_text().split("\n") == ["budi", "operator · Pemulutan", "Keluar"]
    assert viewer.failures() == []


def test_a_board_without_accounts_names_nobody_and_leads_nowhere(
    rehearsal: Server, look: Look
) -> None:
    viewer = look(rehearsal, "kejadian")
    assert viewer.page.locator("[data-testid=stSidebar] a").count() > 5
    assert viewer.page.locator(".si-who, a[href*=keluar]").count() == 0


def test_an_open_page_leaves_the_board_when_its_account_is_closed(
    guarded: Server, look: Look
) -> None:
    viewer = before(guarded, look, "tps?kec=16.10.05")
    enter(viewer.page, "tono")
    viewer.settled()
    change(guarded, "tono", enabled=False)
    viewer.page.locator("#nama").wait_for()
    assert viewer.page.locator(".si-head").count() == 0
    assert viewer.page.url.endswith("ke=/tps%3Fkec%3D16.10.05")


def test_a_page_at_an_open_board_goes_on_after_its_link_was_cut(
    guarded: Server, look: Look
) -> None:
    viewer = before(guarded, look, "kejadian")
    enter(viewer.page)
    viewer.settled()
    lines = _lines(viewer)
    guarded.restart()
    viewer.until(lambda: _lines(viewer) > lines, "the page does not ask for a new line")
    viewer.settled()
    assert viewer.page.locator(".si-head h1").inner_text() == "Kejadian"
    assert viewer.page.locator("#nama").count() == 0


def _lines(viewer: Viewer) -> int:
    """Return how often the page has opened a WebSocket."""
    return sum(address.startswith("ws://") for address in viewer.watch.asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_a_phone_and_can_be_read(
    guarded: Server, look: Look, scheme: str, tmp_path: Path
) -> None:
    phone = {"viewport": {"width": 320, "height": 568}, "color_scheme": scheme}
    page = before(guarded, look, "?lang=en", **phone).page
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for field in ("#nama", "#sandi", "button"):
        box = page.locator(field).bounding_box()
        assert box is not None
        assert box["height"] >= 44
    for part in ("label", "button", "h1"):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part
    assert axe.find_problems(page) == []
