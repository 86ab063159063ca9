"""What the Masukan page shows, computed once for all viewers who may see the same."""

from __future__ import annotations

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
from situasi.words import _

_FILTER = "feed"


def choose_reports(place: DeltaGenerator) -> None:
    """The filter of the page: which kinds of report; kept in the address."""
    codes = list(session.viewer().feeds(tuple(records.FEEDS)))
    filters.several(
        place, _FILTER, _("Laporan"), _("semua laporan"), codes, lambda code: label("feed", code)
    )


def feeds_shown() -> tuple[str, ...]:
    """The feeds that the viewer may see, of the chosen ones where any is chosen."""
    chosen = address.current(_FILTER)
    seen = session.viewer().feeds(tuple(records.FEEDS))
    return tuple(feed for feed in seen if not chosen or feed in chosen)


def intake(view: View, feeds: tuple[str, ...]) -> Intake:
    """What came in of these feeds, as known at the moment of the view."""
    version = view.shown.snapshot.version
    return _intake(version, session.reckoned(view.at), view.at.live, feeds, view)


@st.cache_resource(max_entries=24, ttl="15m", show_spinner=False)
def _intake(
    version: int,  # noqa: ARG001
    at: datetime,
    live: bool,
    feeds: tuple[str, ...],
    _view: View,
) -> Intake:
    # The version is the key; the frames themselves are never hashed.
    election = board().register.election
    rows = session.known(_view.shown, _view.at)
    known = {feed: rows[feed] for feed in feeds}
    snapshot = _view.shown.snapshot
    ledger = sources.ledger(snapshot.batches, known, None if live else at)
    limits = {
        feed: limit
        for feed, limit in election.thresholds.silent_after.items()
        if feed in known
    }  # fmt: skip
    # What an exercise knows beyond its own clock breaks no silence.
    heard = {feed: known[feed][known[feed]["known_at"] <= _view.at.at] for feed in limits}
    last = {feed: silence.last_known(rows) for feed, rows in heard.items()}
    states = silence.states(last, at, limits, (election.day_start, election.day_end))
    by_feed = sources.by_feed(ledger, known, snapshot.waiting if live else {}, states)
    return Intake(ledger, by_feed, sources.by_source(ledger))


@dataclass(frozen=True)
class Waiting:
    """Rows in quarantine (sources.of_feeds), and why they wait (sources.by_reason)."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def waiting(view: View, feeds: tuple[str, ...]) -> Waiting:
    """The rows of these feeds that wait in quarantine now. Raises StoreError."""
    return _waiting(view.shown.snapshot.version, feeds)


@st.cache_resource(max_entries=8, ttl="15m", show_spinner=False)
def _waiting(version: int, feeds: tuple[str, ...]) -> Waiting:  # noqa: ARG001
    rows = sources.of_feeds(board().store.held(), feeds)
    return Waiting(rows, sources.by_reason(rows))
