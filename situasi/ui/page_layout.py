"""The top of every page but Situasi: header, filter line, time and downloads."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_long_date, format_number, format_time
from situasi.common.i18n import _
from situasi.presentation import view_text
from situasi.ui import briefings, filters, guest_link_form, playback, tenant, url_state
from situasi.ui.components import markup, receipt
from situasi.ui.page_context import PageContext

T = TypeVar("T")


def begin_page(
    context: PageContext, title: str, *page_filters: Callable[[Any], object]
) -> PageContext:
    """Draw header and filter line; return the context of the chosen kecamatan."""
    return begin_filtered_page(context, title, *page_filters)[0]


def begin_filtered_page(
    context: PageContext, title: str, *page_filters: Callable[[Any], T]
) -> tuple[PageContext, list[T]]:
    """Draw header and filter line; return the context of the chosen kecamatan, and what is chosen.

    page_filters: each draws a filter in its own column, and returns its value.
    """
    render_header(context, title)
    columns = st.columns([3] + [2.4] * len(page_filters) + [1.6], vertical_alignment="center")
    kecamatan = filters.render_kecamatan_filter(columns[0], context.register)
    values = [draw(column) for draw, column in zip(page_filters, columns[1:-1], strict=True)]
    context = replace(context, kecamatan=tuple(kecamatan))
    _render_time_popover(columns[-1], context)
    return context, values


def _render_time_popover(container: Any, context: PageContext) -> None:
    view_time = context.view_time
    zone = board().register.election.zone_label
    text = _("Langsung") if view_time.live else f"{format_time(view_time.at)} {zone}"
    with container.popover(text, width="stretch", key="pilih_saat"):
        st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
        filters.render_time_slider()
        if text := playback.render_controls(context):
            st.caption(text)
        if not view_time.live:
            st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def render_missing_data(text: str, context: PageContext | None = None) -> None:
    """Draw the empty state: what is missing, and how to provide it.

    context: of a page about the voting, which before its day says how long there is until then.
    """
    remedy = _("Letakkan berkas di {folder} atau unggah di Masukan.").format(folder="data/inbox/")
    parts = [text, remedy]
    election = board().register.election
    if context and (days := election.count_days_left(context.view_time.at)):
        template = _("Pemungutan suara {day}: {n} hari lagi.")
        day = format_long_date(election.day)
        parts.insert(0, template.format(day=day, n=format_number(days)))
    markup.render_empty_state(" ".join(parts))


def render_section_title(title: str) -> None:
    """Draw the title of a section."""
    st.markdown(f"**{title}**")


def render_header(context: PageContext, title: str) -> None:
    """Draw the header of a page of a kabupaten, with the buttons and receipts of who may act."""
    with render_title(context.view_time, title, context.viewer):
        if context.viewer.role.permissions:
            briefings.render_mark_button(context)
            guest_link_form.render_guest_link_button(context.viewer)
    if context.viewer.role.permissions:
        receipt.render()


def render_title(view_time: ViewTime, title: str, viewer: Viewer) -> DeltaGenerator:
    """Draw page, Polres, time, and whether that is the present; return the line for more."""
    info = tenant.get_info()
    subtitle = (info.name, f"· {info.operation}")
    clock = f"{format_long_date(view_time.at)} · {format_time(view_time.at)} {info.zone_label}"
    note = view_text.format_clock_note(view_time)
    links = [
        (code.upper(), _language_url(code), code == i18n.current_language())
        for code in i18n.LANGUAGES
    ]
    actions = _build_header_links(viewer)
    # The URL of a guest works for nobody else.
    if not url_state.is_fixed_by_link():
        actions += markup.build_copy_button(_("Salin tautan"), _("Tersalin"))
    line = markup.inline_row("kepala")
    with line:
        markup.render_header(title, subtitle, clock, note, links, actions)
    return line


def _build_header_links(viewer: Viewer) -> Markup:
    """Build links to the wall and its frozen copy, with the filters of this view.

    When viewed from a command above: a link back to it.
    """
    parent = tenant.parent_link()
    if parent is not None:
        return markup.build_header_link(f"◂ {parent[0]}", parent[1])
    if tenant.is_higher_command():
        return Markup()
    if not viewer.may_open_wall():
        return Markup()
    names = [*view_text.WALL_FILTERS, "lang"]
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
