"""`calibrate`: the turnout outlook is fitted to simulated days, for any election."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from situasi.domain import election, forecast_parameters
from situasi.domain.settings import ROOT
from tests.builders_election import invented_election
from tests.cli.conftest import Run

ASSUMED = ROOT / "data" / "elections" / "ogan-ilir-2024" / forecast_parameters.DAYS_FILE_NAME
FEW = ("--days", 20, "--test-days", 20)


@pytest.fixture
def elsewhere(tmp_path: Path, environment: dict[str, str]) -> Path:
    """An invented election of 30 TPS with assumptions of days, and no calibration yet."""
    folder = invented_election(tmp_path / "negeri", kecamatan=5)
    shutil.copy(ASSUMED, folder)
    environment["SITUASI_ELECTION"] = str(folder)
    return folder


def test_it_is_written_beside_the_rules_and_the_board_uses_it(elsewhere: Path, cli: Run) -> None:
    assert election.load(elsewhere).turnout_parameters is None
    said = cli("calibrate", *FEW)
    assert said.code == 0
    assert "09.00 kabupaten: memuat kebenaran" in said.out
    found = election.load(elsewhere).turnout_parameters
    assert found is not None
    assert (found.days, found.test_days) == (20, 20)


def test_the_same_seed_gives_the_same_calibration(
    elsewhere: Path, cli: Run, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        cli("calibrate", *FEW, "--seed", 5, "--out", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not (elsewhere / forecast_parameters.FILE_NAME).exists()


def test_without_assumptions_of_days_it_says_what_is_missing(elsewhere: Path, cli: Run) -> None:
    (elsewhere / forecast_parameters.DAYS_FILE_NAME).unlink()
    said = cli("calibrate", *FEW)
    assert said.code == 2
    assert forecast_parameters.DAYS_FILE_NAME in said.err
