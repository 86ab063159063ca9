"""Kejadian: every report, its life, what is overdue, which are one, and where they lie close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from pages.incidents.detail import detail_panel
from pages.incidents.duplicates import twins_panel
from pages.incidents.hotspots import hot_panel
from pages.incidents.kpis import figures
from pages.incidents.panels import (
    bound,
    keep_within,
    kinds_panel,
    list_panel,
    looked_at,
    overdue_panel,
)
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.worklist import compute_worklist
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, filters, page_layout, session
from situasi.ui.components.kpi_row import figure_row
from situasi.ui.page_layout import View


def show() -> None:
    view, wanted = opened(label("screen", "kejadian"))
    found = bound(view.compute(compute_worklist, wanted))
    if found.rows.empty:
        page_layout.nothing(_("Belum ada laporan kejadian."))
        return
    keep_within(found)
    asked = partial(moments.shift_window, wanted)
    before = comparison.before(
        view,
        "kejadian",
        lambda past: (past.compute(compute_worklist, asked(view.at.at - past.at.at)),),
        figures,
    )
    figure_row(figures(found), before)

    left, right = st.columns(2, gap="medium")
    with left:
        list_panel(found)
    with right:
        if looked_at() is None:
            overdue_panel(found)
        else:
            detail_panel(found, view)

    twins_panel(found, view)
    kinds_panel(found)
    hot_panel(view, wanted)


def opened(title: str) -> tuple[View, Selection]:
    """Draw heading and filters; the view, and what of it was asked for."""
    picked: dict[str, Any] = {}

    def kept(name: str, draw: Callable[[Any], Any]) -> Callable[[Any], None]:
        return lambda place: picked.update({name: draw(place)})

    view = page_layout.opened(
        title,
        kept("jenis", filters.jenis),
        kept("tingkat", filters.tingkat),
        kept("status", filters.status),
        kept("window", filters.window),
    )
    wanted = Selection(
        kecamatan=view.kecamatan,
        jenis=tuple(picked["jenis"]),
        tingkat=tuple(picked["tingkat"]),
        status=tuple(picked["status"]),
    )
    # To the minute, so that viewers of the same minute share what is computed.
    minute = replace(view.at, at=session.cache_minute(view.at))
    return view, filters.within(wanted, picked["window"], minute)
