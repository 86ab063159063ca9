"""Tables with a column per hour: one report per filled cell, none for an empty one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import TPS
from situasi.ingest import quarantine
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.tables import Cell
from situasi.ingest.validation.phase_order import order_phases
from situasi.ingest.vocabulary.hour_headings import is_hourly_table, parse_hour_heading
from tests.builders import unbounded
from tests.builders_files import csv_file
from tests.conftest import NOON
from tests.effort import examples
from tests.ingest.door import deliver
from tests.ingest.test_pipeline import bring, fresh_board

PLACE = {"Kecamatan": "Indralaya", "Desa": "Tanjung Gelam"}


def wide(tps: int, **hours: object) -> dict[str, object]:
    """A row of a wide table; hours as h08=120."""
    return {**PLACE, "TPS": tps, **{f"{h[1:]}.00": cell for h, cell in hours.items()}}


def stored(board: Board) -> list[tuple[str, str, int, int]]:
    """Clock, TPS, heads and the sender's row of every report, by time and TPS."""
    found = board.store.rows_after(TPS).sort_values(["occurred_at", "tps"])
    clocks = found["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M")
    return list(zip(clocks, found["tps"], found["hadir"], found["row"], strict=True))


def test_every_filled_hour_is_a_report_of_its_own(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", wide(1, h08=50, h10=180), wide(2, h08="", h10=90))
    ledger = bring(board, path)
    assert (ledger.feed, ledger.read, ledger.accepted) == ("tps", 3, 3)
    assert stored(board) == [
        ("27 08.00", "001", 50, 2), ("27 10.00", "001", 180, 2), ("27 10.00", "002", 90, 3),
    ]  # fmt: skip
    assert any("hari pemungutan suara" in note for note in ledger.notes)
    assert board.store.rows_after(TPS)["flags"].str.contains("dibaca hari pemungutan").all()


def test_an_hour_without_a_count_is_no_report_and_not_zero(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", wide(1, h08="-", h09=None), wide(2, h08=0, h09=""))
    ledger = bring(board, path)
    assert stored(board) == [("27 08.00", "002", 0, 3)]
    assert any("1 baris tanpa isi" in n and "(baris 2)" in n for n in ledger.notes)


def test_a_row_without_any_hour_that_tells_something_else_is_judged(
    board: Board, tmp_path: Path
) -> None:
    rows = [{**wide(1, h08=""), "Uraian": "TPS kebanjiran"}, {**wide(2, h08=5), "Uraian": ""}]
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    held = board.store.quarantined_rows()[0]
    assert (held.row, held.raw["Uraian"], held.raw["08.00"]) == (2, "TPS kebanjiran", "")


def test_the_date_of_the_row_goes_before_the_election_day(board: Board, tmp_path: Path) -> None:
    rows = [{**wide(1, h08=5), "Tanggal": "26/11/2024"}, {**wide(2, h08=5), "Tanggal": ""}]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert [clock for clock, *_ in stored(board)] == ["26 08.00", "27 08.00"]


def test_a_faulty_hour_lies_in_quarantine_without_the_other_hours(
    board: Board, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", wide(1, h08=50, h09="banyak", h10=180))
    ledger = bring(board, path)
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (3, 2, 1)
    held = board.store.quarantined_rows()[0]
    assert (held.row, held.raw) == (2, {**PLACE, "TPS": "1", "09.00": "banyak"})


def test_a_faulty_hour_comes_back_corrected_as_that_hour(board: Board, tmp_path: Path) -> None:
    bring(board, csv_file(tmp_path / "a.csv", wide(1, h08=50, h09="banyak", h10="??")))
    assert len(board.store.quarantined_rows()) == 2
    returned = quarantine.format_csv(board.store.quarantined_rows())
    path = tmp_path / "kembali.csv"
    path.write_text(returned.replace("banyak", "110").replace("??", "180"), encoding="utf-8")
    assert bring(board, path).accepted == 2
    assert [(clock, heads) for clock, _, heads, _ in stored(board)] == [
        ("27 08.00", 50), ("27 09.00", 110), ("27 10.00", 180),
    ]  # fmt: skip
    assert not board.store.quarantined_rows()


def test_a_phase_beside_the_hours_is_left_out_and_said_so(board: Board, tmp_path: Path) -> None:
    rows = [{**wide(1, h08=50), "Fase": "dibuka", "Luas": 480}]
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows), feed="tps")
    assert any("tidak dipakai" in n and "Fase" in n and "Luas" in n for n in ledger.notes)
    assert board.store.rows_after(TPS)["fase"].tolist() == [None]


def test_totals_of_a_desa_may_come_by_the_hour(board: Board, tmp_path: Path) -> None:
    row = {**wide(1, h08=900, h09=1200), "TPS": ""}
    assert bring(board, csv_file(tmp_path / "a.csv", row)).accepted == 2
    assert board.store.rows_after(TPS)["lingkup"].tolist() == ["desa", "desa"]


def test_a_long_table_stays_as_it_is_whatever_else_it_has(board: Board) -> None:
    row = {**PLACE, "TPS": 1, "waktu": "27/11/2024 08.00", "hadir": 40, "08.00": 7}
    assert deliver(board, "tps", row).read == 1
    assert stored(board)[0][2] == 40


def test_a_table_of_hundreds_of_hours_is_not_taken_apart(board: Board) -> None:
    hours = {f"{m // 60:02d}.{m % 60:02d}": 1 for m in range(400)}
    ledger = deliver(board, "tps", {**PLACE, "TPS": 1, **hours})
    assert (ledger.read, ledger.quarantined) == (1, 1)


def test_a_wide_workbook_of_a_polsek_is_recognised_by_its_hours(
    board: Board, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["REKAP KEHADIRAN PEMILIH"])
    sheet.append(["No", "Kec.", "Desa", "No TPS", "hadir 08.00", "hadir 10.00", "hadir 12.00 WIB"])
    sheet.append([1, "Inderalaya", "Tanjung Gelam", "TPS 01", 40, 120.0, None])
    sheet.append([2, "Inderalaya", "Tanjung Gelam", "TPS 02", 35, "410 orang", None])
    sheet.append(["Jumlah", None, None, None, 75, 530, 0])
    book.save(tmp_path / "a.xlsx")
    ledger = bring(board, tmp_path / "a.xlsx")
    assert (ledger.feed, ledger.accepted, ledger.quarantined) == ("tps", 4, 1)
    assert "sesuai dengan baris di atasnya" in ledger.reasons[0]["reasons"][0]
    assert [heads for _, _, heads, _ in stored(board)] == [40, 35, 120, 410]


def test_a_torn_row_of_a_wide_table_is_read_and_explained(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Kecamatan,Desa,TPS,08.00,09.00\nIndralaya,Tanjung Gelam,1,5,,9,9\n", encoding="utf-8"
    )
    assert "melebihi" in bring(board, path).reasons[0]["reasons"][0]


@pytest.mark.parametrize(
    ("heading", "clock"),
    [
        ("08.00", "08.00"), ("jam 8", "08.00"), ("pukul 09:00", "09.00"), ("hadir 10.00", "10.00"),
        ("pkl 11", "11.00"), ("12.00 WIB", "12.00 WIB"), ("Pkl. 07.30", "07.30"),
        ("HADIR JAM 13", "13.00"), ("hadir (kumulatif) jam 9", "09.00"),
        ("PEMILIH HADIR (KUMULATIF) S/D PUKUL 08.00", "08.00"), ("08.00 (kumulatif)", "08.00"),
        ("Hadir kumulatif", None), ("s.d. 09.00", "09.00"), ("08:00:00", "08.00"),
        ("Jumlah pemilih hadir s/d 10.00", "10.00"), ("8", None), ("16.10.04", None),
        ("jam", None), ("TPS 8", None), ("08.75", None), ("25.00", None), ("suara 08.00", None),
        ("", None), ("08.00 WIB - 09.00 WIB", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_heading_names_an_hour_or_nothing(heading: str, clock: str | None) -> None:
    found = parse_hour_heading(heading)
    assert (found and found.clock) == clock


def test_one_bare_hour_does_not_make_a_table_wide_unless_something_says_of_what() -> None:
    assert not is_hourly_table(["kecamatan", "08.00"], has_tps=False)
    assert not is_hourly_table(["kecamatan"], has_tps=True)
    assert not is_hourly_table(["hadir 08.00"], has_tps=False)
    assert is_hourly_table(["kecamatan", "08.00", "jam 9"], has_tps=False)
    assert is_hourly_table(["kecamatan", "hadir 08.00"], has_tps=False)
    assert is_hourly_table(["no tps", "08.00"], has_tps=True)


CELL = st.one_of(st.none(), st.integers(0, 700), st.sampled_from(["", "-", "banyak", "12"]))


def slow_reports(rows: list[dict[str, object]]) -> list[tuple[int, str, object]]:
    """The reports of a wide table the obvious way: row by row, hour by hour."""
    found = []
    for number, row in enumerate(rows, start=1):
        for heading, cell in row.items():
            if heading.endswith(".00") and cell not in (None, "", "-"):
                found.append((number, heading, cell))
    return found


@settings(max_examples=examples(25))
@given(table=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_melting_agrees_with_the_slow_way(table: list[tuple[object, object, object]]) -> None:
    rows = [wide(n, h08=a, h09=b, h10=c) for n, (a, b, c) in enumerate(table, start=1)]
    expected = slow_reports(rows)
    with fresh_board() as (board, _):
        ledger: IngestResult = deliver(board, "tps", *rows)
        assert ledger.read == len(expected)
        wrong = [(number, hour) for number, hour, cell in expected if cell == "banyak"]
        held = [(row.row, next(h for h in row.raw if h.endswith(".00")))
                for row in board.store.quarantined_rows()]  # fmt: skip
        assert sorted(held) == sorted(wrong)
        kept = [(row, f"{clock[3:]}", heads) for clock, _, heads, row in stored(board)]
        right = [(n, hour, int(str(c))) for n, hour, c in expected if c != "banyak"]
        assert sorted(kept) == sorted(right)


def test_a_wide_file_twice_changes_nothing(board: Board, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", wide(1, h08=50, h09="banyak", h10=180))
    bring(board, path)
    version = board.store.version()
    again = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
    )
    assert (again.accepted, again.duplicate, again.quarantined) == (0, 2, 1)
    assert board.store.version() == version


def test_a_phase_after_midnight_is_of_the_next_day_and_says_so(
    board: Board, tmp_path: Path
) -> None:
    row = {
        **PLACE,
        "TPS": 1,
        "TANGGAL": "27/11/2024",
        "SELESAI HITUNG": "22.05",
        "BERANGKAT DARI TPS": "23.10",
        "TIBA DI PPK": "00.20",
    }
    odd = {**row, "TPS": 2, "BERANGKAT DARI TPS": "22.30", "TIBA DI PPK": "22.10"}
    path = csv_file(tmp_path / "kotak.csv", row, odd)
    later = NOON + timedelta(days=1)
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=later)
    )
    assert (ledger.accepted, ledger.quarantined) == (5, 1)
    assert "lebih awal dari fase sebelumnya" in str(ledger.reasons)
    found = board.store.rows_after(TPS)
    arrived = found[found["fase"] == "kotak_tiba_ppk"].iloc[0]
    assert f"{arrived['occurred_at'].tz_convert('Asia/Jakarta'):%d %H.%M}" == "28 00.20"
    assert "hari berikutnya" in arrived["flags"]
    assert stored_days(found[found["fase"] != "kotak_tiba_ppk"]) == {"27"}


@pytest.mark.parametrize(
    ("others", "phase"),
    [({"KOTAK BERANGKAT": "18.40"}, "kotak_tiba_ppk"),
     ({"LOGISTIK TIBA": "26/11 16.00"}, "kotak_tiba_ppk"),
     ({"JAM BUKA": "07.00"}, "logistik_tiba"),
     ({"KOTAK BERANGKAT": "18.40", "TIBA DI PPK": "19.00"}, "logistik_tiba")],
)  # fmt: skip
def test_a_column_of_boxes_that_arrive_is_of_the_ppk_where_another_says_when_they_left(
    board: Board, tmp_path: Path, others: dict[str, str], phase: str
) -> None:
    row = {**PLACE, "TPS": 1, "TANGGAL": "27/11/2024", **others, "KOTAK TIBA": "06.10"}
    wide = board.ingest_context.vocabulary.find_wide_headings([*row])
    assert wide["KOTAK TIBA"].value == phase


def stored_days(found: pd.DataFrame) -> set[str]:
    return {*found["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d")}


@pytest.mark.parametrize(
    ("phases", "days", "held"),
    [
        ([("kotak_tiba_ppk", "00.20"), ("kotak_bergeser", "23.10")], [1, 0], []),
        ([("hitung_selesai", "23.50"), ("kotak_bergeser", "00.10"), ("kotak_tiba_ppk", "01.00")],
         [0, 1, 1], []),
        ([("ditutup", "13.00"), ("hitung_selesai", "03.15")], [0, 0], [1]),  # or 15.15
        ([("logistik_tiba", "20.00"), ("dibuka", "07.00")], [0, 0], []),
        ([("kotak_bergeser", "malam"), ("kotak_tiba_ppk", "00.20")], [0, 0], []),
    ],
)  # fmt: skip
def test_phases_of_a_row_follow_one_another(
    phases: list[tuple[str, Cell]], days: list[int], held: list[int]
) -> None:
    found = order_phases(phases)
    assert [phase.days for phase in found] == days
    assert [index for index, phase in enumerate(found) if phase.reason] == held


AFTER_MIDNIGHT = [
    ("00.25 (28/11)", "28 00.25"), ("28/11/2024 01.10", "28 01.10"), ("28-11 01.10", "28 01.10"),
    ("28/11 pukul 01.10", "28 01.10"), ("01.10, 28 Nov", "28 01.10"),
    ("01.10 (28 November)", "28 01.10"), ("23.50", "27 23.50"), ("27/11 23.50", "27 23.50"),
    ("28-11-24 00.05", "28 00.05"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "moment"), AFTER_MIDNIGHT)
@pytest.mark.parametrize("day", ["title", "column", "none"])
def test_a_day_in_the_cell_of_a_phase_goes_before_that_of_its_row_or_title(
    board: Board, tmp_path: Path, cell: str, moment: str, day: str
) -> None:
    row = {**PLACE, "TPS": 1, "Selesai hitung": "21.00", "Kotak tiba di PPK": cell}
    if day == "column":
        row = {"Tanggal": "27/11/2024", **row}
    name = "kotak 27-11-2024.csv" if day == "title" else "kotak.csv"
    path, later = csv_file(tmp_path / name, row), NOON + timedelta(days=1)
    ingest_file(IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=later))
    found = board.store.rows_after(TPS)
    arrived = found[found["fase"].isin(["kotak_tiba_ppk"])]
    clocks = arrived["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M")
    assert clocks.tolist() == [moment]
    if moment.startswith("28"):
        assert "tanggal dari" not in str(arrived["flags"].iloc[0])


def test_a_day_in_a_cell_far_from_the_column_of_days_is_held(board: Board, tmp_path: Path) -> None:
    row = {"Tanggal": "27/11/2024", **PLACE, "TPS": 1, "Kotak tiba di PPK": "20/11/2024 01.10"}
    ledger = bring(board, csv_file(tmp_path / "a.csv", row))
    assert (ledger.accepted, ledger.quarantined) == (0, 1)


@settings(max_examples=examples(15))
@given(
    rows=st.lists(
        st.tuples(st.lists(st.integers(1, 300) | st.just("-"), min_size=3, max_size=3),
                  st.sampled_from([0, 0, -18, 9])),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_a_sum_beside_the_counts_of_its_row_marks_these_where_it_differs(
    rows: list[tuple[list[int | str], int]],
) -> None:
    table: list[dict[str, object]] = []
    expected: dict[int, bool] = {}
    for number, (cells, off) in enumerate(rows, start=2):
        written = [cell for cell in cells if isinstance(cell, int)]
        stations = {f"TPS {n}": cell for n, cell in enumerate(cells, start=1)}
        table.append({**PLACE, "Jam": f"{6 + number:02d}.00", **stations,
                      "JUMLAH": sum(written) + off})  # fmt: skip
        expected |= {number: off != 0} if written else {}
    with fresh_board() as (board, folder):
        ledger = bring(board, csv_file(folder / "a.csv", *table))
        found = board.store.rows_after(TPS)
        told = found["flags"].str.contains('"JUMLAH" tertulis')
        assert len(found) == sum(isinstance(cell, int) for cells, _ in rows for cell in cells)
        assert dict(zip(found["row"], told, strict=True)) == expected
        assert not found.groupby("row")["flags"].nunique().gt(1).any()
        assert not any("tidak dipakai" in note for note in ledger.notes)


def test_a_sum_beside_hours_is_none_as_each_hour_counts_all(board: Board, tmp_path: Path) -> None:
    ledger = bring(board, csv_file(tmp_path / "a.csv", {**wide(1, h08=50, h10=180), "JUMLAH": 180}))
    assert not board.store.rows_after(TPS)["flags"].str.contains("tertulis").any()
    assert "kolom tidak dipakai: JUMLAH" in ledger.notes
