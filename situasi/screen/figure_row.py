"""Key figures in a row; a click on one opens the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from situasi.screen import parts, tables
from situasi.screen.parts import Card
from situasi.screen.tables import Table


@dataclass(frozen=True)
class Figure:
    """A card and what stands behind it.

    rows: gives the table when somebody opens it; None where nothing can be listed.
    """

    key: str
    card: Card
    rows: Callable[[], Table] | None = None


def figure_row(figures: Sequence[Figure]) -> None:
    """Draw the figures side by side, as many in a line as fit."""
    with st.container(key="angka"):
        for figure in figures:
            with st.container(key=f"angka_{figure.key}", gap=None):
                parts.card(figure.card)
                if figure.rows is not None:
                    tables.opens(figure.card.title, figure.rows, f"baris_{figure.key}")
