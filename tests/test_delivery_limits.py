"""One large file does not take the machine: refused in a sentence, others go on, memory stays."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from situasi.board import Board
from situasi.cli import app, deliveries
from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_rows
from situasi.ingest.readers.limits import (
    API_CALL_LIMITS,
    COMMAND_LINE_LIMITS,
    FILE_LIMITS,
    DeliveryLimits,
)
from situasi.ingest.upload import ingest_upload
from situasi.server.api.limits import Limits
from tests.builders import unbounded
from tests.builders_files import csv_file, report, workbook
from tests.conftest import NOON, settings_in
from tests.forks import Forks, loaded
from tests.ingest.readers.build import SHEET, repacked, sheet_xml
from tests.ingest.test_pipeline import bring, in_small_pieces

MOST_GROWTH = 300  # MB, whatever lies in the inbox; 100,000 rows that are stored take less
LINE = "27/11/2024 08.03,Indralaya,banjir,Air naik di kantor desa dan pasar\n"


@pytest.fixture(scope="module")
def intake() -> Iterator[Forks]:
    """Tells what became of everything in an inbox, and how far memory grew."""
    with loaded("tests.intake_process") as forks:
        yield forks


def lines(path: Path, size: int, line: str = LINE) -> None:
    """A CSV of so many bytes."""
    with path.open("w", encoding="utf-8") as file:
        file.write("waktu,kecamatan,jenis,uraian\n")
        piece = line * 10_000
        for _ in range(size // len(piece)):
            file.write(piece)


def large(folder: Path) -> None:
    lines(folder / "a-besar.csv", 60 << 20)


def many_rows(folder: Path) -> None:
    lines(folder / "a-banyak.csv", 45 << 20)


def many_faulty_rows(folder: Path) -> None:
    lines(folder / "a-salah.csv", 45 << 20, "besok,Atlantis,entah,x\n")


def many_hours(folder: Path) -> None:
    hours = [f"{hour:02d}.{minute:02d}" for hour in range(8, 13) for minute in (0, 10, 20, 30, 40)]
    with (folder / "a-jam.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(["kecamatan", "desa", "tps", *hours]) + "\n")
        file.write(("Indralaya,Tanjung Gelam,1," + ",".join(["7"] * len(hours)) + "\n") * 90_000)


def long_lines(folder: Path) -> None:
    path = folder / "a-panjang.csv"
    lines(path, 1 << 20)
    with path.open("a", encoding="utf-8") as file:
        file.write(f'27/11/2024 08.03,Kandis,banjir,"{"x" * 900_000}"\n' * 40)


def wide_rows(folder: Path) -> None:
    names = ["waktu", "kecamatan", "jenis", *(f"kolom {number}" for number in range(490))]
    line = ",".join(["27/11/2024 08.03", "Kandis", "banjir", *(["x"] * 490)]) + "\n"
    (folder / "a-lebar.csv").write_text(",".join(names) + "\n" + line * 5_000, encoding="utf-8")


def giant_array(folder: Path) -> None:
    (folder / "a-larik.json").write_text("[" + "1," * 20_000_000 + "1]", encoding="utf-8")


def giant_cell(folder: Path) -> None:
    row = json.dumps({"waktu": "8", "jenis": "banjir", "uraian": "@"})
    many = row.replace('"@"', "[" + "1," * 15_000_000 + "1]")
    (folder / "a-sel.json").write_text(f"[{many}]", encoding="utf-8")


def empty_styled_rows(folder: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_003))
    repacked(folder, "a-gaya.xlsx", {SHEET: sheet_xml(rows)})


FILES_THAT_COST: dict[Callable[[Path], None], str] = {
    large: "paling besar 50 MB",
    many_rows: "lebih dari 100000 baris",
    many_faulty_rows: "lebih dari 100000 baris",
    many_hours: "lebih dari 100000 baris",
    long_lines: "",
    wide_rows: "",
    giant_array: "",
    giant_cell: "",
    empty_styled_rows: "",
}


@pytest.mark.slow
@pytest.mark.parametrize("build", FILES_THAT_COST, ids=lambda build: build.__name__)
def test_whatever_lies_in_the_inbox_memory_is_bounded_and_the_next_file_comes_in(
    tmp_path: Path, build: Callable[[Path], None], intake: Forks
) -> None:
    folder = settings_in(tmp_path).inbox_folder
    folder.mkdir(parents=True)
    build(folder)
    csv_file(folder / "b-kecil.csv", report(id="K-9"))
    found = intake.ask(tmp_path)
    assert (found["told"].pop("b-kecil.csv"), found["left"]) == (1, [])
    [answer] = found["told"].values()
    assert FILES_THAT_COST[build] in str(answer)
    if FILES_THAT_COST[build]:
        assert found["stored"] == 2  # the first file of the process, and the small one
    if found["peak"]:
        assert found["peak"] - found["before"] < MOST_GROWTH, found


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read(
    board: Board, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", report())
    ledger = bring(board, path, limits=DeliveryLimits(10, path.stat().st_size - 1))
    assert "bagi menjadi beberapa berkas." in str(ledger.refused)
    assert (ledger.sha256, board.store.version()) == (None, 0)
    assert bring(board, path, limits=DeliveryLimits(10, path.stat().st_size)).accepted == 1


def test_a_file_of_too_many_rows_is_refused_whole(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", *(report(id=f"K-{n}") for n in range(11)))
    ledger = bring(board, path, limits=DeliveryLimits(10, 1_000_000))
    assert ledger.refused == "lebih dari 10 baris sekaligus; bagi menjadi beberapa kiriman"
    assert board.store.version() == 0
    assert bring(board, path, limits=DeliveryLimits(11, 1_000_000)).accepted == 11


def test_rows_of_all_sheets_and_pieces_count_together(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [report(id=f"K-{n}") for n in range(12)]
    book = workbook(tmp_path / "a.xlsx", {"pagi": rows[:6], "sore": rows[6:]})
    in_small_pieces(monkeypatch, 4)
    for path in (book, csv_file(tmp_path / "a.csv", *rows)):
        assert bring(board, path, limits=DeliveryLimits(11, 1_000_000)).refused
        assert bring(board, path, limits=DeliveryLimits(12, 1_000_000)).read == 12


def test_each_filled_hour_of_a_wide_table_counts_as_a_row(board: Board, tmp_path: Path) -> None:
    row = {"kecamatan": "Kandis", "desa": "Lubuk Segonang", "tps": 1, "08.00": 1, "09.00": 2}
    path = csv_file(tmp_path / "a.csv", *(row | {"tps": n} for n in range(1, 4)))
    assert bring(board, path, limits=DeliveryLimits(5, 1_000_000)).refused
    assert bring(board, path, limits=DeliveryLimits(6, 1_000_000)).read == 6


def test_rows_that_are_already_apart_are_bounded_too(board: Board) -> None:
    rows = [report()] * (FILE_LIMITS.max_rows + 1)
    ledger = ingest_rows(
        rows, "uji", board.store, board.ingest_context, unbounded("uji"), feed="incidents", now=NOON
    )
    assert "bagi menjadi beberapa kiriman" in str(ledger.refused)
    assert board.store.version() == 0


def test_an_uploaded_file_has_the_limit_of_the_inbox(board: Board) -> None:
    file = io.BytesIO(b"x" * (FILE_LIMITS.max_bytes + 1))
    request = IngestRequest(
        Path("a.csv"), board.store, board.ingest_context, unbounded("uji"), now=NOON, dry_run=True
    )
    assert "paling besar 50 MB" in str(ingest_upload(file, request).refused)


def test_calls_have_the_limits_of_calls() -> None:
    assert (Limits().max_rows, Limits().body_bytes) == (
        API_CALL_LIMITS.max_rows,
        API_CALL_LIMITS.max_bytes,
    )


def test_the_command_line_takes_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_settings: None
) -> None:
    asked: list[DeliveryLimits] = []

    def ingest(request: IngestRequest) -> IngestResult:
        asked.append(request.limits)
        return IngestResult(str(request.path))

    monkeypatch.setattr(deliveries, "ingest_file", ingest)
    CliRunner().invoke(app, ["ingest", str(csv_file(tmp_path / "a.csv", report()))])
    assert asked == [COMMAND_LINE_LIMITS]
    assert COMMAND_LINE_LIMITS.max_rows > FILE_LIMITS.max_rows > API_CALL_LIMITS.max_rows
    assert COMMAND_LINE_LIMITS.max_bytes > FILE_LIMITS.max_bytes > API_CALL_LIMITS.max_bytes


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITUASI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SITUASI_REHEARSAL", "no")
    monkeypatch.delenv("SITUASI_STORE", raising=False)


def test_the_upload_limit_of_the_page_is_that_of_the_rule() -> None:
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert f"maxUploadSize = {FILE_LIMITS.max_bytes >> 20}\n" in config
