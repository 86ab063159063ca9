"""Silence: a feed that should speak and does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.feed_staleness import FeedState, compute_states, find_newest_time
from situasi.analysis.situation.overview import Overview
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.domain.register import Register
from situasi.presentation import kpis
from tests.builders import DAY, incident, incidents, rows_of, wib
from tests.conftest import NOON
from tests.queries import compute_overview

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
    at = wib("23.59")
    dated = find_newest_time(incidents(incident(**old, precision="hari")), at)
    timed = find_newest_time(incidents(incident(**old, precision="menit")), at)
    assert dated is not None
    assert timed is not None
    assert (dated.is_exact, timed.is_exact) == (False, True)
    assert find_newest_time(incidents(), at) is None


@pytest.fixture
def exercise_overview(register: Register) -> Overview:
    """What is live at 12.00 of an exercise: a case, a nihil, and a report of a week later."""
    later = DAY + timedelta(days=8)
    rows = incidents(
        incident(id="A", at="08.00"),
        incident(id="N", at="09.30", jenis="nihil", status="nihil"),
        incident(id="Z", known_at=wib("23.59", later), recorded_at=wib("23.59", later)),
    )
    frames = {**{name: rows_of(feed) for name, feed in FEEDS.items()}, INCIDENTS.name: rows}
    codes = list(register.kecamatan)
    return compute_overview(frames, register.election, codes, Selection(), wib("12.00"), live=True)


def test_what_an_exercise_has_beyond_its_clock_breaks_no_silence(
    exercise_overview: Overview,
) -> None:
    assert exercise_overview.newest_time is not None
    assert exercise_overview.newest_time.at == wib("09.30")
    state = next(one for one in exercise_overview.feed_states if one.feed == INCIDENTS.name)
    assert (state.last_known_at, state.is_silent) == (wib("09.30"), True)


def test_that_the_last_report_is_a_nihil_is_said_where_its_age_stands(
    exercise_overview: Overview, register: Register
) -> None:
    """No list has a line for it: without the word the newest line would seem too old."""
    text = kpis.format_last_report(exercise_overview, wib("12.00"), "WIB")
    assert (text.value, text.side_note) == ("09.30", "(nihil)")
    rows = incidents(incident(id="A", at="08.00"))
    frames = {**{name: rows_of(feed) for name, feed in FEEDS.items()}, INCIDENTS.name: rows}
    codes = list(register.kecamatan)
    case = compute_overview(frames, register.election, codes, Selection(), NOON, live=True)
    assert kpis.format_last_report(case, NOON, "WIB").side_note == ""
