"""What the Masukan page shows, computed once for all viewers who may see the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi import records
from situasi.analysis import silence, sources
from situasi.analysis.sources import Intake
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import address, filters, session
from situasi.screen.page import View
from situasi.snapshot import Snapshot
from situasi.words import _

_FILTER = "feed"


def choose_reports(place: DeltaGenerator) -> None:
    """The filter of the page: which kinds of report; kept in the address."""
    codes = list(session.viewer().role.feeds(tuple(records.FEEDS)))
    filters.several(
        place, _FILTER, _("Laporan"), _("semua laporan"), codes, lambda code: label("feed", code)
    )


def feeds_shown() -> tuple[str, ...]:
    """The feeds that the viewer may see, of the chosen ones where any is chosen."""
    chosen = address.current(_FILTER)
    seen = session.viewer().role.feeds(tuple(records.FEEDS))
    return tuple(feed for feed in seen if not chosen or feed in chosen)


def intake(view: View, feeds: tuple[str, ...]) -> Intake:
    """What came in of these feeds, as known at the moment of the view."""
    version, area = view.shown.snapshot.version, session.viewer().area
    at = session.reckoned(view.at)
    return _intake(version, at, view.at.live, feeds, _whose(), area, view)


def _whose() -> str | None:
    """Whose deliveries are seen: everyone's, or by a viewer of some kecamatan their own.

    A delivery holds rows of many kecamatan, and a faulty row often names none.
    """
    viewer = session.viewer()
    return viewer.name if viewer.area else None


@st.cache_resource(max_entries=24, ttl="15m", show_spinner=False)
def _intake(
    version: int,  # noqa: ARG001
    at: datetime,
    live: bool,
    feeds: tuple[str, ...],
    whose: str | None,
    area: tuple[str, ...],  # noqa: ARG001
    _view: View,
) -> Intake:
    # The version is the key; the frames themselves are never hashed.
    election = board().register.election
    rows = session.known(_view.shown, _view.at)
    known = {feed: rows[feed] for feed in feeds}
    snapshot = _view.shown.snapshot
    batches = snapshot.batches
    if whose is not None:
        batches = batches[batches["actor"] == whose]
    ledger = sources.ledger(batches, known, None if live else at)
    limits = {
        feed: limit
        for feed, limit in election.thresholds.silent_after.items()
        if feed in known
    }  # fmt: skip
    # What an exercise knows beyond its own clock breaks no silence.
    heard = {feed: known[feed][known[feed]["known_at"] <= _view.at.at] for feed in limits}
    last = {feed: silence.last_known(rows) for feed, rows in heard.items()}
    states = silence.states(last, at, limits, (election.day_start, election.day_end))
    counted = _counted(snapshot, whose, None if live else at) if told_of(_view) else {}
    by_feed = sources.by_feed(ledger, known, counted, states)
    return Intake(ledger, by_feed, sources.by_source(ledger))


@dataclass(frozen=True)
class Waiting:
    """Rows in quarantine (sources.of_feeds), and why they wait (sources.by_reason)."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def told_of(view: View) -> bool:
    """Whether it can be said what waited: of a past moment of an exercise it cannot.

    Faulty rows have no time of their own, and an exercise is stored long after its day.
    """
    return view.at.live or not view.shown.snapshot.rehearsal


def waiting(view: View, feeds: tuple[str, ...]) -> Waiting:
    """The rows of these feeds that waited in quarantine at the moment shown. Raises StoreError."""
    at = None if view.at.live else view.at.at
    return _waiting(view.shown.snapshot.version, feeds, _whose(), at, view.shown.snapshot)


@st.cache_resource(max_entries=8, ttl="15m", show_spinner=False)
def _waiting(
    version: int,  # noqa: ARG001
    feeds: tuple[str, ...],
    whose: str | None,
    at: datetime | None,
    _snapshot: Snapshot,
) -> Waiting:
    rows = sources.of_feeds(_held(_snapshot.version, whose, at, _snapshot), feeds)
    return Waiting(rows, sources.by_reason(rows))


# Kept while the version stays, so that a store that breaks leaves it on the screen.
@st.cache_resource(max_entries=4, show_spinner=False)
def _held(
    version: int,  # noqa: ARG001
    whose: str | None,
    at: datetime | None,
    _snapshot: Snapshot,
) -> pd.DataFrame:
    held = board().store.held(at)
    if whose is None:
        return held
    own = _snapshot.batches.loc[_snapshot.batches["actor"] == whose, "batch"]
    return held[held["batch"].isin(own)]


def _counted(snapshot: Snapshot, whose: str | None, at: datetime | None) -> Mapping[str, int]:
    if whose is None and at is None:
        return snapshot.waiting
    held = _held(snapshot.version, whose, at, snapshot)
    return {str(feed): int(count) for feed, count in held["feed"].value_counts().items()}
