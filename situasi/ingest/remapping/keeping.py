"""Keeping what was read of a file, for the mapping that may follow."""

import logging

from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.redaction.grid import redact_sheets
from situasi.ingest.remapping.kept_sheets import KeptFile
from situasi.ingest.tables import SourceError
from situasi.ingest.waiting import encode_sheet, read_sheets
from situasi.store import StoreError

_log = logging.getLogger(__name__)


def ingest_and_keep(request: IngestRequest) -> IngestResult:
    """Ingest one file as `ingest_file` does, and keep its sheets. Raises StoreError."""
    result = ingest_file(request)
    if not request.dry_run:
        _save_sheets(request, result)
    return result


def _save_sheets(request: IngestRequest, result: IngestResult) -> None:
    """Keep the redacted sheets of a file that was just stored, and still lies there.

    Nothing where none of its rows was new. Where it cannot be kept, its rows are stored all the
    same.
    """
    context, scope = request.context, request.scope
    if result.batch is None or not result.sha256 or not context.kept_sheets.is_kept:
        return
    try:
        sheets, sha256 = read_sheets(request)
        if sha256 != result.sha256:  # it grew meanwhile
            return
        content = list(map(encode_sheet, redact_sheets(sheets, context)[0]))
        kept = KeptFile(content, sorted(scope.feeds), list(scope.area), result.repeated_of)
        context.kept_sheets.save(sha256, kept)
    except (SourceError, StoreError, OSError) as error:
        _log.info("a file is not kept for a mapping", extra={"why": type(error).__name__})
