"""The data of the Masukan page, computed once for all viewers with the same access."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pandas as pd
from streamlit.delta_generator import DeltaGenerator

from situasi.access.roles import Viewer
from situasi.analysis import deliveries
from situasi.analysis.deliveries import DeliverySummary
from situasi.analysis.situation import feed_staleness
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.live.snapshot import Snapshot
from situasi.ui import filters, url_state
from situasi.ui.page_context import PageContext

_FEED_FILTER = "feed"


def render_feed_filter(viewer: Viewer, container: DeltaGenerator) -> None:
    """Draw the filter of the page by feed; it is kept in the URL."""
    codes = list(viewer.role.readable_feeds(tuple(feed_schemas.FEEDS)))
    filters.render_multi_filter(
        filters.get_multiselect(container), _FEED_FILTER, _("Laporan"), codes,
        partial(label, "feed"),
        placeholder=_("semua laporan"),
    )  # fmt: skip


def selected_feeds(viewer: Viewer) -> tuple[str, ...]:
    """Return the feeds that the viewer may see, limited to the selected ones if any."""
    selected = url_state.get_selected(_FEED_FILTER)
    readable = viewer.role.readable_feeds(tuple(feed_schemas.FEEDS))
    return tuple(feed for feed in readable if not selected or feed in selected)


def compute_intake(context: PageContext, feeds: tuple[str, ...]) -> DeliverySummary:
    """Return the deliveries of these feeds, as known at the time of the view."""
    return context.compute_on_snapshot(_compute_intake, feeds, _visible_actor(context.viewer))


def _visible_actor(viewer: Viewer) -> str | None:
    """Return whose deliveries are visible: None for all; for a viewer of some kecamatan, their own.

    A delivery has rows of many kecamatan, and a faulty row often names none.
    """
    return viewer.name if viewer.area else None


def _compute_intake(
    snapshot: Snapshot,
    frames: Mapping[str, pd.DataFrame],
    view_time: ViewTime,
    feeds: tuple[str, ...],
    actor: str | None,
) -> DeliverySummary:
    election, at = board().register.election, cache_minute(view_time)
    known = {feed: frames[feed] for feed in feeds}
    batches = snapshot.batches
    if actor is not None:
        batches = batches[batches["actor"] == actor]
    limit = None if view_time.live else at
    batch_table = deliveries.build_batch_table(batches, known, limit, view_time.at)
    limits = {
        feed: silent_after
        for feed, silent_after in election.thresholds.silent_after.items()
        if feed in known
    }  # fmt: skip
    # Reports beyond the clock of an exercise do not count as news.
    rows_by_feed = {feed: known[feed][known[feed]["known_at"] <= view_time.at] for feed in limits}
    last_known = {
        feed: feed_staleness.find_last_known_time(rows) for feed, rows in rows_by_feed.items()
    }
    states = feed_staleness.compute_states(
        last_known, at, limits, (election.day_start, election.day_end)
    )
    quarantine_counts = (
        _count_quarantine(snapshot, actor, limit)
        if _can_show_quarantine(snapshot, view_time)
        else {}
    )
    feed_table = deliveries.build_feed_table(
        batch_table, known, quarantine_counts, states, view_time.at
    )
    return DeliverySummary(batch_table, feed_table, deliveries.build_source_table(batch_table))


@dataclass(frozen=True)
class QuarantineRows:
    """Rows in quarantine and their reasons, of analysis.deliveries."""

    rows: pd.DataFrame
    reasons: pd.DataFrame


def can_show_quarantine(context: PageContext) -> bool:
    """Return whether the quarantine at the time of the view is known.

    It is not for a past time of an exercise: faulty rows have no time of their own, and an exercise
    is stored long after its day.
    """
    return _can_show_quarantine(context.snapshot, context.view_time)


def _can_show_quarantine(snapshot: Snapshot, view_time: ViewTime) -> bool:
    return view_time.live or not snapshot.rehearsal


def load_quarantine(context: PageContext, feeds: tuple[str, ...]) -> QuarantineRows:
    """Return the rows of these feeds in quarantine at the time of the view. Raises StoreError."""
    at = None if context.view_time.live else context.view_time.at
    snapshot, actor = context.snapshot, _visible_actor(context.viewer)

    def build() -> QuarantineRows:
        rows = deliveries.select_quarantined_rows(
            _load_quarantine_frame(snapshot, actor, at), feeds
        )
        return QuarantineRows(rows, deliveries.build_reason_table(rows))

    return board().analysis_cache.get_or_make("waiting", snapshot, build, feeds, actor, at)


def _load_quarantine_frame(
    snapshot: Snapshot, actor: str | None, at: datetime | None
) -> pd.DataFrame:
    """Return the quarantine, cached by version: it stays on the screen if the store fails."""

    def build() -> pd.DataFrame:
        quarantined = board().store.quarantine_frame(at)
        if actor is None:
            return quarantined
        own_batches = snapshot.batches.loc[snapshot.batches["actor"] == actor, "batch"]
        return quarantined[quarantined["batch"].isin(own_batches)]

    return board().analysis_cache.get_or_make("held", snapshot, build, actor, at)


def _count_quarantine(
    snapshot: Snapshot, actor: str | None, at: datetime | None
) -> Mapping[str, int]:
    if actor is None and at is None:
        return snapshot.quarantine_counts
    quarantined = _load_quarantine_frame(snapshot, actor, at)
    return {str(feed): int(count) for feed, count in quarantined["feed"].value_counts().items()}
