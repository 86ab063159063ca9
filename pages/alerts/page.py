"""The filter line of Peringatan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.alerts import data as alerts_data
from pages.alerts import data as work
from pages.alerts import panels as panel
from pages.alerts.data import AlertFilter
from pages.alerts.detail import render_detail_panel
from situasi.actions import alert_actions
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import alerts as telling
from situasi.ui import audit, filters, page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_layout import PageContext


def begin_alerts_page(title: str) -> tuple[PageContext, AlertFilter]:
    """Draw heading and filters; the view, and which alerts were asked for."""
    picked: dict[str, list[str]] = {}
    rules = board().register.election.alerts

    def several(
        name: str, heading: str, nothing: str, codes: list[str], words: Callable[[str], str]
    ) -> Callable[[Any], None]:
        def draw(place: Any) -> None:
            picked[name] = filters.render_multi_filter(place, name, heading, nothing, codes, words)

        return draw

    view = page_layout.begin_page(
        title,
        several(
            "derajat",
            _("Derajat"),
            _("semua derajat"),
            list(reversed(rules.levels)),
            lambda code: telling.format_level(rules, rules.levels.index(code)),
        ),
        several(
            "aturan",
            _("Aturan"),
            _("semua aturan"),
            alerts_data.list_visible_rules(),
            lambda code: telling.format_rule(rules, code),
        ),
        several(
            "hidup",
            _("Status"),
            _("semua keadaan"),
            list(alert_actions.STATUSES),
            telling.format_status,
        ),
    )
    wanted = AlertFilter(
        levels=tuple(picked["derajat"]),
        rules=tuple(picked["aturan"]),
        statuses=tuple(picked["hidup"]),
        kecamatan=view.kecamatan,
    )
    return view, wanted


def show() -> None:
    view, wanted = begin_alerts_page(label("screen", "peringatan"))
    if not work.list_visible_rules():
        markup.render_empty_state(_("Pemilihan ini belum punya aturan peringatan (alerts.toml)."))
        return
    found = work.compute_alert_view(view, wanted)
    if work.may_see_rule("netralitas") and panel.has_neutrality(found):
        audit.log_viewed({"neutrality"}, "peringatan")
    render_kpi_row(panel.build_kpis(found, view))

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panel.render_open_panel(found, view)
    with right:
        render_detail_panel(found, view)

    panel.render_ended_panel(found, view)
