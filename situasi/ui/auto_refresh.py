"""Auto refresh: a small request twice a second; the page is drawn again when needed.

A request of a page that is as it was drawn ends at the middleware (`is_unchanged`), but for one in
five seconds: to answer it would take a tenth of a second of the browser's processor.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from situasi.board import current_board
from situasi.common import i18n, metrics
from situasi.common.disk_space import DISK_SPACE
from situasi.common.formats import get_time_pattern
from situasi.common.i18n import _
from situasi.higher_command.app import BoardUnavailable
from situasi.live.refresher import SnapshotRefresher
from situasi.live.snapshot import SnapshotView
from situasi.presentation.view_text import mark_machine_time
from situasi.ui import briefings, higher_command_session, session, tenant, url_state

INTERVAL_S = 0.5
# A tick takes 4 ms of the one interpreter: those of all open pages may take a fifth of it.
INTERVAL_PER_VIEWER_S = 0.02
# The oldest that the check time on a page gets while nothing changes.
MAX_UNANSWERED_S = 5.0
# The longest that a page waits while others are redrawn.
MAX_REDRAW_DELAY = timedelta(seconds=30)
_PAGE_KEY = "_drawn"
# Of the URL: every page loads it, so that drawing again always does.
_TIME_PARAMETER = "saat"


@dataclass(frozen=True)
class PageState:
    """What a page is drawn from; if `state` differs, it must be drawn again.

    is_exercise: the page shows the clock of an exercise, not the computer's.
    """

    state: Hashable
    checked_at: datetime
    trouble: str | None
    is_exercise: bool


@dataclass(frozen=True)
class _Tick:
    """The last tick that found the page unchanged. answered_at_s: on the monotonic clock."""

    fragment_id: str
    query: str
    answered_at_s: float
    refresher: SnapshotRefresher
    source: Hashable


@dataclass
class _RenderedPage:
    """The state that was drawn, when, and when it was last confirmed to be the newest.

    first_tick_done: the first tick is part of the page's own run, which has just written the URL.
    """

    state: Hashable
    rendered_at: datetime
    checked_at: datetime
    first_tick_done: bool = False
    unchanged: _Tick | None = None

    def is_of_this_minute(self, now: datetime) -> bool:
        """Return whether its relative times ("4 menit lalu") still hold."""
        return now.replace(second=0, microsecond=0) <= self.rendered_at


# The pages that are open, by script session; each is kept alive by its session alone.
_pages: WeakValueDictionary[str, _RenderedPage] = WeakValueDictionary()


def is_unchanged(session_id: str, fragment_id: str, query: str) -> bool:
    """Return whether a tick would find this page as it was drawn, and was answered of late.

    query: the address in the browser; of a new one Streamlit must be told. Called from the event
    loop: never reads the store.
    """
    page = _pages.get(session_id)
    tick = page.unchanged if page is not None else None
    if page is None or tick is None or (tick.fragment_id, tick.query) != (fragment_id, query):
        return False
    is_recent = time.monotonic() - tick.answered_at_s < MAX_UNANSWERED_S
    if not is_recent or not page.is_of_this_minute(session.now()):
        return False
    snapshot_view = tick.refresher.fresh_view()
    return snapshot_view is not None and _source_of(snapshot_view) == tick.source


def _source_of(snapshot_view: SnapshotView) -> Hashable:
    """Return what can only differ with `_snapshot_state`, but is there without reading."""
    position = snapshot_view.snapshot.audit_position, snapshot_view.access_position
    return (*position, snapshot_view.trouble, DISK_SPACE.state.summary)


def render_with_auto_refresh(
    render_page: Callable[[], None], snapshot_view: SnapshotView | None, language: str
) -> None:
    """Draw this page and watch what it was drawn from (see start_auto_refresh).

    A page that failed shows the error, and is drawn again with new data or the next minute like any
    other: on a wall screen nobody reloads it.
    """
    failure: Exception | None = None
    try:
        render_page()
    except Exception as error:  # noqa: BLE001 (raised below; a request to rerun is no Exception)
        failure = error
    start_auto_refresh(snapshot_view, language)
    if failure is not None:
        raise failure


def start_auto_refresh(snapshot_view: SnapshotView | None, language: str) -> None:
    """Watch the source of a page: this snapshot, or the roll-ups of a command above."""
    page_state = _rollups_state() if snapshot_view is None else _snapshot_state(snapshot_view)
    st.session_state[_PAGE_KEY] = _RenderedPage(
        page_state.state, session.now(), page_state.checked_at
    )
    interval_s = max(INTERVAL_S, INTERVAL_PER_VIEWER_S * metrics.count_open_pages())
    st.fragment(_on_tick, run_every=interval_s)(language)


def _snapshot_state(snapshot_view: SnapshotView) -> PageState:
    # A new briefing changes no version, but must be visible at once.
    marked, disk = len(briefings.load_all(snapshot_view)), DISK_SPACE.state.summary
    state = (snapshot_view.snapshot.audit_position, snapshot_view.trouble, marked, disk)
    is_exercise = snapshot_view.snapshot.exercise_at is not None
    return PageState(state, snapshot_view.checked_at, snapshot_view.trouble, is_exercise)


def _rollups_state() -> PageState:
    overview = higher_command_session.get_overview()
    states = tuple((code, unit.version, unit.audit_hash) for code, unit in overview.rollups.items())
    state = (states, overview.trouble, DISK_SPACE.state.summary)
    is_exercise = any(unit.exercise for unit in overview.rollups.values())
    return PageState(state, overview.checked_at, overview.trouble, is_exercise)


def _on_tick(language: str) -> None:
    i18n.set_language(language)
    page: _RenderedPage = st.session_state[_PAGE_KEY]
    is_first, page.first_tick_done, page.unchanged = not page.first_tick_done, True, None
    if not is_first:
        url_state.acknowledge_url()
        if url_state.is_unread(_TIME_PARAMETER):
            st.rerun()  # never a picture of another moment than the address names
    snapshot_view: SnapshotView | None = None
    try:
        if tenant.is_higher_command():
            current = _rollups_state()
        else:
            snapshot_view = session.get_snapshot_view()
            current = _snapshot_state(snapshot_view)
    except BoardUnavailable:
        st.rerun()  # the page shows the reason
    now = session.now()
    if current.state != page.state or not page.is_of_this_minute(now):
        if redraw_limiter.try_acquire() or now - page.checked_at > MAX_REDRAW_DELAY:
            st.rerun()
        # What is not drawn yet keeps the check time of what is visible.
    else:
        page.checked_at = current.checked_at
        if snapshot_view is not None and not is_first:
            _note_unchanged(page, snapshot_view)
    info = tenant.get_info()
    checked_at = page.checked_at.astimezone(info.zone)
    text = _("Gambar terakhir {time}. {why}") if current.trouble else _("Diperiksa {time}")
    time_text = mark_machine_time(
        f"{checked_at:{get_time_pattern(with_seconds=True)}} {info.zone_label}",
        is_exercise=current.is_exercise,
    )
    st.caption(text.format(time=time_text, why=current.trouble))


def _note_unchanged(page: _RenderedPage, snapshot_view: SnapshotView) -> None:
    """Let the next ticks of this page end at the middleware while nothing changes."""
    context = get_script_run_ctx()
    fragments = context.fragment_ids_this_run if context is not None else None
    if context is None or not fragments or len(fragments) > 1:
        return
    page.unchanged = _Tick(
        fragments[0],
        context.query_string,
        time.monotonic(),
        current_board().refresher,
        _source_of(snapshot_view),
    )
    _pages[context.session_id] = page


# Redraws per second, and at once after an idle time, so that a few viewers never wait.
REDRAWS_PER_S, REDRAW_BURST = 12.0, 8.0


class RedrawLimiter:
    """A token bucket that limits redraws per second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._tokens, self._refilled_at = REDRAW_BURST, clock()

    def try_acquire(self) -> bool:
        """Take a token and return whether there was one."""
        with self._lock:
            now = self._clock()
            self._tokens = min(
                REDRAW_BURST, self._tokens + REDRAWS_PER_S * (now - self._refilled_at)
            )
            self._refilled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


redraw_limiter = RedrawLimiter()
