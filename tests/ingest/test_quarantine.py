"""Rows in quarantine: released once, whoever tries at the same time; returned with care."""

from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.common.formula_escape import unescape_formula
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.ingest.pipeline import NO_LONGER_QUARANTINED, IngestRequest, IngestResult, ingest_file
from situasi.ingest.quarantine import drop_rows, format_csv, release_row
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store.model import QuarantinedRow
from tests.builders import unbounded
from tests.builders_files import csv_file, faulty, report
from tests.conftest import NOON


def waiting(board: Board, folder: Path, *rows: dict[str, object]) -> list[QuarantinedRow]:
    path = csv_file(folder / "pagi.csv", *(rows or (faulty(),)))
    ingest_file(IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON))
    return board.store.quarantined_rows()


def mended(board: Board, row: QuarantinedRow, **cells: str) -> IngestResult:
    return release_row(board.store, board.ingest_context, unbounded(), row, cells, NOON)


def stored(board: Board) -> list[str]:
    return board.store.rows_after(INCIDENTS)["jenis"].tolist()


def test_a_row_released_meanwhile_is_not_stored_a_second_time(board: Board, tmp_path: Path) -> None:
    [row] = waiting(board, tmp_path)
    assert mended(board, row, jenis="banjir").accepted == 1
    version = board.store.version()
    second = mended(board, row, jenis="listrik padam")
    assert (second.refused, second.read, second.accepted) == (NO_LONGER_QUARANTINED, 0, 0)
    assert (stored(board), board.store.version()) == (["bencana"], version)


def test_of_two_who_release_one_row_at_the_same_time_one_wins(board: Board, tmp_path: Path) -> None:
    rows = waiting(board, tmp_path, *(faulty(id=f"K-{n}") for n in range(8)))
    for row in rows:
        start, told = threading.Barrier(2), []

        def try_it(word: str, row: QuarantinedRow = row) -> None:
            start.wait()  # noqa: B023 each round waits for its own threads
            told.append(mended(board, row, jenis=word))  # noqa: B023

        both = [threading.Thread(target=try_it, args=(word,)) for word in ("banjir", "logistik")]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert sorted(one.accepted for one in told) == [0, 1]
        assert [one.refused for one in told if not one.accepted] == [NO_LONGER_QUARANTINED]
    assert len(stored(board)) == len(rows)
    assert board.store.quarantine_counts() == {}


def test_a_row_that_is_already_on_the_board_leaves_quarantine_as_a_duplicate(
    board: Board, tmp_path: Path
) -> None:
    rows = waiting(board, tmp_path, report(jenis="banjir"), faulty())
    ledger = mended(board, rows[0], jenis="banjir")
    assert (ledger.duplicate, ledger.refused) == (1, None)
    assert (stored(board), board.store.quarantine_counts()) == (["bencana"], {})


def test_a_row_still_faulty_waits_on_with_nothing_stored(board: Board, tmp_path: Path) -> None:
    [row] = waiting(board, tmp_path)
    version = board.store.version()
    ledger = mended(board, row, jenis="entah lagi")
    assert (ledger.quarantined, ledger.refused) == (1, None)
    assert (board.store.version(), board.store.quarantined_rows()) == (version, [row])


def test_a_release_taken_back_lets_the_row_wait_and_be_released_again(
    board: Board, tmp_path: Path
) -> None:
    [row] = waiting(board, tmp_path)
    mended(board, row, jenis="banjir")
    board.store.withdraw(2, NOON, "uji")
    assert board.store.quarantine_counts() == {"incidents": 1}
    assert mended(board, row, jenis="banjir").accepted == 1


def test_a_file_of_nothing_but_rows_that_wait_says_as_which_number_and_is_in_the_trail(
    board: Board, tmp_path: Path
) -> None:
    [row] = waiting(board, tmp_path)
    path = csv_file(tmp_path / "lagi.csv", faulty())
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("bot"), now=NOON)
    )
    assert (ledger.read, ledger.quarantined) == (1, 1)
    assert ledger.reasons[0]["reasons"] == [
        *row.reasons, f"sudah menunggu sebagai no {row.number}",
    ]  # fmt: skip
    entry = board.store.audit_entries().iloc[-1]
    assert (entry["action"], entry["actor"], entry["moves"]) == ("deliver-again", "bot", False)
    told = json.loads(entry["detail"])
    assert (told["source"], told["quarantined"], told["waiting"]) == ("lagi.csv", 1, [row.number])


def test_the_faulty_row_of_a_new_event_waits_though_the_same_was_corrected_before(
    board: Board, tmp_path: Path
) -> None:
    [row] = waiting(board, tmp_path)
    mended(board, row, jenis="banjir")
    [again] = waiting(board, tmp_path)
    assert (again.number != row.number, again.raw, again.reasons) == (True, row.raw, row.reasons)
    assert mended(board, again, jenis="kebakaran", uraian="yang kedua").accepted == 1
    assert board.store.quarantine_counts() == {}


def test_a_returned_file_with_a_number_beyond_every_engine_is_a_plain_delivery(
    board: Board, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "b.csv", report(no_karantina="1e300"))
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
    )
    assert ledger.accepted == 1


def test_a_cell_that_comes_back_empty_is_empty_and_its_row_waits_on(
    board: Board, tmp_path: Path
) -> None:
    rows = waiting(board, tmp_path, faulty(), report(waktu=""))
    path = tmp_path / "kembali.csv"
    path.write_text(format_csv(rows).replace(rows[0].raw["jenis"], "banjir"), "utf-8")
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
    )
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    assert board.store.quarantined_rows() == rows[1:]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=4))
def test_what_a_sender_wrote_is_in_the_returned_file_guarded_and_recoverable(
    cells: list[str],
) -> None:
    raw = {f"kolom {at}": cell for at, cell in enumerate(cells)}
    row = QuarantinedRow(7, 1, "incidents", "a.csv", 2, raw, ("x",), NOON, None)
    [line] = csv.DictReader(io.StringIO(format_csv([row]), newline=""))
    assert {name: unescape_formula(line[name]) for name in raw} == raw
    assert not [cell for cell in line.values() if cell.startswith(("=", "@"))]


def test_rows_dropped_with_a_reason_wait_no_more_and_again_after_undo(
    board: Board, tmp_path: Path
) -> None:
    rows = waiting(board, tmp_path, faulty(id="K-1"), faulty(id="K-2"))
    assert drop_rows(board.store, unbounded("uji"), rows, "laporan uji coba", NOON) == 2
    assert (board.store.quarantine_counts(), stored(board)) == ({}, [])
    batch = board.store.batches().iloc[-1]
    assert (batch["source"], batch["actor"]) == ("disisihkan: laporan uji coba", "uji")

    # The same file again brings nothing back, and a second drop finds nothing.
    again = ingest_file(
        IngestRequest(
            tmp_path / "pagi.csv", board.store, board.ingest_context, unbounded("uji"), now=NOON
        )
    )
    assert (again.read, again.quarantined, board.store.quarantine_counts()) == (2, 2, {})
    assert drop_rows(board.store, unbounded("uji"), rows, "sekali lagi", NOON) == 0

    board.store.withdraw(int(batch["batch"]), NOON, "uji", "keliru")
    assert board.store.quarantine_counts() == {INCIDENTS.name: 2}
    assert mended(board, rows[0], jenis="banjir").accepted == 1


def test_rows_of_others_are_not_dropped(board: Board, tmp_path: Path) -> None:
    rows = waiting(board, tmp_path)
    stranger = WriteScope("lain", frozenset(FEEDS), ("16.10.05",), CorrectionRights.OWN)
    assert drop_rows(board.store, stranger, rows, "bukan milik saya", NOON) == 0
    assert board.store.quarantine_counts() == {INCIDENTS.name: 1}
