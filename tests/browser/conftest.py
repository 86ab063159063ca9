"""A real browser before a real server. Both are started once and shared."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from tests import chromium as chromium_files
from tests.browser.serving import PATIENCE, Server, mark_as_opened
from tests.browser.viewing import Viewer, Watch

Look = Callable[..., Viewer]
DESK: ViewportSize = {"width": 1400, "height": 1100}
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know how their test ended."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the system's Chromium is."""
    named = chromium_files.path()
    if named is None:
        pytest.skip("no Chromium here: apt-get install chromium (or set CHROMIUM to its path)")
    return named


@pytest.fixture(scope="package")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A browser for the tests of this folder.

    Not for the session: while Playwright is open its event loop counts as running in this thread,
    and no later test of this process could run one of its own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=list(chromium_files.ARGUMENTS)
        )
        yield browser
        browser.close()


class Desks:
    """Where viewers sit: a page of the browser is used again once nothing is left in it.

    What stays is the browser's own: the process of the page, with the scripts of a server
    fetched and compiled. In another one a load takes twice as long.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}

    def take(self, options: dict[str, Any]) -> Page:
        """Return a page in a context with these options, new or emptied of cookies and storage."""
        free = self._free.get(_name(options))
        if free:
            return free.pop()
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context.new_page()

    def give_back(self, options: dict[str, Any], page: Page, origin: str) -> None:
        """Empty the context of what a server has left there, and close other pages."""
        context = page.context
        for other in context.pages:
            if other is not page:
                other.close()
        page.mouse.move(-1, -1)
        with suppress(Error):  # the server may have been stopped
            page.evaluate("sessionStorage.clear()")
            page.goto(f"{origin}/healthz")  # from about:blank one gets into another process
        kinds = "local_storage,indexeddb,service_workers"
        tools = context.new_cdp_session(page)
        tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
        tools.detach()
        context.clear_cookies()
        context.clear_permissions()
        context.set_offline(False)
        self._free.setdefault(_name(options), []).append(page)


def _name(options: dict[str, Any]) -> str:
    return repr(sorted(options.items()))


@pytest.fixture(scope="package")
def desks(chromium: Browser) -> Desks:
    """The contexts of all tests of this folder."""
    return Desks(chromium)


@pytest.fixture(scope="session")
def rehearsal(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the rehearsal day, as a newcomer starts it. Tests only look at it."""
    server = Server(tmp_path_factory.mktemp("rehearsal"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def empty(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose store holds no report. Tests only look at it."""
    server = Server(tmp_path_factory.mktemp("empty"), {"SITUASI_REHEARSAL": "no"})
    mark_as_opened(server)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def quiet(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, without the rehearsal day; the test starts it."""
    server = Server(tmp_path, {"SITUASI_REHEARSAL": "no"})
    yield server
    server.stop()


@pytest.fixture
def look(desks: Desks, request: pytest.FixtureRequest) -> Iterator[Look]:
    """Step before a server's board with a browser that can reach nothing else."""
    watches = []
    shown_by = []

    def viewer(
        server: Server,
        query: str = "",
        *,
        at_the_door: bool = False,
        besides: tuple[str, ...] = (),
        viewport: ViewportSize = DESK,
        color_scheme: Literal["light", "dark"] = "light",
        **options: Any,
    ) -> Viewer:
        page = desks.take(options)
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        watch = Watch(urlsplit(server.address).netloc, besides)
        watch.over(page.context)
        watches.append((options, page, watch, server.address))
        shown = Viewer(page, watch, server.address)
        shown_by.append((shown, server))
        if at_the_door:  # the gate will ask to sign in first
            shown.page.goto(f"{server.address}/{query}")
        else:
            shown.open(query)
        return shown

    yield viewer
    failed = request.node.stash.get(_FAILED, False)
    if failed:
        for shown, server in shown_by:
            _tell(shown, server)
    for options, page, watch, origin in watches:
        if failed:  # nobody knows what is left in it
            page.context.close()
        else:
            desks.give_back(options, page, origin)
            watch.leave(page.context)
    # Whatever a test was about: nothing may have been asked of another host meanwhile.
    assert [address for _, _, watch, _ in watches for address in watch.elsewhere()] == []


def _tell(viewer: Viewer, server: Server) -> None:
    """Print what the page of a failed test showed."""
    print(f"--- {viewer.page.url}")
    try:
        app = viewer.page.locator("[data-testid=stApp]")
        print("script:", app.get_attribute("data-test-script-state", timeout=5000))
        print("focus:", viewer.page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
        print(app.inner_text(timeout=5000))
    except Error as error:
        print("the page does not answer:", error.message)
    print("complaints:", viewer.failures())
    print("--- the server's last words")
    print(server.last_words())
