"""A file handed in on the screen: tried, taken in, and no copy left behind."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from situasi.board import Board
from situasi.domain import feed_schemas
from situasi.ingest.pipeline import IngestRequest, IngestResult
from situasi.ingest.upload import ingest_upload, list_feeds, make_safe_name
from tests.builders import unbounded
from tests.builders_files import csv_file, faulty, report, workbook
from tests.conftest import NOON


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies of uploaded files lie while they are read."""
    folder = tmp_path / "sementara"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def handed(board: Board, path: Path, name: str = "pagi.csv", **how: Any) -> IngestResult:
    file = io.BytesIO(path.read_bytes())
    file.seek(3)  # a reader may have looked into it before
    request = IngestRequest(
        Path(name), board.store, board.ingest_context, unbounded(), now=NOON, **how
    )
    return ingest_upload(file, request)


def test_a_trial_says_what_would_become_of_the_file_and_stores_nothing(
    board: Board, tmp_path: Path, copies: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", report(), faulty(id="K-2"))
    tried = handed(board, path, dry_run=True)
    assert (tried.read, tried.accepted, tried.quarantined) == (2, 1, 1)
    assert board.store.version() == 0
    assert replace(handed(board, path), batch=None) == tried
    assert board.store.batches()["source"].tolist() == ["pagi.csv"]
    assert list(copies.iterdir()) == []


def test_a_file_that_cannot_be_read_leaves_no_copy_and_names_no_folder(
    board: Board, tmp_path: Path, copies: Path
) -> None:
    (tmp_path / "a.csv").write_bytes(b"\x00\x01\x02")
    ledger = handed(board, tmp_path / "a.csv")
    assert ledger.refused
    assert ledger.path == "pagi.csv"
    assert str(copies) not in str(ledger)
    assert list(copies.iterdir()) == []


def test_the_feeds_of_a_workbook_are_all_told(board: Board, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Satu": [report()], "Dua": [report("tps")]})
    assert set(list_feeds(handed(board, path, "a.xlsx", dry_run=True))) == {"incidents", "tps"}
    assert list_feeds(IngestResult("a.csv")) == ()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/pagi.csv", "pagi.csv"),
        ("C:\\laporan\\pagi.csv", "pagi.csv"),
        ('a<b>:"c|?*.csv', "a_b___c___.csv"),
        (".csv", "csv"),
        ("..", "kiriman"),
        ("a\x00b.csv", "a_b.csv"),
        ("gaji\u202egpj.csv", "gajigpj.csv"),  # it would be read from right to left
        ("a\u200b\u2028b\x85.csv", "ab.csv"),
        ("é" * 300 + ".xlsx", "é" * 60 + ".xlsx"),
    ],
)
def test_a_name_becomes_one_that_every_disk_takes(name: str, safe: str) -> None:
    assert make_safe_name(name) == safe


def test_a_name_that_climbs_stays_in_its_folder(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", report())
    assert handed(board, path, "../../../naik.csv").accepted == 1
    assert not list(tmp_path.rglob("naik.csv"))


def test_a_trial_shows_the_rows_as_they_would_be_stored(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", report(), faulty(id="K-2"))
    shown: dict[str, pd.DataFrame] = {}
    handed(board, path, dry_run=True, preview=shown.__setitem__)
    handed(board, path)
    stored = board.snapshot_reader.refresh().snapshot.frames["incidents"]
    names = [*feed_schemas.INCIDENTS.column_names, "known_at", "row"]
    assert_frame_equal(shown["incidents"][names], stored[names], check_dtype=False)
