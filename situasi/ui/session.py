"""The session of one viewer: clock, language, theme, account and board."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

import streamlit as st

from situasi.access import viewer_header
from situasi.access.roles import Role, Viewer
from situasi.analysis import view_time as moments
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_time
from situasi.figures.theme import Theme, select_theme
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text
from situasi.ui import tenant

T = TypeVar("T")
_ACTION_FAILED_KEY = "_act_failed"  # set by situasi/streamlit_patches.py
# Values that are constant during one script run and expensive to compute often.
_RUN_CACHE: ContextVar[dict[str, object] | None] = ContextVar("run", default=None)


@contextmanager
def run_cache() -> Iterator[None]:
    """Cache what `per_run` returns until the end of this run."""
    token = _RUN_CACHE.set({})
    try:
        yield
    finally:
        _RUN_CACHE.reset(token)


def per_run(key: str, factory: Callable[[], T]) -> T:
    """Return the value of the factory, called once per run; each time outside of a run."""
    cache = _RUN_CACHE.get()
    if cache is None:
        return factory()
    if key not in cache:
        cache[key] = factory()
    return cache[key]  # type: ignore[return-value]


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def format_now() -> str:
    """Return the time of day at which something was done; in an exercise marked as not its own."""
    return format_machine_time(now())


def format_machine_time(at: datetime) -> str:
    """Return a time of day of the computer's clock; in an exercise marked as not its own."""
    return view_text.mark_machine_time(
        format_time(at.astimezone(board().register.election.zone)),
        is_exercise=get_snapshot_view().snapshot.exercise_at is not None,
    )


def use_url_language() -> str:
    """Use the language in the URL (`?lang=en`), Indonesian by default."""
    return i18n.set_language(str(st.query_params.get("lang", i18n.LANGUAGES[0])))


def get_theme() -> Theme:
    """Return the light or dark theme of the browser."""
    return select_theme(st.context.theme.type)


# A request that the middleware did not authenticate: it may see nothing.
NOBODY = Viewer("", Role("", frozenset(), frozenset()))


def viewer() -> Viewer:
    """Return the viewer with the rights on this page, as the middleware reports it."""
    return per_run("viewer", lambda: tenant.restrict_viewer(_account()) or NOBODY)


def account() -> Viewer:
    """Return the signed-in account, as the middleware reports it, on any page."""
    return _account() or NOBODY


def _account() -> Viewer | None:
    return viewer_header.decode_viewer(get_viewer_header())


def resolve_board() -> Board:
    """Return the board of this run, in the process of a command above."""
    return per_run("board", lambda: tenant.get_board(_account()))


def is_hidden(feed: str, column: str) -> bool:
    """Return whether the viewer may not see a column; that differs from an empty cell."""
    return (feed, column) in access_scope.scope_of(viewer()).hidden_columns


def get_viewer_header() -> str:
    """Return the header that the middleware set when it accepted this viewer's WebSocket."""
    return str(st.context.headers.get(viewer_header.HEADER_NAME) or "")


def get_snapshot_view() -> SnapshotView:
    """Return the current snapshot view of the board."""
    return board().refresher.current_view()


def refresh_after_write() -> None:
    """Refresh the snapshot, so that viewers see at once what they wrote."""
    board().refresher.refresh()


def pop_action_banners() -> list[tuple[str, str]]:
    """Return the banner that the viewer's last action failed, once; else nothing."""
    return (
        [view_text.build_failed_action_banner()]
        if st.session_state.pop(_ACTION_FAILED_KEY, False)
        else []
    )


def get_view_time(past_time: datetime | None, snapshot_view: SnapshotView) -> ViewTime:
    """Return the time to show: the chosen one if it is past, else the present."""
    zone = board().register.election.zone
    return moments.resolve_view_time(past_time, now(), snapshot_view.snapshot.exercise_at, zone)
