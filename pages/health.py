"""Kesehatan papan: whether what the wall shows is fresh, and how the server fares."""

from __future__ import annotations

from situasi.board import current as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.screen import filters, health_panel, page, session
from situasi.screen.heading import header


def show() -> None:
    header(session.moment(filters.past_moment(), session.picture()), label("screen", "kesehatan"))
    health_panel.register()
    beats = board().lookout.pulse.beats()
    if not beats:
        page.nothing(_("Belum ada denyut: papan baru dibuka, atau tidak ada yang mengamatinya."))
        return
    health_panel.figures(beats)
    health_panel.curves(beats)
    health_panel.table(beats)
