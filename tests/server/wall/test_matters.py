"""What the wall asks to decide: with who has it, and to no more people than may know."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.actions import acknowledgements
from situasi.board import Board
from tests.conftest import NOON
from tests.server.wall.test_state import GRAVE, SAAT, look, report

GUEST = Viewer("tamu", ROLES["tamu"])


def first(board: Board, query: str = "", **more: Any) -> dict[str, Any]:
    return dict(look(board, query, **more)["decisions"][0])


def test_a_grave_report_waits_until_somebody_has_it(board: Board, tmp_path: Path) -> None:
    report(board, tmp_path, GRAVE)
    waiting = first(board)
    assert waiting["unheld"]
    assert (waiting["title"], waiting["place"]) == ("kericuhan", "Indralaya")
    assert "12.00, batas 15 menit" in waiting["note"]  # since it was reported
    assert "belum dipegang" in waiting["note"]
    assert waiting["act"].startswith("Polsek ")
    assert waiting["act"].endswith(" verifikasi")
    case = str(board.snapshot_reader.refresh().snapshot.frames["incidents"]["case"].iloc[0])
    acknowledgements.acknowledge(
        board.store, case, "Iptu Rahmat", "posko", NOON, NOON + timedelta(seconds=40)
    )
    held = first(board)
    assert not held["unheld"]
    assert "dipegang Iptu Rahmat" in held["note"]
    assert "Rahmat" not in first(board, viewer=GUEST)["note"]  # who sees no officers reads no name


def test_filters_hold_for_what_waits(board: Board, tmp_path: Path) -> None:
    report(board, tmp_path, GRAVE)
    assert look(board, "kec=16.10.04")["decision_count"] >= 1
    assert all(one["mark"] is None for one in look(board, "kec=16.10.05")["decisions"])


def test_a_link_to_situasi_shows_its_reports_and_no_alerts(rehearsed: Board) -> None:
    bound = LinkScope("abc", "situasi", (("saat", "2024-11-27T13:05"),), NOON)
    guest = Viewer("tamu abc", ROLES["tamu"], (), bound)
    mine = look(rehearsed, "saat=2024-11-27T13:05")
    theirs = look(rehearsed, "", guest)
    assert any(one["mark"] is None for one in mine["decisions"])
    assert all(one["mark"] is not None for one in theirs["decisions"])


def test_at_most_five_are_named_and_all_are_counted(board: Board, tmp_path: Path) -> None:
    report(board, tmp_path, *(GRAVE.replace("K-9", f"K-{n}") for n in range(9)))
    state = look(board, "")
    assert len(state["decisions"]) == 5
    assert state["decision_count"] >= 9


def test_of_a_past_moment_nobodys_silence_is_told(rehearsed: Board) -> None:
    assert not any(one["unheld"] for one in look(rehearsed, SAAT)["decisions"])


def test_an_interruption_tells_the_whole_text_and_what_was_there_before(
    board: Board, tmp_path: Path
) -> None:
    long_text = "Massa memaksa masuk dan merusak. " * 15
    other = GRAVE.replace("K-9", "K-8").replace(",tinggi,", ",sedang,").replace("11:50", "11:20")
    report(board, tmp_path, other)
    report(board, tmp_path, GRAVE.replace("Massa memaksa masuk", long_text.strip()))
    alarm = look(board, "")["alarms"][0]
    assert alarm["whole"] == long_text.strip()
    assert alarm["before"].startswith("Indralaya: kericuhan ")
    assert alarm["credible"].startswith("belum dinilai")
    assert alarm["near"] == ""  # nobody is posted on an empty board


def test_with_officers_known_the_nearest_are_named_with_their_distance(rehearsed: Board) -> None:
    near = look(rehearsed, "saat=2024-11-27T06:30")["alarms"][0]["near"]
    assert "\u00a0km" in near
    assert "cadangan" in near or "patroli" in near
    guest = Viewer("tamu x", ROLES["tamu"])
    assert look(rehearsed, "saat=2024-11-27T06:30", guest)["alarms"][0]["near"] == ""


def test_of_a_shortage_the_wall_proposes_the_move_that_the_plan_would_make(
    rehearsed: Board,
) -> None:
    moment = "saat=2024-11-27T10:30"
    acts = [one["act"] for one in look(rehearsed, moment)["decisions"]]
    assert any(
        re.match(r"geser \d+ (cadangan|patroli) .+ ≈\u00a0[\d,–\u2060]+\u00a0km", a) for a in acts
    )
    theirs = [one["act"] for one in look(rehearsed, moment, GUEST)["decisions"]]
    assert not any("geser" in act for act in theirs)  # who may not see officers
