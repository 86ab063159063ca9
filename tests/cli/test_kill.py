"""`ingest` killed at any moment: all rows of the file, or none, and sending it again completes."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.settings import ROOT
from tests import processes
from tests.builders_files import csv_file, faulty, report
from tests.cli.conftest import LIMIT, Run
from tests.effort import effort

ROWS, FAULTY, ROUNDS = effort(15_000, check=5_000), 30, effort(4)


def long_file(path: Path) -> Path:
    good = (report(id=f"K-{n}", uraian=f"Laporan {n}") for n in range(ROWS))
    return csv_file(path, *good, *(faulty(id=f"B-{n}") for n in range(FAULTY)))


def started(path: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return processes.Popen(
        [sys.executable, "-m", "situasi", "ingest", str(path)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until_it_writes(writer: subprocess.Popen[bytes], store: Path) -> None:
    """Wait until the writer holds the store, or has ended: only then is there much to lose."""
    asking = sqlite3.connect(store, timeout=0, isolation_level=None)
    try:
        while writer.poll() is None:
            try:
                asking.execute("BEGIN IMMEDIATE")
                asking.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return
            time.sleep(0.005)
    finally:
        asking.close()


def test_killed_while_it_writes_it_leaves_all_rows_or_none(
    tmp_path: Path, environment: dict[str, str], cli: Run, reopened: Callable[[], Board]
) -> None:
    path, moments = long_file(tmp_path / "a.csv"), random.Random(1610)
    reopened().close()  # the store is there before the first writer
    for turn in range(ROUNDS):
        writer = started(path, environment)
        until_it_writes(writer, tmp_path / "live" / "situasi.db")
        time.sleep(moments.uniform(0, 0.6) if turn else 0)
        writer.kill()
        writer.wait(LIMIT)
        board = reopened()
        found = len(board.store.rows_after(INCIDENTS)), len(board.store.quarantined_rows())
        batches, version = len(board.store.batches()), board.store.version()
        board.close()
        assert (found, batches, version) in [((0, 0), 0, 0), ((ROWS, FAULTY), 1, 1)]
    [source] = cli("ingest", "--json", path).sources
    assert source["accepted"] + source["duplicate"] == ROWS
    board = reopened()
    assert len(board.store.rows_after(INCIDENTS)) == ROWS
    assert len(board.store.quarantined_rows()) == FAULTY
    board.close()
