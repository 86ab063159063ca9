"""The API: seconds until one row is durable and answered, and until figures are read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import requests

from situasi.domain.settings import ROOT
from situasi.server.api import api_keys
from tests.bench import made
from tests.bench.machine import spread
from tests.bench.server import serving

RUNS = 30
PAUSE = 0.26  # seconds; as often as one source may call


def run(folder: Path, count: int) -> None:
    """Print the figures of a board that holds so many reports, beside a bare durable INSERT."""
    print(f"\nAPI, {count:,} reports")
    board = made.board(folder)
    now = datetime.now(made.EVENING.tzinfo)
    name = f"bench-{count}"
    token = api_keys.add(board.store, name, now, "bench", feeds=("incidents",), read=True)
    board.close()
    plain = _timed(_insert(folder / "plain.db"))
    with serving(ROOT / "dashboard.py", made.environment(folder)) as port:
        caller = _Caller(port, token)
        ours = _timed(caller.send)
        figures = _timed(lambda: caller.read("situation"))
        fresh = [_after_a_row(caller) for _ in range(RUNS // 3)]
        unchanged = _timed(lambda: caller.read("situation", caller.tag))
        rows = _timed(lambda: caller.read("incidents?limit=1000"))
    print(f"  {'one row, durable and answered':<34}{spread(ours)}")
    print(f"  {'a bare durable INSERT':<34}{spread(plain)}")
    print(f"  {'ours : bare INSERT':<34}{min(ours) / min(plain):>8.1f} × time")
    print(f"  {'key figures, nothing changed':<34}{spread(figures)}")
    print(f"  {'key figures, new version':<34}{spread(fresh)}")
    print(f"  {'key figures, the reader has them':<34}{spread(unchanged)}")
    print(f"  {'a page of 1,000 rows':<34}{spread(rows)}")


class _Caller:
    """A source that sends and reads with one key over one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._address = f"http://127.0.0.1:{port}/api/v1"
        self._session = requests.Session()
        self._session.headers["authorization"] = f"Bearer {token}"
        self._number = 0
        self.tag = ""

    def send(self) -> None:
        self._number += 1
        row = {"waktu": "27/11/2024 08.00", "kecamatan": "Kandis", "jenis": "banjir"}
        row["uraian"] = f"{time.time_ns()}-{self._number}"
        answer = self._session.post(f"{self._address}/incidents", json=[row], timeout=60)
        assert answer.json()["accepted"] == 1, answer.text

    def read(self, path: str, held: str = "") -> None:
        headers = {"if-none-match": held} if held else {}
        answer = self._session.get(f"{self._address}/{path}", headers=headers, timeout=60)
        assert answer.status_code in {200, 304}, answer.text
        self.tag = answer.headers["etag"]


def _after_a_row(caller: _Caller) -> float:
    caller.send()
    return _one(lambda: caller.read("situation"))


def _insert(path: Path) -> Callable[[], None]:
    """One row into a table of SQLite, durable as ours are, with nothing checked."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS plain (said TEXT)")

    def insert() -> None:
        connection.execute("INSERT INTO plain VALUES ('27/11/2024 08.00,Kandis,banjir')")

    return insert


def _timed(work: Callable[[], None]) -> list[float]:
    work()
    return [_one(work) for _ in range(RUNS)]


def _one(work: Callable[[], None]) -> float:
    time.sleep(PAUSE)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
