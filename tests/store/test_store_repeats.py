"""A row that another delivery brought too stands when the first is taken back, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Store, open_store
from situasi.store.schema import repeats
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, numbered, rejection


@pytest.fixture(params=["url", "store_database"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with closing(open_store(request.getfixturevalue(request.param), SCOPE)) as opened:
        yield opened
        assert opened.verify() == []


def bring(store: Store, actor: str, *ids: int, sha256: str | None = None) -> tuple[int, int]:
    """A file of these rows; how many were accepted, how many duplicates."""
    mark = sha256 or f"{actor} {ids}"
    with store.deliver(delivery(actor=actor, sha256=mark, source=f"{actor}.csv")) as writing:
        added = writing.add(numbered(*ids), [])
    return added.accepted, added.duplicate


def undo(store: Store, batch: int) -> int:
    return store.withdraw(batch, MORNING + timedelta(hours=2), "operator")


def standing(store: Store) -> list[str]:
    rows, taken = store.rows_after(INCIDENTS), store.withdrawals()["row_seq"]
    return rows.loc[~rows["seq"].isin(taken), "id"].tolist()


def kept(store: Store) -> int:
    with store.raw_snapshot() as state:
        return state.count_rows(repeats)


def test_a_row_that_another_delivery_repeated_stands_when_the_first_is_undone(
    store: Store,
) -> None:
    bring(store, "wati", 1, 2, 3)
    assert bring(store, "budi", 2, 3, 4) == (1, 2)
    assert store.count_rows_in_other_batches(1) == {2: 2}
    assert undo(store, 1) == 1
    assert standing(store) == ["r-2", "r-3", "r-4"]
    assert store.count_rows_in_other_batches(1) == {2: 2}
    assert undo(store, 2) == 3
    assert (standing(store), store.count_rows_in_other_batches(1)) == ([], {})


def test_a_delivery_of_nothing_but_duplicates_is_one_that_can_be_found_and_undone(
    store: Store,
) -> None:
    bring(store, "wati", 1, 2)
    assert bring(store, "budi", 1, 2) == (0, 2)
    assert store.batches()[["accepted", "duplicate"]].to_numpy().tolist() == [[2, 0], [0, 2]]
    assert (undo(store, 1), standing(store)) == (0, ["r-1", "r-2"])
    assert (undo(store, 1), undo(store, 2), standing(store)) == (0, 2, [])
    assert bring(store, "wati", 1, 2) == (2, 0)


def test_undoing_the_repetition_first_leaves_the_row_to_the_first(store: Store) -> None:
    bring(store, "wati", 1)
    bring(store, "budi", 1)
    assert (undo(store, 2), standing(store)) == (0, ["r-1"])
    assert (undo(store, 1), standing(store)) == (1, [])


def test_a_corrected_file_of_the_same_sender_keeps_what_both_hold(store: Store) -> None:
    bring(store, "wati", 1, 2, 3)
    bring(store, "wati", 1, 2, 4)
    assert undo(store, 1) == 1
    assert standing(store) == ["r-1", "r-2", "r-4"]


def test_what_a_sender_has_corrected_stands_whatever_others_brought_and_took_back(
    store: Store,
) -> None:
    bring(store, "oper", 1, sha256="first")
    bring(store, "budi", 1, 2)
    bring(store, "oper", 1, sha256="corrected")
    undo(store, 1)
    undo(store, 2)
    assert standing(store) == ["r-1"]


def test_the_same_file_sent_again_is_no_other_delivery(store: Store) -> None:
    bring(store, "wati", 1, 2)
    version = store.version()
    assert bring(store, "wati", 1, 2) == (0, 2)
    assert (store.version(), kept(store), len(store.batches())) == (version, 0, 1)
    assert (undo(store, 1), standing(store)) == (2, [])


def test_a_row_sent_again_after_it_was_taken_back_is_a_new_one(store: Store) -> None:
    bring(store, "wati", 1)
    undo(store, 1)
    assert bring(store, "wati", 1) == (1, 0)
    bring(store, "budi", 1)
    assert kept(store) == 1  # of the new one alone
    assert (undo(store, 2), standing(store)) == (0, ["r-1"])


def test_a_repetition_that_was_undone_vouches_for_nothing_and_the_next_one_does(
    store: Store,
) -> None:
    bring(store, "wati", 1)
    bring(store, "budi", 1)
    undo(store, 2)
    bring(store, "budi", 1, 2)
    assert (undo(store, 1), standing(store)) == (0, ["r-1", "r-2"])


def test_what_is_kept_stays_small_though_a_growing_file_comes_every_minute(store: Store) -> None:
    minutes = 30
    for rows in range(1, minutes + 1):
        bring(store, "bot", *range(rows))
    assert kept(store) <= minutes
    for turn in range(3):  # and the same rows under another digest of the file
        version = store.version()
        bring(store, "bot", *range(minutes), sha256=f"lain {turn}")
    assert (store.version(), kept(store)) == (version, minutes)
    bring(store, "wati", *range(minutes))
    assert kept(store) == 2 * minutes
    assert (undo(store, 1), len(standing(store))) == (0, minutes)


def test_a_release_of_a_delivery_that_was_undone_counts_no_more_though_its_row_stands(
    store: Store,
) -> None:
    """The faulty row waits again rather than nowhere."""
    with store.deliver(delivery(actor="wati")) as writing:
        writing.add(numbered(), [rejection()])
    [waits] = store.quarantined_rows()
    with store.deliver(delivery(actor="wati", sha256="mended")) as writing:
        writing.add(numbered(1), [])
        writing.release([waits.number])
    bring(store, "budi", 1)
    assert undo(store, 2) == 0
    assert (standing(store), store.quarantined_rows()) == (["r-1"], [waits])
