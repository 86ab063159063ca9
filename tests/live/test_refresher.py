"""The refresher shows what is ready, and never what is old as if it were new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import pandas as pd
import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.analysis.queries import reads
from situasi.analysis.view_time import resolve_view_time
from situasi.board import Board
from situasi.common import metrics
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register
from situasi.live import access_scope
from situasi.live import refresher as live_refresher
from situasi.live.snapshot import SnapshotView
from situasi.store.model import StoreError
from tests.conftest import NOON
from tests.live.test_analysis_cache import told

EVERYTHING = access_scope.scope_of(Viewer("x", ROLES["pimpinan"]))
threads: list[str] = []


@reads(INCIDENTS)
def who(_known: Mapping[str, pd.DataFrame], _register: Register, _at: datetime) -> str:
    threads.append(threading.current_thread().name)
    return threads[-1]


@pytest.fixture
def looking(board: Board) -> Iterator[Board]:
    """A board whose refresher runs, as it does in the server."""
    stop = threading.Event()
    running = threading.Thread(target=board.refresher.job.run, args=(stop,), name="refresher")
    running.start()
    threads.clear()
    yield board
    stop.set()
    running.join(10)


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_without_a_refresher_whoever_asks_looks(board: Board) -> None:
    told(board, "A")
    assert len(board.refresher.current_view().snapshot.frames["incidents"]) == 1
    told(board, "B")
    assert len(board.refresher.current_view().snapshot.frames["incidents"]) == 2


def test_what_comes_in_is_shown_soon_though_nobody_reads(looking: Board) -> None:
    looking.refresher.current_view()
    told(looking, "A")
    until(
        lambda: len(looking.refresher.current_view().snapshot.frames["incidents"]) == 1,
        "never shown",
    )


def test_a_viewer_finds_ready_what_somebody_looked_at_before(
    looking: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STALE_AFTER_S", "PRECOMPUTE_BUDGET_S"):  # of a machine that is busy
        monkeypatch.setattr(live_refresher, name, 60.0)
    zone = looking.register.election.zone

    def asks() -> str:
        snapshot = looking.refresher.current_view().snapshot
        at = resolve_view_time(None, NOON, snapshot.exercise_at, zone)
        return str(looking.analysis_cache.view(snapshot, at, EVERYTHING).compute(who))

    assert asks() != "refresher"
    version = looking.refresher.current_view().snapshot.version
    told(looking, "A")
    until(lambda: looking.refresher.current_view().snapshot.version > version, "never shown")
    assert asks() == "refresher"


def test_whoever_wrote_sees_it_at_once(looking: Board) -> None:
    looking.refresher.current_view()
    told(looking, "A")
    assert len(looking.refresher.refresh().snapshot.frames["incidents"]) == 1
    assert len(looking.refresher.current_view().snapshot.frames["incidents"]) == 1


def test_a_slow_look_at_the_store_puts_no_older_picture_over_a_newer_one(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, look = board.snapshot_reader.refresh(), board.snapshot_reader.refresh

    def look_slowly() -> SnapshotView:
        monkeypatch.setattr(board.snapshot_reader, "refresh", look)
        told(board, "A")
        board.refresher.refresh()  # of somebody else, meanwhile
        return old

    monkeypatch.setattr(board.snapshot_reader, "refresh", look_slowly)
    assert len(board.refresher.refresh().snapshot.frames["incidents"]) == 1


def test_a_refresher_that_no_longer_looks_is_not_believed(
    looking: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking.refresher.current_view()
    waits, forever = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        forever.wait()

    monkeypatch.setattr(looking.snapshot_reader, "wait", wait)
    assert waits.wait(60), "its last turn was never over"
    told(looking, "A")
    monkeypatch.setattr(live_refresher, "STALE_AFTER_S", 0.0)
    assert len(looking.refresher.current_view().snapshot.frames["incidents"]) == 1
    forever.set()


def test_a_store_that_breaks_leaves_the_last_picture_with_the_reason(
    looking: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(looking, "A")
    until(
        lambda: len(looking.refresher.current_view().snapshot.frames["incidents"]) == 1,
        "never shown",
    )

    def broken() -> int:
        raise StoreError("disk gone")

    with monkeypatch.context() as patch:
        patch.setattr(looking.store, "version", broken)
        until(lambda: looking.refresher.current_view().trouble == "disk gone", "never told")
        kept = looking.refresher.current_view()
        assert len(kept.snapshot.frames["incidents"]) == 1
    until(lambda: looking.refresher.current_view().trouble is None, "never well again")


def test_it_goes_on_after_what_nobody_thought_of(
    looking: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(looking.snapshot_reader, "refresh", lambda: 1 / 0)
        until(lambda: "job failed" in caplog.text, "not told")
    told(looking, "A")
    until(
        lambda: len(looking.refresher.current_view().snapshot.frames["incidents"]) == 1, "it ended"
    )


def test_the_next_minute_is_found_before_it_begins(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [NOON.replace(second=30)]
    monkeypatch.setattr(board.refresher, "_clock", lambda: clock[0])
    zone, snapshot = board.register.election.zone, board.snapshot_reader.refresh().snapshot
    at = resolve_view_time(None, NOON, None, zone)
    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(who)
    threads.clear()
    board.refresher._precompute(snapshot)
    assert threads == []
    clock[0] = NOON.replace(second=52)
    board.refresher._precompute(snapshot)
    assert len(threads) == 1
    clock[0] = NOON.replace(minute=NOON.minute + 1, second=2)
    board.refresher._precompute(snapshot)
    at = resolve_view_time(None, clock[0], None, zone)
    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(who)
    assert len(threads) == 1


def test_how_long_a_row_took_to_be_shown_is_measured(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = metrics.REGISTRY.get_sample_value("situasi_snapshot_lag_seconds_count") or 0
    first = board.refresher.refresh()
    board.refresher._record_sample(None, first)
    assert board.refresher.health_history.samples()[-1].lag_s is None
    told(board, "A")
    monkeypatch.setattr(board.refresher, "_clock", lambda: NOON + timedelta(seconds=20))
    board.refresher._record_sample(first, board.refresher.refresh())
    assert board.refresher.health_history.samples()[-1].lag_s == 20
    after = metrics.REGISTRY.get_sample_value("situasi_snapshot_lag_seconds_count")
    assert after == before + 1


def test_a_note_that_brings_no_row_is_no_lag(board: Board) -> None:
    first = board.refresher.refresh()
    board.store.put_note("bench", 1, NOON, "test")
    board.refresher._record_sample(first, board.refresher.refresh())
    assert board.refresher._lag_s is None
