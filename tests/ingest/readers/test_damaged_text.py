"""Bytes of two encodings and NUL bytes: the good lines stay good, the bad ones are held."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from tests.builders_files import report
from tests.effort import examples
from tests.ingest.readers.build import HEADING, csv_text, look, put, refusal
from tests.ingest.test_pipeline import bring

SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(100)
)


def lines(*texts: str) -> list[str]:
    return [",".join(HEADING), *(f"27/11/2024 08.03,Indralaya,banjir,{text}" for text in texts)]


def test_each_line_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    head, first, second, third = lines("caf\u00e9 satu", "caf\u00e9 dua", "biasa")
    content = b"\n".join([head.encode(), first.encode(), second.encode("cp1252"), third.encode()])
    seen = look(put(tmp_path, content))
    assert [row["uraian"] for row in seen.records] == ["caf\u00e9 satu", "caf\u00e9 dua", "biasa"]
    assert "1 baris teks bukan UTF-8" in seen.said
    assert "baris 3" in seen.said


def test_a_utf8_mark_before_two_encodings_is_no_letter(tmp_path: Path) -> None:
    head, first, second = lines("caf\u00e9", "caf\u00e9")
    content = (
        b"\xef\xbb\xbf"
        + head.encode()
        + b"\r\n"
        + first.encode()
        + b"\r\n"
        + second.encode("cp1252")
    )
    seen = look(put(tmp_path, content))
    assert seen.headings == [list(HEADING)]
    assert [row["uraian"] for row in seen.records] == ["caf\u00e9"] * 2


ACCENTED = st.text("ab\u00e9\u00fc\u00e0 ", min_size=1, max_size=12).map(lambda text: f"x{text}x")


@SHARED_FOLDER
@given(st.lists(st.tuples(ACCENTED, st.sampled_from(["utf-8", "cp1252"])), min_size=1, max_size=8))
def test_lines_of_either_encoding_come_back(tmp_path: Path, written: list[tuple[str, str]]) -> None:
    texts = lines(*(text for text, _ in written))
    codecs = ["utf-8", *(codec for _, codec in written)]
    content = b"\n".join(t.encode(codec) for t, codec in zip(texts, codecs, strict=True))
    seen = look(put(tmp_path, content))
    assert [row["uraian"] for row in seen.records] == [text for text, _ in written]


def test_a_nul_holds_its_own_row_only(board: Board, tmp_path: Path) -> None:
    rows = [report(id=f"K-{n}", jenis="logistik") for n in range(3)]
    names = list(rows[0])
    table = [names, *([str(row[name]) for name in names] for row in rows)]
    text = "".join(",".join(cells) + "\n" for cells in table).replace("K-1", "K\0-1")
    ledger = bring(board, put(tmp_path, text), feed="incidents")
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (3, 2, 1)
    assert ledger.reasons[0]["row"] == 3
    assert "\0" not in str(board.store.quarantined_rows())


@pytest.mark.parametrize("end", ["\0" * 700, "\0\n\0\0\n", "\n\0"])
def test_nuls_behind_the_last_row_are_no_rows(tmp_path: Path, end: str) -> None:
    assert look(put(tmp_path, csv_text() + end)).rows == [2]


def test_a_nul_in_the_heading_is_left_out(tmp_path: Path) -> None:
    seen = look(put(tmp_path, csv_text().replace("waktu", "wak\0tu")))
    assert seen.headings == [list(HEADING)]


def test_a_file_that_is_mostly_nul_is_no_text(tmp_path: Path) -> None:
    assert "NUL" in refusal(put(tmp_path, csv_text() + "\0" * 5_000))


def test_a_nul_in_json_lines_breaks_its_line_only(tmp_path: Path) -> None:
    row = dict(zip(HEADING, ("27/11/2024 08.03", "Indralaya", "banjir", "x"), strict=True))
    text = "\n".join([json.dumps(row), json.dumps(row)[:-2] + '\0"}', json.dumps(row)])
    seen = look(put(tmp_path, text, "a.jsonl"))
    assert seen.rows == [1, 2, 3]
    assert [record.get("__rusak") is None for record in seen.records] == [True, False, True]


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1e400", "-1e999"])
@pytest.mark.parametrize("heading", ["hadir", "tps", "uraian", "id"])
def test_an_infinite_number_in_json_holds_its_row(
    board: Board, tmp_path: Path, number: str, heading: str
) -> None:
    rows = [report("tps", id="K-1"), {**report("tps", id="K-2", uraian="x"), heading: "@"}]
    text = json.dumps(rows).replace('"@"', number)
    ledger = bring(board, put(tmp_path, text, "a.json"), feed="tps")
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (2, 1, 1)
    assert "tak hingga" in "; ".join(ledger.reasons[0]["reasons"])


@pytest.mark.parametrize("heading", ["tps", "hadir"])
def test_yes_beside_the_same_number_is_never_that_number(
    board: Board, tmp_path: Path, heading: str
) -> None:
    rows = [{**report("tps", id=f"K-{n}"), heading: cell} for n, cell in enumerate((1, True))]
    ledger = bring(board, put(tmp_path, json.dumps(rows), "a.json"), feed="tps")
    assert (ledger.accepted, ledger.quarantined) == (1, 1)


def test_not_a_number_is_a_missing_cell(board: Board, tmp_path: Path) -> None:
    text = json.dumps([report("tps", hadir="@", uraian="@")]).replace('"@"', "NaN")
    assert bring(board, put(tmp_path, text, "a.json"), feed="tps").accepted == 1
    assert "nan" not in board.store.rows_after(FEEDS["tps"]).to_csv(index=False).casefold()
