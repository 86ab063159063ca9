"""A store at which one only looks: it reads as the store itself, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Store, StoreError, open_store
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, frame, row

WRITES: dict[str, tuple[object, ...]] = {
    "deliver": (delivery(),),
    "withdraw": (1, MORNING, "uji"),
    "put_note": ("x", 1, MORNING, "uji"),
    "put_record": ("account", "x", {}, MORNING, "uji"),
    "log_audit": ("saw", "uji", MORNING, {}),
    "put_waiting": ("file", "a.csv", "00", [], MORNING, "uji"),
    "settle_waiting": (1, "dropped", MORNING, "uji"),
    "raw_import": (),
}
READS = {
    "first_commit_after": (9,),
    "count_rows_in_other_batches": (1,),
    "count_corrected": ([1],),
    "withdrawn_batches": (),
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
    "waiting_items": (),
    "waiting_counts": (),
    "waiting_content": (1,),
    "verify": (),
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Store]:
    """The store of the Polres itself, with a row, a note and an account."""
    with closing(open_store(address(tmp_path), SCOPE)) as store:
        with store.deliver(delivery()) as writing:
            writing.add(frame(row()), [])
        store.put_note("x", 1, MORNING, "uji")
        store.put_record("account", "wati", {}, MORNING, "uji")
        yield store


@pytest.fixture
def looked(own: Store, tmp_path: Path) -> Iterator[Store]:
    message = "Papan ini hanya dilihat."
    with closing(open_store(address(tmp_path), SCOPE, read_only=message)) as store:
        yield store


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'a.db'}"


def test_every_method_of_a_store_is_known_as_one_that_reads_or_writes() -> None:
    methods = {name for name in dir(Store) if not name.startswith("_")}
    others = {"wait", "close", "is_leader", "raw_snapshot"}
    assert methods == WRITES.keys() | READS.keys() | others


@pytest.mark.parametrize(("name", "asked"), WRITES.items())
def test_what_writes_is_refused_in_words(
    own: Store, looked: Store, name: str, asked: tuple[object, ...]
) -> None:
    before = own.version(), own.access_version(), own.audit_head()
    with pytest.raises(StoreError, match="hanya dilihat"):
        done = getattr(looked, name)(*asked)
        if hasattr(done, "__enter__"):
            with done:
                pass
    assert (own.version(), own.access_version(), own.audit_head()) == before


@pytest.mark.parametrize(("name", "asked"), READS.items())
def test_what_reads_gives_what_the_store_gives(
    own: Store, looked: Store, name: str, asked: tuple[object, ...]
) -> None:
    theirs, found = getattr(own, name)(*asked), getattr(looked, name)(*asked)
    assert found.equals(theirs) if hasattr(found, "equals") else found == theirs


def test_who_looks_never_waits_for_a_writer(own: Store, looked: Store) -> None:
    with own.deliver(delivery(source="lain.csv")) as writing:
        writing.add(frame(row(id="lain")), [])
        assert looked.first_commit_after(0) is None


def test_no_work_of_the_store_is_done_by_who_looks(looked: Store) -> None:
    assert not looked.is_leader("cadangan")
