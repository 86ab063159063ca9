"""Reading and judging a file never keep others from writing; a trial never locks at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from situasi.board import Board, open_board
from situasi.ingest import pipeline
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file, ingest_rows
from situasi.ingest.readers import file_reader
from situasi.store import delivery_writer
from situasi.store.engines import postgres_connection, sqlite
from tests.builders import unbounded
from tests.builders_files import csv_file, faulty, report
from tests.conftest import NOON, settings_in


@pytest.fixture(params=["sqlite", "postgres"])
def board(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Board]:
    """A board on each engine, on which a writer who has to wait is refused almost at once."""
    monkeypatch.setattr(sqlite, "_LOCK_TIMEOUT_S", 0.05)
    monkeypatch.setattr(postgres_connection, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(
        pipeline, "read_file", lambda path, known: file_reader.read_file(path, known, 10)
    )
    asked = {}
    if request.param == "postgres":
        asked["SITUASI_STORE"] = request.getfixturevalue("store_database")
    opened = open_board(settings_in(tmp_path, **asked), lambda: NOON)
    yield opened
    opened.close()


def bring(board: Board, path: Path, **how: Any) -> IngestResult:
    return ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON, **how)
    )


def large(folder: Path) -> Path:
    """A file that is read in several pieces."""
    return csv_file(folder / "a.csv", *(report(id=f"K-{n}") for n in range(45)), faulty(id="K-X"))


@pytest.mark.parametrize("dry_run", [False, True])
def test_others_write_while_a_file_is_read_and_judged(
    board: Board, tmp_path: Path, dry_run: bool
) -> None:
    written: list[int] = []

    def meanwhile(_done: float, rows: int) -> None:
        board.store.put_note("siaga", rows, NOON, "kapolres")
        written.append(rows)

    ledger = bring(board, large(tmp_path), dry_run=dry_run, progress=meanwhile)
    assert written == [10, 20, 30, 40, 46]
    assert (ledger.accepted, ledger.quarantined) == (45, 1)
    assert board.store.latest_notes() == {"siaga": 46}


def test_others_write_while_the_rows_are_made_ready_for_the_store(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = delivery_writer.compute_digests
    written: list[int] = []

    def digests(values: Any) -> list[bytes]:
        board.store.put_note("siaga", 1, NOON, "kapolres")
        written.append(1)
        return make(values)

    monkeypatch.setattr(delivery_writer, "compute_digests", digests)
    assert bring(board, large(tmp_path)).accepted == 45
    rows = [report(id="Z-1")]
    ingest_rows(
        rows, "uji", board.store, board.ingest_context, unbounded(), feed="incidents", now=NOON
    )
    assert len(written) == 2


def test_a_trial_counts_while_somebody_else_is_writing(board: Board, tmp_path: Path) -> None:
    path = large(tmp_path)
    bring(board, path)
    board.store.withdraw(1, NOON, "kapolres")
    bring(board, csv_file(tmp_path / "b.csv", report(id="K-1"), report(id="K-2")))
    with board.store.raw_import():  # holds the write lock from here on
        tried = bring(board, path, dry_run=True)
    assert (tried.accepted, tried.duplicate, tried.quarantined) == (43, 2, 1)
    assert bring(board, path).as_json() == tried.as_json()
