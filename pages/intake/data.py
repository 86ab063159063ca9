"""What the Masukan page shows, computed once for all viewers who may see the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from streamlit.delta_generator import DeltaGenerator

from situasi.analysis import deliveries
from situasi.analysis.deliveries import DeliverySummary
from situasi.analysis.situation import feed_staleness
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.live.snapshot import Snapshot
from situasi.ui import filters, session, url_state
from situasi.ui.page_layout import PageContext
from situasi.ui.session import ViewTime

_FILTER = "feed"


def choose_reports(place: DeltaGenerator) -> None:
    """The filter of the page: which kinds of report; kept in the address."""
    codes = list(session.viewer().role.readable_feeds(tuple(feed_schemas.FEEDS)))
    filters.render_multi_filter(
        place, _FILTER, _("Laporan"), _("semua laporan"), codes, lambda code: label("feed", code)
    )


def feeds_shown() -> tuple[str, ...]:
    """The feeds that the viewer may see, of the chosen ones where any is chosen."""
    chosen = url_state.get_selected(_FILTER)
    seen = session.viewer().role.readable_feeds(tuple(feed_schemas.FEEDS))
    return tuple(feed for feed in seen if not chosen or feed in chosen)


def intake(view: PageContext, feeds: tuple[str, ...]) -> DeliverySummary:
    """What came in of these feeds, as known at the moment of the view."""
    return session.compute_on_snapshot(_intake, view.snapshot_view, view.view_time, feeds, _whose())


def _whose() -> str | None:
    """Whose deliveries are seen: everyone's, or by a viewer of some kecamatan their own.

    A delivery holds rows of many kecamatan, and a faulty row often names none.
    """
    viewer = session.viewer()
    return viewer.name if viewer.area else None


def _intake(
    snapshot: Snapshot,
    rows: Mapping[str, pd.DataFrame],
    at: ViewTime,
    feeds: tuple[str, ...],
    whose: str | None,
) -> DeliverySummary:
    election, then = board().register.election, session.cache_minute(at)
    known = {feed: rows[feed] for feed in feeds}
    batches = snapshot.batches
    if whose is not None:
        batches = batches[batches["actor"] == whose]
    limit = None if at.live else then
    ledger = deliveries.build_batch_table(batches, known, limit)
    limits = {
        feed: silent_after
        for feed, silent_after in election.thresholds.silent_after.items()
        if feed in known
    }  # fmt: skip
    # What an exercise knows beyond its own clock breaks no silence.
    heard = {feed: known[feed][known[feed]["known_at"] <= at.at] for feed in limits}
    last = {feed: feed_staleness.find_last_known_time(rows) for feed, rows in heard.items()}
    states = feed_staleness.compute_states(
        last, then, limits, (election.day_start, election.day_end)
    )
    counted = _counted(snapshot, whose, limit) if _told_of(snapshot, at) else {}
    by_feed = deliveries.build_feed_table(ledger, known, counted, states)
    return DeliverySummary(ledger, by_feed, deliveries.build_source_table(ledger))


@dataclass(frozen=True)
class Waiting:
    """Rows in quarantine (sources.of_feeds), and why they wait (sources.by_reason)."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def told_of(view: PageContext) -> bool:
    """Whether it can be said what waited: of a past moment of an exercise it cannot.

    Faulty rows have no time of their own, and an exercise is stored long after its day.
    """
    return _told_of(view.snapshot_view.snapshot, view.view_time)


def _told_of(snapshot: Snapshot, at: ViewTime) -> bool:
    return at.live or not snapshot.rehearsal


def waiting(view: PageContext, feeds: tuple[str, ...]) -> Waiting:
    """The rows of these feeds that waited in quarantine at the moment shown. Raises StoreError."""
    at = None if view.view_time.live else view.view_time.at
    snapshot, whose = view.snapshot_view.snapshot, _whose()

    def make() -> Waiting:
        rows = deliveries.select_quarantined_rows(_held(snapshot, whose, at), feeds)
        return Waiting(rows, deliveries.build_reason_table(rows))

    return board().analysis_cache.get_or_make("waiting", snapshot, make, feeds, whose, at)


def _held(snapshot: Snapshot, whose: str | None, at: datetime | None) -> pd.DataFrame:
    """Kept while the version stays, so that a store that breaks leaves it on the screen."""

    def make() -> pd.DataFrame:
        held = board().store.quarantine_frame(at)
        if whose is None:
            return held
        own = snapshot.batches.loc[snapshot.batches["actor"] == whose, "batch"]
        return held[held["batch"].isin(own)]

    return board().analysis_cache.get_or_make("held", snapshot, make, whose, at)


def _counted(snapshot: Snapshot, whose: str | None, at: datetime | None) -> Mapping[str, int]:
    if whose is None and at is None:
        return snapshot.quarantine_counts
    held = _held(snapshot, whose, at)
    return {str(feed): int(count) for feed, count in held["feed"].value_counts().items()}
