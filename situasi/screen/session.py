"""What one viewer sees: the moment, the language, the theme, the picture behind the page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from situasi import records, sight, viewers, words
from situasi.analysis import incidents, works
from situasi.analysis import moment as moments
from situasi.analysis.incidents import Selection
from situasi.analysis.moment import Moment as Moment
from situasi.analysis.moment import reckoned as reckoned
from situasi.analysis.overview import CASES, Overview, feeds_heard, of_cases
from situasi.board import current as board
from situasi.figures.theme import Theme, theme
from situasi.regions import Register
from situasi.roles import Role, Viewer
from situasi.sight import Sight
from situasi.snapshot import Picture, Snapshot

Found = TypeVar("Found")
# (known frames by feed, register, moment, what else was asked) -> anything
Work = Callable[..., Found]


def now() -> datetime:
    return datetime.now(UTC)


def speak() -> str:
    """Use the language that the address asks for (`?lang=en`); Indonesian otherwise."""
    return words.use(str(st.query_params.get("lang", words.LANGUAGES[0])))


def viewer_theme() -> Theme:
    return theme(st.context.theme.type)


# Who asks without a word of the gate: nobody, who sees nothing.
NOBODY = Viewer("", Role("", frozenset(), frozenset()))


def viewer() -> Viewer:
    """Who looks, as the gate says it."""
    return viewers.read(word_of_the_gate()) or NOBODY


def hides(feed: str, column: str) -> bool:
    """Whether this viewer is not shown these cells: that is not the same as nobody told."""
    return (feed, column) in sight.of(viewer()).hidden


def word_of_the_gate() -> str:
    """What the gate wrote when it let this viewer's WebSocket in."""
    return str(st.context.headers.get(viewers.HEADER) or "")


def register() -> Register:
    """The register of what the viewer may see."""
    return _register(sight.of(viewer()))


@st.cache_resource(max_entries=32, show_spinner=False)
def _register(reach: Sight) -> Register:
    return sight.register(board().register, reach)


def picture() -> Picture:
    return board().live.picture()


def moment(chosen: datetime | None, shown: Picture) -> Moment:
    """The moment that is shown: the chosen one where it is past, or the present."""
    zone = board().register.election.zone
    return moments.moment(chosen, now(), shown.snapshot.exercise_at, zone)


def compute(work: Work[Found], shown: Picture, at: Moment, *asked: Hashable) -> Found:
    """What this analysis finds at this moment, computed once for all viewers who may see it.

    work: called with the frames (by feed) of the rows known at the moment, those of feeds
    that it reads (analysis.works) and the viewer may see; the register; the moment; what its
    parts found; and `asked`. While no row comes for these feeds it is not done again. What it
    gives is shared: nobody may change it.
    """
    reach = sight.of(viewer())
    return _found(work, shown.snapshot, reckoned(at), at.live, reach, asked)  # type: ignore[no-any-return]


def _editions(snapshot: Snapshot, feeds: Iterable[str] = tuple(records.FEEDS)) -> tuple[int, ...]:
    return tuple(snapshot.editions[feed] for feed in feeds)


def _found(
    work: Work[Any],
    snapshot: Snapshot,
    at: datetime,
    live: bool,
    reach: Sight,
    asked: tuple[Hashable, ...] = (),
) -> Any:
    name = f"{work.__module__}.{work.__qualname__}"
    editions = _editions(snapshot, works.of(work).every)
    return _computed(name, editions, at, live, reach, asked, work, snapshot)


def known(shown: Picture, at: Moment) -> Mapping[str, pd.DataFrame]:
    """The rows known at this moment, by feed, of those that the viewer may see."""
    limit = None if at.live else at.at
    return _known(_editions(shown.snapshot), limit, sight.of(viewer()), shown.snapshot)


@st.cache_resource(max_entries=256, ttl="15m", show_spinner=False)
def _computed(
    name: str,  # noqa: ARG001
    editions: tuple[int, ...],  # noqa: ARG001
    at: datetime,
    live: bool,
    reach: Sight,
    asked: tuple[Hashable, ...],
    _work: Work[Any],
    _snapshot: Snapshot,
) -> Any:
    # The editions are the key; the frames themselves are never hashed.
    reading = works.of(_work)
    known = _known(_editions(_snapshot), None if live else at, reach, _snapshot)
    parts = [_found(part, _snapshot, at, live, reach) for part in reading.parts]
    return _work(reading.given(known), _register(reach), at, *parts, *asked)


@st.cache_resource(max_entries=24, ttl="15m", show_spinner=False)
def _known(
    editions: tuple[int, ...],  # noqa: ARG001
    limit: datetime | None,
    reach: Sight,
    _snapshot: Snapshot,
) -> dict[str, pd.DataFrame]:
    frames = sight.seen(_snapshot.frames, reach)
    return {feed: incidents.known(frame, limit) for feed, frame in frames.items()}


def situation(shown: Picture, wanted: Selection, at: Moment) -> Overview:
    """The overview of this selection, computed once for all viewers of the same view."""
    reach, then = sight.of(viewer()), reckoned(at)
    snapshot = shown.snapshot
    found = _of_cases(_editions(snapshot, CASES), wanted, then, at.live, reach, snapshot)
    rows = _known(_editions(snapshot), None if at.live else then, reach, snapshot)
    return replace(found, feeds=feeds_heard(rows, board().register.election, then))


@st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)
def _of_cases(
    editions: tuple[int, ...],  # noqa: ARG001
    wanted: Selection,
    at: datetime,
    live: bool,
    reach: Sight,
    _snapshot: Snapshot,
) -> Overview:
    own = _register(reach)
    return of_cases(
        sight.seen(_snapshot.frames, reach),
        own.election,
        list(own.kecamatan),
        wanted,
        at,
        live=live,
    )
