"""Rows in quarantine: returned to the sender as a file, corrected, and released."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from situasi.board import Board
from situasi.feeds.headings import OURS, RETURNED
from situasi.feeds.reading.marks import EXCESS
from situasi.ingest import Ledger, ingest_rows
from situasi.reports.guard import harmless
from situasi.store.protocol import Quarantined


def as_csv(waiting: Sequence[Quarantined]) -> str:
    """The rows as a file for the sender, with the reasons beside them, and every column that
    these ask for (Rejected.raw), filled or not.

    Corrected and delivered again, each row is known by its `no_karantina` and leaves
    quarantine when it is accepted.
    """
    headings = list(dict.fromkeys(heading for row in waiting for heading in row.raw))
    headings = [heading for heading in headings if heading not in OURS]
    file = io.StringIO()
    writer = csv.DictWriter(
        file, [*OURS, *headings], lineterminator="\r\n", restval="", quoting=csv.QUOTE_ALL
    )
    writer.writerow({heading: harmless(heading) for heading in [*OURS, *headings]})
    for row in waiting:
        known = {
            RETURNED: str(row.number),
            "alasan": "; ".join(row.reasons),
            "berkas": row.source,
            "baris": str(row.row),
        }
        cells = {k: v for k, v in row.raw.items() if k not in OURS}
        writer.writerow({key: harmless(cell) for key, cell in {**cells, **known}.items()})
    return file.getvalue()


def release(
    board: Board, row: Quarantined, corrections: Mapping[str, str], now: datetime, actor: str
) -> Ledger:
    """Bring one row through the door again, with these cells corrected.

    Accepted (or already known), it leaves quarantine; still faulty, it stays as it was,
    and the ledger says why. Released by somebody else meanwhile, nothing is stored, and the
    ledger says so in `refused`.
    """
    column = board.context.vocabulary.column_of
    mended = {column(row.feed, heading) for heading in corrections} - {None}
    kept = {
        heading: cell
        for heading, cell in row.raw.items()
        if column(row.feed, heading) not in mended and heading != EXCESS
    }
    cells = {**kept, **corrections, RETURNED: str(row.number)}
    return ingest_rows(
        [cells],
        row.source,
        board.store,
        board.context,
        feed=row.feed,
        now=now,
        actor=actor,
        releases=row.number,
    )
