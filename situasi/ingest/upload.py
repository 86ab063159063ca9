"""Upload of a file on a page: same ingest as the inbox, first as a dry run, then stored."""

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from situasi.common import file_names
from situasi.common.disk_space import DISK_SPACE
from situasi.ingest import waiting
from situasi.ingest.context import IngestContext
from situasi.ingest.pipeline import IngestResult, PreviewCallback
from situasi.ingest.readers.limits import FILE_LIMITS, DeliveryLimits
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.write_scope import WriteScope
from situasi.store import Store

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
    feed: str | None = None,
    profile: SourceProfile | None = None,
    limits: DeliveryLimits = FILE_LIMITS,
) -> IngestResult:
    """Ingest one uploaded file, or with `dry_run` only report what would happen.

    name: the sender's file name; result and store keep it without characters that are not
    allowed in file names. preview, feed, profile, limits: see ingest_file. The copy on disk is
    always deleted afterwards. Raises StoreError.
    """
    return _read_copy(
        name, file,
        lambda path: ingest_and_keep(
            path, store, context, scope, now=now, feed=feed, profile=profile, dry_run=dry_run,
            preview=preview, limits=limits,
        ),
    )  # fmt: skip


def hold_upload(
    store: Store,
    context: IngestContext,
    name: str,
    file: BinaryIO,
    feed: str,
    scope: WriteScope,
    now: datetime,
) -> IngestResult:
    """Let an uploaded file wait for a mapping though the board reads it. Raises StoreError."""
    return _read_copy(
        name, file,
        lambda path: waiting.hold_file(
            path, feed, store, context, scope, now=now, limits=FILE_LIMITS
        ),
    )  # fmt: skip


def _read_copy(name: str, file: BinaryIO, ingest: Callable[[Path], IngestResult]) -> IngestResult:
    """Return what becomes of a copy of an uploaded file, which is deleted afterwards."""
    file_name = make_safe_name(name)
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / file_name
        file.seek(0)
        try:
            with DISK_SPACE.track_write("upload"), path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        except OSError as error:
            text = f"Berkas ini tidak dapat ditulis di server ({error.strerror}); coba lagi nanti."
            return IngestResult(file_name, refused=text)
        return replace(ingest(path), path=file_name)


def list_feeds(result: IngestResult) -> tuple[str, ...]:
    """Return the feeds of a result; none where the file was not recognised."""
    return tuple(result.feed.split("+")) if result.feed else ()


def make_safe_name(name: str) -> str:
    """Return a file name without folders and forbidden characters; its suffix stays."""
    plain = file_names.sanitize_name(_FORBIDDEN_CHARS.sub("_", re.split(r"[/\\]", name)[-1])).strip(
        " ."
    )
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:_MAX_NAME_CHARS] or "kiriman"
    return f"{stem[:_MAX_NAME_CHARS] or 'kiriman'}.{ending}"
