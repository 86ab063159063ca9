"""A replay: the same rows as at once, each at its time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.simulation.generate import generate_day
from situasi.simulation.replay import replay
from tests.builders import unbounded
from tests.builders_election import invented_election
from tests.conftest import NOON, settings_in


@pytest.fixture
def small(tmp_path: Path) -> Board:
    folder = invented_election(tmp_path / "negeri")
    return open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)


def contents(board: Board) -> dict[str, set[tuple[object, ...]]]:
    return {
        name: set(
            board.store.rows_after(feed)[["id", "known_at", "flags"]].itertuples(
                index=False, name=None
            )
        )
        for name, feed in FEEDS.items()
    }


def test_a_replay_brings_the_rows_that_the_files_hold(small: Board, tmp_path: Path) -> None:
    files = generate_day(small.register, small.boundaries, 7, tmp_path / "hari")
    waited: list[float] = []
    replay(small, tmp_path / "hari", speed=3600, clock=lambda: NOON, wait=waited.append)
    other = open_board(
        settings_in(tmp_path / "b", SITUASI_ELECTION=str(small.settings.election_folder)),
        lambda: NOON,
    )
    for path in files:
        ingest_file(
            IngestRequest(path, other.store, other.ingest_context, unbounded("test"), now=NOON)
        )
    assert contents(small) == contents(other)
    assert 10 < len(waited) < 40  # an hour of the exercise a turn
    small.close()
    other.close()


def test_no_row_comes_before_its_time_and_the_exercise_clock_moves(
    small: Board, tmp_path: Path
) -> None:
    generate_day(small.register, small.boundaries, 7, tmp_path / "hari")
    clocks: list[datetime] = []

    def look(_seconds: float) -> None:
        snapshot = small.snapshot_reader.refresh().snapshot
        assert snapshot.exercise_at is not None
        clocks.append(snapshot.exercise_at)
        for frame in snapshot.frames.values():
            assert (frame["known_at"] <= snapshot.exercise_at).all()

    replay(small, tmp_path / "hari", speed=3600, clock=lambda: NOON, wait=look)
    assert clocks == sorted(clocks)
    assert clocks[-1] > clocks[0]
    shown = small.snapshot_reader.refresh().snapshot
    last = max(frame["known_at"].max() for frame in shown.frames.values() if len(frame))
    assert shown.exercise_at == last  # and not beyond it
    small.close()


def test_a_folder_without_a_rehearsal_is_refused_in_one_sentence(
    small: Board, tmp_path: Path
) -> None:
    (tmp_path / "kosong").mkdir()
    with pytest.raises((ValueError, OSError)) as refused:
        replay(small, tmp_path / "kosong", speed=60, clock=lambda: NOON, wait=lambda _s: None)
    assert str(tmp_path / "kosong") in str(refused.value)
    small.close()
