"""Forms of other tools whose answers are plain to a person: sections, choices, codes, states."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS, PERSONNEL, TPS
from tests.ingest.sources.test_joined_sheets import bring as bring_book
from tests.ingest.sources.test_tables_of_others import bring, counts, doubts

KOBO = "_id,_uuid,_submission_time,_validation_status,__version__"
APOLLO = "Participant ID,DB Phone,Recent Phone,Kecamatan,Desa,Location,Registered Voters"


def clocks(board: Board, column: str) -> list[tuple[str, str]]:
    rows = board.store.rows_after(TPS).dropna(subset=[column]).sort_values("row")
    times = rows["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%H.%M")
    return list(zip(rows[column].astype(str), times, strict=True))


def test_each_section_of_a_form_has_its_own_hour(board: Board, tmp_path: Path) -> None:
    text = (
        "Stempel waktu,Kecamatan,Desa,TPS,[Status] Keadaan TPS,[Status] Jam,"
        "[Partisipasi] Data per jam,[Partisipasi] Jumlah pemilih yang sudah mencoblos\n"
        "27/11/2024 07:04:07,Kandis,Miji,1,Buka,07.00,,\n"
        "27/11/2024 09:07:07,Kandis,Miji,1,,,09.00,97\n"
        "27/11/2024 11:48:07,Kandis,Miji,1,Tutup,11.40,,\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert clocks(board, "fase") == [("dibuka", "07.00"), ("ditutup", "11.40")]
    assert clocks(board, "hadir") == [("97", "09.00")]


def test_hours_under_an_unknown_heading_are_not_replaced_by_the_time_of_sending(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "Stempel waktu,Kecamatan,Desa,TPS,Jam,Hadir,Jam versi saksi\n"
        "27/11/2024 09:07:07,Kandis,Miji,1,09.00,97,\n"
        "27/11/2024 11:20:07,Kandis,Miji,1,,141,11.00\n"
        "27/11/2024 12:08:07,Kandis,Miji,1,,150,\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert clocks(board, "hadir") == [("97", "09.00"), ("150", "12.08")]
    assert result.quarantined == 1


def test_choices_with_blanks_and_marks_in_their_names_are_told_apart(
    board: Board, tmp_path: Path
) -> None:
    head = "Type of incident"
    text = (
        f"Date and time of the incident,Kecamatan,Desa,{head},{head}/Intimidation,"
        f"{head}/Brawl / disturbance,{head}/Flood,{KOBO}\n"
        "2024-11-27T08:40:00.000+07:00,Kandis,Miji,Brawl / disturbance Intimidation,1,1,0,"
        "1,a-1,2024-11-27T01:50:00,,v1\n"
    )
    bring(board, tmp_path / "a.csv", text)
    [row] = board.store.rows_after(INCIDENTS).to_dict("records")
    assert row["jenis"] == "kericuhan"
    assert "juga: intimidasi" in row["flags"]


def test_the_codes_of_a_checklist_are_kinds_and_its_words_no_phase(
    board: Board, tmp_path: Path
) -> None:
    text = (
        f"{APOLLO},RICUH,INTIM,UANG,LOGIS,Timestamp,Status,Description\n"
        "1,6281,,Kandis,Miji,TPS 001,401,1,,,,2024-11-27 04:55:30,,Ribut saat TPS akan ditutup\n"
        "2,6282,,Kandis,Miji,TPS 001,401,,1,1,,2024-11-27 04:30:00,,Diancam dan diberi uang\n"
        "3,6283,,Kandis,Miji,TPS 001,401,,,,,2024-11-27 05:00:00,,\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    rows = board.store.rows_after(INCIDENTS).sort_values("row")
    assert rows["jenis"].tolist() == ["kericuhan", "intimidasi"]
    assert (result.quarantined, len(board.store.rows_after(TPS))) == (1, 0)


def test_what_will_be_is_no_phase_in_words(board: Board, tmp_path: Path) -> None:
    text = "Jam,Kecamatan,Desa,TPS,Uraian\n12.55,Kandis,Miji,1,Keributan saat TPS akan ditutup\n"
    bring(board, tmp_path / "lap 27112024.csv", text)
    assert board.store.rows_after(TPS).empty


@pytest.mark.parametrize(
    ("state", "accepted", "mark"),
    [
        ("Quarantine all", 0, ""),
        ("Quarantine results", 1, "belum disetujui"),
        ("Being looked at", 1, "hasil pemeriksaan di sumbernya tidak dikenal"),
    ],
)
def test_no_word_of_a_reviewer_is_taken_for_consent(
    board: Board, tmp_path: Path, state: str, accepted: int, mark: str
) -> None:
    text = (
        f"{APOLLO},hadir jam 09.00,Timestamp,Quarantine Status\n"
        f"1,,,Kandis,Miji,TPS 001,401,88,2024-11-27 02:22:10,{state}\n"
    )
    assert bring(board, tmp_path / "a.csv", text).accepted == accepted
    assert all(mark in doubt for doubt in doubts(board))


def test_the_name_of_a_choice_may_be_an_hour_and_a_group_holds_the_list_of_voters(
    board: Board, tmp_path: Path
) -> None:
    text = (
        f"start,end,today,lokasi/kecamatan,lokasi/desa,lokasi/no_tps,laporan/jam_laporan,"
        f"laporan/dpt_tps,laporan/hadir_total,{KOBO}\n"
        "2024-11-27T09:04:12.345+07:00,2024-11-27T09:06:12.345+07:00,2024-11-27,kandis,miji,1,"
        "09_00,401,91,1,a-1,2024-11-27T02:06:33,,v1\n"
        "2024-11-27T11:04:12.345+07:00,2024-11-27T11:06:12.345+07:00,2024-11-27,kandis,miji,2,"
        "11_00,401,611,2,a-2,2024-11-27T04:06:33,,v1\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert [(row[0], row[3]) for row in counts(board)] == [("27/11 09.00", 91)]
    assert "melebihi DPT 401" in result.reasons[0]["reasons"][0]


def test_officers_who_came_are_check_ins_whatever_their_place_is_called(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "Nama Personel,NRP,Kesatuan,Kecamatan Penugasan,Desa Penugasan,TPS yang diamankan,"
        f"Kehadiran,Waktu tiba di lokasi,{KOBO}\n"
        "Andi,87041234,Polsek Kandis,Kandis,Miji,1,Hadir,2024-11-27T06:47:00.000+07:00,"
        "1,a-1,2024-11-26T23:49:33,,v1\n"
        "Budi,87041235,Polsek Kandis,Kandis,Miji,1,Sakit,2024-11-27T06:40:00.000+07:00,"
        "2,a-2,2024-11-26T23:49:33,,v1\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    [row] = board.store.rows_after(PERSONNEL).to_dict("records")
    assert (row["tps"], row["desa"]) == ("001", "16.10.13.2006")
    assert (result.accepted, result.quarantined) == (1, 1)


def test_a_place_of_duty_names_its_part_in_brackets(board: Board, tmp_path: Path) -> None:
    text = (
        "Stempel waktu,NRP,Polsek,Lokasi Penugasan (Kecamatan),Desa/Kelurahan,No. TPS,"
        "Apakah sudah berada di TPS?\n"
        "27/11/2024 6.52.58,87041234,Polsek Rantau Alai,Rantau Alai,Sukananti,1,Sudah\n"
    )
    bring(board, tmp_path / "a.csv", text)
    [row] = board.store.rows_after(PERSONNEL).to_dict("records")
    assert row["kecamatan"] == "16.10.06"


def test_a_report_with_a_phase_of_its_own_is_kept_beside_its_incidents(
    board: Board, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    parents, children = book.worksheets[0], book.create_sheet("rep_kejadian")
    tail = ["_id", "_uuid", "_submission_time", "_validation_status", "_index"]
    parents.append(["Tanggal", "Jam", "Kecamatan", "Desa", "TPS", "Kondisi", *tail])
    for n, (hour, state) in enumerate((("07:05", "Buka"), ("06:40", "Siap")), start=1):
        sent = ["2024-11-27T00:06:33", "", n]
        parents.append(["2024-11-27", hour, "Kandis", "Miji", n, state, n, f"u{n}", *sent])
    children.append(["jam_kejadian", "jenis", "uraian", "_index", "_parent_table_name",
                     "_parent_index", "_submission__id"])  # fmt: skip
    children.append(["07:15", "Kericuhan", "saling dorong", 1, parents.title, 1, 1])
    book.save(tmp_path / "a.xlsx")
    result = bring_book(board, tmp_path / "a.xlsx")
    assert clocks(board, "fase") == [("dibuka", "07.05")]
    assert board.store.rows_after(INCIDENTS)["tps"].tolist() == ["001"]
    assert "siapnya TPS bukan tahap di papan" in result.reasons[-1]["reasons"][0]
