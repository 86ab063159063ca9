"""What arrives while the page is open: reports, faulty rows, hostile words, a store in trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser

from situasi.figures.theme import LIGHT
from tests.browser.conftest import Look
from tests.browser.mapping import alike, boundaries, drawn_map, numbers
from tests.browser.serving import Server, mark_as_opened, snapshot
from tests.browser.viewing import ALL_REPORTS
from tests.builders import case_table

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEADINGS = "id,waktu,kode_kecamatan,desa,jenis,tingkat,status,uraian,pelapor"


@pytest.fixture(scope="module")
def public(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with what was publicly reported, and no rehearsal."""
    server = Server(tmp_path_factory.mktemp("public"), {"SITUASI_REHEARSAL": "no"})
    server.start()
    yield server
    server.stop()


def messy_workbook(path: Path) -> None:
    """As a Polsek sends it: titles above, merged cells, real dates, short names, a total below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["POLSEK GABUNGAN — REKAP KEJADIAN MENONJOL"])
    sheet.merge_cells("A1:F1")
    sheet.append(["Hari pemungutan suara"])
    sheet.append([])
    sheet.append(["No", "Waktu", "Kecamatan", "Jenis", "Tingkat", "Uraian"])
    when = datetime(2024, 11, 27, 9, 30)
    sheet.append([1, when, "Kec. Pemulutan Brt", "logistik", "rendah", "Kotak suara lembap"])
    sheet.append([2, when, "Tj. Raja", "unjuk rasa", "sedang", "Massa di depan kantor lurah"])
    sheet.append([3, "kemarin pagi", "Indralaya", "logistik", "rendah", "Waktu tidak jelas"])
    sheet.append([4, when, "Negeri Antah Berantah", "logistik", "rendah", "Tempat tidak dikenal"])
    sheet.append(["Jumlah", None, None, None, None, 4])
    sheet.merge_cells("A9:E9")
    book.save(path)
    book.close()


def test_a_messy_workbook_in_the_inbox_appears_on_the_open_page_with_its_bad_rows_explained(
    public: Server, look: Look
) -> None:
    viewer = look(public)
    assert viewer.card("Sumber senyap")[1].endswith("karantina kosong")
    viewer.page.evaluate("window.loadedOnce = true")

    messy_workbook(public.folder / "rekap.xlsx")
    public.inbox.mkdir(exist_ok=True)
    (public.folder / "rekap.xlsx").rename(public.inbox / "rekap.xlsx")

    viewer.says("Massa di depan kantor lurah")
    viewer.until(
        lambda: viewer.card("Sumber senyap")[1].endswith("3 baris karantina"),
        "the page does not count the rows in quarantine",
    )
    shown = {text: (kind, place) for kind, place, text in viewer.reports()}
    assert shown["Kotak suara lembap"] == ("logistik", "Pemulutan Barat")
    assert shown["Massa di depan kantor lurah"] == ("unjuk rasa", "Tanjung Raja")
    assert viewer.page.evaluate("window.loadedOnce") is True
    said = public.command("quarantine", "list")
    assert "3 baris menunggu" in said  # the total row too, with what came of holding it against
    assert "baris jumlah" in said
    assert "kemarin pagi" in said
    assert "Negeri Antah Berantah" in said
    assert [p.name.endswith("rekap.xlsx") for p in (public.inbox / "processed").iterdir()] == [True]


def test_an_empty_store_says_so_and_shows_no_zero_as_if_it_were_a_report(
    empty: Server, look: Look
) -> None:
    viewer = look(empty)
    assert "Belum ada laporan pada pilihan ini" in viewer.page.locator(".si-empty").inner_text()
    assert viewer.reports() == []
    assert viewer.card("Laporan terakhir") == ("–", "belum ada laporan kejadian")
    assert viewer.card("Situasi 16 kecamatan")[0].split() == ["0", "0", "0", "16"]
    for query in ("", "?ukur=terbuka"):
        if query:
            viewer.open(query)
        shot = drawn_map(viewer)
        assert all(alike(shot.fill(p), numbers(LIGHT.paper)) for p in boundaries().polygons), query
    assert viewer.watch.complaints == []


def test_a_store_that_is_gone_leaves_the_last_picture_with_its_age_and_comes_back(
    public: Server, look: Look
) -> None:
    viewer = look(public, "?rentang=semua")
    before = viewer.reports()
    assert len(before) > 0
    assert viewer.bands() == [] and "LATIHAN" not in viewer.words()  # nothing of it is made up
    live, aside = public.folder / "live", public.folder / "aside"
    aside.mkdir()
    for file in live.glob("situasi.db*"):
        file.rename(aside / file.name)
    (live / "situasi.db").write_bytes(b"no store at all\n" * 500)

    viewer.says("Penyimpanan tidak terbaca")
    assert any("bukan penyimpanan Situasi" in band for band in viewer.bands())
    viewer.says("Gambar terakhir")
    assert viewer.reports() == before

    for file in live.glob("situasi.db*"):
        file.unlink()
    for file in aside.iterdir():
        file.rename(live / file.name)
    viewer.until(lambda: viewer.bands() == [], "the board did not recover")
    viewer.says("Diperiksa")
    public.deliver(
        "lagi.csv", f"{HEADINGS}\nL-1,2024-11-27 10:00,16.10.05,,logistik,,,Lagi,Polsek\n"
    )
    viewer.until(lambda: len(viewer.reports()) == len(before) + 1, "nothing new arrives any more")


HOSTILE = (
    '<img src=x onerror="window.hit=1">',
    "</style></script><script>window.hit=1</script>",
    "[tekan di sini](http://board.invalid) ![x](http://board.invalid/x.png)",
    ":material/delete: :red[merah] **tebal** $x^2$",
    "{nama} {{ 7*7 }} %(x)s &lt;b&gt; &amp;",
    "javascript:window.hit=1 <a href='javascript:window.hit=1'>x</a>",
)


_READ_LINKS = "(all) => all.map((a) => [a.href, a.innerHTML, a.parentElement.className])"


def test_hostile_words_are_shown_as_words_and_do_nothing(quiet: Server, look: Look) -> None:
    mark_as_opened(quiet)
    rows = [
        f"{_cell(text)},2024-11-27 10:00,16.10.05,{cell},lainnya,rendah,dilaporkan,{cell},{cell}"
        for text, cell in zip(HOSTILE, map(_cell, HOSTILE), strict=True)
    ]
    quiet.deliver("<img src=x onerror=alert(1)>.csv", "\n".join([HEADINGS, *rows]))
    quiet.start()
    viewer = look(quiet)
    assert sorted(text for _, _, text in viewer.reports()) == sorted(HOSTILE)
    assert sorted(place for _, place, _ in viewer.reports()) == sorted(
        f"Pemulutan · {text}" for text in HOSTILE
    )
    viewer.page.get_by_role("button", name=ALL_REPORTS).click()
    viewer.page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    assert viewer.page.evaluate("window.hit") is None
    inside = viewer.page.locator("ol.si-list")
    assert inside.locator("img, script, style, strong, .katex").count() == 0
    # The only links are ours: one a report, over its kind alone, to its case.
    links = inside.locator("a").evaluate_all(_READ_LINKS)
    assert sorted(links) == sorted(
        [f"{quiet.address}/kejadian?kasus={quote(case, safe='')}", "<b>lainnya</b>", "si-line"]
        for case in case_table(snapshot(quiet).frames["incidents"])["case"]
    )
    assert inside.locator("li").count() == len(links) == len(HOSTILE)
    assert viewer.page.locator("[onerror], a[href^='javascript']").count() == 0
    assert set(viewer.page.locator("a").evaluate_all("(all) => all.map((a) => a.origin)")) == {
        quiet.address
    }
    assert viewer.watch.elsewhere() == []
    assert viewer.watch.complaints == []


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
