"""A board with the whole rehearsal day, and every page of it drawn once without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.board import Board
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table
from tests.rehearsed import script_of

FIRST = "16.10.01.1011.001"  # a TPS

# Every page, and what else of it can be chosen; all at 12.30 of the election day.
VIEWS = (
    ("situation", {}),
    ("incidents", {}),
    ("turnout", {}),
    ("turnout", {"kec": "16.10.04"}),
    ("stations", {"tps": FIRST}),
    ("personnel", {}),
    ("personnel", {"menurut": "polsek", "daftar": "cadangan"}),
    ("personnel", {"menurut": "instansi", "daftar": "tanpa_kabar"}),
    ("personnel", {"petugas": "P-0302"}),
    ("redeployment", {}),
    ("activities", {}),
    ("neutrality", {}),
    ("changes", {}),
    ("changes", {"sejak": "3j"}),
    ("alerts", {}),
    ("intake", {}),
    ("exercises", {}),
)


@dataclass
class Page:
    """A page as drawn: its tables, those behind popovers too, and its elements.

    counted: under which key the rule of each table is told.
    """

    name: str
    tables: dict[str, Table] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    app: AppTest | None = None

    def elements(self, kind: str) -> list[Any]:
        assert self.app is not None
        return [element.proto for element in self.app.get(kind)]


@pytest.fixture(scope="session")
def pages(rehearsed: Board) -> Iterator[list[Page]]:
    """Every view, with all its popovers open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board_module, "_current", rehearsed)
        st.cache_resource.clear()
        yield [_drawn(patch, name, asked) for name, asked in VIEWS]
    st.cache_resource.clear()


def _drawn(patch: pytest.MonkeyPatch, name: str, asked: dict[str, str]) -> Page:
    page, shown = Page(name), table_view.render_table

    def kept(table: Table, key: str, title: str, **options: Any) -> Any:
        page.tables[key] = table
        page.counted[key] = options.get("explanation_key", key)
        return shown(table, key, title, **options)

    def opened(title: str, made: Callable[[], Table], key: str) -> None:
        table_view.render_table(made(), key, title)

    with patch.context() as inner:
        inner.setattr(table_view, "render_table", kept)
        inner.setattr(table_view, "render_table_popover", opened)
        page.app = AppTest.from_string(script_of(name))
        for key, value in {"saat": "2024-11-27T12:30", **asked}.items():
            page.app.query_params[key] = value
        page.app.run(timeout=90)
    return page
