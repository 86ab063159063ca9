"""Rows in quarantine: returned to the sender as a file, corrected, and released."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from situasi.access.roles import Viewer
from situasi.common.formula_escape import escape_formula
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.context import IngestContext
from situasi.ingest.pipeline import IngestResult, ingest_rows
from situasi.ingest.readers.reserved_columns import EXCESS
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS, QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteScope
from situasi.store.interface import QuarantinedRow, Store

NOT_YOUR_ROW = "Baris ini dikirim oleh orang lain dan bukan untuk diperbaiki oleh Anda."


def format_csv(rows: Sequence[QuarantinedRow]) -> str:
    """The rows as a file for the sender, with the reasons beside them, and every column that
    these ask for (Rejected.raw), filled or not.

    Corrected and delivered again, each row is known by its `no_karantina` and leaves
    quarantine when it is accepted.
    """
    headings = list(dict.fromkeys(heading for row in rows for heading in row.raw))
    headings = [heading for heading in headings if heading not in EXPORT_HEADINGS]
    file = io.StringIO()
    writer = csv.DictWriter(
        file,
        [*EXPORT_HEADINGS, *headings],
        lineterminator="\r\n",
        restval="",
        quoting=csv.QUOTE_ALL,
    )
    writer.writerow({heading: escape_formula(heading) for heading in [*EXPORT_HEADINGS, *headings]})
    for row in rows:
        known = {
            QUARANTINE_NUMBER: str(row.number),
            "alasan": "; ".join(row.reasons),
            "berkas": row.source,
            "baris": str(row.row),
        }
        cells = {k: v for k, v in row.raw.items() if k not in EXPORT_HEADINGS}
        writer.writerow({key: escape_formula(cell) for key, cell in {**cells, **known}.items()})
    return file.getvalue()


def find_visible_rows(
    store: Store, viewer: Viewer, numbers: Collection[int]
) -> list[QuarantinedRow]:
    """Those of these rows that wait and that this viewer may see.

    A faulty row often names no kecamatan: a viewer of some kecamatan sees their own deliveries.
    """
    seen = set(viewer.role.readable_feeds(tuple(FEEDS)))
    rows = [row for row in store.quarantined_rows(numbers=numbers) if row.feed in seen]
    if viewer.area and rows:
        batches = store.batches()
        own = set(batches.loc[batches["actor"] == viewer.name, "batch"])
        rows = [row for row in rows if row.batch in own]
    return rows


def release_row(
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    row: QuarantinedRow,
    corrections: Mapping[str, str],
    now: datetime,
) -> IngestResult:
    """Bring one row through the door again, with these cells corrected.

    Accepted (or already known), it leaves quarantine; still faulty, it stays as it was,
    and the ledger says why. Released by somebody else meanwhile, nothing is stored, and the
    ledger says so in `refused`.
    """
    if not scope.filter_correctable([row], store):
        return IngestResult(row.source, feed=row.feed, refused=NOT_YOUR_ROW)
    column = context.vocabulary.find_column
    mended = {column(row.feed, heading) for heading in corrections} - {None}
    kept = {
        heading: cell
        for heading, cell in row.raw.items()
        if column(row.feed, heading) not in mended and heading != EXCESS
    }
    came_from = {QUARANTINE_NUMBER: str(row.number), "berkas": row.source, "baris": str(row.row)}
    cells = {**kept, **corrections, **came_from}
    return ingest_rows(
        [cells],
        row.source,
        store,
        context,
        scope,
        feed=row.feed,
        now=now,
        quarantine_number=row.number,
    )
