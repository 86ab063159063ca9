"""The heartbeat: a small question every two seconds; the page is drawn again when it must."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.screen import session
from situasi.words import _

EVERY = 2.0
# Ages in words ("4 menit lalu") would lie if a page stood longer than this.
REDRAW = timedelta(minutes=1)


def heartbeat(version: int, language: str) -> None:
    """Watch the store for a page that shows this version."""
    st.session_state["_drawn"] = (version, session.now())
    _beat(language)


@st.fragment(run_every=EVERY)
def _beat(language: str) -> None:
    words.use(language)
    version, drawn_at = st.session_state["_drawn"]
    shown = session.picture()
    if shown.snapshot.version != version or session.now() - drawn_at > REDRAW:
        st.rerun()
    checked = shown.checked_at.astimezone(board().register.election.zone)
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
