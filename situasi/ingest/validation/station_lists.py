"""Rows that tell the phases of several TPS at once (`TPS 01 s.d. 03`): one row for each."""

import re
from dataclasses import replace

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.numbers import read_tps_list
from situasi.ingest.readers.reserved_columns import DOUBT
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import ColumnMapping

_MAX_STATIONS = 12  # whose boxes one car carries
_OF_SEVERAL = "satu baris untuk beberapa TPS"
_COUNTS = ("hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk", "hadir_l", "hadir_p")
# `1.2` and `1/3` may be something else than two TPS.
_UNCLEAR = re.compile(r"[0-9]\s?[./]\s?[0-9]")


def split_station_lists(table: Table, mapping: ColumnMapping, context: IngestContext) -> Table:
    """Return a table with one row for each TPS of a row that tells phases of several.

    Never where a number of voters stands in the row, which is that of all of them, or where rows
    have ids. Each keeps the row number of the sender's.
    """
    headings = mapping.columns.get("tps", ())
    if len(headings) != 1 or mapping.has("id"):
        return table
    column = table.cells[headings[0]].tolist()
    stations_by_cell = {
        cell: stations for cell in set(column) if (stations := _list_stations(cell))
    }
    if not stations_by_cell:
        return table
    tells_phases = _find_phase_rows(table, mapping, context)
    rows: list[int] = []
    cells: list[Cell] = []
    doubts = table.cells[DOUBT].tolist() if DOUBT in table.cells.columns else [None] * len(column)
    notes: list[Cell] = []
    for row, cell in enumerate(column):
        stations = stations_by_cell.get(cell, []) if tells_phases[row] else []
        rows += [row] * (len(stations) or 1)
        cells += stations or [cell]
        note = "; ".join(filter(None, (doubts[row], _OF_SEVERAL))) if stations else doubts[row]
        notes += [note] * (len(stations) or 1)
    split = table.cells.iloc[rows].reset_index(drop=True)
    split[headings[0]] = pd.Series(cells, dtype="object")
    if any(notes):
        split[DOUBT] = pd.Series(notes, dtype="object")
    return replace(table, cells=split, row_numbers=[table.row_numbers[row] for row in rows])


def _list_stations(cell: Cell) -> list[str]:
    """Return the TPS that a cell names, where there are several; else nothing."""
    if not isinstance(cell, str) or _UNCLEAR.search(cell):
        return []
    try:
        stations = read_tps_list(cell).split(",")
    except UnreadableCell:
        return []
    return stations if 1 < len(stations) <= _MAX_STATIONS else []


def _find_phase_rows(table: Table, mapping: ColumnMapping, context: IngestContext) -> list[bool]:
    """Return for each row whether it tells a phase, and no number of voters."""
    wide = context.vocabulary.find_wide_headings(list(table.cells.columns))
    phases = [name for name, heading in wide.items() if heading.column == "fase"]
    phases += mapping.columns.get("fase", ())
    counts = [name for name, heading in wide.items() if heading.column != "fase"]
    counts += [name for column in _COUNTS for name in mapping.columns.get(column, ())]
    has_phase, has_count = (
        [any(not is_blank(cell) for cell in row) for row in table.cells[names].to_numpy().tolist()]
        for names in (phases, counts)
    )
    return [phase and not count for phase, count in zip(has_phase, has_count, strict=True)]
