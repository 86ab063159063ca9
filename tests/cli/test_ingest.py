"""`ingest`: the ledger for programs, the table for people, and exit codes that tell scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from tests.builders_files import csv_file, faulty, report, workbook
from tests.cli.conftest import Run

Reopened = Callable[[], Board]
KEYS = {"path", "feed", "sha256", "read", "accepted", "duplicate", "quarantined", "reasons"}


def mixed(folder: Path) -> Path:
    """Two good rows, one of them twice, and a faulty one."""
    good = report()
    return csv_file(folder / "a.csv", good, faulty(id="K-2"), good, report(id="K-3"))


def rows(board: Board) -> dict[str, int]:
    return {name: len(board.store.rows_after(feed)) for name, feed in FEEDS.items()}


def state(reopened: Reopened) -> tuple[int, dict[str, int], int]:
    """Version, rows and quarantine of the store that the commands worked on."""
    board = reopened()
    found = board.store.version(), rows(board), len(board.store.quarantined_rows())
    board.close()
    return found


def test_json_prints_the_ledger_and_nothing_else(process: Run, tmp_path: Path) -> None:
    path = mixed(tmp_path)
    said = process("ingest", "--json", path)
    [source] = said.sources
    assert said.code == 0
    assert source.keys() >= KEYS
    assert (source["path"], source["feed"]) == (str(path), "incidents")
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    counts = [source[key] for key in ("read", "accepted", "duplicate", "quarantined")]
    assert counts == [4, 2, 1, 1]
    [entry] = source["reasons"]
    assert entry["row"] == 3
    assert "entah apa" in "; ".join(entry["reasons"])


def test_one_broken_file_among_good_ones_is_2_and_the_others_are_done(
    process: Run, tmp_path: Path, reopened: Reopened
) -> None:
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(b"PK\x03\x04 only the beginning of a workbook")
    last = csv_file(tmp_path / "c.csv", report("tps"))
    said = process("ingest", "--json", mixed(tmp_path), broken, last)
    assert said.code == 2
    assert [source["accepted"] for source in said.sources] == [2, 0, 1]
    assert said.sources[1]["refused"]
    assert said.sources[1]["sha256"] == hashlib.sha256(broken.read_bytes()).hexdigest()
    _, stored, held = state(reopened)
    assert (stored["incidents"], stored["tps"], held) == (2, 1, 1)


def test_a_person_sees_a_table_and_every_reason(process: Run, tmp_path: Path) -> None:
    said = process("ingest", mixed(tmp_path))
    assert said.code == 0
    heading, line = (
        next(x for x in said.out.splitlines() if w in x) for w in ("dibaca", "│ a.csv")
    )
    assert [word for word in heading.split() if word.isalpha()] == [
        "berkas", "feed", "dibaca", "diterima", "ganda", "karantina",
    ]  # fmt: skip
    assert [word for word in line.split() if word.isdigit()] == ["4", "2", "1", "1"]
    assert "baris 3" in said.out
    assert "entah apa" in said.out


def test_the_sheet_of_a_faulty_row_is_named(cli: Run, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Pagi": [report()], "Sore": [faulty(id="K-2")]})
    assert "lembar Sore, baris 2" in cli("ingest", path).out
    assert cli("ingest", "--json", path).sources[0]["reasons"][0]["sheet"] == "Sore"


def test_long_lists_of_reasons_are_cut_for_people_but_not_for_programs(
    cli: Run, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", *(faulty(id=f"K-{n}") for n in range(30)))
    assert "10 baris karantina lagi" in cli("ingest", path).out
    assert len(cli("ingest", "--json", path).sources[0]["reasons"]) == 30


def test_strict_makes_quarantined_rows_1(cli: Run, tmp_path: Path) -> None:
    path = mixed(tmp_path)
    assert cli("ingest", path).code == 0
    assert cli("ingest", "--strict", path).code == 1
    assert cli("ingest", "--strict", csv_file(tmp_path / "b.csv", report(id="K-9"))).code == 0


def test_an_unreadable_file_is_2_even_when_strict(cli: Run, tmp_path: Path) -> None:
    assert cli("ingest", "--strict", mixed(tmp_path), tmp_path / "no.csv").code == 2


def test_a_dry_run_tells_the_same_and_changes_nothing(
    cli: Run, tmp_path: Path, reopened: Reopened
) -> None:
    cli("ingest", csv_file(tmp_path / "first.csv", report()))
    before, path = state(reopened), mixed(tmp_path)
    tried = cli("ingest", "--json", "--dry-run", path).sources
    assert state(reopened) == before
    assert cli("ingest", "--json", path).sources == tried
    assert (tried[0]["accepted"], tried[0]["duplicate"]) == (1, 2)


def test_a_dry_run_says_so_to_a_person(cli: Run, tmp_path: Path) -> None:
    assert "Uji coba" in cli("ingest", "--dry-run", mixed(tmp_path)).out


def test_an_unknown_feed_is_refused_with_the_names_of_all(cli: Run, tmp_path: Path) -> None:
    said = cli("ingest", "--feed", "votes", mixed(tmp_path))
    assert said.code == 2
    assert all(feed in said.err for feed in FEEDS)


@pytest.mark.parametrize("feed", FEEDS)
def test_the_headings_tell_the_feed(cli: Run, tmp_path: Path, feed: str) -> None:
    [source] = cli("ingest", "--json", csv_file(tmp_path / "a.csv", report(feed))).sources
    assert (source["feed"], source["accepted"]) == (feed, 1)


def test_the_wrong_feed_stated_puts_every_row_in_quarantine(cli: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", report("personnel"))
    [source] = cli("ingest", "--json", "--feed", "incidents", path).sources
    assert (source["feed"], source["quarantined"]) == ("incidents", 1)


def test_a_file_whose_headings_tell_no_feed_waits_and_says_so(cli: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("waktu,kecamatan\n27/11/2024 08.00,Kandis\n", encoding="utf-8")
    said = cli("ingest", path)
    assert said.code == 3
    assert "judul kolom" in said.out
    assert "menunggu pemetaan di halaman Masukan, nomor 1" in said.out


def test_undo_takes_a_delivery_back_and_it_may_come_again(
    cli: Run, tmp_path: Path, reopened: Reopened
) -> None:
    path = csv_file(tmp_path / "a.csv", report(), report(id="K-2"))
    cli("ingest", path)
    said = cli("undo", 1)
    assert said.code == 0
    assert "2 baris" in said.out
    board = reopened()
    assert len(board.store.withdrawals()) == 2
    board.close()
    assert cli("ingest", "--json", path).sources[0]["accepted"] == 2
    assert state(reopened)[1]["incidents"] == 4  # nothing is ever deleted


def test_undo_says_which_rows_stand_because_another_delivery_brought_them_too(
    cli: Run, tmp_path: Path, reopened: Reopened
) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", report(), report(id="K-2")))
    cli("ingest", csv_file(tmp_path / "b.csv", report(id="K-2"), report(id="K-3")))
    said = cli("undo", 1)
    assert said.out.splitlines() == [
        "Kiriman 1: 1 baris ditarik kembali.",
        "1 baris tetap berlaku: juga dibawa kiriman 2.",
    ]
    board = reopened()
    assert len(board.store.withdrawals()) == 1
    board.close()
    assert cli("undo", 2).out.splitlines() == ["Kiriman 2: 2 baris ditarik kembali."]


def test_undo_of_an_unknown_delivery_is_2_with_one_sentence(process: Run) -> None:
    said = process("undo", 99)
    assert said.code == 2
    assert "99" in said.err
    assert "Traceback" not in said.err


def test_batches_lists_what_came(cli: Run, tmp_path: Path) -> None:
    cli("ingest", mixed(tmp_path), csv_file(tmp_path / "b.csv", report("tps")))
    lines = [line for line in cli("batches").out.splitlines() if ".csv" in line]
    assert ["a.csv" in lines[0], "b.csv" in lines[1]] == [True, True]
    assert "incidents" in lines[0]


def test_a_store_that_is_none_is_2_with_one_sentence(process: Run, tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "situasi.db").write_bytes(b"a letter to the editor " * 100)
    said = process("ingest", mixed(tmp_path))
    assert said.code == 2
    assert "bukan penyimpanan Situasi" in " ".join(said.err.split())
    assert "Traceback" not in said.err
