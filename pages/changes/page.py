"""The page Sejak taklimat: the briefing, four KPIs and four lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.changes import tables
from situasi.actions import briefings
from situasi.actions.briefings import Briefing
from situasi.analysis.situation import changes
from situasi.analysis.situation.changes import SILENT_KINDS, WORSENED_KINDS, Changes
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import briefings as ui_briefings
from situasi.ui import comparison, filters, page_layout, render_cache, url_state
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Visible rows of each list.
_VISIBLE_ROWS = 6
_NEWEST_KEY = "_taklimat_terakhir"


def render_briefing_filter(context: PageContext, container: Any) -> None:
    """Draw the choice of a briefing, the last by default, kept in the URL."""
    by_id = {briefing.id: briefing for briefing in ui_briefings.list_until(context)}
    if by_id:
        _follow_newest(next(iter(by_id)))
        filters.render_single_filter(
            container.selectbox, ui_briefings.URL_PARAMETER, _("Sejak"), list(by_id),
            lambda code: ui_briefings.format_with_note(by_id[code], context),
        )  # fmt: skip


def _follow_newest(newest: str) -> None:
    """Select the newest briefing, unless the URL names one; also when a new one is marked."""
    if st.session_state.get(_NEWEST_KEY) != newest and not url_state.get_values(
        ui_briefings.URL_PARAMETER
    ):
        url_state.select(ui_briefings.URL_PARAMETER, [newest], single=True)
    st.session_state[_NEWEST_KEY] = newest


def render_no_briefing(context: PageContext) -> None:
    """Draw the empty state: what a briefing is, and the button that marks one."""
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
    compute = partial(changes.compute_changes, since=at, kecamatan=kecamatan)
    return render_cache.get_or_build("perubahan", (at, kecamatan), inputs, compute)


def render_kpis(change_set: Changes) -> None:
    """Draw the number of changes in each list, and of which kinds."""
    high_count = int((change_set.new["tingkat"] == "tinggi").sum())
    closed_new_count = int(change_set.closed["before"].isna().sum())
    render_kpi_row(
        [
            Kpi(
                "baru",
                Card(
                    _("Baru"),
                    _format_case_count(len(change_set.new)),
                    _("{n} tinggi").format(n=i18n.format_number(high_count)),
                    is_alarm=high_count > 0,
                ),
                lambda: tables.build_new_table(change_set.new),
            ),
            Kpi(
                "memburuk",
                Card(
                    _("Memburuk"),
                    i18n.format_number(len(change_set.worse)),
                    _format_kind_counts(change_set.worse, WORSENED_KINDS),
                    is_alarm=len(change_set.worse) > 0,
                ),
                lambda: tables.build_worsened_table(change_set.worse),
            ),
            Kpi(
                "selesai",
                Card(
                    _("Selesai"),
                    _format_case_count(len(change_set.closed)),
                    _("{n} di antaranya juga baru").format(n=i18n.format_number(closed_new_count)),
                ),
                lambda: tables.build_closed_table(change_set.closed),
            ),
            Kpi(
                "diam",
                Card(
                    _("Masih diam"),
                    i18n.format_number(len(change_set.silent)),
                    _format_kind_counts(change_set.silent, SILENT_KINDS),
                ),
                lambda: tables.build_silent_table(change_set.silent),
            ),
        ]
    )


def _format_case_count(count: int) -> str:
    return _("{n} kejadian").format(n=i18n.format_number(count))


def _format_kind_counts(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """Return a text like '2 tingkat naik · 14 TPS terlambat atau diragukan'."""
    name_of = tables.format_worsened_kind if kinds == WORSENED_KINDS else tables.format_silent_kind
    counts = rows["kind"].value_counts()
    texts = [
        f"{i18n.format_number(int(counts[kind]))} {name_of(kind)}"
        for kind in kinds
        if kind in counts
    ]
    return " · ".join(texts) or _("tidak ada")


def render_lists(change_set: Changes, briefing_name: str) -> None:
    """Draw the four lists in reading order."""
    _render_list(
        "baru",
        _("{n} kejadian baru sejak {briefing}"),
        briefing_name,
        change_set.new,
        tables.build_new_table,
        _("Tidak ada kejadian baru."),
    )
    _render_list(
        "memburuk",
        _("{n} hal memburuk sejak {briefing}"),
        briefing_name,
        change_set.worse,
        tables.build_worsened_table,
        _("Tidak ada yang memburuk."),
    )
    _render_list(
        "selesai",
        _("{n} kejadian selesai sejak {briefing}"),
        briefing_name,
        change_set.closed,
        tables.build_closed_table,
        _("Tidak ada kejadian yang selesai."),
    )
    _render_list(
        "diam",
        _("{n} masih diam sejak {briefing}"),
        briefing_name,
        change_set.silent,
        tables.build_silent_table,
        _("Tidak ada yang masih diam."),
    )


def _render_list(
    key: str,
    title: str,
    briefing_name: str,
    rows: pd.DataFrame,
    build: Callable[[pd.DataFrame], Table],
    empty_text: str,
) -> None:
    heading = title.format(n=i18n.format_number(len(rows)), briefing=briefing_name)
    page_layout.render_section_title(heading)
    if rows.empty:
        st.caption(empty_text)
    else:
        table_view.render_table(build(rows), f"daftar_{key}", heading, visible_rows=_VISIBLE_ROWS)


def show(context: PageContext) -> None:
    """Draw the page Sejak taklimat."""
    context = page_layout.begin_page(
        context, label("screen", "perubahan"), partial(render_briefing_filter, context)
    )
    briefing = ui_briefings.get_selected(context)
    if briefing is None:
        render_no_briefing(context)
        return
    ui_briefings.render_mark_result(context.view_time)  # the button of the empty state is gone
    change_set = compute_changes(context, briefing)
    render_kpis(change_set)
    render_lists(change_set, ui_briefings.format_name(briefing, context.view_time))
