"""Tables of the situation by hour: below each hour a word of it (`Aman`), no count of voters."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.count_columns import is_blank_count
from situasi.ingest.readers.reserved_columns import ALL, NOT_A_REPORT
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.vocabulary import Vocabulary

_MIN_HOURS = 2
_MIN_SHARE = 0.5  # of the filled cells that must be a known kind of incident, or none


def unfold_situations(table: Table, vocabulary: Vocabulary) -> Table:
    """Return one row per filled hour where words of the situation stand below hours.

    Each keeps the row number of the sender. Other tables are returned as they are.
    """
    headings = [name for name in table.cells.columns if name not in ALL]
    hours = {
        name: wide.value
        for name, wide in vocabulary.find_wide_headings(headings).items()
        if wide.column == "clock" and not wide.is_coded
    }
    columns = {name: table.cells[name].tolist() for name in hours}
    if len(hours) < _MIN_HOURS or not _hold_situations(list(columns.values()), vocabulary):
        return table
    marks = [None] * len(table.row_numbers)
    if NOT_A_REPORT in table.cells.columns:
        marks = table.cells[NOT_A_REPORT].tolist()
    cells: list[tuple[int, str | None]] = []
    for row, mark in enumerate(marks):
        filled = [name for name in hours if not is_blank(columns[name][row])]
        cells += [(row, name) for name in filled] if mark is None else [(row, None)]
    kept = [name for name in table.cells.columns if name not in hours]
    rows = [row for row, _ in cells]
    words = [name and columns[name][row] for row, name in cells]
    unfolded = table.cells[kept].iloc[rows].reset_index(drop=True)
    added: dict[str, list[Cell]] = {
        "jam": [name and hours[name] for _, name in cells], "jenis": words, "uraian": words,
    }  # fmt: skip
    for name, column in added.items():
        unfolded[name] = pd.Series(column, dtype="object")
    empty = len(marks) - len({*rows})
    notes = [f"tabel situasi per jam: {len(marks)} baris menjadi {len(cells)} laporan"]
    notes += [f"{empty} baris tanpa isi dilewati: tidak ada laporan"] if empty else []
    numbers = [table.row_numbers[row] for row in rows]
    return replace(table, cells=unfolded, row_numbers=numbers, notes=(*table.notes, *notes))


def _hold_situations(columns: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> bool:
    """Return whether cells are words, most of them a kind of incident, and none a phase."""
    filled = [cell for column in columns for cell in column if not is_blank(cell)]
    if not filled or not all(isinstance(c, str) and any(map(str.isalpha, c)) for c in filled):
        return False
    distinct = set(filled)
    known = {cell for cell in distinct if vocabulary.find_code("incidents", "jenis", cell)}
    if all(map(is_blank_count, known)):  # `nihil` is no count either
        return False
    phases = any(vocabulary.find_code("tps", "fase", cell) for cell in distinct - known)
    return not phases and sum(cell in known for cell in filled) >= _MIN_SHARE * len(filled)
