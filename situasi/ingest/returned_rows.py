"""Match rows that come back corrected with those that wait in quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from situasi.ingest.tables import Checked, Table
from situasi.ingest.validation.column_mapping import OURS, RETURNED
from situasi.ingest.write_scope import WriteScope
from situasi.store.interface import Quarantined, Store

_SOURCE, _ROW = OURS[2], OURS[3]


@dataclass(frozen=True)
class Claim:
    """A row of a delivery that says to be this row of quarantine, corrected.

    cells: its filled cells as text. refused: its raw cells and the reasons where it is faulty
    again, else None.
    """

    number: int
    row: int
    cells: Mapping[str, str]
    refused: tuple[Mapping[str, str], tuple[str, ...]] | None


def claims(table: Table, checked: Checked) -> list[Claim]:
    """The rows of a judged table that carry a number of quarantine."""
    if RETURNED not in table.cells.columns:
        return []
    accepted = set(checked.accepted["row"])
    refused = {one.row: (one.raw, one.reasons) for one in checked.rejected}
    headings, found = list(table.cells.columns), []
    for row, cells in zip(table.rows, table.cells.to_numpy(), strict=True):
        filled = {name: str(cell).strip() for name, cell in zip(headings, cells, strict=True)
                  if cell is not None}  # fmt: skip
        number = _whole(filled.get(RETURNED))
        if number and (row in accepted or row in refused):
            again = None if row in accepted else refused[row]
            found.append(Claim(number, row, filled, again))
    return found


def settled(
    made: Sequence[Claim], feed: str, scope: WriteScope, store: Store
) -> tuple[dict[int, int], int]:
    """The quarantine numbers that these rows settle, each with the row that does so.

    A row settles a number that waits for the same feed, that this sender may correct, and that
    was the same row before; it must be accepted now, or faulty in a new way. Also: how many of
    the numbers named fit no such row. To be asked while the store is locked for writing, so that
    nobody else settles a number meanwhile.
    """
    if not made:
        return {}, 0
    waiting = store.quarantine(feed, numbers={one.number for one in made})
    held = {row.number: row for row in scope.correctable(waiting, store)}
    found: dict[int, int] = {}
    strange = 0
    for one in made:
        row = held.get(one.number)
        if row is None or not is_same_row(row, one.cells):
            strange += 1
        elif one.refused is None or one.refused != (row.raw, row.reasons):
            found.setdefault(one.number, one.row)
    return found, strange


def not_matched(count: int) -> str:
    """The sentence for numbers of quarantine that settled nothing."""
    return (
        f"{count} nomor {RETURNED} tidak cocok dengan baris yang menunggu dari pengirim ini: "
        "tidak ada yang dilepaskan olehnya"
    )


def is_same_row(held: Quarantined, cells: Mapping[str, str]) -> bool:
    """Whether a returned row is this row of quarantine, corrected.

    Our export names file and row beside the number: where they stand, they must fit. Without
    them at least half of the cells that were filled must be as they were.
    """
    source, row = cells.get(_SOURCE), cells.get(_ROW)
    if source is not None and row is not None:
        return source == held.source.strip() and _whole(row) == held.row
    if source not in {None, held.source.strip()} or (row is not None and _whole(row) != held.row):
        return False
    before = {k: v.strip() for k, v in held.raw.items() if k not in OURS and v.strip()}
    same = sum(cells.get(heading) == cell for heading, cell in before.items())
    return same > 0 and 2 * same >= len(before)


def _whole(cell: Any) -> int:
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 0
