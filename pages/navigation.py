"""The pages of the board, in groups, and the way from one to another with the view kept."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.activities import page as activities_page
from pages.alerts import page as alerts_page
from pages.changes import page as changes_page
from pages.exercises import page as exercises_page
from pages.guest_links import page as links_page
from pages.incidents import page as incidents_page
from pages.intake import page as intake_page
from pages.neutrality import page as neutrality_page
from pages.personnel import page as personnel_page
from pages.redeployment import page as redeployment_page
from pages.report_entry import page as report_entry_page
from pages.sitreps import page as sitreps_page
from pages.situation import page as situation_page
from pages.stations import page as stations_page
from pages.system_health import page as system_health_page
from pages.turnout import page as turnout_page
from situasi.access.roles import SCREENS, Viewer
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.ui import audit, session, tenant, url_state
from situasi.ui.components import markup

# A page of the gate, not of this menu.
SIGN_OUT_PATH = "/keluar"

GROUPS: tuple[tuple[str, tuple[tuple[str, Callable[[], None]], ...]], ...] = (
    (
        N_("Keadaan"),
        (
            ("situasi", situation_page.show),
            ("peringatan", alerts_page.show),
            ("kejadian", incidents_page.show),
            ("perubahan", changes_page.show),
        ),
    ),
    (N_("Pemungutan"), (("partisipasi", turnout_page.show), ("tps", stations_page.show))),
    (
        N_("Pengamanan"),
        (
            ("personel", personnel_page.show),
            ("pergeseran", redeployment_page.show),
            ("tahapan", activities_page.show),
        ),
    ),
    (
        N_("Pengawasan"),
        (
            ("netralitas", neutrality_page.show),
            ("laporan", sitreps_page.show),
            ("lapor", report_entry_page.show),
            ("masukan", intake_page.show),
            ("tautan", links_page.show),
            ("latihan", exercises_page.show),
            ("kesehatan", system_health_page.show),
        ),
    ),
)
_SHOW_BY_PAGE = {name: show for _group, entries in GROUPS for name, show in entries}


def build_navigation() -> StreamlitPage:
    """Draw the menu; the page that the address asks for.

    A page that the viewer may not see is not there at all: its address leads to Situasi, and
    that of a guest to the one page of the link.
    """
    viewer, there = session.viewer(), get_requested_page()
    if there in SCREENS and not viewer.may_open(there):
        audit.log_refused_page(there)
    first = viewer.link.page if viewer.link else "situasi"
    # The bare address is a page too: Streamlit knows its default page by no other name. Of the
    # two that are one, the menu shows the one where the viewer is.
    bare = there not in SCREENS or not viewer.may_open(there)
    # The bare address of a command above is its own page.
    bare = bare and tenant.parent_link() is None
    home = _build_page(first, is_default=True, is_hidden=not bare)
    sections: dict[str, list[StreamlitPage]] = {}
    for group, entries in GROUPS:
        some = [_build_page(name, is_hidden=bare and name == first) for name, _show in entries
                if viewer.may_open(name)]  # fmt: skip
        if some:
            sections[_(group)] = [home, *some] if not sections else some
    chosen = st.navigation(sections or [home], expanded=True)
    url_state.set_current_page(chosen.url_path or first)
    with st.sidebar:
        render_parent_link()
        render_account(viewer)
    return chosen


def render_parent_link() -> None:
    """Back to the command above, where one looks from there."""
    up = tenant.parent_link()
    if up is not None:
        markup.render_parent_link(f"◂ {up[0]}", up[1])


def _build_page(name: str, *, is_hidden: bool, is_default: bool = False) -> StreamlitPage:
    return st.Page(
        _SHOW_BY_PAGE[name],
        title=label("screen", name),
        url_path=None if is_default else name,
        default=is_default,
        visibility="hidden" if is_hidden else "visible",
    )


def get_requested_page() -> str:
    """The page that the browser says to be at; it may say anything."""
    try:
        return urlsplit(st.context.url or "").path.rpartition("/")[2]
    except ValueError:
        return ""


def render_account(viewer: Viewer) -> None:
    """Who is signed in and the way out; a guest by a link has none, and no account at all."""
    if viewer.is_local:
        return
    if viewer.link is not None:
        markup.render_account(_("Tamu"), "", "")
        return
    area = ", ".join(map(tenant.name_of, viewer.area or session.account().area))
    said = " · ".join(filter(None, (label("role", viewer.role.name), area)))
    markup.render_account(
        viewer.name, said, _("Keluar"), f"{SIGN_OUT_PATH}?lang={i18n.current_language()}"
    )
