"""The list of the links for guests, and ending them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from situasi.access import accounts, guest_links
from situasi.access.guest_links import Link, LinkRefused, LinkUsage
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import view_text
from situasi.store.interface import StoreError
from situasi.ui import filters, session
from situasi.ui.components import markup
from situasi.ui.page_layout import render_header
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import number_column, time_column
from situasi.ui.tables.table_view import Table, make_table

# Who sees the links of all, and may end them; others have their own.
_OUTCOME_KEY = "_tautan_kabar"


@dataclass(frozen=True)
class LinkList:
    """Links of which the viewer may know, the newest first, with their state and uses."""

    links: list[Link]
    states: list[str]
    uses: dict[str, LinkUsage]


def render_links_panel() -> None:
    """The links, and a button for those that are marked."""
    if _OUTCOME_KEY in st.session_state:
        good, said = st.session_state[_OUTCOME_KEY]
        (st.success if good else st.warning)(markup.escape_markdown(said))
    try:
        found = load_links()
    except StoreError as error:
        st.warning(markup.escape_markdown(str(error)))
        return
    if not found.links:
        markup.render_empty_state(
            _("Belum ada tautan tamu. Buka halaman yang ingin ditunjukkan, atur saringannya, "
              "lalu tekan Tautan tamu di kepala halaman.")
        )  # fmt: skip
        return
    open_now = found.states.count("berlaku")
    title = _("{n} tautan, {open} berlaku").format(
        n=i18n.format_number(len(found.links)), open=i18n.format_number(open_now)
    )
    chosen = table_view.render_table(
        _build_table(found), "tautan_semua", title, visible_rows=16, on_select="rerun",
        selection_mode="multi-row",
    )  # fmt: skip
    marked = [
        found.links[row]
        for row in chosen["selection"]["rows"]
        if row < len(found.links) and found.states[row] == "berlaku"
    ]
    st.button(
        _("Cabut {n} tautan yang ditandai").format(n=i18n.format_number(len(marked)))
        if marked
        else _("Tandai tautan yang berlaku untuk mencabutnya"),
        disabled=not marked,
        type="primary",
        on_click=_on_revoke,
        args=([link.bound.id for link in marked],),
    )


def load_links() -> LinkList:
    """Raises StoreError."""
    store, now = board().store, session.now()
    known = accounts.load_all(store)
    some = [
        link for link in guest_links.load_all(store).values() if link is not None and _may_see(link)
    ]
    some.sort(key=lambda link: link.created_at, reverse=True)
    return LinkList(
        some, [guest_links.state(link, known, now) for link in some], guest_links.load_usage(store)
    )


def _may_see(link: Link) -> bool:
    return guest_links.may_revoke(link, session.viewer())


def _build_table(link_list: LinkList) -> Table:
    some, register = link_list.links, board().register
    uses = [link_list.uses.get(link.scope.id) for link in some]
    everywhere = _("seluruh kabupaten")
    return make_table(
        {
            _("untuk"): [link.note for link in some],
            _("keadaan"): [label("link", state) for state in link_list.states],
            _("halaman"): [label("screen", link.scope.page) for link in some],
            _("saringan"): [
                view_text.format_filters(register, link.scope.query) for link in some
            ],
            _("wilayah"): [", ".join(map(register.name_of, link.area)) or everywhere
                           for link in some],
            _("dibuka"): number_column((one.count if one else 0) for one in uses),
            _("terakhir dibuka"): time_column(one.last_at if one else None for one in uses),
            _("dibuat oleh"): [link.created_by for link in some],
            _("dibuat"): time_column(link.created_at for link in some),
            _("berlaku sampai"): time_column(link.scope.expires_at for link in some),
            _("nomor"): [link.scope.id for link in some],
        }
    )  # fmt: skip


def _on_revoke(link_ids: list[str]) -> None:
    """End these links, each of which the viewer must still know of."""
    try:
        known = {link.scope.id for link in load_links().links}
        for number_ in link_ids:
            if number_ in known:
                guest_links.revoke_for_viewer(
                    board().store, number_, session.now(), session.viewer()
                )
    except (LinkRefused, StoreError) as error:
        st.session_state[_OUTCOME_KEY] = (False, str(error))
        return
    said = _("{n} tautan dicabut; yang sedang terbuka ditutup sekarang.")
    st.session_state[_OUTCOME_KEY] = (True, said.format(n=i18n.format_number(len(link_ids))))


def show() -> None:
    at = session.get_view_time(filters.get_past_time(), session.get_snapshot_view())
    render_header(at, label("screen", "tautan"))
    render_links_panel()
