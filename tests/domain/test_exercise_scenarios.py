"""Scenarios that could not be measured are refused before anybody plays them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from situasi.domain import exercise_scenarios
from situasi.domain.register import Register

GOOD = """
name = "Uji"
words = "Uji."
kode_kecamatan = "16.10.04"
[target]
notice_min = 5
verify_min = 10
assign_min = 20
close_min = 60
[[messages]]
after_min = 0
feed = "incidents"
case = "a"
jenis = "logistik"
[[messages]]
after_min = 3
feed = "tps"
fase = "dibuka"
"""


def _with_folder(register: Register, folder: Path) -> Register:
    return replace(register, election=replace(register.election, folder=folder))


def read(register: Register, folder: Path, text: str) -> exercise_scenarios.Scenario:
    (folder / exercise_scenarios.FOLDER_NAME).mkdir()
    (folder / exercise_scenarios.FOLDER_NAME / "uji.toml").write_text(text, "utf-8")
    return exercise_scenarios.load(_with_folder(register, folder))["uji"]


def test_a_scenario_is_its_messages_with_the_place_of_all(
    register: Register, tmp_path: Path
) -> None:
    found = read(register, tmp_path, GOOD)
    assert found.cases == ("a",)
    assert [one.feed for one in found.injects] == ["incidents", "tps"]
    assert all(dict(one.cells)["kode_kecamatan"] == "16.10.04" for one in found.injects)
    assert [target.total_seconds() / 60 for target in found.response_targets] == [5, 10, 20, 60]


def test_an_election_without_scenarios_has_none(register: Register, tmp_path: Path) -> None:
    assert exercise_scenarios.load(_with_folder(register, tmp_path)) == {}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('feed = "tps"', 'feed = "votes"', "votes"),
        ('case = "a"', "", "case"),
        ('feed = "tps"', 'feed = "tps"\ncase = "b"', "case"),
        ("after_min = 0", "after_min = 9", "urutkan"),
        ("verify_min = 10", "verify_min = 2", "naik"),
        ("verify_min = 10", "", "verify_min"),
        ("verify_min = 10", "verify_min = 10\nverify = 10", "'verify' tidak dikenal di [target]"),
        ('name = "Uji"', "", "name"),
        ("kode_kecamatan =", "kode_kec =", "'kode_kec' tidak dikenal"),
        ('fase = "dibuka"', 'fasa = "dibuka"', "'fasa' tidak dikenal"),
        ("[target]", "[target", "uji.toml"),
    ],
)
def test_a_faulty_scenario_is_refused_by_name(
    register: Register, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    with pytest.raises(ValueError, match=r"uji\.toml") as refused:
        read(register, tmp_path, GOOD.replace(right, wrong))
    assert said in str(refused.value)
