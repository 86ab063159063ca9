"""Lapor: what the operator is told of what was sent, whatever the store or the browser does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store.model import StoreError
from situasi.ui import session
from tests.builders import wib
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_SCRIPT = script_of("report_entry")
_TAKE = "Masukkan yang dicentang"
_MESSAGE = """[09.10, 27/11/2024] Pos 4: Perkembangan pemilih hadir Desa Lorok \
Kec. Indralaya Utara jam 09.00
TPS 1 : 45
"""
Lapor = Callable[[str], AppTest]


@pytest.fixture
def lapor(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lapor]:
    """The page as an operator opens it, at one of its tabs."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(board_module, "_current", board)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("operator", ROLES["operator"]))
    st.cache_resource.clear()

    def opened(tab: str) -> AppTest:
        app = AppTest.from_string(_SCRIPT)
        app.query_params["isi"] = tab
        return run(app)

    yield opened
    st.cache_resource.clear()


def press(app: AppTest, title: str) -> AppTest:
    next(one for one in app.button if one.label == title).click()
    return run(app)


def told(app: AppTest) -> str:
    kinds = ("warning", "success", "info", "error")
    said = "\n".join(str(one.value) for kind in kinds for one in app.get(kind))
    return said.replace("\\", "")  # marks of Markdown are told as they are


def pasted(app: AppTest) -> AppTest:
    app.text_area[0].set_value(_MESSAGE)
    return press(app, "Baca pesan")


def test_a_row_that_is_held_is_never_said_to_be_gone(
    board: Board, lapor: Lapor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: object) -> None:
        raise StoreError("Penyimpanan masih dipakai menulis. Tunggu sebentar, lalu ulangi.")

    app = lapor("kejadian")
    with monkeypatch.context() as patch:
        patch.setattr(board.store, "quarantine_frame", unread)  # where its number would be found
        next(one for one in app.text_input if one.label == "Uraian").set_value("Ada keributan.")
        press(app, "Kirim laporan")
    assert "jenis kejadian kosong" in told(app)
    assert "tidak disimpan" not in told(app)
    assert len(board.store.quarantined_rows("incidents")) == 1


def test_an_empty_form_is_refused_and_makes_no_row(board: Board, lapor: Lapor) -> None:
    app = press(lapor("kejadian"), "Kirim laporan")
    assert "formulirnya kosong" in told(app)
    assert board.store.quarantined_rows() == [] and board.store.batches().empty


def test_a_pasted_incident_takes_the_weight_that_the_operator_gives(
    board: Board, lapor: Lapor
) -> None:
    app = lapor("pesan")
    app.text_area[0].set_value(
        "[09.10, 27/11/2024] Pos 4: Keributan massa di TPS 1 Desa Lorok "
        "Kec. Indralaya Utara jam 09.00"
    )
    press(app, "Baca pesan")
    chosen = {"Tingkat": "tinggi", "Situasi": "merah"}
    for pills in app.get("button_group"):
        if pills.label in chosen:
            pills.set_value(chosen[pills.label])
    press(app, _TAKE)
    rows = board.store.rows_after(INCIDENTS)
    assert rows[["tingkat", "situasi"]].to_numpy().tolist() == [["tinggi", "merah"]]


def test_an_event_without_an_hour_takes_that_of_the_message_marked_as_approximate(
    board: Board, lapor: Lapor
) -> None:
    app = lapor("pesan")
    app.text_area[0].set_value(
        "[09.10, 27/11/2024] Pos 4: Keributan massa di TPS 1 Desa Lorok Kec. Indralaya Utara"
    )
    app = press(app, "Baca pesan")
    [hour] = [one for one in app.text_input if one.label == "waktu"]
    assert hour.value == "≈ 09.10"
    app.checkbox[0].check()
    press(app, _TAKE)
    [row] = board.store.rows_after(INCIDENTS).to_dict("records")
    assert row["occurred_at"] == wib("09.10")
    assert "perkiraan pelapor" in row["flags"]


def test_what_is_settled_is_not_sent_again_by_a_browser_that_answers_late(
    board: Board, lapor: Lapor
) -> None:
    app = pasted(lapor("pesan"))
    ticked = app.checkbox[0].key
    press(app, _TAKE)
    assert "Pesan: diterima" in told(app)
    assert not app.checkbox
    app.session_state[ticked] = True
    before = board.store.version()
    press(app, _TAKE)
    assert "tidak ada baris tercentang yang lengkap" in told(app)
    assert "sudah ada" not in told(app)
    assert board.store.version() == before


def test_messages_of_which_none_is_ticked_are_not_said_to_be_there_already(lapor: Lapor) -> None:
    app = pasted(lapor("pesan"))
    app.checkbox[0].uncheck()
    press(app, _TAKE)
    assert "tidak ada baris tercentang yang lengkap" in told(app)
    assert len(app.checkbox) == 1


def test_numbers_that_no_row_has_are_said_and_nothing_is_sent_before_they_were_looked_at(
    board: Board, lapor: Lapor
) -> None:
    app = lapor("pesan")
    app.text_area[0].set_value("[09.10, 27/11/2024] Pos 4: TPS 7 Ds Lorok aman, 210\n")
    press(app, "Baca pesan")
    assert "Angka yang tidak dipahami: 210" in told(app)
    before = board.store.version()
    press(app, _TAKE)
    assert board.store.version() == before
    next(one for one in app.checkbox if "periksa" in one.label).check()
    press(app, _TAKE)
    assert "Pesan: diterima" in told(app)
    assert board.store.version() != before


def test_a_message_without_a_row_is_shown_where_it_holds_a_number(lapor: Lapor) -> None:
    app = lapor("pesan")
    app.text_area[0].set_value("[09.10, 27/11/2024] Pos 4: TPS 10 Ds Lorok 33\n")
    press(app, "Baca pesan")
    assert "Angka yang tidak dipahami: 10, 33" in told(app)


def test_a_place_that_was_read_although_it_is_misspelt_is_said(lapor: Lapor) -> None:
    app = lapor("pesan")
    app.text_area[0].set_value(
        "[09.10, 27/11/2024] Pos 4: TPS 2 Ds Tanjung Gelm Kec Indralaya dibuka pkl 07.05\n"
    )
    press(app, "Baca pesan")
    captions = "\n".join(caption.value for caption in app.caption).replace("\\", "")
    assert "Tanjung Gelm" in captions and "dibaca" in captions
