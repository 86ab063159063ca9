"""Findings of a past moment stay while nothing that was known then changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import reads
from situasi.analysis.view_time import ViewTime
from situasi.board import Board, open_board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register
from situasi.ingest.pipeline import ingest_rows
from situasi.live import access_scope
from tests.builders import unbounded
from tests.conftest import NOON, settings_in

EVERYTHING = access_scope.scope_of(Viewer("x", ROLES["pimpinan"]))
done: list[datetime] = []
clock = [NOON]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A board of which the clock can be set back for a delivery."""
    opened = open_board(settings_in(tmp_path), lambda: clock[0])
    yield opened
    opened.close()


@reads(INCIDENTS)
def count(known: Mapping[str, pd.DataFrame], _register: Register, at: datetime) -> int:
    done.append(at)
    return len(known["incidents"])


@pytest.fixture(autouse=True)
def clean() -> None:
    done.clear()


def told(board: Board, number: str, at: datetime = NOON, **more: Any) -> None:
    row = {"id": number, "waktu": "27/11/2024 08.00", "kode_kecamatan": "16.10.01",
           "jenis": "logistik", **more}  # fmt: skip
    clock[0] = at
    ledger = ingest_rows(
        [row],
        number,
        board.store,
        board.ingest_context,
        unbounded("test"),
        feed="incidents",
        now=at,
    )
    clock[0] = NOON
    assert ledger.accepted == 1


def taken_back(board: Board, at: datetime) -> None:
    batch = int(board.snapshot_reader.refresh().snapshot.batches["batch"].iloc[0])
    clock[0] = at
    board.store.withdraw(batch, at, "test", "wrong")
    clock[0] = NOON


def found(board: Board, at: datetime, *, live: bool = False) -> int:
    moment = ViewTime(at, live=live, is_exercise=False)
    snapshot = board.snapshot_reader.refresh().snapshot
    return int(board.analysis_cache.view(snapshot, moment, EVERYTHING).compute(count))


def test_a_report_that_comes_later_does_not_make_the_past_be_found_again(board: Board) -> None:
    told(board, "A", NOON - timedelta(hours=2))
    assert found(board, NOON - timedelta(hours=1)) == 1
    told(board, "B", NOON)
    assert found(board, NOON - timedelta(hours=1)) == 1
    assert len(done) == 1
    assert found(board, NOON, live=True) == 2


def test_a_report_that_belongs_to_the_past_does(board: Board) -> None:
    told(board, "A", NOON - timedelta(hours=2))
    assert found(board, NOON - timedelta(hours=1)) == 1
    told(board, "B", NOON - timedelta(hours=2))
    assert found(board, NOON - timedelta(hours=1)) == 2


def test_one_taken_back_and_one_added_in_the_past_are_not_taken_for_the_same(board: Board) -> None:
    told(board, "A", NOON - timedelta(hours=3))
    assert found(board, NOON - timedelta(hours=1)) == 1
    taken_back(board, NOON - timedelta(hours=2))
    told(board, "B", NOON - timedelta(hours=2))
    assert found(board, NOON - timedelta(hours=1)) == 1
    assert len(done) == 2


def test_what_was_looked_at_is_found_ahead_and_nothing_else_is(board: Board) -> None:
    at = ViewTime(NOON, live=True, is_exercise=False)
    later = ViewTime(NOON + timedelta(minutes=1), live=True, is_exercise=False)
    snapshot = board.snapshot_reader.refresh().snapshot
    board.analysis_cache.precompute(snapshot, later, float("inf"))
    assert done == []
    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(count)
    board.analysis_cache.precompute(snapshot, later, float("inf"))
    board.analysis_cache.view(snapshot, later, EVERYTHING).compute(count)
    assert done == [at.at, later.at]


def test_a_past_moment_is_not_found_ahead(board: Board) -> None:
    found(board, NOON - timedelta(hours=1))
    later = ViewTime(NOON, live=True, is_exercise=False)
    board.analysis_cache.precompute(board.snapshot_reader.refresh().snapshot, later, float("inf"))
    assert len(done) == 1


def test_one_that_fails_ahead_leaves_the_others_to_be_found(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    at = ViewTime(NOON, live=True, is_exercise=False)
    later = ViewTime(NOON + timedelta(minutes=1), live=True, is_exercise=False)
    snapshot = board.snapshot_reader.refresh().snapshot
    broken: list[bool] = []

    def breaks(_known: Any, _register: Register, _at: datetime) -> int:
        assert not broken, "as it was told to"
        return 1

    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(count)
    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(breaks)
    broken.append(True)
    board.analysis_cache.precompute(snapshot, later, float("inf"))
    assert done == [at.at, later.at]
    assert "not found ahead" in caplog.text
    with pytest.raises(AssertionError, match="as it was told to"):
        board.analysis_cache.view(snapshot, later, EVERYTHING).compute(breaks)


def test_no_more_is_begun_when_the_time_is_over(board: Board) -> None:
    at = ViewTime(NOON, live=True, is_exercise=False)
    later = ViewTime(NOON + timedelta(minutes=1), live=True, is_exercise=False)
    snapshot = board.snapshot_reader.refresh().snapshot
    board.analysis_cache.view(snapshot, at, EVERYTHING).compute(count)
    board.analysis_cache.precompute(snapshot, later, 0.0)
    assert done == [at.at]


def test_the_overview_of_the_past_sees_what_was_taken_back_within_its_last_hour(
    board: Board,
) -> None:
    """Its comparison is with an hour earlier, when the report still stood."""
    told(board, "A", NOON - timedelta(hours=3))
    at = ViewTime(NOON, live=False, is_exercise=False)

    def before() -> int:
        snapshot = board.snapshot_reader.refresh().snapshot
        return (
            board.analysis_cache.view(snapshot, at, EVERYTHING)
            .compute_overview(Selection())
            .open_count_hour_ago
        )

    assert before() == 1
    taken_back(board, NOON - timedelta(minutes=90))
    assert before() == 0


def test_a_viewer_of_one_kecamatan_has_findings_of_their_own(board: Board) -> None:
    told(board, "A")
    told(board, "B", kode_kecamatan="16.10.04")
    own = access_scope.scope_of(Viewer("x", ROLES["operator"], frozenset({"16.10.04"})))
    at = ViewTime(NOON, live=True, is_exercise=False)
    snapshot = board.snapshot_reader.refresh().snapshot
    assert board.analysis_cache.view(snapshot, at, EVERYTHING).compute(count) == 2
    assert board.analysis_cache.view(snapshot, at, own).compute(count) == 1
