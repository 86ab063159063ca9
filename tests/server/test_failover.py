"""Two boards behind a proxy, a primary and its standby: the primary dies while programs report."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.server.api import api_keys
from situasi.store import open_store
from tests.browser.caddy import Caddy
from tests.browser.serving import Server
from tests.postgres import SCOPE, Node
from tests.server.doors import SECRET
from tests.store.test_store_failover import either, until

pytestmark = pytest.mark.slow
SENDERS = 3


class Sender:
    """A program that reports one thing after the other, and each again until it is told `kept`."""

    def __init__(self, address: str, key: str, name: str) -> None:
        self._address, self._key, self._name = f"{address}/api/v1/incidents", key, name
        self._over = threading.Event()
        self.acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._over.is_set():
            mark = f"{self._name}-{number}"
            if self._is_kept(mark):
                self.acknowledged.append(mark)
                number += 1
            else:
                time.sleep(0.05)

    def _is_kept(self, mark: str) -> bool:
        row = {"id": mark, "waktu": "27/11/2024 09.00", "kecamatan": "Kandis", "jenis": "banjir"}
        request = urllib.request.Request(
            self._address,
            json.dumps([row]).encode(),
            {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                told = json.load(answer)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        # Sent again after an answer that was lost, it is known.
        return bool(told["accepted"] + told["duplicate"] == 1)


@pytest.fixture
def door(pair: tuple[Node, Node], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Yield the address of the proxy before two boards, and a key to report by."""
    until(pair[0].is_followed, "the standby never followed")
    environment = {
        "SITUASI_REHEARSAL": "no",
        "SITUASI_STORE": either(*pair),
        "SITUASI_SECRET": SECRET,
        "SITUASI_PROXY": "127.0.0.1",
    }
    boards = Server(tmp_path / "a", environment), Server(tmp_path / "b", environment)
    store = open_store(either(*pair), SCOPE)
    key = api_keys.add(store, "uji", datetime.now(UTC), "uji", feeds=("incidents",))
    store.close()
    caddy = Caddy(tmp_path / "caddy", [])
    try:
        for board in boards:
            board.start()
        caddy = Caddy(tmp_path / "caddy", [board.port for board in boards])
        caddy.start()
        yield caddy.address, key
    finally:
        caddy.stop()
        for board in boards:
            board.stop()


def test_what_a_program_was_told_is_kept_is_there_once_after_the_primary_died(
    door: tuple[str, str], pair: tuple[Node, Node]
) -> None:
    primary, standby = pair
    address, key = door
    senders = [Sender(address, key, f"p{number}") for number in range(SENDERS)]
    try:
        until(lambda: all(len(one.acknowledged) > 2 for one in senders), "nobody was heard")
        primary.kill()
        before = [len(one.acknowledged) for one in senders]
        standby.promote()
        primary.follow(standby)
        primary.start()
        until(
            lambda: all(
                len(one.acknowledged) > had + 2 for one, had in zip(senders, before, strict=True)
            ),
            "reporting never went on",
        )
    finally:
        for one in senders:
            one.stop()
    until(standby.is_at_rest, "a commit never ended")
    store = open_store(either(*pair), SCOPE)
    found = store.rows_after(INCIDENTS)
    there = found.loc[found["id"].str.startswith("p", na=False), "id"]
    assert there.is_unique
    assert {mark for one in senders for mark in one.acknowledged} <= set(there)
    assert store.verify() == []
    store.close()
