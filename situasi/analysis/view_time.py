"""The moment that a view shows, and the time windows relative to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from situasi.analysis.incidents.cases import Selection
from situasi.domain.election import Election

WINDOWS = ("hari", "1j", "3j", "semua")
# Length of the windows that move with the clock.
_MOVING_WINDOWS = {"1j": timedelta(hours=1), "3j": timedelta(hours=3)}


@dataclass(frozen=True)
class ViewTime:
    """The moment that a view shows.

    at: the moment that ages and windows refer to. live: everything known by now; else as known at
    `at`. is_exercise: the clock is that of an exercise.
    """

    at: datetime
    live: bool
    is_exercise: bool


def resolve_view_time(
    chosen_time: datetime | None, now: datetime, exercise_at: datetime | None, zone: tzinfo
) -> ViewTime:
    """Return the chosen moment if it is past, else the present: an exercise's own while one runs.

    A future moment counts as the present, as nothing later is known. A past one is rounded down to
    its minute: no view distinguishes seconds, and each moment is computed separately.
    """
    present = (exercise_at or now).astimezone(zone).replace(microsecond=0)
    if chosen_time is not None and chosen_time < present:
        minute = chosen_time.astimezone(zone).replace(second=0, microsecond=0)
        return ViewTime(minute, live=False, is_exercise=False)
    return ViewTime(present, live=True, is_exercise=exercise_at is not None)


def cache_minute(view_time: ViewTime) -> datetime:
    """Return the moment to the minute, so that viewers of one minute share computed results."""
    return (
        view_time.at.replace(second=0)
        if view_time.live and not view_time.is_exercise
        else view_time.at
    )


def shift_window(selection: Selection, by: timedelta) -> Selection:
    """Return the selection shifted back by `by` if its window moves with the clock."""
    if selection.since is None or selection.until is not None:
        return selection
    return replace(selection, since=selection.since - by)


def apply_window(selection: Selection, window: str, at: datetime, election: Election) -> Selection:
    """Return the selection with this time window (one of WINDOWS) relative to a moment."""
    if window in _MOVING_WINDOWS:
        return replace(selection, since=at - _MOVING_WINDOWS[window], until=None)
    if window == "semua":
        return replace(selection, since=None, until=None)
    midnight = datetime.combine(election.day, datetime.min.time(), election.zone)
    return replace(selection, since=midnight, until=midnight + timedelta(days=1))
