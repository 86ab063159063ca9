"""The page Peringatan and its filter line."""

from functools import partial

import streamlit as st

from pages.alerts import data, panels
from pages.alerts.data import AlertFilter
from pages.alerts.detail import render_detail_panel
from situasi.actions import alert_actions
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import alerts
from situasi.ui import audit, filters, page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def begin_alerts_page(
    context: PageContext, title: str, visible_rules: list[str]
) -> tuple[PageContext, AlertFilter]:
    """Draw header and filters; return the context and the alert filter."""
    rules = board().register.election.alerts
    context, (levels, rule_codes, statuses) = page_layout.begin_filtered_page(
        context,
        title,
        lambda column: filters.render_multi_filter(
            column, "derajat", _("Derajat"), _("semua derajat"), list(reversed(rules.levels)),
            lambda code: alerts.format_level(rules, rules.levels.index(code)),
        ),
        lambda column: filters.render_multi_filter(
            column, "aturan", _("Aturan"), _("semua aturan"), visible_rules,
            partial(alerts.format_rule, rules),
        ),
        lambda column: filters.render_multi_filter(
            column, "hidup", _("Status"), _("semua keadaan"), list(alert_actions.STATUSES),
            alerts.format_status,
        ),
    )  # fmt: skip
    return context, AlertFilter(
        tuple(levels), tuple(rule_codes), tuple(statuses), context.kecamatan
    )


def show(context: PageContext) -> None:
    """Draw the page Peringatan."""
    visible_rules = data.list_visible_rules(context.viewer)
    context, alert_filter = begin_alerts_page(context, label("screen", "peringatan"), visible_rules)
    if not visible_rules:
        markup.render_empty_state(_("Pemilihan ini belum punya aturan peringatan (alerts.toml)."))
        return
    alert_view = data.compute_alert_view(context, alert_filter)
    if "netralitas" in visible_rules and panels.has_neutrality(alert_view):
        audit.log_viewed({"neutrality"}, "peringatan")
    render_kpi_row(panels.build_kpis(alert_view, context))

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panels.render_open_panel(alert_view, context)
    with right:
        render_detail_panel(alert_view, context)

    panels.render_ended_panel(alert_view, context)
