"""Kejadian on a day of which nothing was reported: it says so, and counts nothing as zero."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ui import session
from tests.builders import unbounded
from tests.conftest import NOON
from tests.pages.drawn_page import DrawnPage


def test_a_day_without_reports_has_no_zeros_and_one_with_reports_that_are_hidden_has(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    row = {
        "id": "K-1", "waktu": "2024-11-20 09:00", "kecamatan": "Indralaya", "jenis": "logistik",
        "tingkat": "tinggi", "uraian": "Kotak hilang", "pelapor": "Polsek",
    }  # fmt: skip
    ingest_rows(
        [row], "uji", empty.store, empty.ingest_context, unbounded(), feed="incidents", now=NOON
    )
    empty.refresher.refresh()
    page = DrawnPage("kejadian")
    assert page.card("Kejadian terbuka") == (
        "–", "Belum ada laporan pada hari atau jangka waktu ini."
    )  # fmt: skip
    assert page.card("Lewat waktu") == ("–", "tidak ada kejadian terbuka")
    assert page.card("Kemungkinan ganda")[0] == "–"
    words = page.words()
    assert "Belum ada laporan pada hari atau jangka waktu ini." in words
    assert "0 dari 0" not in words and "0 laporan" not in words
    hidden = DrawnPage("kejadian", rentang="semua", jenis="lainnya")
    assert hidden.card("Kejadian terbuka") == ("–", "Tidak ada kejadian pada pilihan ini.")
