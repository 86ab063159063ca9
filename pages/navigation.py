"""The menu of pages, in groups, and the navigation between them."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.accounts import page as accounts_page
from pages.activities import page as activities_page
from pages.alerts import page as alerts_page
from pages.changes import page as changes_page
from pages.exercises import page as exercises_page
from pages.guest_links import page as links_page
from pages.incidents import page as incidents_page
from pages.intake import page as intake_page
from pages.neutrality import page as neutrality_page
from pages.personnel import page as personnel_page
from pages.readiness import page as readiness_page
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
from situasi.ui.page_context import PageContext

# A page of the middleware, not in this menu.
SIGN_OUT_PATH = "/keluar"

GROUPS: tuple[tuple[str, tuple[tuple[str, Callable[[PageContext], None]], ...]], ...] = (
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
            ("kesiapan", readiness_page.show),
            ("akun", accounts_page.show),
            ("kesehatan", system_health_page.show),
        ),
    ),
)
_SHOW_BY_PAGE = {name: show for _group, entries in GROUPS for name, show in entries}


def build_navigation(context: PageContext) -> StreamlitPage:
    """Draw the menu and return the page that the URL requests.

    A page that the viewer may not see is not in the menu: its URL leads to Situasi, and for a guest
    to the only page of the link.
    """
    viewer, requested = context.viewer, get_requested_page()
    if requested in SCREENS and not viewer.may_open(requested):
        audit.log_refused_page(requested)
    first = viewer.link.page if viewer.link else "situasi"
    # The root URL is also a page: Streamlit has no other URL for its default page. Of the two equal
    # pages, the menu shows the one where the viewer is.
    is_root = requested not in SCREENS or not viewer.may_open(requested)
    # The root URL of a command above is its own page.
    is_root = is_root and tenant.parent_link() is None
    home = _build_page(context, first, is_default=True, is_hidden=not is_root)
    sections: dict[str, list[StreamlitPage]] = {}
    for group, entries in GROUPS:
        visible = [_build_page(context, name, is_hidden=is_root and name == first)
                for name, _show in entries
                if viewer.may_open(name)]  # fmt: skip
        if visible:
            sections[_(group)] = [home, *visible] if not sections else visible
    current = st.navigation(sections or [home], expanded=True)
    url_state.set_current_page(current.url_path or first)
    with st.sidebar:
        render_parent_link()
        render_account(viewer)
    return current


def render_parent_link() -> None:
    """Draw a link back to the command above, if the board is viewed from there."""
    parent = tenant.parent_link()
    if parent is not None:
        markup.render_parent_link(f"◂ {parent[0]}", parent[1])


def _build_page(
    context: PageContext, name: str, *, is_hidden: bool, is_default: bool = False
) -> StreamlitPage:
    return st.Page(
        partial(_SHOW_BY_PAGE[name], context),
        title=label("screen", name),
        url_path=None if is_default else name,
        default=is_default,
        visibility="hidden" if is_hidden else "visible",
    )


def get_requested_page() -> str:
    """Return the page that the browser reports; it may be any text."""
    try:
        return urlsplit(st.context.url or "").path.rpartition("/")[2]
    except ValueError:
        return ""


def render_account(viewer: Viewer) -> None:
    """Draw the signed-in account and the sign-out link; a guest by link has neither."""
    if viewer.is_local:
        return
    if viewer.link is not None:
        markup.render_account(_("Tamu"), "", "")
        return
    area = ", ".join(map(tenant.name_of, viewer.area or session.account().area))
    description = " · ".join(filter(None, (label("role", viewer.role.name), area)))
    markup.render_account(
        viewer.name, description, _("Keluar"), f"{SIGN_OUT_PATH}?lang={i18n.current_language()}"
    )
