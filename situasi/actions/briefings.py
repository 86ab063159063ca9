"""Briefings: moments marked by a person, so that the board can show what has changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime
from situasi.common.i18n import _
from situasi.presentation.numbers import format_moment
from situasi.store import Store

KIND = "taklimat"
MAX_NOTE_LENGTH = 120  # characters
_MICROSECOND = timedelta(microseconds=1)
_RECENT_HOURS: Final = (1, 3)


class BriefingRefused(ValueError):
    """The briefing cannot be marked; the message says why."""


@dataclass(frozen=True)
class Briefing:
    """One marker. at: the moment marked. recorded_at: when it was set. exercise: by its clock."""

    at: datetime
    note: str
    by: str
    recorded_at: datetime
    exercise: bool

    @property
    def id(self) -> str:
        """Return its id for addresses: a moment that is marked again is the same marker."""
        return f"{self.at:%Y-%m-%dT%H:%M:%S}"


@dataclass(frozen=True)
class RecentHours(Briefing):
    """The moment so many hours before the time shown, to compare with where nobody marked one."""

    hours: int = 0

    @property
    def id(self) -> str:
        """Return its id for addresses."""
        return f"{self.hours}j"


def may_mark(viewer: Viewer) -> bool:
    """Return whether they may set markers: of the whole board, so no guest and no sub-area."""
    return viewer.link is None and not viewer.area and viewer.role.may("tandai")


def mark(
    store: Store,
    viewer: Viewer,
    moment: datetime,
    note: str,
    at: datetime,
    *,
    exercise: bool,
    version: int,
) -> Briefing:
    """Mark this moment, which is now or past. Raises BriefingRefused, StoreError.

    moment: by the clock of the board, with the zone of the election. exercise: whether that is the
    clock of an exercise. version: of the snapshot that the viewer saw. Rows missing in it must
    count as new since the marker, so the marker is set before the first of them.
    """
    if not may_mark(viewer):
        raise BriefingRefused("menandai taklimat bukan wewenang Anda")
    first_unseen = None if exercise else store.first_commit_after(version)
    if first_unseen is not None:
        moment = min(moment, (first_unseen - _MICROSECOND).astimezone(moment.tzinfo))
    text = " ".join(note.split())[:MAX_NOTE_LENGTH]
    briefing = Briefing(moment.replace(microsecond=0), text, viewer.name, at, exercise)
    detail = {"moment": briefing.at.isoformat(), "note": text, "exercise": exercise}
    value = detail | {"by": briefing.by, "recorded_at": at.isoformat()}
    before = store.latest_records(KIND, briefing.id).get(briefing.id)
    if _decode(before) is not None:  # back again if this one is undone
        value["before"] = before
    # An access record, not a note: no rows have changed, so the data version stays.
    store.put_record(KIND, briefing.id, value, at, viewer.name, "briefing", detail)
    return briefing


def undo(store: Store, viewer: Viewer, briefing: Briefing, at: datetime) -> None:
    """Store that a marker was taken back by who set it. Raises BriefingRefused, StoreError."""
    since = store.access_version()
    value = store.latest_records(KIND, briefing.id).get(briefing.id)
    if (
        value is None
        or not may_mark(viewer)
        or briefing.by != viewer.name
        or _decode(value) != briefing
    ):
        raise BriefingRefused("taklimat ini bukan, atau bukan lagi, tanda Anda")
    detail = {"moment": briefing.at.isoformat(), "undone": True, "exercise": briefing.exercise}
    undone = value.get("before") or {**value, "undone": True}
    store.put_record(
        KIND, briefing.id, undone, at, viewer.name, "briefing", detail, expected_seq=since
    )


def load_all(store: Store) -> list[Briefing]:
    """Return all markers, the earliest first, without those undone or unreadable."""
    briefings = filter(None, map(_decode, store.latest_records(KIND).values()))
    return sorted(briefings, key=lambda briefing: briefing.at)


def _decode(value: Any) -> Briefing | None:
    try:
        if value.get("undone"):
            return None
        at, recorded = (datetime.fromisoformat(value[name]) for name in ("moment", "recorded_at"))
        exercise = value["exercise"] is True
        return Briefing(at, value["note"], value["by"], recorded.astimezone(UTC), exercise)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def list_until(briefings: Iterable[Briefing], at: datetime, *, exercise: bool) -> list[Briefing]:
    """Return the markers up to a moment, the newest first; an exercise has its own."""
    past = [marker for marker in briefings if marker.at <= at and marker.exercise == exercise]
    return sorted(past, key=lambda briefing: briefing.at, reverse=True)


def list_recent_hours(now: datetime, *, exercise: bool) -> list[RecentHours]:
    """Return the moments some hours before the time shown, to the minute."""
    minute = now.replace(second=0, microsecond=0)
    return [
        RecentHours(minute - timedelta(hours=hours), "", "", now, exercise, hours)
        for hours in _RECENT_HOURS
    ]


def find_selected(
    listed: Sequence[Briefing], recent: Sequence[Briefing], selected_ids: Iterable[str]
) -> Briefing | None:
    """Return the briefing (or the hours) of these ids, else the last; None if there is none."""
    by_id = {briefing.id: briefing for briefing in [*listed, *recent]}
    selected = [by_id[code] for code in selected_ids if code in by_id]
    return next(iter([*selected, *listed]), None)


def format_name(briefing: Briefing, view_time: ViewTime) -> str:
    """Return the name of a briefing: its clock time, with the date if that differs."""
    if isinstance(briefing, RecentHours):
        return _("{n} jam lalu").format(n=briefing.hours)
    return _("taklimat {time}").format(time=format_moment(briefing.at, view_time.at))
