"""The panel Perkiraan akhir hari on the rehearsal day: early, at noon, filtered, in the evening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.turnout import forecast_panel
from pages.turnout.data import compute_forecast_errors, compute_turnout_data
from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.analysis.turnout.forecast import build_kecamatan_table, compute_total
from situasi.board import Board
from situasi.live.access_scope import scope_of
from situasi.ui import session
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table
from tests import queries
from tests.builders import wib
from tests.rehearsed import script_of

pytestmark = pytest.mark.slow

_SCRIPT = script_of("turnout")
HERE, THERE = "16.10.04", "16.10.14"


class Page:
    """The page as drawn, and the tables of all its popovers."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.app: Any = None

    def words(self) -> str:
        kinds = ("html", "caption", "markdown")
        return " ".join(str(element.proto) for kind in kinds for element in self.app.get(kind))

    def charts(self) -> list[str]:
        return [chart.proto.alt for chart in self.app.get("plotly_chart")]


@pytest.fixture
def page(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Page]]:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("x", ROLES["pimpinan"]))
    st.cache_resource.clear()

    def drawn(clock: str, **asked: Any) -> Page:
        found = Page()

        def kept(title: str, made: Callable[[], Table], key: str) -> None:
            found.tables[key] = made()

        monkeypatch.setattr(table_view, "render_table_popover", kept)
        found.app = AppTest.from_string(_SCRIPT)
        for key, value in {"saat": f"2024-11-27T{clock}", **asked}.items():
            found.app.query_params[key] = value
        found.app.run(timeout=90)
        assert not found.app.exception
        return found

    yield drawn
    st.cache_resource.clear()


def of(board: Board, clock: str) -> Any:
    """What was known then, and the register."""
    shown = (
        board_module._current.snapshot_reader.refresh()
        if board_module._current
        else board.snapshot_reader.refresh()
    )
    at = session.ViewTime(wib(clock), live=False, is_exercise=True)
    cache = board_module.current_board().analysis_cache
    seen = cache.view(shown.snapshot, at, scope_of(session.viewer()))
    return seen.known_rows, board.register, wib(clock)


def test_before_anybody_counted_it_says_that_reports_are_too_few(page: Any) -> None:
    early = page("07:30")
    assert "Belum cukup laporan: 0 dari 667 TPS" in early.words()
    assert not any("Perkiraan partisipasi akhir" in alt for alt in early.charts())
    assert (
        early.tables["angka_akhir"].to_file_frame()["perkiraan akhir (perkiraan, %)"].isna().all()
    )


def test_at_noon_it_shows_the_estimate_marked_with_its_interval(
    page: Any, rehearsed: Board
) -> None:
    noon = page("12:00")
    found = queries.run(compute_turnout_data, *of(rehearsed, "12.00"), ()).forecast
    one = compute_total(found)
    rate = f"{100 * one.centre / one.dpt:.1f}".replace(".", ",")
    assert f"≈ {rate} %" in noon.words()
    assert "perkiraan, bukan hitungan" in noon.words()
    assert any("Perkiraan partisipasi akhir" in alt for alt in noon.charts())


def test_the_table_behind_adds_up_and_names_the_plain_ways(page: Any) -> None:
    file = page("12:00").tables["angka_akhir"].to_file_frame().set_index("kecamatan")
    heads = file["perkiraan hadir (perkiraan)"].astype("int64")
    assert heads.iloc[0] == pytest.approx(heads.iloc[1:].sum(), abs=len(heads))
    assert {"menurut laju andaian (perkiraan, %)", "menurut TPS melapor (perkiraan, %)"} <= set(
        file.columns
    )
    assert (file["sejauh ini dibagi DPT (%)"] <= file["perkiraan akhir (perkiraan, %)"]).all()


def test_a_filter_leaves_its_kecamatan_and_their_sum(page: Any) -> None:
    file = page("12:00", kec=[HERE, THERE]).tables["angka_akhir"].to_file_frame()
    assert len(file) == 3
    assert file["kecamatan"].iloc[0] == "Semua pilihan"


def test_how_it_was_tested_is_told_for_each_time_and_level(page: Any) -> None:
    file = page("12:00").tables["ketelitian"].to_file_frame()
    assert file["pukul"].tolist() == [
        at for at in ("08.30", "10.00", "11.30", "13.30") for _ in range(2)
    ]
    assert file["selang memuat kebenaran (%)"].between(85, 100).all()
    assert (file["pada hari terburuk (%)"] >= 60).all()


def test_it_says_on_how_many_real_days_the_interval_rests_and_from_where(page: Any) -> None:
    words = page("12:00").words()
    assert "8 hari pemungutan suara yang nyata (Rumania, Italia), belum satu pun di sini" in words


def test_in_the_evening_earlier_outlooks_are_held_against_the_end(
    page: Any, rehearsed: Board
) -> None:
    late = page("22:00")
    file = late.tables["ketepatan"].to_file_frame()
    known, register, at = of(rehearsed, "22.00")
    now = build_kecamatan_table(queries.run(compute_turnout_data, known, register, at, ()).forecast)
    done = now[now["ended"] == now["tps"]]
    assert len(file) == 3 * len(done) > 0
    each = queries.run(compute_forecast_errors, known, register, at, ())
    assert isinstance(each, pd.DataFrame)
    assert set(each["final"]) == set(done["counted"])
    assert set(file["dalam selang"]) <= {"ya", "tidak"}


def test_at_noon_no_end_is_known_to_be_held_against(page: Any) -> None:
    assert "ketepatan" not in page("12:00").tables


def test_a_table_of_bars_says_that_each_holds_alone() -> None:
    note = forecast_panel._format_marginal_note(16, 90.0)
    assert "bukan serentak" in note and "dari 16 kecamatan rata-rata 1,6" in note
    assert forecast_panel._format_marginal_note(1, 90.0) == ""
