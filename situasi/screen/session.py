"""What one viewer sees: the moment, the language, the theme, the picture behind the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from situasi import words
from situasi.analysis.incidents import Selection
from situasi.analysis.overview import Overview, overview
from situasi.board import current as board
from situasi.figures.theme import Theme, theme
from situasi.snapshot import Picture


@dataclass(frozen=True)
class Moment:
    """The moment a page shows.

    at: against which ages and windows are reckoned. live: everything known by now; else
    the board as it was known at `at`. exercise: the clock is that of a rehearsal.
    """

    at: datetime
    live: bool
    exercise: bool


def now() -> datetime:
    return datetime.now(UTC)


def speak() -> str:
    """Use the language that the address asks for (`?lang=en`); Indonesian otherwise."""
    return words.use(str(st.query_params.get("lang", words.LANGUAGES[0])))


def viewer_theme() -> Theme:
    return theme(st.context.theme.type)


def picture() -> Picture:
    return board().live.picture()


def moment(chosen: datetime | None, shown: Picture) -> Moment:
    """The chosen moment where it is past, or the present: an exercise's own where one is played.

    A moment still to come is the present: nobody knows more.
    """
    zone = board().register.election.zone
    exercise = shown.snapshot.exercise_at
    present = (exercise or now()).astimezone(zone).replace(microsecond=0)
    if chosen is not None and chosen < present:
        return Moment(chosen.astimezone(zone), live=False, exercise=False)
    return Moment(present, live=True, exercise=exercise is not None)


def situation(shown: Picture, wanted: Selection, at: Moment) -> Overview:
    """The overview of this selection, computed once for all viewers of the same view."""
    reckoned = at.at.replace(second=0) if at.live and not at.exercise else at.at
    return _situation(shown.snapshot.version, wanted, reckoned, at.live)


@st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)
def _situation(version: int, wanted: Selection, at: datetime, live: bool) -> Overview:  # noqa: ARG001
    # The version is the key; the frames themselves are never hashed.
    register = board().register
    return overview(
        picture().snapshot.frames,
        register.election,
        list(register.kecamatan),
        wanted,
        at,
        live=live,
    )
