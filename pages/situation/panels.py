"""The newest reports, newest first."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st
from markupsafe import Markup

from situasi.analysis.incidents import cases
from situasi.analysis.situation.overview import Overview
from situasi.board import current as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation.incident_item import item
from situasi.ui import drawn, filters, session
from situasi.ui.components import markup
from situasi.ui.session import Moment
from situasi.ui.tables import table_view

LISTED = 40
# As tall as the map and its legend beside it.
HEIGHT = 478


def newest_panel(found: Overview, at: Moment) -> None:
    now = session.reckoned(at)
    listed = drawn.once("terbaru", now, (found,), partial(_listed, now=now))
    with markup.bar():
        st.markdown("**" + _("Laporan terbaru") + "**", width="content")
        if found.elsewhen:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=i18n.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
        table_view.behind(_("Semua {n} laporan"), found.shown.iloc[::-1], "semua_laporan")
    with st.container(height=HEIGHT, border=False, key="laporan"):
        if listed is None:
            markup.empty(
                _("Belum ada laporan pada pilihan ini. "
                  "Letakkan berkas laporan di folder data/inbox/.")
            )  # fmt: skip
        else:
            markup.written(listed)


def _listed(found: Overview, *, now: datetime) -> Markup | None:
    """The list as it is written; None where there is nothing to list."""
    newest = cases.newest_first(found.shown, LISTED)
    items = [item(row, board().register, now) for row in newest.itertuples()]
    return markup.report_list(items, _("LATIHAN")) if items else None
