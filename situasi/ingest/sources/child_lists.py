"""Lists of objects inside the objects of a JSON document, taken out as tables of their own."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from situasi.ingest.readers import json_rows, reserved_columns
from situasi.ingest.readers.limits import FILE_LIMITS, format_too_many_rows
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.parent_facts import read_headings
from situasi.ingest.tables import Cell, SourceError, Table

# Headings that join a list to its object; taken out again before the rows are checked.
LIST_KEY, LIST_PARENT = "__kunci", "__induk"
_PARENTS = "induk"


def split_lists(table: Table, catalog: SourceCatalog) -> list[Table]:
    """Return the table without the lists of reports in its cells, and each list as a table.

    A list whose objects are no reports stays as it is. A row of a list has the number of the
    object that holds it. Raises SourceError for more rows than a file may have.
    """
    if reserved_columns.SHEET in table.cells.columns:
        return [table]
    lists = [h for h in table.cells.columns if _starts_a_list(table.cells[h].tolist())]
    children = [
        child for heading in lists if (child := _take_list(table, heading, catalog)) is not None
    ]
    if not children:
        return [table]
    names = [child.sheet for child in children]
    cells = table.cells.drop(columns=names)
    keys = [str(row) for row in range(len(cells))]
    cells = cells.assign(**{LIST_KEY: keys, reserved_columns.SHEET: _PARENTS}).astype("object")
    return [replace(table, cells=cells), *children]


def _starts_a_list(column: Sequence[Cell]) -> bool:
    first = next((cell for cell in column if cell is not None), None)
    return isinstance(first, str) and first.startswith("[{")


def _take_list(table: Table, heading: str, catalog: SourceCatalog) -> Table | None:
    """Return the objects of a list as rows; None where they are no reports."""
    rows: list[dict[str, object]] = []
    parents: list[int] = []
    for parent, cell in enumerate(table.cells[heading].tolist()):
        for item in _read_list(cell):
            rows.append(json_rows.to_row(item))
            parents.append(parent)
        if len(rows) > FILE_LIMITS.max_rows:
            raise SourceError(format_too_many_rows(FILE_LIMITS.max_rows))
    headings = list(dict.fromkeys(name for row in rows for name in row))
    if not read_headings(headings, catalog).facts:
        return None
    data = {name: [row.get(name) for row in rows] for name in headings}
    data[LIST_PARENT] = [str(parent) for parent in parents]
    data[reserved_columns.SHEET] = [heading] * len(rows)
    numbers = [table.row_numbers[parent] for parent in parents]
    return Table(pd.DataFrame(data, dtype="object"), numbers, sheet=heading)


def _read_list(cell: Cell) -> list[object]:
    if not isinstance(cell, str) or not cell.startswith("["):
        return []
    try:
        items = json_rows.DECODER.decode(cell)
    except json_rows.DECODE_ERRORS:
        return []
    return items if isinstance(items, list) else []
