"""The receipt of an act: said once, refused twice, undone for ten seconds and not later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from situasi.board import Board
from situasi.ui import session
from situasi.ui.components import receipt
from tests.conftest import NOON
from tests.rehearsed import run


def page() -> None:
    import streamlit as st

    from situasi.ui.components import receipt

    written = st.session_state.setdefault("written", [])

    def act() -> None:
        text = st.session_state["isi"]
        if not text:
            receipt.refuse("kosong")
        elif not receipt.is_repeated(text, "borang"):
            written.append(text)
            receipt.confirm(f"tercatat: {text}", act=text, form="borang", undo=take_back)

    def take_back() -> None:
        if st.session_state.get("stuck"):
            raise receipt.UndoRefused("orang lain sudah menindak")
        written.append("lawan")

    form = st.popover("Buka", key="borang", on_change="rerun")
    if form.open:
        with form:
            st.text_input("Isi", key="isi")
            st.button("Simpan", on_click=act)
    receipt.render()


@pytest.fixture
def clock(empty: Board, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that the page shows, to be moved on."""
    now = [NOON]
    monkeypatch.setattr(session, "now", lambda: now[0])
    return now


def acted(text: str, app: AppTest | None = None) -> AppTest:
    app = app or AppTest.from_function(page)
    app.session_state["borang"] = True
    app = run(app)
    app.text_input(key="isi").set_value(text)
    app.button[0].click()
    return run(app)


def texts(lines: Iterable[Any]) -> list[str]:
    return [str(one.value).replace("\\", "") for one in lines]


def undo_buttons(app: AppTest) -> list[str]:
    return [one.label for one in app.button if one.key == "tanda_terima_batal"]


def test_an_act_closes_its_form_and_says_what_was_written(clock: list[datetime]) -> None:
    app = acted("patroli")
    assert app.session_state["borang"] is False and not app.text_input
    assert texts(app.success) == ["tercatat: patroli"]
    clock[0] += timedelta(minutes=1)
    assert not run(app).success


def test_a_refused_act_says_why_and_its_form_stays_open(clock: list[datetime]) -> None:
    app = acted("")
    assert texts(app.warning) == ["kosong"]
    assert app.session_state["borang"] is True and len(app.text_input) == 1
    assert undo_buttons(app) == []


def test_the_same_act_at_once_is_a_second_click_and_another_one_is_not(
    clock: list[datetime],
) -> None:
    app = acted("patroli")
    for _ in range(2):
        app = acted("patroli", app)
        [text] = texts(app.success)
        assert text.count("tidak ditulis dua kali") == 1
    assert app.session_state["written"] == ["patroli"]
    assert undo_buttons(app) == ["Batalkan"]  # the first can still be undone
    app = acted("ambulans", app)
    clock[0] += timedelta(minutes=2)
    app = acted("ambulans", app)
    assert app.session_state["written"] == ["patroli", "ambulans", "ambulans"]


def test_an_act_is_undone_within_ten_seconds_and_can_then_be_done_again(
    clock: list[datetime],
) -> None:
    app = acted("patroli")
    clock[0] += receipt.UNDO_TIME - timedelta(seconds=1)
    app = run(app)
    app.button(key="tanda_terima_batal").click()
    app = run(app)
    assert app.session_state["written"] == ["patroli", "lawan"]
    assert texts(app.success) == ["Dibatalkan: tercatat: patroli"]
    assert undo_buttons(app) == []
    assert acted("patroli", app).session_state["written"] == ["patroli", "lawan", "patroli"]


def test_after_ten_seconds_nothing_is_undone(clock: list[datetime]) -> None:
    app = acted("patroli")
    app.button(key="tanda_terima_batal").click()  # a click that arrives late
    clock[0] += receipt.UNDO_TIME + timedelta(seconds=5)
    app = run(app)
    assert app.session_state["written"] == ["patroli"]
    assert "Sepuluh detik sudah lewat" in app.warning[0].value
    clock[0] += timedelta(minutes=2)
    assert undo_buttons(acted("patroli", app)) == ["Batalkan"]
    clock[0] += receipt.UNDO_TIME
    assert undo_buttons(run(app)) == []


def test_what_can_no_longer_be_undone_says_why(clock: list[datetime]) -> None:
    app = acted("patroli")
    app.session_state["stuck"] = True
    app.button(key="tanda_terima_batal").click()
    app = run(app)
    assert texts(app.warning)[0] == "Tidak dibatalkan: orang lain sudah menindak"
