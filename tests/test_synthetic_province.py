"""What a Polda rehearses on: an invented election folder for every kabupaten without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, higher_command, register
from situasi.domain.higher_command import HigherCommand
from situasi.domain.settings import ROOT
from situasi.simulation.generate import generate_day
from tests.tools import synthetic_province

ELECTION = ROOT / "data" / "elections" / "ogan-ilir-2024"


@pytest.fixture(scope="module")
def polda(tmp_path_factory: pytest.TempPathFactory) -> HigherCommand:
    home = ROOT / "data" / "commands" / "sumsel-2024"
    return higher_command.load(
        synthetic_province.write_province(home, ELECTION, tmp_path_factory.mktemp("polda"))
    )


def test_every_kabupaten_has_a_register_with_its_own_number_of_tps(polda: HigherCommand) -> None:
    found = {}
    for member in polda.members:
        assert member.election_folder is not None
        found[member.code] = len(register.load(election.load(member.election_folder)).tps)
    assert found == {one.code: one.tps for one in polda.members}
    assert sum(found.values()) == 13_206


def test_one_that_is_known_keeps_its_own_and_the_others_say_that_they_are_made_up(
    polda: HigherCommand,
) -> None:
    assert polda.member("16.10").election_folder == ELECTION.resolve()
    folder = polda.member("16.71").election_folder
    assert folder is not None
    made = register.load(election.load(folder))
    assert made.election.name.startswith("LATIHAN")
    assert made.tps["estimated"].all() and all(k.dpt_estimated for k in made.kecamatan.values())
    assert "LATIHAN" in domain_boundaries.load(made.election.boundaries_folder).credit


def test_names_are_different_and_squares_do_not_overlap(polda: HigherCommand) -> None:
    folder = polda.member("16.71").election_folder
    assert folder is not None
    made = register.load(election.load(folder))
    names = [one.name for one in made.kecamatan.values()]
    assert len(set(names)) == len(names) == 54
    boundaries = domain_boundaries.load(made.election.boundaries_folder)
    assert set(boundaries.codes) == set(made.kecamatan)
    inner = [one.buffer(-0.001) for one in boundaries.polygons]
    assert not any(a.intersects(b) for i, a in enumerate(inner) for b in inner[:i])


def test_a_day_can_be_played_on_it_and_is_marked(polda: HigherCommand, tmp_path: Path) -> None:
    folder = polda.member("16.72").election_folder
    assert folder is not None
    made = register.load(election.load(folder))
    for path in generate_day(
        made, domain_boundaries.load(made.election.boundaries_folder), 3, tmp_path
    ):
        lines = path.read_text("utf-8-sig").splitlines()
        spot = lines[0].split(",").index("latihan")
        assert spot and len(lines) > 1
