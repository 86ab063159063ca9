"""Digest and rows are of the same bytes, whatever the writer of the file does meanwhile."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest import pipeline
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.readers import file_reader
from situasi.ingest.readers import private_copy as copying
from situasi.ingest.readers.private_copy import private_copy
from situasi.ingest.tables import SourceError
from situasi.store.model import StoreError
from tests.builders import unbounded
from tests.builders_files import csv_file, report, xlsx_file
from tests.conftest import NOON
from tests.ingest.test_pipeline import bring


@pytest.mark.parametrize("how", ["replaced", "grown", "cut", "gone"])
@pytest.mark.parametrize("write", [csv_file, xlsx_file])
def test_a_file_changed_while_it_is_read_gives_digest_and_rows_of_what_was_read(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, write: Any
) -> None:
    path = write(tmp_path / ("a.csv" if write is csv_file else "a.xlsx"), report(id="K-1"))
    first = path.read_bytes()
    other = write(tmp_path / f"b{path.suffix}", report(id="K-2")).read_bytes()

    def changed(copy: Path, known: Any) -> Iterator[Any]:
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes({"replaced": other, "grown": first + other, "cut": b""}[how])
        return file_reader.read_file(copy, known)

    monkeypatch.setattr(pipeline, "read_file", changed)
    ledger = bring(board, path)
    assert ledger.sha256 == hashlib.sha256(first).hexdigest()
    assert board.store.rows_after(INCIDENTS)["id"].tolist() == ["K-1"]
    assert board.store.batches()["sha256"].tolist() == [ledger.sha256]


def test_the_copy_is_what_its_digest_says_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"awal\n" * 400_000)
    stop = threading.Event()

    def scribble() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            with path.open("r+b") as file:
                file.seek(turn * 7919 % 1_900_000)
                file.write(b"%d" % turn)

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        for _ in range(20):
            with private_copy(path, 10_000_000) as copy:
                assert hashlib.sha256(copy.path.read_bytes()).hexdigest() == copy.sha256
    finally:
        stop.set()
        writer.join()


def test_a_file_that_grows_beyond_the_limit_while_it_is_copied_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(copying, "_BLOCK_BYTES", 10)
    before = path.stat()

    def growing(descriptor: int) -> os.stat_result:
        path.write_bytes(b"x" * 1_000)
        return before

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(SourceError, match="paling besar"), private_copy(path, 500):
        pass


def test_no_copy_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sementara"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = csv_file(tmp_path / "a.csv", report())
    with private_copy(path, 1_000_000) as copy:
        assert copy.path.suffix == ".csv"
    with pytest.raises(SourceError), private_copy(path, 1):
        pass
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_no_fault_of_the_file(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    paths = [csv_file(tmp_path / "a.csv", report()), xlsx_file(tmp_path / "a.xlsx", report())]
    for module, name in (
        (copying, "_copy_and_hash"),
        (file_reader.xlsx_reader.xlsx_guard, "_copy_members"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            path = paths[name == "_copy_members"]
            with pytest.raises(StoreError, match="No space left"):
                ingest_file(
                    IngestRequest(
                        path, board.store, board.ingest_context, unbounded("uji"), now=NOON
                    )
                )
    assert board.store.version() == 0
