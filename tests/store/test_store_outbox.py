"""The outbox: nobody waits for the store, nothing is lost, nothing is out of its order."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from situasi.store import Store, StoreError
from situasi.store.audit.audit_writer import AuditOutbox, AuditWriter
from tests.conftest import NOON


class Busy:
    """A store that cannot be written to for as long as it is told so."""

    def __init__(self) -> None:
        self.free = False
        self.tries = 0
        self.told: list[tuple[str, str, datetime, dict[str, Any]]] = []

    def log_audit(self, *entry: Any) -> None:
        self.tries += 1
        if not self.free:
            raise StoreError("Penyimpanan sibuk")
        self.told.append(entry)


def until(holds: Any) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def outbox(store: Any) -> AuditOutbox:
    ticks = iter(range(10_000))
    return AuditOutbox(store, lambda: NOON + timedelta(seconds=next(ticks)))


def test_what_could_not_be_written_waits_in_its_order_with_the_time_of_the_deed() -> None:
    store = Busy()
    waiting = outbox(store)
    for name in "abc":
        waiting.put("saw", name, {})
    with pytest.raises(StoreError):
        waiting.flush()
    assert len(waiting) == 3
    store.free = True
    waiting.flush()
    assert [(actor, (at - NOON).seconds) for _, actor, at, _ in store.told] == [
        ("a", 0), ("b", 1), ("c", 2),
    ]  # fmt: skip
    assert len(waiting) == 0


def test_the_writer_tries_again_until_the_store_takes_it() -> None:
    store = Busy()
    scribe = AuditWriter(outbox(store), retry_s=0.01)
    scribe.append("saw", "wati", {})
    until(lambda: store.tries > 3)
    store.free = True
    until(lambda: store.told)
    scribe.append("saw", "budi", {})
    until(lambda: len(store.told) == 2)
    scribe.close()
    assert [actor for _, actor, *_ in store.told] == ["wati", "budi"]


def test_nobody_who_tells_waits_for_a_store_that_is_busy() -> None:
    begun, held = threading.Event(), threading.Event()
    written: list[object] = []

    class Stuck:
        def log_audit(self, *entry: Any) -> None:
            begun.set()
            held.wait(60)
            written.append(entry)

    scribe = AuditWriter(outbox(Stuck()))
    for number in range(1000):
        scribe.append("saw", str(number), {})
    assert begun.wait(60)
    assert written == []  # not even the first
    held.set()
    scribe.close()
    assert len(written) == 1000


def test_many_who_tell_at_once_are_all_written_and_each_in_its_own_order() -> None:
    store = Busy()
    store.free = True
    scribe = AuditWriter(outbox(store))

    def person(name: str) -> None:
        for number in range(100):
            scribe.append("saw", name, {"n": number})

    people = [threading.Thread(target=person, args=(name,)) for name in "abcd"]
    for one in people:
        one.start()
    for one in people:
        one.join()
    scribe.close()
    for name in "abcd":
        assert [d["n"] for _, who, _, d in store.told if who == name] == list(range(100))


def test_what_waits_is_written_when_the_board_closes(tmp_path: Path) -> None:
    from situasi.store import open_store

    store: Store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    scribe = AuditWriter(outbox(store))
    scribe.append("saw", "wati", {"feed": "neutrality"})
    scribe.close()
    entry = store.audit_entries().iloc[0]
    assert (entry["actor"], json.loads(entry["detail"])) == ("wati", {"feed": "neutrality"})
    assert store.version() == 0
    assert store.verify() == []
    store.close()


def test_a_scribe_to_whom_nobody_told_anything_has_no_thread() -> None:
    before = threading.active_count()
    scribe = AuditWriter(outbox(Busy()))
    assert threading.active_count() == before
    scribe.close()
