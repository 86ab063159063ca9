"""Rows whose place and TPS are written in lines of one cell: each line is a row of its own."""

from dataclasses import replace

import pandas as pd

from situasi.ingest.readers.reserved_columns import ALL
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.vocabulary import Vocabulary

_MAX_LINES = 12  # TPS or desa of one officer


def split_lines(table: Table, vocabulary: Vocabulary) -> Table:
    """Return a table in which cells of a desa and of its TPS have one line.

    Only where both have as many; each row keeps the number of the sender's.
    """
    headings = [name for name in table.cells.columns if name not in ALL]
    meanings = {name: vocabulary.find_any_column(name) for name in headings}
    places = [name for name in headings if meanings[name] in {"desa_name", "place"}]
    stations = [name for name in headings if meanings[name] == "tps"]
    if not places or not stations:
        return table
    columns = {name: table.cells[name].tolist() for name in (places[0], stations[0])}
    if not all(any("\n" in c for c in column if isinstance(c, str)) for column in columns.values()):
        return table
    lines = {name: list(map(_list_lines, column)) for name, column in columns.items()}
    rows: list[int] = []
    cells: dict[str, list[Cell]] = {name: [] for name in columns}
    for row in range(len(table.row_numbers)):
        counts = {len(column[row]) for column in lines.values()}
        count = counts.pop() if len(counts) == 1 else 0
        for index in range(count if 1 < count <= _MAX_LINES else 1):
            rows.append(row)
            for name in columns:
                whole = not 1 < count <= _MAX_LINES
                cells[name].append(columns[name][row] if whole else lines[name][row][index])
    split = table.cells.iloc[rows].reset_index(drop=True)
    for name, column in cells.items():
        split[name] = pd.Series(column, dtype="object")
    note = f"{len(rows) - len(table.row_numbers)} baris dari sel dengan beberapa desa"
    return replace(
        table,
        cells=split,
        row_numbers=[table.row_numbers[row] for row in rows],
        notes=(*table.notes, note) if len(rows) > len(table.row_numbers) else table.notes,
    )


def _list_lines(cell: Cell) -> list[str]:
    lines = cell.splitlines() if isinstance(cell, str) else []
    return [line.strip() for line in lines if line.strip()]
