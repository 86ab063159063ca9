"""A board with the whole rehearsal day, and every page of it drawn once without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as house
from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.board import Board, open_board
from situasi.simulation.seed import prepare
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table
from tests.builders import wib
from tests.conftest import NOON, settings_in

# When the rehearsed day had its briefing.
NINE = wib("09.00")
FIRST = "16.10.01.1011.001"  # a TPS

# Every page, and what else of it can be chosen; all at 12.30 of the election day.
VIEWS = (
    ("situation", {}),
    ("incidents", {}),
    ("turnout", {}),
    ("stations", {"tps": FIRST}),
    ("personnel", {}),
    ("personnel", {"menurut": "polsek", "daftar": "cadangan"}),
    ("personnel", {"menurut": "instansi", "daftar": "tanpa_kabar"}),
    ("moves", {}),
    ("activities", {}),
    ("neutrality", {}),
    ("changes", {}),
    ("alerts", {}),
    ("intake", {}),
    ("drills", {}),
)

# What the frame does before a page, and the page.
_SCRIPT = """
from pages import {name}
from situasi.ui import filters

filters.recall_moment()
{name}.show()
"""


def run(app: AppTest) -> AppTest:
    """Draw it, and hold that it could be drawn."""
    app.run(timeout=90)
    assert not app.exception
    return app


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


@pytest.fixture
def empty(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """The empty board as that of the process."""
    monkeypatch.setattr(house, "_current", board)
    return board


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board that has taken in the public reports and the rehearsal day."""
    folder = tmp_path_factory.mktemp("rehearsed")
    opened = open_board(settings_in(folder, SITUASI_REHEARSAL="yes"), lambda: NOON)
    prepare(opened, NOON, lambda _told: None)
    chief = Viewer("kapolres", ROLES["pimpinan"])
    briefings.mark(opened.store, chief, NINE, "Taklimat pagi", NOON, exercise=True, version=0)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pages(rehearsed: Board) -> Iterator[list[Page]]:
    """Every view, with all its popovers open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house, "_current", rehearsed)
        st.cache_resource.clear()
        yield [_drawn(patch, name, asked) for name, asked in VIEWS]
    st.cache_resource.clear()


def _drawn(patch: pytest.MonkeyPatch, name: str, asked: dict[str, str]) -> Page:
    page, shown = Page(name), table_view.shown

    def kept(table: Table, key: str, title: str, **options: Any) -> Any:
        page.tables[key] = table
        page.counted[key] = options.get("counted", key)
        return shown(table, key, title, **options)

    def opened(title: str, made: Callable[[], Table], key: str) -> None:
        table_view.shown(made(), key, title)

    with patch.context() as inner:
        inner.setattr(table_view, "shown", kept)
        inner.setattr(table_view, "opens", opened)
        page.app = AppTest.from_string(_SCRIPT.format(name=name))
        for key, value in {"saat": "2024-11-27T12:30", **asked}.items():
            page.app.query_params[key] = value
        page.app.run(timeout=90)
    return page
