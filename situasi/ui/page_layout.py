"""The top of every page but Situasi: header, filter line, time and downloads."""

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
    """What a page shows: snapshot, time and kecamatan (empty: all)."""

    snapshot_view: SnapshotView
    view_time: ViewTime
    kecamatan: tuple[str, ...]

    def compute(self, query: session.Query[session.T], *args: Hashable) -> session.T:
        """Compute a query for this context (session.compute)."""
        return session.compute(query, self.snapshot_view, self.view_time, *args)

    def selected_kecamatan(self) -> list[str]:
        """Return the selected kecamatan, all if none was selected."""
        codes = session.register().kecamatan
        return [code for code in codes if not self.kecamatan or code in self.kecamatan]


def begin_page(title: str, *page_filters: Callable[[Any], None]) -> PageContext:
    """Draw header and filter line; page_filters: each draws a filter in its own column."""
    snapshot_view = session.get_snapshot_view()
    view_time = session.get_view_time(filters.get_past_time(), snapshot_view)
    render_header(view_time, title)
    columns = st.columns([3] + [2.4] * len(page_filters) + [1.6], vertical_alignment="center")
    kecamatan = filters.render_kecamatan_filter(columns[0])
    for render_filter, column in zip(page_filters, columns[1:-1], strict=True):
        render_filter(column)
    context = PageContext(snapshot_view, view_time, tuple(kecamatan))
    _render_time_popover(columns[-1], context)
    return context


def _render_time_popover(container: Any, context: PageContext) -> None:
    view_time = context.view_time
    zone = board().register.election.zone_label
    text = _("Langsung") if view_time.live else f"{i18n.format_time(view_time.at)} {zone}"
    with container.popover(text, width="stretch", key="pilih_saat"):
        st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
        filters.render_time_slider()
        if text := playback.render_controls(view_time, context.snapshot_view, context.kecamatan):
            st.caption(text)
        if not view_time.live:
            st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def render_missing_data(text: str, folder: str = "data/inbox/") -> None:
    """Draw the empty state: what is missing, and how to provide it."""
    markup.render_empty_state(
        text + " " + _("Letakkan berkas di {folder} atau unggah di Masukan.").format(folder=folder)
    )


def render_section_title(title: str) -> None:
    """Draw the title of a section."""
    st.markdown(f"**{title}**")


def render_header(view_time: ViewTime, title: str = "Situasi") -> None:
    """Draw the header: page, Polres, time, and whether that is the present."""
    info = tenant.get_info()
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
    actions = _build_header_links()
    # The URL of a guest works for nobody else.
    if not url_state.is_fixed_by_link():
        actions += markup.build_copy_button(_("Salin tautan"), _("Tersalin"))
    with markup.inline_row("kepala"):
        markup.render_header(
            title,
            f"{info.name} · {info.operation}",
            f"{i18n.format_long_date(view_time.at)} · {i18n.format_time(view_time.at)} "
            f"{info.zone_label}",
            note,
            links,
            actions,
        )
        if session.viewer().role.permissions:
            briefings.render_mark_button(view_time)
            guest_link_form.render_guest_link_button()


def _build_header_links() -> Markup:
    """Build links to the wall and its frozen copy, with the filters of this view.

    When viewed from a command above: a link back to it.
    """
    viewer, parent = session.viewer(), tenant.parent_link()
    if parent is not None:
        return markup.build_header_link(f"◂ {parent[0]}", parent[1])
    if tenant.is_higher_command():
        return Markup()
    if not viewer.may_open("situasi"):
        return Markup()
    names = [*presentation_view_text.SITUATION_FILTERS, "lang"]
    pairs = [pair for pair in url_state.get_parameters() if pair[0] in names]
    query = f"?{urlencode(pairs)}" if pairs else ""
    wall = markup.build_header_link(_("Layar"), f"/layar{query}")
    if viewer.link is not None:  # a guest may export nothing
        return wall
    return wall + markup.build_header_link(_("Salinan"), f"/layar/salinan{query}")


def _language_url(language: str) -> str:
    """Return the URL of this view in another language."""
    pairs = [pair for pair in url_state.get_parameters() if pair[0] != "lang"]
    return "?" + urlencode([*pairs, ("lang", language)])
