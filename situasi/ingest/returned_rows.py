"""Matching of corrected rows that come back with the rows in quarantine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from situasi.common.formula_escape import unescape_formula
from situasi.ingest.tables import Table, ValidationResult
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS, QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteScope
from situasi.store import QuarantinedRow, Store

_SOURCE_HEADING, _ROW_HEADING = EXPORT_HEADINGS[2], EXPORT_HEADINGS[3]


@dataclass(frozen=True)
class ReturnedRow:
    """A row of a delivery that carries a quarantine number, so is a correction of that row.

    cells: its filled cells as text. rejection: its raw cells and reasons where it is rejected
    again, else None.
    """

    quarantine_number: int
    row: int
    cells: Mapping[str, str]
    rejection: tuple[Mapping[str, str], tuple[str, ...]] | None


def find_returned_rows(table: Table, validation: ValidationResult) -> list[ReturnedRow]:
    """Return the rows of a checked table that carry a quarantine number."""
    if QUARANTINE_NUMBER not in table.cells.columns:
        return []
    accepted = set(validation.accepted["row"])
    rejections = {r.row: (r.raw_cells, r.reasons) for r in validation.rejected}
    headings, returned = list(table.cells.columns), []
    for row, cells in zip(table.row_numbers, table.cells.to_numpy(), strict=True):
        filled = {name: str(cell).strip() for name, cell in zip(headings, cells, strict=True)
                  if cell is not None}  # fmt: skip
        number = _parse_integer(filled.get(QUARANTINE_NUMBER))
        if number and (row in accepted or row in rejections):
            rejection = None if row in accepted else rejections[row]
            returned.append(ReturnedRow(number, row, filled, rejection))
    return returned


def match_returned_rows(
    returned: Sequence[ReturnedRow], feed: str, scope: WriteScope, store: Store
) -> tuple[dict[int, int], int]:
    """Return the quarantine numbers that these rows settle, each with the row that does so.

    A row settles a number of a waiting row of the same feed that this sender may correct and
    that is the same row; it must be accepted now, or be rejected in a new way. Also returned:
    how many numbers match no such row. Call it while the store is locked for writing, so that
    nobody else settles a number meanwhile.
    """
    if not returned:
        return {}, 0
    waiting = store.quarantined_rows(feed, numbers={claim.quarantine_number for claim in returned})
    waiting_by_number = {row.number: row for row in scope.filter_correctable(waiting, store)}
    settled: dict[int, int] = {}
    unmatched = 0
    for claim in returned:
        row = waiting_by_number.get(claim.quarantine_number)
        if row is None or not is_same_row(row, claim.cells):
            unmatched += 1
        elif claim.rejection is None or claim.rejection != (row.raw, row.reasons):
            settled.setdefault(claim.quarantine_number, claim.row)
    return settled, unmatched


def format_unmatched(count: int) -> str:
    """Return the sentence for quarantine numbers that settled nothing."""
    return (
        f"{count} nomor {QUARANTINE_NUMBER} tidak cocok dengan baris yang menunggu "
        "dari pengirim ini: tidak ada yang dilepaskan olehnya"
    )


def is_same_row(quarantined: QuarantinedRow, cells: Mapping[str, str]) -> bool:
    """Return whether a returned row is a correction of this row of quarantine.

    Our export has file and row beside the number: where they are present, they must match.
    Without them at least half of the cells that were filled must be unchanged.
    """
    source, row = cells.get(_SOURCE_HEADING), cells.get(_ROW_HEADING)
    if source is not None and row is not None:
        return source == quarantined.source.strip() and _parse_integer(row) == quarantined.row
    if source not in {None, quarantined.source.strip()} or (
        row is not None and _parse_integer(row) != quarantined.row
    ):
        return False
    before = {
        k: v.strip() for k, v in quarantined.raw.items() if k not in EXPORT_HEADINGS and v.strip()
    }
    same_count = sum(cells.get(heading) == cell for heading, cell in before.items())
    return same_count > 0 and 2 * same_count >= len(before)


def _parse_integer(cell: Any) -> int:
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 0


def unescape_returned_cells(table: Table) -> Table:
    """Remove the apostrophes that our quarantine export puts before formulas."""
    if QUARANTINE_NUMBER not in table.cells.columns:
        return table
    values = table.cells.to_numpy(dtype="object", copy=True)
    for row in values:  # DataFrame.map would turn an empty cell among texts into "nan"
        row[:] = [unescape_formula(cell) for cell in row]
    cells = pd.DataFrame(values, table.cells.index, table.cells.columns, dtype="object")
    return replace(table, cells=cells)
