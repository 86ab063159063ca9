"""One alert: cause, start, owner, status, rule with source rows, and actions."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from pages.alerts import data, tables
from pages.alerts.actions import render_actions, render_group_action
from pages.alerts.data import AlertView
from pages.alerts.tables import URL_PARAMETER
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_duration, format_number
from situasi.common.i18n import _
from situasi.presentation import alert_causes, alerts
from situasi.presentation.numbers import format_moment
from situasi.ui import page_layout, url_state
from situasi.ui.components import history, markup
from situasi.ui.components.history import HistoryEntry
from situasi.ui.page_context import PageContext
from situasi.ui.tables import selectable, table_view

_GROUP_ROWS = 8  # visible


def render_detail_panel(alert_view: AlertView, context: PageContext) -> None:
    """Draw the alert that the URL names, else the first open one."""
    page_layout.render_section_title(_("Rincian"))
    row = _find_selected_row(alert_view)
    if row is None:
        markup.render_empty_state(
            _("Peringatan ini tidak ada pada saat dan pilihan yang ditampilkan.")
            if selectable.get_selected(URL_PARAMETER)
            else _("Pilih satu peringatan di daftar untuk melihat rinciannya.")
        )
        return
    _render_head(row, alert_view, context)
    render_actions(row, context)
    with st.container(horizontal=True, key="peringatan_bawah"):
        _render_rule(row)
        _render_members(row, alert_view, context)
    _render_group(row, alert_view, context)
    if row.deeds:
        history.render_history(
            [_build_history_entry(deed, context) for deed in reversed(row.deeds)]
        )


def _find_selected_row(alert_view: AlertView) -> Any:
    selected_key = selectable.get_selected(URL_PARAMETER)
    matches = (
        alert_view.open.head(1)
        if selected_key is None
        else alert_view.alerts[alert_view.alerts["key"] == selected_key]
    )
    return next(matches.itertuples(), None)


def _render_head(row: Any, alert_view: AlertView, context: PageContext) -> None:
    rules, at = board().register.election.alerts, context.view_time.at
    title = alerts.format_severity(rules, row.level)
    if row.latihan:
        title = f"{title} · " + _("LATIHAN")
    render_alert(
        title,
        alert_causes.format_cause(row, alert_view.alert_set, board().register, at),
        row.level,
        _build_facts(row, context),
    )


def _build_facts(row: Any, context: PageContext) -> list[tuple[str, str]]:
    at = context.view_time.at
    facts = [
        (_("Status"), tables.format_status(row)),
        (_("Pemilik"), alert_causes.format_owner(row, board().register)),
        (_("Di mana"), board().register.name_of(row.kecamatan)),
        (_("Sebab mulai"), format_moment(row.since, at)),
        (_("Derajat ini sejak"), format_moment(row.raised, at)),
    ]
    if isinstance(row.ended, str):
        facts.append((_("Sebab hilang"), format_moment(row.until, at)))
    if row.most > row.n:
        facts.append((_("Paling banyak"), format_number(row.most)))
    for name, span in ((_("Sampai dilihat"), row.to_seen), (_("Sampai ditindak"), row.to_acted)):
        if span == span:
            facts.append((name, format_duration(span.to_pytimedelta())))
    return facts


def _render_group(row: Any, alert_view: AlertView, context: PageContext) -> None:
    """Draw all open alerts of the same Polsek, where there are others, and one action for all."""
    group = data.select_group(alert_view, row.key)
    if len(group) < 2:
        return
    title = format_counts(_("{n} peringatan terbuka di sini"), n=len(group))
    page_layout.render_section_title(title)
    render_group_action(group, context)
    selectable.render_selectable_table(
        tables.build_alerts_table(
            group, alert_view.alert_set, context.view_time.at, is_narrow=True
        ),
        group["key"].tolist(),
        URL_PARAMETER,
        "sepolsek",
        title,
        visible_rows=_GROUP_ROWS,
        row_lines=4,
        file_only=tables.list_file_only_headings(),
    )


def _render_rule(row: Any) -> None:
    """Draw the rule of the alert with its thresholds."""
    election = board().register.election
    popover = st.popover(_("Aturan"), key="peringatan_aturan", on_change="rerun")
    if not popover.open:
        return
    with popover:
        st.markdown(
            "**" + markup.escape_markdown(alerts.format_rule(election.alerts, row.rule)) + "**"
        )
        st.markdown(markup.escape_markdown(alerts.format_condition(election, row.rule)))
        markup.render(markup.build_facts(alerts.list_thresholds(election, row.rule)))
        st.caption(_("Ambang dan kata: alerts.toml, usulan yang dapat diubah Polres."))


def _render_members(row: Any, alert_view: AlertView, context: PageContext) -> None:
    """Draw the members of the alert with their reports."""
    members = alert_view.alert_set.members_of(row.key)
    title = format_counts(_("{n} baris di baliknya"), n=len(members))
    table_view.render_table_popover(
        title,
        lambda: tables.build_members_table(
            row.rule, members, alert_view.alert_set, context.view_time.at
        ),
        "peringatan_baris",
    )


def _build_history_entry(action: Any, context: PageContext) -> HistoryEntry:
    """Build the history entry of one action."""
    owner = _("pemilik {owner}").format(owner=action.owner) if action.owner else ""
    author = "" if url_state.is_fixed_by_link() else action.by
    return HistoryEntry(
        when=format_moment(action.at, context.view_time.at),
        status=alerts.format_status(action.kind),
        author=author,
        text=action.text,
        note=owner,
    )


def render_alert(level: str, cause: str, rank: int, facts: Sequence[tuple[str, str]]) -> None:
    """Draw one alert: level (text with bars, rank from 0), cause and facts."""
    markup.render(
        Markup('<div class="kj-case pr-alert pr-{}"><small>{}</small><h3>{}</h3>{}</div>').format(
            rank, level, cause, markup.build_facts(facts)
        )
    )
