"""What every page but Situasi begins with: heading, the filter line, the moment, the download."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text as presentation_view_text
from situasi.ui import briefings, filters, guest_link_form, playback, session, tenant, url_state
from situasi.ui.components import markup
from situasi.ui.session import Found, ViewTime


@dataclass(frozen=True)
class View:
    """What a page shows: of which picture, at which moment, of which kecamatan (empty: all)."""

    shown: SnapshotView
    at: ViewTime
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
    said = _("Langsung") if at.live else f"{i18n.format_time(at.at)} {zone}"
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


def header(at: ViewTime, title: str = "Situasi") -> None:
    """Which page of whose board, which moment, and whether that moment is now."""
    desk = tenant.desk()
    note = _("jam latihan") if at.is_exercise else _("langsung") if at.live else _("lampau")
    links = [
        (code.upper(), _speaking(code), code == i18n.current_language()) for code in i18n.LANGUAGES
    ]
    beside = _ways()
    # The address that a guest has opens nothing for anybody else.
    if not url_state.is_bound():
        beside += markup.copy_button(_("Salin tautan"), _("Tersalin"))
    with markup.line("kepala"):
        markup.header(
            title,
            f"{desk.name} · {desk.operation}",
            f"{i18n.format_long_date(at.at)} · {i18n.format_time(at.at)} {desk.zone_label}",
            note,
            links,
            beside,
        )
        if session.viewer().role.permissions:
            briefings.mark_button(at)
            guest_link_form.guest_link()


def _ways() -> Markup:
    """To the wall and to a frozen copy of it, with the filters of this view; from a kabupaten at
    which a command above looks, back to that.
    """
    viewer, up = session.viewer(), tenant.up()
    if up is not None:
        return markup.way(f"◂ {up[0]}", up[1])
    if tenant.is_above():
        return Markup()
    if not viewer.may_open("situasi"):
        return Markup()
    kept = [*presentation_view_text.FILTERS, "lang"]
    asked = [pair for pair in url_state.view() if pair[0] in kept]
    query = f"?{urlencode(asked)}" if asked else ""
    wall = markup.way(_("Layar"), f"/layar{query}")
    if viewer.link is not None:  # a guest takes nothing along
        return wall
    return wall + markup.way(_("Salinan"), f"/layar/salinan{query}")


def _speaking(code: str) -> str:
    """The address of this very view in another language."""
    asked = [pair for pair in url_state.view() if pair[0] != "lang"]
    return "?" + urlencode([*asked, ("lang", code)])
