"""The column of review of a known tool, under other spellings of its heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from tests.ingest.sources.test_tables_of_others import bring, counts, doubts

APOLLO = (
    "Participant ID,DB Phone,Recent Phone,Kecamatan,Desa,TPS,hadir jam 09.00,Timestamp,{}\n"
    "1,,,Kandis,Miji,1,88,2024-11-27 02:22:10,{}\n"
)
SURVEYCTO = (
    "SubmissionDate,starttime,endtime,kecamatan,desa,tps,hadir,jam,KEY,{}\n"
    '"Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:14:02 AM","Nov 27, 2024 9:16:01 AM",'
    "Kandis,Miji,1,88,09:05:00,uuid:a,{}\n"
)
KOBO = (
    "start,end,kecamatan,desa,tps,hadir,jam,_id,_uuid,_submission_time,{}\n"
    "2024-11-27T09:14:00.000+07:00,2024-11-27T09:16:00.000+07:00,Kandis,Miji,1,88,09:05:00,"
    "1,a,2024-11-27T02:16:30,{}\n"
)
SPELLINGS = [
    (APOLLO, "Quarantine", "Results", "All"),
    (APOLLO, "quarantine_status", "R", "All results"),
    (APOLLO, "Checklist Quarantine Status", "Results", "All"),
    (APOLLO, "STATUS", "citizen report", "rejected"),
    (SURVEYCTO, "REVIEW STATUS", "PENDING", "REJECTED"),
    (SURVEYCTO, "data-reviewStatus", "PENDING", "REJECTED"),
    (SURVEYCTO, "form/review_status", "PENDING", "REJECTED"),
]


@pytest.mark.parametrize(("text", "heading", "pending", "rejected"), SPELLINGS)
def test_a_review_is_obeyed_however_its_heading_is_spelled(
    board: Board, tmp_path: Path, text: str, heading: str, pending: str, rejected: str
) -> None:
    result = bring(board, tmp_path / "a.csv", text.format(heading, rejected))
    assert (result.accepted, result.quarantined) == (0, 1)
    bring(board, tmp_path / "b.csv", text.format(heading, pending))
    assert [row[3] for row in counts(board)] == [88]
    assert f"belum disetujui di sumbernya ({pending})" in doubts(board)[0]


@pytest.mark.parametrize(
    ("heading", "held"),
    [
        ("data/_validation_status", "On hold"),
        ("Validation status label", "validation_status_on_hold"),
        ("data/_validation_status", "Not approved"),
        ("Validation status label", "validation_status_not_approved"),
    ],
)
def test_a_doubt_of_a_reviewer_is_obeyed_however_its_heading_is_spelled(
    board: Board, tmp_path: Path, heading: str, held: str
) -> None:
    result = bring(board, tmp_path / "a.csv", KOBO.format(heading, held))
    assert (result.accepted, result.quarantined) == (0, 1)


@pytest.mark.parametrize("cell", ["None", "none", ""])
def test_what_is_not_in_quarantine_is_a_plain_report(
    board: Board, tmp_path: Path, cell: str
) -> None:
    text = APOLLO.format("Quarantine", cell) + "2,,,Kandis,Miji,1,90,2024-11-27 02:25:10,Results\n"
    bring(board, tmp_path / "a.csv", text)
    assert ["disetujui" in doubt for doubt in doubts(board)] == [False, True]


def test_a_column_with_other_words_is_no_review(board: Board, tmp_path: Path) -> None:
    result = bring(board, tmp_path / "a.csv", APOLLO.format("Quarantine zone", "rejected area"))
    assert (result.accepted, result.quarantined) == (1, 0)
    assert "disetujui" not in doubts(board)[0]
