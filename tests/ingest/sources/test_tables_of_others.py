"""Tables of other tools at the door: what becomes of headings, times, words and what is around."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import ACTIVITIES, INCIDENTS, TPS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.quarantine import release_row
from tests.builders import unbounded
from tests.conftest import NOON
from tests.ingest.test_pipeline import in_small_pieces


def bring(board: Board, path: Path, text: str) -> IngestResult:
    """A text as a file at the door; the ledger adds up."""
    path.write_text(text, "utf-8")
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert result.refused is None, result
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def counts(board: Board) -> list[tuple[str, str | None, str | None, int]]:
    """Local time, desa, TPS and voters of every count, by row."""
    rows = board.store.rows_after(TPS).sort_values(["batch", "row"])
    clock = rows["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d/%m %H.%M")
    return list(zip(clock, rows["desa"], rows["tps"], rows["hadir"], strict=True))


def doubts(board: Board) -> list[str]:
    flags = board.store.rows_after(TPS).sort_values(["batch", "row"])["flags"]
    return ["" if pd.isna(flag) else flag for flag in flags]


SETEKO = "16.10.04.2012"
KOBO = (
    "start,end,lokasi/kecamatan,lokasi/desa,lokasi/no_tps,hadir,_uuid,_submission_time,"
    "_validation_status,__version__\n"
    "2024-11-27T09:10:11.123+07:00,2024-11-27T09:12:00.000+07:00,indralaya,tanjung_seteko,3,118,"
    "a-1,2024-11-27T02:40:00,{state},v1\n"
)


def test_groups_are_taken_off_and_the_time_of_the_form_stands_for_one_not_asked(
    board: Board, tmp_path: Path
) -> None:
    result = bring(board, tmp_path / "a.csv", KOBO.format(state="Approved"))
    assert counts(board) == [("27/11 09.12", SETEKO, "003", 118)]
    assert "dipakai waktu formulir diisi" in doubts(board)[0]
    assert any("data teknis sumber tidak dipakai" in note for note in result.notes)
    row = board.store.rows_after(TPS).iloc[0]
    assert row["id"] == "a-1"
    # _submission_time is UTC without saying so.
    assert f"{row['reported_at']:%H:%M}" == "02:40"


def test_a_row_that_its_reviewer_doubts_or_rejects_waits_and_says_so(
    board: Board, tmp_path: Path
) -> None:
    for state, reason in (("On hold", "diragukan pemeriksanya"), ("Not approved", "ditolak")):
        text = KOBO.format(state=state).replace("a-1", state)
        result = bring(board, tmp_path / f"{state}.csv", text)
        assert (result.accepted, result.quarantined) == (0, 1)
        assert reason in result.reasons[0]["reasons"][0]
        assert f"(_validation_status: {state})" in result.reasons[0]["reasons"][0]


def test_a_row_on_hold_is_released_by_who_knows_better(board: Board, tmp_path: Path) -> None:
    bring(board, tmp_path / "a.csv", KOBO.format(state="On hold"))
    row = board.store.quarantined_rows(TPS.name)[0]
    release_row(board.store, board.ingest_context, unbounded(), row, {}, NOON)
    assert counts(board) == [("27/11 09.12", SETEKO, "003", 118)]
    assert not board.store.quarantined_rows(TPS.name)


@pytest.mark.parametrize(
    ("heading", "word", "is_held"),
    [
        ("Status verifikasi", "Ditunda", True),
        ("status_review", "perlu klarifikasi", True),
        ("review_status", "has issues", True),
        ("Status verifikasi", "belum diverifikasi", False),
        ("review_status", "received", False),
    ],
)
def test_a_word_of_doubt_holds_whatever_tool_wrote_it_and_one_of_waiting_does_not(
    board: Board, tmp_path: Path, heading: str, word: str, is_held: bool
) -> None:
    text = f"waktu,kecamatan,desa,tps,hadir,{heading}\n27/11/2024 09.00,Kandis,Miji,1,88,{word}\n"
    result = bring(board, tmp_path / "a.csv", text)
    assert (result.accepted, result.quarantined) == (not is_held, is_held)
    assert is_held or f"belum disetujui di sumbernya ({word})" in doubts(board)[0]


def test_a_time_that_the_form_asked_counts_before_that_of_the_form(
    board: Board, tmp_path: Path
) -> None:
    text = KOBO.format(state="").replace("lokasi/no_tps", "waktu,lokasi/no_tps")
    bring(board, tmp_path / "a.csv", text.replace("seteko,3", "seteko,27/11/2024 08.00,3"))
    assert counts(board) == [("27/11 08.00", SETEKO, "003", 118)]


TITLED = (
    "REKAPITULASI PEMILIH HADIR,,,\n"
    "{title},,,\n"
    "No,Desa,TPS,Jumlah Hadir\n"
    "1,Ibul Besar I,1,120\n"
    "2,,2,130\n"
    "3,Ibul Besar II,1,99\n"
    "JUMLAH,,,349\n"
)


def test_titles_and_the_name_of_the_file_give_day_hour_and_kecamatan(
    board: Board, tmp_path: Path
) -> None:
    result = bring(
        board, tmp_path / "rekap 27112024.csv", TITLED.format(title="KECAMATAN PEMULUTAN JAM 11.00")
    )
    assert counts(board) == [
        ("27/11 11.00", "16.10.05.2024", "001", 120),
        ("27/11 11.00", "16.10.05.2024", "002", 130),
        ("27/11 11.00", "16.10.05.2030", "001", 99),
    ]
    assert "Desa dari baris di atasnya" in doubts(board)[1]
    # The total is no report, though a day stands in the title; it was checked.
    assert "sesuai dengan baris di atasnya" in result.reasons[0]["reasons"][0]


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ("16.10.99.2001.003,,,130,", "16.10.99.2001"),  # a whole code of another desa
        ("2,Desa Rahasia,,130,", "Rahasia"),
        ("2,,Kandis,130,", "desa kosong"),  # another kecamatan
        ("2,,,130,b-7", "tempat"),  # a record of a form that left the question empty
    ],
)
def test_a_row_that_says_something_of_its_place_is_not_given_the_one_above(
    row: str, held: str, board: Board, tmp_path: Path
) -> None:
    text = "TPS,Desa,Kecamatan,Hadir,ID,Jam\n"
    text += f"1,Ibul Besar I,Pemulutan,120,,09.00\n{row},09.00\n"
    result = bring(board, tmp_path / "rekap 27112024.csv", text)
    assert counts(board) == [("27/11 09.00", "16.10.05.2024", "001", 120)]
    (waiting,) = board.store.quarantined_rows()
    assert "Ibul" not in str(waiting.raw)
    assert held in str(waiting.raw | {"reasons": result.reasons})


def test_below_a_row_with_a_code_of_its_own_no_place_is_known(board: Board, tmp_path: Path) -> None:
    text = "TPS,Desa,Kode Desa,Hadir,Jam\n1,Ibul Besar I,16.10.05.2024,120,09.00\n"
    text += "2,,16.10.04.2012,90,09.00\n3,,,130,09.00\n"
    bring(board, tmp_path / "rekap 27112024.csv", text)
    assert [row[1] for row in counts(board)] == ["16.10.05.2024", SETEKO]
    (waiting,) = board.store.quarantined_rows()
    assert "Ibul" not in str(waiting.raw)


def test_counts_without_any_day_are_of_the_day_of_voting_and_say_so(
    board: Board, tmp_path: Path
) -> None:
    text = "Kecamatan,Desa,TPS,Jam,Hadir\nIndralaya,Tanjung Seteko,3,08.00,50\n"
    bring(board, tmp_path / "a.csv", text)
    assert counts(board) == [("27/11 08.00", SETEKO, "003", 50)]
    assert "dibaca hari pemungutan" in doubts(board)[0]


def test_an_hour_that_names_its_day_needs_no_other(board: Board, tmp_path: Path) -> None:
    text = "Kecamatan,Desa,TPS,Jam,Hadir\nIndralaya,Tanjung Seteko,3,26/11/2024 08.00,50\n"
    bring(board, tmp_path / "a.csv", text)
    assert counts(board) == [("26/11 08.00", SETEKO, "003", 50)]
    assert doubts(board) == [""]


def test_a_shortened_heading_is_known_where_the_whole_one_is(board: Board, tmp_path: Path) -> None:
    text = "waktu,desa,tps,Jml Pengguna Hak Pilih\n27/11/2024 08.00,Tanjung Seteko,3,50\n"
    bring(board, tmp_path / "a.csv", text)
    assert counts(board) == [("27/11 08.00", SETEKO, "003", 50)]


def test_two_days_in_a_title_are_no_day(board: Board, tmp_path: Path) -> None:
    text = "GIAT 25-11-2024 S.D. 27-11-2024,,\nwaktu,kecamatan,jenis\n09.15,Indralaya,kericuhan\n"
    result = bring(board, tmp_path / "a.csv", text)
    assert (result.accepted, result.quarantined) == (0, 1)


def test_a_part_of_a_list_under_the_name_of_its_kecamatan(board: Board, tmp_path: Path) -> None:
    text = (
        "Desa,TPS,Waktu,Hadir\n"
        "KEC. INDRALAYA,,,\n"
        "Tanjung Seteko,3,27/11/2024 08.00,50\n"
        "KECAMATAN PEMULUTAN,,,\n"
        "Ibul Besar I,1,27/11/2024 08.00,60\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert [row[1:] for row in counts(board)] == [
        (SETEKO, "003", 50),
        ("16.10.05.2024", "001", 60),
    ]
    assert result.quarantined == 2
    assert all("judul bagian" in reason["reasons"][0] for reason in result.reasons)


def test_rows_below_the_name_of_no_desa_are_not_those_of_the_desa_above(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "KEC. INDRALAYA SELATAN TGL 27-11-2024,,\nDESA : MERANJAT I,,\n"
        "NO,TPS,JAM 10.00\n1,TPS 01,110\n"
        "DESA : SUKARAJA,,\nNO,TPS,JAM 10.00\n1,TPS 01,162\n"
        "DESA : BETI,,\nNO,TPS,JAM 10.00\n1,TPS 01,137\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert [row[1:] for row in counts(board)] == [
        ("16.10.08.2007", "001", 110),
        ("16.10.08.2006", "001", 137),
    ]
    reasons = [reason["reasons"][0] for reason in result.reasons]
    assert [reason for reason in reasons if "SUKARAJA" in reason and "tidak dikenal" in reason]


def test_a_row_of_hxl_tags_is_no_report_and_names_what_no_heading_does(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "When it was,District,Type,What\n#date,#adm3+name,#event+type,#description\n"
        "2024-11-27 09:15,Indralaya,kericuhan,ribut\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert (result.accepted, result.quarantined) == (1, 1)
    assert "HXL" in result.reasons[0]["reasons"][0]


def test_answers_of_zero_and_one_become_the_kinds_that_were_chosen(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "waktu,kecamatan,jenis/kericuhan,jenis/intimidasi,uraian\n"
        "27/11/2024 08.00,Indralaya,0,1,satu\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert board.store.rows_after(INCIDENTS)["jenis"].tolist() == ["intimidasi"]


@pytest.mark.parametrize(
    ("cells", "clock"),
    [
        (("11/27/2024 9:15:00", "11/05/2024 9:15:00"), ["05/11 09.15", "27/11 09.15"]),
        (("27/11/2024 09.15", "05/11/2024 09.15"), ["05/11 09.15", "27/11 09.15"]),
    ],
)
def test_a_file_that_writes_the_month_first_is_read_so_in_all_its_rows(
    board: Board, tmp_path: Path, cells: tuple[str, str], clock: list[str]
) -> None:
    rows = "".join(f"{cell},Indralaya,Tanjung Seteko,3,5{n}\n" for n, cell in enumerate(cells))
    bring(board, tmp_path / "a.csv", f"waktu,kecamatan,desa,tps,hadir\n{rows}")
    assert sorted(row[0] for row in counts(board)) == clock


def test_a_file_that_writes_both_orders_is_not_swapped(board: Board, tmp_path: Path) -> None:
    text = (
        "waktu,kecamatan,desa,tps,hadir\n"
        "11/27/2024 09.15,Indralaya,Tanjung Seteko,3,50\n"
        "26/11/2024 09.15,Indralaya,Tanjung Seteko,3,51\n"
    )
    result = bring(board, tmp_path / "a.csv", text)
    assert (result.accepted, result.quarantined) == (1, 1)


def test_a_place_under_another_subject_is_not_the_place_of_the_report(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "waktu,pelaku/kecamatan,lokasi/kecamatan,jenis,uraian\n"
        "27/11/2024 08.00,Pemulutan,Indralaya,kericuhan,ribut\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert board.store.rows_after(INCIDENTS)["kecamatan"].tolist() == ["16.10.04"]


def test_a_later_row_that_proves_month_first_changes_how_the_earlier_ones_are_read(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_pieces(monkeypatch, 1)
    seen: list[int] = []
    path = tmp_path / "a.csv"
    rows = ("11/05/2024 9:15:00,50", "11/27/2024 9:15:00,60")
    path.write_text(
        "waktu,hadir,kecamatan,desa,tps\n"
        + "".join(f"{row},Indralaya,Tanjung Seteko,3\n" for row in rows),
        "utf-8",
    )
    result = ingest_file(IngestRequest(
        path, board.store, board.ingest_context, unbounded(), now=NOON,
        preview=lambda _, accepted: seen.append(len(accepted)),))  # fmt: skip
    assert (result.read, result.accepted) == (2, 2)
    assert [row[0] for row in counts(board)] == ["05/11 09.15", "27/11 09.15"]
    assert seen == [1, 1]  # and nobody was shown the wrong ones


def test_sheets_that_define_the_form_are_left_out_by_name(board: Board, tmp_path: Path) -> None:
    heading, cells = (line.split(",") for line in KOBO.format(state="Approved").splitlines())
    form = {
        "choices": [["list_name", "name", "label"], ["desa", "a", "A"], ["desa", "b", "B"]],
        "settings": [["form_title", "form_id"], ["Pantau", "p1"]],
    }
    book = openpyxl.Workbook()
    for name, rows in {"Pantau": [heading, cells], **form}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "pantau.xlsx")
    path = tmp_path / "kiriman.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "pantau.xlsx", "satu/pantau.xlsx")
        archive.writestr(
            "dua.csv", KOBO.format(state="").replace("a-1", "a-2").replace(",3,", ",4,")
        )
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert (result.read, result.accepted, result.quarantined) == (2, 2, 0), result
    assert sorted(row[2] or "" for row in counts(board)) == ["003", "004"]
    left_out = [note for note in result.notes if "daftar formulir" in note]
    assert left_out == [
        "lembar “choices” dilewati: daftar formulir, 3 baris",
        "lembar “settings” dilewati: daftar formulir, 2 baris",
    ]


FORMS = (
    "ID,Waktu mulai,Waktu penyelesaian,Email,Nama,Kecamatan,Desa,Jenis kejadian,Jam kejadian\n"
    "1,{day} {hour}:37:59,{day} {hour}:41:52,anonymous,,Kandis,Miji,Listrik padam,08.20\n"
)


def test_an_hour_alone_is_of_the_day_on_which_all_forms_were_sent(
    board: Board, tmp_path: Path
) -> None:
    bring(board, tmp_path / "formulir.csv", FORMS.format(day="2024-11-27", hour="08"))
    (row,) = board.store.rows_after(INCIDENTS).to_dict("records")
    assert f"{row['occurred_at'].tz_convert('Asia/Jakarta'):%d/%m %H.%M}" == "27/11 08.20"
    assert "tanggal dari waktu formulir diisi" in row["flags"]


PHASES = (
    "ID,Waktu mulai,Waktu penyelesaian,Email,Nama,Kecamatan,Desa,No TPS,Fase TPS,Jam\n"
    "1,2024-11-27 08:37:59,2024-11-27 08:41:52,anonymous,,Kandis,Miji,1,Logistik tiba,{hour}\n"
    "2,2024-11-27 08:38:59,2024-11-27 08:42:52,anonymous,,Kandis,Miji,2,TPS dibuka,07.05\n"
)


@pytest.mark.parametrize(("hour", "accepted"), [("06.15", 2), ("16.20", 1)])
def test_supplies_are_of_that_day_too_where_they_came_before_voting(
    board: Board, tmp_path: Path, hour: str, accepted: int
) -> None:
    ledger = bring(board, tmp_path / "formulir.csv", PHASES.format(hour=hour))
    assert (ledger.accepted, ledger.quarantined) == (accepted, 2 - accepted)


@pytest.mark.parametrize("sent", [("2024-11-27", "18"), ("2024-11-28", "08")])
def test_a_form_that_may_be_of_another_day_waits_and_says_what_was_not_asked(
    sent: tuple[str, str], board: Board, tmp_path: Path
) -> None:
    text = FORMS.format(day=sent[0], hour=sent[1])
    result = bring(board, tmp_path / "formulir.csv", text)
    assert (result.accepted, result.waiting) == (0, 1)
    assert "hari kejadian tidak ditanya, hanya jamnya" in " ".join(result.notes)


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("Jalan Lintas Palembang - Indralaya", None),
        ("Ruas tol Palembang - Indralaya", None),
        ("Simpang Timbangan - Tanjung Raja", None),
        ("Jl. Lintas Palembang - Prabumulih, Kec. Indralaya", "16.10.04"),
        ("Jalan Raya Palembang - Kayuagung Desa Tanjung Seteko", "16.10.04"),
        ("Simpang Pelabuhan Dalam", "16.10.05"),  # a desa of that name
        ("Desa Simpang Pelabuhan Dalam - Pemulutan", "16.10.05"),
    ],
)
def test_the_name_of_a_road_is_no_place_of_what_it_leads_to(
    place: str, area: str | None, board: Board, tmp_path: Path
) -> None:
    text = f'waktu,giat,lokasi\n26/11/2024 20.00,patroli,"{place}"\n'
    bring(board, tmp_path / "giat.csv", text)
    assert board.store.rows_after(ACTIVITIES)["kecamatan"].tolist() == ([area] if area else [])
