"""Kejadian: places and hours with more incidents than usual, and calls with their rows."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON
from tests.rehearsed import script_of

_SCRIPT = script_of("incidents")


def drawn(board: Board, monkeypatch: pytest.MonkeyPatch, **asked: str) -> AppTest:
    monkeypatch.setattr(board_module, "_current", board)
    app = AppTest.from_string(_SCRIPT)
    for key, value in asked.items():
        app.query_params[key] = value
    return app.run(timeout=90)


def told(app: AppTest) -> str:
    html = " ".join(one.proto.body for one in app.get("html"))
    return html + " ".join(one.value for one in (*app.caption, *app.markdown))


def crowded(board: Board, number: int, **stated: Any) -> None:
    """So many incidents of one desa within the last half hour, and a few elsewhere before."""
    rows = [
        {
            **report("incidents"), "id": f"K-{n}", "jenis": "kericuhan", "kecamatan": "Indralaya",
            "desa": "Tanjung Gelam", "waktu": f"2024-11-27 11:{30 + n}", "uraian": f"Ricuh {n}.",
            "latihan": "tidak", **stated,
        }
        for n in range(number)
    ]  # fmt: skip
    rows += [
        {
            **rows[0],
            "id": f"L-{n}",
            "kode_kecamatan": "",
            "kecamatan": place,
            "desa": "",
            "waktu": f"2024-11-27 0{n}:10",
        }
        for n, place in ((6, "Pemulutan"), (7, "Tanjung Raja"), (8, "Kandis"), (9, "Payaraman"))
    ]
    taken = ingest_rows(
        rows, "uji", board.store, board.ingest_context, unbounded("uji"), feed="incidents", now=NOON
    )
    assert taken.accepted == len(rows), taken
    board.refresher.refresh()


def test_a_crowd_of_incidents_is_called_with_place_time_numbers_and_rows(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded(board, 8)
    app = drawn(board, monkeypatch, saat="2024-11-27T12:00")
    assert not app.exception
    words = told(app)
    assert "<b>Indralaya</b><time>11.30–12.00</time>" in words
    assert "8 kejadian, biasanya ≈ 0," in words
    assert "kebetulan paling sering sekali dalam 6 hari" in words
    labels = [one.proto.popover.label for one in app.get("popover")]
    assert "8 kejadian itu" in labels and "12 kejadian yang dihitung" in labels
    app.session_state["lebih_0"] = True
    app.run(timeout=90)
    frames = [one.value for one in app.dataframe if "kericuhan" in one.value.to_string()]
    assert any(len(frame) == 8 for frame in frames)


def test_as_it_was_known_earlier_there_was_no_call(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded(board, 8, waktu_lapor="2024-11-27 11:55")
    app = drawn(board, monkeypatch, saat="2024-11-27T09:30")
    assert not app.exception
    assert "Indralaya</b>" not in told(app)


def test_a_chosen_kecamatan_shows_only_what_concerns_it(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded(board, 8)
    app = drawn(board, monkeypatch, saat="2024-11-27T12:00", kec="16.10.05")
    labels = [one.proto.popover.label for one in app.get("popover")]
    assert "1 kejadian yang dihitung" in labels
    assert "8 kejadian itu" not in labels


def test_the_rehearsed_day_draws_the_map_with_its_words(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drawn(rehearsed, monkeypatch, saat="2024-11-27T12:30")
    assert not app.exception
    alts = [one.proto.alt for one in app.get("plotly_chart")]
    assert any("menurut kecamatan dan jam; ditandai" in alt for alt in alts)
    assert "Ini bukan kerawanan TPS." in told(app)
