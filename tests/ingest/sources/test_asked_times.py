"""A time that a form asked goes before the times that its tool notes of the form itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from tests.ingest.sources.test_tables_of_others import bring, counts, doubts

SURVEYCTO = (
    "SubmissionDate,starttime,endtime,kecamatan,desa,tps,hadir,{},KEY,formdef_version\n"
    '"Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:14:02 AM","Nov 27, 2024 9:16:01 AM",'
    "Kandis,Miji,1,88,09:05:00,uuid:a,1\n"
    '"Nov 27, 2024 11:47:55 AM","Nov 27, 2024 11:14:02 AM","Nov 27, 2024 11:47:50 AM",'
    "Kandis,Miji,1,150,11:15:00,uuid:b,1\n"
)
KOBO = (
    "start,end,kecamatan,desa,tps,hadir,{},_id,_uuid,_submission_time,_status\n"
    "2024-11-27T09:14:00.000+07:00,2024-11-27T09:16:00.000+07:00,Kandis,Miji,1,88,09:05:00,"
    "1,a,2024-11-27T02:16:30,submitted_via_web\n"
    "2024-11-27T11:14:00.000+07:00,2024-11-27T11:47:00.000+07:00,Kandis,Miji,1,150,11:15:00,"
    "2,b,2024-11-27T04:48:00,submitted_via_web\n"
)
ODK = (
    "SubmissionDate,start,end,data-kecamatan,data-desa,data-tps,data-hadir,data-{},KEY,"
    "SubmitterName,FormVersion\n"
    "2024-11-27T02:16:30.000Z,2024-11-27T09:14:00.000+07:00,2024-11-27T09:16:00.000+07:00,"
    "Kandis,Miji,1,88,09:05:00,uuid:a,x,1\n"
    "2024-11-27T04:48:00.000Z,2024-11-27T11:14:00.000+07:00,2024-11-27T11:47:00.000+07:00,"
    "Kandis,Miji,1,150,11:15:00,uuid:b,x,1\n"
)
EPICOLLECT = (
    "ec5_uuid,created_at,uploaded_at,1_Kecamatan,2_Desa,3_TPS,4_Jumlah_hadir,5_{}\n"
    "a,2024-11-27T02:15:00.000Z,2024-11-27T02:16:00.000Z,Kandis,Miji,1,88,09:05:00\n"
    "b,2024-11-27T04:15:00.000Z,2024-11-27T04:48:00.000Z,Kandis,Miji,1,150,11:15:00\n"
)
GOOGLE = (
    "Cap waktu,Kecamatan,Desa,TPS,Jumlah pemilih hadir,{}\n"
    "27/11/2024 9:16:02,Kandis,Miji,1,88,09:05:00\n"
    "27/11/2024 11:47:55,Kandis,Miji,1,150,11:15:00\n"
)
TOOLS = {
    "surveycto": SURVEYCTO, "kobo": KOBO, "odk": ODK, "epicollect5": EPICOLLECT, "google": GOOGLE,
    "nobody": GOOGLE.replace("Cap waktu", "SubmissionDate"),
}  # fmt: skip


@pytest.mark.parametrize("heading", ["waktu_lapor", "Dilaporkan pukul", "jam", "waktu"])
@pytest.mark.parametrize("tool", TOOLS)
def test_an_hour_that_a_form_asked_is_that_of_the_count_whatever_its_name(
    board: Board, tmp_path: Path, tool: str, heading: str
) -> None:
    bring(board, tmp_path / "a.csv", TOOLS[tool].format(heading))
    stored = [(clock, voters) for clock, _, _, voters in counts(board)]
    assert stored == [("27/11 09.05", 88), ("27/11 11.15", 150)]
    assert not any("dipakai waktu" in doubt for doubt in doubts(board))


@pytest.mark.parametrize("tool", ["surveycto", "kobo", "google"])
def test_a_moment_that_a_form_asked_is_that_of_the_count(
    board: Board, tmp_path: Path, tool: str
) -> None:
    text = TOOLS[tool].format("waktu_lapor")
    for clock in ("09:05:00", "11:15:00"):
        text = text.replace(clock, f"2024-11-27 {clock}")
    bring(board, tmp_path / "a.csv", text)
    assert [row[0] for row in counts(board)] == ["27/11 09.05", "27/11 11.15"]


def test_one_hour_that_cannot_be_read_is_held_and_the_others_are_kept(
    board: Board, tmp_path: Path
) -> None:
    head, first, _ = KOBO.format("waktu_lapor").splitlines(keepends=True)
    hours = ["09:02:00", "09:03:00", "09:04:00", "09:05:00", "siang"]
    rows = [first.replace("09:05:00", hour).replace(",a,", f",{hour},") for hour in hours]
    result = bring(board, tmp_path / "a.csv", head + "".join(rows))
    assert result.quarantined == 1
    assert [row[0][-5:] for row in counts(board)] == ["09.02", "09.03", "09.04", "09.05"]


def test_each_row_of_a_repeat_group_has_the_hour_that_was_asked_there(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "SubmissionDate,starttime,endtime,kec,desa,no_tps_1,hadir_1,waktu_lapor_1,no_tps_2,"
        "hadir_2,waktu_lapor_2,KEY,formdef_version\n"
        '"Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:16:02 AM",'
        "Rantau Panjang,Ketapang I,1,88,09:00:00,2,79,09:10:00,uuid:a,1\n"
    )
    bring(board, tmp_path / "a.csv", text)
    stored = [(clock, tps, voters) for clock, _, tps, voters in counts(board)]
    assert stored == [("27/11 09.00", "001", 88), ("27/11 09.10", "002", 79)]


@pytest.mark.parametrize("heading", ["Waktu kirim", "Waktu input"])
def test_an_hour_of_sending_is_no_hour_of_a_count(
    board: Board, tmp_path: Path, heading: str
) -> None:
    bring(board, tmp_path / "a.csv", SURVEYCTO.format(heading))
    assert [row[0] for row in counts(board)] == ["27/11 09.16", "27/11 11.47"]
    assert all("dipakai waktu" in doubt for doubt in doubts(board))


def test_an_incident_may_be_earlier_than_the_hour_of_its_report(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "SubmissionDate,starttime,endtime,kecamatan,desa,jenis,tingkat,waktu_lapor,KEY,"
        "formdef_version\n"
        '"Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:16:02 AM",'
        "Kandis,Miji,kericuhan,sedang,09:05:00,uuid:a,1\n"
    )
    bring(board, tmp_path / "a.csv", text)
    [row] = board.store.rows_after(INCIDENTS).itertuples()
    assert f"{row.occurred_at:%H.%M}" == "02.05"
    assert "dipakai jam lapor yang diisi pelapor" in row.flags


def test_an_hour_of_reporting_beside_a_day_that_was_asked_is_that_of_the_count(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "SubmissionDate,starttime,endtime,kecamatan,desa,tps,hadir,tanggal,waktu_lapor,KEY\n"
        '"Nov 27, 2024 9:16:02 AM","Nov 27, 2024 9:14:02 AM","Nov 27, 2024 9:16:01 AM",'
        "Kandis,Miji,1,88,2024-11-27,09:05:00,uuid:a\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert [row[0] for row in counts(board)] == ["27/11 09.05"]
