"""The moment of a view, and the windows of time reckoned from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import WINDOWS, apply_window, cache_minute, resolve_view_time
from situasi.board import Board
from tests.builders import DAY, WIB, wib


def test_a_past_moment_is_shown_as_it_was_known_then() -> None:
    found = resolve_view_time(wib("08.00"), wib("12.00"), None, WIB)
    assert (found.at, found.live) == (wib("08.00"), False)


def test_a_moment_still_to_come_is_the_present() -> None:
    found = resolve_view_time(wib("15.00"), wib("12.00"), None, WIB)
    assert (found.at, found.live, found.is_exercise) == (wib("12.00"), True, False)


def test_an_exercise_has_its_own_present() -> None:
    found = resolve_view_time(None, wib("20.00"), wib("09.30"), WIB)
    assert (found.at, found.is_exercise) == (wib("09.30"), True)


def test_viewers_of_the_same_minute_share_what_is_computed() -> None:
    one, other = (
        resolve_view_time(None, wib("12.00") + timedelta(seconds=s), None, WIB) for s in (1, 59)
    )
    assert cache_minute(one) == cache_minute(other)


@pytest.mark.parametrize("window", WINDOWS)
def test_every_window_replaces_the_one_before(window: str, board: Board) -> None:
    election = board.register.election
    first = apply_window(
        Selection(since=wib("01.00"), until=wib("02.00")), window, wib("12.00"), election
    )
    assert first == apply_window(Selection(), window, wib("12.00"), election)


def test_the_day_is_that_of_the_election_and_the_last_hours_move(board: Board) -> None:
    election = board.register.election
    day = apply_window(Selection(), "hari", wib("12.00"), election)
    assert (day.since, day.until) == (DAY, DAY + timedelta(days=1))
    hours = apply_window(Selection(), "3j", wib("12.00"), election)
    assert (hours.since, hours.until) == (wib("09.00"), None)
