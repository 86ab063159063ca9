"""Rows of a list that go on with the words of the row above, as a narrow page breaks them."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from situasi.ingest.layout.statement_rows import find_statements, states_nothing
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers.reserved_columns import ALL, NOT_A_REPORT
from situasi.ingest.tables import Cell, Table, to_cell_array
from situasi.ingest.vocabulary.csv_lists import is_row_number
from situasi.ingest.vocabulary.vocabulary import Vocabulary

_TIMES = frozenset(("occurred_at", "date", "clock"))
_PLACES = frozenset(("kecamatan_name", "desa_name", "place", "tps", "lokasi"))
_WORDS = frozenset(("uraian", "status", None))  # headings that words may go on under
_MAX_CELLS = 4  # filled in such a row
_NEXT_ROW = 3  # how far below, past a blank row or the heading again
_MAY_GO_ON = (
    "tanpa nomor, waktu dan tempat: bila lanjutan baris {}, satukan dengannya;"
    " bila laporan sendiri, isi waktu dan tempatnya"
)


def join_continued_rows(table: Table, vocabulary: Vocabulary) -> Table:
    """Return a table in which words that go on in the next row stand in one row.

    Such a row has neither number, time nor place, and begins with a small letter; one that begins
    otherwise is held, as nobody knows whether it is a report of its own.
    """
    headings = [name for name in table.cells.columns if name not in ALL]
    meanings = {name: vocabulary.find_any_column(name) for name in headings}
    numbers = [name for name in headings if is_row_number(name)]
    words = [n for n in headings if meanings[n] in _WORDS and n not in numbers]
    others = [name for name in headings if name not in words]
    known = {*meanings.values()}
    if not numbers or "uraian" not in known or not known & _TIMES or not known & _PLACES:
        return table
    is_open = table.cells[others].isna().all(axis=1).tolist()
    if not any(is_open):
        return table
    columns = {name: table.cells[name].tolist() for name in words}
    reasons: list[Cell] = [None] * len(table.row_numbers)
    if NOT_A_REPORT in table.cells.columns:
        reasons = table.cells[NOT_A_REPORT].tolist()
    is_named = table.cells[numbers].notna().any(axis=1).tolist()
    first_words = [columns[name] for name in words if meanings[name] == "uraian"]
    joined: list[int] = []
    above = -1
    for row in range(len(table.row_numbers)):
        if not is_open[row]:
            above = row if is_named[row] else -1
        elif above >= 0 and _is_near(table, row) and _are_words(columns, row) and not reasons[row]:
            if _is_continued(first_words, row) and not reasons[above]:
                _join(columns, above, row)
                joined.append(row)
            else:
                reasons[row] = _MAY_GO_ON.format(table.row_numbers[above])
    return _build(table, columns, reasons, joined)


def _is_near(table: Table, row: int) -> bool:
    return row > 0 and table.row_numbers[row] - table.row_numbers[row - 1] <= _NEXT_ROW


def _are_words(columns: dict[str, list[Cell]], row: int) -> bool:
    """Return whether a row holds few cells, all of words, which are no statement."""
    cells = [column[row] for column in columns.values() if not is_blank(column[row])]
    texts = [cell for cell in cells if isinstance(cell, str) and any(map(str.isalpha, cell))]
    if not 0 < len(texts) == len(cells) <= _MAX_CELLS:
        return False
    return not states_nothing(texts) and not find_statements([texts])


def _is_continued(first_words: Sequence[Sequence[Cell]], row: int) -> bool:
    """Return whether what a row tells begins in the middle of a sentence."""
    texts = [str(column[row]).strip() for column in first_words if not is_blank(column[row])]
    return bool(texts) and texts[0][0].islower()


def _join(columns: dict[str, list[Cell]], above: int, row: int) -> None:
    for column in columns.values():
        parts = [str(cell).strip() for cell in (column[above], column[row]) if not is_blank(cell)]
        column[above] = " ".join(parts) or None


def _build(
    table: Table, columns: dict[str, list[Cell]], reasons: Sequence[Cell], joined: Sequence[int]
) -> Table:
    """Return the table with these cells and reasons, without the rows that were joined."""
    cells = table.cells
    if any(reasons):
        cells = cells.assign(
            **{NOT_A_REPORT: pd.Series(to_cell_array(reasons), cells.index, dtype="object")}
        )
    if not joined:
        return replace(table, cells=cells) if any(reasons) else table
    changed = {name: pd.Series(c, cells.index, dtype="object") for name, c in columns.items()}
    gone = set(joined)
    kept = [row for row in range(len(reasons)) if row not in gone]
    numbers = ", ".join(str(table.row_numbers[row]) for row in joined)
    note = f"{len(joined)} baris dibaca sebagai lanjutan baris di atasnya (baris {numbers})"
    return replace(
        table,
        cells=cells.assign(**changed).iloc[kept].reset_index(drop=True),
        row_numbers=[table.row_numbers[row] for row in kept],
        notes=(*table.notes, note),
    )
