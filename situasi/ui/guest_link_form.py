"""The form that creates a guest link to the current view; in the header of every page."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urljoin

import streamlit as st

from situasi.access import guest_links, signing_key
from situasi.access.guest_links import LinkRefused
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.formats import format_date, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation.view_text import mark_machine_time
from situasi.store.model import StoreError
from situasi.ui import session, url_state
from situasi.ui.components import markup, receipt

# Lifetimes of a link.
DURATIONS_HOURS = (1, 4, 12, 48, 168)
_RESULT_KEY = "_tautan"
PageAndQuery = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class _LinkResult:
    """The last link that this viewer created, and for which view.

    is_shown: until another one is to be created.
    """

    page_and_query: PageAndQuery
    url: str
    expiry: str
    is_shown: bool = True


def render_guest_link_button(viewer: Viewer) -> None:
    """Draw the button of the form, if the viewer may create links and the page is shareable."""
    if (
        not viewer.role.may("bagikan")
        or url_state.get_current_page() not in guest_links.SHAREABLE_PAGES
    ):
        return
    popover = st.popover(
        _("Tautan tamu"), key="tautan_tamu", on_change="rerun", type="tertiary", width="content"
    )
    if popover.open:
        with popover:
            _render_content(viewer)


def _render_content(viewer: Viewer) -> None:
    """Draw the link that was just created; else the form, or what it needs first."""
    result: _LinkResult | None = st.session_state.get(_RESULT_KEY)
    if result is not None and result.is_shown and result.page_and_query == _get_page_and_query():
        _render_link(result)
    elif viewer.is_local:
        _render_lack_of_accounts(viewer)
    else:
        _render_form()


def _render_lack_of_accounts(viewer: Viewer) -> None:
    """Say that a link needs an account, before anything is filled in, and lead to where it is made.

    A link is of an account: who it lets in is answered for by somebody with a name.
    """
    st.caption(
        _("Tautan tamu dibuat atas nama sebuah akun, dan papan ini belum punya akun. Buat akun "
          "pertama, lalu masuk.")
    )  # fmt: skip
    if viewer.may_open("kesiapan"):
        title = label("screen", "kesiapan")
        page = st.Page(lambda: None, title=title, url_path="kesiapan")
        text = _("Caranya di {page}").format(page=title)
        st.page_link(
            page, label=text, icon=":material/arrow_forward:", query_params=_get_language()
        )


def _get_language() -> dict[str, str]:
    return {name: value for name, value in url_state.get_parameters() if name == "lang"}


def _render_form() -> None:
    st.caption(
        _("Siapa pun yang memegang tautan melihat tampilan ini, dengan saringannya, tanpa akun: "
          "tanpa nama petugas dan tanpa netralitas. Setiap pembukaan dicatat.")
    )  # fmt: skip
    with st.form("tautan_baru", border=False):
        st.text_input(_("Untuk siapa"), key="tautan_untuk", max_chars=80)
        st.selectbox(
            _("Berlaku"), DURATIONS_HOURS, index=1, format_func=_format_duration, key="tautan_jam"
        )
        st.form_submit_button(_("Buat tautan"), type="primary", on_click=_on_create)


def _format_duration(hours: int) -> str:
    if hours % 24:
        return _("{n} jam").format(n=hours)
    return _("{n} hari").format(n=hours // 24)


def _render_link(link_result: _LinkResult) -> None:
    """Draw the link in place of the form, which is done; the popover stays, to copy it."""
    markup.render_copyable_text(link_result.url, _("Salin"), _("Tersalin"))
    text = _("Berlaku sampai {time}. Dapat dicabut di halaman Tautan tamu.")
    st.caption(text.format(time=link_result.expiry))
    st.button(_("Buat tautan lain"), type="tertiary", on_click=_show_link,
              kwargs={"is_shown": False})  # fmt: skip


def _show_link(*, is_shown: bool) -> None:
    """Show the last link, or the form in its place."""
    if (result := st.session_state.get(_RESULT_KEY)) is not None:
        st.session_state[_RESULT_KEY] = replace(result, is_shown=is_shown)


def _format_expiry(expires_at: datetime) -> str:
    election = board().register.election
    local = expires_at.astimezone(election.zone)
    return mark_machine_time(
        f"{format_date(local)} {format_time(local)} {election.zone_label}",
        is_exercise=session.get_snapshot_view().snapshot.exercise_at is not None,
    )


def _get_page_and_query() -> PageAndQuery:
    return url_state.get_current_page(), tuple(url_state.get_parameters())


def _on_create() -> None:
    session.use_url_language()
    (page, query), viewer = _get_page_and_query(), session.viewer()
    note, hours = str(st.session_state["tautan_untuk"]), int(st.session_state["tautan_jam"])
    act = ("tautan", page, query, note, hours)
    if receipt.is_repeated(act):
        _show_link(is_shown=True)
        return
    try:
        link = guest_links.create(
            board().store, board().register, viewer, page, query, note, timedelta(hours=hours),
            session.now(),
        )  # fmt: skip
        token = guest_links.build_token(link, signing_key.load_or_create(board().settings))
    except (LinkRefused, StoreError, OSError, ValueError) as error:
        receipt.refuse(_("Tidak ada yang ditulis: {why}").format(why=error))
        return
    url = urljoin(st.context.url or "", guest_links.PATH_PREFIX + token)
    expiry = _format_expiry(link.scope.expires_at)
    st.session_state[_RESULT_KEY] = _LinkResult((page, query), url, expiry)
    text = _("Tautan untuk {who} dibuat, berlaku sampai {time}")
    if not link.note:
        text = _("Tautan tamu dibuat, berlaku sampai {time}")
    receipt.confirm(
        text.format(who=link.note, time=expiry), act=act, undo=partial(_undo, link.scope.id, viewer)
    )


def _undo(link_id: str, viewer: Viewer) -> None:
    """Revoke the link that was just created."""
    guest_links.revoke_for_viewer(board().store, link_id, session.now(), viewer)
    st.session_state.pop(_RESULT_KEY, None)
