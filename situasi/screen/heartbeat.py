"""The heartbeat: a small question twice a second; the page is drawn again when it must."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from situasi import pulse, words
from situasi.board import current as board
from situasi.screen import address, markers, session
from situasi.screen.pace import pace
from situasi.snapshot import Picture
from situasi.words import _

EVERY = 0.5
# A beat takes 4 ms of the one interpreter: those of all open pages together get a fifth of it.
CROWDED = 0.02
# A page that has to wait for others waits no longer than so.
PATIENCE = timedelta(seconds=30)
_PAGE = "_drawn"


@dataclass
class _Page:
    """What was drawn, and when; when it was last found to be the newest.

    beaten: whether a beat came after the first, which is part of the page's own run: that has
    just written the address.
    """

    state: tuple[int, str | None, int]
    at: datetime
    checked_at: datetime
    beaten: bool = False


def heartbeat(drawn: Picture, language: str) -> None:
    """Watch the store for a page that shows this picture."""
    st.session_state[_PAGE] = _Page(_state(drawn), session.now(), drawn.checked_at)
    every = max(EVERY, CROWDED * pulse.viewers())
    st.fragment(_beat, run_every=every)(language)


def _state(picture: Picture) -> tuple[int, str | None, int]:
    # A briefing that somebody marks moves no version, and is to be seen at once.
    return picture.snapshot.version, picture.trouble, len(markers.every(picture))


def _beat(language: str) -> None:
    words.use(language)
    page: _Page = st.session_state[_PAGE]
    if page.beaten:
        address.listen()
    page.beaten = True
    shown, now = session.picture(), session.now()
    # Ages in words ("4 menit lalu") are those of the minute: another draws the page again.
    if _state(shown) != page.state or now.replace(second=0, microsecond=0) > page.at:
        if pace.allows() or now - page.checked_at > PATIENCE:
            st.rerun()
        # What is not yet drawn was not checked: the time stays that of what is seen.
    else:
        page.checked_at = shown.checked_at
    checked = page.checked_at.astimezone(board().register.election.zone)
    if shown.trouble:
        st.caption(
            _("Gambar terakhir {time} {zone}. {why}").format(
                time=f"{checked:%H.%M.%S}",
                zone=board().register.election.zone_label,
                why=shown.trouble,
            )
        )
    else:
        st.caption(
            _("Diperiksa {time} {zone}").format(
                time=f"{checked:%H.%M.%S}", zone=board().register.election.zone_label
            )
        )
