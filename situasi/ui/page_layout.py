"""What every page but Situasi begins with: heading, the filter line, the moment, the download."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from situasi.board import current as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import Picture
from situasi.ui import filters, playback, session
from situasi.ui.components import markup
from situasi.ui.heading import header
from situasi.ui.session import Found, Moment


@dataclass(frozen=True)
class View:
    """What a page shows: of which picture, at which moment, of which kecamatan (empty: all)."""

    shown: Picture
    at: Moment
    kecamatan: tuple[str, ...]

    def compute(self, work: Callable[..., Found], *asked: Hashable) -> Found:
        """session.compute of this view."""
        return session.compute(work, self.shown, self.at, *asked)

    def chosen(self) -> list[str]:
        """The kecamatan that are shown, all where none was chosen."""
        every = session.register().kecamatan
        return [code for code in every if not self.kecamatan or code in self.kecamatan]


def opened(title: str, *own: Callable[[Any], None]) -> View:
    """Draw heading and filter line; the view. own: draw filters of this page in their column."""
    shown = session.picture()
    at = session.moment(filters.past_moment(), shown)
    header(at, title)
    columns = st.columns([3] + [2.4] * len(own) + [1.6], vertical_alignment="center")
    kecamatan = filters.kecamatan(columns[0])
    for draw, column in zip(own, columns[1:-1], strict=True):
        draw(column)
    view = View(shown, at, tuple(kecamatan))
    _moment_popover(columns[-1], view)
    return view


def _moment_popover(place: Any, view: View) -> None:
    at = view.at
    zone = board().register.election.zone_label
    said = _("Langsung") if at.live else f"{i18n.clock(at.at)} {zone}"
    with place.popover(said, width="stretch", key="pilih_saat"):
        st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
        filters.time_slider()
        if said := playback.controls(at, view.shown, view.kecamatan):
            st.caption(said)
        if not at.live:
            st.button(_("Kembali ke langsung"), on_click=filters.back_to_present)


def nothing(what: str, where: str = "data/inbox/") -> None:
    """The empty state: what is missing, and what would fill it."""
    markup.empty(
        what + " " + _("Letakkan berkas di {folder} atau unggah di Masukan.").format(folder=where)
    )


def section(title: str) -> None:
    """The heading of a part of a page."""
    st.markdown(f"**{title}**")
