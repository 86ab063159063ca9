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
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.live.snapshot import Snapshot
from situasi.ui import filters, session, url_state
from situasi.ui.page_layout import PageContext

_FEED_FILTER = "feed"


def render_feed_filter(container: DeltaGenerator) -> None:
    """The filter of the page: which kinds of report; kept in the address."""
    codes = list(session.viewer().role.readable_feeds(tuple(feed_schemas.FEEDS)))
    filters.render_multi_filter(
        container,
        _FEED_FILTER,
        _("Laporan"),
        _("semua laporan"),
        codes,
        lambda code: label("feed", code),
    )


def selected_feeds() -> tuple[str, ...]:
    """The feeds that the viewer may see, of the chosen ones where any is chosen."""
    chosen = url_state.get_selected(_FEED_FILTER)
    seen = session.viewer().role.readable_feeds(tuple(feed_schemas.FEEDS))
    return tuple(feed for feed in seen if not chosen or feed in chosen)


def compute_intake(context: PageContext, feeds: tuple[str, ...]) -> DeliverySummary:
    """What came in of these feeds, as known at the moment of the view."""
    return session.compute_on_snapshot(
        _compute_intake, context.snapshot_view, context.view_time, feeds, _visible_actor()
    )


def _visible_actor() -> str | None:
    """Whose deliveries are seen: everyone's, or by a viewer of some kecamatan their own.

    A delivery holds rows of many kecamatan, and a faulty row often names none.
    """
    viewer = session.viewer()
    return viewer.name if viewer.area else None


def _compute_intake(
    snapshot: Snapshot,
    frames: Mapping[str, pd.DataFrame],
    view_time: ViewTime,
    feeds: tuple[str, ...],
    actor: str | None,
) -> DeliverySummary:
    election, then = board().register.election, cache_minute(view_time)
    known = {feed: frames[feed] for feed in feeds}
    batches = snapshot.batches
    if actor is not None:
        batches = batches[batches["actor"] == actor]
    limit = None if view_time.live else then
    ledger = deliveries.build_batch_table(batches, known, limit)
    limits = {
        feed: silent_after
        for feed, silent_after in election.thresholds.silent_after.items()
        if feed in known
    }  # fmt: skip
    # What an exercise knows beyond its own clock breaks no silence.
    heard = {feed: known[feed][known[feed]["known_at"] <= view_time.at] for feed in limits}
    last = {feed: feed_staleness.find_last_known_time(rows) for feed, rows in heard.items()}
    states = feed_staleness.compute_states(
        last, then, limits, (election.day_start, election.day_end)
    )
    counted = (
        _count_quarantine(snapshot, actor, limit)
        if _can_show_quarantine(snapshot, view_time)
        else {}
    )
    by_feed = deliveries.build_feed_table(ledger, known, counted, states)
    return DeliverySummary(ledger, by_feed, deliveries.build_source_table(ledger))


@dataclass(frozen=True)
class QuarantineRows:
    """Rows in quarantine (sources.of_feeds), and why they wait (sources.by_reason)."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def can_show_quarantine(context: PageContext) -> bool:
    """Whether it can be said what waited: of a past moment of an exercise it cannot.

    Faulty rows have no time of their own, and an exercise is stored long after its day.
    """
    return _can_show_quarantine(context.snapshot_view.snapshot, context.view_time)


def _can_show_quarantine(snapshot: Snapshot, view_time: ViewTime) -> bool:
    return view_time.live or not snapshot.rehearsal


def load_quarantine(context: PageContext, feeds: tuple[str, ...]) -> QuarantineRows:
    """The rows of these feeds that waited in quarantine at the moment shown. Raises StoreError."""
    at = None if context.view_time.live else context.view_time.at
    snapshot, whose = context.snapshot_view.snapshot, _visible_actor()

    def make() -> QuarantineRows:
        rows = deliveries.select_quarantined_rows(
            _load_quarantine_frame(snapshot, whose, at), feeds
        )
        return QuarantineRows(rows, deliveries.build_reason_table(rows))

    return board().analysis_cache.get_or_make("waiting", snapshot, make, feeds, whose, at)


def _load_quarantine_frame(
    snapshot: Snapshot, actor: str | None, at: datetime | None
) -> pd.DataFrame:
    """Kept while the version stays, so that a store that breaks leaves it on the screen."""

    def make() -> pd.DataFrame:
        held = board().store.quarantine_frame(at)
        if actor is None:
            return held
        own = snapshot.batches.loc[snapshot.batches["actor"] == actor, "batch"]
        return held[held["batch"].isin(own)]

    return board().analysis_cache.get_or_make("held", snapshot, make, actor, at)


def _count_quarantine(
    snapshot: Snapshot, actor: str | None, at: datetime | None
) -> Mapping[str, int]:
    if actor is None and at is None:
        return snapshot.quarantine_counts
    held = _load_quarantine_frame(snapshot, actor, at)
    return {str(feed): int(count) for feed, count in held["feed"].value_counts().items()}
