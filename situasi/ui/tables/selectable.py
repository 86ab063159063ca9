"""Tables whose selected row opens a detail; the selection is a parameter of the URL."""

import zlib
from typing import Any

import streamlit as st

from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table


def get_selected(name: str) -> str | None:
    """Return the selected code, from a pending selection or from the URL."""
    if (key := _pending_key(name)) in st.session_state:
        code = st.session_state.pop(key)
        if code is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = code
    return st.query_params.get(name)


def select(name: str, code: str | None) -> None:
    """Select a code (in a callback): the next run writes it into the URL."""
    st.session_state[_pending_key(name)] = code


def clear_selection(name: str) -> None:
    """Remove the selection from the URL at once."""
    st.query_params.pop(name, None)


def render_selectable_table(
    table: Table, codes: list[str], name: str, widget: str, title: str, **options: Any
) -> None:
    """Draw a table whose selected row opens a detail; codes: in the order of the rows."""
    code = get_selected(name)
    key = _get_table_key(widget, codes, code)
    table_view.render_table(
        table,
        key,
        title,
        explanation_key=widget,
        on_select=lambda: _on_select(name, widget, key, codes),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [codes.index(code)] if code in codes else []}},
        **options,
    )


def _get_table_key(widget: str, codes: list[str], selected: str | None) -> str:
    """Return the widget key; it changes if other rows or another code were selected elsewhere.

    If the row was selected in this table the key stays, and with it the scroll position.
    """
    last_selected, generation = st.session_state.get(_generation_key(widget), (selected, 0))
    if last_selected != selected:
        generation += 1
    st.session_state[_generation_key(widget)] = (selected, generation)
    return f"{widget}_{generation}_{zlib.crc32(repr(codes).encode()):x}"


def _on_select(name: str, widget: str, key: str, codes: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    code = codes[rows[0]] if rows else None
    _last_selected, generation = st.session_state[_generation_key(widget)]
    st.session_state[_generation_key(widget)] = (code, generation)
    select(name, code)


def _pending_key(name: str) -> str:
    return f"_{name}"


def _generation_key(widget: str) -> str:
    return f"_turn_{widget}"
