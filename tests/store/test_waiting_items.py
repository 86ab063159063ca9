"""What waits for a person: once, until it is settled; and again when that is undone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from situasi.store import ConflictError, Store, StoreError, open_store, waiting_items
from situasi.store.replication import replicate
from tests.builders_store import every
from tests.store.builders import MORNING, delivery, numbered

HOUR = timedelta(hours=1)
GRID = [{"name": "Sheet1", "rows": [["Jam", "é 𝒳"], [1, 2.5, None, True]]}]


@pytest.fixture(params=["sqlite_store", "postgres_store"])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue(request.param)
    return opened


def wait(store: Store, sha256: str = "aa", kind: str = "file", **changes: Any) -> int:
    values = {"content": GRID, "at": MORNING, "actor": "inbox", "note": {"why": "asing"}}
    return store.put_waiting(kind, "asing.xlsx", sha256, **(values | changes))[0]


def deliver(store: Store, *numbers: int) -> int:
    with store.deliver(delivery()) as writing:
        writing.add(numbered(*numbers), [])
    return int(store.batches()["batch"].max())


def test_what_waits_comes_back_as_it_went_in(store: Store) -> None:
    number = wait(store)
    (item,) = store.waiting_items()
    assert (item.number, item.kind, item.source, item.sha256) == (
        number,
        "file",
        "asing.xlsx",
        "aa",
    )
    assert (item.recorded_at, item.actor, item.note) == (MORNING, "inbox", {"why": "asing"})
    assert item.settlement is None
    assert store.waiting_content(number) == GRID
    assert store.waiting_content(number + 1) is None
    assert store.waiting_counts() == {"file": 1}


def test_the_same_content_waits_once_and_each_kind_for_itself(store: Store) -> None:
    first, version = wait(store), store.version()
    assert store.put_waiting("file", "b.csv", "aa", GRID, MORNING, "wati", note={}) == (
        first,
        False,
    )
    assert store.version() == version
    wait(store, kind="message")
    wait(store, "bb")
    assert store.waiting_counts() == {"file": 2, "message": 1}
    assert [item.sha256 for item in store.waiting_items("file")] == ["aa", "bb"]


def test_each_wait_and_settlement_moves_the_version_and_is_in_the_trail(store: Store) -> None:
    versions = [store.version()]
    number = wait(store)
    versions.append(store.version())
    store.settle_waiting(number, "dropped", MORNING, "wati", detail={"reason": "bukan laporan"})
    versions.append(store.version())
    assert versions == sorted(set(versions))
    entries = store.audit_entries()
    assert entries["action"].tolist() == ["wait", "settle"]
    assert entries["actor"].tolist() == ["inbox", "wati"]
    assert "bukan laporan" in entries["detail"].iloc[1]
    assert store.verify() == []


def test_what_was_dropped_no_longer_waits_and_the_same_file_waits_again(store: Store) -> None:
    number = wait(store)
    store.settle_waiting(number, "dropped", MORNING + HOUR, "wati", detail={"reason": "ganda"})
    assert store.waiting_items() == []
    (item,) = store.waiting_items(include_settled=True)
    assert item.settlement is not None
    assert (item.settlement.outcome, item.settlement.detail) == ("dropped", {"reason": "ganda"})
    assert (item.settlement.settled_at, item.settlement.actor) == (MORNING + HOUR, "wati")
    again = wait(store)
    assert again != number
    assert [item.number for item in store.waiting_items()] == [again]


def test_a_file_that_became_batches_waits_again_once_all_of_them_are_withdrawn(
    store: Store,
) -> None:
    number, batches = wait(store), (deliver(store, 1), deliver(store, 2))
    store.settle_waiting(number, "stored", MORNING, "wati", batches=batches)
    (item,) = store.waiting_items(include_settled=True)
    assert item.settlement is not None
    assert item.settlement.batches == batches
    store.withdraw(batches[0], MORNING + HOUR, "wati")
    assert store.waiting_items() == []
    store.withdraw(batches[1], MORNING + HOUR, "wati")
    assert [item.number for item in store.waiting_items()] == [number]
    assert store.waiting_counts() == {"file": 1}
    store.settle_waiting(number, "dropped", MORNING + 2 * HOUR, "wati")
    assert store.waiting_items() == []
    assert store.verify() == []


def test_what_somebody_else_settled_is_not_settled_twice(store: Store) -> None:
    number = wait(store)
    store.settle_waiting(number, "stored", MORNING, "wati")
    with pytest.raises(ConflictError, match="tidak lagi menunggu"):
        store.settle_waiting(number, "dropped", MORNING, "budi")
    with pytest.raises(StoreError, match="tidak ada di antara yang menunggu"):
        store.settle_waiting(number + 1, "dropped", MORNING, "budi")
    assert store.audit_entries(action="settle")["actor"].tolist() == ["wati"]


def test_a_content_beyond_the_limit_is_refused_and_nothing_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_items, "MAX_CONTENT_BYTES", 20)
    with pytest.raises(StoreError, match="terlalu besar"):
        wait(store, content=["x" * 30])
    assert store.waiting_items(include_settled=True) == []
    assert store.version() == 0


def test_nothing_of_what_waits_is_changed_or_deleted(url: str) -> None:
    with closing(open_store(url)) as store:
        store.settle_waiting(wait(store), "dropped", MORNING, "wati")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for table in ("waiting", "settlements"):
            for deed in (f"DELETE FROM {table}", f"UPDATE {table} SET actor = 'x'"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    connection.execute(deed)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE waiting SET source = 'lain.csv'", "Berkas atau pesan menunggu nomor 1 diubah."),
        ("UPDATE settlements SET actor = 'x'", "Penyelesaian yang menunggu nomor 1 diubah."),
        ("DELETE FROM waiting WHERE seq = 2", "Berkas atau pesan menunggu nomor 2 hilang."),
    ],
)
def test_a_change_behind_our_back_is_found(url: str, statement: str, sentence: str) -> None:
    with closing(open_store(url)) as store:
        store.settle_waiting(wait(store), "dropped", MORNING, "wati")
        wait(store, "bb")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            assert sql
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()
    with closing(open_store(url)) as store:
        assert sentence in store.verify()


def test_what_waits_stays_on_this_machine_and_its_entries_go_up(
    sqlite_store: Store, tmp_path: Path
) -> None:
    deliver(sqlite_store, 1)
    sqlite_store.settle_waiting(wait(sqlite_store), "dropped", MORNING, "wati")
    deliver(sqlite_store, 2)
    wait(sqlite_store, "bb")
    with closing(open_store(f"sqlite:///{tmp_path / 'polda.db'}")) as target:
        list(replicate(sqlite_store, target))
        assert target.audit_head() == sqlite_store.audit_head()
        assert every(target)["waiting"] == []
        assert every(target)["settlements"] == []
        assert len(target.batches()) == 2
        assert target.verify() == []
