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

EVERY = 0.5
# A beat takes 4 ms of the one interpreter: those of all open pages together get a fifth of it.
CROWDED = 0.02
# A page that has to wait for others waits no longer than so.
PATIENCE = timedelta(seconds=30)
_PAGE = "_drawn"


@dataclass(frozen=True)
class Watched:
    """What a page is drawn from. state: another means that it has to be drawn again."""

    state: Hashable
    checked_at: datetime
    trouble: str | None


@dataclass
class _Page:
    """What was drawn, and when; when it was last found to be the newest.

    beaten: whether a beat came after the first, which is part of the page's own run: that has
    just written the address.
    """

    state: Hashable
    at: datetime
    checked_at: datetime
    beaten: bool = False


def watched(page: Callable[[], None], drawn: SnapshotView | None, language: str) -> None:
    """Draw this page and watch what it was drawn from (see heartbeat).

    A page that failed says so, and is drawn again with the next news or minute as any other:
    nobody stands before it to do that.
    """
    failed: Exception | None = None
    try:
        page()
    except Exception as error:  # noqa: BLE001 (raised below; that a run is to begin anew is none)
        failed = error
    heartbeat(drawn, language)
    if failed is not None:
        raise failed


def heartbeat(drawn: SnapshotView | None, language: str) -> None:
    """Watch what a page was drawn from: this picture, or the roll-ups of a command above."""
    seen = _of_rollups() if drawn is None else _of(drawn)
    st.session_state[_PAGE] = _Page(seen.state, session.now(), seen.checked_at)
    every = max(EVERY, CROWDED * telemetry.count_open_pages())
    st.fragment(_beat, run_every=every)(language)


def _of(picture: SnapshotView) -> Watched:
    # A briefing that somebody marks moves no version, and is to be seen at once.
    marked, disk = len(briefings.every(picture)), DISK_SPACE.state.summary
    state = (picture.snapshot.audit_position, picture.trouble, marked, disk)
    return Watched(state, picture.checked_at, picture.trouble)


def _of_rollups() -> Watched:
    found = higher_command_session.overview()
    states = tuple((code, one.version, one.audit_hash) for code, one in found.rollups.items())
    return Watched(
        (states, found.trouble, DISK_SPACE.state.summary), found.checked_at, found.trouble
    )


def _beat(language: str) -> None:
    i18n.set_language(language)
    page: _Page = st.session_state[_PAGE]
    if page.beaten:
        url_state.listen()
    page.beaten = True
    try:
        shown, now = _of_rollups() if tenant.is_above() else _of(session.picture()), session.now()
    except BoardUnavailable:
        st.rerun()  # the page says why
    # Ages in words ("4 menit lalu") are those of the minute: another draws the page again.
    if shown.state != page.state or now.replace(second=0, microsecond=0) > page.at:
        if pace.allows() or now - page.checked_at > PATIENCE:
            st.rerun()
        # What is not yet drawn was not checked: the time stays that of what is seen.
    else:
        page.checked_at = shown.checked_at
    desk = tenant.desk()
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
RATE, AT_ONCE = 12.0, 8.0


class Pace:
    """Allows so many a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._left, self._since = AT_ONCE, clock()

    def allows(self) -> bool:
        """Whether one more may draw now; it then counts."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + RATE * (now - self._since))
            self._since = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


pace = Pace()
