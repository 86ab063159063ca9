"""Wide tables of TPS counts: a column per hour becomes one report per filled hour."""

from __future__ import annotations

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

# No day has more hours to report; keeps a hostile table from growing without end.
MAX_HOURS = 30
# Headings that melting adds, for what the sender said in the heading, or not at all.
_CLOCK_HEADING, _DAY_HEADING = "__jam", "__hari"
# What a row without an hour may still tell.
_INFORMATIVE_COLUMNS = ("uraian", "teks_asli", "fase", "kontak", "pengawal", "lingkup")
# What belongs to one moment only; which of the hours, a wide table does not say.
_SINGLE_MOMENT_COLUMNS = frozenset(
    ("clock", "fase", "kontak", "pengawal", "hadir_dpt", "hadir_dptb", "hadir_dpk")
)


class UnpivotResult(NamedTuple):
    """A table with one report a row, its headings, and what the sender should know of it."""

    table: Table
    mapping: ColumnMapping
    notes: tuple[str, ...] = ()


def count_reports(table: Table) -> int:
    """How many reports a table may become: its rows, or its filled hours where these are more."""
    hours = [heading for heading in table.cells.columns if parse_hour_heading(heading)]
    return max(len(table.row_numbers), int(table.cells[hours].notna().to_numpy().sum()))


def unpivot(table: Table, mapping: ColumnMapping, context: IngestContext) -> UnpivotResult:
    """A table with a column per hour as one report per filled hour; any other as it is.

    Each report keeps the row number of the sender, and of the hours only its own cell.
    Without a date it is of the election day.
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
    """(row, hour) of every filled cell of an hour, and the rows that are a form left empty.

    A row without any hour is judged whole, as (row, None), where it is torn, is no report or
    tells more than the TPS that it is of.
    """
    columns = {hour: table.cells[hour].tolist() for hour in hours}
    told = [h for name in _INFORMATIVE_COLUMNS for h in mapping.columns.get(name, ())]
    kept = [mark for mark in (*REASON_BY_MARK, *told) if mark in table.cells.columns]
    whole = table.cells[kept].notna().any(axis=1).tolist()
    aside = (
        table.cells[NOT_A_REPORT].tolist()
        if NOT_A_REPORT in table.cells.columns
        else [None] * len(whole)
    )
    found: list[tuple[int, str | None]] = []
    empty: list[int] = []
    for row, reason in enumerate(aside):
        counted = [(row, hour) for hour in hours if not is_blank(columns[hour][row])]
        if reason is not None or (whole[row] and not counted):
            found.append((row, None))
        elif counted:
            found += counted
        else:
            empty.append(row)
    return found, empty


def _build_reports(
    table: Table,
    filled: list[tuple[int, str | None]],
    clocks: dict[str, str],
    mapping: ColumnMapping,
    context: IngestContext,
) -> tuple[Table, bool]:
    """The reports, and whether one of them states no day."""
    rows = [row for row, _ in filled]
    data: dict[str, list[Cell]] = {}
    for name in table.cells.columns:
        cells = table.cells[name].tolist()
        hourly = name in clocks
        data[name] = [
            cells[row] if not hourly or hour in (name, None) else None for row, hour in filled
        ]
    data[_CLOCK_HEADING] = [clocks[hour] if hour else None for _, hour in filled]
    dated = [data[n] for c in ("date", "occurred_at") for n in mapping.columns.get(c, ())]
    day = f"{context.election.day:%d/%m/%Y}"
    data[_DAY_HEADING] = [
        None if any(not is_blank(column[at]) for column in dated) else day
        for at in range(len(filled))
    ]
    reports = pd.DataFrame(data, dtype="object")
    return replace(
        table, cells=reports, row_numbers=[table.row_numbers[row] for row in rows]
    ), day in data[_DAY_HEADING]


def _map_unpivoted_columns(mapping: ColumnMapping, hours: tuple[str, ...]) -> ColumnMapping:
    columns = {
        name: of for name, of in mapping.columns.items() if name not in _SINGLE_MOMENT_COLUMNS
    }
    loose = [
        heading for name in _SINGLE_MOMENT_COLUMNS for heading in mapping.columns.get(name, ())
    ]
    columns |= {
        "hadir": hours,
        "clock": (_CLOCK_HEADING,),
        "date": (*columns.get("date", ()), _DAY_HEADING),
    }
    unused = tuple(h for h in (*mapping.unused_headings, *sorted(loose)) if h not in hours)
    return replace(
        mapping,
        columns=columns,
        export_headings=(*mapping.export_headings, _CLOCK_HEADING, _DAY_HEADING),
        unused_headings=unused,
    )


def _format_notes(
    table: Table, report_count: int, empty_rows: list[int], has_undated: bool
) -> tuple[str, ...]:
    said = [f"tabel per jam: {len(table.row_numbers)} baris menjadi {report_count} laporan"]
    if empty_rows:
        shown = ", ".join(str(table.row_numbers[row]) for row in empty_rows[:10])
        shown += ", …" if len(empty_rows) > 10 else ""
        said.append(
            f"{len(empty_rows)} baris tanpa jumlah hadir dilewati: tidak ada laporan (baris {shown})"
        )
    if has_undated:
        said.append("tanggal tidak disebut: dibaca sebagai hari pemungutan suara")
    return tuple(said)
