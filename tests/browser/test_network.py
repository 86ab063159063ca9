"""No internet on the police intranet: the board asks nothing of any other host."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Look
from tests.browser.mapping import drawn_map
from tests.browser.serving import Server
from tests.browser.viewing import ALL_REPORTS, Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

ELSEWHERE = "http://board.invalid"


def test_no_other_host_is_asked_for_anything_or_reached_and_the_watch_would_notice_every_kind(
    rehearsal: Server, look: Look
) -> None:
    viewer = look(rehearsal)
    drawn_map(viewer)
    assert viewer.watch.complaints == []
    _shows_nothing_of_the_frameworks_own_clutter(viewer)
    viewer.page.evaluate(f"fetch('{ELSEWHERE}/a').catch(() => 0)")
    viewer.page.evaluate(f"new WebSocket('{ELSEWHERE.replace('http', 'ws')}/b'); 0")
    viewer.until(lambda: len(viewer.watch.elsewhere()) == 2, "nobody forbade it")
    assert all("Content Security Policy" in said for said in viewer.watch.complaints)
    viewer.watch.asked.clear()  # tried here, and meant to be
    viewer.watch.complaints.clear()
    viewer.page.evaluate("console.error('one'); setTimeout(() => { throw new Error('two') })")
    viewer.until(lambda: len(viewer.watch.complaints) == 2, "nobody heard the complaints")
    viewer.watch.complaints.clear()
    _tries_nothing_without_the_policy_either(viewer)


def _tries_nothing_without_the_policy_either(viewer: Viewer) -> None:
    """What the board forbids its pages is not even tried: here it is asked what they would do."""
    viewer.watch.asked.clear()
    tools = viewer.page.context.new_cdp_session(viewer.page)
    tools.send("Page.setBypassCSP", {"enabled": True})
    viewer.open()
    drawn_map(viewer)
    viewer.page.get_by_role("button", name=ALL_REPORTS).click()
    viewer.page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    assert any("/peta/kecamatan-" in address for address in viewer.watch.asked)
    assert any(address.startswith("ws://") for address in viewer.watch.asked)
    assert viewer.watch.elsewhere() == []
    for call in (
        f"fetch('{ELSEWHERE}/a').catch(() => 0)",
        f"new Image().src = '{ELSEWHERE}/b.png'",
        f"new WebSocket('{ELSEWHERE.replace('http', 'ws')}/'); 0",
        f"new Worker(URL.createObjectURL(new Blob([\"fetch('{ELSEWHERE}/c')\"]))); 0",
    ):
        viewer.page.evaluate(call)
        viewer.until(lambda: bool(viewer.watch.elsewhere()), f"nobody saw {call}")
        viewer.watch.asked.clear()
    assert not any("Content Security Policy" in said for said in viewer.watch.complaints)
    tools.detach()


def _shows_nothing_of_the_frameworks_own_clutter(viewer: Viewer) -> None:
    assert (
        _shown(viewer, "stAppDeployButton", "stMainMenu", "stToolbarActions", "stDecoration") == []
    )
    assert viewer.page.get_by_text("Deploy", exact=True).count() == 0
    assert viewer.page.get_by_text("Made with").count() == 0
    assert viewer.page.locator("footer").count() == 0


def _shown(viewer: Viewer, *names: str) -> list[str]:
    return [n for n in names if viewer.page.locator(f"[data-testid={n}]:visible").count()]
