"""Several processes on one store: killed at any moment, racing with the same rows."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import open_store
from tests import processes
from tests.effort import effort
from tests.postgres import SCOPE

ROOT = Path(__file__).resolve().parents[2]
ROWS = 40
KILLS, WRITERS_AT_ONCE = effort(15, check=3), 3


@pytest.fixture(params=["url", "database"])
def anywhere(request: pytest.FixtureRequest) -> str:
    """A file of SQLite, and an empty database of PostgreSQL."""
    address: str = request.getfixturevalue(request.param)
    return address


def writer(url: str, name: str, *more: str) -> subprocess.Popen[str]:
    """A process that has opened the store and waits for a line to begin."""
    return processes.Popen(
        [sys.executable, "-m", "tests.store.writer_process", url, name, str(ROWS), *more],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(*writers: subprocess.Popen[str]) -> None:
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in writers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()


def first_acknowledged(living: subprocess.Popen[str]) -> dict[str, int]:
    """Wait until this writer has something to lose."""
    assert living.stdout is not None
    return counted([living.stdout.readline()])


def acknowledged(dead: subprocess.Popen[str]) -> dict[str, int]:
    """Mark of each delivery that was acknowledged, and the rows it added."""
    said, _ = dead.communicate()
    return counted([line for line in said.splitlines(keepends=True) if line.endswith("\n")])


def counted(lines: list[str]) -> dict[str, int]:
    return {mark: int(accepted) for mark, accepted, _ in map(str.split, lines)}


def assert_sound(url: str, promised: dict[str, int]) -> int:
    """Every acknowledged row there, no half batch, file intact; how many batches."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    store = open_store(url, SCOPE)
    per_mark = store.rows_after(INCIDENTS).groupby("pelapor").size().to_dict()
    batches = store.batches()
    quarantined = {one.raw["k"] for one in store.quarantined_rows()}
    assert promised.items() <= per_mark.items()
    assert set(per_mark.values()) <= {ROWS}
    assert set(batches["source"]) == per_mark.keys() == quarantined
    trail = store.audit_entries()
    assert store.verify() == []
    assert trail["moves"].sum() == len(batches)
    assert (trail["action"] == "sign-in").sum() == store.access_version()
    assert store.version() == trail.loc[trail["moves"], "seq"].max()
    store.close()
    return len(batches)


def test_store_killed_at_any_moment_keeps_every_acknowledged_row_and_no_half_batch(
    anywhere: str,
) -> None:
    url = anywhere
    moments = random.Random(1610)
    promised: dict[str, int] = {}
    for first in range(0, KILLS, WRITERS_AT_ONCE):
        names = [f"w{first + number}" for number in range(WRITERS_AT_ONCE)]
        writers = [writer(url, name) for name in names]
        go(*writers)
        promised |= first_acknowledged(writers[0])
        for one in writers:
            time.sleep(moments.uniform(0.02, 0.15))
            one.kill()
        for one in writers:
            promised |= acknowledged(one)
        assert_sound(url, promised)
    assert len(promised) >= KILLS / WRITERS_AT_ONCE
    assert set(promised.values()) == {ROWS}


def test_two_processes_delivering_the_same_rows_store_each_once(anywhere: str) -> None:
    url = anywhere
    turns = effort(12, check=4)
    writers = [writer(url, "sama", str(turns)) for _ in range(2)]
    go(*writers)
    said = [one.communicate(timeout=600)[0] for one in writers]
    told = [[int(part) for part in line.split()[1:]] for text in said for line in text.splitlines()]
    assert [one.returncode for one in writers] == [0, 0]
    assert [sum(counts) for counts in told] == [ROWS] * turns * 2
    assert sum(accepted for accepted, _ in told) == ROWS * turns
    assert assert_sound(url, {}) == turns
    store = open_store(url, SCOPE)
    told = store.audit_entries()
    store.close()
    assert told["action"].value_counts().to_dict() == {
        "deliver": turns,
        "deliver-again": turns,
        "sign-in": 2 * turns,
        "saw": 2 * turns,
    }


def test_many_processes_may_create_the_store_at_once(anywhere: str) -> None:
    url = anywhere
    many = effort(6, check=3)
    writers = [writer(url, f"w{number}", "1") for number in range(many)]
    go(*writers)
    assert [acknowledged(one) for one in writers] == [{f"w{n}-0": ROWS} for n in range(many)]
    assert assert_sound(url, {}) == many
