"""A table behind a figure in a browser: wide enough to read, sorted as numbers, marked files."""

from __future__ import annotations

from itertools import cycle

import pytest

from tests.browser import axe
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.viewing import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

DESK = {"width": 1366, "height": 768}

# What the grid tells a screen reader: its cells, row by row, the headings first.
_CELLS = """rows => rows.map(row => [...row.children].map(cell => cell.textContent))"""


def test_a_table_behind_a_figure_is_wide_sorts_numbers_and_offers_our_files_alone(
    rehearsal: Server, look: Look
) -> None:
    viewer = look(rehearsal, "situasi?saat=2024-11-27T12:30", viewport=DESK)
    viewer.page.locator(".st-key-baris_partisipasi button").first.click()
    viewer.page.locator("[data-testid=stPopoverBody] canvas").first.wait_for()
    viewer.settled()
    assert axe.find_problems(viewer.page) == []
    _is_wide_and_its_files_are_seen(viewer)
    _offers_no_file_without_the_marks_of_ours(viewer)
    _sorts_numbers_as_numbers_at_a_click_on_the_heading(viewer)


def _is_wide_and_its_files_are_seen(viewer: Viewer) -> None:
    body = viewer.page.locator("[data-testid=stPopoverBody]")
    viewer.until(
        lambda: (body.bounding_box() or DESK)["width"] > 0.6 * DESK["width"], "a narrow table"
    )
    grid = body.locator("[data-testid=stDataFrame]").bounding_box()
    assert grid is not None
    for kind in ("CSV", "XLSX"):
        button = body.get_by_role("button", name=kind, exact=True)
        box = button.bounding_box()
        assert box is not None
        assert box["y"] >= grid["y"] + grid["height"]
        assert button.evaluate("part => getComputedStyle(part).color") != "rgba(0, 0, 0, 0)"


def _offers_no_file_without_the_marks_of_ours(viewer: Viewer) -> None:
    body = viewer.page.locator("[data-testid=stPopoverBody]")
    body.locator("[data-testid=stDataFrame]").hover()
    body.locator("button[aria-label^='Cari']").wait_for()
    assert body.locator("button[aria-label^='Download']").count() == 1
    assert not body.locator("button[aria-label^='Download']").is_visible()


def _sorts_numbers_as_numbers_at_a_click_on_the_heading(viewer: Viewer) -> None:
    grid = viewer.page.locator("[data-testid=stPopoverBody] [data-testid=stDataFrame]")
    rows = grid.locator("canvas table tr")
    rows.first.wait_for(state="attached")
    at = rows.evaluate_all(_CELLS)[0].index("hadir")
    box = grid.bounding_box()
    assert box is not None
    # The headings are drawn, not written: the one is found by clicking along them.
    places = cycle(range(2, 20))
    seen: list[list[str]] = [[]]

    def is_sorted() -> bool:
        seen[:] = rows.evaluate_all(_CELLS)
        if seen[0][at] == "hadir":
            grid.click(position={"x": box["width"] * next(places) / 20, "y": 16})
        return seen[0][at] in {"↑ hadir", "↓ hadir"}

    viewer.until(is_sorted, "the counts were never sorted")
    heading, *shown = seen
    counts = [int(row[at]) for row in shown]
    assert counts == sorted(counts, reverse=heading[at].startswith("↓"))
    assert min(counts) < 10_000 < max(counts)


def test_no_column_of_the_alerts_is_cut_at_a_desk(rehearsal: Server, look: Look) -> None:
    for words in ("", "&lang=en"):
        viewer = look(rehearsal, f"peringatan?saat=2024-11-27T12:30{words}", viewport=DESK)
        tables = viewer.page.locator("[data-testid=stDataFrame] .dvn-scroller")
        viewer.until(lambda tables=tables: tables.count() == 3, "no table beside the detail")
        widths = tables.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
        assert max(widths) <= 0


def test_a_long_table_takes_the_room_of_a_large_screen_and_covers_nothing(
    rehearsal: Server, look: Look
) -> None:
    heights = {}
    for name, size in (("desk", DESK), ("large", {"width": 3840, "height": 2160})):
        viewer = look(rehearsal, "peringatan?saat=2024-11-27T12:30", viewport=size)
        table = viewer.page.locator("[data-testid=stDataFrame]").last
        viewer.page.locator("[data-testid=stDataFrame] canvas").nth(2).wait_for()
        downloads = viewer.page.locator("[data-testid=stDownloadButton]").last
        box, below = table.bounding_box(), downloads.bounding_box()
        assert box and below
        assert box["y"] + box["height"] <= below["y"]
        heights[name] = box["height"]
    # Letters are half as large again, and the screen is higher, too.
    assert heights["large"] > 2 * heights["desk"]
