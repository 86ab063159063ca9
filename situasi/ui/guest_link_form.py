"""The form that creates a guest link to the current view; in the header of every page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

import streamlit as st

from situasi.access import guest_links, signing_key
from situasi.access.guest_links import LinkRefused
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.formats import format_date, format_time
from situasi.common.i18n import _
from situasi.presentation.view_text import mark_machine_time
from situasi.store.model import StoreError
from situasi.ui import session, url_state
from situasi.ui.components import markup

# Lifetimes of a link.
DURATIONS_HOURS = (1, 4, 12, 48, 168)
_RESULT_KEY = "_tautan"


@dataclass(frozen=True)
class _LinkResult:
    """The last link that this viewer created, for which view, or why it failed."""

    page_and_query: tuple[str, list[tuple[str, str]]]
    url: str = ""
    expires_at: datetime | None = None
    error: str = ""


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
            _render_form()


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
    link_result: _LinkResult | None = st.session_state.get(_RESULT_KEY)
    if link_result is not None and link_result.page_and_query == _get_page_and_query():
        _render_link(link_result)


def _format_duration(hours: int) -> str:
    if hours % 24:
        return _("{n} jam").format(n=hours)
    return _("{n} hari").format(n=hours // 24)


def _render_link(link_result: _LinkResult) -> None:
    if link_result.expires_at is None:
        st.warning(markup.escape_markdown(link_result.error))
        return
    zone = board().register.election.zone
    expires_at = link_result.expires_at.astimezone(zone)
    markup.render_copyable_text(link_result.url, _("Salin"), _("Tersalin"))
    text = _("Berlaku sampai {time}. Dapat dicabut di halaman Tautan tamu.")
    time = mark_machine_time(
        f"{format_date(expires_at)} {format_time(expires_at)} "
        f"{board().register.election.zone_label}",
        is_exercise=session.get_snapshot_view().snapshot.exercise_at is not None,
    )
    st.caption(text.format(time=time))


def _get_page_and_query() -> tuple[str, list[tuple[str, str]]]:
    return url_state.get_current_page(), url_state.get_parameters()


def _on_create() -> None:
    page, query = _get_page_and_query()
    try:
        link = guest_links.create(
            board().store,
            board().register,
            session.viewer(),
            page,
            query,
            st.session_state["tautan_untuk"],
            timedelta(hours=st.session_state["tautan_jam"]),
            session.now(),
        )
        token = guest_links.build_token(link, signing_key.load_or_create(board().settings))
    except (LinkRefused, StoreError, OSError, ValueError) as error:
        st.session_state[_RESULT_KEY] = _LinkResult((page, query), error=str(error))
    else:
        url = urljoin(st.context.url or "", guest_links.PATH_PREFIX + token)
        st.session_state[_RESULT_KEY] = _LinkResult((page, query), url, link.scope.expires_at)
