"""`calibrate`: the turnout outlook rests on real days, for any election, and on its own days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from situasi.domain import election, real_days
from situasi.domain import register as registers
from situasi.domain.register import Register
from tests.builders_election import invented_election
from tests.cli.conftest import Run

_CURVE = {"08.00": 0.3, "09.00": 0.5, "10.00": 0.7, "11.00": 0.85, "12.00": 0.95}


@pytest.fixture
def elsewhere(tmp_path: Path, environment: dict[str, str]) -> Path:
    """An invented election of 30 TPS, and no calibration yet."""
    folder = invented_election(tmp_path / "negeri", kecamatan=5)
    definition = folder / "election.toml"  # its day is past: counts of a day to come are refused
    definition.write_text(definition.read_text().replace("2030-11-20", "2024-11-20"))
    environment["SITUASI_ELECTION"] = str(folder)
    return folder


def write_day(path: Path, register: Register, mark: str) -> Path:
    """A file of the counts of all TPS at each full hour and of their end: 185 to 214 voters."""
    rows = []
    for voters, code in enumerate(register.tps["code"], start=185):
        desa, _, number = code.rpartition(".")
        names = {"kecamatan": register.name_of(code[:8]), "desa": register.name_of(desa)}
        for at, share in {**_CURVE, "13.05": 1.0}.items():
            place = {**names, "tps": number}
            day = f"2024-11-20 {at.replace('.', ':')}"
            fase = "ditutup" if share == 1 else ""
            count = {"waktu": day, "waktu_lapor": day, "hadir": round(voters * share), "fase": fase}
            rows.append({"id": f"{code}-{at}", **place, **count, "latihan": mark})
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_it_is_written_beside_the_rules_and_the_board_uses_it(elsewhere: Path, cli: Run) -> None:
    assert election.load(elsewhere).turnout_parameters is None
    said = cli("calibrate")
    assert said.code == 0
    assert "10.00 kabupaten: memuat kebenaran" in said.out
    found = election.load(elsewhere).turnout_parameters
    assert found is not None
    assert (found.days, found.own_days) == (len(real_days.load_shipped().days), 0)


def test_it_is_the_same_each_time(elsewhere: Path, cli: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        cli("calibrate", "--out", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not (elsewhere / "outlook.toml").exists()


def test_the_stored_day_becomes_a_day_of_this_place_and_narrows_the_interval(
    elsewhere: Path, cli: Run, tmp_path: Path
) -> None:
    cli("calibrate")
    before = election.load(elsewhere).turnout_parameters
    file = write_day(tmp_path / "tps.csv", registers.load(election.load(elsewhere)), "")
    assert cli("ingest", file).code == 0
    said = cli("calibrate", "--from-store")
    assert said.code == 0, said.err
    [day] = real_days.load_own(elsewhere)
    assert day.log_share[:2] == pytest.approx([-1.204, -0.693], abs=0.01)
    assert day.turnout == pytest.approx(200 / 300, abs=0.01)
    after = election.load(elsewhere).turnout_parameters
    assert before is not None
    assert after is not None
    assert (after.own_days, after.days) == (1, before.days + 1)
    assert (after.pace.covariance.diagonal()[:5] < before.pace.covariance.diagonal()[:5]).all()


def test_an_exercise_is_no_election_day(elsewhere: Path, cli: Run, tmp_path: Path) -> None:
    file = write_day(tmp_path / "tps.csv", registers.load(election.load(elsewhere)), "ya")
    cli("ingest", file)
    said = cli("calibrate", "--from-store")
    assert said.code == 2
    assert "belum cukup laporan untuk menjadi hari kalibrasi" in said.err
    assert real_days.load_own(elsewhere) == ()
