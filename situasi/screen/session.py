"""What one viewer sees: the moment, the language, the theme, the picture behind the page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from situasi import records, words
from situasi.analysis import incidents
from situasi.analysis.incidents import Selection
from situasi.analysis.overview import Overview, overview
from situasi.board import current as board
from situasi.figures.theme import Theme, theme
from situasi.roles import ROLES, Role
from situasi.snapshot import Picture

Found = TypeVar("Found")
# (known frames by feed, register, moment, what else was asked) -> anything
Work = Callable[..., Found]


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


def viewer() -> Role:
    """The role of who looks. Until there are accounts: that of the settings, for everyone."""
    return ROLES[board().settings.role]


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


def compute(work: Work[Found], shown: Picture, at: Moment, *asked: Hashable) -> Found:
    """What this analysis finds at this moment, computed once for all viewers who may see it.

    work: called with the frames (by feed) of the rows known at the moment, those of feeds
    that the viewer may see; the register; the moment; and `asked`. What it gives is shared:
    nobody may change it.
    """
    feeds = viewer().feeds(tuple(records.FEEDS))
    name = f"{work.__module__}.{work.__qualname__}"
    return _computed(name, shown.snapshot.version, reckoned(at), at.live, feeds, asked, work)  # type: ignore[no-any-return]


def known(shown: Picture, at: Moment) -> Mapping[str, pd.DataFrame]:
    """The rows known at this moment, by feed, of those that the viewer may see."""
    feeds = viewer().feeds(tuple(records.FEEDS))
    limit = None if at.live else at.at
    return _known(shown.snapshot.version, limit, feeds)


def reckoned(at: Moment) -> datetime:
    """The moment to the minute, so that viewers of the same minute share what is computed."""
    return at.at.replace(second=0) if at.live and not at.exercise else at.at


@st.cache_resource(max_entries=256, ttl="15m", show_spinner=False)
def _computed(
    name: str,  # noqa: ARG001
    version: int,
    at: datetime,
    live: bool,
    feeds: tuple[str, ...],
    asked: tuple[Hashable, ...],
    _work: Work[Any],
) -> Any:
    return _work(_known(version, None if live else at, feeds), board().register, at, *asked)


@st.cache_resource(max_entries=24, ttl="15m", show_spinner=False)
def _known(
    version: int,  # noqa: ARG001
    limit: datetime | None,
    feeds: tuple[str, ...],
) -> dict[str, pd.DataFrame]:
    # The version is the key; the frames themselves are never hashed.
    frames = picture().snapshot.frames
    return {feed: incidents.known(frames[feed], limit) for feed in feeds}


def situation(shown: Picture, wanted: Selection, at: Moment) -> Overview:
    """The overview of this selection, computed once for all viewers of the same view."""
    return _situation(shown.snapshot.version, wanted, reckoned(at), at.live)


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
