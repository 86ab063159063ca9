"""A real browser before a real server. Both are started once and shared."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests import chromium as chromium_files
from tests.browser.serving import PATIENCE, Server
from tests.browser.viewing import Viewer, Watch

Look = Callable[..., Viewer]
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


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A browser for a module's tests.

    Not for the session: while Playwright is open its event loop counts as running in this thread,
    and no later test of this process could run one of its own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=list(chromium_files.ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def rehearsal(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the rehearsal day, as a newcomer starts it. Tests only look at it."""
    server = Server(tmp_path_factory.mktemp("rehearsal"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def quiet(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, without the rehearsal day; the test starts it."""
    server = Server(tmp_path, {"SITUASI_REHEARSAL": "no"})
    yield server
    server.stop()


@pytest.fixture
def look(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Look]:
    """Step before a server's board with a browser that can reach nothing else."""
    watches = []
    shown_by = []

    def viewer(
        server: Server,
        query: str = "",
        *,
        at_the_door: bool = False,
        besides: tuple[str, ...] = (),
        **options: Any,
    ) -> Viewer:
        context = chromium.new_context(
            **{"viewport": {"width": 1400, "height": 1100}, "color_scheme": "light", **options}
        )
        context.set_default_timeout(PATIENCE * 1000)
        watch = Watch(urlsplit(server.address).netloc, besides)
        watch.over(context)
        watches.append((context, watch))
        shown = Viewer(context.new_page(), watch, server.address)
        shown_by.append((shown, server))
        if at_the_door:  # the gate will ask to sign in first
            shown.page.goto(f"{server.address}/{query}")
        else:
            shown.open(query)
        return shown

    yield viewer
    if request.node.stash.get(_FAILED, False):
        for shown, server in shown_by:
            _tell(shown, server)
    for context, _ in watches:
        context.close()
    # Whatever a test was about: nothing may have been asked of another host meanwhile.
    assert [address for _, watch in watches for address in watch.elsewhere()] == []


def _tell(viewer: Viewer, server: Server) -> None:
    """What was before a viewer whose test failed: a screen elsewhere cannot be looked at."""
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
    print((server.folder / "server.log").read_text("utf-8", "replace")[-3000:])
