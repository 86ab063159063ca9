"""The wall before people: it turns, holds, interrupts, and never shows what is old as fresh."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from situasi.actions import acknowledgements
from situasi.board import Board
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.server.wall.query import VIEW_NAMES
from tests.browser import axe
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.viewing import Viewer, Watch
from tests.builders import WIB, unbounded
from tests.effort import effort
from tests.server.doors import PASSWORD, SECRET, admit, change, store_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

HEADINGS = "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"
LARGE = {"width": 1920, "height": 1080}
DAY = "saat=2024-11-27T12:30"
# On a slow and busy machine; tests/bench measures how long it takes.
SOON = 20_000


@pytest.fixture(scope="module")
def posko(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A board without the rehearsal day; a page interrupts only for what comes after it opened."""
    server = Server(tmp_path_factory.mktemp("posko"), {"SITUASI_REHEARSAL": "no"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(posko: Server) -> Iterator[Board]:
    """The store of the server, written to beside it."""
    board = posko.open_board()
    yield board
    board.close()


def bring(board: Board, name: str, weight: str = "tinggi", kecamatan: str = "16.10.04") -> None:
    """A report of now; it is stored when this returns."""
    now = datetime.now(WIB)
    when, path = f"{now:%Y-%m-%d %H:%M}", board.settings.data_folder / f"{name}.csv"
    row = f"{name},{when},{kecamatan},kericuhan,{weight},dilaporkan,Massa {name},Polsek"
    path.write_text(f"{HEADINGS}\n{row}\n", "utf-8")
    ledger = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded("test"), now=datetime.now(UTC)
        )
    )
    assert ledger.accepted == 1, ledger


def wall(look: Look, server: Server, query: str = "", **options: Any) -> Page:
    viewer: Viewer = look(
        server, f"layar?{query}", at_the_door=True, **{"viewport": LARGE, **options}
    )
    viewer.page.wait_for_selector("body:not(.waiting)")
    return viewer.page


def says(page: Page, where: str, words: str, patience: int = SOON) -> None:
    page.locator(where).filter(has_text=re.compile(words)).wait_for(timeout=patience)


def title(page: Page) -> str:
    return str(page.locator("#title").inner_text())


def alarm(page: Page, text: str, patience: int = SOON) -> None:
    says(page, "#alarm:not([hidden]) #alarm-text", re.escape(text), patience)


def no_alarm(page: Page, patience: int = SOON) -> None:
    page.locator("#alarm").wait_for(state="hidden", timeout=patience)


def test_views_turn_at_the_pace_of_the_address_and_keys_hold_and_step(
    rehearsal: Server, look: Look
) -> None:
    page = wall(look, rehearsal, f"{DAY}&tampilan=tps,partisipasi&tempo=2")
    assert title(page) == "TPS"
    says(page, "#title", "Partisipasi")
    says(page, "#title", "TPS")
    page.keyboard.press("Space")
    says(page, "#rotation", "putaran ditahan")
    held = title(page)
    page.wait_for_timeout(3_500)
    assert title(page) == held
    page.keyboard.press("ArrowRight")
    assert title(page) != held
    page.keyboard.press("ArrowLeft")
    assert title(page) == held
    page.keyboard.press("Space")
    says(page, "#rotation", "berganti tiap 2 detik")


def test_the_numbers_are_those_of_the_page_situasi(rehearsal: Server, look: Look) -> None:
    page = wall(look, rehearsal, f"{DAY}&tempo=600")
    shown = {}
    for _ in VIEW_NAMES:
        for card in page.locator("#figures article").all():
            value, unit = (card.locator(f"p {part}").inner_text() for part in ("strong", "small"))
            if card.get_attribute("data-key") != "situasi":
                shown[str(card.locator("h2").inner_text())] = f"{value} {unit}".strip()
        page.keyboard.press("ArrowRight")
    pages = {name: value for name, value, _note in look(rehearsal, f"?{DAY}").cards()}
    for name in ("Partisipasi", "TPS dibuka", "Personel hadir", "Laporan terakhir"):
        assert shown[name] == pages[name]
    assert shown["Kejadian terbuka"].split()[0] == pages["Kejadian terbuka"].split()[0]


def test_a_new_report_is_on_the_wall_within_seconds_without_a_touch(
    posko: Server, store: Board, look: Look
) -> None:
    page = wall(look, posko, "rentang=semua&tempo=600")
    page.evaluate("document.querySelector('#map .area').dataset.same = 'yes'")
    count = page.locator("[data-key=terbuka] strong")
    before = int(count.inner_text())
    for more in (1, 2, 3):
        bring(store, f"BARU{more}", "sedang", "16.10.13")
        count.filter(has_text=re.compile(f"^{before + more}$")).wait_for(timeout=SOON)
    says(page, "#lines", "baru saja")
    assert page.locator("#map .area").first.get_attribute("data-same") == "yes"  # nothing anew
    no_alarm(page)


def test_a_grave_report_interrupts_is_acknowledged_by_name_and_that_is_kept(
    posko: Server, store: Board, look: Look
) -> None:
    page, other = (wall(look, posko, "tampilan=tps,situasi&rentang=semua") for _ in range(2))
    page.keyboard.press("Shift")
    bring(store, "GAWAT")
    alarm(page, "Massa GAWAT")
    alarm(other, "Massa GAWAT")
    assert title(page) == "Situasi"  # the map with the report, whatever was shown before
    assert page.locator("#ring.shown").count() == 1
    assert page.locator("#alarm-place").inner_text() == "Indralaya"
    assert page.locator("#map.zoomed").count() == 1
    says(page, "#alarm-before", "Indralaya")
    page.keyboard.press("a")
    page.keyboard.type("Iptu Rahmat")
    page.keyboard.press("Enter")
    no_alarm(page)
    no_alarm(other)  # whoever took note, took note for all
    says(page, "#written", "Tercatat: dipahami Iptu Rahmat")
    page.keyboard.press("u")
    alarm(page, "Massa GAWAT")
    says(page, "#written", "Dibatalkan")
    page.keyboard.press("a")
    page.keyboard.press("Enter")  # the name stands there still
    no_alarm(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    kept = [
        one for one in acknowledgements.load_all(store.store).values() if one.by == "Iptu Rahmat"
    ]
    assert len(kept) == 1
    assert 0 <= kept[0].response_time_s < 60
    assert "Massa GAWAT" in str(page.locator("#newest").text_content())
    if title(page) != "Situasi":
        page.keyboard.press("ArrowRight")
    says(page, "main", r"dipegang Iptu Rahmat|dipahami Iptu Rahmat \d\d\.\d\d, setelah \d+ detik")


# The cases that are shown in the list and among what waits.
_SHOWN_CASES = """() => [...document.querySelectorAll("#lines li, #decisions li")]
    .filter((row) => row.offsetParent && row.dataset.case).map((row) => row.dataset.case)"""


def test_several_interrupt_in_their_order_and_let_go_by_themselves(
    posko: Server, store: Board, look: Look
) -> None:
    page = wall(look, posko, "jeda=8&tempo=600")
    for name in ("SATU", "DUA"):
        bring(store, name)
    alarm(page, "Massa SATU")
    says(page, "#alarm-count", "1 lagi menunggu")
    alarm(page, "Massa DUA")
    no_alarm(page)
    assert all(one.by for one in acknowledgements.load_all(store.store).values())
    page.reload()  # what stood before a page was opened does not interrupt
    page.wait_for_selector("body:not(.waiting)")
    # Until somebody has it, it stands on every view, also of a wall opened later.
    for _ in VIEW_NAMES:
        where = "#lines" if title(page) == "Putuskan" else "#decide.unheld #decisions"
        says(page, where, "belum dipegang")
        names = page.evaluate(_SHOWN_CASES)
        assert len(names) == len(set(names))  # what waits is not told in the list once more
        page.keyboard.press("ArrowRight")
    no_alarm(page)


def test_a_frozen_picture_says_so_and_a_grave_report_still_announces_itself(
    posko: Server, store: Board, look: Look
) -> None:
    page = wall(look, posko, "rentang=semua&tempo=2&jeda=5")
    before = page.locator("[data-key=terbuka] strong").inner_text()
    page.keyboard.press("f")
    says(page, "#announced", r"Gambar dibekukan \d\d\.\d\d\.\d\d WIB")
    shown = title(page)
    bring(store, "BEKU")
    says(page, "#announced", "Laporan berat baru: kericuhan, Indralaya")
    page.wait_for_timeout(2_500)
    assert title(page) == shown
    assert page.locator("[data-key=terbuka] strong").inner_text() == before
    no_alarm(page)
    page.keyboard.press("f")
    alarm(page, "Massa BEKU")
    no_alarm(page)
    assert not page.locator("#announced").is_visible()


def test_filters_hold_for_figures_and_for_what_interrupts(
    posko: Server, store: Board, look: Look
) -> None:
    page = wall(look, posko, "kec=16.10.05&rentang=semua&jeda=5")
    says(page, "#filter", "kecamatan: Pemulutan; waktu: semua waktu")
    bring(store, "SANA", kecamatan="16.10.04")
    bring(store, "SINI", kecamatan="16.10.05")
    alarm(page, "Massa SINI")
    no_alarm(page)
    page.wait_for_timeout(1_500)
    no_alarm(page)  # of the other kecamatan nothing came, then or later
    assert "Massa SANA" not in page.locator("body").inner_html()


def test_a_cut_line_is_told_at_once_and_found_again_without_a_touch(
    posko: Server, store: Board, look: Look
) -> None:
    page = wall(look, posko, "tempo=600&jeda=5")
    says(page, "#state", r"Tersambung · data per \d\d\.\d\d\.\d\d WIB")
    page.context.set_offline(True)
    says(page, "#announced", r"Sambungan terputus sejak \d\d\.\d\d — gambar terakhir \d\d\.\d\d")
    assert page.locator("body.stale").count() == 1
    assert float(page.locator("#mapped").evaluate("e => getComputedStyle(e).opacity")) < 0.6
    bring(store, "TERPUTUS")
    page.wait_for_timeout(1_500)
    no_alarm(page)
    page.context.set_offline(False)
    alarm(page, "Massa TERPUTUS")  # what came meanwhile still interrupts
    says(page, "#state", "Tersambung")
    assert page.locator("body.stale").count() == 0


def test_a_server_or_a_store_that_was_away_is_found_again_and_what_came_meanwhile_interrupts(
    quiet: Server, look: Look
) -> None:
    quiet.start()
    page = wall(look, quiet, "tempo=600")
    quiet.stop()
    says(page, "#announced", "Sambungan terputus", 30_000)
    board = quiet.open_board()
    bring(board, "PULANG")
    board.close()
    quiet.start()
    alarm(page, "Massa PULANG", 30_000)
    says(page, "#state", "Tersambung")

    live, aside = quiet.folder / "live", quiet.folder / "aside"
    aside.mkdir()
    for file in live.glob("situasi.db*"):
        file.rename(aside / file.name)
    (live / "situasi.db").write_bytes(b"no store at all\n" * 500)
    says(page, "#announced", "Penyimpanan tidak terbaca — gambar terakhir", 30_000)
    assert page.locator("body.stale").count() == 1  # with its age, and never as fresh
    says(page, "#state", r"Penyimpanan rusak · data per \d\d\.\d\d\.\d\d WIB, \d+ detik lalu")
    for file in live.glob("situasi.db*"):
        file.unlink()
    for file in aside.iterdir():
        file.rename(live / file.name)
    says(page, "#state", "Tersambung", 30_000)


def test_a_quiet_hour_is_told_from_a_lost_line(rehearsal: Server, look: Look) -> None:
    page = wall(look, rehearsal, "saat=2024-11-27T04:30&tempo=600")
    text = page.locator("#state").inner_text()
    assert re.search(r"Tersambung · dibaca .+ · (tidak ada kabar baru sejak|kabar ter)", text)
    assert not page.locator("#announced").is_visible()
    assert [band.inner_text() for band in page.locator("#bands p").all()] == [
        "LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya",
        "Keadaan sebagaimana diketahui 04.30 WIB, bukan keadaan sekarang",
    ]


def test_the_clock_is_that_of_the_election_wherever_the_browser_sits(
    posko: Server, look: Look
) -> None:
    page = wall(look, posko, "", timezone_id="America/Lima")
    shown = page.locator("#minute").inner_text() + page.locator("#second").inner_text()
    now = datetime.now(WIB)
    at = now.replace(hour=int(shown[:2]), minute=int(shown[3:5]), second=int(shown[6:8]))
    assert abs((now - at).total_seconds()) < 20
    assert page.locator("#zone").inner_text() == "WIB"


def test_the_state_of_the_sound_is_always_told(posko: Server, look: Look) -> None:
    page = wall(look, posko, "tempo=600")
    says(page, "#sound", "Bunyi (diblokir peramban — tekan sembarang tombol|hidup)")
    page.keyboard.press("Shift")
    says(page, "#sound", "Bunyi hidup")
    page.keyboard.press("m")
    says(page, "#sound", "Bunyi dibisukan")
    says(wall(look, posko, "bunyi=off"), "#sound", "Bunyi dibisukan")


# The height of a capital letter, in ems of the font, as measured in the page.
CAP_SHARE = 0.66
# 16 minutes of arc at ten metres, in mm.
LEGIBLE_MM = 10_000 * math.tan(math.radians(16 / 60))


def test_everything_can_be_read_from_ten_metres_and_nothing_is_cut(
    rehearsal: Server, look: Look
) -> None:
    """On a screen 4 m wide every word, on one of 86 inches (1.9 m) the first figures."""
    page = wall(look, rehearsal, f"{DAY}&tempo=600")
    assert (axe.find_problems(page), axe.find_english(page)) == ([], [])
    for width, height in ((1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(len(VIEW_NAMES)):
            page.keyboard.press("ArrowRight")
            name, sizes = title(page), page.evaluate(_SIZES)
            word_mm = min(sizes["html"] + sizes["map"]) * CAP_SHARE * 4_000 / width
            assert word_mm >= LEGIBLE_MM - 0.5, (name, width, word_mm)
            if name != "Putuskan":  # it has matters alone
                figure_mm = min(sizes["keys"]) * CAP_SHARE * 1_904 / width
                assert figure_mm >= LEGIBLE_MM - 0.5, (name, width, figure_mm)
            assert 0.35 <= sizes["mapShare"] <= 0.42, (name, sizes["mapShare"])
            assert sizes["cut"] == [], (name, width)
            assert page.locator("#lines li:visible").count() <= 6
            if name in ("TPS", "Personel"):  # a short list says how much longer it is
                assert re.search(r" · \d+ lagi$", page.locator("#heading").inner_text()), name
            assert page.locator("#decisions li:visible").count() <= 5
            assert page.evaluate("[scrollX, document.scrollingElement.scrollHeight]")[1] <= height
    assert page.locator("#controls").evaluate("e => getComputedStyle(e).opacity") == "0"
    page.mouse.move(300, 300)  # a moved mouse brings them, the picture moving under it does not
    page.mouse.move(340, 320)
    page.wait_for_selector("body.pointed #controls")


# Screens with their size: on a wall of 3 x 2 panels of 55 inches every word beside the map, with
# `besar=ya` the first figures of one such panel.
@pytest.mark.parametrize(
    ("size", "query", "measured", "mm_per_px"),
    [
        ((1920, 1080), "", "html", 4_000 / 1920),
        # The evening, when the values on the map are longest.
        ((1920, 1080), "&saat=2024-11-27T22:53", "html", 4_000 / 1920),
        ((5760, 2160), "", "html", 1_370 / 2160),
        ((2880, 1080), "&besar=ya", "html", 1_370 / 1080),
        ((1920, 1080), "&besar=ya", "keys", 1_217 / 1920),
        ((3840, 2160), "&besar=ya", "keys", 1_217 / 3840),
    ],
)
def test_other_screens_are_read_from_ten_metres_and_nothing_is_cut(
    rehearsal: Server,
    look: Look,
    size: tuple[int, int],
    query: str,
    measured: str,
    mm_per_px: float,
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    # A minute with a long strip, long notes and two bands.
    page = wall(look, rehearsal, f"saat=2024-11-27T13:05&tempo=600{query}", viewport=viewport)
    says(page, "#state", "Tersambung")
    assert page.evaluate(_SIZES)["cut"] == []  # as it opens, before a view is turned
    for _ in range(len(VIEW_NAMES)):
        page.keyboard.press("ArrowRight")
        name, sizes = title(page), page.evaluate(_SIZES)
        if sizes[measured]:
            read_mm = min(sizes[measured]) * CAP_SHARE * mm_per_px
            assert read_mm >= LEGIBLE_MM - 0.5, (name, size, read_mm)
        assert sizes["cut"] == [], (name, size)
        if name == "Putuskan" and measured == "html":
            least = 5 if (size, query) == ((1920, 1080), "") else 2
            assert page.locator("#lines li:visible").count() >= least, size
        if name == "Situasi" and (size, query) == ((1920, 1080), ""):
            assert page.locator("#decisions li:visible").count() >= 3
        if name in ("Partisipasi", "TPS") and (size, measured) == ((1920, 1080), "html"):
            assert page.locator("#lines li:visible").count() >= 2, size
        if size[0] > 2.4 * size[1]:  # these names are as large as the bands and the values leave
            names_mm = min(sizes["map"]) * CAP_SHARE * mm_per_px
            assert names_mm >= 0.8 * LEGIBLE_MM, (name, size, names_mm)
            assert 0.35 <= sizes["mapShare"] <= 0.42, (name, sizes["mapShare"])


def test_a_band_longer_than_the_wall_goes_on_below_and_pushes_nothing_aside(
    rehearsal: Server, look: Look
) -> None:
    viewport = {"width": 1920, "height": 1080}
    page = wall(look, rehearsal, f"{DAY}&tempo=600", viewport=viewport)
    band = page.locator("#bands p").last
    band.evaluate("e => e.textContent = 'Register tidak cocok, angka TPS meragukan. '.repeat(4)")
    right = band.evaluate("e => e.getBoundingClientRect().right")
    assert right <= 1920
    found = page.evaluate("(e => [e.scrollWidth, e.scrollHeight])(document.scrollingElement)")
    assert found == [1920, 1080]
    assert band.evaluate("e => e.scrollHeight - e.clientHeight") < 20  # all of it can be read


_SIZES = """() => {
  const size = e => parseFloat(getComputedStyle(e).fontSize);
  const map = document.querySelector('#map');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const html = [], cut = [];
  // Within SVG, checkVisibility does not know of a group that is not drawn.
  const groups = [...map.querySelectorAll('g')];
  const undrawn = groups.filter(g => getComputedStyle(g).display === 'none');
  const isDrawn = e => !undrawn.some(g => g.contains(e));
  const inside = (inner, outer) => inner.left >= outer.left - 1 && inner.top >= outer.top - 1
    && inner.right <= outer.right + 1 && inner.bottom <= outer.bottom + 1;
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const seen = isDrawn(e) && e.checkVisibility() && walker.currentNode.data.trim();
    if (!seen || e.closest('#credit, #controls, script, #alarm, title')) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    if (right === left) continue;
    // A font keeps space above and below its letters, which may lie outside.
    const space = 0.16 * (bottom - top);
    const box = { left, right, top: top + space, bottom: bottom - space };
    if (!e.closest('svg')) html.push(size(e));
    let outer = e;
    while (outer && getComputedStyle(outer).overflow === 'visible') outer = outer.parentElement;
    const frame = outer && outer !== document.documentElement ? outer.getBoundingClientRect()
      : { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    if (!inside(box, frame)) cut.push(walker.currentNode.data);
  }
  const mapped = document.querySelector('#mapped').getBoundingClientRect();
  return {
    html, cut,
    map: [...map.querySelectorAll('.label text')].filter(isDrawn)
      .map(e => size(e) * e.getScreenCTM().a),
    keys: [...document.querySelectorAll('#figures article:nth-child(-n+2) strong')].map(size),
    mapShare: mapped.width * mapped.height / innerWidth / innerHeight,
  };
}"""


def test_on_a_phone_it_is_one_page_to_scroll(rehearsal: Server, look: Look) -> None:
    page = wall(look, rehearsal, DAY, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    marks = page.locator("#figures strong .counted")
    marks.first.wait_for()
    assert len(set(marks.evaluate_all("all => all.map(one => one.offsetTop)"))) == 1
    for part in ("#figures article", "#map", "#newest li", "#table tr", "#controls button"):
        assert page.locator(part).first.is_visible()
    assert page.locator("#table tr").count() == 17
    assert page.locator("#figures article").count() >= 7
    assert (axe.find_problems(page), axe.find_english(page)) == ([], [])
    page.goto(f"{rehearsal.address}/layar?{DAY}&tema=terang&lang=en")
    page.wait_for_selector("body:not(.waiting)")
    assert axe.find_problems(page) == []
    assert page.locator("html").get_attribute("lang") == "en"


def test_one_click_leads_to_the_wall_with_the_filters_and_one_key_back(
    rehearsal: Server, look: Look
) -> None:
    viewer = look(rehearsal, f"?kec=16.10.05&{DAY}&lang=en")
    viewer.page.get_by_role("link", name="Wall").click()
    viewer.page.wait_for_selector("body:not(.waiting)")
    says(viewer.page, "#filter", "Filter: district: Pemulutan")
    asked = parse_qs(urlsplit(viewer.page.url).query)
    assert asked == {"kec": ["16.10.05"], "saat": ["2024-11-27T12:30"], "lang": ["en"]}
    viewer.page.keyboard.press("b")
    viewer.settled()
    assert viewer.chosen("kec") == ["16.10.05"]


def test_a_session_that_is_over_leaves_nothing_to_look_at(
    chromium: Browser, look: Look, tmp_path: Any
) -> None:
    server = Server(tmp_path, {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET})
    admit(server, "rina", "pimpinan")
    server.start()
    try:
        viewer = look(server, "layar", at_the_door=True)
        viewer.page.get_by_label("Nama akun").fill("rina")
        viewer.page.get_by_label("Sandi").fill(PASSWORD)
        viewer.page.get_by_role("button", name="Masuk").click()
        viewer.page.wait_for_selector("body:not(.waiting)")
        change(server, "rina", enabled=False)
        says(viewer.page, "#over:not([hidden])", "Sesi ini sudah berakhir", 30_000)
        assert not viewer.page.locator("#figures").is_visible()
        assert acknowledgements.load_all(store_of(server)) == {}
    finally:
        server.stop()


# Answers at once, each time with other figures, so that hours pass in seconds.
_FAST = """
(() => {
  const slow = window.setTimeout;
  window.setTimeout = (work, ms, ...more) => slow(work, ms === 200 ? 0 : ms, ...more);
  const ask = window.fetch;
  let first = null;
  window.updates = 0;
  window.fetch = async (address, options) => {
    if (first === null) {
      const answer = await ask(address, options);
      first = { text: await answer.text(), files: answer.headers.get("x-situasi-files") };
    }
    while (window.updates >= window.most) await new Promise((done) => slow(done, 50));
    const n = ++window.updates;
    const picture = JSON.parse(first.text);
    for (const view of picture.views) {
      for (const one of view.figures) if (typeof one.value === "string") one.value = `${n}`;
      for (const code of Object.keys(view.areas)) view.areas[code][0] = `${n}`;
      if (view.lines) view.lines = view.lines.slice(n % 4);
    }
    picture.newest = picture.newest.slice(n % 5);
    const one = { ...picture.alarms[0], id: `${n}`, seq: n, acknowledged: "dipahami" };
    picture.alarms = [one, ...picture.alarms].slice(0, 1 + n % 4);
    const now = Date.now();
    return new Response(JSON.stringify(picture), { headers: {
      etag: `"${n}"`, "x-situasi-now": `${now}`, "x-situasi-checked": `${now}`,
      "x-situasi-files": first.files } });
  };
  window.most = 300;
})()
"""


def test_a_long_day_leaves_the_memory_of_the_browser_flat(
    chromium: Browser, rehearsal: Server
) -> None:
    # As on a large screen, drawn small: of pixels nothing is asked.
    context = chromium.new_context(viewport={"width": 1024, "height": 576})
    page = context.new_page()
    page.add_init_script(_FAST)
    page.goto(f"{rehearsal.address}/layar?tempo=2")
    viewer = Viewer(page, Watch(""), rehearsal.address)
    tools = context.new_cdp_session(page)

    def weighed(updates: int) -> tuple[int, int]:
        """Bytes of the heap and nodes of the document after so many updates."""
        page.evaluate(f"window.most = {updates}")
        viewer.until(lambda: page.evaluate("window.updates") >= updates, "no more updates")
        for _ in range(2):
            tools.send("HeapProfiler.collectGarbage")
        used = int(tools.send("Runtime.getHeapUsage")["usedSize"])
        return used, int(tools.send("Memory.getDOMCounters")["nodes"])

    early, late = weighed(300), weighed(effort(2_400, check=700))
    context.close()
    print(f"heap and nodes after 300 updates {early}, after the others {late}")
    assert late[0] < early[0] + 300_000
    # Views differ by some dozens of nodes, and either may be shown; 400 updates leave none each.
    assert late[1] < early[1] + 300
