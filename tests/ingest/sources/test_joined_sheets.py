"""Repeat groups under headings that nobody knows: mapped by hand, with what their parents say."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers.grid import Sheet, guess_header
from situasi.ingest.sources.hand_mapping import HandMapping
from situasi.ingest.sources.joined_sheets import join_sheets
from situasi.ingest.sources.sheet_mapping import list_headings
from situasi.ingest.waiting import load_sheets
from situasi.ingest.waiting_mapping import WaitingFile, store_mapping
from tests.builders import unbounded
from tests.builders_files import csv_file, workbook
from tests.conftest import NOON

Rows = Sequence[Mapping[str, Any]]
COLUMNS = {
    "hari_tugas": "tanggal", "kec_x": "kecamatan", "desa_x": "desa", "bilik": "tps",
    "rupa": "fase", "pukul_x": "jam",
}  # fmt: skip
PLACES = [
    {"hari_tugas": "2024-11-27", "kec_x": "Indralaya", "desa_x": "Tanjung Seteko", "bilik": n}
    for n in (1, 2, 3, 4)
]
REVIEWS = ("approved", "rejected", "approved", "approved")
STEPS = (  # the parent, what, when; the fourth parent has none, and one parent is not there
    (1, "dibuka", "07.02"), (1, "ditutup", "08.00"), (2, "dibuka", "07.00"),
    (3, "dibuka", "07.05"), (3, "antre", "08.10"), (9, "dibuka", "07.09"),
)  # fmt: skip
REASONS = ["ditolak atau dihapus", "antre", "kecamatan", "tanpa baris rincian"]


def odk(folder: Path, name: str, steps: Sequence[tuple[int, str, str]] = STEPS) -> Path:
    parents = [
        {**place, "SubmissionDate": "2024-11-27T03:00:00.000Z", "meta-instanceID": f"uuid:{n}",
         "KEY": f"uuid:{n}", "ReviewState": state}
        for n, (place, state) in enumerate(zip(PLACES, REVIEWS, strict=True), start=1)
    ]  # fmt: skip
    children = [
        {"rupa": what, "pukul_x": hour, "PARENT_KEY": f"uuid:{n}", "KEY": f"uuid:{n}/t[{i}]"}
        for i, (n, what, hour) in enumerate(steps, start=1)
    ]
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for part, rows in (("form", parents), ("form-t", children)):
            archive.write(csv_file(folder / f"{part}.csv", *rows), f"{part}.csv")
    return folder / f"{name}.zip"


def kobo(folder: Path, name: str, steps: Sequence[tuple[int, str, str]] = STEPS) -> Path:
    parents: Rows = [
        {**place, "_id": 70 + n, "_uuid": f"u{n}", "_submission_time": "2024-11-27T03:00:00",
         "_validation_status": "Not Approved" if state == "rejected" else "Approved", "_index": n}
        for n, (place, state) in enumerate(zip(PLACES, REVIEWS, strict=True), start=1)
    ]  # fmt: skip
    children: Rows = [
        {"rupa": what, "pukul_x": hour, "_index": i, "_parent_table_name": "form",
         "_parent_index": n, "_submission__id": 70 + n}
        for i, (n, what, hour) in enumerate(steps, start=1)
    ]  # fmt: skip
    return workbook(folder / f"{name}.xlsx", {"form": parents, "t": children})


def bring(board: Board, path: Path) -> IngestResult:
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("wati"), now=NOON)
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def map_sheet(board: Board, position: int, columns: Mapping[str, str]) -> IngestResult:
    """Return what the mapping of a sheet of the file that waits stores. columns: those used."""
    (item,) = board.store.waiting_items()
    file = WaitingFile(item, load_sheets(board.store, item.number))
    header = guess_header(file.sheets[position].rows)
    headings = list_headings(file.sheets[position], header)
    assert set(columns) <= set(headings)
    made = HandMapping("tahap", "tps", dict.fromkeys(headings, "") | dict(columns))
    return store_mapping(
        file, made, position, header, board.store, board.ingest_context, unbounded("rina"), NOON
    )


def list_steps(board: Board) -> list[tuple[str, str, str]]:
    frame = board.store.rows_after(FEEDS["tps"])
    hours = (
        frame["occurred_at"]
        .dt.tz_convert(board.ingest_context.election.zone)
        .dt.strftime("%d %H.%M")
    )
    return sorted(zip(frame["tps"], frame["fase"], hours, strict=True))


@pytest.mark.parametrize("write", [odk, kobo])
def test_one_mapping_reads_a_repeat_group_and_the_next_one_by_itself(
    board: Board, tmp_path: Path, write: Any
) -> None:
    assert bring(board, write(tmp_path, "satu")).waiting
    result = map_sheet(board, 1, COLUMNS)
    assert (result.read, result.accepted, result.quarantined) == (7, 3, 4)
    assert any("3 baris induk" in note for note in result.notes)
    reasons = " ".join(sorted(text for row in result.reasons for text in row["reasons"]))
    assert [reason for reason in REASONS if reason not in reasons] == []
    stored = [
        ("001", "dibuka", "27 07.02"),
        ("001", "ditutup", "27 08.00"),
        ("003", "dibuka", "27 07.05"),
    ]
    assert list_steps(board) == stored
    later = bring(board, write(tmp_path, "dua", (*STEPS, (4, "dibuka", "07.11"))))
    assert (later.accepted, later.duplicate, later.waiting) == (1, 3, None)
    assert list_steps(board) == [*stored, ("004", "dibuka", "27 07.11")]


def test_a_mapping_of_the_parents_never_reads_their_children_again(
    board: Board, tmp_path: Path
) -> None:
    bring(board, odk(tmp_path, "satu"))
    used = {name: own for name, own in COLUMNS.items() if own not in {"fase", "jam"}}
    result = map_sheet(board, 0, used | {"SubmissionDate": "waktu_lapor"})
    of_children = [row for row in result.reasons if row["sheet"] == "form-t"]
    assert (result.read, len(of_children)) == (len(PLACES) + len(STEPS) + 1, len(STEPS) + 1)
    assert all("tidak ikut dipetakan" in row["reasons"][0] for row in of_children)


def test_groups_within_groups_show_what_both_levels_above_say(board: Board) -> None:
    def sheet(name: str, *rows: list[object]) -> Sheet:
        return Sheet(name, list(rows), list(range(1, len(rows) + 1)))

    sheets = [
        sheet("c", ["gamma", "PARENT_KEY", "KEY"], ["z", "a/b[1]", "a/b[1]/c[1]"]),
        sheet("b", ["beta", "PARENT_KEY", "KEY"], ["y", "a", "a/b[1]"], ["y2", "a", "a/b[2]"]),
        sheet("a", ["alfa", "SubmissionDate", "KEY"], ["x", "2024-11-27T03:00:00.000Z", "a"]),
        sheet("lain", ["alfa", "beta"], ["1", "2"]),
    ]
    inner, middle, outer, other = join_sheets(sheets, board.ingest_context)
    assert inner.rows[0][3:] == ["beta", "alfa", "SubmissionDate"]
    assert inner.rows[1][3:] == ["y", "x", "2024-11-27T03:00:00.000Z"]
    assert (inner.parent, middle.parent, outer.parent, other) == ("b", "a", None, sheets[3])
    assert (middle.parent_numbers, outer.parent_numbers) == ({2}, {2})
