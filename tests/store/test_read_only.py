"""A store at which one only looks: it reads as the store itself, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Scope, open_store
from situasi.store.interface import Store, StoreError
from situasi.store.read_only import ReadOnlyStore

WRITES = {"deliver", "withdraw", "note", "remember", "tell", "placing"}
READS = {
    "committed_after": (0,), "brought_elsewhere": (1,), "unsealed": (),
    "scope": (), "version": (), "tail": (INCIDENTS,), "withdrawals": (), "batches": (),
    "quarantine": (), "waiting": (), "held": (), "notes": (), "remembered": ("account",),
    "access_version": (), "seal": (0,), "entered": (), "released": (), "noted": ("x",),
    "access_mark": (), "audit": (), "head": (), "verify": (),
}  # fmt: skip


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
            "alone",
            "state",
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
