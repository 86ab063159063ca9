"""Masukan opens a file that was read, as the board read it, and maps it in place of that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import TPS
from situasi.ingest import message_tray
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ui import session
from tests.builders import unbounded
from tests.builders_files import csv_file
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_SCRIPT = script_of("intake")


@pytest.fixture
def posko(empty: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A board without rows, seen by an analyst."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("rina", ROLES["analis"]))
    st.cache_resource.clear()
    return empty


def bring(board: Board, path: Path, *, is_kept: bool = True) -> IngestResult:
    rows: list[dict[str, Any]] = [
        {"tanggal": "27/11/2024", "jam": "09.00", "kecamatan": "Indralaya",
         "desa": "Tanjung Gelam", "tps": n, "hadir": count, "cek": 60 + n}
        for n, count in enumerate((41, 42, "banyak"), start=1)
    ]  # fmt: skip
    ingest = ingest_and_keep if is_kept else ingest_file
    csv_file(path, *rows)
    request = IngestRequest(path, board.store, board.ingest_context, unbounded("inbox"), now=NOON)
    return ingest(request)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return run(app)


def test_a_file_with_a_row_in_quarantine_is_opened_as_it_was_read_and_mapped(
    posko: Board, tmp_path: Path
) -> None:
    assert bring(posko, tmp_path / "rekap.csv").quarantined == 1
    app = press(run(AppTest.from_string(_SCRIPT)), "petakan_baris")
    assert any("kiriman 1 ditarik (2 baris diterima, 1 di karantina)" in t.value for t in app.text)
    boxes = {box.label: box for box in app.selectbox}
    assert [boxes[name].value for name in ("hadir", "cek")] == ["hadir", ""]
    boxes["hadir"].set_value("")
    boxes["cek"].set_value("hadir")
    app = run(app)
    assert any("3 dibaca = 3 diterima + 0 ganda + 0 karantina" in text.value for text in app.text)
    [save] = [one for one in app.button if one.label.startswith("Simpan pemetaan")]
    save.click()
    app = run(app)
    assert any("Kiriman 1 ditarik" in one.value for one in app.success)
    assert posko.store.rows_after(TPS)["hadir"].tolist() == [41, 42, 61, 62, 63]
    assert posko.store.withdrawals()["batch"].tolist() == [1, 1]
    assert not posko.store.quarantine_counts()


def test_it_is_closed_without_a_change(posko: Board, tmp_path: Path) -> None:
    bring(posko, tmp_path / "rekap.csv")
    version = posko.store.version()
    app = press(run(AppTest.from_string(_SCRIPT)), "petakan_baris")
    assert not [one for one in app.button if one.key == "petakan_baris"]
    app = press(app, "tutup_petakan")
    assert [one for one in app.button if one.key == "petakan_baris"]
    assert posko.store.version() == version


def test_a_file_that_is_not_kept_is_said_so(posko: Board, tmp_path: Path) -> None:
    bring(posko, tmp_path / "rekap.csv", is_kept=False)
    app = press(run(AppTest.from_string(_SCRIPT)), "petakan_baris")
    assert any("tidak (lagi) disimpan" in one.proto.body for one in app.get("html"))
    assert not [one for one in app.button if one.label.startswith("Simpan pemetaan")]


def test_a_file_whose_rows_are_messages_is_moved_to_the_tray(posko: Board, tmp_path: Path) -> None:
    path = tmp_path / "pesan.csv"
    path.write_text(
        "waktu,kecamatan,jenis,pesan\n"
        "27/11/2024 08.15,Kandis,banjir,air masuk ke halaman TPS 1 Miji\n"
        "27/11/2024 09.15,Kandis,entah,saksi ribut di TPS 2 Miji\n"
    )
    bring_file = ingest_and_keep(
        IngestRequest(path, posko.store, posko.ingest_context, unbounded("inbox"), now=NOON)
    )
    assert (bring_file.accepted, bring_file.quarantined) == (1, 1)
    app = press(run(AppTest.from_string(_SCRIPT)), "petakan_baris")
    [move] = [one for one in app.button if one.label == "Pindahkan 2 pesan ke Lapor"]
    move.click()
    app = run(app)
    assert any("2 pesan menunggu di Lapor" in one.value for one in app.success)
    assert len(message_tray.list_items(posko.store, ())) == 2
    assert posko.store.withdrawals()["batch"].tolist() == [1]
    assert not posko.store.quarantine_counts()
