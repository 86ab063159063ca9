"""The moment a view shows, and the windows of time that are reckoned from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from situasi.analysis.incidents.cases import Selection
from situasi.domain.election import Election

WINDOWS = ("hari", "1j", "3j", "semua")
# How far back the windows go that move with the clock.
_MOVING_WINDOWS = {"1j": timedelta(hours=1), "3j": timedelta(hours=3)}


@dataclass(frozen=True)
class ViewTime:
    """The moment a view shows.

    at: against which ages and windows are reckoned. live: everything known by now; else
    the board as it was known at `at`. exercise: the clock is that of a rehearsal.
    """

    at: datetime
    live: bool
    is_exercise: bool


def resolve_view_time(
    chosen_time: datetime | None, now: datetime, exercise_at: datetime | None, zone: tzinfo
) -> ViewTime:
    """The chosen moment where it is past, or the present: an exercise's own where one is played.

    A moment still to come is the present: nobody knows more. A past one is that of its minute:
    no view tells seconds apart, and each moment is computed anew.
    """
    present = (exercise_at or now).astimezone(zone).replace(microsecond=0)
    if chosen_time is not None and chosen_time < present:
        minute = chosen_time.astimezone(zone).replace(second=0, microsecond=0)
        return ViewTime(minute, live=False, is_exercise=False)
    return ViewTime(present, live=True, is_exercise=exercise_at is not None)


def cache_minute(view_time: ViewTime) -> datetime:
    """The moment to the minute, so that viewers of the same minute share what is computed."""
    return (
        view_time.at.replace(second=0)
        if view_time.live and not view_time.is_exercise
        else view_time.at
    )


def shift_window(selection: Selection, by: timedelta) -> Selection:
    """A window that moves with the clock was elsewhere then; one of the day stays."""
    moving = selection.since is not None and selection.until is None
    return (
        replace(selection, since=selection.since - by) if moving and selection.since else selection
    )


def apply_window(selection: Selection, window: str, at: datetime, election: Election) -> Selection:
    """The selection with this window (WINDOWS) of time, reckoned from a moment."""
    if window in _MOVING_WINDOWS:
        return replace(selection, since=at - _MOVING_WINDOWS[window], until=None)
    if window == "semua":
        return replace(selection, since=None, until=None)
    midnight = datetime.combine(election.day, datetime.min.time(), election.zone)
    return replace(selection, since=midnight, until=midnight + timedelta(days=1))
