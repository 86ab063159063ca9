"""Conversion of hourly TPS tables: a column per hour becomes one report per filled hour."""

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers.reserved_columns import NOT_A_REPORT
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import ColumnMapping
from situasi.ingest.validation.table_check import REASON_BY_MARK
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading

# No day has more hours to report; bounds the size of the result.
MAX_HOURS = 30
# Headings added by `unpivot`: the clock from the sender's heading, and a day if there is none.
_CLOCK_HEADING, _DAY_HEADING = "__jam", "__hari"
# Columns that make a row without any filled hour worth checking.
_INFORMATIVE_COLUMNS = ("uraian", "teks_asli", "fase", "kontak", "pengawal", "lingkup")
# Columns about a single moment; an hourly table does not say which hour they belong to.
_SINGLE_MOMENT_COLUMNS = frozenset(
    (
        "clock",
        "fase",
        "kontak",
        "pengawal",
        "hadir_dpt",
        "hadir_dptb",
        "hadir_dpk",
        "hadir_l",
        "hadir_p",
    )
)


class UnpivotResult(NamedTuple):
    """A table with one report per row, its headings, and notes for the sender."""

    table: Table
    mapping: ColumnMapping
    notes: tuple[str, ...] = ()


def count_reports(table: Table) -> int:
    """Return how many reports a table may become: the larger of its rows and filled hours."""
    hours = [heading for heading in table.cells.columns if parse_hour_heading(heading)]
    return max(len(table.row_numbers), int(table.cells[hours].notna().to_numpy().sum()))


def unpivot(table: Table, mapping: ColumnMapping, context: IngestContext) -> UnpivotResult:
    """Turn a table with a column per hour into one report per filled hour; keep other tables.

    Each report keeps the sender's row number and, of the hours, only its own cell.
    A report without a date is of the election day.
    """
    clocks = {
        name: hour.clock for name in mapping.unused_headings if (hour := parse_hour_heading(name))
    }
    if not clocks or len(clocks) > MAX_HOURS or mapping.has("hadir"):
        return UnpivotResult(table, mapping)
    filled, empty = _find_filled_cells(table, list(clocks), mapping)
    reports, undated = _build_reports(table, filled, clocks, mapping, context)
    notes = _format_notes(table, len(filled), empty, undated)
    return UnpivotResult(reports, _map_unpivoted_columns(mapping, tuple(clocks)), notes)


def _find_filled_cells(
    table: Table, hours: list[str], mapping: ColumnMapping
) -> tuple[list[tuple[int, str | None]], list[int]]:
    """Return (row, hour) of every filled hour, and the rows that are forms left empty.

    A row without any filled hour is checked as (row, None) where it is broken, is not a report,
    or has more than the name of its TPS.
    """
    columns = {hour: table.cells[hour].tolist() for hour in hours}
    headings = [h for name in _INFORMATIVE_COLUMNS for h in mapping.columns.get(name, ())]
    names = [mark for mark in (*REASON_BY_MARK, *headings) if mark in table.cells.columns]
    has_content = table.cells[names].notna().any(axis=1).tolist()
    reader_reasons = (
        table.cells[NOT_A_REPORT].tolist()
        if NOT_A_REPORT in table.cells.columns
        else [None] * len(has_content)
    )
    filled: list[tuple[int, str | None]] = []
    empty: list[int] = []
    for row, reason in enumerate(reader_reasons):
        filled_hours = [(row, hour) for hour in hours if not is_blank(columns[hour][row])]
        if reason is not None or (has_content[row] and not filled_hours):
            filled.append((row, None))
        elif filled_hours:
            filled += filled_hours
        else:
            empty.append(row)
    return filled, empty


def _build_reports(
    table: Table,
    filled: list[tuple[int, str | None]],
    clocks: dict[str, str],
    mapping: ColumnMapping,
    context: IngestContext,
) -> tuple[Table, bool]:
    """Return the reports, and whether one of them has no day."""
    rows = [row for row, _ in filled]
    data: dict[str, list[Cell]] = {}
    for name in table.cells.columns:
        cells = table.cells[name].tolist()
        is_hour = name in clocks
        data[name] = [
            cells[row] if not is_hour or hour in (name, None) else None for row, hour in filled
        ]
    data[_CLOCK_HEADING] = [clocks[hour] if hour else None for _, hour in filled]
    day_columns = [data[n] for c in ("date", "occurred_at") for n in mapping.columns.get(c, ())]
    day = f"{context.election.day:%d/%m/%Y}"
    reasons = data.get(NOT_A_REPORT, [None] * len(filled))
    data[_DAY_HEADING] = [
        day if reason is None and all(is_blank(column[index]) for column in day_columns) else None
        for index, reason in enumerate(reasons)
    ]
    reports = pd.DataFrame(data, dtype="object")
    return replace(
        table, cells=reports, row_numbers=[table.row_numbers[row] for row in rows]
    ), day in data[_DAY_HEADING]


def _map_unpivoted_columns(mapping: ColumnMapping, hours: tuple[str, ...]) -> ColumnMapping:
    columns = {
        name: group for name, group in mapping.columns.items() if name not in _SINGLE_MOMENT_COLUMNS
    }
    dropped = [
        heading for name in _SINGLE_MOMENT_COLUMNS for heading in mapping.columns.get(name, ())
    ]
    columns |= {
        "hadir": hours,
        "clock": (_CLOCK_HEADING,),
        "date": (*columns.get("date", ()), _DAY_HEADING),
    }
    unused = tuple(h for h in (*mapping.unused_headings, *sorted(dropped)) if h not in hours)
    return replace(
        mapping,
        columns=columns,
        export_headings=(*mapping.export_headings, _CLOCK_HEADING, _DAY_HEADING),
        unused_headings=unused,
    )


def _format_notes(
    table: Table, report_count: int, empty_rows: list[int], has_undated: bool
) -> tuple[str, ...]:
    notes = [f"tabel per jam: {len(table.row_numbers)} baris menjadi {report_count} laporan"]
    if empty_rows:
        numbers = ", ".join(str(table.row_numbers[row]) for row in empty_rows[:10])
        numbers += ", …" if len(empty_rows) > 10 else ""
        notes.append(
            f"{len(empty_rows)} baris tanpa jumlah hadir dilewati: "
            f"tidak ada laporan (baris {numbers})"
        )
    if has_undated:
        notes.append("tanggal tidak disebut: dibaca sebagai hari pemungutan suara")
    return tuple(notes)
