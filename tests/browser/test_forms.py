"""Reports typed on the board: by keyboard alone, in one click, pasted; and who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened, snapshot
from tests.browser.viewing import Viewer
from tests.builders import case_table

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOSTILE = '<img src=x onerror="window.hit=1"> =HYPERLINK("http://board.invalid") **ribut**'
ALL = "situasi?rentang=semua"
MESSAGES = """[08.15, 27/11/2024] Pos 3: Ijin melaporkan TPS 001 Ds Arisan Jaya Kec Pemulutan \
Barat telah dibuka pukul 07.05 WIB
[09.10, 27/11/2024] Pos 4: Perkembangan pemilih hadir Desa Lorok Kec. Indralaya Utara jam 09.00
TPS 1 : 45
TPS 2 : 61
[09.20, 27/11/2024] Aipda Budi Santoso: Info keributan antar warga di desa Arisan Jaya \
Kec Pemulutan Barat
"""


@pytest.fixture(scope="module")
def post(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The board of an operator, empty at first."""
    folder = tmp_path_factory.mktemp("posko")
    server = Server(folder, {"SITUASI_REHEARSAL": "no", "SITUASI_ROLE": "operator"})
    mark_as_opened(server)
    server.start()
    yield server
    server.stop()


def typed(viewer: Viewer, *words: str) -> None:
    """Type into one box after the other; "" passes over one. Enter chooses, Tab goes on.

    As people do, Enter waits until the list is down to what was typed, and Tab until it is closed.
    """
    keyboard = viewer.page.keyboard
    for word in words:
        if word:
            keyboard.type(word, delay=60)
            listed = viewer.page.get_by_role("option")
            if viewer.page.evaluate("document.activeElement.getAttribute('role')") == "combobox":
                spelled = re.compile(".*".join(word), re.IGNORECASE)
                expect(listed.filter(has_not_text=spelled)).to_have_count(0)
                expect(listed.first).to_be_visible()
            keyboard.press("Enter")
            expect(listed).to_have_count(0)
        keyboard.press("Tab")


def focused(viewer: Viewer) -> str:
    return str(viewer.page.evaluate("document.activeElement.getAttribute('aria-label') || ''"))


def go_to(viewer: Viewer, box: str) -> None:
    """Tab until this box has the focus."""
    viewer.page.get_by_label(box, exact=True).first.wait_for()
    for _ in range(60):
        if focused(viewer) == box:
            return
        viewer.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {box}")


def told_in(viewer: Viewer) -> str:
    """What the form says that happened."""
    return str(viewer.page.get_by_label("Uraian").input_value())


def answered(viewer: Viewer, words: str) -> None:
    """Wait for the receipt, and for the page below it, which is drawn after it.

    That draws itself once more for what it has just brought in: nobody waits for that, and what is
    typed meanwhile must stay.
    """
    viewer.says(words)
    viewer.settled()


def rows(server: Server, feed: str) -> pd.DataFrame:
    frame = snapshot(server).frames[feed]
    return frame[frame["withdrawn_at"].isna()]


def test_an_incident_typed_by_keyboard_alone_arrives_on_situasi(post: Server, look: Look) -> None:
    viewer = look(post, "lapor")
    go_to(viewer, "Kecamatan")
    typed(viewer, "pemul bar", "arisan j", "2", "ricuh", "tin")
    viewer.page.keyboard.type(HOSTILE, delay=10)
    viewer.page.keyboard.press("Enter")
    answered(viewer, "Arisan Jaya · TPS 2: diterima")
    viewer.until(lambda: told_in(viewer) == "", "the form is not empty again")
    assert viewer.page.get_by_label("Kecamatan").input_value() == "Pemulutan Barat"

    assert viewer.page.evaluate("window.hit") is None
    told = rows(post, "incidents").iloc[-1]
    assert (told["tps"], told["jenis"], told["tingkat"]) == ("002", "kericuhan", "tinggi")
    assert not told["latihan"]
    assert snapshot(post).batches["actor"].iloc[-1] == "operator"
    other = look(post, ALL)
    assert other.reports()[0][2] == HOSTILE
    assert other.page.evaluate("window.hit") is None
    assert other.failures() == viewer.failures() == []


def test_what_is_half_typed_stays_while_reports_arrive(post: Server, look: Look) -> None:
    viewer = look(post, "lapor")
    viewer.page.get_by_label("Uraian").click()
    viewer.page.keyboard.type("baru setengah")
    post.deliver("lain.csv", "waktu,kode_kecamatan,jenis\n2024-11-27 10:00,16.10.05,akses\n")
    before = viewer.page.get_by_text(re.compile("Diperiksa")).first.inner_text()
    viewer.until(
        lambda: viewer.page.get_by_text(re.compile("Diperiksa")).first.inner_text() != before,
        "the page was not drawn again",
    )
    viewer.page.wait_for_timeout(2500)
    assert told_in(viewer) == "baru setengah"


def test_nihil_is_one_click(post: Server, look: Look) -> None:
    viewer = look(post, "lapor")
    viewer.page.get_by_role("button", name="Kandis", exact=True).click()
    viewer.says("nihil kejadian · Kandis: diterima")
    told = rows(post, "incidents").iloc[-1]
    assert (told["jenis"], told["kecamatan"]) == ("nihil", "16.10.13")


def test_what_the_door_refuses_stays_in_the_form_and_its_correction_settles_it(
    post: Server, look: Look
) -> None:
    viewer = look(post, "lapor")
    go_to(viewer, "Kecamatan")
    typed(viewer, "kandis", "", "", "", "")
    viewer.page.keyboard.type("Pohon tumbang")
    viewer.page.get_by_label("Jam").fill("99.99")
    viewer.page.keyboard.press("Enter")
    viewer.says("jenis kejadian kosong")
    answered(viewer, "jam 99.99 tidak ada")
    assert told_in(viewer) == "Pohon tumbang"
    assert snapshot(post).quarantine_counts == {"incidents": 1}

    viewer.page.get_by_label("Jam").fill("")
    viewer.page.get_by_label("Jenis").click()
    viewer.page.keyboard.type("bencana")
    viewer.page.keyboard.press("Enter")
    viewer.page.get_by_role("button", name="Kirim laporan").click()
    answered(viewer, "Kandis: diterima")
    assert snapshot(post).quarantine_counts == {}
    viewer.until(lambda: told_in(viewer) == "", "the form is not empty again")


def test_a_step_of_a_case_is_a_new_row_that_says_who_and_when(post: Server, look: Look) -> None:
    post.deliver(
        "kasus.csv",
        "id,waktu,kode_kecamatan,jenis,pelapor\nK-77,2024-11-27 10:00,16.10.05,kebakaran,Pos 9\n",
    )
    known = case_table(rows(post, "incidents"))
    case = known.loc[known["id"] == "K-77", "case"].iloc[0]
    viewer = look(post, f"kejadian?kasus={case.replace('|', '%7C')}&rentang=semua")
    viewer.page.get_by_role("button", name="Tugaskan").click()
    viewer.page.get_by_label("Satuan yang menangani").fill("Regu 2")
    viewer.page.keyboard.press("Enter")
    viewer.until(lambda: "ditangani" in history(viewer)[0], "the step is not in the history")
    newest, oldest = history(viewer)
    assert "operator" in newest and "ditugaskan Regu 2" in newest
    assert "Pos 9" in oldest
    assert re.search(r"\d\d\.\d\d", newest)
    told = rows(post, "incidents")
    assert told.loc[told["id"] == "K-77", "status"].tolist() == ["dilaporkan", "ditangani"]
    assert viewer.failures() == []


def history(viewer: Viewer) -> list[str]:
    return [str(text) for text in viewer.page.locator("ol.kj-told li").all_inner_texts()]


def test_pasted_messages_become_rows_and_twice_changes_nothing(post: Server, look: Look) -> None:
    viewer = look(post, "lapor?isi=pesan")
    paste(viewer)
    assert "Santoso" not in viewer.words()
    # The third message tells no clock: that of the message is proposed, and marked.
    assert viewer.page.get_by_label("waktu").input_value() == "≈ 09.20"
    viewer.page.get_by_role("button", name="Masukkan yang dicentang").click()
    answered(viewer, "Pesan: 4 diterima, 0 sudah ada")
    told = rows(post, "tps")
    assert told["tps"].tolist() == ["001", "001", "002"]
    assert told["hadir"].tolist()[1:] == [45, 61]
    assert told["teks_asli"].str.contains("TPS").all()

    fresh = rows(post, "incidents").iloc[-1]
    assert fresh["jenis"] == "kericuhan"
    assert "Santoso" not in fresh.astype(str).str.cat()

    paste(viewer)
    before = snapshot(post).version
    viewer.page.get_by_role("button", name="Masukkan yang dicentang").click()
    viewer.says("Pesan: sudah ada di papan")
    assert snapshot(post).version == before


def paste(viewer: Viewer) -> None:
    viewer.page.locator("textarea").fill(MESSAGES)
    viewer.page.get_by_role("button", name="Baca pesan").click()
    answered(viewer, "3 pesan berisi laporan")
    viewer.until(
        lambda: (
            viewer.page.locator("textarea").evaluate_all("all => all.map(e => e.value)") == [""]
        ),
        "the paste stays",
    )


def test_all_tps_of_a_desa_are_sent_at_once_and_an_empty_box_sends_nothing(
    post: Server, look: Look
) -> None:
    viewer = look(post, "lapor?isi=tps")
    go_to(viewer, "Kecamatan")
    typed(viewer, "muara kuang", "munggu")
    known = len(rows(post, "tps"))
    go_to(viewer, "TPS 001 hadir")
    viewer.page.keyboard.type("187")
    go_to(viewer, "TPS 003 fase")
    typed(viewer, "ditutup")
    viewer.page.keyboard.type("x")
    viewer.page.keyboard.press("Enter")
    answered(viewer, "belum diterima")
    assert viewer.page.get_by_label("TPS 003 hadir").input_value() == "x"
    viewer.page.get_by_label("TPS 003 hadir").fill("90")
    viewer.page.keyboard.press("Enter")
    viewer.says("Munggu: diterima")
    assert snapshot(post).quarantine_counts == {}
    told = rows(post, "tps").iloc[known:]
    assert told[["tps", "hadir"]].values.tolist() == [["001", 187], ["003", 90]]
    assert told["fase"].tolist() == [None, "ditutup"]
