"""Briefings: moments that somebody marked, so that the board can say what has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from situasi.access.roles import Viewer
from situasi.store.interface import Store

KIND = "taklimat"
MAX_NOTE_LENGTH = 120  # characters
_MICROSECOND = timedelta(microseconds=1)


class BriefingRefused(ValueError):
    """The moment cannot be marked so; the message says why."""


@dataclass(frozen=True)
class Briefing:
    """One marker. at: the moment marked. recorded_at: when somebody did. exercise: on its clock."""

    at: datetime
    note: str
    by: str
    recorded_at: datetime
    exercise: bool

    @property
    def id(self) -> str:
        """What the address calls it: a moment that is marked again is the same marker."""
        return f"{self.at:%Y-%m-%dT%H:%M:%S}"


def may_mark(viewer: Viewer) -> bool:
    """Whether they set markers: for the whole board, so no guest, and nobody of one area."""
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
    """Mark this moment, which is now or past. Raises MarkRefused, StoreError.

    moment: on the clock that the board shows, with the zone of the election. exercise: whether
    that is the clock of an exercise. version: of the picture that the viewer saw. Rows that it
    did not have yet are to be new since the marker, so it is set before the first of them.
    """
    if not may_mark(viewer):
        raise BriefingRefused("menandai taklimat bukan wewenang Anda")
    unseen = None if exercise else store.first_commit_after(version)
    if unseen is not None:
        moment = min(moment, (unseen - _MICROSECOND).astimezone(moment.tzinfo))
    said = " ".join(note.split())[:MAX_NOTE_LENGTH]
    marked = Briefing(moment.replace(microsecond=0), said, viewer.name, at, exercise)
    told = {"moment": marked.at.isoformat(), "note": said, "exercise": exercise}
    value = told | {"by": marked.by, "recorded_at": at.isoformat()}
    # Of access, not a note: nobody's rows have changed, so no version moves.
    store.put_record(KIND, marked.id, value, at, viewer.name, "briefing", told)
    return marked


def load_all(store: Store) -> list[Briefing]:
    """All markers, the earliest first; a record that cannot be read is passed over."""
    found = filter(None, map(_decode, store.latest_records(KIND).values()))
    return sorted(found, key=lambda one: one.at)


def _decode(value: Any) -> Briefing | None:
    try:
        at, recorded = (datetime.fromisoformat(value[name]) for name in ("moment", "recorded_at"))
        exercise = value["exercise"] is True
        return Briefing(at, value["note"], value["by"], recorded.astimezone(UTC), exercise)
    except (KeyError, TypeError, ValueError):
        return None


def list_until(briefings: Iterable[Briefing], at: datetime, *, exercise: bool) -> list[Briefing]:
    """Those that there are at a moment, the newest first; an exercise has its own."""
    there = [one for one in briefings if one.at <= at and one.exercise == exercise]
    return sorted(there, key=lambda one: one.at, reverse=True)
