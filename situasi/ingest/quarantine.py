"""Rows in quarantine: exported to the sender as a file, corrected and released, or dropped."""

import csv
import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from situasi.access.roles import Viewer
from situasi.common.formula_escape import escape_formula
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.context import IngestContext
from situasi.ingest.pipeline import IngestResult, ingest_rows
from situasi.ingest.readers.reserved_columns import EXCESS, NOT_FINITE
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS, QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteScope
from situasi.store import Delivery, QuarantinedRow, Store

NOT_YOUR_ROW = "Baris ini dikirim oleh orang lain dan bukan untuk diperbaiki oleh Anda."


def format_csv(rows: Sequence[QuarantinedRow]) -> str:
    """Format the rows as CSV for the sender: reasons, and every column that these need.

    When the corrected file is delivered, each row is identified by its `no_karantina` and
    leaves quarantine if it is accepted. Empty columns: see RejectedRow.raw_cells.
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
        extra = {
            QUARANTINE_NUMBER: str(row.number),
            "alasan": "; ".join(row.reasons),
            "berkas": row.source,
            "baris": str(row.row),
        }
        cells = {k: v for k, v in row.raw.items() if k not in EXPORT_HEADINGS}
        writer.writerow({key: escape_formula(cell) for key, cell in {**cells, **extra}.items()})
    return file.getvalue()


def find_visible_rows(
    store: Store, viewer: Viewer, numbers: Collection[int]
) -> list[QuarantinedRow]:
    """Return those of these rows that are in quarantine and that this viewer may see.

    A rejected row often has no kecamatan: a viewer of some kecamatan sees only own deliveries.
    """
    feeds = set(viewer.role.readable_feeds(tuple(FEEDS)))
    rows = [row for row in store.quarantined_rows(numbers=numbers) if row.feed in feeds]
    if viewer.area and rows:
        batches = store.batches()
        own_batches = set(batches.loc[batches["actor"] == viewer.name, "batch"])
        rows = [row for row in rows if row.batch in own_batches]
    return rows


def release_row(
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    row: QuarantinedRow,
    corrections: Mapping[str, str],
    now: datetime,
) -> IngestResult:
    """Ingest one row of quarantine again, with these cells corrected.

    If accepted (or already known), it leaves quarantine; if it still has errors, it stays as it
    was and the result says why. If somebody else released it meanwhile, nothing is stored and
    the result says so in `refused`.
    """
    if not scope.filter_correctable([row], store):
        return IngestResult(row.source, feed=row.feed, refused=NOT_YOUR_ROW)
    find_column = context.vocabulary.find_column
    corrected = {find_column(row.feed, heading) for heading in corrections} - {None}
    unchanged = {
        heading: cell
        for heading, cell in row.raw.items()
        if find_column(row.feed, heading) not in corrected and heading not in {EXCESS, NOT_FINITE}
    }
    origin = {QUARANTINE_NUMBER: str(row.number), "berkas": row.source, "baris": str(row.row)}
    cells = {**unchanged, **corrections, **origin}
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


def drop_rows(
    store: Store, scope: WriteScope, rows: Collection[QuarantinedRow], reason: str, now: datetime
) -> int:
    """Take rows out of quarantine as no reports, with a reason; return how many.

    Each feed gets a delivery without rows that names the reason; withdrawing it lets them wait
    again. The same row delivered again does not. Rows that this sender may not correct stay.
    """
    dropped_count = 0
    for feed, group in groupby(
        sorted(scope.filter_correctable(rows, store), key=_get_feed), key=_get_feed
    ):
        numbers = [row.number for row in group]
        digest = hashlib.sha256(f"{numbers} {reason}".encode("utf-8", "replace")).hexdigest()
        delivery = Delivery(feed, f"disisihkan: {reason}", digest, now, scope.actor)
        with store.deliver(delivery) as transaction:
            dropped_count += transaction.release(numbers)
    return dropped_count


def _get_feed(row: QuarantinedRow) -> str:
    return row.feed
