"""Tables of which a row opens what it is about: which one, is kept in the address under a name."""

from __future__ import annotations

import zlib
from typing import Any

import streamlit as st

from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table


def get_selected(name: str) -> str | None:
    """What the address names."""
    if (kept := _pending_key(name)) in st.session_state:
        code = st.session_state.pop(kept)
        if code is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = code
    return st.query_params.get(name)


def select(name: str, code: str | None) -> None:
    """Open one (a callback): the run that follows writes it into the address."""
    st.session_state[_pending_key(name)] = code


def clear_selection(name: str) -> None:
    """Open none, at once."""
    st.query_params.pop(name, None)


def render_selectable_table(
    table: Table, codes: list[str], name: str, widget: str, title: str, **options: Any
) -> None:
    """A table of which a row opens what it is about. codes: in the order of the table."""
    chosen = get_selected(name)
    key = _get_table_key(widget, codes, chosen)
    table_view.render_table(
        table,
        key,
        title,
        explanation_key=widget,
        on_select=lambda: _on_select(name, widget, key, codes),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [codes.index(chosen)] if chosen in codes else []}},
        **options,
    )


def _get_table_key(widget: str, codes: list[str], selected: str | None) -> str:
    """A new table where the marked row would be wrong: other rows, or chosen elsewhere.

    Chosen in this very table it stays the same, and keeps its place on the screen.
    """
    marked, turn = st.session_state.get(_generation_key(widget), (selected, 0))
    if marked != selected:
        turn += 1
    st.session_state[_generation_key(widget)] = (selected, turn)
    return f"{widget}_{turn}_{zlib.crc32(repr(codes).encode()):x}"


def _on_select(name: str, widget: str, key: str, codes: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    chosen = codes[rows[0]] if rows else None
    _marked, turn = st.session_state[_generation_key(widget)]
    st.session_state[_generation_key(widget)] = (chosen, turn)
    select(name, chosen)


def _pending_key(name: str) -> str:
    return f"_{name}"


def _generation_key(widget: str) -> str:
    return f"_turn_{widget}"
