"""The count of a desa or kecamatan beside those of its TPS is their sum, and no report."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import TPS
from situasi.ingest.pipeline import IngestResult
from tests.builders_files import workbook
from tests.ingest.test_pipeline import bring

# Of Talang Balai Lama, three TPS.
COUNTS = (120, 80, 95)


def file(
    folder: Path,
    *summary: dict[str, object],
    hour: str = "09.00",
    tps: int = 3,
    first: bool = False,
) -> Path:
    """A sheet of the TPS of a desa at 09.00, and one of sums at this hour."""
    common = {"tanggal": "27/11/2024", "kecamatan": "Tanjung Raja"}
    stations = [
        {**common, "jam": "09.00", "desa": "Talang Balai Lama", "tps": number, "hadir": count}
        for number, count in enumerate(COUNTS[:tps], start=1)
    ]
    sums = [{**common, "jam": hour, **row} for row in summary]
    sheets = {"REKAP": sums, "TPS": stations} if first else {"TPS": stations, "REKAP": sums}
    return workbook(folder / "a.xlsx", sheets)


def stored(board: Board) -> list[str]:
    return board.store.rows_after(TPS)["lingkup"].tolist()


def reasons(result: IngestResult) -> list[str]:
    return [reason for entry in result.reasons for reason in entry["reasons"]]


@pytest.mark.parametrize("first", [False, True])
def test_sum_of_a_desa_waits_as_a_total_wherever_its_sheet_stands(
    board: Board, tmp_path: Path, first: bool
) -> None:
    path = file(tmp_path, {"desa": "Talang Balai Lama", "hadir": 295}, first=first)
    result = bring(board, path)
    assert (result.read, result.accepted, result.quarantined) == (4, 3, 1)
    assert stored(board) == ["tps"] * 3
    [reason] = reasons(result)
    assert "sesuai dengan 3 TPS desa ini, tidak perlu dibetulkan" in reason
    again = bring(board, path)
    assert (again.accepted, again.duplicate, again.quarantined) == (0, 3, 1)


def test_sum_that_differs_says_both_numbers(board: Board, tmp_path: Path) -> None:
    result = bring(board, file(tmp_path, {"desa": "Talang Balai Lama", "hadir": 305}))
    [reason] = reasons(result)
    assert "tertulis 305, 3 TPS-nya di berkas ini berjumlah 295" in reason


def test_total_below_the_sums_is_still_held_against_them(board: Board, tmp_path: Path) -> None:
    total = {"tanggal": "", "jam": "", "kecamatan": "JUMLAH", "hadir": 295}
    path = file(tmp_path, {"desa": "Talang Balai Lama", "hadir": 295}, total)
    *_, reason = reasons(bring(board, path))
    assert "sesuai dengan baris di atasnya" in reason


@pytest.mark.parametrize(
    ("hour", "tps", "row"),
    [
        ("10.00", 3, {"desa": "Talang Balai Lama", "hadir": 295}),
        ("09.00", 1, {"desa": "Talang Balai Lama", "hadir": 295}),
        ("09.00", 3, {"desa": "Talang Balai Baru I", "hadir": 295}),
        ("09.00", 3, {"hadir": 1295}),
    ],
    ids=["of another hour", "with few of its TPS", "of another desa", "of the kecamatan"],
)
def test_count_of_an_area_that_says_more_than_its_tps_is_a_report(
    board: Board, tmp_path: Path, hour: str, tps: int, row: dict[str, object]
) -> None:
    result = bring(board, file(tmp_path, row, hour=hour, tps=tps))
    assert result.quarantined == 0, result.reasons
    assert stored(board)[-1] == ("desa" if "desa" in row else "kecamatan")
