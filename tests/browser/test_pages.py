"""A briefing from the screens alone: every page, at any moment, says what the files say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from situasi.access.roles import ROLES, SCREENS
from situasi.common import i18n
from situasi.domain import boundaries
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.simulation.generate import generate_day
from situasi.simulation.seed import SEED
from tests import briefing
from tests import day_from_files as files
from tests.briefing import numbers_of_card
from tests.browser import axe, languages
from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened
from tests.browser.viewing import Viewer
from tests.builders import wib
from tests.day_from_files import Day

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


@pytest.fixture(scope="module")
def day(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The files of the very rehearsal that the server has taken in: same seed, same bytes."""
    folder = tmp_path_factory.mktemp("latihan")
    of_day = register.election
    generate_day(register, boundaries.load(of_day.boundaries_folder), SEED, folder)
    return Day(folder, of_day.folder)


def _past(screen: str, clock: str, more: str = "") -> str:
    return f"{screen}?saat=2024-11-27T{clock.replace('.', ':')}{more}"


# Those of command, as which a board without accounts is looked at.
SEEN = tuple(filter(ROLES["pimpinan"].may_see, SCREENS))


def _walk(viewer: Viewer, first: str, screens: tuple[str, ...] = SEEN) -> Iterator[str]:
    """Turn from page to page by the menu, beginning at the one that is open."""
    yield first
    for screen in screens:
        if screen != first:
            viewer.turn(label("screen", screen))
            yield screen


def test_every_page_is_drawn_whole_for_everybody_and_answers_a_briefing_as_the_files_do(
    rehearsal: Server, look: Look, day: Day, register: Register, tmp_path: Path
) -> None:
    """At one moment; tests/pages/test_briefing.py asks the same of others without a browser."""
    viewer = look(rehearsal, viewport={"width": 1366, "height": 768})
    plain = tuple(screen for screen in SEEN if screen not in DECIDING)
    for screen in _walks(viewer, plain, tuple(DECIDING)):
        assert viewer.failures() == [], screen
        assert any(band.startswith("LATIHAN") for band in viewer.bands()), screen
        assert axe.find_problems(viewer.page) == [], screen
        assert axe.find_english(viewer.page) == [], screen
        assert viewer.page.locator("html").get_attribute("lang") == "id"
        if screen == "situasi":
            assert languages.find_words_of_the_other(viewer.page, "id") == set()
        for place, headings in enumerate(DECIDING.get(screen, ())):
            _shows_columns(viewer, place, headings)
        if screen in DECIDING:
            assert "13.05 WIB" in viewer.clock()
            assert any("bukan keadaan sekarang" in band for band in viewer.bands())
            briefing.compare(viewer, screen, day, register, wib("13.05"))
        if screen in FIRST_FIGURE:
            _opens_rows_which_leave_as_a_file_marked_latihan(viewer, screen, tmp_path)


def _walks(viewer: Viewer, now: tuple[str, ...], past: tuple[str, ...]) -> Iterator[str]:
    """Walk over some pages as of now, and over others by a link to 13.05."""
    yield from _walk(viewer, "situasi", now)
    viewer.open(_past(past[0], "13.05"))
    yield from _walk(viewer, past[0], past)


# The tables of all pages are read back in tests/pages/test_page_tables.py.
FIRST_FIGURE = {
    "situasi": "terbuka",
    "partisipasi": "tingkat",
    "personel": "tanpa_petugas",
    "masukan": "dibaca",
}


def _opens_rows_which_leave_as_a_file_marked_latihan(
    viewer: Viewer, screen: str, folder: Path
) -> None:
    key = f"baris_{FIRST_FIGURE[screen]}"
    viewer.page.locator(f".st-key-{key} button").first.click()
    opened = viewer.page.locator("[data-testid=stPopoverBody]")
    opened.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    viewer.settled()
    own = opened.locator("button[aria-label^='Download as CSV']")
    assert own.count() == 1 and not own.is_visible()  # it knows neither LATIHAN nor formulas
    told = opened.locator(".si-why").inner_text()
    assert told.startswith("Cara hitung ") and "versi data" in told
    with viewer.page.expect_download() as waiting:
        opened.get_by_role("button", name="CSV", exact=True).click()
    file = folder / "rows.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert len(rows) > 0
    with viewer.page.expect_download() as waiting_too:
        opened.get_by_role("button", name="XLSX", exact=True).click()
    waiting_too.value.save_as(folder / "rows.xlsx")
    book = openpyxl.load_workbook(folder / "rows.xlsx")
    facts = {str(row[0].value): str(row[1].value) for row in book["Keterangan"]}
    assert facts["Cara hitung"] in told and int(facts["Versi data"]) > 0
    if screen != "masukan":  # its rows are feeds, none of which is made up
        assert waiting.value.suggested_filename.startswith("LATIHAN_")
        assert "LATIHAN" in {row["LATIHAN"] for row in rows}
    assert viewer.failures() == []
    viewer.page.keyboard.press("Escape")
    opened.wait_for(state="hidden")


# What a table of each page is read for, in the order of the page: seen at a desk without scrolling.
DECIDING = {
    "kejadian": (("tingkat", "kabar", "jenis", "tempat", "status", "ditugaskan"),
                 ("lewat", "menunggu", "tempat", "ditugaskan")),
    "peringatan": (("derajat", "polsek", "sebab", "peringatan", "belum dilihat", "terakhir"),
                   ("derajat", "sebab", "sejak"),  # the others of this Polsek, below the detail
                   ("derajat", "sebab", "sejak", "pemilik", "keadaan")),
    "partisipasi": (("kecamatan", "partisipasi", "hadir", "TPS melapor", "catatan"),
                    ("kecamatan", "desa", "TPS", "terlambat", "ditagih", "giliran"),
                    ("kecamatan", "desa", "TPS", "hadir", "diragukan karena")),
    "tps": (("kecamatan", "desa", "TPS", "terlambat", "ditagih", "giliran"),),
    "personel": (("kecamatan", "≈ perlu", "diplot", "hadir", "tanpa petugas", "tanpa kabar"),),
    "tahapan": (("kecamatan", "semua", "preemtif", "preventif", "gakkum", "banops"),
                ("waktu", "keadaan", "giat", "kecamatan", "lokasi", "uraian"),
                ("waktu", "keadaan", "kecamatan", "lokasi", "uraian")),
    "masukan": (("laporan", "keadaan", "di papan", "karantina"),
                ("berkas", "dibaca", "diterima", "karantina")),
}  # fmt: skip

_WHOLE_HEADINGS = """(grid) => {
    const scroller = grid.querySelector('.dvn-scroller');
    const headings = [...grid.querySelectorAll('canvas table th')].map(e => e.textContent);
    // The last one may be seen in part.
    return scroller.scrollWidth > scroller.clientWidth + 1 ? headings.slice(0, -1) : headings;
}"""


def _shows_columns(viewer: Viewer, place: int, headings: tuple[str, ...]) -> None:
    grid = viewer.page.locator("[data-testid=stDataFrame]").nth(place)
    grid.scroll_into_view_if_needed()
    grid.locator("canvas table th").first.wait_for(state="attached")
    shown: list[str] = []

    def are_shown() -> bool:
        shown[:] = grid.evaluate(_WHOLE_HEADINGS)
        return set(headings) <= set(shown)

    with suppress(AssertionError):
        viewer.until(are_shown, "")
    assert set(headings) <= set(shown), (viewer.page.url, place)


# The numbers of the cards whose button, which opens the rows behind them, lies elsewhere.
_ASTRAY_BUTTONS = """() => {
    const corner = (part) => part.getBoundingClientRect();
    return [...document.querySelectorAll('.st-key-angka .si-cards')].flatMap((cards) => {
        const buttons = [...cards.closest('.st-key-angka').children].slice(1);
        return [...cards.children].map((card, at) => [corner(card), corner(buttons[at]), at])
            .filter(([card, button]) => Math.hypot(card.x - button.x, card.y - button.y) > 1
                || Math.abs(card.width - button.width) > 1)
            .map(([, , at]) => at);
    });
}"""


def test_every_page_is_drawn_whole_of_one_kecamatan_in_english(
    rehearsal: Server, look: Look
) -> None:
    link = _past("situasi", "12.30", "&kec=16.10.05&lang=en")
    viewer = look(rehearsal, link, color_scheme="dark")
    assert viewer.page.locator("html").get_attribute("lang") == "en"
    i18n.set_language("en")
    try:
        for screen in _walk(viewer, "situasi"):
            assert viewer.failures() == [], screen
            assert "12:30 WIB" in viewer.clock(), screen
            viewer.until(lambda: viewer.chosen("kec") == ["16.10.05"], "the filter stayed behind")
            if screen in {"partisipasi", "personel"}:  # the TPS of Pemulutan
                assert "71" in " ".join(map(" ".join, viewer.cards())), screen
            assert axe.find_problems(viewer.page, "color-contrast") == [], screen  # by night
            if screen == "situasi":
                assert languages.find_words_of_the_other(viewer.page, "en") == set()
            assert viewer.page.evaluate(_ASTRAY_BUTTONS) == [], screen
    finally:
        i18n.set_language("id")


def _written(rows: list[files.Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


# A page that this feed fills, one that it does not, and those that tell of the store. Of the others
# tests/pages tells: test_clocks.py of a broken store, test_briefing.py of an empty one.
OF_THE_STORE = ("situasi", "masukan", "kesehatan")
OF_ONE_FEED = ("partisipasi", "personel", *OF_THE_STORE)


def test_a_board_with_one_feed_says_what_is_missing_and_keeps_its_picture_if_the_store_breaks(
    quiet: Server, look: Look, day: Day
) -> None:
    mark_as_opened(quiet)
    quiet.deliver("tps.csv", _written(day.told("tps", wib("12.30"))))
    quiet.start()
    viewer = look(quiet, _past("situasi", "12.30"))
    counts = files.heads(day, wib("12.30"))
    sound = {}
    for screen in _walk(viewer, "situasi", OF_ONE_FEED):
        assert viewer.failures() == []
        if screen == "partisipasi":
            assert numbers_of_card(viewer, "Pemilih hadir")[0] == sum(counts.values())
        if screen == "personel":
            assert "Belum ada laporan personel pada pilihan ini." in viewer.words()
        sound[screen] = viewer.cards()
    _keeps_its_last_picture(quiet, viewer, sound)


def _keeps_its_last_picture(
    quiet: Server, viewer: Viewer, sound: dict[str, list[tuple[str, ...]]]
) -> None:
    """A broken store leaves the pages what they showed, and each names what broke."""
    live, aside = quiet.folder / "live", quiet.folder / "aside"
    aside.mkdir()
    for file in live.glob("situasi.db*"):
        file.rename(aside / file.name)
    (live / "situasi.db").write_bytes(b"no store at all\n" * 500)
    viewer.open(_past("situasi", "12.30"))
    for screen in _walk(viewer, "situasi", OF_THE_STORE):
        assert any("Penyimpanan tidak terbaca" in band for band in viewer.bands()), screen
        # What the health page shows is the server of this very moment, broken as it is.
        assert viewer.cards() == sound[screen] or screen == "kesehatan"
        assert viewer.failures() == []
    viewer.open("situasi")  # of now
    assert viewer.failures() == []


def test_the_folder_of_the_rehearsal_is_the_one_the_board_took_in(
    rehearsal: Server, day: Day
) -> None:
    for path in sorted(day.files.glob("*.csv")):
        kept = rehearsal.folder / "live" / "latihan" / path.name
        assert kept.read_bytes() == path.read_bytes()
