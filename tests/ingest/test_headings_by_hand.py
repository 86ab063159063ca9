"""A mapping with heading rows that a person chose: sums are checked and no title is a count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS, TPS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.remapping.delivered_files import open_delivered_file
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.hand_mapping import HandMapping, choose_columns, suggest_facts
from situasi.ingest.sources.sheet_mapping import list_headings, take_alike
from situasi.ingest.waiting_mapping import WaitingFile, store_mapping
from situasi.store import WAITING_FILE, WaitingItem
from tests.builders import unbounded
from tests.conftest import NOON

DESA = {"Indralaya Utara": "Bakung", "Indralaya Selatan": "Beti"}


def build_sheet(kecamatan: str, start: int, *, titles: int = 2) -> Sheet:
    """A recapitulation with a heading of three rows, its sum, and a signature."""
    rows: list[list[Any]] = [
        *([f"REKAP KECAMATAN {kecamatan.upper()}"], ["RABU, 27 NOVEMBER 2024"], ["LEMBAR 1"])[
            :titles
        ],
        ["NO", "DESA", "TPS", "PARTISIPASI", None, "KET"],
        [None, None, None, "PEMILIH HADIR SAMPAI PUKUL", None, None],
        [None, None, None, "08.00", "09.00", None],
        *([n, DESA[kecamatan], f"{n:03d}", start + n, start + 40 + n] for n in (1, 2)),
        ["JUMLAH", None, None, 2 * start + 3, 2 * start + 83],
        [None, None, None, "Indralaya, 27 November 2024"],
        [None, None, None, "Ketua PPK"],
    ]
    return Sheet(kecamatan, rows, list(range(1, len(rows) + 1)))


def store(
    board: Board, sheets: list[Sheet], header: HeaderPosition, **said: Any
) -> tuple[IngestResult, list[tuple[Any, ...]]]:
    context = board.ingest_context
    note = {"feeds": sorted(FEEDS), "area": []}
    item = WaitingItem(-1, WAITING_FILE, "rekap.xlsx", "ab", NOON, "inbox", note, None)
    columns = choose_columns(guess_columns(take_alike(sheets, header), context), "tps", context)
    columns = {**dict.fromkeys(guess_columns(take_alike(sheets, header), context), ""), **columns}
    columns |= said.pop("columns", {})
    made = HandMapping("rekap-jam", "tps", columns, **said)
    file = WaitingFile(item, sheets)
    result = store_mapping(file, made, 0, header, board.store, context, unbounded("rina"), NOON)
    assert result.read == result.accepted + result.duplicate + result.quarantined
    frame = board.store.rows_after(TPS)
    clock = frame["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%H.%M")
    names = ("kecamatan", "tps", "hadir")
    return result, sorted(zip(*(frame[n].tolist() for n in names), clock, strict=True))


def test_all_sheets_are_read_wherever_their_three_heading_rows_begin(board: Board) -> None:
    sheets = [build_sheet("Indralaya Utara", 10), build_sheet("Indralaya Selatan", 20, titles=3)]
    result, stored = store(board, sheets, HeaderPosition(2, 3))
    assert stored == [
        ("16.10.07", "001", 11, "08.00"), ("16.10.07", "001", 51, "09.00"),
        ("16.10.07", "002", 12, "08.00"), ("16.10.07", "002", 52, "09.00"),
        ("16.10.08", "001", 21, "08.00"), ("16.10.08", "001", 61, "09.00"),
        ("16.10.08", "002", 22, "08.00"), ("16.10.08", "002", 62, "09.00"),
    ]  # fmt: skip
    reasons = [reason for entry in result.reasons for reason in entry["reasons"]]
    assert len(reasons) == 2 and all("sesuai dengan baris di atasnya" in r for r in reasons)
    assert sum("tanda tangan" in note for note in result.notes) == 2


@pytest.mark.parametrize("said", [{}, {"kecamatan": "Indralaya Utara"}])
def test_a_wrong_heading_row_makes_no_count_of_a_kecamatan(
    board: Board, said: dict[str, str]
) -> None:
    """Rows that name no TPS are held, whether titles or a person say the kecamatan."""
    facts = {"jam": "08.00", **said}
    theirs = {"PARTISIPASI": "hadir", "(kolom E)": ""}
    sheet = build_sheet("Indralaya Utara", 10)
    result, stored = store(board, [sheet], HeaderPosition(2), columns=theirs, facts=facts)
    assert [(tps, count) for _, tps, count, _ in stored] == [("001", 11), ("002", 12)]
    assert result.quarantined == 3


def test_what_is_said_of_a_file_does_not_move_a_sheet_of_another_kecamatan(board: Board) -> None:
    sheets = [build_sheet("Indralaya Utara", 10), build_sheet("Indralaya Selatan", 20)]
    facts = {"kecamatan": "Indralaya Utara"}
    _, stored = store(board, sheets, HeaderPosition(2, 3), facts=facts)
    assert [code for code, *_ in stored] == ["16.10.07"] * 4 + ["16.10.08"] * 4


def test_a_table_of_kecamatan_keeps_its_rows(board: Board, tmp_path: Path) -> None:
    """Where no row names a TPS, the kecamatan of the title is that of every row."""
    path = tmp_path / "rekap kandis 27-11-2024.csv"
    path.write_text("REKAP KECAMATAN KANDIS\nJAM,TPS,HADIR\n08.00,,200\n09.00,,400\n", "utf-8")
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert result.accepted == 2


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ((), {"tanggal": "27/11/2024", "jam": "11.00", "kecamatan": "Kandis"}),
        (("RABU 26 NOVEMBER 2024", "KECAMATAN RAMBANG KUANG"), {"jam": "11.00"}),
    ],
)
def test_the_name_of_a_file_says_what_its_titles_do_not(
    board: Board, titles: tuple[str, ...], expected: dict[str, str]
) -> None:
    name = "rekap kec kandis 27-11-2024 pukul 11.00.xlsx"
    assert suggest_facts(titles, "", name, board.ingest_context) == expected


def test_the_next_file_is_read_by_the_rows_that_were_chosen_whatever_the_board_reads(
    board: Board, tmp_path: Path
) -> None:
    """And so is the same one, brought in again after a restore: nothing is counted twice."""
    text = "wilayah;uraian petugas\nkecamatan;desa;tps;hadir;cek\n"
    lines = [f"Indralaya;Tanjung Gelam;{n};{40 + n};{60 + n}" for n in range(1, 7)]
    path = tmp_path / "rekap 27-11-2024 jam 09.00.csv"
    path.write_text(text + "\n".join(lines) + "\n", "utf-8")
    first = ingest_and_keep(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert first.accepted == 6 and first.batch
    viewer = Viewer("rina", ROLES["analis"])
    file = open_delivered_file(board.store, board.ingest_context, viewer, first.batch)
    headings = list_headings(file.sheets[0], HeaderPosition(0, 2))
    columns = dict(zip(headings, ("kecamatan", "desa", "tps", "", "hadir"), strict=True))
    facts = {"tanggal": "27/11/2024", "jam": "09.00"}
    made = HandMapping("dua-baris", "tps", columns, facts=facts)
    place = (file, made, 0, HeaderPosition(0, 2), board.store, board.ingest_context)
    assert store_mapping(*place, unbounded("rina"), NOON).accepted == 6
    again = ingest_and_keep(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert (again.accepted, again.duplicate) == (0, 6)
    assert list_counts(board) == [*range(41, 47), *range(61, 67)]
    other = tmp_path / "rekap 27-11-2024 jam 10.00.csv"
    other.write_text(text + "\n".join(lines).replace(";61", ";71") + "\n", "utf-8")
    ingest_and_keep(IngestRequest(other, board.store, board.ingest_context, unbounded(), now=NOON))
    assert list_counts(board)[12:] == [71, *range(62, 67)]


def list_counts(board: Board) -> list[int]:
    return [int(count) for count in board.store.rows_after(TPS)["hadir"]]
