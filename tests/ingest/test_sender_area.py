"""A sender of some kecamatan reports of those only."""

from __future__ import annotations

from typing import Any

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestResult, ingest_rows
from situasi.ingest.validation.table_check import EXERCISE_NOT_ALLOWED
from situasi.ingest.write_scope import CorrectionRights, WriteScope, build_viewer_scope
from tests.builders import unbounded
from tests.conftest import NOON

KANDIS = "16.10.13"


def brought(
    board: Board,
    rows: list[dict[str, Any]],
    actor: str = "kunci:kandis",
    *,
    feed: str = "incidents",
) -> IngestResult:
    scope = WriteScope(actor, frozenset(FEEDS), (KANDIS,), CorrectionRights.OWN)
    return ingest_rows(
        rows, "laporan", board.store, board.ingest_context, scope, feed=feed, now=NOON
    )


def row(**cells: Any) -> dict[str, Any]:
    return {"waktu": "27/11/2024 08.00", "kecamatan": "Kandis", "jenis": "banjir", **cells}


def test_a_row_outside_the_area_waits_with_that_reason_and_the_others_are_taken(
    board: Board,
) -> None:
    ledger = brought(board, [row(), row(kecamatan="Pemulutan")])
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (2, 1, 1)
    assert ledger.reasons == [{"row": 2, "reasons": ["di luar wilayah pengirim: Pemulutan"]}]


def test_a_row_of_the_whole_kabupaten_is_outside_every_area(board: Board) -> None:
    ledger = brought(board, [row(kecamatan="Ogan Ilir")])
    assert ledger.quarantined == 1
    assert "di luar wilayah pengirim" in ledger.reasons[0]["reasons"][0]


def test_a_place_that_could_not_be_read_is_told_as_that_only(board: Board) -> None:
    (reasons,) = [e["reasons"] for e in brought(board, [row(kecamatan="Atlantis")]).reasons]
    assert not any("wilayah pengirim" in reason for reason in reasons)


def test_a_sender_settles_only_what_they_had_sent_themselves(board: Board) -> None:
    brought(board, [row(jenis="??")], actor="kunci:lain")
    brought(board, [row(jenis="???")], actor="kunci:kandis")
    theirs, mine = (r.number for r in board.store.quarantined_rows())
    brought(board, [row(no_karantina=theirs, uraian="a"), row(no_karantina=mine, uraian="b")])
    assert [r.number for r in board.store.quarantined_rows()] == [theirs]


def test_an_operator_with_the_returned_file_settles_whatever_waits(board: Board) -> None:
    brought(board, [row(jenis="??")], actor="kunci:lain")
    (waiting,) = board.store.quarantined_rows()
    returned = [row(no_karantina=waiting.number)]
    ingest_rows(
        returned,
        "laporan",
        board.store,
        board.ingest_context,
        unbounded("operator"),
        feed="incidents",
        now=NOON,
    )
    assert board.store.quarantined_rows() == []


def test_nobody_of_one_kecamatan_marks_the_whole_board_as_an_exercise(board: Board) -> None:
    ledger = brought(board, [row(), row(latihan="ya", uraian="coba")])
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    assert ledger.reasons[0]["reasons"] == [EXERCISE_NOT_ALLOWED]
    assert not board.snapshot_reader.refresh().snapshot.rehearsal


def test_on_a_board_that_is_an_exercise_everybody_takes_part(board: Board) -> None:
    exercise = [row(latihan="ya", uraian="dimulai")]
    ingest_rows(
        exercise,
        "latihan",
        board.store,
        board.ingest_context,
        unbounded(),
        feed="incidents",
        now=NOON,
    )
    assert board.snapshot_reader.refresh().snapshot.rehearsal
    assert brought(board, [row(latihan="ya", uraian="ikut")]).accepted == 1


def test_an_exercise_is_begun_by_whoever_may_and_of_the_whole_kabupaten() -> None:
    begin = {
        (name, area)
        for name, role in ROLES.items()
        for area in ((), (KANDIS,))
        if role.may("masukkan")
        and build_viewer_scope(Viewer("a", role, area), "masukkan").may_begin_exercise
    }
    assert begin == {("pimpinan", ()), ("admin", ())}
