"""Every row of every source that is not blank is accepted, a duplicate, or waits with a reason."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestResult
from tests.builders_files import faulty, headings, report
from tests.effort import effort, examples
from tests.ingest.test_pipeline import bring, fresh_board

Line = list[str]
Grid = list[Line]

NAMES = {feed: headings([report(feed), {"keterangan": "", "lat": "", "lon": ""}]) for feed in FEEDS}
WORDS = st.sampled_from(
    ["", "", "-", "x", "Jumlah", "Total 3", "27/11/2024 08.05", "Kandis", "12", "1.220",
     "Mengetahui", "KAPOLSEK", "jumlah massa 200 orang bakar ban", "=1+1", "waktu",
     "kecamatan", "0", "nan"]
)  # fmt: skip


def line(feed: str, row: dict[str, object]) -> Line:
    return [str(row.get(name) or "") for name in NAMES[feed]]


def rows_of(feed: str) -> st.SearchStrategy[Grid]:
    """Rows as people leave them below a heading."""
    width = len(NAMES[feed])
    number = st.integers(1, 999)
    good = number.map(lambda n: line(feed, report(feed, id=f"K-{n}")))
    bad = number.map(lambda n: line(feed, faulty(feed, id=f"S-{n}")))
    total = st.tuples(st.sampled_from(["Jumlah", "TOTAL", "Sub Total", "jml"]), number).map(
        lambda said: [said[0], *[""] * (width - 2), str(said[1])]
    )
    looks = number.map(lambda n: ["Jumlah massa", *line(feed, report(feed, uraian=f"{n}"))[1:]])
    junk = st.lists(WORDS, min_size=0, max_size=width + 2)
    odd = st.sampled_from([NAMES[feed], [""] * width, [], ["", "", "Mengetahui"]])
    return st.lists(st.one_of(good, bad, total, looks, junk, odd.map(list)), max_size=9)


def as_csv(path: Path, names: Line, grid: Grid, above: Grid) -> dict[int, Line]:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*above, names, *grid])
    return dict(enumerate(grid, start=len(above) + 2))


def as_xlsx(path: Path, names: Line, grid: Grid, above: Grid) -> dict[int, Line]:
    book = openpyxl.Workbook()
    for at, cells in enumerate([*above, names, *grid], start=1):
        for column, cell in enumerate(cells, start=1):
            if cell:
                book.worksheets[0].cell(at, column, cell).data_type = "s"
    book.save(path)
    return dict(enumerate(grid, start=len(above) + 2))


def _objects(names: Line, grid: Grid) -> list[dict[str, str | None]]:
    return [dict(zip(names, cells, strict=False)) for cells in grid]


def as_json(path: Path, names: Line, grid: Grid, above: Grid) -> dict[int, Line]:
    path.write_text(json.dumps({"judul": "x", "rows": _objects(names, grid)}), encoding="utf-8")
    return {n: cells[: len(names)] for n, cells in enumerate(grid, start=1)}


def as_jsonl(path: Path, names: Line, grid: Grid, above: Grid) -> dict[int, Line]:
    objects = _objects(names, grid)
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return {n: cells[: len(names)] for n, cells in enumerate(grid, start=1)}


FORMS = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json, "jsonl": as_jsonl}


# Said of a row that lies there already, with its number.
AGAIN = "sudah menunggu sebagai no "


def waits(board: Board, ledger: IngestResult, row: int) -> bool:
    """Whether quarantine lists a row of the same reasons; equal rows lie there once."""
    told = [entry["reasons"] for entry in ledger.reasons if entry["row"] == row]
    listed = {held.reasons for held in board.store.quarantined_rows()}
    own = [tuple(said for said in reasons if not said.startswith(AGAIN)) for reasons in told]
    return bool(own) and all(reasons and reasons in listed for reasons in own)


def closing_lines(ledger: IngestResult) -> set[int]:
    """The numbers of the rows that the notes call a signature, or the close of a report."""
    found: set[int] = set()
    for note in ledger.notes:
        if match := re.search(r"baris tanda tangan .*\(baris ([0-9, ]+)\)", note):
            found |= {int(n) for n in match[1].split(",")}
        if match := re.search(r"baris (\d+) “.*” bukan baris laporan", note):
            found.add(int(match[1]))
    return found


def titles_and_headings(ledger: IngestResult, numbered: dict[int, Line], names: Line) -> set[int]:
    """The title lines below the first table that the notes name, and the headings under them.

    And those of tables that lie one below the other, which may be any row of known headings, and
    the headings that a new page repeats: a note counts them, and numbers the first five.
    """
    found: set[int] = set()
    again = {n for n, cells in numbered.items() if cells == names}
    for note in ledger.notes:
        if match := re.search(r"judul kolom di baris ([0-9, ]+)\)", note):
            found |= {int(n) for n in match[1].split(",")}
        if match := re.search(r"di atas judul kolom dilewati \(baris ([0-9, ]+)", note):
            lines = {int(n) for n in match[1].split(",")} & numbered.keys()
            below = [n for n, cells in numbered.items() if n > max(lines, default=n)]
            found |= lines | {next((n for n in below if numbered[n] == names), 0)}
        if match := re.match(r"(\d+) baris judul kolom yang berulang", note):
            assert int(match[1]) == len(again)
            found |= again
    return found


def test_a_row_of_known_headings_below_a_gap_begins_a_table_and_is_named(
    board: Board, tmp_path: Path
) -> None:
    names, above = NAMES["merges"], line("merges", report("merges", id="K-0"))
    below = [["waktu", "kecamatan", "x"], line("merges", report("merges", id="K-1"))]
    as_xlsx(tmp_path / "a.xlsx", names, [above, [], *below], [])
    ledger = bring(board, tmp_path / "a.xlsx", feed="merges")
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (2, 1, 1)
    assert any("(judul kolom di baris 1, 4)" in note for note in ledger.notes)


@settings(max_examples=effort(5, check=2))  # for each feed and form
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("feed", FEEDS)
@given(data=st.data())
def test_no_row_of_a_whole_file_is_passed_over(feed: str, form: str, data: Any) -> None:
    # A first good row: what lies below the heading is then surely no numbering of columns.
    grid = [line(feed, report(feed, id="K-0")), *data.draw(rows_of(feed))]
    above = data.draw(st.sampled_from([[], [["LAPORAN HARIAN"]], [["POLSEK"], [], ["Rabu"]]]))
    with fresh_board() as (board, folder):
        path = folder / f"a.{form}"
        numbered = FORMS[form](path, NAMES[feed], grid, above)
        ledger = bring(board, path, feed=feed)
        assert ledger.refused is None
        filled = [n for n, cells in numbered.items() if any(cell.strip() for cell in cells)]
        # A signature below the table is only said, with its number.
        left_out = closing_lines(ledger) | titles_and_headings(ledger, numbered, NAMES[feed])
        filled = [n for n in filled if n not in left_out]
        assert ledger.read == len(filled)
        stored = set(board.store.rows_after(FEEDS[feed])["row"])
        left = [n for n in filled if n not in stored and not waits(board, ledger, n)]
        assert len(left) == ledger.duplicate
        again = bring(board, path, feed=feed)
        assert (again.accepted, again.quarantined) == (0, ledger.quarantined)
        assert len(board.store.quarantined_rows()) <= ledger.quarantined


SHEETS = ("laporan", "catatan", "tersembunyi", "daftar")


@settings(max_examples=examples(12))
@given(st.lists(st.sampled_from(SHEETS), max_size=5), st.data())
def test_no_row_of_any_sheet_is_passed_over(kinds: list[str], data: Any) -> None:
    """Sheets without a heading and hidden ones wait; a hidden list of words is no report."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(NAMES["incidents"])
    book.worksheets[0].append(line("incidents", report(id="K-0")))
    waiting = accepted = 0
    for number, kind in enumerate(kinds):
        sheet = book.create_sheet(f"{kind}{number}")
        rows = data.draw(st.integers(0, 4))
        if kind == "laporan" or kind == "tersembunyi":
            sheet.append(NAMES["incidents"])
        elif kind == "daftar":
            sheet.append(["kode_kecamatan", "kecamatan"])
        for row in range(rows):
            if kind in {"laporan", "tersembunyi"}:
                sheet.append(line("incidents", report(id=f"K-{number}-{row}")))
            else:
                sheet.append(["16.10.04", f"Indralaya {row}"])
        if kind in {"tersembunyi", "daftar"}:
            sheet.sheet_state = "hidden"
        accepted += rows * (kind == "laporan")
        waiting += rows * (kind in {"tersembunyi", "catatan"})
    with fresh_board() as (board, folder):
        book.save(folder / "a.xlsx")
        ledger = bring(board, folder / "a.xlsx")
        assert (ledger.feed, ledger.refused) == ("incidents", None)
        assert (ledger.accepted, ledger.quarantined) == (1 + accepted, waiting)
        assert all(entry["reasons"] and entry["sheet"] for entry in ledger.reasons)
        reasons = " ".join(held.reasons[0] for held in board.store.quarantined_rows())
        for number, kind in enumerate(kinds):
            if kind == "daftar":
                assert f"“{kind}{number}”" in " ".join(ledger.notes)
            elif kind != "laporan" and waiting and f"{kind}{number}" in str(ledger.reasons):
                assert f"“{kind}{number}”" in reasons


def test_a_second_list_of_a_json_document_waits_and_other_keys_are_said(
    board: Board, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    document = {"judul": "Pagi", "rows": [report()], "lampiran": [report(id="K-2"), "teks"]}
    path.write_text(json.dumps(document), encoding="utf-8")
    ledger = bring(board, path)
    assert (ledger.accepted, ledger.quarantined) == (1, 2)
    assert "lampiran" in ledger.reasons[0]["reasons"][0]
    assert any("tidak dibaca: judul" in note for note in ledger.notes)


def test_what_a_feature_says_beside_its_properties_is_read(board: Board, tmp_path: Path) -> None:
    cells = report(kode_kecamatan="", kecamatan="")
    waktu = cells.pop("waktu")
    feature = {"type": "Feature", "waktu": waktu, "properties": cells,
               "geometry": {"type": "Point", "coordinates": [104.65, -3.25]}}  # fmt: skip
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert bring(board, path).accepted == 1
