"""Keeping what was read of a file, for the mapping that may follow."""

import logging
from datetime import datetime
from pathlib import Path

from situasi.ingest.context import IngestContext
from situasi.ingest.pipeline import ingest_file
from situasi.ingest.readers.limits import FILE_LIMITS, DeliveryLimits
from situasi.ingest.redaction.grid import redact_sheets
from situasi.ingest.remapping.kept_sheets import KeptFile
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.table_delivery import IngestResult, PreviewCallback
from situasi.ingest.tables import SourceError
from situasi.ingest.waiting import encode_sheet, read_sheets
from situasi.ingest.write_scope import WriteScope
from situasi.store import Store, StoreError

_log = logging.getLogger(__name__)


def ingest_and_keep(
    path: Path,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    *,
    now: datetime,
    feed: str | None = None,
    profile: SourceProfile | None = None,
    dry_run: bool = False,
    preview: PreviewCallback | None = None,
    limits: DeliveryLimits = FILE_LIMITS,
    may_wait: bool = True,
) -> IngestResult:
    """Ingest one file as `ingest_file` does, and keep its sheets. Raises StoreError."""
    result = ingest_file(
        path, store, context, scope, now=now, feed=feed, profile=profile, dry_run=dry_run,
        preview=preview, limits=limits, may_wait=may_wait,
    )  # fmt: skip
    if not dry_run:
        _save_sheets(path, result, context, scope, limits)
    return result


def _save_sheets(
    path: Path,
    result: IngestResult,
    context: IngestContext,
    scope: WriteScope,
    limits: DeliveryLimits,
) -> None:
    """Keep the redacted sheets of a file that was just stored, and still lies there.

    Nothing where none of its rows was new. Where it cannot be kept, its rows are stored all the
    same.
    """
    if result.batch is None or not result.sha256 or not context.kept_sheets.is_kept:
        return
    try:
        sheets, sha256 = read_sheets(path, limits, context)
        if sha256 != result.sha256:  # it grew meanwhile
            return
        content = list(map(encode_sheet, redact_sheets(sheets, context)[0]))
        kept = KeptFile(content, sorted(scope.feeds), list(scope.area), result.repeated_of)
        context.kept_sheets.save(sha256, kept)
    except (SourceError, StoreError, OSError) as error:
        _log.info("a file is not kept for a mapping", extra={"why": type(error).__name__})
