"""The list of guest links, and revoking them."""

from dataclasses import dataclass

import streamlit as st

from situasi.access import accounts, guest_links
from situasi.access.guest_links import Link, LinkRefused, LinkUsage
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import view_text
from situasi.store.model import StoreError
from situasi.ui import page_context, session
from situasi.ui.components import markup, receipt
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, machine_time_column, number_column
from situasi.ui.tables.table_view import Table, make_table


@dataclass(frozen=True)
class LinkList:
    """The links that the viewer may see, the newest first, with their state and usage."""

    links: list[Link]
    states: list[str]
    uses: dict[str, LinkUsage]


def render_links_panel(viewer: Viewer) -> None:
    """Draw the links, and a button that revokes the selected ones."""
    try:
        link_list = load_links(viewer)
    except StoreError as error:
        st.warning(markup.escape_markdown(str(error)))
        return
    if not link_list.links:
        markup.render_empty_state(
            _("Belum ada tautan tamu. Buka halaman yang ingin ditunjukkan, atur saringannya, "
              "lalu tekan Tautan tamu di kepala halaman.")
        )  # fmt: skip
        return
    open_count = link_list.states.count("berlaku")
    title = format_counts(_("{n} tautan, {open} berlaku"), n=len(link_list.links), open=open_count)
    event = table_view.render_table(
        _build_table(link_list), "tautan_semua", title, visible_rows=16, on_select="rerun",
        selection_mode="multi-row",
    )  # fmt: skip
    selected = [
        link_list.links[row]
        for row in event["selection"]["rows"]
        if row < len(link_list.links) and link_list.states[row] == "berlaku"
    ]
    st.button(
        format_counts(_("Cabut {n} tautan yang ditandai"), n=len(selected))
        if selected
        else _("Tandai tautan yang berlaku untuk mencabutnya"),
        disabled=not selected,
        type="primary",
        on_click=_on_revoke,
        args=([link.scope.id for link in selected],),
    )


def load_links(viewer: Viewer) -> LinkList:
    """Return the links that the viewer may see. Raises StoreError."""
    store, now = board().store, session.now()
    known_accounts = accounts.load_all(store)
    links = [
        link
        for link in guest_links.load_all(store).values()
        if link is not None and guest_links.may_revoke(link, viewer)
    ]
    links.sort(key=lambda link: link.created_at, reverse=True)
    return LinkList(
        links,
        [guest_links.state(link, known_accounts, now) for link in links],
        guest_links.load_usage(store),
    )


def _build_table(link_list: LinkList) -> Table:
    links, register = link_list.links, board().register
    uses = [link_list.uses.get(link.scope.id) for link in links]
    everywhere = _("seluruh kabupaten")
    columns: dict[str, Cells] = {
        _("untuk"): [link.note for link in links],
        _("keadaan"): [label("link", state) for state in link_list.states],
        _("halaman"): [label("screen", link.scope.page) for link in links],
        _("saringan"): [view_text.format_filters(register, link.scope.query) for link in links],
        _("wilayah"): [", ".join(map(register.name_of, link.area)) or everywhere
                       for link in links],
        _("dibuka"): number_column((usage.count if usage else 0) for usage in uses),
        _("terakhir dibuka"): machine_time_column(
            usage.last_at if usage else None for usage in uses
        ),
        _("dibuat oleh"): [link.created_by for link in links],
        _("dibuat"): machine_time_column(link.created_at for link in links),
        _("berlaku sampai"): machine_time_column(link.scope.expires_at for link in links),
        _("nomor"): [link.scope.id for link in links],
    }  # fmt: skip
    return make_table(columns)


def _on_revoke(link_ids: list[str]) -> None:
    """Revoke these links, as far as the viewer may see them."""
    viewer = page_context.get_current().viewer
    try:
        visible_ids = {link.scope.id for link in load_links(viewer).links}
        for link_id in link_ids:
            if link_id in visible_ids:
                guest_links.revoke_for_viewer(board().store, link_id, session.now(), viewer)
    except (LinkRefused, StoreError) as error:
        receipt.refuse(str(error))
        return
    text = _("{n} tautan dicabut; yang sedang terbuka ditutup sekarang.")
    receipt.confirm(format_counts(text, n=len(link_ids)))


def show(context: PageContext) -> None:
    """Draw the page of the guest links."""
    render_header(context, label("screen", "tautan"))
    render_links_panel(context.viewer)
