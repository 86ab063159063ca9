"""What every page but Situasi begins with: heading, the filter line, the moment, the download."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text as presentation_view_text
from situasi.ui import briefings, filters, guest_link_form, playback, session, tenant, url_state
from situasi.ui.components import markup


@dataclass(frozen=True)
class PageContext:
    """What a page shows: of which picture, at which moment, of which kecamatan (empty: all)."""

    snapshot_view: SnapshotView
    view_time: ViewTime
    kecamatan: tuple[str, ...]

    def compute(self, query: session.Query[session.T], *args: Hashable) -> session.T:
        """session.compute of this view."""
        return session.compute(query, self.snapshot_view, self.view_time, *args)

    def selected_kecamatan(self) -> list[str]:
        """The kecamatan that are shown, all where none was chosen."""
        every = session.register().kecamatan
        return [code for code in every if not self.kecamatan or code in self.kecamatan]


def begin_page(title: str, *page_filters: Callable[[Any], None]) -> PageContext:
    """Draw heading and filter line; the view. own: draw filters of this page in their column."""
    shown = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), shown)
    render_header(at, title)
    columns = st.columns([3] + [2.4] * len(page_filters) + [1.6], vertical_alignment="center")
    kecamatan = filters.render_kecamatan_filter(columns[0])
    for draw, column in zip(page_filters, columns[1:-1], strict=True):
        draw(column)
    view = PageContext(shown, at, tuple(kecamatan))
    _render_time_popover(columns[-1], view)
    return view


def _render_time_popover(container: Any, context: PageContext) -> None:
    at = context.view_time
    zone = board().register.election.zone_label
    said = _("Langsung") if at.live else f"{i18n.format_time(at.at)} {zone}"
    with container.popover(said, width="stretch", key="pilih_saat"):
        st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
        filters.render_time_slider()
        if said := playback.render_controls(at, context.snapshot_view, context.kecamatan):
            st.caption(said)
        if not at.live:
            st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def render_missing_data(text: str, folder: str = "data/inbox/") -> None:
    """The empty state: what is missing, and what would fill it."""
    markup.render_empty_state(
        text + " " + _("Letakkan berkas di {folder} atau unggah di Masukan.").format(folder=folder)
    )


def render_section_title(title: str) -> None:
    """The heading of a part of a page."""
    st.markdown(f"**{title}**")


def render_header(view_time: ViewTime, title: str = "Situasi") -> None:
    """Which page of whose board, which moment, and whether that moment is now."""
    desk = tenant.get_info()
    note = (
        _("jam latihan")
        if view_time.is_exercise
        else _("langsung")
        if view_time.live
        else _("lampau")
    )
    links = [
        (code.upper(), _language_url(code), code == i18n.current_language())
        for code in i18n.LANGUAGES
    ]
    beside = _build_header_links()
    # The address that a guest has opens nothing for anybody else.
    if not url_state.is_fixed_by_link():
        beside += markup.build_copy_button(_("Salin tautan"), _("Tersalin"))
    with markup.inline_row("kepala"):
        markup.render_header(
            title,
            f"{desk.name} · {desk.operation}",
            f"{i18n.format_long_date(view_time.at)} · {i18n.format_time(view_time.at)} {desk.zone_label}",
            note,
            links,
            beside,
        )
        if session.viewer().role.permissions:
            briefings.render_mark_button(view_time)
            guest_link_form.render_guest_link_button()


def _build_header_links() -> Markup:
    """To the wall and to a frozen copy of it, with the filters of this view; from a kabupaten at
    which a command above looks, back to that.
    """
    viewer, up = session.viewer(), tenant.parent_link()
    if up is not None:
        return markup.build_header_link(f"◂ {up[0]}", up[1])
    if tenant.is_higher_command():
        return Markup()
    if not viewer.may_open("situasi"):
        return Markup()
    kept = [*presentation_view_text.SITUATION_FILTERS, "lang"]
    asked = [pair for pair in url_state.get_parameters() if pair[0] in kept]
    query = f"?{urlencode(asked)}" if asked else ""
    wall = markup.build_header_link(_("Layar"), f"/layar{query}")
    if viewer.link is not None:  # a guest takes nothing along
        return wall
    return wall + markup.build_header_link(_("Salinan"), f"/layar/salinan{query}")


def _language_url(language: str) -> str:
    """The address of this very view in another language."""
    asked = [pair for pair in url_state.get_parameters() if pair[0] != "lang"]
    return "?" + urlencode([*asked, ("lang", language)])
