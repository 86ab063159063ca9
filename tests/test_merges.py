"""A merge made on the board: stored as a row, seen at once, undone by another row."""

from __future__ import annotations

import pytest

from pages.incidents import actions as incidents_actions
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ui import session
from situasi.ui.page_context import PageContext
from situasi.ui.session import ViewTime
from tests.analysis.slow import merge_cases
from tests.builders import case_table, unbounded, wib
from tests.conftest import NOON

AT = ViewTime(wib("12.00"), live=True, is_exercise=True)


@pytest.fixture
def reported(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A board with two reports of an exercise."""
    monkeypatch.setattr("situasi.board._current", board)
    rows = [
        {"id": name, "waktu": "27/11/2024 08.00", "kecamatan": "Indralaya", "jenis": "logistik",
         "latihan": "ya"}
        for name in ("A", "B")
    ]  # fmt: skip
    ingest_rows(
        rows, "uji", board.store, board.ingest_context, unbounded("uji"), feed="incidents", now=NOON
    )
    return board


def _decide(act: str, one: str, other: str) -> str | None:
    context = PageContext(session.get_snapshot_view(), AT, session.viewer())
    return incidents_actions.save_decision(context, act, one, other, "satu kejadian", True).refusal


def cases(board: Board) -> list[str]:
    return list(board.snapshot_reader.refresh().snapshot.frames["incidents"]["case"])


def counted(board: Board) -> int:
    frames = board.snapshot_reader.refresh().snapshot.frames
    return len(merge_cases(case_table(frames["incidents"]), frames["merges"]))


def test_what_is_merged_on_the_board_counts_once_until_it_is_parted_again(reported: Board) -> None:
    one, other = cases(reported)
    seen = [counted(reported)]
    for act in ("gabung", "pisah", "gabung"):  # all within the same minute of the exercise
        assert _decide(act, one, other) is None
        seen.append(counted(reported))
    assert seen == [2, 1, 2, 1]


def test_a_decision_says_who_made_it_when_and_why(reported: Board) -> None:
    one, other = cases(reported)
    _decide("gabung", one, other)
    row = reported.snapshot_reader.refresh().snapshot.frames["merges"].iloc[0]
    assert (row["pelapor"], row["alasan_gabung"]) == (
        reported.settings.default_role,
        "satu kejadian",
    )
    assert (row["occurred_at"], row["latihan"]) == (AT.at, True)
    assert reported.store.batches()["actor"].iloc[-1] == reported.settings.default_role


def test_a_decision_that_the_door_refuses_says_why_and_merges_nothing(reported: Board) -> None:
    one, _other = cases(reported)
    assert _decide("gabung", one, one)
    assert counted(reported) == 2
