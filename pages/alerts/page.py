"""The page Peringatan and its filter line."""

from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from pages.alerts import data, tables
from pages.alerts.data import AlertFilter, AlertView
from pages.alerts.detail import render_detail_panel
from pages.alerts.tables import URL_PARAMETER
from situasi.actions import alert_actions
from situasi.analysis.view_time import cache_minute
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_duration, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import alerts as alert_texts
from situasi.ui import audit, filters, page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import selectable
from situasi.ui.tables.table_view import Table

_OPEN_ROWS, _ENDED_ROWS = 12, 10  # visible; a Polsek each, and what is of none


def begin_alerts_page(
    context: PageContext, title: str, visible_rules: list[str]
) -> tuple[PageContext, AlertFilter]:
    """Draw header and filters; return the context and the alert filter."""
    rules = board().register.election.alerts
    context, (levels, rule_codes, statuses) = page_layout.begin_filtered_page(
        context,
        title,
        lambda column: filters.render_multi_filter(
            filters.get_multiselect(column), "derajat", _("Derajat"), list(reversed(rules.levels)),
            lambda code: alert_texts.format_level(rules, rules.levels.index(code)),
            placeholder=_("semua derajat"),
        ),
        lambda column: filters.render_multi_filter(
            filters.get_multiselect(column), "aturan", _("Aturan"), visible_rules,
            partial(alert_texts.format_rule, rules), placeholder=_("semua aturan"),
        ),
        lambda column: filters.render_multi_filter(
            filters.get_multiselect(column), "hidup", _("Status"), list(alert_actions.STATUSES),
            alert_texts.format_status, placeholder=_("semua keadaan"),
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
    if "netralitas" in visible_rules and (alert_view.alerts["rule"] == "netralitas").any():
        audit.log_viewed({"neutrality"}, "peringatan")
    render_kpi_row(build_kpis(alert_view, context))

    left, right = st.columns([13, 8], gap="medium")
    with left:
        render_open_panel(alert_view, context)
    with right:
        render_detail_panel(alert_view, context)

    render_ended_panel(alert_view, context)


def build_kpis(alert_view: AlertView, context: PageContext) -> list[Kpi]:
    """Build the KPIs: open and unseen alerts, and the times until seen and acted on."""
    open_alerts, every = alert_view.open, alert_view.alerts
    rules = board().register.election.alerts
    new = open_alerts[open_alerts["life"] == alert_actions.NEW]
    is_critical = bool((new["level"] == len(rules.levels) - 1).any())

    def build(key: str, alerts: pd.DataFrame, card: Card, *values: KpiValue) -> Kpi:
        return Kpi(key, card, partial(_build_table, alerts, alert_view, context), values)

    def build_delay(key: str, title: str, column: str) -> Kpi:
        alerts = every[every[column].notna()]
        card = Card(title, _format_median(alerts[column]), _format_share(alerts, every))
        return build(key, alerts, card)

    def build_count(key: str, title: str, alerts: pd.DataFrame, *, is_alarm: bool = False) -> Kpi:
        count = format_number(len(alerts))
        card = Card(title, count, alert_texts.format_level_counts(rules, alerts), is_alarm=is_alarm)
        return build(key, alerts, card, KpiValue(len(alerts)))

    return [
        build_count("peringatan_terbuka", _("Peringatan terbuka"), open_alerts),
        build_count("peringatan_baru", _("Belum dilihat"), new, is_alarm=is_critical),
        build_delay("peringatan_dilihat", _("Sampai dilihat"), "to_seen"),
        build_delay("peringatan_ditindak", _("Sampai ditindak"), "to_acted"),
    ]


def _format_median(durations: pd.Series) -> str:
    """Return the median; a dash if there are no durations."""
    if durations.empty:
        return "–"
    median_s = float(durations.dt.total_seconds().median())
    return format_duration(timedelta(seconds=median_s))


def _format_share(alerts: pd.DataFrame, all_alerts: pd.DataFrame) -> str:
    total = format_number(len(all_alerts))
    if alerts.empty:
        return _("belum satu pun dari {all} peringatan").format(all=total)
    return _("median dari {n} yang sudah; {all} peringatan seluruhnya").format(
        n=format_number(len(alerts)), all=total
    )


def render_open_panel(alert_view: AlertView, context: PageContext) -> None:
    """Draw the open alerts, a line for each Polsek: by level, then newest first."""
    open_alerts = alert_view.open
    title = format_counts(_("{n} peringatan terbuka"), n=len(open_alerts))
    page_layout.render_section_title(title)
    if open_alerts.empty:
        markup.render_empty_state(
            _("Tidak ada peringatan terbuka pada pilihan ini. Itu bukan berarti tidak terjadi "
              "apa-apa: yang tidak dilaporkan tidak terlihat di sini.")
        )  # fmt: skip
        return
    groups = data.build_open_groups(alert_view, selectable.get_selected(URL_PARAMETER))
    table = tables.build_groups_table(groups, alert_view, cache_minute(context.view_time))
    selectable.render_selectable_table(
        table,
        groups["lead"].tolist(),
        URL_PARAMETER,
        "terbuka",
        title,
        visible_rows=_OPEN_ROWS,
        row_lines=3,
    )


def render_ended_panel(alert_view: AlertView, context: PageContext) -> None:
    """Draw the alerts that were closed, ended, or were replaced by a higher level."""
    ended = alert_view.ended
    title = format_counts(_("{n} peringatan selesai"), n=len(ended))
    page_layout.render_section_title(title)
    if ended.empty:
        markup.render_empty_state(
            _("Belum ada peringatan yang ditutup atau berakhir pada pilihan ini.")
        )
    else:
        selectable.render_selectable_table(
            _build_table(ended, alert_view, context), ended["key"].tolist(), URL_PARAMETER,
            "selesai", title, visible_rows=_ENDED_ROWS, file_only=tables.list_file_only_headings(),
        )  # fmt: skip
    if alert_view.withdrawn:
        count = format_number(len(alert_view.withdrawn))
        template = _("{n} peringatan yang pernah dicatat tidak ada lagi: laporan dasarnya ditarik.")
        markup.render_empty_state(template.format(n=count))


def _build_table(alerts: pd.DataFrame, alert_view: AlertView, context: PageContext) -> Table:
    """Build the table, once for the same alerts."""
    at = cache_minute(context.view_time)
    return render_cache.get_or_build(
        "tabel_peringatan", (tuple(alerts["key"]), at), (alert_view,),
        lambda view: tables.build_alerts_table(alerts, view.alert_set, at),
    )  # fmt: skip
