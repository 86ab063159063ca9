"""Pages that no briefing asks, at the clocks at which the browser asks the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from situasi import board as house
from situasi.board import Board
from tests.rehearsed import run, script_of


@pytest.fixture
def at_hand(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(house, "_current", rehearsed)
    streamlit.cache_resource.clear()
    yield rehearsed
    streamlit.cache_resource.clear()


@pytest.mark.parametrize("clock", ["09:00", "18:00"])
@pytest.mark.parametrize("page", ["alerts", "changes", "redeployment", "sitreps"])
def test_it_is_drawn_whole(at_hand: Board, page: str, clock: str) -> None:
    app = AppTest.from_string(script_of(page))
    app.query_params["saat"] = f"2024-11-27T{clock}"
    run(app)
    assert app.get("html")
