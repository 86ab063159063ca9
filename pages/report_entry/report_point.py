"""The point of a report, by a click on a grid of the kecamatan: the map gives no other place."""

from __future__ import annotations

import streamlit as st

from pages.report_entry import fields
from situasi.board import current as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.figures.maps import point_picker as figure
from situasi.ui import session

_KEY = "lapor_peta"


def point_popover(kecamatan: str | None) -> None:
    """A map to click on; made and sent only when somebody opens it."""
    opened = st.popover(
        _("Titik di peta"), key="titik", on_change="rerun", disabled=kecamatan is None
    )
    if opened.open and kecamatan is not None:
        with opened:
            _map(kecamatan)


def _map(kecamatan: str) -> None:
    boundaries = board().boundaries
    points, step = boundaries.grid(kecamatan, figure.MOST)
    deck = figure.point_map(boundaries, kecamatan, points, session.viewer_theme())
    st.pydeck_chart(
        deck, width=figure.WIDTH, height=figure.HEIGHT, on_select=_clicked, key=_KEY,
        alt=_("Peta untuk memilih titik"),
    )  # fmt: skip
    said = _("Tekan titik kisi terdekat (tiap {n} m); koordinatnya masuk ke isian.")
    st.caption(said.format(n=i18n.number(step)))


def _clicked() -> None:
    """The point that was clicked goes into the field of the form."""
    picked = st.session_state[_KEY]["selection"]["objects"].get(figure.LAYER, [])
    if picked:
        lon, lat = picked[0]["p"]
        st.session_state[fields.key("koordinat")] = f"{lat:.5f}, {lon:.5f}"
