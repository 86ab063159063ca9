"""What one viewer sees: the moment, the language, the theme, the picture behind the page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

import streamlit as st

from situasi.access import viewer_header
from situasi.access.roles import Role, Viewer
from situasi.analysis import view_time as moments
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import Overview
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.work_limits import OWNER
from situasi.domain.register import Register
from situasi.figures.theme import Theme, select_theme
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text
from situasi.ui import tenant

T = TypeVar("T")
_ACTION_FAILED_KEY = "_act_failed"  # see situasi/streamlit_patches/acts.py, which says so
# What is the same all through one run of the frame, and dear to ask for again and again.
_RUN_CACHE: ContextVar[dict[str, object] | None] = ContextVar("run", default=None)
# (known frames by feed, register, moment, what else was asked) -> anything
Query = Callable[..., T]


@contextmanager
def run_cache() -> Iterator[None]:
    """Ask once for what `of_run` gives, until the end of this run."""
    token = _RUN_CACHE.set({})
    try:
        yield
    finally:
        _RUN_CACHE.reset(token)


def per_run(key: str, factory: Callable[[], T]) -> T:
    """What this asks for; asked once in a run, and each time outside of one."""
    run = _RUN_CACHE.get()
    if run is None:
        return factory()
    if key not in run:
        run[key] = factory()
    return run[key]  # type: ignore[return-value]


def now() -> datetime:
    return datetime.now(UTC)


def use_url_language() -> str:
    """Use the language that the address asks for (`?lang=en`); Indonesian otherwise."""
    return i18n.set_language(str(st.query_params.get("lang", i18n.LANGUAGES[0])))


def get_theme() -> Theme:
    return select_theme(st.context.theme.type)


# Who asks without a word of the gate: nobody, who sees nothing.
NOBODY = Viewer("", Role("", frozenset(), frozenset()))


def viewer() -> Viewer:
    """Who looks, as the gate says it, with what they may see and do on this page."""
    return per_run("viewer", lambda: tenant.restrict_viewer(_account()) or NOBODY)


def account() -> Viewer:
    """Who looks, as the gate says it, whatever page this is."""
    return _account() or NOBODY


def _account() -> Viewer | None:
    return viewer_header.decode_viewer(get_viewer_header())


def resolve_board() -> Board:
    """The board that this run is about, in the process of a command above."""
    return per_run("board", lambda: tenant.get_board(_account()))


def is_hidden(feed: str, column: str) -> bool:
    """Whether this viewer is not shown these cells: that is not the same as nobody told."""
    return (feed, column) in access_scope.scope_of(viewer()).hidden_columns


def get_viewer_header() -> str:
    """What the gate wrote when it let this viewer's WebSocket in."""
    return str(st.context.headers.get(viewer_header.HEADER_NAME) or "")


def register() -> Register:
    """The register of what the viewer may see."""
    return board().analysis_cache.register(access_scope.scope_of(viewer()))


def get_snapshot_view() -> SnapshotView:
    return board().refresher.current_view()


def refresh_after_write() -> None:
    """Show what this page just wrote: whoever acts must see that it was taken."""
    board().refresher.refresh()


def pop_action_banners() -> list[tuple[str, str]]:
    """The line that the viewer's last act failed, said once; nothing where it went well."""
    return (
        [view_text.build_failed_action_banner()]
        if st.session_state.pop(_ACTION_FAILED_KEY, False)
        else []
    )


def get_view_time(past_time: datetime | None, snapshot_view: SnapshotView) -> ViewTime:
    """The moment that is shown: the chosen one where it is past, or the present."""
    zone = board().register.election.zone
    return moments.resolve_view_time(past_time, now(), snapshot_view.snapshot.exercise_at, zone)


def _get_analysis_cache() -> AnalysisCache:
    """What finds for this viewer, whose past moments wait for those of nobody else."""
    OWNER.set(viewer().name)
    return board().analysis_cache


def compute(
    query: Query[T], snapshot_view: SnapshotView, view_time: ViewTime, *args: Hashable
) -> T:
    """What this analysis finds at this moment (Findings.of), of what the viewer may see."""
    result: T = _get_analysis_cache().compute(
        query, snapshot_view.snapshot, view_time, access_scope.scope_of(viewer()), *args
    )
    return result


def compute_on_snapshot(
    query: Query[T], snapshot_view: SnapshotView, view_time: ViewTime, *args: Hashable
) -> T:
    """What this work finds of the whole snapshot (Findings.whole)."""
    result: T = _get_analysis_cache().compute_on_snapshot(
        query, snapshot_view.snapshot, view_time, access_scope.scope_of(viewer()), *args
    )
    return result


def get_known_rows(snapshot_view: SnapshotView, view_time: ViewTime) -> AsOfView:
    """The rows known at this moment, by feed, of those that the viewer may see."""
    return _get_analysis_cache().known_rows(
        snapshot_view.snapshot, view_time, access_scope.scope_of(viewer())
    )


def compute_overview(
    snapshot_view: SnapshotView, selection: Selection, view_time: ViewTime
) -> Overview:
    """The overview of this selection, found once for all viewers of the same view."""
    return _get_analysis_cache().compute_overview(
        snapshot_view.snapshot, view_time, access_scope.scope_of(viewer()), selection
    )


def get_feed_states(snapshot_view: SnapshotView, view_time: ViewTime) -> tuple[FeedState, ...]:
    """Which feeds should be speaking at this moment, and when each last did."""
    return _get_analysis_cache().feed_states(
        snapshot_view.snapshot, view_time, access_scope.scope_of(viewer())
    )
