"""`drill`: lists, plays and refuses scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.actions import exercise_controller
from situasi.board import Board
from tests.builders_files import csv_file, report
from tests.cli.conftest import Run


@pytest.fixture
def rehearsal(environment: dict[str, str], cli: Run, tmp_path: Path) -> Run:
    """Commands on a rehearsal store with one made-up row."""
    environment["SITUASI_REHEARSAL"] = "yes"
    made_up = csv_file(tmp_path / "incidents.csv", {**report("incidents"), "latihan": "ya"})
    assert cli("ingest", made_up).code == 0
    return cli


def test_without_a_name_the_scenarios_are_listed(cli: Run) -> None:
    said = cli("drill")
    assert said.code == 0
    listed = dict(line.split(maxsplit=1) for line in said.out.splitlines())
    assert listed["bentrok_tps"] == "Bentrok di TPS"


@pytest.mark.usefixtures("environment")
def test_a_scenario_is_played_and_marked(
    rehearsal: Run,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    reopened: Callable[[], Board],
) -> None:
    monkeypatch.setenv("SITUASI_REHEARSAL", "yes")
    said = rehearsal("drill", "bentrok_tps", "--leave")
    assert said.code == 0 and "dimulai" in said.err
    board = reopened()
    (run,) = exercise_controller.load_all(board.store)
    assert run.scenario == "bentrok_tps" and run.starts_at is None
    board.close()


def test_a_scenario_may_wait_for_the_clock_of_the_exercise(
    rehearsal: Run, monkeypatch: pytest.MonkeyPatch, reopened: Callable[[], Board]
) -> None:
    monkeypatch.setenv("SITUASI_REHEARSAL", "yes")
    assert rehearsal("drill", "massa_kpu", "--at", "9.30", "--leave").code == 0
    board = reopened()
    (run,) = exercise_controller.load_all(board.store)
    zone = board.register.election.zone
    assert run.starts_at is not None and f"{run.starts_at.astimezone(zone):%H.%M}" == "09.30"
    board.close()


def test_an_unknown_name_and_an_unreadable_time_are_refused_in_a_sentence(
    rehearsal: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITUASI_REHEARSAL", "yes")
    said = rehearsal("drill", "gempa")
    assert said.code == 2 and "bentrok_tps" in said.err
    said = rehearsal("drill", "bentrok_tps", "--at", "siang")
    assert said.code == 2 and "09.30" in said.err


def test_a_real_store_is_refused(cli: Run) -> None:
    said = cli("drill", "bentrok_tps")
    assert said.code == 2
    assert "bukan papan latihan" in said.err
