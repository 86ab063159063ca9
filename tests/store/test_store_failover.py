"""A primary dies under load, its standby takes over: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import open_store
from tests import processes
from tests.effort import effort
from tests.postgres import SCOPE, Node

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = effort(20, check=2)  # there, and back again
ROWS, WRITERS = 3, 2


class Writer:
    """See failover_writer."""

    def __init__(self, url: str, name: str) -> None:
        self._process = processes.Popen(
            [sys.executable, "-m", "tests.store.failover_writer", url, name, str(ROWS)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.acknowledged: list[str] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n") and line != "ready\n":
                self.acknowledged.append(line.strip())

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def more_than(writers: list[Writer], had: list[int]) -> Callable[[], bool]:
    """Whether each writer has had more acknowledged than this by now."""
    return lambda: all(len(one.acknowledged) > n for one, n in zip(writers, had, strict=True))


def either(first: Node, second: Node) -> str:
    hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in (first, second))
    return f"postgresql+psycopg://postgres@/postgres?{hosts}"


@pytest.mark.slow
def test_a_primary_that_dies_loses_nothing_acknowledged_and_nothing_is_there_twice(
    pair: tuple[Node, Node],
) -> None:
    primary, standby = pair
    url, moments = either(*pair), random.Random(1610)
    promised: list[str] = []
    store = open_store(url, SCOPE)
    for turn in range(ROUNDS):
        until(primary.is_followed, "the standby never followed")
        writers = [Writer(url, f"r{turn}w{number}") for number in range(WRITERS)]
        try:
            until(more_than(writers, [0, 0]), "nobody wrote")
            time.sleep(moments.uniform(0.0, 0.3))
            primary.kill()
            before = [len(one.acknowledged) for one in writers]
            standby.promote()
            primary.follow(standby)
            primary.start()
            primary, standby = standby, primary
            until(more_than(writers, before), "writing never went on")
        finally:
            for one in writers:
                one.stop()
        until(primary.is_at_rest, "a commit never ended")
        promised += [mark for one in writers for mark in one.acknowledged]
        found = store.rows_after(INCIDENTS)
        there = Counter(found["pelapor"])
        assert {mark: there[mark] for mark in promised} == dict.fromkeys(promised, ROWS)
        assert set(there.values()) == {ROWS}, "half a delivery, or one twice"
        assert found["seq"].is_unique
        assert set(store.batches()["source"]) == there.keys()
        assert store.batches()["source"].is_unique
        assert store.verify() == []
    store.close()
    assert len(promised) >= ROUNDS * WRITERS * 2
