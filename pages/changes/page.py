"""The page Sejak taklimat: the briefing, four KPIs and four lists."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.changes import tables
from situasi.actions import briefings
from situasi.actions.briefings import Briefing
from situasi.analysis.situation import changes
from situasi.analysis.situation.changes import SILENT_KINDS, WORSENED_KINDS, Changes
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
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
_MINUTE = timedelta(minutes=1)
_NEWEST_KEY = "_taklimat_terakhir"


class _ChangeList(NamedTuple):
    """A list of the page: its rows are the field `name` of Changes."""

    key: str
    name: str
    build_table: Callable[[pd.DataFrame], Table]
    title: str
    empty_text: str


_LISTS = (
    _ChangeList("baru", "new", tables.build_new_table,
                N_("{n} kejadian baru sejak {briefing}"), N_("Tidak ada kejadian baru.")),
    _ChangeList("memburuk", "worse", tables.build_worsened_table,
                N_("{n} hal memburuk sejak {briefing}"), N_("Tidak ada yang memburuk.")),
    _ChangeList("selesai", "closed", tables.build_closed_table,
                N_("{n} kejadian selesai sejak {briefing}"),
                N_("Tidak ada kejadian yang selesai.")),
    _ChangeList("diam", "silent", tables.build_silent_table,
                N_("{n} masih diam sejak {briefing}"), N_("Tidak ada yang masih diam.")),
)  # fmt: skip


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


def render_kpis(change_set: Changes) -> None:
    """Draw the number of changes in each list, and of which kinds."""
    high_count = int((change_set.new["tingkat"] == "tinggi").sum())
    closed_new_count = int(change_set.closed["before"].isna().sum())
    cards = {
        "new": Card(
            _("Baru"),
            _format_case_count(len(change_set.new)),
            format_counts(_("{n} tinggi"), n=high_count),
            is_alarm=high_count > 0,
        ),
        "worse": Card(
            _("Memburuk"),
            format_number(len(change_set.worse)),
            _format_kind_counts(change_set.worse, WORSENED_KINDS),
            is_alarm=len(change_set.worse) > 0,
        ),
        "closed": Card(
            _("Selesai"),
            _format_case_count(len(change_set.closed)),
            format_counts(_("{n} di antaranya juga baru"), n=closed_new_count),
        ),
        "silent": Card(
            _("Masih diam"),
            format_number(len(change_set.silent)),
            _format_kind_counts(change_set.silent, SILENT_KINDS),
        ),
    }
    render_kpi_row(
        [
            Kpi(one.key, cards[one.name], partial(one.build_table, getattr(change_set, one.name)))
            for one in _LISTS
        ]
    )


def _format_case_count(count: int) -> str:
    return format_counts(_("{n} kejadian"), n=count)


def _format_kind_counts(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """Return a text like '2 tingkat naik · 14 TPS terlambat atau diragukan'."""
    name_of = tables.format_worsened_kind if kinds == WORSENED_KINDS else tables.format_silent_kind
    counts = rows["kind"].value_counts()
    texts = [
        f"{format_number(int(counts[kind]))} {name_of(kind)}" for kind in kinds if kind in counts
    ]
    return " · ".join(texts) or _("tidak ada")


def render_lists(change_set: Changes, briefing_name: str) -> None:
    """Draw the four lists in reading order."""
    for one in _LISTS:
        rows = getattr(change_set, one.name)
        heading = _(one.title).format(n=format_number(len(rows)), briefing=briefing_name)
        page_layout.render_section_title(heading)
        if rows.empty:
            st.caption(_(one.empty_text))
        else:
            table_view.render_table(
                one.build_table(rows), f"daftar_{one.key}", heading, visible_rows=_VISIBLE_ROWS
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
        render_kpis(change_set)
        render_lists(change_set, ui_briefings.format_name(briefing, context.view_time))
    if not ui_briefings.list_until(context):
        render_no_briefing(context)


def _has_reports(context: PageContext) -> bool:
    return any(state.last_known_at is not None for state in context.get_feed_states())
