"""Rows are known from when they could be seen: at the commit of their delivery, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Store, open_store
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

SECOND = timedelta(seconds=1)


class Clock:
    """Goes on by itself, a second whenever somebody asks it."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += SECOND
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["url", "store_database"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Store]:
    with closing(open_store(request.getfixturevalue(request.param), SCOPE, clock=clock)) as opened:
        yield opened


def live(at: datetime, *ids: int) -> Any:
    """Rows that are known from when they are stored."""
    return numbered(*ids, known_at=at)


def bring(store: Store, clock: Clock, *ids: int, seconds: int = 20, **more: Any) -> datetime:
    """A delivery that takes so long; when it began."""
    began = clock.now
    with store.deliver(delivery(recorded_at=began)) as writing:
        writing.add(live(began, *ids), more.get("rejected", []))
        writing.release(more.get("released", []))
        clock.now += seconds * SECOND
    return began


def test_a_row_is_known_from_its_commit_and_not_from_when_its_delivery_began(
    store: Store, clock: Clock
) -> None:
    began = bring(store, clock, 1, 2)
    read = store.rows_after(INCIDENTS)
    assert set(read["known_at"]) == set(read["recorded_at"]) == {began + 21 * SECOND}
    assert store.batches()["recorded_at"].tolist() == [began + 21 * SECOND]


def test_history_and_exercises_are_known_from_their_own_time(store: Store, clock: Clock) -> None:
    own = MORNING - timedelta(days=30)
    with store.deliver(delivery(recorded_at=MORNING)) as writing:
        writing.add(frame(row(known_at=own)), [])
        clock.now += 20 * SECOND
    read = store.rows_after(INCIDENTS)
    assert (read["known_at"][0], read["recorded_at"][0]) == (own, MORNING + 21 * SECOND)


def test_what_was_taken_back_is_gone_from_the_commit_of_that(store: Store, clock: Clock) -> None:
    bring(store, clock, 1)
    bring(store, clock, 2)
    for batch in (1, 2):
        began = clock.now
        store.withdraw(batch, began, "operator")
        assert store.withdrawals()["recorded_at"].iloc[-1] == began + SECOND
    assert store.withdrawals(after=1)["recorded_at"].tolist() == [clock.now]


def test_a_row_waits_from_the_commit_and_is_released_at_the_commit(
    store: Store, clock: Clock
) -> None:
    began = bring(store, clock, 1, rejected=[rejection()])
    [waits] = store.quarantined_rows()
    assert waits.recorded_at == began + 21 * SECOND
    assert store.quarantine_frame(began + 20 * SECOND).empty
    assert store.quarantine_frame(began + 21 * SECOND)["recorded_at"].tolist() == [
        began + 21 * SECOND
    ]
    began = bring(store, clock, 2, released=[waits.number])
    assert len(store.quarantine_frame(began + 20 * SECOND)) == 1
    assert store.quarantine_frame(began + 21 * SECOND).empty
    store.withdraw(2, clock.now, "operator")
    assert store.quarantine_frame(clock.now - SECOND).empty
    assert len(store.quarantine_frame(clock.now)) == len(store.quarantine_frame()) == 1


def test_no_commit_is_earlier_than_the_one_before_though_the_clock_is_set_back(
    store: Store, clock: Clock
) -> None:
    bring(store, clock, 1)
    last = clock.now
    clock.now = MORNING - timedelta(hours=3)
    bring(store, clock, 2)
    store.withdraw(1, clock.now, "operator")
    clock.now = MORNING - timedelta(hours=2)
    bring(store, clock, 3)
    assert store.rows_after(INCIDENTS)["known_at"].tolist() == [last] * 3
    assert store.withdrawals()["recorded_at"].tolist() == [last]


def test_a_row_that_comes_after_a_withdrawal_is_known_after_it_too(
    store: Store, clock: Clock
) -> None:
    bring(store, clock, 1)
    clock.now += timedelta(hours=1)
    store.withdraw(1, clock.now, "operator")
    taken = clock.now
    clock.now -= timedelta(minutes=30)
    bring(store, clock, 2)
    assert store.rows_after(INCIDENTS)["known_at"].iloc[-1] == taken


def test_the_first_commit_that_a_version_does_not_have_is_told(store: Store, clock: Clock) -> None:
    assert store.first_commit_after(0) is None
    bring(store, clock, 1)
    first, version = clock.now, store.version()
    assert (store.first_commit_after(0), store.first_commit_after(version)) == (first, None)
    store.put_note("siaga", 1, clock.now, "kapolres")
    store.withdraw(1, clock.now, "operator")
    second = clock.now
    bring(store, clock, 2)
    assert (store.first_commit_after(0), store.first_commit_after(version)) == (first, second)


def test_without_a_clock_a_commit_is_as_old_as_its_delivery_says(url: str) -> None:
    with closing(open_store(url)) as store:
        with store.deliver(delivery()) as writing:
            writing.add(numbered(1), [])
        assert store.rows_after(INCIDENTS)["recorded_at"].tolist() == [delivery().recorded_at]
