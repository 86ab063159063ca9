"""Columns of phases under headings that only ask how a TPS is."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import TPS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from tests.builders import unbounded
from tests.conftest import NOON

ROWS = (
    ("Tanjung Seteko", "1", "07.00", "sdh buka", "Rudi Hartono"),
    ("Tanjung Seteko", "2", "07.10", "buka", "Joni Iskandar"),
    ("Tanjung Gelam", "1", "07.15", "antre panjang", "Eko Prasetyo"),
    ("Tanjung Gelam", "2", "07.20", "blm ada laporan", "Suhardi"),
    ("Tanjung Seteko", "1", "11.30", "tutup", "Rudi Hartono"),
    ("Tanjung Gelam", "1", "11.40", "hitung", "Eko Prasetyo"),
)


def bring(board: Board, path: Path, heading: str, *, has_officers: bool) -> IngestResult:
    headings = ("desa", "tps", "pukul", heading, "petugas")
    size = 5 if has_officers else 4
    lines = ["KEC. INDRALAYA 27-11-2024", *(";".join(row[:size]) for row in (headings, *ROWS))]
    path.write_text("\n".join(lines), "utf-8")
    return ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
    )


@pytest.mark.parametrize("heading", ["status", "situasi"])
@pytest.mark.parametrize("has_officers", [True, False])
def test_buka_and_tutup_under_a_heading_that_incidents_have_too_are_phases(
    board: Board, tmp_path: Path, heading: str, has_officers: bool
) -> None:
    result = bring(board, tmp_path / "a.csv", heading, has_officers=has_officers)
    assert board.store.rows_after(TPS)["fase"].tolist() == [
        *("dibuka",) * 2,
        "ditutup",
        "hitung_mulai",
    ]
    reasons = [reason["reasons"][0] for reason in result.reasons]
    assert len(reasons) == 2
    assert '"antre panjang" tidak dikenal' in reasons[0]
    assert "belum (blm ada laporan)" in reasons[1]
    noted = 'kolom nama tidak disimpan: "petugas"' in result.notes
    assert noted == has_officers
