"""Figures since the last briefing, and the page of what changed, on the rehearsal day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.analysis.incidents.cases import Selection
from situasi.board import Board
from situasi.ui import session
from situasi.ui.components.kpi_row import Baseline, Kpi, KpiValue
from situasi.ui.components.markup import Card
from tests.builders import wib
from tests.conftest import NOON
from tests.queries import compute_overview
from tests.rehearsed import NINE, script_of

CHIEF = Viewer("kapolres", ROLES["pimpinan"])


def figure(*counts: KpiValue, key: str = "a") -> Kpi:
    return Kpi(key, Card("A", "1"), None, counts)


def said(now: Kpi, *then: Kpi) -> str:
    return Baseline("taklimat 09.00", then).format_change(now)


def test_a_change_is_told_with_its_sign_its_word_and_since_when() -> None:
    assert said(figure(KpiValue(8)), figure(KpiValue(5))) == "+3 sejak taklimat 09.00"
    assert said(figure(KpiValue(5)), figure(KpiValue(8))) == "−3 sejak taklimat 09.00"
    rates = figure(KpiValue(63.4, "poin", 1, True)), figure(KpiValue(7.2, "poin", 1))
    assert said(*rates) == "≈ +56,2 poin sejak taklimat 09.00"


def test_what_did_not_change_is_said_to_be_the_same() -> None:
    assert said(figure(KpiValue(5)), figure(KpiValue(5))) == "tetap sejak taklimat 09.00"


@pytest.mark.parametrize("then", [[], [figure(KpiValue(None))], [figure(KpiValue(float("nan")))],
                                  [figure(KpiValue(1), key="b")]])  # fmt: skip
def test_a_number_that_nobody_knew_then_did_not_grow_from_zero(then: list[Kpi]) -> None:
    assert said(figure(KpiValue(5)), *then) == "taklimat 09.00: belum ada pembanding"


def test_a_number_that_nobody_knows_now_has_no_change() -> None:
    assert said(figure(KpiValue(None)), figure(KpiValue(5))) == ""
    assert said(figure(), figure(KpiValue(5))) == ""


def test_of_several_counts_those_that_changed_are_told() -> None:
    now = figure(KpiValue(2, "merah"), KpiValue(4, "kuning"), KpiValue(9, "hijau"))
    then = figure(KpiValue(1, "merah"), KpiValue(4, "kuning"), KpiValue(11, "hijau"))
    assert said(now, then) == "+1 merah · −2 hijau sejak taklimat 09.00"


@pytest.fixture
def seen(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    st.cache_resource.clear()
    yield rehearsed
    st.cache_resource.clear()


def drawn(page: str, saat: str, **asked: str) -> AppTest:
    app = AppTest.from_string(script_of(page))
    for name, value in {"saat": f"2024-11-27T{saat}", **asked}.items():
        app.query_params[name] = value
    app.run(timeout=90)
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    kinds = ("html", "markdown", "caption", "success")
    return " ".join(e.proto.body for kind in kinds for e in app.get(kind))


def open_cases(board: Board, saat: str) -> int:
    """Reckoned from the frames, not by the page."""
    register, at = board.register, wib(saat)
    midnight = wib("00.00")
    wanted = Selection(since=midnight, until=midnight + timedelta(days=1))
    frames = board.snapshot_reader.refresh().snapshot.frames
    found = compute_overview(
        frames, register.election, list(register.kecamatan), wanted, at, live=False
    )
    return len(found.open_cases)


def test_situasi_shows_the_change_since_the_marker(seen: Board) -> None:
    change = open_cases(seen, "10.30") - open_cases(seen, "09.00")
    assert change < 0
    assert f"−{-change} sejak taklimat 09.00" in words(drawn("situation", "10:30"))


@pytest.mark.parametrize("page", ["situation", "incidents", "turnout", "stations", "personnel",
                                  "activities", "intake"])  # fmt: skip
def test_every_page_of_figures_says_since_when_and_not_before_the_marker(
    seen: Board, page: str
) -> None:
    assert "sejak taklimat 09.00" in words(drawn(page, "10:30"))
    assert "taklimat 09.00" not in words(drawn(page, "08:59"))


def test_the_page_says_what_a_marker_is_where_there_is_none_yet(seen: Board) -> None:
    told = words(drawn("changes", "08:59"))
    assert "Belum ada taklimat yang ditandai" in told


def test_the_four_lists_come_in_their_order_with_their_files(seen: Board) -> None:
    app = drawn("changes", "10:30")
    told = words(app)
    lists = ("kejadian baru", "hal memburuk", "kejadian selesai", "masih diam")
    order = [told.index(f"{name} sejak") for name in lists]
    assert order == sorted(order)
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels.count("CSV") == labels.count("XLSX") == len(app.get("dataframe")) >= 3


def test_an_earlier_marker_can_be_chosen_and_stands_in_the_address(seen: Board) -> None:
    briefings.mark(seen.store, CHIEF, wib("20.00"), "", NOON, exercise=True, version=0)
    assert "sejak taklimat 20.00" in words(drawn("changes", "20:30"))
    assert "sejak taklimat 20.00" in words(drawn("stations", "20:30"))
    nine = f"{NINE:%Y-%m-%dT%H:%M:%S}"
    for page in ("changes", "stations"):
        assert "sejak taklimat 09.00" in words(drawn(page, "20:30", sejak=nine))
    # Of before it, and of what never was, the address knows no more than the board.
    assert "sejak taklimat 09.00" in words(drawn("stations", "19:30", sejak="2024-11-27T20:00:00"))
    app = drawn("changes", "20:30")
    (choice,) = [box for box in app.selectbox if box.key == "sejak"]
    choice.select(nine).run(timeout=90)
    assert app.query_params["sejak"] == nine


@pytest.mark.parametrize("name", list(ROLES))
def test_only_who_may_mark_is_given_the_button(
    seen: Board, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Viewer("x", ROLES[name])
    monkeypatch.setattr(session, "viewer", lambda: viewer)
    app = drawn("stations", "09:30")
    offered = [block for block in app.get("popover") if "Tandai taklimat" in str(block.proto)]
    assert bool(offered) == briefings.may_mark(viewer)
