"""Auto refresh: a small request twice a second; the page is drawn again when needed."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from situasi.common import i18n, metrics
from situasi.common.disk_space import DISK_SPACE
from situasi.common.i18n import _
from situasi.higher_command.app import BoardUnavailable
from situasi.live.snapshot import SnapshotView
from situasi.ui import briefings, higher_command_session, session, tenant, url_state

INTERVAL_S = 0.5
# A tick takes 4 ms of the one interpreter: those of all open pages may take a fifth of it.
INTERVAL_PER_VIEWER_S = 0.02
# The longest that a page waits while others are redrawn.
MAX_REDRAW_DELAY = timedelta(seconds=30)
_PAGE_KEY = "_drawn"


@dataclass(frozen=True)
class PageState:
    """What a page is drawn from; if `state` differs, it must be drawn again."""

    state: Hashable
    checked_at: datetime
    trouble: str | None


@dataclass
class _RenderedPage:
    """The state that was drawn, when, and when it was last confirmed to be the newest.

    first_tick_done: the first tick is part of the page's own run, which has just written the URL.
    """

    state: Hashable
    rendered_at: datetime
    checked_at: datetime
    first_tick_done: bool = False


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
    return PageState(state, snapshot_view.checked_at, snapshot_view.trouble)


def _rollups_state() -> PageState:
    overview = higher_command_session.get_overview()
    states = tuple((code, unit.version, unit.audit_hash) for code, unit in overview.rollups.items())
    return PageState(
        (states, overview.trouble, DISK_SPACE.state.summary), overview.checked_at, overview.trouble
    )


def _on_tick(language: str) -> None:
    i18n.set_language(language)
    page: _RenderedPage = st.session_state[_PAGE_KEY]
    if page.first_tick_done:
        url_state.acknowledge_url()
    page.first_tick_done = True
    try:
        current = (
            _rollups_state()
            if tenant.is_higher_command()
            else _snapshot_state(session.get_snapshot_view())
        )
    except BoardUnavailable:
        st.rerun()  # the page shows the reason
    now = session.now()
    # Relative times ("4 menit lalu") change each minute, so a new minute redraws the page.
    if current.state != page.state or now.replace(second=0, microsecond=0) > page.rendered_at:
        if redraw_limiter.try_acquire() or now - page.checked_at > MAX_REDRAW_DELAY:
            st.rerun()
        # What is not drawn yet keeps the check time of what is visible.
    else:
        page.checked_at = current.checked_at
    info = tenant.get_info()
    checked_at = page.checked_at.astimezone(info.zone)
    text = _("Diperiksa {time} {zone}")
    if current.trouble:
        text = _("Gambar terakhir {time} {zone}. {why}")
    time_text = f"{checked_at:%H.%M.%S}"
    st.caption(text.format(time=time_text, zone=info.zone_label, why=current.trouble))


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
