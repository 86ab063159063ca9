"""A file of SQLite knows its election, and is opened for no other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from situasi import store as stores
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Scope, Store, StoreError, open_store
from tests.store.builders import MORNING, delivery, frame, row
from tests.store.old import today

OURS = Scope("pilkada-2024", "16.10")
OTHERS = (Scope("pilkada-2024", "16.02"), Scope("pemilu-2029", "16.10"))


def tell(store: Store, **stated: Any) -> None:
    with store.deliver(delivery()) as writing:
        writing.add(frame(row(**stated)), [])


@pytest.fixture
def path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.mark.parametrize("other", OTHERS)
def test_a_file_is_refused_for_another_election_from_its_first_moment(
    url: str, other: Scope
) -> None:
    open_store(url, OURS).close()
    for use in (open_store, stores.upgrade):
        with pytest.raises(StoreError) as refused:
            use(url, other)
        said = str(refused.value)
        assert "pilkada-2024 16.10" in said and f"{other.contest} {other.kabupaten}" in said
        assert "SITUASI_ELECTION" in said and "SITUASI_STORE" in said
    again = open_store(url, OURS)
    assert again.scope() == OURS
    again.close()


def test_the_mark_is_no_record_that_anybody_counts_or_copies(url: str) -> None:
    store = open_store(url, OURS)
    assert (store.access_version(), store.version(), store.audit_head()[0]) == (0, 0, 0)
    with store.raw_snapshot() as state:
        assert state.is_empty()
    store.put_record("account", "wati", {}, MORNING, "wati", expected_seq=0)
    assert store.access_version() == 1
    store.close()


def test_nobody_changes_or_removes_the_mark(url: str, path: Path) -> None:
    open_store(url, OURS).close()
    with closing(sqlite3.connect(path)) as line:
        for deed in ("DELETE FROM access", "UPDATE access SET value = '{}'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                line.execute(deed)


def test_an_unmarked_file_without_rows_takes_the_mark_of_its_first_opening(url: str) -> None:
    open_store(url).close()
    open_store(url, OURS).close()
    with pytest.raises(StoreError):
        open_store(url, OTHERS[0])


def test_a_file_of_an_older_schema_is_asked_before_it_is_changed(
    url: str, path: Path, later: None
) -> None:
    with today():
        open_store(url, OURS).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"bukan pilkada-2024 99.99"):
        stores.upgrade(url, Scope("pilkada-2024", "99.99"))
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.glob("*.bak")] == []


def test_the_file_of_another_election_put_under_a_running_board_is_not_read(
    url: str, path: Path, tmp_path: Path
) -> None:
    store = open_store(url, OURS)
    tell(store, kecamatan="16.10.04")
    other = tmp_path / "other.db"
    strange = open_store(f"sqlite:///{other.as_posix()}", OTHERS[0])
    tell(strange, kecamatan="16.02.01")
    strange.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    other.replace(path)
    with pytest.raises(StoreError, match=r"memuat pilkada-2024 16.02, bukan pilkada-2024 16.10"):
        store.rows_after(INCIDENTS)
    with pytest.raises(StoreError, match=r"bukan pilkada-2024 16.10"):
        tell(store, kecamatan="16.10.04", id="B")
    store.close()


def test_a_mark_that_cannot_be_read_opens_nothing(url: str, path: Path) -> None:
    open_store(url, OURS).close()
    with closing(sqlite3.connect(path)) as line:
        line.execute("DROP TRIGGER access_no_update")
        line.execute("UPDATE access SET value = '[' WHERE seq = 0")
        line.commit()
    with pytest.raises(StoreError, match="rusak"):
        open_store(url, OURS)
