"""The definition of a Polda or of the nation: whose rows flow up to it, and by which clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from situasi.domain import election, higher_command
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.settings import ROOT
from tests.builders_command import ROWS, small_command

SUMSEL = ROOT / "data" / "commands" / "sumsel-2024"


def test_sumsel_has_its_seventeen_kabupaten_and_all_its_tps() -> None:
    polda = higher_command.load(SUMSEL)
    assert (len(polda.members), polda.tps, polda.dpt) == (17, 13_206, 6_382_739)
    assert sum(one.tps or 0 for one in polda.members) == 13_206
    assert [one.name for one in polda.members if one.dpt is None] == [
        "Ogan Komering Ulu", "Lahat", "Musi Rawas", "Musi Banyuasin",
    ]  # fmt: skip


def test_ogan_ilir_is_there_as_its_own_election_says() -> None:
    mine = higher_command.load(SUMSEL).member("16.10")
    assert mine.election_folder is not None
    own = election.load(mine.election_folder)
    assert (mine.tps, mine.dpt, mine.command) == (own.tps_total, own.dpt_total, own.command)
    assert (higher_command.load(SUMSEL).contest, mine.code) == (own.contest, own.kabupaten_code)


def test_a_folder_is_a_command_or_an_election(tmp_path: Path) -> None:
    assert higher_command.is_higher_command(SUMSEL)
    assert not higher_command.is_higher_command(ROOT / "data" / "elections" / "ogan-ilir-2024")
    assert not higher_command.is_higher_command(tmp_path / "nothing")


def test_each_kabupaten_begins_its_day_by_its_own_clock(tmp_path: Path) -> None:
    polda = higher_command.load(small_command(tmp_path))
    east = polda.member("99.71")
    assert polda.midnight == datetime(2030, 11, 19, 16, tzinfo=UTC)
    assert polda.in_zone_of(east).midnight == datetime(2030, 11, 19, 15, tzinfo=UTC)
    assert polda.in_zone_of(east).day_end - polda.in_zone_of(east).midnight == timedelta(days=1)
    assert east.zone_label == "WIT" and polda.member("99.01").zone_label == "WITA"


def test_a_day_that_is_watched_from_midnight_on_lasts_until_the_next(tmp_path: Path) -> None:
    polda = higher_command.load(small_command(tmp_path))
    whole = replace(polda, watch_from=time(0), watch_until=time(0))
    assert whole.day_end - whole.day_start == timedelta(days=1)


def test_members_are_found_under_whole_parts_of_a_code(tmp_path: Path) -> None:
    polda = higher_command.load(small_command(tmp_path))
    assert [one.code for one in higher_command.members_under(polda, "99")] == [
        "99.01",
        "99.02",
        "99.71",
    ]
    assert [one.code for one in higher_command.members_under(polda, "99.01")] == ["99.01"]
    assert not higher_command.members_under(polda, "99.0")
    assert len(higher_command.members_under(polda, "")) == 3


def test_a_member_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"99\.09"):
        higher_command.load(small_command(tmp_path)).member("99.09")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            ROWS + "99.02,Lagi,Polres Lagi,,1,,ya,,,uji\n",
            "99.02 tertulis dua kali",
        ),
        (ROWS.replace("99.71", "98.71"), "98.71"),
        (ROWS.replace(",40,", ",41,"), "kabupaten.csv 101"),
        (ROWS.replace("../election", "../nowhere"), "folder pemilihan 99.01 tidak ada"),
    ],
)
def test_what_does_not_add_up_is_refused_with_its_reason(
    tmp_path: Path, rows: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        higher_command.load(small_command(tmp_path, rows))


def test_where_one_figure_is_not_known_the_others_may_be_less_than_the_whole(
    tmp_path: Path,
) -> None:
    some = ROWS.replace(",40,", ",,")
    assert higher_command.load(small_command(tmp_path, some)).member("99.02").tps is None
    with pytest.raises(ValueError, match=r"kabupaten\.csv 60"):
        higher_command.load(small_command(tmp_path, some, tps=59))


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("contest", "kontes", r"command\.toml: entri 'contest' tidak ada di \[command\]"),
        ("tps = ", "jumlah_tps = ", r"entri 'jumlah_tps' tidak dikenal di \[register\]"),
        ("zone =", "zona =", r"command\.toml: entri 'zone' tidak ada"),
    ],
)
def test_an_entry_that_is_missing_or_misspelt_is_named_with_its_file(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    home = small_command(tmp_path)
    file = home / "command.toml"
    file.write_text(file.read_text("utf-8").replace(right, wrong), "utf-8")
    with pytest.raises(DefinitionError, match=says):
        higher_command.load(home)
