"""A file that is not recognised, or only in part, waits for a mapping and never bounces."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.ingest import waiting
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers.grid import Sheet
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store import ConflictError, StoreError
from tests.builders import unbounded
from tests.builders_files import csv_file, report, workbook
from tests.conftest import NOON

FOREIGN = [{"alfa": "x", "beta": f"{n}", "gama": "aman"} for n in range(6)]


def bring(board: Board, path: Path, scope: WriteScope | None = None, **how: Any) -> IngestResult:
    result = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, scope or unbounded("wati"), now=NOON, **how
        )
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def foreign(folder: Path, name: str = "asing.csv") -> Path:
    return csv_file(folder / name, *FOREIGN)


def test_a_file_of_unknown_headings_waits_with_all_its_rows(board: Board, tmp_path: Path) -> None:
    result = bring(board, foreign(tmp_path))
    assert (result.refused, result.read) == (None, 0)
    assert result.waiting
    (item,) = board.store.waiting_items()
    assert (item.number, item.source, item.actor) == (result.waiting, "asing.csv", "wati")
    assert (item.sha256, item.note["rows"]) == (result.sha256, 6)
    assert item.note["headings"] == ["alfa", "beta", "gama"]
    (sheet,) = waiting.load_sheets(board.store, item.number)
    assert sheet.rows == [["alfa", "beta", "gama"], *(list(row.values()) for row in FOREIGN)]
    assert f"nomor {result.waiting}" in " ".join(result.notes)


def test_the_same_file_waits_once_however_often_it_comes(board: Board, tmp_path: Path) -> None:
    first, again = bring(board, foreign(tmp_path)), bring(board, foreign(tmp_path, "lagi.csv"))
    assert first.waiting == again.waiting
    assert len(board.store.waiting_items()) == 1


def test_a_dry_run_says_that_it_would_wait_and_stores_nothing(board: Board, tmp_path: Path) -> None:
    result = bring(board, foreign(tmp_path), dry_run=True)
    assert (result.waiting, result.refused) == (0, None)
    assert any("akan menunggu" in note for note in result.notes)
    assert board.store.version() == 0


def test_who_may_not_let_it_wait_is_told_why_it_is_not_read(board: Board, tmp_path: Path) -> None:
    result = bring(board, foreign(tmp_path), may_wait=False)
    assert "judul kolom" in str(result.refused)
    assert board.store.waiting_items() == []


@pytest.mark.parametrize("feed", [None, "tps"])
def test_a_workbook_and_objects_wait_too(board: Board, tmp_path: Path, feed: str | None) -> None:
    book = workbook(tmp_path / "a.xlsx", {"Polsek A": FOREIGN, "Polsek B": FOREIGN[:2]})
    (tmp_path / "b.json").write_text(json.dumps(FOREIGN), "utf-8")
    for path in (book, tmp_path / "b.json"):
        assert bring(board, path, feed=feed).waiting
    first, second = board.store.waiting_items()
    assert (first.note["sheets"], first.note["rows"]) == (["Polsek A", "Polsek B"], 8)
    assert (second.note["rows"], second.note["feed"]) == (6, feed)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.csv", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("surat.csv", b"%PDF-1.7 surat"),
        ("kosong.csv", b""),
        ("surat.txt", b"Yth. Kapolres\nUndangan rapat terlampir.\nTerima kasih.\n"),
    ],
)
def test_what_is_no_table_stays_refused(
    board: Board, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    result = bring(board, tmp_path / name)
    assert (result.waiting, bool(result.refused)) == (None, True)
    assert board.store.waiting_items() == []


def test_a_file_in_which_every_row_lacks_the_same_column_waits_as_a_whole(
    board: Board, tmp_path: Path
) -> None:
    rows = [report(id=f"K-{n}", uraian="menunggu kabar") for n in range(7)]
    for row in rows:
        del row["jenis"]
    result = bring(board, csv_file(tmp_path / "tanpa jenis.csv", *rows))
    assert result.waiting
    assert board.store.quarantined_rows() == []
    assert "jenis" in board.store.waiting_items()[0].note["why"]


def test_few_rows_and_rows_with_faults_of_their_own_go_to_quarantine(
    board: Board, tmp_path: Path
) -> None:
    few = [report(id=f"K-{n}", uraian="menunggu kabar") for n in range(2)]
    for row in few:
        del row["jenis"]
    assert bring(board, csv_file(tmp_path / "few.csv", *few)).quarantined == 2
    faulty = [report(id=f"K-{n}", waktu="entah") for n in range(9)]
    assert bring(board, csv_file(tmp_path / "faulty.csv", *faulty)).quarantined == 9
    assert board.store.waiting_items() == []


def test_a_single_row_waits_where_an_unknown_column_may_be_the_one_that_lacks(
    board: Board, tmp_path: Path
) -> None:
    row = report(uraian="menunggu kabar")
    row["isian ketiga"] = row.pop("jenis")
    assert bring(board, csv_file(tmp_path / "satu.csv", row)).waiting


def test_one_good_row_keeps_a_file_from_waiting(board: Board, tmp_path: Path) -> None:
    rows = [report(id=f"K-{n}", jenis="") for n in range(9)]
    result = bring(board, csv_file(tmp_path / "a.csv", report(), *rows))
    assert (result.accepted, result.quarantined, result.waiting) == (1, 9, None)


def test_no_votes_names_or_numbers_of_persons_are_stored(board: Board, tmp_path: Path) -> None:
    rows = [
        {"Petugas lapangan": f"Bripka Andi {n}", "Nomor induk": f"8704123{n}",
         "Isi": f"Aipda Budi {n}", "Suara paslon 1": 700 + n}
        for n in range(6)
    ]  # fmt: skip
    result = bring(board, csv_file(tmp_path / "orang.csv", *rows))
    assert result.waiting
    kept = json.dumps(board.store.waiting_content(result.waiting))
    kept += json.dumps(board.store.waiting_items()[0].note)
    assert not [secret for secret in ("Andi", "Budi", "8704123", "702", "703") if secret in kept]


def test_a_dropped_file_no_longer_waits_and_says_why(board: Board, tmp_path: Path) -> None:
    number = bring(board, foreign(tmp_path)).waiting
    assert number
    waiting.drop(board.store, unbounded("rina"), number, "bukan laporan ", NOON, None)
    (item,) = board.store.waiting_items(include_settled=True)
    assert item.settlement is not None
    assert (item.settlement.outcome, item.settlement.detail) == (
        "dropped", {"reason": "bukan laporan"},
    )  # fmt: skip
    with pytest.raises((StoreError, ConflictError), match="tidak"):
        waiting.drop(board.store, unbounded("rina"), number, "lagi", NOON, None)


def test_who_reports_from_one_kecamatan_sees_their_own_files_only(
    board: Board, tmp_path: Path
) -> None:
    bring(board, foreign(tmp_path))
    items = board.store.waiting_items()
    assert waiting.filter_visible(items, Viewer("rina", ROLES["analis"])) == items
    assert waiting.filter_visible(items, Viewer("wati", ROLES["operator"], ("16.10.04",))) == items
    assert waiting.filter_visible(items, Viewer("budi", ROLES["operator"], ("16.10.04",))) == []
    assert waiting.filter_visible(items, Viewer("x", ROLES["propam"])) == []


def test_who_maps_a_file_writes_no_more_than_its_sender_might(board: Board, tmp_path: Path) -> None:
    sender = WriteScope("bot", frozenset({"tps"}), ("16.10.04",), CorrectionRights.OWN)
    bring(board, foreign(tmp_path), sender)
    (item,) = board.store.waiting_items()
    narrowed = waiting.narrow_scope(unbounded("rina"), item)
    assert (narrowed.actor, narrowed.feeds, narrowed.area) == ("rina", {"tps"}, ("16.10.04",))


CELLS = st.one_of(
    st.none(), st.text(), st.integers(), st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False), st.datetimes(), st.times(),
    st.timedeltas(timedelta(), timedelta(days=900)),
)  # fmt: skip


@given(rows=st.lists(st.lists(CELLS)), hidden=st.booleans())
def test_a_sheet_comes_back_with_the_types_of_its_cells(
    rows: list[list[object]], hidden: bool
) -> None:
    sheet = Sheet("é", rows, list(range(len(rows))), hidden, (((1, 0), (2, 0)),))
    value = json.loads(json.dumps(waiting.encode_sheet(sheet)))
    decoded = waiting.decode_sheet(value)
    assert decoded == sheet
    assert [[type(c) for c in row] for row in decoded.rows] == [
        [type(c) for c in row] for row in rows
    ]


def test_cells_of_excel_keep_their_types(board: Board, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["alfa", "beta", "gama"], [datetime(2024, 11, 27), time(8, 30), 2.5], ["a", "b"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    number = bring(board, tmp_path / "a.xlsx").waiting
    assert number
    (sheet,) = waiting.load_sheets(board.store, number)
    assert sheet.rows[1] == [datetime(2024, 11, 27), time(8, 30), 2.5]


def test_the_rows_of_details_are_not_counted_among_those_that_lack_a_column(
    board: Board, tmp_path: Path
) -> None:
    forms = "".join(f"2024-11-27T0{n}:06:40.090Z,banjir,x{n},uuid:{n}\n" for n in range(1, 7))
    details = "".join(f"3{n},uuid:{n},uuid:{n}/k[1]\n" for n in range(1, 7))
    with zipfile.ZipFile(tmp_path / "kejadian.zip", "w") as archive:
        archive.writestr("kejadian.csv", "SubmissionDate,jenis,entah,KEY\n" + forms)
        archive.writestr("kejadian-orang.csv", "umur,PARENT_KEY,KEY\n" + details)
    result = bring(board, tmp_path / "kejadian.zip")
    (item,) = board.store.waiting_items()
    assert result.waiting
    assert "semua 6 baris tidak memuat kolom yang perlu" in item.note["why"]
