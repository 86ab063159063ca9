"""A link for guests, from the button that makes it to the hour that ends it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened, snapshot
from tests.browser.test_signing_in import enter
from tests.browser.viewing import Viewer
from tests.builders import case_table
from tests.server.doors import SECRET, admit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

INCIDENTS = """id,waktu,kode_kecamatan,jenis,tingkat,uraian
K-1,2024-11-27 08:00,16.10.05,kericuhan,tinggi,Massa di gerbang
K-2,2024-11-27 08:10,16.10.05,logistik,sedang,Kotak belum tiba
K-3,2024-11-27 08:20,16.10.13,bencana,sedang,Tenda roboh
"""
VIEW = "kejadian?kec=16.10.05&rentang=semua"


@pytest.fixture(scope="module")
def guarded(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A board behind accounts, with incidents in two kecamatan."""
    server = Server(
        tmp_path_factory.mktemp("tautan"), {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET}
    )
    mark_as_opened(server)
    server.deliver("incidents.csv", INCIDENTS)
    admit(server, "wati", "analis")
    admit(server, "posko", "operator")
    server.start()
    yield server
    server.stop()


def signed_in(server: Server, look: Look, name: str, query: str) -> Viewer:
    viewer = look(server, query, at_the_door=True)
    enter(viewer.page, name)
    viewer.settled()
    return viewer


def make(viewer: Viewer, note: str) -> str:
    """Press the button in the heading; the link."""
    page = viewer.page
    page.get_by_role("button", name="Tautan tamu").click()
    page.get_by_label("Untuk siapa").fill(note)
    page.get_by_role("button", name="Buat tautan").click()
    return str(page.locator(".si-taken code").inner_text())


def guest_of(server: Server, look: Look, link: str) -> tuple[Viewer, int]:
    """Open the link, whose light view lists the same cases, and the full page from there."""
    viewer = look(server, link.removeprefix(server.address + "/"), at_the_door=True)
    viewer.page.locator("#lines li").first.wait_for()
    listed = viewer.page.locator("#lines li").count()
    viewer.page.locator("#full-board").click()
    viewer.settled()
    return viewer, listed


# Notes in the page what the button says, however short.
_NOTE_WORDS = """() => {
    window.said = [];
    new MutationObserver((all) => all.forEach((one) => window.said.push(one.target.textContent)))
        .observe(document.querySelector("header .si-copy"), {childList: true});
}"""


def places(viewer: Viewer) -> str:
    """The kecamatan that the filter shows as chosen."""
    return str(viewer.page.get_by_test_id("stMultiSelect").first.inner_text()).strip()


def told(viewer: Viewer) -> str:
    """Of how many cases and reports the list speaks."""
    return str(viewer.page.locator("p strong", has_text="kejadian dari").first.inner_text())


def test_the_address_of_a_view_is_copied_by_a_button(guarded: Server, look: Look) -> None:
    viewer = signed_in(guarded, look, "posko", VIEW)
    page = viewer.page
    page.context.grant_permissions(["clipboard-read"], origin=guarded.address)
    page.evaluate(_NOTE_WORDS)
    page.get_by_role("button", name="Salin tautan").click()
    viewer.until(
        lambda: page.evaluate("navigator.clipboard.readText()") == f"{guarded.address}/{VIEW}",
        "the address was not copied",
    )
    assert "Tersalin" in page.evaluate("window.said")  # for a while: it may be past already
    page.get_by_role("button", name="Salin tautan").wait_for()
    # An operator lets no guests in.
    assert page.get_by_role("button", name="Tautan tamu").count() == 0
    assert page.get_by_role("link", name="Tautan tamu").count() == 0
    assert viewer.failures() == []


def test_a_guest_sees_this_view_and_no_other_and_is_counted_and_shown_out(
    guarded: Server, look: Look
) -> None:
    grave = VIEW.replace("&", "&tingkat=tinggi&")
    wati = signed_in(guarded, look, "wati", grave)
    link = make(wati, "Ketua KPU")
    guest, listed = guest_of(guarded, look, link)
    page = guest.page
    assert page.url.startswith(f"{guarded.address}/kejadian")
    assert told(guest) == told(wati)
    assert told(guest).startswith(f"{listed} kejadian dari")
    assert [text for text in guest.bands() if text.startswith("Tamu: hanya tampilan ini")]
    entries = page.get_by_test_id("stSidebar").get_by_role("link").all_inner_texts()
    assert entries == []  # a menu of one page is none
    for button in ("Salin tautan", "Tautan tamu"):
        assert page.get_by_role("button", name=button).count() == 0
    assert page.locator("[data-testid=stMultiSelect] input:enabled").count() == 0

    seen = told(guest)
    _looks_closely_only_at_cases_of_the_link(guarded, guest, wati)
    for tried in ("kejadian?kec=16.10.05&kec=16.10.13&tingkat=sedang", "personel?kec=16.10.05"):
        guest.page.goto(f"{guarded.address}/{tried}")
        guest.settled()
        assert page.locator(".si-head h1").inner_text() == "Kejadian", tried
        assert places(guest) == "Pemulutan", tried
        assert told(guest) == seen, tried

    wati.page.goto(f"{guarded.address}/tautan")
    wati.settled()
    table = wati.page.get_by_test_id("stDataFrame").first
    table.wait_for()
    listed = wati.page.locator("[role=grid]").first.inner_text()
    assert "Ketua KPU" in listed and "berlaku" in listed
    # One visit, however many pages were tried.
    assert "Pemulutan" in listed and "semua waktu" in listed

    revoke = wati.page.get_by_role("button", name="Cabut 1 tautan yang ditandai")

    def tick_the_first_row() -> None:
        box = table.bounding_box()
        assert box is not None
        wati.page.mouse.click(box["x"] + 16, box["y"] + 52)

    wati.tries(tick_the_first_row, revoke.is_visible, "the row could not be ticked")
    revoke.click()
    wati.says("1 tautan dicabut")
    page.get_by_text("sudah berakhir, atau dicabut").wait_for()
    assert page.locator(".si-head").count() == 0
    page.goto(link)
    page.get_by_text("sudah berakhir, atau dicabut").wait_for()
    assert wati.failures() == []


def _looks_closely_only_at_cases_of_the_link(guarded: Server, guest: Viewer, wati: Viewer) -> None:
    rows = snapshot(guarded).frames["incidents"]
    known = case_table(rows[rows["withdrawn_at"].isna()])
    of_place = known[known["kecamatan"] == "16.10.05"].set_index("tingkat")["case"]
    for viewer, tingkat, lives in ((guest, "tinggi", 1), (guest, "sedang", 0), (wati, "sedang", 1)):
        case = quote(of_place.loc[[tingkat]].iloc[0], safe="")
        viewer.page.goto(f"{guarded.address}/kejadian?kec=16.10.05&kasus={case}")
        viewer.settled()
        assert viewer.page.locator("ol.kj-told").count() == lives, (tingkat, viewer)
    assert guest.failures() == []
