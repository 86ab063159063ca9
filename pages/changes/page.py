"""The panels of Sejak taklimat: which marker, four figures, four lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.changes import tables as shown
from situasi.actions import briefings
from situasi.actions.briefings import Briefing
from situasi.analysis.situation import changes
from situasi.analysis.situation.changes import SILENT_KINDS, WORSENED_KINDS, Changes
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import briefings as ui_briefings
from situasi.ui import comparison, filters, page_layout, render_cache, session, url_state
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Rows in sight of each list.
_VISIBLE_ROWS = 6
_NEWEST_KEY = "_taklimat_terakhir"


def render_briefing_filter(container: Any) -> None:
    """The choice of a marker, the last by default; kept in the address."""
    shown_now = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), shown_now)
    there = {one.id: one for one in ui_briefings.list_until(shown_now, at)}
    if there:
        _follow_newest(next(iter(there)))
        filters.render_single_filter(
            container.selectbox, ui_briefings.URL_PARAMETER, _("Sejak"), list(there),
            lambda code: ui_briefings.format_with_note(there[code], at),
        )  # fmt: skip


def _follow_newest(newest: str) -> None:
    """Whoever named no marker in the address looks since the last, also when another is set."""
    if st.session_state.get(_NEWEST_KEY) != newest and not url_state.get_values(
        ui_briefings.URL_PARAMETER
    ):
        url_state.select(ui_briefings.URL_PARAMETER, [newest], single=True)
    st.session_state[_NEWEST_KEY] = newest


def render_no_briefing(context: PageContext) -> None:
    """The empty state: what a marker is, and the button that sets one."""
    markup.render_empty_state(
        _("Belum ada taklimat yang ditandai sampai saat ini. Tanda taklimat ialah saat yang "
          "dicatat pimpinan atau staf; halaman ini lalu mendaftar apa yang baru, memburuk, "
          "selesai, dan masih diam sejak saat itu.")
    )  # fmt: skip
    if briefings.may_mark(session.viewer()):
        ui_briefings.render_mark_button(context.view_time, "tandai_pertama")
    else:
        st.caption(_("Taklimat ditandai oleh pimpinan atau staf posko."))


def compute_changes(context: PageContext, briefing: Briefing) -> Changes:
    """What changed since this briefing, of the chosen kecamatan."""
    past = comparison.context_at_briefing(context, briefing)
    found = (
        past.compute(changes.compute_situation_state),
        context.compute(changes.compute_situation_state),
        session.get_feed_states(past.snapshot_view, past.view_time),
        session.get_feed_states(context.snapshot_view, context.view_time),
    )
    at, kecamatan = past.view_time.at, context.kecamatan
    make = partial(changes.compute_changes, since=at, kecamatan=kecamatan)
    return render_cache.get_or_build("perubahan", (at, kecamatan), found, make)


def render_kpis(change_set: Changes) -> None:
    """How many are in each list, and of what kinds."""
    grave = int((change_set.new["tingkat"] == "tinggi").sum())
    closed = int(change_set.closed["before"].isna().sum())
    render_kpi_row(
        [
            Kpi(
                "baru",
                Card(
                    _("Baru"),
                    _format_case_count(len(change_set.new)),
                    _("{n} tinggi").format(n=i18n.format_number(grave)),
                    is_alarm=grave > 0,
                ),
                lambda: shown.build_new_table(change_set.new),
            ),
            Kpi(
                "memburuk",
                Card(
                    _("Memburuk"),
                    i18n.format_number(len(change_set.worse)),
                    _format_kind_counts(change_set.worse, WORSENED_KINDS),
                    is_alarm=len(change_set.worse) > 0,
                ),
                lambda: shown.build_worsened_table(change_set.worse),
            ),
            Kpi(
                "selesai",
                Card(
                    _("Selesai"),
                    _format_case_count(len(change_set.closed)),
                    _("{n} di antaranya juga baru").format(n=i18n.format_number(closed)),
                ),
                lambda: shown.build_closed_table(change_set.closed),
            ),
            Kpi(
                "diam",
                Card(
                    _("Masih diam"),
                    i18n.format_number(len(change_set.silent)),
                    _format_kind_counts(change_set.silent, SILENT_KINDS),
                ),
                lambda: shown.build_silent_table(change_set.silent),
            ),
        ]
    )


def _format_case_count(count: int) -> str:
    return _("{n} kejadian").format(n=i18n.format_number(count))


def _format_kind_counts(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """'2 tingkat naik · 14 TPS terlambat atau diragukan'."""
    named = shown.format_worsened_kind if kinds == WORSENED_KINDS else shown.format_silent_kind
    counts = rows["kind"].value_counts()
    said = [
        f"{i18n.format_number(int(counts[kind]))} {named(kind)}" for kind in kinds if kind in counts
    ]
    return " · ".join(said) or _("tidak ada")


def render_lists(change_set: Changes, briefing_name: str) -> None:
    """The four lists, in the order in which they are read. name: of the briefing."""
    _render_list(
        "baru",
        _("{n} kejadian baru sejak {briefing}"),
        briefing_name,
        change_set.new,
        shown.build_new_table,
        _("Tidak ada kejadian baru."),
    )
    _render_list(
        "memburuk",
        _("{n} hal memburuk sejak {briefing}"),
        briefing_name,
        change_set.worse,
        shown.build_worsened_table,
        _("Tidak ada yang memburuk."),
    )
    _render_list(
        "selesai",
        _("{n} kejadian selesai sejak {briefing}"),
        briefing_name,
        change_set.closed,
        shown.build_closed_table,
        _("Tidak ada kejadian yang selesai."),
    )
    _render_list(
        "diam",
        _("{n} masih diam sejak {briefing}"),
        briefing_name,
        change_set.silent,
        shown.build_silent_table,
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
    said = title.format(n=i18n.format_number(len(rows)), briefing=briefing_name)
    page_layout.render_section_title(said)
    if rows.empty:
        st.caption(empty_text)
    else:
        table_view.render_table(build(rows), f"daftar_{key}", said, visible_rows=_VISIBLE_ROWS)


def show() -> None:
    view = page_layout.begin_page(label("screen", "perubahan"), render_briefing_filter)
    one = ui_briefings.get_selected(view.snapshot_view, view.view_time)
    if one is None:
        render_no_briefing(view)
        return
    ui_briefings.render_mark_result(view.view_time)  # the button of the empty page is no more
    found = compute_changes(view, one)
    render_kpis(found)
    render_lists(found, ui_briefings.format_name(one, view.view_time))
