"""A store at which one only looks: it reads as the store itself, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Scope, open_store
from situasi.store.interface import Store, StoreError
from situasi.store.read_only import ReadOnlyStore

WRITES = {"deliver", "withdraw", "put_note", "put_record", "log_audit", "raw_import"}
READS = {
    "first_commit_after": (0,),
    "count_rows_in_other_batches": (1,),
    "scope": (),
    "version": (),
    "rows_after": (INCIDENTS,),
    "withdrawals": (),
    "batches": (),
    "quarantined_rows": (),
    "quarantine_counts": (),
    "quarantine_frame": (),
    "latest_notes": (),
    "latest_records": ("account",),
    "access_version": (),
    "audit_hash": (0,),
    "quarantine_entries": (),
    "quarantine_releases": (),
    "latest_note": ("x",),
    "access_position": (),
    "audit_entries": (),
    "audit_head": (),
    "verify": (),
}


def methods(of: type) -> set[str]:
    return {name for name in vars(of) if not name.startswith("_")}


@pytest.fixture
def looked(tmp_path: Path) -> ReadOnlyStore:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}", Scope("contoh", "99.01"))
    return ReadOnlyStore(store, "Papan ini hanya dilihat.")


def test_every_method_of_a_store_is_known_as_one_that_reads_or_writes() -> None:
    assert (
        methods(Store)
        == methods(ReadOnlyStore)
        == WRITES
        | set(READS)
        | {
            "wait",
            "close",
            "is_leader",
            "raw_snapshot",
        }
    )


@pytest.mark.parametrize("name", sorted(WRITES))
def test_what_writes_is_refused_in_words_whatever_is_given(
    looked: ReadOnlyStore, name: str
) -> None:
    before = looked.audit_head()
    with pytest.raises(StoreError, match="hanya dilihat"):
        getattr(looked, name)("a", 1, actor="uji")
    assert (looked.version(), looked.access_version(), looked.audit_head()) == (0, 0, before)
    looked.close()


@pytest.mark.parametrize(("name", "asked"), READS.items())
def test_what_reads_gives_what_the_store_gives(
    looked: ReadOnlyStore, name: str, asked: tuple[object, ...]
) -> None:
    own = getattr(looked._store, name)(*asked)
    found = getattr(looked, name)(*asked)
    assert found.equals(own) if hasattr(own, "equals") else found == own
    looked.close()


def test_no_work_of_the_store_is_done_by_who_looks(looked: ReadOnlyStore) -> None:
    assert not looked.is_leader("cadangan")
    looked.close()
