"""Two counts of one TPS and hour in one file: the later sent stands, else both are held."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from tests.ingest.test_repeated_reports import bring

HEAD = "id,waktu,waktu_lapor,kecamatan,desa,tps,hadir,fase\n"
ROW = "{id},27/11/2024 {hour},{sent},Indralaya,Tanjung Gelam,{tps},{count},{phase}\n"


def rows(*reports: dict[str, object]) -> str:
    plain = {"id": "", "hour": "09.00", "sent": "", "tps": 1, "count": 118, "phase": ""}
    return HEAD + "".join(ROW.format(**plain | told) for told in reports)


def test_without_a_time_of_sending_both_wait_with_both_numbers(
    board: Board, tmp_path: Path
) -> None:
    result = bring(board, tmp_path, rows({}, {"count": 128}, {"tps": 2}))
    assert (result.accepted, result.quarantined) == (1, 2)
    for held in board.store.quarantined_rows():
        assert "berbeda di berkas ini (118, 128)" in held.reasons[0]


def test_what_was_sent_later_stands_and_says_so(board: Board, tmp_path: Path) -> None:
    told = rows(
        {"sent": "27/11/2024 09.20", "count": 128}, {"sent": "27/11/2024 09.05", "count": 118}
    )
    result = bring(board, tmp_path, told)
    assert (result.accepted, result.quarantined) == (2, 0)
    kept = board.store.rows_after(FEEDS["tps"]).sort_values("reported_at")
    assert kept["hadir"].tolist() == [118, 128]
    assert kept["flags"].str.contains("yang terakhir berlaku").all()


def test_one_of_them_without_a_time_of_sending_leaves_it_open(board: Board, tmp_path: Path) -> None:
    told = rows({"sent": "27/11/2024 09.20", "count": 128}, {})
    assert bring(board, tmp_path, told).quarantined == 2


@pytest.mark.parametrize(
    ("first", "second", "accepted"),
    [
        ({}, {"hour": "10.00", "count": 128}, 2),  # grown by the hour
        ({}, {"tps": 2, "count": 128}, 2),
        ({}, {"count": "", "phase": "dibuka"}, 2),  # a phase is no count
        ({"id": "T-1"}, {"id": "T-1", "count": 128}, 2),  # the same report, corrected
        ({}, {"count": 128, "phase": "ditutup", "hour": "09.00"}, 2),  # all who came until then
        ({}, {"count": 9999}, 1),  # held for itself: the other is not doubted
    ],
)
def test_what_is_no_second_count_of_one_hour_is_left_alone(
    board: Board,
    tmp_path: Path,
    first: dict[str, object],
    second: dict[str, object],
    accepted: int,
) -> None:
    assert bring(board, tmp_path, rows(first, second)).accepted == accepted
