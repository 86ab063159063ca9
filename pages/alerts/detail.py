"""One alert: why, since when, whose, its life, its rule with the rows behind, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from pages.alerts import tables as alerts_tables
from pages.alerts import wording as say
from pages.alerts.actions import render_actions
from pages.alerts.data import AlertView
from pages.alerts.panels import URL_PARAMETER
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation import alerts as telling
from situasi.ui import page_layout, url_state
from situasi.ui.components import history, markup
from situasi.ui.components.history import HistoryEntry
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import selectable, table_view
from situasi.ui.wording import incidents


def render_detail_panel(alert_view: AlertView, context: PageContext) -> None:
    """The alert that the address names, else the first that is open."""
    page_layout.render_section_title(_("Rincian"))
    row = _find_selected_row(alert_view)
    if row is None:
        asked = selectable.get_selected(URL_PARAMETER)
        markup.render_empty_state(
            _("Peringatan ini tidak ada pada saat dan pilihan yang ditampilkan.")
            if asked
            else _("Pilih satu peringatan di daftar untuk melihat rinciannya.")
        )
        return
    _render_head(row, alert_view, context)
    render_actions(row, context)
    with st.container(horizontal=True, key="peringatan_bawah"):
        _render_rule(row)
        _render_members(row, alert_view, context)
    if row.deeds:
        history.render_history(
            [_build_history_entry(deed, context) for deed in reversed(row.deeds)]
        )


def _find_selected_row(alert_view: AlertView) -> Any:
    asked = selectable.get_selected(URL_PARAMETER)
    some = (
        alert_view.open.head(1)
        if asked is None
        else alert_view.alerts[alert_view.alerts["key"] == asked]
    )
    return next(some.itertuples(), None)


def _render_head(row: Any, alert_view: AlertView, context: PageContext) -> None:
    rules, at = board().register.election.alerts, context.view_time.at
    title = telling.format_severity(rules, row.level)
    if row.latihan:
        title = f"{title} · " + _("LATIHAN")
    render_alert(
        title,
        say.format_cause(row, alert_view.alert_set, at),
        row.level,
        _build_facts(row, context),
    )


def _build_facts(row: Any, context: PageContext) -> list[tuple[str, str]]:
    at = context.view_time.at
    said = telling.format_status(row.life)
    if row.open and row.fading:
        said = _("{life}, mereda").format(life=said)
    facts = [
        (_("Status"), said),
        (_("Pemilik"), say.format_owner(row)),
        (_("Di mana"), say.format_place(row)),
        (_("Sebab mulai"), incidents.format_time(row.since, at)),
        (_("Derajat ini sejak"), incidents.format_time(row.raised, at)),
    ]
    if isinstance(row.ended, str):
        facts.append((_("Sebab hilang"), incidents.format_time(row.until, at)))
    if row.most > row.n:
        facts.append((_("Paling banyak"), i18n.format_number(row.most)))
    for name, span in ((_("Sampai dilihat"), row.to_seen), (_("Sampai ditindak"), row.to_acted)):
        if span == span:
            facts.append((name, i18n.format_duration(span.to_pytimedelta())))
    return facts


def _render_rule(row: Any) -> None:
    """The rule that raised it, with its thresholds."""
    election = board().register.election
    opened = st.popover(_("Aturan"), key="peringatan_aturan", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(
            "**" + markup.escape_markdown(telling.format_rule(election.alerts, row.rule)) + "**"
        )
        st.markdown(markup.escape_markdown(telling.format_condition(election, row.rule)))
        render_thresholds(telling.list_thresholds(election, row.rule))
        st.caption(_("Ambang dan kata: alerts.toml, usulan yang dapat diubah Polres."))


def _render_members(row: Any, alert_view: AlertView, context: PageContext) -> None:
    """Whom it concerns and concerned, with the reports behind."""
    some = alert_view.alert_set.members_of(row.key)
    title = _("{n} baris di baliknya").format(n=i18n.format_number(len(some)))
    table_view.render_table_popover(
        title,
        lambda: alerts_tables.build_members_table(
            row.rule, some, alert_view.alert_set, context.view_time.at
        ),
        "peringatan_baris",
    )


def _build_history_entry(action: Any, context: PageContext) -> HistoryEntry:
    """What somebody did."""
    local = action.at.astimezone(context.view_time.at.tzinfo)
    when = i18n.format_time(local)
    if local.date() != context.view_time.at.date():
        when = f"{i18n.format_date(local)} {when}"
    owner = _("pemilik {owner}").format(owner=action.owner) if action.owner else ""
    who = "" if url_state.is_fixed_by_link() else action.by
    return HistoryEntry(
        when=when,
        status=telling.format_status(action.what),
        author=who,
        text=action.text,
        note=owner,
    )


def render_alert(level: str, cause: str, rank: int, facts: Sequence[tuple[str, str]]) -> None:
    """One alert: how grave (word with bars, rank from 0), why, and what is known of it."""
    known = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in facts
    )
    markup.render(
        Markup(
            '<div class="kj-case pr-alert pr-{}"><small>{}</small><h3>{}</h3>'
            '<dl class="kj-facts">{}</dl></div>'
        ).format(rank, level, cause, known)
    )


def render_thresholds(rows: Sequence[tuple[str, str]]) -> None:
    """The thresholds of a rule."""
    lines = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in rows
    )
    markup.render(Markup('<dl class="kj-facts">{}</dl>').format(lines))
