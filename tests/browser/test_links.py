"""A link is a view: opened anywhere, at any time, it shows what its sender saw."""

from __future__ import annotations

from datetime import datetime

import pytest

from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.overview import Overview
from situasi.common import i18n
from situasi.common.formats import format_number, format_signed
from situasi.domain.labels import label
from tests.browser.conftest import Look
from tests.browser.serving import Server, computed, snapshot
from tests.browser.viewing import Viewer
from tests.builders import DAY, WIB, wib

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _of_the_day(
    server: Server, at: datetime, *, live: bool = False, **wanted: list[str]
) -> Overview:
    return computed(server, Selection(**wanted, since=DAY, until=wib("24.00")), at, live=live)


def _shows(viewer: Viewer, expected: Overview, language: str) -> None:
    """The key figures and the list are those of the analysis."""
    i18n.set_language(language)
    try:
        levels = cases.count_by_tingkat(expected.open_cases)
        opened, split = viewer.card(i18n._("Kejadian terbuka"))
        assert opened == format_number(len(expected.open_cases))
        for level in ("tinggi", "sedang", "rendah"):
            assert f"{levels.get(level, 0)} {label('tingkat', level)}" in split
        change = format_signed(len(expected.open_cases) - expected.open_count_hour_ago)
        assert viewer.page.locator(".si-card > small").first.inner_text().startswith(change)
        fresh = i18n._("{n} baru dalam 1 jam").format(n=format_number(expected.new_count))
        assert viewer.card(i18n._("Laporan terakhir"))[1].endswith(fresh)
        states = expected.crowd_states["situasi"]
        counted = [int((states == s).sum()) for s in ("merah", "kuning", "hijau")]
        title = i18n._("Situasi {n} kecamatan").format(n=format_number(len(states)))
        assert viewer.card(title)[0].split() == [
            str(n) for n in [*counted, int(states.isna().sum())]
        ]
        newest = cases.list_newest(expected.selected_cases, 40)
        shown = viewer.reports()
        assert [text for _, _, text in shown] == [text or "" for text in newest["uraian"]]
        assert [kind for kind, _, _ in shown] == [label("jenis", kind) for kind in newest["jenis"]]
    finally:
        i18n.set_language("id")


def test_a_deep_link_opened_first_after_a_restart_shows_its_view(
    rehearsal: Server, look: Look
) -> None:
    rehearsal.restart()
    query = "?kec=16.10.08&kec=16.10.15&tingkat=sedang&saat=2024-11-27T12:30&ukur=terbuka&lang=en"
    viewer = look(rehearsal, query)
    expected = _of_the_day(
        rehearsal, wib("12.30"), kecamatan=["16.10.08", "16.10.15"], tingkat=["sedang"]
    )
    assert len(expected.open_cases) >= 1
    assert len(expected.selected_cases) > len(expected.open_cases)
    _shows(viewer, expected, "en")
    chips = viewer.page.locator("[data-testid=stMultiSelect]").first.inner_text()
    assert "Indralaya Selatan" in chips and "Lubuk Keliat" in chips
    assert "12:30 WIB" in viewer.clock()
    assert viewer.chosen("ukur") == ["terbuka"]
    assert viewer.page.get_by_label("Map colours").input_value() == "Open incidents"


def test_a_link_copied_from_the_address_bar_shows_another_viewer_the_same_wherever_they_stand(
    rehearsal: Server, look: Look
) -> None:
    sender = look(rehearsal, "?saat=2024-11-27T12:30")
    sender.page.get_by_role("button", name="sedang", exact=True).click()
    sender.until(lambda: sender.chosen("tingkat") == ["sedang"], "the choice is not in the address")
    sender.page.get_by_label("Warna peta").click()
    sender.page.get_by_role("option", name="Jumlah TPS").click()
    sender.until(lambda: sender.chosen("ukur") == ["tps"], "the measure is not in the address")
    expected = _of_the_day(rehearsal, wib("12.30"), tingkat=["sedang"])
    sender.until(
        lambda: len(sender.reports()) == len(expected.selected_cases), "the list was not filtered"
    )
    copied = sender.page.url.removeprefix(rehearsal.address + "/")
    receiver = look(rehearsal, copied, timezone_id="America/New_York", locale="en-US")
    _shows(receiver, expected, "id")
    assert receiver.cards() == sender.cards()
    assert receiver.reports() == sender.reports()
    assert receiver.chosen("ukur") == ["tps"]
    _tells_times_of_the_kabupaten(receiver, sender)
    _a_typed_place_is_that_one(receiver)


def _tells_times_of_the_kabupaten(there: Viewer, here: Viewer) -> None:
    assert "12.30 WIB" in there.clock()
    assert there.page.locator("[data-testid=stSliderThumbValue]").inner_text() == "12.30"
    ticks = there.page.locator(".xtick text").all_text_contents()
    assert "08.00" in ticks
    assert ticks == here.page.locator(".xtick text").all_text_contents()
    assert _without_the_check(there) == _without_the_check(here)


def _without_the_check(viewer: Viewer) -> list[str]:
    lines = viewer.words().splitlines()
    assert sum("Diperiksa" in line for line in lines) == 1
    return [line for line in lines if "Diperiksa" not in line]


def _a_typed_place_is_that_one(viewer: Viewer) -> None:
    """Of three places with these letters, Enter takes the first; no English word stands above."""
    box = viewer.page.get_by_test_id("stMultiSelect").first.locator("input")
    box.click()
    box.press_sequentially("pemu")
    options = viewer.page.get_by_role("option")
    options.nth(2).wait_for()
    names = options.all_inner_texts()
    assert (names[0], set(names[1:])) == ("Pemulutan", {"Pemulutan Barat", "Pemulutan Selatan"})
    box.press("Enter")
    viewer.until(lambda: viewer.chosen("kec") == ["16.10.05"], "another place was taken")
    viewer.until(lambda: options.count() == 0, "the list lies over the answer")
    assert box.evaluate("field => field === document.activeElement")
    assert viewer.page.locator("html").get_attribute("lang") == "id"
    assert viewer.page.locator("#splash").count() == 0


def test_the_slider_shows_the_board_as_it_was_known_and_leads_back_to_the_rehearsals_present(
    rehearsal: Server, look: Look
) -> None:
    viewer = look(rehearsal)
    at = snapshot(rehearsal).exercise_at
    assert at is not None
    _shows(viewer, _of_the_day(rehearsal, at.astimezone(WIB), live=True), "id")
    assert viewer.page.locator("ol.si-list .si-made").count() > 0
    present, cards = viewer.reports(), viewer.cards()
    assert not any("bukan keadaan sekarang" in band for band in viewer.bands())
    _slide_to(viewer, "09.00")
    viewer.says("Keadaan sebagaimana diketahui 09.00 WIB, bukan keadaan sekarang")
    expected = _of_the_day(rehearsal, wib("09.00"))
    viewer.until(
        lambda: len(viewer.reports()) == len(expected.selected_cases), "the list is not of 09.00"
    )
    viewer.drawn()
    _shows(viewer, expected, "id")
    assert viewer.chosen("saat") == ["2024-11-27T09:00"]

    viewer.page.get_by_role("button", name="Kembali ke langsung").click()
    viewer.until(lambda: viewer.reports() == present, "the present did not come back")
    viewer.until(lambda: viewer.chosen("saat") == [], "the past is still in the address")
    assert not any("bukan keadaan sekarang" in band for band in viewer.bands())
    _goes_on_while_a_choice_is_being_drawn(rehearsal, viewer)
    _passes_over_what_nobody_knows(viewer)
    assert (viewer.cards(), viewer.reports()) == (cards, present)


def _passes_over_what_nobody_knows(viewer: Viewer) -> None:
    viewer.open("?kec=99.99.99&tingkat=gawat&saat=kemarin&ukur=warna&lang=xx&rentang=-1")


def _goes_on_while_a_choice_is_being_drawn(rehearsal: Server, viewer: Viewer) -> None:
    for busy_after_ms in (0, 150):
        _goes_on_and_is_not_led_back(rehearsal, viewer, busy_after_ms)
        viewer.page.get_by_role("button", name="Kembali ke langsung").click()
        viewer.until(lambda: viewer.chosen("saat") == [], "the past is still in the address")
        viewer.drawn()


def _goes_on_and_is_not_led_back(rehearsal: Server, viewer: Viewer, busy_after_ms: int) -> None:
    slider = viewer.page.locator("[data-testid=stSlider]")
    slider.scroll_into_view_if_needed()
    track = slider.locator("[role=group]").bounding_box()
    assert track is not None
    viewer.page.mouse.click(track["x"] + track["width"] * 0.3, track["y"] + track["height"] / 2)
    viewer.page.wait_for_timeout(busy_after_ms)
    handle = slider.locator("input[type=range]")
    with rehearsal.busy():
        handle.focus()
        for _ in range(7):
            viewer.page.keyboard.press("ArrowRight")
        wanted = str(handle.get_attribute("aria-valuetext"))
    at = f"2024-11-27T{wanted.replace('.', ':')}"
    viewer.until(lambda: viewer.chosen("saat") == [at], "the address is of another moment")
    viewer.says(f"Keadaan sebagaimana diketahui {wanted} WIB, bukan keadaan sekarang")
    viewer.page.wait_for_timeout(1500)  # two heartbeats
    viewer.settled()
    assert handle.get_attribute("aria-valuetext") == wanted
    assert wanted in viewer.clock()
    assert viewer.chosen("saat") == [at]


def _slide_to(viewer: Viewer, clock: str) -> None:
    """Take the slider's handle near the place with the mouse, and to the minute with the keys."""
    handle = viewer.page.locator("[data-testid=stSlider] input[type=range]")
    viewer.page.locator("[data-testid=stSlider]").scroll_into_view_if_needed()
    track = viewer.page.locator("[data-testid=stSlider] [role=group]").bounding_box()
    thumb = viewer.page.locator("[data-testid=stSliderThumbValue]").bounding_box()
    assert track is not None and thumb is not None
    least, most = (int(str(handle.get_attribute(edge))) for edge in ("min", "max"))
    wanted = least + (int(clock[:2]) * 60 + int(clock[3:]) - 4 * 60) * 60_000_000
    goal = track["x"] + track["width"] * (wanted - least) / (most - least)
    row = track["y"] + track["height"] / 2
    viewer.page.mouse.click(goal, row)
    handle.focus()
    for _ in range(120):
        stands = int(str(handle.get_attribute("value")))
        if stands == wanted:
            break
        viewer.page.keyboard.press("ArrowLeft" if stands > wanted else "ArrowRight")
    assert handle.get_attribute("aria-valuetext") == clock
