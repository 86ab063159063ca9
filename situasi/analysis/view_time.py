"""The moment a view shows, and the windows of time that are reckoned from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from situasi.analysis.incidents.cases import Selection
from situasi.domain.election import Election

WINDOWS = ("hari", "1j", "3j", "semua")
# How far back the windows go that move with the clock.
_MOVING = {"1j": timedelta(hours=1), "3j": timedelta(hours=3)}


@dataclass(frozen=True)
class Moment:
    """The moment a view shows.

    at: against which ages and windows are reckoned. live: everything known by now; else
    the board as it was known at `at`. exercise: the clock is that of a rehearsal.
    """

    at: datetime
    live: bool
    exercise: bool


def moment(
    chosen: datetime | None, now: datetime, exercise_at: datetime | None, zone: tzinfo
) -> Moment:
    """The chosen moment where it is past, or the present: an exercise's own where one is played.

    A moment still to come is the present: nobody knows more. A past one is that of its minute:
    no view tells seconds apart, and each moment is computed anew.
    """
    present = (exercise_at or now).astimezone(zone).replace(microsecond=0)
    if chosen is not None and chosen < present:
        minute = chosen.astimezone(zone).replace(second=0, microsecond=0)
        return Moment(minute, live=False, exercise=False)
    return Moment(present, live=True, exercise=exercise_at is not None)


def reckoned(at: Moment) -> datetime:
    """The moment to the minute, so that viewers of the same minute share what is computed."""
    return at.at.replace(second=0) if at.live and not at.exercise else at.at


def earlier(wanted: Selection, by: timedelta) -> Selection:
    """A window that moves with the clock was elsewhere then; one of the day stays."""
    moving = wanted.since is not None and wanted.until is None
    return replace(wanted, since=wanted.since - by) if moving and wanted.since else wanted


def within(wanted: Selection, window: str, at: datetime, election: Election) -> Selection:
    """The selection with this window (WINDOWS) of time, reckoned from a moment."""
    if window in _MOVING:
        return replace(wanted, since=at - _MOVING[window], until=None)
    if window == "semua":
        return replace(wanted, since=None, until=None)
    midnight = datetime.combine(election.day, datetime.min.time(), election.zone)
    return replace(wanted, since=midnight, until=midnight + timedelta(days=1))
