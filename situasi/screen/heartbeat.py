"""The heartbeat: a small question every two seconds; the page is drawn again when it must."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.screen import session
from situasi.snapshot import Picture
from situasi.words import _

EVERY = 2.0
# Ages in words ("4 menit lalu") would lie if a page stood longer than this.
REDRAW = timedelta(minutes=1)


def heartbeat(drawn: Picture, language: str) -> None:
    """Watch the store for a page that shows this picture."""
    st.session_state["_drawn"] = (_state(drawn), session.now())
    _beat(language)


def _state(picture: Picture) -> tuple[int, str | None]:
    return picture.snapshot.version, picture.trouble


@st.fragment(run_every=EVERY)
def _beat(language: str) -> None:
    words.use(language)
    state, drawn_at = st.session_state["_drawn"]
    shown = session.picture()
    if _state(shown) != state or session.now() - drawn_at > REDRAW:
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
