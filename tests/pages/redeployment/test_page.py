"""Pergeseran: what is short, the plan that is asked for, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.actions import redeployment_orders
from situasi.board import Board
from situasi.domain import road_network
from situasi.ui import session
from tests.actions.test_redeployment_orders import HERE, absent, bring, reserve
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_SCRIPT = script_of("redeployment")
Seen = Callable[..., AppTest]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """Draws the page of a board for a viewer."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    st.cache_resource.clear()

    def draw(
        board: Board, role: str = "pimpinan", at: str = "", area: tuple[str, ...] = ()
    ) -> AppTest:
        monkeypatch.setattr(board_module, "_current", board)
        monkeypatch.setattr(session, "viewer", lambda: Viewer("kapolres", ROLES[role], area))
        app = AppTest.from_string(_SCRIPT)
        if at:
            app.query_params["saat"] = f"2024-11-27T{at}"
        return run(app)

    yield draw
    st.cache_resource.clear()


def words(app: AppTest) -> str:
    kinds = ("html", "markdown", "caption", "warning", "success", "info")
    return "\n".join(str(one.proto.body) for kind in kinds for one in app.get(kind))


def popovers(app: AppTest) -> dict[str, bool]:
    """By label whether each is disabled."""
    return {one.proto.popover.label: one.proto.popover.disabled for one in app.get("popover")}


def planned(app: AppTest) -> AppTest:
    app.button(key="susun").click()
    return run(app)


def opened(app: AppTest, key: str) -> AppTest:
    app.session_state[key] = True
    return run(app)


def submit(app: AppTest) -> Any:
    return next(one for one in app.button if one.label == "Simpan penolakan")


@pytest.fixture
def short(board: Board) -> Board:
    """A board with two TPS without officers, and three reserves of whom two may go."""
    absent(board, "P-1", "001,002")
    reserve(board, "R-1", "R-2", "R-3")
    return board


def test_without_postings_it_says_what_is_missing_and_counts_nothing(
    board: Board, seen: Seen
) -> None:
    app = seen(board)
    assert "Belum ada plotting personel ke TPS" in words(app)
    assert "si-card" not in words(app)


def test_where_nobody_is_missing_there_is_nothing_to_plan(board: Board, seen: Seen) -> None:
    tps = board.register.tps
    for number, (desa, codes) in enumerate(tps[tps["kecamatan"] == HERE].groupby("desa")["code"]):
        for part in range(0, len(codes), 4):
            some = ",".join(code.rpartition(".")[2] for code in codes.iloc[part : part + 4])
            who = f"Q-{number:03d}{part}"
            place = {"petugas": who, "kode_kecamatan": HERE, "kode_desa": str(desa)}
            bring(board, "postings", {"waktu": "2024-11-26T16:00", "penugasan": "tps", "tps": some,
                  **place})  # fmt: skip
            bring(board, "personnel", {"waktu": "2024-11-27T11:00", "checkin": "tiba_di_tps",
                  "tps": some[:3], **place})  # fmt: skip
    app = seen(board)
    assert "Tidak ada TPS yang kekurangan petugas" in words(app)
    assert app.button(key="susun").disabled


def test_the_plan_is_made_when_asked_for_and_tells_before_and_after(
    short: Board, seen: Seen
) -> None:
    app = seen(short)
    assert "Tekan Susun rencana" in words(app)
    app = planned(app)
    said = words(app)
    assert "2 langkah" in said and "garis lurus" in said
    tables = [frame.value for frame in app.get("arrow_data_frame") or app.get("dataframe")]
    moves = next(one for one in tables if "ke TPS" in one.columns)
    assert set(moves["petugas"]) < {"R-1", "R-2", "R-3"}
    assert "keadaan" not in moves.columns  # the same of all
    assert len(app.get("deck_gl_json_chart")) == 2
    assert popovers(app)["Setujui 2 langkah"] is False


def test_each_kind_of_shortfall_that_the_plan_removes_is_shown_with_its_rank(
    short: Board, seen: Seen
) -> None:
    app = opened(planned(seen(short)), "cara_geser")
    tables = [frame.value for frame in app.get("arrow_data_frame") or app.get("dataframe")]
    (compared,) = [one for one in tables if "sesudah rencana" in one.columns]
    # Those without officers come first, and all that are below the pattern after them.
    assert compared["peringkat"].tolist() == [1, 1 + compared["sekarang"][0]]


def test_accepting_writes_the_orders_and_the_list_says_by_whom(short: Board, seen: Seen) -> None:
    app = opened(planned(seen(short)), "setujui")
    app.button(key="setujui_tulis").click()
    app = run(app)
    assert "2 petugas diperintahkan bergeser" in words(app)
    (made,) = redeployment_orders.load_all(short.store)
    assert (made.accepted, made.by, len(made.moves)) == (True, "kapolres", 2)
    rows = short.snapshot_reader.refresh().snapshot.frames["postings"]
    assert (rows["sumber"] == redeployment_orders.SOURCE).sum() == 2
    assert "Setujui" not in " ".join(popovers(app))  # the plan is decided and gone


def test_refusing_asks_for_a_reason_and_keeps_it(short: Board, seen: Seen) -> None:
    app = opened(planned(seen(short)), "tolak")
    submit(app).click()
    app = run(app)
    assert "tulis alasannya" in words(app)
    assert redeployment_orders.load_all(short.store) == []
    app = opened(app, "tolak")
    app.text_input(key="tolak_alasan").input("cadangan untuk PPK")
    submit(app).click()
    app = run(app)
    assert "cadangan untuk PPK" in words(app)
    (made,) = redeployment_orders.load_all(short.store)
    assert (made.accepted, made.reason) == (False, "cadangan untuk PPK")


def test_a_plan_that_news_have_overtaken_says_so_and_cannot_be_accepted(
    short: Board, seen: Seen
) -> None:
    app = planned(seen(short))
    gone = next(
        frame.value for frame in app.get("arrow_data_frame") or app.get("dataframe")
        if "ke TPS" in frame.value.columns
    )["petugas"].iloc[0]  # fmt: skip
    bring(short, "postings", {"waktu": "2024-11-27T11:00", "petugas": gone, "penugasan": "patroli",
          "kode_kecamatan": "16.10.04"})  # fmt: skip
    app = run(app)
    assert "1 langkah tidak berlaku lagi" in words(app)
    tables = [frame.value for frame in app.get("arrow_data_frame") or app.get("dataframe")]
    moves = next(one for one in tables if "ke TPS" in one.columns).set_index("petugas")
    assert moves["keadaan"].to_dict()[gone] == "tidak berlaku lagi"
    assert popovers(app)["Setujui 2 langkah"] is True


def test_news_that_change_nothing_of_it_leave_the_plan_to_be_accepted(
    short: Board, seen: Seen
) -> None:
    app = planned(seen(short))
    reserve(short, "R-9", kecamatan="16.10.04")
    app = run(app)
    assert "semua langkah masih berlaku" in words(app)
    assert popovers(app)["Setujui 2 langkah"] is False


@pytest.mark.parametrize("role", ["analis", "propam"])
def test_who_may_not_decide_sees_the_plan_and_no_button(
    short: Board, seen: Seen, role: str
) -> None:
    app = planned(seen(short, role))
    assert "2 langkah" in words(app)
    assert not [label for label in popovers(app) if label.startswith(("Setujui", "Tolak"))]
    assert "tugas pimpinan atau operator" in words(app)


@pytest.mark.parametrize("at", ["09:00", "12:30"])
def test_a_past_moment_of_the_rehearsed_day_is_a_picture_whose_plan_fills_every_gap(
    rehearsed: Board, seen: Seen, at: str
) -> None:
    app = opened(planned(seen(rehearsed, at=at)), "cara_geser")
    said = words(app)
    assert "→ 0 · kurang dari pola" in said
    assert "cara terdekat dahulu" in said
    assert "Kembali ke langsung untuk menyetujui atau menolak" in said
    assert not [label for label in popovers(app) if label.startswith(("Setujui", "Tolak"))]
    compared = next(
        frame.value for frame in app.get("arrow_data_frame") or app.get("dataframe")
        if "sesudah rencana" in frame.value.columns
    )  # fmt: skip
    assert (compared["sesudah rencana"] == 0).all() and (compared["sekarang"] > 0).all()


def test_a_plan_of_some_kecamatan_is_not_shown_for_others(rehearsed: Board, seen: Seen) -> None:
    app = planned(seen(rehearsed, at="12:30"))
    assert "langkah" in words(app)
    app.multiselect(key="kec").set_value([HERE])
    app = run(app)
    assert "Tekan Susun rencana" in words(app)
    assert "→ 0" in words(planned(app))


def test_before_it_was_made_a_decision_is_not_listed(short: Board, seen: Seen) -> None:
    app = opened(planned(seen(short)), "setujui")
    app.button(key="setujui_tulis").click()
    assert "Belum ada rencana yang disetujui" not in words(run(app))
    assert "Belum ada rencana yang disetujui" in words(seen(short, at="11:59"))


def test_where_ways_are_given_the_page_says_that_they_were_followed(
    short: Board, seen: Seen
) -> None:
    here = short.geography.point(HERE)
    north = (here[0], here[1] + 0.05)
    followed = replace(short.geography, roads=road_network.build_network([[here, north]]))
    app = planned(seen(replace(short, geography=followed)))
    assert "lewat jalan dan sungai" in words(app)
