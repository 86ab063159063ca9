"""Kesehatan papan: whether what the wall shows is fresh, and how the server fares."""

from __future__ import annotations

from pages.system_health import page as system_health_page
from situasi.board import current as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, page_layout, session
from situasi.ui.heading import header


def show() -> None:
    header(session.moment(filters.past_moment(), session.picture()), label("screen", "kesehatan"))
    system_health_page.register()
    beats = board().lookout.pulse.beats()
    if not beats:
        page_layout.nothing(
            _("Belum ada denyut: papan baru dibuka, atau tidak ada yang mengamatinya.")
        )
        return
    system_health_page.figures(beats)
    system_health_page.curves(beats)
    system_health_page.table(beats)
