"""How the page sits on a wall, a desk and a phone, by day and by night."""

from __future__ import annotations

import re

import pytest

from situasi.figures.maps import label_placement
from situasi.figures.theme import DARK, LIGHT, Theme
from tests.browser import mapping
from tests.browser.conftest import Look
from tests.browser.mapping import numbers
from tests.browser.serving import Server
from tests.browser.viewing import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LARGE, WALL, DESK, PHONE = (3840, 2160), (1920, 1080), (1366, 768), (390, 844)

# Parts of a card that stick out of it, or hold more than they show.
_CUT_OFF = """() => [...document.querySelectorAll('.si-card')].flatMap(card => {
    const edge = card.getBoundingClientRect();
    const whole = [card, ...card.querySelectorAll('h2, strong, p')];
    return [
        ...whole.filter(part => part.scrollWidth > part.clientWidth),
        ...[...card.querySelectorAll('*')].filter(part => {
            const box = part.getBoundingClientRect();
            return box.right > edge.right + 0.5 || box.bottom > edge.bottom + 0.5;
        }),
    ].map(part => part.tagName + ' ' + part.innerText);
})"""

# Key figures whose marks do not stand in one line.
_BROKEN_MARKS = """() => [...document.querySelectorAll('.si-card strong')].filter(value =>
    new Set([...value.querySelectorAll('.si-count')].map(mark => mark.offsetTop)).size > 1
).map(value => value.innerText)"""

# Names of pages that hold more than the menu shows.
_CUT_TITLES = """() => [
    ...document.querySelectorAll('[data-testid=stSidebarNavLink]'),
].flatMap(link => [link, ...link.querySelectorAll('*')].filter(
    part => part.scrollWidth > part.clientWidth && getComputedStyle(part).display !== 'inline')
).map(part => part.innerText)"""

# Reports whose age stands below the line of their title.
_LOW_AGES = """() => [...document.querySelectorAll('.si-list .si-line')].filter(line => {
    const [title, age] = [line.querySelector('b'), line.querySelector('time')]
        .map(part => part.getBoundingClientRect());
    return age.top > title.bottom;
}).map(line => line.innerText)"""

_SCROLLS_SIDEWAYS = """() => [document.documentElement, document.body,
    document.querySelector('[data-testid=stMain]'),
    document.querySelector('[data-testid=stMainBlockContainer]'),
].filter(part => part.scrollWidth > part.clientWidth).map(part => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_page_fits_a_phone_a_desk_and_a_wall(
    rehearsal: Server, look: Look, theme: Theme
) -> None:
    dark = theme is DARK
    viewer = look(
        rehearsal,
        # A past moment shows every band; English runs longer in some cards.
        "?saat=2024-11-27T12:30&lang=en" if dark else "",
        viewport={"width": PHONE[0], "height": PHONE[1]},
        color_scheme=theme.name,
    )
    assert _ground(viewer) == numbers(theme.paper)
    _phone_shows_reports_before_the_map(viewer)
    named = viewer.page.locator(".st-key-nilai [data-testid=stMarkdownContainer]")
    assert named.evaluate("part => part.scrollWidth <= part.clientWidth")
    for width, height in (PHONE, DESK, WALL):
        viewer.page.set_viewport_size({"width": width, "height": height})
        viewer.until(
            lambda: viewer.page.evaluate(_SCROLLS_SIDEWAYS) == [], f"{width}: scrolls sideways"
        )
        assert viewer.page.evaluate(_CUT_OFF) == [], width
        assert viewer.page.evaluate(_BROKEN_MARKS) == [], width
        assert width == PHONE[0] or viewer.page.evaluate(_CUT_TITLES) == [], width
    viewer.until(lambda: _ends(viewer, "[data-testid=stSlider]") <= WALL[1], "a wall must scroll")
    if not dark:  # once: a large screen is drawn slowly
        viewer.page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})
        viewer.until(
            lambda: 0.75 * LARGE[1] < _ends(viewer, "[data-testid=stSlider]") <= LARGE[1],
            "the lower part of a large screen is empty",
        )
    viewer.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    viewer.until(
        lambda: _ends(viewer, ".si-card") <= DESK[1] / 3, "key figures take more than a third"
    )
    assert viewer.page.evaluate(_LOW_AGES) == []


def _phone_shows_reports_before_the_map(viewer: Viewer) -> None:
    report, shown = viewer.page.locator("ol.si-list li").first, mapping.canvas(viewer)
    boxes = report.bounding_box(), shown.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert _ends(viewer, ".si-card") < boxes[0]["y"] < PHONE[1]
    assert boxes[0]["y"] + boxes[0]["height"] < boxes[1]["y"]
    # All of the map and of the names beside it, with values as long as "1 empty" or "≈ 64.7 %".
    assert shown.evaluate("part => part.clientWidth") >= label_placement.PHONE_WIDTH_PX + 16


def _ends(viewer: Viewer, parts: str) -> float:
    """Where the lowest of these parts ends, from the upper edge of the screen."""
    boxes = [part.bounding_box() for part in viewer.page.locator(parts).all()]
    assert boxes
    return max(box["y"] + box["height"] for box in boxes if box)


def _ground(viewer: Viewer) -> tuple[int, ...]:
    colour = viewer.page.locator("[data-testid=stApp]").evaluate(
        "part => getComputedStyle(part).backgroundColor"
    )
    return tuple(int(part) for part in re.findall(r"\d+", colour)[:3])


def test_the_cells_of_tps_fit_a_phone(rehearsal: Server, look: Look) -> None:
    phone = {"width": PHONE[0], "height": PHONE[1]}
    viewer = look(rehearsal, "tps?saat=2024-11-27T12:30", viewport=phone)
    viewer.page.wait_for_selector(".ts-grid section")
    assert viewer.page.evaluate(_SCROLLS_SIDEWAYS) == []


# Names of a chart that stick out of something that shows no more than itself.
_CUT_NAMES = """() => [...document.querySelectorAll('.xtick text, .ytick text')].filter(name => {
    const box = name.getBoundingClientRect();
    let part = name;
    while ((part = part.parentElement).dataset.testid !== 'stMain') {
        if (getComputedStyle(part).overflow === 'visible') continue;
        const edge = part.getBoundingClientRect();
        if (edge.width && (box.left < edge.left - 1 || box.top < edge.top - 1)) return true;
    }
    return false;
}).map(name => name.textContent)"""


@pytest.mark.parametrize("size", [LARGE, PHONE], ids=["large", "phone"])
def test_the_names_of_a_heat_map_are_whole(
    rehearsal: Server, look: Look, size: tuple[int, int]
) -> None:
    viewer = look(
        rehearsal,
        "kejadian?saat=2024-11-27T18:00",  # so many hours that a phone sets their names upright
        viewport={"width": size[0], "height": size[1]},
    )
    viewer.page.wait_for_selector(".js-plotly-plot .ytick text", state="attached")
    viewer.until(lambda: viewer.page.locator(".heatmap-label").count() > 20, "no heat map")
    assert viewer.page.evaluate(_CUT_NAMES) == []


def test_the_title_of_a_phone_is_not_under_the_button_of_the_menu(
    empty: Server, look: Look
) -> None:
    viewer = look(empty, "peringatan", viewport={"width": PHONE[0], "height": PHONE[1]})
    assert not viewer.bands()
    title = viewer.page.locator(".si-head h1").bounding_box()
    button = viewer.page.locator("[data-testid=stExpandSidebarButton]").bounding_box()
    assert title and button
    assert button["x"] + button["width"] <= title["x"]
