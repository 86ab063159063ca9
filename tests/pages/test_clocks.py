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


def test_changes_are_told_since_some_hours_without_any_briefing(at_hand: Board) -> None:
    app = AppTest.from_string(script_of("changes"))
    app.query_params.update({"saat": "2024-11-27T12:30", "sejak": "3j"})
    run(app)
    texts = " ".join(element.value for element in app.markdown)
    assert "kejadian baru sejak 3 jam lalu" in texts


def test_an_officer_is_found_with_place_last_word_and_orders(at_hand: Board) -> None:
    app = AppTest.from_string(script_of("personnel"))
    app.query_params.update({"saat": "2024-11-27T12:30", "petugas": "P-0302"})
    run(app)
    facts = next(one.proto.body for one in app.get("html") if "Petugas P-0302" in one.proto.body)
    assert all(word in facts for word in ("keadaan", "tempat", "kabar terakhir", "instansi"))
    headings = [list(frame.value.columns) for frame in app.dataframe]
    assert any("berlaku sejak" in names for names in headings)
    assert any({"waktu", "lapor", "tempat"} <= set(names) for names in headings)
