"""The pages of the board, in groups, and the way from one to another with the view kept."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages import (
    activities,
    incidents,
    intake,
    neutrality,
    personnel,
    report,
    situation,
    stations,
    turnout,
)
from pages import links as links_page
from situasi import words
from situasi.labels import N_, label
from situasi.roles import SCREENS, Viewer
from situasi.screen import address, filters, noted, parts, session
from situasi.words import _

# A page of the gate, not of this menu.
SIGN_OUT = "/keluar"

GROUPS: tuple[tuple[str, tuple[tuple[str, Callable[[], None]], ...]], ...] = (
    (N_("Keadaan"), (("situasi", situation.show), ("kejadian", incidents.show))),
    (N_("Pemungutan"), (("partisipasi", turnout.show), ("tps", stations.show))),
    (N_("Pengamanan"), (("personel", personnel.show), ("tahapan", activities.show))),
    (
        N_("Pengawasan"),
        (
            ("netralitas", neutrality.show),
            ("lapor", report.show),
            ("masukan", intake.show),
            ("tautan", links_page.show),
        ),
    ),
)
_SHOWN = {name: show for _group, entries in GROUPS for name, show in entries}


def menu() -> StreamlitPage:
    """Draw the menu; the page that the address asks for.

    A page that the viewer may not see is not there at all: its address leads to Situasi, and
    that of a guest to the one page of the link.
    """
    viewer = session.viewer()
    asked = _asked()
    if asked in SCREENS and not viewer.opens(asked):
        noted.refused(asked)
    pages = {
        group: [
            st.Page(show, title=label("screen", name), url_path=name)
            for name, show in entries
            if viewer.opens(name)
        ]
        for group, entries in GROUPS
    }
    # The bare address is a page too: Streamlit knows its default page by no other name.
    first = viewer.link.page if viewer.link else "situasi"
    home = st.Page(_SHOWN[first], title=label("screen", first), default=True)
    every = [home, *(page for some in pages.values() for page in some)]
    chosen = st.navigation(every, position="hidden")
    address.know_page(chosen.url_path or first)
    _links(pages, chosen, home, first)
    return chosen


def _asked() -> str:
    """The page that the browser says to be at; it may say anything."""
    try:
        return urlsplit(st.context.url or "").path.rpartition("/")[2]
    except ValueError:
        return ""


def _links(
    pages: dict[str, list[StreamlitPage]], chosen: StreamlitPage, home: StreamlitPage, first: str
) -> None:
    kept = address.carried(filters.CARRIED)
    with st.sidebar:
        for group, some in pages.items():
            if some:
                parts.menu_group(_(group))
            for page in some:
                here = home if page.url_path == first and chosen == home else page
                st.page_link(here, label=page.title, query_params=kept, width="stretch")
        _who(session.viewer())


def _who(viewer: Viewer) -> None:
    """Who is signed in and the way out; a guest by a link has none, and no account at all."""
    if viewer.here:
        return
    if viewer.link is not None:
        parts.signed_in(_("Tamu"), "", "")
        return
    area = ", ".join(map(session.register().name_of, viewer.area))
    said = " · ".join(filter(None, (label("role", viewer.role.name), area)))
    parts.signed_in(viewer.name, said, _("Keluar"), f"{SIGN_OUT}?lang={words.language()}")
