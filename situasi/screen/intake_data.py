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
    version = view.shown.snapshot.version
    return _intake(version, session.reckoned(view.at), view.at.live, feeds, _whose(), view)


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
    by_feed = sources.by_feed(ledger, known, _counted(snapshot, whose) if live else {}, states)
    return Intake(ledger, by_feed, sources.by_source(ledger))


@dataclass(frozen=True)
class Waiting:
    """Rows in quarantine (sources.of_feeds), and why they wait (sources.by_reason)."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def waiting(view: View, feeds: tuple[str, ...]) -> Waiting:
    """The rows of these feeds that wait in quarantine now. Raises StoreError."""
    return _waiting(view.shown.snapshot.version, feeds, _whose(), view.shown.snapshot)


@st.cache_resource(max_entries=8, ttl="15m", show_spinner=False)
def _waiting(
    version: int,  # noqa: ARG001
    feeds: tuple[str, ...],
    whose: str | None,
    _snapshot: Snapshot,
) -> Waiting:
    rows = sources.of_feeds(_held(_snapshot.version, whose, _snapshot), feeds)
    return Waiting(rows, sources.by_reason(rows))


# Kept while the version stays, so that a store that breaks leaves it on the screen.
@st.cache_resource(max_entries=4, show_spinner=False)
def _held(version: int, whose: str | None, _snapshot: Snapshot) -> pd.DataFrame:  # noqa: ARG001
    held = board().store.held()
    if whose is None:
        return held
    own = _snapshot.batches.loc[_snapshot.batches["actor"] == whose, "batch"]
    return held[held["batch"].isin(own)]


def _counted(snapshot: Snapshot, whose: str | None) -> Mapping[str, int]:
    if whose is None:
        return snapshot.waiting
    return {
        str(k): int(n)
        for k, n in _held(snapshot.version, whose, snapshot)["feed"].value_counts().items()
    }
