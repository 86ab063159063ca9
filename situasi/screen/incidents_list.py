"""The list of cases, and which of them is looked at: kept in the address as `kasus`."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from situasi import words
from situasi.analysis.casework import Casework
from situasi.screen import address, drawn, filters, incidents_tables, page, parts, tables
from situasi.screen.tables import Table
from situasi.words import _

MOST = 12  # rows in sight
_CHOSEN = "_kasus"


def looked_at() -> str | None:
    """The case that the address names."""
    if _CHOSEN in st.session_state:
        case = st.session_state.pop(_CHOSEN)
        if case is None:
            st.query_params.pop("kasus", None)
        else:
            st.query_params["kasus"] = case
    return st.query_params.get("kasus")


def keep_within(found: Casework) -> None:
    """A guest looks closely only at cases that the link shows."""
    if address.is_bound() and looked_at() not in {*found.shown["case"], *found.overdue["case"]}:
        st.query_params.pop("kasus", None)


def bound(found: Casework) -> Casework:
    """What the page speaks of: for a guest no pair of which the link leaves one out."""
    if not address.is_bound():
        return found
    shown = set(found.shown["case"])
    twins = [pair for pair in found.twins if {pair.first, pair.second} <= shown]
    return replace(found, twins=twins, strangers=found.strangers.head(0))


def list_panel(found: Casework) -> None:
    """The selected cases, newest first."""
    with parts.bar():
        title = _("{n} kejadian dari {reports} laporan").format(
            n=words.number(len(found.shown)), reports=words.number(found.reports)
        )
        page.section(title)
        if found.elsewhen:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=words.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
    if found.shown.empty:
        parts.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    newest, table = drawn.once("kejadian", None, (found.shown, found.overdue), _newest_first)
    choosable(table, newest, "daftar", title)


def _newest_first(shown: pd.DataFrame, overdue: pd.DataFrame) -> tuple[pd.Series, Table]:
    newest = shown.iloc[::-1]
    return newest["case"], incidents_tables.listed(newest, overdue)


def overdue_panel(found: Casework) -> None:
    """What is late, the latest first."""
    with parts.bar():
        page.section(_("Lewat waktu: langkah berikut yang ditunggu"))
    if found.overdue.empty:
        parts.empty(_("Tidak ada kejadian terbuka yang lewat batas waktu."))
    else:
        table = drawn.once("lewat", None, (found.overdue,), incidents_tables.overdue)
        choosable(table, found.overdue["case"], "lewat", _("Kejadian lewat waktu"))
    st.caption(
        _("Batas waktu adalah usulan (rules.toml), menurut tingkat; yang belum dinilai sebagai "
          "sedang.")
    )  # fmt: skip


def choosable(table: Table, cases: pd.Series, name: str, title: str) -> None:
    """A table of which a row opens its case. cases: in the order of the table."""
    order = cases.tolist()
    chosen = looked_at()
    key = _key(name, order, chosen)
    tables.shown(
        table,
        key,
        title,
        most=MOST,
        counted=name,
        on_select=lambda: _choose(name, key, order),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [order.index(chosen)] if chosen in order else []}},
    )


def _key(name: str, order: list[str], chosen: str | None) -> str:
    """A new table where the marked row would be wrong: other rows, or chosen elsewhere.

    Chosen in this very table it stays the same, and keeps its place on the screen.
    """
    marked, turn = st.session_state.get(_turn(name), (chosen, 0))
    if marked != chosen:
        turn += 1
    st.session_state[_turn(name)] = (chosen, turn)
    return f"{name}_{turn}_{zlib.crc32(repr(order).encode()):x}"


def _choose(name: str, key: str, order: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    chosen = order[rows[0]] if rows else None
    _marked, turn = st.session_state[_turn(name)]
    st.session_state[_turn(name)] = (chosen, turn)
    look_at(chosen)


def look_at(case: str | None) -> None:
    """Open a case (a callback): the run that follows writes it into the address."""
    st.session_state[_CHOSEN] = case


def _turn(name: str) -> str:
    return f"_turn_{name}"
