"""The heartbeat: a small question twice a second; the page is drawn again when it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from situasi.common import i18n, telemetry
from situasi.common.disk_space import DISK_SPACE
from situasi.common.i18n import _
from situasi.higher_command.app import BoardUnavailable
from situasi.live.snapshot import SnapshotView
from situasi.ui import briefings, higher_command_session, session, tenant, url_state

INTERVAL_S = 0.5
# A beat takes 4 ms of the one interpreter: those of all open pages together get a fifth of it.
INTERVAL_PER_VIEWER_S = 0.02
# A page that has to wait for others waits no longer than so.
MAX_REDRAW_DELAY = timedelta(seconds=30)
_PAGE_KEY = "_drawn"


@dataclass(frozen=True)
class PageState:
    """What a page is drawn from. state: another means that it has to be drawn again."""

    state: Hashable
    checked_at: datetime
    trouble: str | None


@dataclass
class _RenderedPage:
    """What was drawn, and when; when it was last found to be the newest.

    beaten: whether a beat came after the first, which is part of the page's own run: that has
    just written the address.
    """

    state: Hashable
    rendered_at: datetime
    checked_at: datetime
    first_tick_done: bool = False


def render_with_auto_refresh(
    render_page: Callable[[], None], snapshot_view: SnapshotView | None, language: str
) -> None:
    """Draw this page and watch what it was drawn from (see heartbeat).

    A page that failed says so, and is drawn again with the next news or minute as any other:
    nobody stands before it to do that.
    """
    failed: Exception | None = None
    try:
        render_page()
    except Exception as error:  # noqa: BLE001 (raised below; that a run is to begin anew is none)
        failed = error
    start_auto_refresh(snapshot_view, language)
    if failed is not None:
        raise failed


def start_auto_refresh(snapshot_view: SnapshotView | None, language: str) -> None:
    """Watch what a page was drawn from: this picture, or the roll-ups of a command above."""
    seen = _rollups_state() if snapshot_view is None else _snapshot_state(snapshot_view)
    st.session_state[_PAGE_KEY] = _RenderedPage(seen.state, session.now(), seen.checked_at)
    every = max(INTERVAL_S, INTERVAL_PER_VIEWER_S * telemetry.count_open_pages())
    st.fragment(_on_tick, run_every=every)(language)


def _snapshot_state(snapshot_view: SnapshotView) -> PageState:
    # A briefing that somebody marks moves no version, and is to be seen at once.
    marked, disk = len(briefings.load_all(snapshot_view)), DISK_SPACE.state.summary
    state = (snapshot_view.snapshot.audit_position, snapshot_view.trouble, marked, disk)
    return PageState(state, snapshot_view.checked_at, snapshot_view.trouble)


def _rollups_state() -> PageState:
    found = higher_command_session.get_overview()
    states = tuple((code, one.version, one.audit_hash) for code, one in found.rollups.items())
    return PageState(
        (states, found.trouble, DISK_SPACE.state.summary), found.checked_at, found.trouble
    )


def _on_tick(language: str) -> None:
    i18n.set_language(language)
    page: _RenderedPage = st.session_state[_PAGE_KEY]
    if page.first_tick_done:
        url_state.acknowledge_url()
    page.first_tick_done = True
    try:
        shown, now = (
            _rollups_state()
            if tenant.is_higher_command()
            else _snapshot_state(session.get_snapshot_view()),
            session.now(),
        )
    except BoardUnavailable:
        st.rerun()  # the page says why
    # Ages in words ("4 menit lalu") are those of the minute: another draws the page again.
    if shown.state != page.state or now.replace(second=0, microsecond=0) > page.rendered_at:
        if redraw_limiter.try_acquire() or now - page.checked_at > MAX_REDRAW_DELAY:
            st.rerun()
        # What is not yet drawn was not checked: the time stays that of what is seen.
    else:
        page.checked_at = shown.checked_at
    desk = tenant.get_info()
    checked = page.checked_at.astimezone(desk.zone)
    if shown.trouble:
        st.caption(
            _("Gambar terakhir {time} {zone}. {why}").format(
                time=f"{checked:%H.%M.%S}",
                zone=desk.zone_label,
                why=shown.trouble,
            )
        )
    else:
        st.caption(
            _("Diperiksa {time} {zone}").format(time=f"{checked:%H.%M.%S}", zone=desk.zone_label)
        )


# Pages a second, and as many at once after a moment in which none asked: a small crowd never waits.
REDRAWS_PER_S, REDRAW_BURST = 12.0, 8.0


class RedrawLimiter:
    """Allows so many a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._tokens, self._refilled_at = REDRAW_BURST, clock()

    def try_acquire(self) -> bool:
        """Whether one more may draw now; it then counts."""
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
