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
from situasi.ui.components.kpi_row import Figure, figure_row
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import View
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Rows in sight of each list.
_IN_SIGHT = 6
_NEWEST = "_taklimat_terakhir"


def marker_filter(place: Any) -> None:
    """The choice of a marker, the last by default; kept in the address."""
    shown_now = session.picture()
    at = session.moment(filters.past_moment(), shown_now)
    there = {one.id: one for one in ui_briefings.there_are(shown_now, at)}
    if there:
        _follow_newest(next(iter(there)))
        filters.one(
            place.selectbox, ui_briefings.NAME, _("Sejak"), list(there),
            lambda code: ui_briefings.in_words(there[code], at),
        )  # fmt: skip


def _follow_newest(newest: str) -> None:
    """Whoever named no marker in the address looks since the last, also when another is set."""
    if st.session_state.get(_NEWEST) != newest and not url_state.written(ui_briefings.NAME):
        url_state.choose(ui_briefings.NAME, [newest], single=True)
    st.session_state[_NEWEST] = newest


def no_marker(view: View) -> None:
    """The empty state: what a marker is, and the button that sets one."""
    markup.empty(
        _("Belum ada taklimat yang ditandai sampai saat ini. Tanda taklimat ialah saat yang "
          "dicatat pimpinan atau staf; halaman ini lalu mendaftar apa yang baru, memburuk, "
          "selesai, dan masih diam sejak saat itu.")
    )  # fmt: skip
    if briefings.may_mark(session.viewer()):
        ui_briefings.mark_button(view.at, "tandai_pertama")
    else:
        st.caption(_("Taklimat ditandai oleh pimpinan atau staf posko."))


def found_since(view: View, one: Briefing) -> Changes:
    """What changed since this briefing, of the chosen kecamatan."""
    past = comparison.past(view, one)
    found = (
        past.compute(changes.compute_situation_state),
        view.compute(changes.compute_situation_state),
        session.heard(past.shown, past.at),
        session.heard(view.shown, view.at),
    )
    at, kecamatan = past.at.at, view.kecamatan
    make = partial(changes.compute_changes, since=at, kecamatan=kecamatan)
    return render_cache.once("perubahan", (at, kecamatan), found, make)


def key_figures(found: Changes) -> None:
    """How many are in each list, and of what kinds."""
    grave = int((found.new["tingkat"] == "tinggi").sum())
    closed = int(found.closed["before"].isna().sum())
    figure_row(
        [
            Figure(
                "baru",
                Card(_("Baru"), _cases(len(found.new)),
                     _("{n} tinggi").format(n=i18n.format_number(grave)), alarm=grave > 0),
                lambda: shown.new(found.new),
            ),
            Figure(
                "memburuk",
                Card(_("Memburuk"), i18n.format_number(len(found.worse)), _kinds(found.worse, WORSENED_KINDS),
                     alarm=len(found.worse) > 0),
                lambda: shown.worse(found.worse),
            ),
            Figure(
                "selesai",
                Card(_("Selesai"), _cases(len(found.closed)),
                     _("{n} di antaranya juga baru").format(n=i18n.format_number(closed))),
                lambda: shown.closed(found.closed),
            ),
            Figure(
                "diam",
                Card(_("Masih diam"), i18n.format_number(len(found.silent)),
                     _kinds(found.silent, SILENT_KINDS)),
                lambda: shown.silent(found.silent),
            ),
        ]
    )  # fmt: skip


def _cases(count: int) -> str:
    return _("{n} kejadian").format(n=i18n.format_number(count))


def _kinds(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """'2 tingkat naik · 14 TPS terlambat atau diragukan'."""
    named = shown.what_is_worse if kinds == WORSENED_KINDS else shown.who_is_silent
    counts = rows["kind"].value_counts()
    said = [
        f"{i18n.format_number(int(counts[kind]))} {named(kind)}" for kind in kinds if kind in counts
    ]
    return " · ".join(said) or _("tidak ada")


def lists(found: Changes, name: str) -> None:
    """The four lists, in the order in which they are read. name: of the briefing."""
    _list("baru", _("{n} kejadian baru sejak {briefing}"), name, found.new, shown.new,
          _("Tidak ada kejadian baru."))  # fmt: skip
    _list("memburuk", _("{n} hal memburuk sejak {briefing}"), name, found.worse, shown.worse,
          _("Tidak ada yang memburuk."))  # fmt: skip
    _list("selesai", _("{n} kejadian selesai sejak {briefing}"), name, found.closed, shown.closed,
          _("Tidak ada kejadian yang selesai."))  # fmt: skip
    _list("diam", _("{n} masih diam sejak {briefing}"), name, found.silent, shown.silent,
          _("Tidak ada yang masih diam."))  # fmt: skip


def _list(
    key: str,
    title: str,
    name: str,
    rows: pd.DataFrame,
    made: Callable[[pd.DataFrame], Table],
    nothing: str,
) -> None:
    said = title.format(n=i18n.format_number(len(rows)), briefing=name)
    page_layout.section(said)
    if rows.empty:
        st.caption(nothing)
    else:
        table_view.shown(made(rows), f"daftar_{key}", said, most=_IN_SIGHT)


def show() -> None:
    view = page_layout.opened(label("screen", "perubahan"), marker_filter)
    one = ui_briefings.chosen(view.shown, view.at)
    if one is None:
        no_marker(view)
        return
    ui_briefings.told(view.at)  # the button of the empty page is no more
    found = found_since(view, one)
    key_figures(found)
    lists(found, ui_briefings.name(one, view.at))
