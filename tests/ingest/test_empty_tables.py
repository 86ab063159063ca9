"""Every feed through every reader with nothing in it: a sound answer, and never an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS, dtypes
from situasi.ingest.feeds import check
from situasi.ingest.tables import Table
from tests.builders_files import faulty, headings, report
from tests.conftest import NOON
from tests.effort import effort
from tests.ingest.test_pipeline import bring

Rows = Sequence[dict[str, object]]
POINT = {"lat": "-3.25", "lon": "104.65"}


def csv_of(path: Path, names: list[str], rows: Rows) -> None:
    lines = [names, *([str(row.get(name) or "") for name in names] for row in rows)]
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")


def xlsx_of(path: Path, names: list[str], rows: Rows) -> None:
    book = openpyxl.Workbook()
    for line in (names, *([row.get(name) for name in names] for row in rows)):
        book.worksheets[0].append(line)
    book.save(path)


def jsonl_of(path: Path, names: list[str], rows: Rows) -> None:
    lines = [json.dumps({name: row.get(name) for name in names}) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")


def json_of(path: Path, names: list[str], rows: Rows) -> None:
    path.write_text(json.dumps([{name: row.get(name) for name in names} for row in rows]))


FORMS: dict[str, Callable[[Path, list[str], Rows], None]] = {
    "csv": csv_of, "xlsx": xlsx_of, "jsonl": jsonl_of, "json": json_of,
}  # fmt: skip
BLANK: dict[str, object] = {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("feed", FEEDS)
def test_every_feed_through_every_reader_with_nothing_or_nothing_good(
    board: Board, tmp_path: Path, feed: str, form: str
) -> None:
    for extra in ({}, POINT):
        names = headings([report(feed), extra])
        tried: dict[str, tuple[Rows, tuple[int, int]]] = {
            "judul": ([], (0, 0)),
            "kosong": ([BLANK] * 3, (0, 0)),
            "salah": ([faulty(feed, id=f"S{n}", **extra) for n in range(3)], (0, 3)),
            "campur": ([BLANK, report(feed, id=f"B{len(extra)}", **extra), BLANK], (1, 0)),
        }
        for name, (rows, expected) in tried.items():
            path = tmp_path / f"{name}-{len(extra)}.{form}"
            FORMS[form](path, names, rows)
            ledger = bring(board, path, feed=feed)
            if form in {"json", "jsonl"} and name in {"judul", "kosong"}:
                assert ledger.refused or ledger.read == 0
            else:
                assert (ledger.refused, (ledger.accepted, ledger.quarantined)) == (None, expected)


@pytest.mark.parametrize("feed", FEEDS)
def test_an_empty_frame_of_any_type_and_columns_of_nothing_are_judged(
    board: Board, feed: str
) -> None:
    names = headings([report(feed), POINT])
    for dtype in ("object", "float64", "datetime64[ns]", "bool"):
        frame = pd.DataFrame({name: pd.Series(dtype=dtype) for name in names})
        checked = check(Table(frame, []), feed, board.ingest_context, NOON)
        assert checked.row_count == 0
        kinds = checked.accepted.dtypes.astype(str).to_dict()
        assert kinds == {**dtypes(FEEDS[feed]), "row": "int64"}
    nothing = pd.DataFrame({name: [None, None] for name in names})
    assert (
        check(Table(nothing.astype("float64"), [1, 2]), feed, board.ingest_context, NOON).row_count
        == 2
    )


@pytest.mark.slow
@pytest.mark.parametrize("feed", ["incidents", "tps"])
def test_any_number_of_blank_rows_are_no_rows(board: Board, tmp_path: Path, feed: str) -> None:
    many, names = effort(1_000_000, check=120_000), headings([report(feed), POINT])
    path = tmp_path / "kosong.csv"
    path.write_text(",".join(names) + "\n" + ("," * (len(names) - 1) + "\n") * many)
    assert (bring(board, path).read, board.store.version()) == (0, 0)
    path.write_text(",".join(names) + "\n" + "\n" * many)
    assert (bring(board, path).read, board.store.version()) == (0, 0)
    (tmp_path / "a.json").write_text("[" + "{}," * many + json.dumps(report(feed)) + "]")
    assert bring(board, tmp_path / "a.json", feed=feed).accepted == 1
