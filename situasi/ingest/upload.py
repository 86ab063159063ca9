"""A file handed in on the screen: through the same door as the inbox, tried first, then taken."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from situasi.common import file_names
from situasi.common.disk_space import DISK_SPACE
from situasi.ingest.context import IngestContext
from situasi.ingest.pipeline import IngestResult, PreviewCallback, ingest_file
from situasi.ingest.write_scope import WriteScope
from situasi.store.interface import Store

_FORBIDDEN_CHARS = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_MAX_NAME_CHARS = 60  # characters of a file name: at most 240 bytes, what every disk takes


def ingest_upload(
    store: Store,
    context: IngestContext,
    name: str,
    file: BinaryIO,
    scope: WriteScope,
    now: datetime,
    *,
    dry_run: bool,
    preview: PreviewCallback | None = None,
) -> IngestResult:
    """Bring one uploaded file through the door, or only say what would become of it.

    name: as the sender calls it; the ledger and the store keep that, less what no file name
    may hold. preview: see ingest_file. The copy on the disk is gone afterwards, whatever
    happens. Raises StoreError.
    """
    called = make_safe_name(name)
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / called
        file.seek(0)
        try:
            with DISK_SPACE.track_write("upload"), path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        except OSError as error:
            why = f"Berkas ini tidak dapat ditulis di server ({error.strerror}); coba lagi nanti."
            return IngestResult(called, refused=why)
        ledger = ingest_file(
            path,
            store,
            context,
            scope,
            now=now,
            dry_run=dry_run,
            preview=preview,
        )
    return replace(ledger, path=called)


def list_feeds(result: IngestResult) -> tuple[str, ...]:
    """The feeds that a ledger tells of; none where the file was not recognised."""
    return tuple(result.feed.split("+")) if result.feed else ()


def make_safe_name(name: str) -> str:
    """A file name without folders and signs that some system forbids; its ending stays."""
    plain = file_names.sanitize_name(_FORBIDDEN_CHARS.sub("_", re.split(r"[/\\]", name)[-1])).strip(
        " ."
    )
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:_MAX_NAME_CHARS] or "kiriman"
    return f"{stem[:_MAX_NAME_CHARS] or 'kiriman'}.{ending}"
