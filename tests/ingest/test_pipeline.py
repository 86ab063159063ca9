"""One source through the door: every row in one place, twice is once, nothing halfway."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS, INCIDENTS, JENIS, TINGKAT
from situasi.ingest import pipeline
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file, ingest_rows
from situasi.ingest.readers import file_reader
from situasi.ingest.tables import SourceError
from tests.builders import WIB, unbounded
from tests.builders_files import csv_file, faulty, jsonl_file, report, workbook, xlsx_file
from tests.conftest import NOON, settings_in
from tests.effort import examples

Write = Callable[..., Path]
FORMS: dict[str, Write] = {"csv": csv_file, "jsonl": jsonl_file, "xlsx": xlsx_file}


def bring(board: Board, path: Path, **how: Any) -> IngestResult:
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON, **how)
    )
    assert ledger.read == ledger.accepted + ledger.duplicate + ledger.quarantined
    return ledger


def counts(ledger: IngestResult) -> tuple[int, int, int]:
    return ledger.accepted, ledger.duplicate, ledger.quarantined


def stored(board: Board) -> dict[str, int]:
    found = {name: len(board.store.rows_after(feed)) for name, feed in FEEDS.items()}
    return {name: size for name, size in found.items() if size}


@contextmanager
def fresh_board() -> Iterator[tuple[Board, Path]]:
    """For property tests: a board for one example only."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        board = open_board(settings_in(folder), lambda: NOON)
        try:
            yield board, folder
        finally:
            board.close()


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_same_file_twice_changes_nothing(
    board: Board, tmp_path: Path, feed: str, form: str
) -> None:
    path = FORMS[form](tmp_path / f"a.{form}", report(feed), faulty(feed, id="K-2"))
    assert counts(bring(board, path)) == (1, 0, 1)
    version, held = board.store.version(), board.store.quarantined_rows()
    again = bring(board, path)
    assert (again.feed, counts(again)) == (feed, (0, 1, 1))
    assert (board.store.version(), board.store.quarantined_rows()) == (version, held)
    assert stored(board) == {feed: 1}


def test_the_same_rows_under_another_name_and_form_are_duplicates(
    board: Board, tmp_path: Path
) -> None:
    rows = [report(), report(id="K-2")]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    for form, write in FORMS.items():
        assert counts(bring(board, write(tmp_path / f"b.{form}", *rows))) == (0, 2, 0)


def test_the_ledger_names_the_bytes_that_were_read(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", report())
    ledger = bring(board, path)
    assert ledger.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert board.store.batches()["sha256"].tolist() == [ledger.sha256]


def test_progress_grows_to_the_whole_file(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path / "a.csv", *(report(id=f"K-{n}") for n in range(50)))
    in_small_pieces(monkeypatch, 10)
    said: list[tuple[float, int]] = []
    bring(board, path, progress=lambda done, rows: said.append((done, rows)))
    assert [rows for _, rows in said] == [10, 20, 30, 40, 50]
    assert said == sorted(said)
    assert said[-1][0] == pytest.approx(1.0)


def in_small_pieces(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(
        pipeline, "read_file", lambda path, known: file_reader.read_file(path, known, size)
    )


def test_a_file_that_breaks_off_in_its_middle_stores_nothing(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(path: Path, known: Any) -> Iterator[Any]:
        tables = file_reader.read_file(path, known, 10)
        yield next(tables)
        raise SourceError("Berkas ini rusak di tengah.")

    monkeypatch.setattr(pipeline, "read_file", breaking)
    path = csv_file(tmp_path / "a.csv", *(report(id=f"K-{n}") for n in range(30)))
    ledger = bring(board, path)
    assert (ledger.refused, ledger.read) == ("Berkas ini rusak di tengah.", 0)
    assert (board.store.version(), stored(board)) == (0, {})


def test_a_workbook_of_every_feed_finds_its_way_sheet_by_sheet(
    board: Board, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", {feed: [report(feed)] for feed in FEEDS})
    ledger = bring(board, path)
    assert ledger.feed == "+".join(FEEDS)
    assert stored(board) == dict.fromkeys(FEEDS, 1)


def test_a_row_that_tells_no_time_at_all_is_known_from_when_it_was_stored(
    board: Board, tmp_path: Path
) -> None:
    rows = [report("roster", waktu="", latihan="ya"), report("roster", id="K-2", latihan="ya")]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    known = board.store.rows_after(FEEDS["roster"])["known_at"].tolist()
    assert known == [NOON, datetime(2024, 11, 27, 8, 3, tzinfo=WIB)]


# What is no file: the reader's own sentence, at once.


@pytest.mark.parametrize(("name", "said"), [("folder", "folder"), ("tidak-ada.csv", "ditemukan")])
def test_a_folder_or_a_missing_file_is_one_sentence(
    board: Board, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    ledger = bring(board, tmp_path / name)
    assert ledger.refused
    assert said in ledger.refused
    assert (ledger.sha256, board.store.version()) == (None, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_a_pipe_is_refused_and_never_waited_for(board: Board, tmp_path: Path) -> None:
    pipe = tmp_path / "pipa.csv"
    os.mkfifo(pipe)
    said: list[str | None] = []
    asking = threading.Thread(target=lambda: said.append(bring(board, pipe).refused), daemon=True)
    asking.start()
    asking.join(60)
    assert said == ["Ini bukan berkas biasa."]


def test_a_file_that_may_not_be_read_is_one_sentence(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    path = csv_file(tmp_path / "a.csv", report())
    monkeypatch.setattr(os, "open", forbidden)
    assert "izin" in str(bring(board, path).refused)


# Workbooks with several sheets.


def test_sheets_of_different_feeds_each_find_their_own(board: Board, tmp_path: Path) -> None:
    sheets = {
        "Kejadian": [report(), faulty(id="K-2")],
        "TPS": [report("tps"), report("tps", tps="002"), faulty("tps", tps="003")],
        "Kejadian sore": [report(id="K-3")],
        "Giat": [report("activities")],
    }
    ledger = bring(board, workbook(tmp_path / "a.xlsx", sheets))
    assert ledger.feed == "incidents+tps+activities"
    assert counts(ledger) == (5, 0, 2)
    assert stored(board) == {"incidents": 2, "tps": 2, "activities": 1}
    assert [(entry["sheet"], entry["row"]) for entry in ledger.reasons] == [
        ("Kejadian", 3),
        ("TPS", 4),
    ]
    assert board.store.batches()["feed"].tolist() == ["incidents", "tps", "activities"]
    assert {row.feed for row in board.store.quarantined_rows()} == {"incidents", "tps"}


def test_a_workbook_of_several_feeds_twice_changes_nothing(board: Board, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [report()], "B": [report("tps"), faulty("tps")]})
    bring(board, path)
    version = board.store.version()
    assert counts(bring(board, path)) == (0, 2, 1)
    assert board.store.version() == version


def test_a_dry_run_of_several_feeds_tells_the_same_and_stores_nothing(
    board: Board, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [report()], "B": [report("tps"), faulty("tps")]})
    tried = bring(board, path, dry_run=True)
    assert (board.store.version(), stored(board)) == (0, {})
    assert bring(board, path).as_json() == tried.as_json()


def test_each_file_is_read_once_however_many_feeds_it_has(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def counted(path: Path, known: Any) -> Iterator[Any]:
        opened.append(path)
        return file_reader.read_file(path, known)

    monkeypatch.setattr(pipeline, "read_file", counted)
    path = workbook(tmp_path / "a.xlsx", {"A": [report()], "B": [report("tps")]})
    bring(board, path)
    assert [one.suffix for one in opened] == [".xlsx"]


def test_a_sheet_that_tells_no_feed_lies_in_quarantine_not_nowhere(
    board: Board, tmp_path: Path
) -> None:
    unclear = {"waktu": "27/11/2024 08.00", "kecamatan": "Kandis"}
    path = workbook(tmp_path / "a.xlsx", {"Catatan": [unclear], "TPS": [report("tps")]})
    ledger = bring(board, path)
    assert (ledger.feed, counts(ledger)) == ("tps", (1, 0, 1))
    assert ledger.reasons[0]["sheet"] == "Catatan"


def test_a_workbook_whose_sheets_tell_nothing_waits_or_is_refused(
    board: Board, tmp_path: Path
) -> None:
    unclear = {"waktu": "27/11/2024 08.00", "kecamatan": "Kandis"}
    path = workbook(tmp_path / "a.xlsx", {"A": [unclear], "B": [unclear]})
    assert "judul kolom" in str(bring(board, path, may_wait=False).refused)
    assert bring(board, path).waiting


def test_a_feed_stated_by_the_sender_holds_for_every_sheet(board: Board, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [report()], "B": [report("tps")]})
    ledger = bring(board, path, feed="incidents")
    assert (ledger.feed, counts(ledger)) == ("incidents", (1, 0, 1))


# A workbook as it comes from a Polsek.


def messy(path: Path) -> Path:
    """Title rows, merged cells, Excel's own dates, a total row, votes, abbreviations, faults."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Rekap"
    sheet["A1"] = "LAPORAN SITUASI HARI PEMUNGUTAN SUARA"
    sheet.merge_cells("A1:G1")
    sheet["A2"] = "POLSEK INDRALAYA"
    sheet.append([])
    sheet.append(["No", "Tanggal", "Jam", "Kec.", "Jenis Kejadian", "Uraian", "Suara paslon 1"])
    day = datetime(2024, 11, 27)
    clock = datetime(1899, 12, 30)
    sheet.append([1, day, (clock + timedelta(hours=8)).time(), "Inderalaya", "banjir", "air", 120])
    sheet.append([2, day, "9.15", None, "unjuk rasa", "massa", 130])
    sheet.merge_cells("D5:D6")
    sheet.append([3, "27 November 2024", "10.00 WIB", "Kec Pemulutan Brt", "logistik", "kurang", 1])
    sheet.append([4, day, "25.00", "Kandis", "banjir", "jam salah", 2])
    sheet.append([5, day, "08.30", "Tanjung", "banjir", "dua tempat", 3])
    sheet.append(["Jumlah", None, None, None, None, None, 256])
    book.save(path)
    return path


def test_a_messy_workbook_gives_its_good_rows_and_explains_the_bad(
    board: Board, tmp_path: Path
) -> None:
    ledger = bring(board, messy(tmp_path / "rekap.xlsx"))
    assert (ledger.feed, counts(ledger)) == ("incidents", (3, 0, 3))
    found = board.store.rows_after(INCIDENTS)
    assert found["kecamatan"].tolist() == ["16.10.04", "16.10.04", "16.10.10"]
    assert found["jenis"].tolist() == ["bencana", "unjuk_rasa", "logistik"]
    clocks = found["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M").tolist()
    assert clocks == ["27 08.00", "27 09.15", "27 10.00"]
    said = {entry["row"]: "; ".join(entry["reasons"]) for entry in ledger.reasons}
    assert said.keys() == {8, 9, 10}
    assert "25.00" in said[8]
    assert "Tanjung Batu" in said[9]
    assert "baris jumlah, bukan laporan" in said[10]
    assert any("ditolak" in note for note in ledger.notes)
    kept = str(board.store.quarantined_rows()) + found.to_csv()
    assert "120" not in kept and "256" not in kept


# Properties.

# A bare carriage return parts lines and a NUL makes a file no text: the readers' own tests.
JUNK = st.one_of(
    st.none(),
    st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["=1+1", "nan", "-", "0", "'", '"', "a,b;c\td", "\u202e", "٣", "1e400", "NULL", "a\nb"]
    ),
    st.integers(-(10**20), 10**20).map(str),
)
GOOD = st.integers(1, 6).map(lambda n: report(id=f"K-{n}"))
BAD = st.integers(1, 6).map(lambda n: faulty(id=f"B-{n}"))
WILD = st.fixed_dictionaries(dict.fromkeys(report(), JUNK))
MIX = st.lists(st.one_of(GOOD, BAD, WILD), min_size=1, max_size=12)


@settings(max_examples=examples(12))
@pytest.mark.parametrize("form", FORMS)
@given(rows=MIX)
def test_every_row_read_is_accepted_duplicate_or_quarantined(
    form: str, rows: list[dict[str, Any]]
) -> None:
    cells = [{**row, "uraian": readable(row["uraian"])} for row in rows]
    if form == "xlsx":
        cells = [{key: readable(cell) for key, cell in row.items()} for row in cells]
    with fresh_board() as (board, folder):
        # A first line that is surely a report lets the headings tell the feed.
        path = FORMS[form](folder / f"a.{form}", report(id="K-0"), *cells)
        first, second = bring(board, path), bring(board, path)
        whole = 1 + sum(str(row["id"]) in GOOD_IDS | BAD_IDS for row in rows)
        assert not first.refused
        assert whole <= first.read <= 1 + len(rows)  # blank and total rows are no reports
        assert first.accepted == stored(board)["incidents"]
        assert first.quarantined == len(first.reasons) >= len(board.store.quarantined_rows())
        assert all(entry["reasons"] for entry in first.reasons)
        assert counts(second) == (0, first.accepted + first.duplicate, first.quarantined)
        assert {row["id"] for row in rows if row["id"] in GOOD_IDS} <= accepted_ids(board)


GOOD_IDS = {f"K-{n}" for n in range(1, 7)}
BAD_IDS = {f"B-{n}" for n in range(1, 7)}


def accepted_ids(board: Board) -> set[str]:
    return set(board.store.rows_after(INCIDENTS)["id"])


def readable(cell: Any) -> Any:
    """What a workbook can hold: no control characters."""
    return "".join(c for c in cell if c.isprintable()) if isinstance(cell, str) else cell


WHEN = st.sampled_from(
    ["27/11/2024 08.03", "2024-11-27T08:03:00+07:00", "27/11/2024 12.16", "", "besok",
     "31/02/2024 08.00", "27 November 2024"]
)  # fmt: skip
WHERE = st.sampled_from(["Indralaya", "Kandis", "Atlantis", "", "Tanjung", "Ogan Ilir"])
KIND = st.sampled_from([*JENIS[:4], "entah apa", ""])
LEVEL = st.sampled_from([*TINGKAT, "gawat sekali", ""])


def slow_verdict(row: dict[str, str]) -> bool:
    """Whether a row is a report, the obvious way: cell by cell, no memory, no columns."""
    try:
        at = read_time(row["waktu"], WIB).moment if row["waktu"] else None
    except UnreadableCell:
        return False
    known = {"Indralaya", "Kandis", "Ogan Ilir"}
    return (
        at is not None
        and row["waktu"] != "27/11/2024 12.16"
        and row["kecamatan"] in known
        and row["jenis"] in JENIS
        and row["tingkat"] in {*TINGKAT, ""}
    )


@settings(max_examples=examples(30))
@given(
    rows=st.lists(
        st.fixed_dictionaries({"waktu": WHEN, "kecamatan": WHERE, "jenis": KIND, "tingkat": LEVEL}),
        min_size=1,
        max_size=20,
    )
)
def test_the_check_by_columns_agrees_with_the_slow_way_row_by_row(
    rows: list[dict[str, str]],
) -> None:
    with fresh_board() as (board, _):
        numbered = [{"id": f"K-{n}", **row} for n, row in enumerate(rows, start=1)]
        ledger = ingest_rows(
            numbered,
            "uji",
            board.store,
            board.ingest_context,
            unbounded("uji"),
            feed="incidents",
            now=NOON,
        )
        wrong = {entry["row"] for entry in ledger.reasons}
        assert wrong == {n for n, row in enumerate(rows, start=1) if not slow_verdict(row)}
        assert accepted_ids(board) == {r["id"] for r in numbered if slow_verdict(r)}


def test_small_pieces_and_one_piece_give_the_same_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [faulty(id=f"K-{n % 9}") if n % 4 == 0 else report(id=f"K-{n % 9}") for n in range(40)]
    path = csv_file(tmp_path / "a.csv", *rows)

    def result() -> tuple[tuple[int, int, int], Sequence[tuple[str, int]], Counter[str]]:
        with fresh_board() as (board, _):
            ledger = bring(board, path)
            found = board.store.rows_after(INCIDENTS)
            kept = list(zip(found["id"], found["row"].tolist(), strict=True))
            return counts(ledger), kept, Counter(str(e["row"]) for e in ledger.reasons)

    whole = result()
    in_small_pieces(monkeypatch, 7)
    assert result() == whole


def test_a_vote_sheet_beside_a_report_makes_no_row_and_is_told(
    board: Board, tmp_path: Path
) -> None:
    place = {"kecamatan": "Indralaya", "desa": "Tanjung Gelam", "tps": "001"}
    sheets = {
        "Rekap C1": [place | {"paslon 1": "120", "kolom kosong": "30", "suara tidak sah": "5"}],
        "Hadir": [place | {"waktu": "27/11/2024 10.00", "hadir": "120"}],
    }
    ledger = bring(board, workbook(tmp_path / "rekap.xlsx", sheets))
    assert (counts(ledger), stored(board)) == ((1, 0, 0), {"tps": 1})
    assert board.store.quarantined_rows() == []
    assert any("1 baris dilewati: lembar perolehan suara" in note for note in ledger.notes)
