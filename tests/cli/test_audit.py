"""`audit`: who did what, whether nobody changed it, and the end to be written down elsewhere."""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from situasi.domain.settings import load
from situasi.store import open_store
from tests.cli.conftest import Run
from tests.conftest import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def trail(environment: dict[str, str]) -> Path:
    """Return the file of a store with three entries in its audit log, an hour apart."""
    url = load(environment).store_url
    store = open_store(url)
    store.log_audit("sign-in", "wati", NOON - 2 * HOUR, {"from": "10.0.0.7"})
    store.log_audit("saw", "wati", NOON - HOUR, {"page": "netralitas"})
    store.log_audit("sign-in", "=HYPERLINK(1)", NOON, {})
    store.close()
    return Path(url.removeprefix("sqlite:///"))


def tamper(path: Path, *deeds: str) -> None:
    connection = sqlite3.connect(path)
    for deed in ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", *deeds):
        connection.execute(deed)
    connection.commit()
    connection.close()


def listed(cli: Run, *words: str) -> list[dict[str, Any]]:
    said = cli("audit", "list", "--csv", *words)
    assert said.code == 0
    return list(csv.DictReader(io.StringIO(said.out.removeprefix("\ufeff"))))


def test_whole_trail_is_0_and_says_how_long_it_is(cli: Run, trail: Path) -> None:
    said = cli("audit", "verify")
    assert (said.code, said.out) == (0, "Jejak utuh: 3 catatan.\n")


def test_trail_of_a_new_store_is_whole(process: Run) -> None:
    said = process("audit", "verify")
    assert (said.code, said.out) == (0, "Jejak utuh: 0 catatan.\n")


def test_every_break_is_said_and_is_1(cli: Run, trail: Path) -> None:
    tamper(trail, "UPDATE audit SET actor = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 3")
    said = cli("audit", "verify")
    assert said.code == 1
    assert said.out.splitlines() == [
        "Catatan 2 diubah, atau tidak menyambung pada catatan 1.",
        "Catatan 3 hilang dari ujung jejak.",
    ]


def test_head_written_down_is_still_there_though_others_wrote_on(
    cli: Run, trail: Path, environment: dict[str, str]
) -> None:
    number, head = cli("audit", "head").out.split()
    assert number == "3"
    store = open_store(load(environment).store_url)
    store.log_audit("saw", "wati", NOON, {})
    store.close()
    said = cli("audit", "verify", "--head", head.upper())
    assert said.code == 0
    assert "4 catatan" in said.out and "ujung" in said.out


def test_head_of_another_trail_is_1(cli: Run, trail: Path) -> None:
    said = cli("audit", "verify", "--head", "a" * 64)
    assert said.code == 1
    assert "a" * 64 in said.out


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "a" * 63])
def test_head_that_is_none_is_2(cli: Run, trail: Path, head: str) -> None:
    said = cli("audit", "verify", "--head", head)
    assert said.code == 2
    assert "64" in said.err


def test_list_shows_who_did_what_on_the_clock_of_the_election(cli: Run, trail: Path) -> None:
    said = cli("audit", "list").out
    lines = [line for line in said.splitlines() if "saw" in line]
    assert len(lines) == 1
    assert all(part in lines[0] for part in ("27/11/2024 11.00.00", "wati", "netralitas", "tidak"))
    assert "3 catatan." in said


def test_list_says_what_was_taken_along_in_words_and_runs_nothing(
    cli: Run, trail: Path, environment: dict[str, str]
) -> None:
    store = open_store(load(environment).store_url)
    what = {"table": "kasus", "title": "\x1b[2Jhapus", "form": "csv", "rows": 12}
    store.log_audit("export", "budi", NOON, {**what, "filters": {"kec": "16.10.05"}})
    store.close()
    (line,) = (one for one in cli("audit", "list").out.splitlines() if "export" in one)
    assert "table: kasus, title: \ufffd[2Jhapus, form: csv, rows: 12" in line
    assert "filters: (kec: 16.10.05)" in line and "budi" in line and "\x1b" not in line


def test_list_shows_an_entry_that_somebody_broke(cli: Run, trail: Path) -> None:
    tamper(trail, "UPDATE audit SET detail = '{rusak' WHERE seq = 2")
    assert "{rusak" in cli("audit", "list").out


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], ["1", "2", "3"]),
        (["--actor", "wati"], ["1", "2"]),
        (["--action", "sign-in"], ["1", "3"]),
        (["--actor", "wati", "--action", "sign-in"], ["1"]),
        (["--since", "2024-11-27 11.00"], ["2", "3"]),
        (["--since", "27/11/2024 11:01"], ["3"]),
        (["--since", "2024-11-27T12:00"], ["3"]),
        (["--since", "2024-11-27"], ["1", "2", "3"]),
        (["--since", "2024-11-28"], []),
        (["--actor", "budi"], []),
    ],
    ids=str,
)
def test_list_is_narrowed(cli: Run, trail: Path, words: list[str], numbers: list[str]) -> None:
    assert [line["no"] for line in listed(cli, *words)] == numbers


def test_csv_carries_the_seals_and_nothing_that_a_spreadsheet_runs(cli: Run, trail: Path) -> None:
    first, _, last = listed(cli)
    assert last["oleh"] == "'=HYPERLINK(1)"
    assert last["segel"] == cli("audit", "head").out.split()[1]
    assert first["waktu"].startswith("2024-11-27 10:00:00") and first["waktu"].endswith("+07:00")
    assert (first["tindakan"], first["mengubah_data"]) == ("sign-in", "tidak")
    assert first["rincian"] == '{"from": "10.0.0.7"}'


def test_moment_that_cannot_be_read_is_2(cli: Run, trail: Path) -> None:
    said = cli("audit", "list", "--since", "kemarin")
    assert said.code == 2
    assert "kemarin" in said.err
