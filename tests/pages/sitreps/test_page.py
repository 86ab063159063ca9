"""The page Laporan: which laporan, its short text, its files; and who has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, SCREENS, Viewer
from situasi.board import Board
from situasi.ui import audit, session
from tests.rehearsed import script_of

pytestmark = pytest.mark.slow

_SCRIPT = script_of("sitreps")
NOW = {"saat": "2024-11-27T12:30"}


@pytest.fixture
def at_hand(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    streamlit.cache_resource.clear()
    yield rehearsed
    streamlit.cache_resource.clear()


def drawn(**asked: str) -> AppTest:
    app = AppTest.from_string(_SCRIPT)
    for key, value in asked.items():
        app.query_params[key] = value
    app.run(timeout=90)
    assert not app.exception
    return app


def message(app: AppTest) -> str:
    [text] = [e.proto.body for e in app.get("html") if "lp-message" in e.proto.body]
    return str(text)


def test_only_a_guest_has_no_laporan() -> None:
    assert "laporan" in SCREENS
    assert {name for name, role in ROLES.items() if not role.may_see("laporan")} == {"tamu"}


def test_the_text_is_shown_of_this_minute_and_can_be_copied(at_hand: Board) -> None:
    text = message(drawn(**NOW))
    assert "LAPORAN SITUASI" in text
    assert "pukul 12.30 WIB" in text
    assert 'class="si-copy"' in text
    assert "pukul 09.00 WIB" in message(drawn(saat="2024-11-27T09:00"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lap": "harian"}, "LAPORAN HARIAN"),
        ({"lap": "harian", "dari": "2024-11-26"}, "Selasa, 26 November 2024"),
        ({"lap": "harian", "dari": "kemarin"}, "Rabu, 27 November 2024"),
        ({"lap": "anev"}, "ANALISA DAN EVALUASI"),
        ({"lap": "anev", "kurun": "24j"}, "26 Nov 2024 12.30 WIB s.d. 27 Nov 2024 12.30 WIB"),
        ({"lap": "anev", "kurun": "lain", "dari": "2024-11-20", "sampai": "2024-11-26"},
         "Rabu, 20 November 2024 s.d. Selasa, 26 November 2024"),
        ({"kec": "16.10.05"}, "Kecamatan Pemulutan"),
    ],
)  # fmt: skip
def test_the_address_says_which_laporan(at_hand: Board, asked: dict[str, str], said: str) -> None:
    assert said in message(drawn(**NOW, **asked))


def test_days_in_the_wrong_order_are_said_and_nothing_is_offered(at_hand: Board) -> None:
    app = drawn(**NOW, lap="anev", kurun="lain", dari="2024-11-27", sampai="2024-11-20")
    assert "kurun" in " ".join(e.proto.body for e in app.get("html"))
    assert not app.get("download_button")


def test_an_empty_board_says_what_is_missing(empty: Board) -> None:
    app = drawn(**NOW)
    assert "Belum ada laporan untuk dirangkum." in " ".join(e.proto.body for e in app.get("html"))
    assert not app.get("download_button")


@pytest.mark.parametrize("role", ["pimpinan", "propam", "analis", "operator"])
def test_neutrality_is_offered_to_those_alone_who_may_see_it(
    at_hand: Board, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(session, "viewer", lambda: Viewer("x", ROLES[role]))
    boxes = drawn(**NOW).checkbox
    assert [box.value for box in boxes] == ([False] if role in {"pimpinan", "propam"} else [])


def test_a_file_is_made_when_asked_for_and_is_in_the_trail(
    at_hand: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {}

    def offered(label: str, make: Any, **options: Any) -> None:
        made[label] = (make, options)

    monkeypatch.setattr(audit.st, "download_button", offered)
    drawn(**NOW)
    assert list(made) == ["DOCX", "PDF", "XLSX", "TXT"]
    make, options = made["TXT"]
    assert options["file_name"] == "LATIHAN_laporan-situasi_20241127-1230.txt"
    content = make()
    assert content.decode().startswith("LATIHAN")
    at_hand.audit_log._writer._outbox.flush()
    trail = at_hand.store.audit_entries()
    last = trail[trail["action"] == "export"].iloc[-1]
    detail = json.loads(last["detail"])
    assert detail["table"] == "laporan"
    assert detail["form"] == "txt"
    assert detail["rows"] > 16
    assert detail["filters"] == {"saat": "2024-11-27T12:30"}


def test_a_broken_letterhead_is_said_on_the_page(
    at_hand: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from situasi.reports.sitrep import build

    def broken(_folder: Path) -> Any:
        return building_load(tmp_path)

    building_load = build.letterheads.load
    monkeypatch.setattr(build.letterheads, "load", broken)
    app = drawn(saat="2024-11-27T10:17")
    assert "laporan.toml" in " ".join(e.proto.body for e in app.get("html"))
