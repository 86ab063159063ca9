"""One viewer before the board: what the page says, and what the browser asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    WebSocket,
    Worker,
)

from tests.browser.serving import PATIENCE

# The button that opens all reports of the list on Situasi.
ALL_REPORTS = re.compile(r"Semua \d+ laporan")
# The line that ends every page.
CHECKED = re.compile("Diperiksa|Checked|Gambar terakhir|Last picture")

# What the policy of the board forbids is never asked for; the browser only says so.
_FORBIDDEN = re.compile(r"'(\w+://[^']+)' violates the following Content Security Policy")


@dataclass
class Watch:
    """All that the pages of one browser context asked for and complained about."""

    home: str
    besides: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Note every request, and listen to the console.

        Nothing is held up on its way: with a route the browser would keep no file of the server.
        What is for another host comes to nothing by the arguments of the browser.
        """
        context.on("request", self._ask)
        context.on("serviceworker", self._ask)
        context.on("page", self._listen)
        for page in context.pages:
            self._listen(page)

    def leave(self, context: BrowserContext) -> None:
        """Listen no longer; what was noted stays."""
        context.remove_listener("request", self._ask)
        context.remove_listener("serviceworker", self._ask)
        context.remove_listener("page", self._listen)
        for page in context.pages:
            page.remove_listener("websocket", self._connect)
            page.remove_listener("pageerror", self._fail)
            page.remove_listener("console", self._hear)

    def elsewhere(self) -> list[str]:
        """What was to be asked of another host, whether or not it was answered or allowed."""
        return [address for address in self.asked if self._is_elsewhere(address)]

    def _ask(self, asking: Request | Worker) -> None:
        self.asked.append(asking.url)

    def _listen(self, page: Page) -> None:
        page.on("websocket", self._connect)
        page.on("pageerror", self._fail)
        page.on("console", self._hear)

    def _connect(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _hear(self, said: ConsoleMessage) -> None:
        """Errors alone."""
        self.asked += _FORBIDDEN.findall(said.text)
        if said.type == "error":
            self.complaints.append(said.text)

    def _is_elsewhere(self, address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme not in {"data", "blob", "about"} and parts.netloc not in {
            self.home,
            *self.besides,
        }


@dataclass
class Viewer:
    """A page that shows the board."""

    page: Page
    watch: Watch
    address: str

    def open(self, query: str = "") -> None:
        """Open a link, "PAGE?filters", and wait until the page is drawn to its end."""
        self.page.goto(f"{self.address}/{query}")
        if query.partition("?")[0] in {"", "situasi"}:
            self.drawn()
        self.settled()

    def turn(self, title: str) -> None:
        """Go to another page by the menu, and wait until it is drawn to its end."""
        heading = self.page.locator(".si-head h1")
        left = re.compile(rf"^\s*{re.escape(str(heading.inner_text()))}\s*$")
        link = self.page.locator("[data-testid=stSidebarNavLink]")
        link.filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s*$")).click()
        heading.filter(has_not_text=left).wait_for()
        self.settled()

    def drawn(self) -> None:
        """Wait for the last panel of the page, and for the end of the script's run."""
        self.page.wait_for_selector("[data-testid=stSlider]")
        self.page.wait_for_selector("[data-testid=stDeckGlJsonChart] canvas")
        self.page.wait_for_selector("[data-testid=stPlotlyChart] .xtick text", state="attached")
        self.settled()

    def settled(self) -> None:
        """Wait for the heading of the page, its last line, and the end of the script's run."""
        self.page.wait_for_selector(".si-head h1")
        self.page.get_by_text(CHECKED).first.wait_for()
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")

    def failures(self) -> list[str]:
        """What the page says of errors in our code, and what the browser complains of."""
        shown = self.page.locator("[data-testid=stException]").all_inner_texts()
        return [*map(str, shown), *self.watch.complaints]

    def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Ask the page again and again, letting its own events run in between."""
        for _ in range(int(PATIENCE * 5)):
            if holds():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(otherwise)

    def tries(self, act: Callable[[], None], holds: Callable[[], bool], otherwise: str) -> None:
        """Act, and again where nothing comes of it, as people do.

        What a canvas shows is struck by its place alone, which may have moved since it was measured
        as long as the page around it is still being drawn.
        """
        for _ in range(6):
            act()
            for _ in range(int(PATIENCE)):
                if holds():
                    return
                self.page.wait_for_timeout(200)
        raise AssertionError(otherwise)

    def says(self, words: str) -> None:
        """Wait until these words are on the page."""
        self.page.get_by_text(words).first.wait_for()

    def words(self) -> str:
        """Everything that can be read on the page."""
        return str(self.page.locator("[data-testid=stMainBlockContainer]").inner_text())

    def cards(self) -> list[tuple[str, ...]]:
        """The key figures: title, value, note."""
        return self._read(".si-card", ["h2", "strong", "p"], "innerText")

    def card(self, title: str) -> tuple[str, str]:
        """Value and note of one key figure."""
        return next((value, note) for name, value, note in self.cards() if name == title)

    def reports(self) -> list[tuple[str, ...]]:
        """The list: kind, place, text."""
        parts = [".si-line b", ".si-line span", ".si-text p"]
        return self._read("ol.si-list li", parts, "textContent")

    def _read(self, entries: str, parts: list[str], what: str) -> list[tuple[str, ...]]:
        """Texts of the parts of each entry, all at one moment: the page may be changing."""
        found = self.page.locator(entries).evaluate_all(
            "(all, [parts, what]) => all.map(e => parts.map(p => e.querySelector(p)[what]))",
            [parts, what],
        )
        tidy = _flat if what == "innerText" else str
        return [tuple(map(tidy, texts)) for texts in found]

    def bands(self) -> list[str]:
        return [str(text) for text in self.page.locator(".si-band").all_text_contents()]

    def clock(self) -> str:
        return str(self.page.locator(".si-clock").inner_text())

    def chosen(self, name: str) -> list[str]:
        """What the address says of one filter."""
        return parse_qs(urlsplit(self.page.url).query).get(name, [])


def _flat(text: str) -> str:
    return " ".join(text.split())


# Of the text against the nearest background that is not transparent (WCAG 2).
CONTRAST = """
element => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const part = numbers(colour).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  let behind = element;
  while (numbers(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [a, b] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
    .map(light).sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}
"""
