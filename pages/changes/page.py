"""The page Sejak taklimat: the briefing, four KPIs and four lists."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.changes import tables
from situasi.actions import briefings
from situasi.actions.briefings import Briefing, format_name
from situasi.analysis.situation import changes
from situasi.analysis.situation.changes import Changes
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.rules import CriticalRule
from situasi.presentation import changes as change_words
from situasi.ui import briefings as ui_briefings
from situasi.ui import comparison, filters, page_layout, render_cache, url_state
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, render_kpi_row
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Visible rows of each list.
_VISIBLE_ROWS = 6
_MINUTE = timedelta(minutes=1)
_NEWEST_KEY = "_taklimat_terakhir"


_TABLES: dict[str, Callable[[pd.DataFrame], Table]] = {
    "baru": tables.build_new_table,
    "memburuk": tables.build_worsened_table,
    "selesai": tables.build_closed_table,
    "diam": tables.build_silent_table,
}


def render_briefing_filter(context: PageContext, container: Any) -> None:
    """Draw the choice of a briefing or of the last hours, kept in the URL.

    The last briefing by default; where there is none, the shortest of the hours.
    """
    listed = ui_briefings.list_until(context)
    if listed:
        _follow_newest(listed[0].id)
    by_id = {one.id: one for one in [*listed, *ui_briefings.list_recent_hours(context)]}
    names = {code: ui_briefings.format_with_note(one, context) for code, one in by_id.items()}
    filters.render_single_filter(
        container.selectbox, ui_briefings.URL_PARAMETER, _("Sejak"), list(names),
        names.__getitem__,
    )  # fmt: skip


def _follow_newest(newest: str) -> None:
    """Select the newest briefing, unless the URL names one; also when a new one is marked."""
    if st.session_state.get(_NEWEST_KEY) != newest and not url_state.get_values(
        ui_briefings.URL_PARAMETER
    ):
        url_state.select(ui_briefings.URL_PARAMETER, [newest], single=True)
    st.session_state[_NEWEST_KEY] = newest


def render_no_briefing(context: PageContext) -> None:
    """Draw what a briefing is, and the button that marks one."""
    markup.render_empty_state(
        _("Belum ada taklimat yang ditandai sampai saat ini. Tanda taklimat ialah saat yang "
          "dicatat pimpinan atau staf; halaman ini lalu mendaftar apa yang baru, memburuk, "
          "selesai, dan masih diam sejak saat itu.")
    )  # fmt: skip
    if briefings.may_mark(context.viewer):
        ui_briefings.render_mark_button(context, "tandai_pertama")
    else:
        st.caption(_("Taklimat ditandai oleh pimpinan atau staf posko."))


def compute_changes(context: PageContext, briefing: Briefing) -> Changes:
    """Compute the changes since this briefing in the chosen kecamatan."""
    past = comparison.context_at_briefing(context, briefing)
    inputs = (
        past.compute(changes.compute_situation_state),
        context.compute(changes.compute_situation_state),
        past.get_feed_states(),
        context.get_feed_states(),
    )
    at, kecamatan = past.view_time.at, context.kecamatan
    clock = context.exercise_at
    until = None if clock is None else clock + _MINUTE  # of rows reported in this very minute
    compute = partial(changes.compute_changes, since=at, kecamatan=kecamatan, until=until)
    return render_cache.get_or_build("perubahan", (at, kecamatan, until), inputs, compute)


def render_kpis(change_set: Changes, critical: CriticalRule) -> None:
    """Draw the number of changes in each list, and of which kinds."""
    kpi_texts = change_words.format_kpis(change_set, critical)
    render_kpi_row(
        [
            Kpi(
                one.key,
                markup.build_card(kpi_texts[one.key]),
                partial(_TABLES[one.key], one.get_rows(change_set)),
            )
            for one in change_words.LISTS
        ]
    )


def render_lists(change_set: Changes, briefing_name: str) -> None:
    """Draw the four lists in reading order."""
    for one in change_words.LISTS:
        rows = one.get_rows(change_set)
        heading = one.format_heading(change_set, briefing_name)
        page_layout.render_section_title(heading)
        if rows.empty:
            st.caption(_(one.empty_text))
        else:
            table_view.render_table(
                _TABLES[one.key](rows), f"daftar_{one.key}", heading, visible_rows=_VISIBLE_ROWS
            )


def show(context: PageContext) -> None:
    """Draw the page Sejak taklimat."""
    context = page_layout.begin_page(
        context, label("screen", "perubahan"), partial(render_briefing_filter, context)
    )
    briefing = ui_briefings.get_selected(context)
    # Without a single report nothing can be new, and nothing is silent.
    if briefing is None and _has_reports(context):
        briefing = ui_briefings.list_recent_hours(context)[0]
    if briefing is not None:
        change_set = compute_changes(context, briefing)
        render_kpis(change_set, context.register.election.rules.critical)
        render_lists(change_set, format_name(briefing, context.view_time))
    if not ui_briefings.list_until(context):
        render_no_briefing(context)


def _has_reports(context: PageContext) -> bool:
    return any(state.last_known_at is not None for state in context.get_feed_states())
