"""Silence: a feed that should speak and does not."""

from __future__ import annotations

from datetime import timedelta

from situasi.analysis.situation.feed_staleness import FeedState, compute_states, find_newest_time
from tests.builders import DAY, incident, incidents, wib

WATCH = (wib("04.00"), DAY + timedelta(days=1))
LIMIT = {"incidents": timedelta(hours=1)}


def one(last: str | None, at: str) -> FeedState:
    return compute_states({"incidents": wib(last) if last else None}, wib(at), LIMIT, WATCH)[0]


def test_a_feed_within_its_limit_is_not_silent() -> None:
    assert not one("08.00", "09.00").is_silent


def test_a_feed_past_its_limit_is_silent() -> None:
    assert one("08.00", "09.01").is_silent


def test_a_feed_that_never_spoke_is_silent_once_its_limit_has_passed_since_the_watch_began() -> (
    None
):
    assert not one(None, "05.00").is_silent
    assert one(None, "05.01").is_silent


def test_a_report_from_the_night_before_does_not_make_the_morning_silent() -> None:
    assert not one("01.00", "04.30").is_silent


def test_outside_the_watch_nothing_is_expected() -> None:
    state = one("01.00", "03.00")
    assert not state.is_silent
    assert not state.is_expected


def test_the_newest_report_is_exact_only_when_its_sender_knew_the_minute() -> None:
    old = {"at": "08.00", "known": "23.59", "recorded_at": wib("23.59", DAY + timedelta(days=9))}
    dated = find_newest_time(incidents(incident(**old, precision="hari")))
    timed = find_newest_time(incidents(incident(**old, precision="menit")))
    assert dated is not None
    assert timed is not None
    assert (dated.is_exact, timed.is_exact) == (False, True)
    assert find_newest_time(incidents()) is None
