"""A row that comes back corrected settles the row that it was, and none other."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file, ingest_rows
from situasi.ingest.quarantine import format_csv
from situasi.ingest.returned_rows import is_same_row
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store.model import QuarantinedRow
from tests.builders import unbounded
from tests.builders_files import csv_file, faulty, report
from tests.conftest import NOON

OPERATOR = WriteScope("wati", frozenset(FEEDS) - {"neutrality"}, (), CorrectionRights.ALL)


def bring(
    board: Board, feed: str, *rows: dict[str, Any], scope: WriteScope | None = None
) -> IngestResult:
    who = scope or unbounded("pusat")
    return ingest_rows(
        list(rows), "pusat.csv", board.store, board.ingest_context, who, feed=feed, now=NOON
    )


def waiting(board: Board) -> list[int]:
    return [row.number for row in board.store.quarantined_rows()]


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("brought", ["incidents", "tps"])
def test_a_number_of_another_feed_settles_nothing(board: Board, feed: str, brought: str) -> None:
    """As the attack did: an incidents file released somebody else's neutrality row."""
    bring(board, feed, faulty(feed))
    (number,) = waiting(board)
    if feed == brought:
        return
    ledger = bring(board, brought, report(brought, id="X", no_karantina=number), scope=OPERATOR)
    assert ledger.accepted == 1
    assert waiting(board) == [number]
    assert any("tidak ada yang dilepaskan" in note for note in ledger.notes)


def test_a_number_alone_settles_only_a_row_that_is_like_it(board: Board) -> None:
    bring(board, "incidents", faulty(uraian="Kotak suara basah", pelapor="Pos 4"))
    (number,) = waiting(board)
    other = {
        "waktu": "27/11/2024 09.30", "kode_kecamatan": "16.10.05", "jenis": "banjir",
        "uraian": "Air naik", "no_karantina": number,
    }  # fmt: skip
    assert bring(board, "incidents", other).accepted == 1
    assert waiting(board) == [number]
    mended = report(uraian="Kotak suara basah", pelapor="Pos 4", no_karantina=number)
    assert bring(board, "incidents", mended).accepted == 1
    assert waiting(board) == []


def test_numbers_filled_down_in_a_spreadsheet_settle_nobody_elses(
    board: Board, tmp_path: Path
) -> None:
    """The file of the export, with the column of numbers dragged downwards."""
    bring(board, "incidents", *(faulty(id=f"K-{n}", uraian=f"Laporan {n}") for n in range(4)))
    held = board.store.quarantined_rows()
    rows = list(csv.DictReader(io.StringIO(format_csv(held))))
    for at, row in enumerate(rows):
        row["no_karantina"] = str(held[0].number + at + 1)
        row["jenis"] = "banjir"
    path = csv_file(tmp_path / "kembali.csv", *rows)
    ledger = ingest_file(IngestRequest(path, board.store, board.ingest_context, OPERATOR, now=NOON))
    assert ledger.accepted == 4
    assert waiting(board) == [one.number for one in held]


def test_the_audit_log_says_which_row_settled_which(board: Board, tmp_path: Path) -> None:
    bring(board, "incidents", *(faulty(id=f"K-{n}", uraian=f"Laporan {n}") for n in range(3)))
    held = board.store.quarantined_rows()
    rows = list(csv.DictReader(io.StringIO(format_csv(held))))[::-1]
    for row in rows:
        row["jenis"] = "banjir"
    path = csv_file(tmp_path / "kembali.csv", *rows)
    assert (
        ingest_file(
            IngestRequest(path, board.store, board.ingest_context, OPERATOR, now=NOON)
        ).accepted
        == 3
    )
    told = json.loads(board.store.audit_entries()["detail"].iloc[-1])
    stored = board.store.rows_after(FEEDS["incidents"])
    for one in held:
        by = stored[stored["row"] == told["settled_by"][str(one.number)]].iloc[0]
        assert by["uraian"] == one.raw["uraian"]
    assert waiting(board) == []


def test_a_row_faulty_in_a_new_way_takes_the_place_of_the_old_one(board: Board) -> None:
    bring(board, "incidents", faulty())
    (number,) = waiting(board)
    bring(board, "incidents", report(jenis="masih entah", no_karantina=number))
    (row,) = board.store.quarantined_rows()
    assert row.number != number and row.raw["jenis"] == "masih entah"


def test_a_row_that_comes_back_as_faulty_as_before_waits_on(board: Board) -> None:
    bring(board, "incidents", faulty())
    held = board.store.quarantined_rows()
    ledger = bring(board, "incidents", faulty(no_karantina=held[0].number))
    assert (ledger.accepted, ledger.quarantined) == (0, 1)
    assert board.store.quarantined_rows() == held


def test_of_two_rows_that_come_back_as_one_the_first_has_settled_it(board: Board) -> None:
    bring(board, "incidents", faulty())
    (number,) = waiting(board)
    came_from = {"no_karantina": number, "berkas": "pusat.csv", "baris": 1}
    bring(board, "incidents", *(report(id=id, **came_from) for id in ("X", "Y")))
    told = json.loads(board.store.audit_entries()["detail"].iloc[-1])
    assert (told["released"], told["settled_by"]) == ([number], {str(number): 1})


def test_a_number_is_settled_only_by_whom_its_row_concerns(board: Board) -> None:
    """Whoever delivered it may; a program that only brings rows settles not even its own."""
    bring(board, "incidents", faulty())
    (number,) = waiting(board)
    mended = report(id="X", no_karantina=number, berkas="pusat.csv", baris=1)
    for actor, corrects in (("budi", CorrectionRights.OWN), ("pusat", CorrectionRights.NOTHING)):
        other = WriteScope(actor, frozenset(FEEDS), (), corrects)
        bring(board, "incidents", mended, scope=other)
        assert waiting(board) == [number]
    owner = WriteScope("pusat", frozenset(FEEDS), (), CorrectionRights.OWN)
    bring(board, "incidents", mended, scope=owner)
    assert waiting(board) == []


def held_row(**raw: str) -> QuarantinedRow:
    return QuarantinedRow(7, 1, "incidents", "pagi.csv", 3, raw, ("jenis kosong",), NOON, None)


@pytest.mark.parametrize(
    ("cells", "same"),
    [
        ({"berkas": "pagi.csv", "baris": "3"}, True),  # whatever else was corrected
        ({"berkas": "pagi.csv", "baris": "3.0", "a": "9"}, True),
        ({"berkas": "sore.csv", "baris": "3", "a": "1", "b": "2"}, False),
        ({"berkas": "pagi.csv", "baris": "4", "a": "1", "b": "2"}, False),
        ({"baris": "4", "a": "1", "b": "2"}, False),
        ({"a": "1", "b": "2"}, True),
        ({"a": "1", "b": "9"}, True),
        ({"a": "9", "b": "9"}, False),
        ({}, False),
    ],
)
def test_a_row_is_known_by_file_and_line_or_else_by_its_cells(
    cells: dict[str, str], same: bool
) -> None:
    assert is_same_row(held_row(a="1", b="2"), cells) == same


def test_of_a_row_that_is_known_by_its_cells_half_must_be_as_they_were() -> None:
    held = held_row(a="1", b="2", c="3")
    assert not is_same_row(held, {"a": "1", "b": "9", "c": "9"})
    assert is_same_row(held, {"a": "1", "b": "2", "c": "9"})


def test_a_row_of_which_nothing_was_kept_is_known_by_file_and_line_alone() -> None:
    torn = held_row(__rusak="tidak terbaca")
    for held in (torn, held_row(), held_row(a="")):
        assert not is_same_row(held, {"a": "1"})
    assert is_same_row(torn, {"a": "1", "berkas": "pagi.csv", "baris": "3"})
