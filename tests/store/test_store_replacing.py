"""A delivery that replaces earlier ones withdraws them in its own commit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.domain.feed_schemas import FEEDS
from situasi.store import AppendResult, ConflictError, Scope, Store, open_store
from situasi.store.replication import replicate
from tests.effort import examples
from tests.store.builders import MORNING, delivery, numbered, rejection

INCIDENTS = FEEDS["incidents"]
NUMBERS = st.lists(st.integers(1, 8), unique=True)


@pytest.fixture(params=["sqlite_store", "postgres_store"])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue(request.param)
    return opened


def bring(
    store: Store, sha256: str, *numbers: int, held: int = 0, replaces: tuple[int, ...] = (),
    is_trial: bool = False,
) -> tuple[AppendResult, int | None]:  # fmt: skip
    with store.deliver(delivery(sha256=sha256, actor=f"a-{sha256}")) as transaction:
        if is_trial:
            transaction.discard()
        if replaces:
            transaction.replace(replaces, "dipetakan ulang")
        rejected = [rejection(row, raw={"waktu": str(row)}) for row in range(held)]
        added = transaction.add(numbered(*numbers), rejected)
    return added, transaction.batch


def valid(store: Store) -> list[str]:
    rows = store.rows_after(INCIDENTS)
    gone = store.withdrawals()["row_seq"]
    return sorted(rows.loc[~rows["seq"].isin(gone), "id"])


def test_it_is_one_commit_that_ends_the_earlier_delivery(store: Store) -> None:
    _, first = bring(store, "a", 1, 2, 3, held=2)
    assert first is not None
    tried, _ = bring(store, "a", 2, 3, 4, held=1, replaces=(first,), is_trial=True)
    assert (tried.accepted, valid(store)) == (3, ["r-1", "r-2", "r-3"])
    stored, _ = bring(store, "a", 2, 3, 4, held=1, replaces=(first,))
    assert (stored.accepted, stored.duplicate, stored.quarantined) == (3, 0, 1)
    assert valid(store) == ["r-2", "r-3", "r-4"]
    assert store.quarantine_counts() == {"incidents": 1}
    assert store.withdrawn_batches() == {first} and store.verify() == []


def test_what_was_withdrawn_meanwhile_is_not_replaced(store: Store) -> None:
    _, first = bring(store, "a", 1, held=1)
    assert first is not None
    store.withdraw(first, MORNING, "lain")
    version = store.version()
    with pytest.raises(ConflictError):
        bring(store, "a", 2, replaces=(first,))
    assert (store.version(), valid(store)) == (version, [])


def test_a_delivery_of_faulty_rows_alone_is_ended_too(store: Store) -> None:
    _, first = bring(store, "a", held=3)
    assert first is not None
    bring(store, "a", 1, replaces=(first,))
    assert store.quarantine_counts() == {} and store.withdrawn_batches() == {first}
    assert valid(store) == ["r-1"] and store.verify() == []


@given(NUMBERS, NUMBERS, NUMBERS)
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_others_brought_stays_and_a_trial_counts_as_the_store_does(
    tmp_path_factory: pytest.TempPathFactory, own: list[int], others: list[int], new: list[int]
) -> None:
    """Plainly: what stands afterwards is what the other sender and the new reading hold."""
    folder = tmp_path_factory.mktemp("replaced")
    store = open_store(f"sqlite:///{folder / 'a.db'}", Scope("pilkada-2024", "16.10"))
    _, first = bring(store, "a", *own, held=1)
    bring(store, "b", *others)
    assert first is not None
    tried, _ = bring(store, "a", *new, replaces=(first,), is_trial=True)
    stored, _ = bring(store, "a", *new, replaces=(first,))
    assert (tried.accepted, tried.duplicate) == (stored.accepted, stored.duplicate)
    assert stored.accepted == len(set(new) - set(others))
    assert valid(store) == sorted(f"r-{n}" for n in {*others, *new})
    assert store.verify() == []
    store.close()


def test_a_row_that_is_as_faulty_as_before_keeps_its_place(store: Store) -> None:
    _, first = bring(store, "a", 1, held=3)
    assert first is not None
    _, second = bring(store, "a", 1, held=2, replaces=(first,))
    assert [row.number for row in store.quarantined_rows()] == [1, 2]
    assert second is not None
    bring(store, "a", 1, held=1, replaces=(second,))
    assert [row.number for row in store.quarantined_rows()] == [1]
    bring(store, "b", held=3)
    assert store.quarantine_counts() == {"incidents": 3} and store.verify() == []


def test_it_flows_up_as_it_is(sqlite_store: Store, tmp_path: Path) -> None:
    _, first = bring(sqlite_store, "a", 1, 2, held=1)
    assert first is not None
    bring(sqlite_store, "a", 2, 3, replaces=(first,))
    above = open_store(f"sqlite:///{tmp_path / 'above.db'}")
    list(replicate(sqlite_store, above))
    assert valid(above) == valid(sqlite_store) and above.verify() == []
    above.close()
