"""The tray on Lapor: one click for what is clear, every number told, and nothing entered twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.settings import load
from situasi.ingest import message_tray
from situasi.ingest.message_files.gateway_messages import read_delivery
from situasi.ingest.message_files.gateway_profiles import load_profiles
from situasi.ingest.message_intake import MessageIntake, MessageSource
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.store import WAITING_MESSAGE
from situasi.ui import session
from tests.conftest import NOON
from tests.rehearsed import run, script_of

CLEAR = "TPS 3 Ds Lorok hadir 118 jam 9"
ODD = "TPS 7 Ds Lorok aman, 210"
NO_PLACE = "TPS 3 hadir 118 jam 9"
_PROFILES = load_profiles(load({}).vocabulary_folder)
Opened = Callable[..., AppTest]


@pytest.fixture
def lapor(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """The tray as somebody opens it."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(board_module, "_current", board)
    st.cache_resource.clear()

    def opened(name: str = "wati", area: tuple[str, ...] = ()) -> AppTest:
        monkeypatch.setattr(session, "viewer", lambda: Viewer(name, ROLES["operator"], area))
        app = AppTest.from_string(script_of("report_entry"))
        app.query_params["isi"] = "baki"
        return run(app)

    yield opened
    st.cache_resource.clear()


def arrive(board: Board, *texts: str, area: tuple[str, ...] = ()) -> tuple[int, ...]:
    """Let messages arrive, as an SMS gateway brings them."""
    context = board.ingest_context
    intake = MessageIntake(board.store, context, SenderMarks("x" * 40))
    begin = datetime(2024, 11, 27, 2, 10, tzinfo=UTC)
    rows = [
        {"teks": text, "pengirim": "08123456789", "id": f"{number} {text}",
         "waktu": (begin + timedelta(minutes=number)).isoformat()}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    delivery = read_delivery(rows, _PROFILES, context.election.zone, NOON, NOON)
    return intake.add(delivery, MessageSource("kunci:hp", "hp", area), NOON).numbers


def press(app: AppTest, key: str) -> AppTest:
    next(one for one in app.button if one.key == key).click()
    return run(app)


def opened_form(app: AppTest, number: int) -> AppTest:
    """Open the form that sets a message aside."""
    app.session_state[f"baki_sisih_{number}"] = True
    return run(app)


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def told(app: AppTest) -> str:
    kinds = ("warning", "success", "info", "error", "caption")
    return "\n".join(str(one.value) for kind in kinds for one in app.get(kind)).replace("\\", "")


def stored(board: Board, feed: str = "tps") -> list[dict[Any, Any]]:
    return list(board.store.rows_after(FEEDS[feed]).to_dict("records"))


def waiting(board: Board) -> list[int]:
    return [item.number for item, _note in message_tray.list_items(board.store, ())]


def test_a_clear_message_is_entered_with_one_click_and_leaves_the_tray(
    board: Board, lapor: Opened
) -> None:
    (number,) = arrive(board, CLEAR)
    app = press(lapor(), f"baki_masuk_{number}")
    assert "Pesan: diterima" in told(app)
    (row,) = stored(board)
    assert (row["hadir"], row["tps"]) == (118, "003")
    assert waiting(board) == [] and f"baki_masuk_{number}" not in keys(app)
    trail = board.store.audit_entries(action="settle")
    assert list(trail["actor"]) == ["wati"]


def test_nothing_is_entered_by_looking(board: Board, lapor: Opened) -> None:
    arrive(board, CLEAR, ODD, NO_PLACE)
    lapor()
    assert len(waiting(board)) == 3 and stored(board) == [] and stored(board, "incidents") == []


def test_every_number_that_was_not_understood_is_told_and_is_not_clear(
    board: Board, lapor: Opened
) -> None:
    (number,) = arrive(board, ODD)
    app = lapor()
    assert "Angka yang tidak dipahami: 210" in told(app)
    assert f"baki_masuk_{number}" not in keys(app) and f"baki_buka_{number}" in keys(app)


def test_what_is_not_clear_is_opened_in_the_form_of_pasted_messages(
    board: Board, lapor: Opened
) -> None:
    (number,) = arrive(board, ODD)
    app = press(lapor(), f"baki_buka_{number}")
    next(one for one in app.checkbox if "periksa" in one.label).check()
    next(one for one in app.button if one.label == "Masukkan yang dicentang").click()
    app = run(app)
    assert "Pesan: diterima" in told(app)
    assert waiting(board) == [] and "Angka yang tidak" not in told(app)


def test_an_open_message_that_is_closed_waits_again(board: Board, lapor: Opened) -> None:
    (number,) = arrive(board, ODD)
    app = press(press(lapor(), f"baki_buka_{number}"), "baki_tutup")
    assert waiting(board) == [number] and f"baki_buka_{number}" in keys(app)
    assert message_tray.list_claims(board.store, NOON) == {}


def test_two_operators_do_not_both_enter_a_message(board: Board, lapor: Opened) -> None:
    (number,) = arrive(board, CLEAR)
    first = lapor("wati")
    second = lapor("budi")
    press(second, f"baki_masuk_{number}")
    assert len(stored(board)) == 1
    press(first, f"baki_masuk_{number}")
    assert len(stored(board)) == 1 and "sudah diselesaikan orang lain" in told(first)


def test_what_one_has_open_the_other_sees_and_cannot_enter(board: Board, lapor: Opened) -> None:
    (number,) = arrive(board, CLEAR)
    both = lapor("budi")
    press(lapor("wati"), f"baki_buka_{number}")
    app = lapor("budi")
    assert f"baki_masuk_{number}" not in keys(app)
    press(both, f"baki_masuk_{number}")  # drawn before wati opened it
    assert stored(board) == [] and "sedang dibuka wati" in told(both)


def test_a_message_is_set_aside_with_a_reason_that_is_in_the_trail(
    board: Board, lapor: Opened
) -> None:
    (number,) = arrive(board, "Selamat pagi semua")
    app = press(opened_form(lapor(), number), f"baki_bukan_laporan_{number}")
    assert waiting(board) == []
    assert f"Pesan nomor {number} disisihkan: Bukan laporan" in told(app)
    assert not app.session_state[f"baki_sisih_{number}"]
    (item,) = board.store.waiting_items(WAITING_MESSAGE, include_settled=True)
    assert item.settlement is not None
    assert (item.settlement.outcome, item.settlement.actor) == ("dropped", "wati")
    assert item.settlement.detail == {"reason": "bukan_laporan"}


def test_a_message_that_was_set_aside_waits_again_when_that_is_undone(
    board: Board, lapor: Opened
) -> None:
    (number,) = arrive(board, CLEAR)
    app = press(opened_form(lapor(), number), f"baki_salah_kirim_{number}")
    app = press(app, "tanda_terima_batal")
    assert "Dibatalkan" in told(app)
    (again,) = waiting(board)
    press(app, f"baki_masuk_{again}")
    assert len(stored(board)) == 1 and waiting(board) == []


def test_what_was_entered_and_taken_back_waits_again(board: Board, lapor: Opened) -> None:
    (number,) = arrive(board, CLEAR)
    press(lapor(), f"baki_masuk_{number}")
    (batch,) = board.store.batches()["batch"]
    board.store.withdraw(int(batch), NOON, "wati")
    assert waiting(board) == [number]


def test_who_has_an_area_sees_only_what_is_of_it(board: Board, lapor: Opened) -> None:
    arrive(board, CLEAR)
    assert not [key for key in keys(lapor("wati", ("16.10.13",))) if key.startswith("baki_buka")]
    assert [key for key in keys(lapor("wati", ("16.10.07",))) if key.startswith("baki_buka")]


def test_many_messages_come_page_by_page_in_the_chosen_order(board: Board, lapor: Opened) -> None:
    numbers = arrive(board, *(f"TPS {n} Ds Lorok hadir {n + 20}" for n in range(1, 13)))
    app = lapor()
    assert f"baki_buka_{numbers[0]}" in keys(app) and f"baki_buka_{numbers[11]}" not in keys(app)
    assert f"baki_buka_{numbers[11]}" in keys(press(app, "baki_sesudah"))
    app.query_params["baki"] = "terbaru"
    app = lapor()
    assert "(12)" in "".join(str(one.options) for one in app.get("button_group"))
