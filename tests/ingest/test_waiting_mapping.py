"""A mapping by hand, once: tried, stored, kept for the next such file, and undone."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers.grid import HeaderPosition, guess_header
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.hand_mapping import (
    HandMapping,
    build_profile,
    choose_columns,
    suggest_name,
)
from situasi.ingest.sources.profile import format_profile, parse_profile
from situasi.ingest.sources.saved_profiles import load_saved_profiles, remove_profile
from situasi.ingest.sources.sheet_mapping import take_alike
from situasi.ingest.waiting import load_sheets
from situasi.ingest.waiting_mapping import WaitingFile, store_mapping, try_mapping
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store import ConflictError
from tests.builders import unbounded
from tests.builders_files import csv_file
from tests.conftest import NOON

COLUMNS = {
    "Kode wil": "kecamatan",
    "Dusun": "desa",
    "Bilik": "tps",
    "Jml org": "hadir",
    "Dicatat": "",
}


def rows(start: int = 0, count: int = 6) -> list[dict[str, Any]]:
    return [
        {"Kode wil": "Indralaya", "Dusun": "Tanjung Gelam", "Bilik": f"{n + 1}",
         "Jml org": 40 + n + start, "Dicatat": "x"}
        for n in range(count)
    ]  # fmt: skip


def bring(board: Board, path: Path, scope: WriteScope | None = None) -> IngestResult:
    result = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, scope or unbounded("inbox"), now=NOON
        )
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def waiting_file(board: Board) -> WaitingFile:
    (item,) = board.store.waiting_items()
    return WaitingFile(item, load_sheets(board.store, item.number))


def mapping(**changes: Any) -> HandMapping:
    stated: dict[str, Any] = {
        "name": "rekap-dusun", "feed": "tps", "columns": COLUMNS,
        "facts": {"tanggal": "27/11/2024", "jam": "09.00"},
    }  # fmt: skip
    return HandMapping(**(stated | changes))


def act(board: Board, made: HandMapping, *, store: bool = True, **how: Any) -> IngestResult:
    file = waiting_file(board)
    header = guess_header(file.sheets[0].rows)
    place = (made, how.get("position", 0), header)
    common = (board.store, board.ingest_context, how.get("scope", unbounded("rina")), NOON)
    run = store_mapping if store else try_mapping
    result = run(file, *place, *common)
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def counted(board: Board) -> list[int]:
    frame = board.store.rows_after(FEEDS["tps"])
    withdrawn = set(board.store.withdrawals()["row_seq"])
    return sorted(frame.loc[~frame["seq"].isin(withdrawn), "hadir"].tolist())


def test_a_list_of_voters_that_is_not_mapped_bounds_the_counts(
    board: Board, tmp_path: Path
) -> None:
    too_many = {**rows()[0], "Jml org": 90}
    told = [{**row, "Jumlah DPT": 60} for row in (too_many, *rows()[1:])]
    bring(board, csv_file(tmp_path / "a.csv", *told))
    result = act(board, mapping(columns=COLUMNS | {"Jumlah DPT": ""}))
    assert (result.accepted, result.quarantined) == (5, 1)
    assert "melebihi DPT 60 di berkas" in str(result.reasons)


def test_a_trial_says_what_becomes_of_every_row_and_stores_nothing(
    board: Board, tmp_path: Path
) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows(), {"Kode wil": "Entah"}))
    version = board.store.version()
    result = act(board, mapping(), store=False)
    assert (result.read, result.accepted, result.quarantined) == (7, 6, 1)
    assert board.store.version() == version
    assert load_saved_profiles(board.store) == ()


def test_what_all_rows_lack_is_said_before_anything_is_stored(board: Board, tmp_path: Path) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    columns = {**COLUMNS, "Kode wil": "", "Dusun": "", "Bilik": ""}
    result = act(board, mapping(columns=columns))
    assert result.refused is not None
    assert "kecamatan" in result.refused
    assert counted(board) == []
    assert len(board.store.waiting_items()) == 1


def test_a_mapped_file_is_stored_and_no_longer_waits(board: Board, tmp_path: Path) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    result = act(board, mapping())
    assert result.accepted == 6
    assert counted(board) == [40, 41, 42, 43, 44, 45]
    assert board.store.waiting_items() == []
    frame = board.store.rows_after(FEEDS["tps"])
    assert set(frame["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d/%m %H.%M")) == {
        "27/11 09.00"
    }
    (item,) = board.store.waiting_items(include_settled=True)
    assert item.settlement is not None
    assert (item.settlement.batches, item.settlement.detail) == ((1,), {"profile": "rekap-dusun"})
    assert board.store.batches()["source"].tolist() == ["a.csv"]
    detail = json.loads(board.store.audit_entries(action="deliver")["detail"].iloc[0])
    assert detail["profile"] == "rekap-dusun"


def test_the_next_such_file_is_read_by_itself_once_its_facts_are_known(
    board: Board, tmp_path: Path
) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    act(board, mapping())
    (tmp_path / "b").mkdir()
    dated = csv_file(tmp_path / "b" / "rekap 27-11-2024 pukul 10.00.csv", *rows(100))
    result = bring(board, dated)
    assert (result.accepted, result.waiting) == (6, None)
    assert counted(board)[-1] == 145
    detail = json.loads(board.store.audit_entries(action="deliver")["detail"].iloc[-1])
    assert detail["profile"] == "rekap-dusun"


def test_the_day_of_one_file_is_never_taken_for_that_of_the_next(
    board: Board, tmp_path: Path
) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    act(board, mapping(facts={"tanggal": "26/11/2024", "jam": "09.00"}))
    (profile,) = load_saved_profiles(board.store)
    assert not profile.constants
    bring(board, csv_file(tmp_path / "b.csv", *rows(100)))
    frame = board.store.rows_after(FEEDS["tps"])
    local = frame.loc[frame["hadir"] >= 140, "occurred_at"].dt.tz_convert("Asia/Jakarta")
    assert "26" not in set(local.dt.strftime("%d"))


def test_undone_like_any_batch_the_file_waits_again(board: Board, tmp_path: Path) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    act(board, mapping())
    board.store.withdraw(1, NOON + timedelta(hours=1), "rina", "salah petakan")
    assert counted(board) == []
    assert [item.source for item in board.store.waiting_items()] == ["a.csv"]
    assert act(board, mapping(columns={**COLUMNS, "Dicatat": "uraian"})).accepted == 6
    assert board.store.waiting_items() == []


def test_rows_already_known_are_not_counted_twice(board: Board, tmp_path: Path) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    act(board, mapping())
    remove_profile(board.store, "rekap-dusun", NOON, "rina")
    bring(board, csv_file(tmp_path / "b.csv", *rows(), {"Kode wil": "Indralaya"}))
    result = act(board, mapping())
    assert (result.accepted, result.duplicate, result.quarantined) == (0, 6, 1)


def test_only_one_of_two_people_settles_a_file_and_its_rows_are_there_once(
    board: Board, tmp_path: Path
) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows()))
    file = waiting_file(board)
    args = (mapping(), 0, HeaderPosition(0), board.store, board.ingest_context)
    store_mapping(file, *args, unbounded("rina"), NOON)
    with pytest.raises(ConflictError):
        store_mapping(file, *args, unbounded("budi"), NOON)
    assert counted(board) == [40, 41, 42, 43, 44, 45]


def test_sheets_of_one_form_are_mapped_together_and_others_are_accounted_for(
    board: Board, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, start in (("Polsek A", 0), ("Polsek B", 100)):
        sheet = book.create_sheet(name)
        sheet.append(["REKAP", name])
        sheet.append(list(COLUMNS))
        for row in rows(start):
            sheet.append(list(row.values()))
    other = book.create_sheet("Catatan")
    for line in (["hal", "isi"], ["a", "b"]):
        other.append(line)
    book.save(tmp_path / "a.xlsx")
    bring(board, tmp_path / "a.xlsx")
    result = act(board, mapping())
    assert (result.read, result.accepted, result.quarantined) == (14, 12, 2)
    assert {entry["sheet"] for entry in result.reasons} == {"Catatan"}
    assert "tidak ikut dipetakan" in result.reasons[0]["reasons"][0]


def test_kinds_and_zone_belong_to_the_form_and_are_kept(board: Board, tmp_path: Path) -> None:
    events = [
        {"Wil": "Indralaya", "When": f"2024-11-27T0{n}:00:00", "Apa": f"Kotak basah {n}"}
        for n in range(6)
    ]
    bring(board, csv_file(tmp_path / "a.csv", *events))
    columns = {"Wil": "kecamatan", "When": "waktu", "Apa": "uraian"}
    made = mapping(
        feed="incidents", columns=columns, facts={}, kinds={"jenis": "logistik"}, zone="UTC"
    )
    assert act(board, made).accepted == 6
    frame = board.store.rows_after(FEEDS["incidents"])
    assert sorted(frame["occurred_at"].dt.strftime("%H")) == ["00", "01", "02", "03", "04", "05"]
    assert set(frame["jenis"]) == {"logistik"}
    again = [{**event, "Apa": "Lain lagi"} for event in events]
    assert bring(board, csv_file(tmp_path / "b.csv", *again)).accepted == 6


def test_officers_of_a_waiting_list_are_the_same_as_those_of_a_known_one(
    board: Board, tmp_path: Path
) -> None:
    """The NRP is gone while the file waits; its mark is what both lists share."""
    people = [
        {"Nomor induk": f"8704123{n}", "Wil": "Indralaya", "Hadir pukul": f"27/11/2024 05.0{n}"}
        for n in range(6)
    ]
    bring(board, csv_file(tmp_path / "apel.csv", *people))
    columns = {"Nomor induk": "petugas", "Wil": "kecamatan", "Hadir pukul": "waktu"}
    made = mapping(feed="personnel", columns=columns, facts={}, kinds={"checkin": "apel"})
    assert act(board, made).accepted == 6
    key = board.ingest_context.officer_key
    expected = {key.mark_number(f"8704123{n}") for n in range(6)}
    assert set(board.store.rows_after(FEEDS["personnel"])["petugas"]) == expected


@pytest.mark.parametrize("heading", ["Nomor induk", "NRP anda"])
def test_a_leading_zero_that_was_restored_is_told_after_the_number_is_gone(
    board: Board, tmp_path: Path, heading: str
) -> None:
    numbers = ["2060734", "87041230", "87041231", "87041232"]
    people = [
        {heading: number, "Wil": "Indralaya", "Hadir pukul": f"27/11/2024 05.0{n}"}
        for n, number in enumerate(numbers)
    ]
    bring(board, csv_file(tmp_path / "apel.csv", *people))
    columns = {heading: "petugas", "Wil": "kecamatan", "Hadir pukul": "waktu"}
    made = mapping(feed="personnel", columns=columns, facts={}, kinds={"checkin": "apel"})
    assert act(board, made).accepted == 4
    rows = board.store.rows_after(FEEDS["personnel"]).sort_values("row")
    assert ["nol di depan" in str(flags) for flags in rows["flags"]] == [True, False, False, False]
    assert rows["petugas"].iloc[0] == board.ingest_context.officer_key.mark_number("02060734")


def test_dates_of_all_sheets_are_read_in_one_order(board: Board, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, day in (("A", "11/10/2024"), ("B", "11/26/2024")):
        sheet = book.create_sheet(name)
        sheet.append(["Wil", "When", "Apa"])
        for n in range(3):
            sheet.append(["Indralaya", f"{day} 0{n}:10", f"Kotak basah {name}{n}"])
    book.save(tmp_path / "a.xlsx")
    bring(board, tmp_path / "a.xlsx")
    columns = {"Wil": "kecamatan", "When": "waktu", "Apa": "uraian"}
    kinds = {"jenis": "logistik"}
    assert (
        act(board, mapping(feed="incidents", columns=columns, facts={}, kinds=kinds)).accepted == 6
    )
    times = board.store.rows_after(FEEDS["incidents"])["occurred_at"].dt.tz_convert("Asia/Jakarta")
    assert set(times.dt.strftime("%m-%d")) == {"11-10", "11-26"}


def test_a_file_of_a_sender_of_one_kecamatan_stays_within_it(board: Board, tmp_path: Path) -> None:
    sender = WriteScope("bot", frozenset({"tps"}), ("16.10.04",), CorrectionRights.OWN)
    mixed = [*rows(), {**rows()[0], "Kode wil": "Kandis", "Dusun": "Lubuk Rukam"}]
    bring(board, csv_file(tmp_path / "a.csv", *mixed), sender)
    result = act(board, mapping())
    assert (result.accepted, result.quarantined) == (6, 1)


def test_a_mapped_file_of_a_known_tool_keeps_its_zone_and_its_reviews(
    board: Board, tmp_path: Path
) -> None:
    path = tmp_path / "checklist.csv"
    path.write_text(
        "Serial,Participant ID,Registered Voters,Kecamatan,Desa,Location,BA,BB,Timestamp,"
        "Quarantine Status\n"
        "1,1001,465,Tanjung Raja,Belanti,TPS 1,111,3,2024-11-27 03:00:10,\n"
        "2,1002,465,Tanjung Raja,Belanti,TPS 2,98,2,2024-11-27 03:10:10,All\n"
    )
    bring(board, path)
    file = waiting_file(board)
    table = take_alike(file.sheets, guess_header(file.sheets[0].rows))
    guesses = guess_columns(table, board.ingest_context)
    columns = dict.fromkeys(guesses, "") | choose_columns(guesses, "tps", board.ingest_context)
    assert (columns["Timestamp"], columns["Location"]) == ("waktu_lapor", "tps")
    assert columns["Serial"] == columns["Quarantine Status"] == ""
    result = act(board, mapping(columns=columns | {"BA": "hadir"}, facts={}))
    assert (result.accepted, result.quarantined) == (1, 1)
    [row] = board.store.rows_after(FEEDS["tps"]).itertuples()
    assert (row.hadir, row.tps) == (111, "001")
    assert f"{row.occurred_at:%H:%M}" == "03:00"  # UTC: ten o'clock in the field


@pytest.mark.parametrize(
    "headings", [["Berapa yang hadir?", "Catatan [bebas]*"], ["a*b", "a?b"], ["Kolom (1)", "é"]]
)
def test_a_kept_mapping_comes_back_from_its_text_and_knows_its_headings(
    headings: list[str],
) -> None:
    made = mapping(columns={headings[0]: "hadir", headings[1]: "", "Bilik": "tps"})
    profile = build_profile(made)
    again = parse_profile(format_profile(profile), "uji")
    assert again == profile
    assert again.find_heading(headings[0]) == "hadir"
    assert again.is_metadata(headings[1])
    assert not again.is_metadata("Bilik")


@pytest.mark.parametrize(
    ("file", "name"),
    [("Rekap TPS 27-11-2024 pukul 10.00.xlsx", "rekap-tps-pukul"), ("27112024.csv", "berkas"),
     ("Ñandú état.csv", "nandu-etat"), ("x" * 90 + ".csv", "x" * 40)],
)  # fmt: skip
def test_a_mapping_is_named_after_its_file(file: str, name: str) -> None:
    assert suggest_name(file, ()) == name
    assert suggest_name(file, {name}) == f"{name}-2"


def test_a_day_said_by_hand_goes_with_the_hour_of_the_title(board: Board, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "26 NOV"
    for row in (
        ["KEHADIRAN RABU 27 NOVEMBER 2024 PUKUL 11.00"],
        ["KECAMATAN", "DESA", "TPS", "HADIR"],
        ["Indralaya", "Tanjung Gelam", 1, 120],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert bring(board, tmp_path / "a.xlsx").waiting
    columns = {name: name.lower() for name in ("KECAMATAN", "DESA", "TPS", "HADIR")}
    mapping = HandMapping("hadir", "tps", columns, facts={"tanggal": "27/11/2024"})
    waiting = waiting_file(board)
    header = guess_header(waiting.sheets[0].rows)
    late = NOON + timedelta(hours=3)
    result = store_mapping(
        waiting, mapping, 0, header, board.store, board.ingest_context, unbounded(), late
    )
    assert result.accepted == 1
    at = board.store.rows_after(FEEDS["tps"])["occurred_at"].iloc[0]
    assert f"{at.tz_convert('Asia/Jakarta'):%d %H.%M}" == "27 11.00"


@pytest.mark.parametrize(("zone", "hour"), [(None, 2), ("Asia/Jakarta", 19)])
def test_a_heading_of_utc_is_so_in_a_mapped_file_too_unless_a_person_says_otherwise(
    board: Board, tmp_path: Path, zone: str | None, hour: int
) -> None:
    stated = [{**row, "Lihat (UTC)": "2024-11-27 02:00"} for row in rows()]
    bring(board, csv_file(tmp_path / "utc.csv", *stated))
    columns = COLUMNS | {"Lihat (UTC)": "waktu"}
    result = act(board, mapping(columns=columns, facts={}, zone=zone))
    assert result.accepted == 6, result
    moments = board.store.rows_after(FEEDS["tps"])["occurred_at"]
    assert {(moment.hour, moment.day) for moment in moments} == {(hour, 27 if hour == 2 else 26)}


def test_hours_and_days_in_a_heading_are_no_row() -> None:
    for numbers in (["08.00", "10.00", "12.00"], [25, 26, 27], ["07.30 WIB", "9.00 WIB"]):
        rows = [["LAPORAN SITUASI"], ["NO", "POLSEK", *numbers], [1, "Indralaya", "Aman", "Aman"]]
        assert guess_header(rows) == HeaderPosition(1)
    counts = [["Miji", "Kandis", 3, 2, 1], ["Lubuk Rukam", "Kandis", 1, 2, 3]]
    assert guess_header(counts) == HeaderPosition(1)


def test_number_of_a_time_clock_is_no_tps_and_no_id(board: Board, tmp_path: Path) -> None:
    lines = [
        {"No.ID": str(12 + n % 2), "Tgl/Waktu": f"27/11/2024 0{5 + n}:31:22", "Status": status,
         "Lokasi ID": "1", "ID Number": f"8703111{n % 2}"}
        for n, status in enumerate(("C/In", "C/In", "C/Out"))
    ]  # fmt: skip
    path = csv_file(tmp_path / "absen.csv", *lines)
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert result.waiting
    sheets = load_sheets(board.store, result.waiting)
    header = guess_header(sheets[0].rows)
    guesses = guess_columns(take_alike(sheets, header), board.ingest_context)
    columns = choose_columns(guesses, "personnel", board.ingest_context)
    assert columns == {"Tgl/Waktu": "waktu", "Status": "checkin", "ID Number": "petugas"}
    mapping = HandMapping(
        "absen", "personnel", {**dict.fromkeys(lines[0], ""), **columns},
        facts={"kecamatan": "Indralaya"},
    )  # fmt: skip
    item = board.store.waiting_items("file", numbers=[result.waiting])[0]
    file = WaitingFile(item, sheets)
    mapped = store_mapping(
        file, mapping, 0, header, board.store, board.ingest_context, unbounded(), NOON
    )
    assert (mapped.accepted, mapped.quarantined) == (3, 0), mapped
    kinds = board.store.rows_after(FEEDS["personnel"]).sort_values("seq")["checkin"].tolist()
    assert kinds == ["laporan_berkala", "laporan_berkala", "kembali"]
