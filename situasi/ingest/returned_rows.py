"""Match rows that come back corrected with those that wait in quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from situasi.ingest.tables import Table, ValidationResult
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS, QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteScope
from situasi.store.interface import QuarantinedRow, Store

_SOURCE_HEADING, _ROW_HEADING = EXPORT_HEADINGS[2], EXPORT_HEADINGS[3]


@dataclass(frozen=True)
class ReturnedRow:
    """A row of a delivery that says to be this row of quarantine, corrected.

    cells: its filled cells as text. refused: its raw cells and the reasons where it is faulty
    again, else None.
    """

    quarantine_number: int
    row: int
    cells: Mapping[str, str]
    rejection: tuple[Mapping[str, str], tuple[str, ...]] | None


def find_returned_rows(table: Table, validation: ValidationResult) -> list[ReturnedRow]:
    """The rows of a judged table that carry a number of quarantine."""
    if QUARANTINE_NUMBER not in table.cells.columns:
        return []
    accepted = set(validation.accepted["row"])
    refused = {one.row: (one.raw_cells, one.reasons) for one in validation.rejected}
    headings, found = list(table.cells.columns), []
    for row, cells in zip(table.row_numbers, table.cells.to_numpy(), strict=True):
        filled = {name: str(cell).strip() for name, cell in zip(headings, cells, strict=True)
                  if cell is not None}  # fmt: skip
        number = _parse_integer(filled.get(QUARANTINE_NUMBER))
        if number and (row in accepted or row in refused):
            again = None if row in accepted else refused[row]
            found.append(ReturnedRow(number, row, filled, again))
    return found


def match_returned_rows(
    returned: Sequence[ReturnedRow], feed: str, scope: WriteScope, store: Store
) -> tuple[dict[int, int], int]:
    """The quarantine numbers that these rows settle, each with the row that does so.

    A row settles a number that waits for the same feed, that this sender may correct, and that
    was the same row before; it must be accepted now, or faulty in a new way. Also: how many of
    the numbers named fit no such row. To be asked while the store is locked for writing, so that
    nobody else settles a number meanwhile.
    """
    if not returned:
        return {}, 0
    waiting = store.quarantined_rows(feed, numbers={one.quarantine_number for one in returned})
    held = {row.number: row for row in scope.filter_correctable(waiting, store)}
    found: dict[int, int] = {}
    strange = 0
    for one in returned:
        row = held.get(one.quarantine_number)
        if row is None or not is_same_row(row, one.cells):
            strange += 1
        elif one.rejection is None or one.rejection != (row.raw, row.reasons):
            found.setdefault(one.quarantine_number, one.row)
    return found, strange


def format_unmatched(count: int) -> str:
    """The sentence for numbers of quarantine that settled nothing."""
    return (
        f"{count} nomor {QUARANTINE_NUMBER} tidak cocok dengan baris yang menunggu dari pengirim ini: "
        "tidak ada yang dilepaskan olehnya"
    )


def is_same_row(quarantined: QuarantinedRow, cells: Mapping[str, str]) -> bool:
    """Whether a returned row is this row of quarantine, corrected.

    Our export names file and row beside the number: where they stand, they must fit. Without
    them at least half of the cells that were filled must be as they were.
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
    same = sum(cells.get(heading) == cell for heading, cell in before.items())
    return same > 0 and 2 * same >= len(before)


def _parse_integer(cell: Any) -> int:
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 0
