"""Tautan tamu: every link for guests, what it opens, who came by it; and how to end it."""

from __future__ import annotations

from pages.guest_links.page import links_panel
from situasi.domain.labels import label
from situasi.ui import filters, session
from situasi.ui.heading import header


def show() -> None:
    at = session.moment(filters.past_moment(), session.picture())
    header(at, label("screen", "tautan"))
    links_panel()
