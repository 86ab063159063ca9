"""The first picture of a shared link: bytes and seconds on a slow line, seconds on a LAN."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from situasi.domain.settings import ROOT
from tests import chromium
from tests.bench import made
from tests.bench.server import serving

KBIT_S, LATENCY_MS = 400, 300
TIMES = 3
LINK = "situasi?saat=2024-11-27T12:30"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36",
    "is_mobile": True,  # and so it says in its hints, too
}
DESK = {"viewport": {"width": 1366, "height": 768}}
# What is there when the page says something: a key figure with its value.
LIGHT_FIGURE, FULL_FIGURE = "#figures article strong", ".si-card strong"
# The last panels of the full page.
FULL_END = (
    "[data-testid=stDeckGlJsonChart] canvas",
    "[data-testid=stPlotlyChart] .main-svg",
)


@dataclass
class Opening:
    """One opening of the link with nothing kept, by what was there.

    KB over the line; seconds; and those of the browser's processor, which a busy machine prolongs
    less.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    processor_s: dict[str, float] = field(default_factory=dict)
    kilobytes: dict[str, float] = field(default_factory=dict)


def run() -> None:
    """Print the figures of the rehearsal day."""
    print(f"\nThe first picture of a shared link, cold; slow: {KBIT_S} kbit/s, {LATENCY_MS} ms")
    with tempfile.TemporaryDirectory(prefix="situasi-first-") as name:
        environment = {**made.environment(Path(name)), "SITUASI_REHEARSAL": "yes"}
        with serving(ROOT / "dashboard.py", environment) as port:
            _measure(f"http://127.0.0.1:{port}/{LINK}")


def _measure(link: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.path(), args=list(chromium.ARGUMENTS)
        )
        open_link(browser, link, DESK, (FULL_FIGURE, *FULL_END))  # the server has drawn it once
        for what, options, slow, parts in (
            ("phone, slow line: light view", PHONE, True, {"figures": LIGHT_FIGURE}),
            ("desk, LAN: full page", DESK, False, _FULL),
            ("desk, slow line: full page", DESK, True, _FULL),
        ):
            openings = [
                open_link(browser, link, options, tuple(parts.values()), slow=slow)
                for _ in range(1 if slow and options is DESK else TIMES)
            ]
            for part, selector in parts.items():
                _tell(f"{what}, {part}", selector, openings)
        browser.close()


_FULL = {"figures": FULL_FIGURE, "map": FULL_END[0], "whole": FULL_END[1]}


def open_link(
    browser: Browser, link: str, options: dict[str, Any], parts: tuple[str, ...], slow: bool = False
) -> Opening:
    """Open the link with nothing kept, until all parts are there."""
    opening = Opening()
    with _page(browser, options) as page:
        devtools, received = page.context.new_cdp_session(page), [0.0]

        def count(event: dict[str, Any]) -> None:
            received[0] += event["encodedDataLength"] / 1024

        def count_frame(event: dict[str, Any]) -> None:  # base64, and packed on its way
            received[0] += len(event["response"]["payloadData"]) * 3 / 4 / 1024

        devtools.on("Network.loadingFinished", count)
        devtools.on("Network.webSocketFrameReceived", count_frame)
        devtools.send("Network.enable")
        devtools.send("Performance.enable")
        if slow:
            rate = KBIT_S * 1000 / 8
            conditions = {"downloadThroughput": rate, "uploadThroughput": rate}
            devtools.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": LATENCY_MS, **conditions},
            )
        began = time.perf_counter()
        page.goto(link, wait_until="commit")
        for part in parts:
            page.locator(part).first.wait_for(timeout=180_000)
            opening.seconds[part] = time.perf_counter() - began
            opening.kilobytes[part] = received[0]
            metrics = devtools.send("Performance.getMetrics")["metrics"]
            [used] = [one["value"] for one in metrics if one["name"] == "ProcessTime"]
            opening.processor_s[part] = used
    return opening


@contextmanager
def _page(browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**options)
    yield context.new_page()
    context.close()


def _tell(what: str, part: str, openings: list[Opening]) -> None:
    seconds = [one.seconds[part] for one in openings]
    kilobytes = max(one.kilobytes[part] for one in openings)
    processor_s = min(one.processor_s[part] for one in openings)
    print(
        f"  {what:<40}{min(seconds):>6.1f} s (median {statistics.median(seconds):.1f}), "
        f"{kilobytes:,.0f} KB, {processor_s:.1f} s of the browser's processor"
    )
