"""Upload of a file on a page: same ingest as the inbox, first as a dry run, then stored."""

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from situasi.common import file_names
from situasi.common.disk_space import DISK_SPACE
from situasi.ingest import waiting
from situasi.ingest.pipeline import IngestRequest, IngestResult
from situasi.ingest.remapping.keeping import ingest_and_keep

_FORBIDDEN_CHARS = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_MAX_NAME_CHARS = 60  # characters of a file name: at most 240 bytes, what every disk takes


def ingest_upload(file: BinaryIO, request: IngestRequest) -> IngestResult:
    """Ingest one uploaded file, or in a dry run only report what would happen.

    path of the request: the sender's file name; result and store keep it without characters that
    are not allowed in file names. Raises StoreError.
    """
    return _read_copy(file, request, ingest_and_keep)


def hold_upload(file: BinaryIO, request: IngestRequest) -> IngestResult:
    """Let an uploaded file wait for a mapping though the board reads it. Raises StoreError."""
    return _read_copy(file, request, waiting.hold_file)


def _read_copy(
    file: BinaryIO, request: IngestRequest, ingest: Callable[[IngestRequest], IngestResult]
) -> IngestResult:
    """Return what becomes of a copy of an uploaded file, which is deleted afterwards."""
    file_name = make_safe_name(str(request.path))
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / file_name
        file.seek(0)
        try:
            with DISK_SPACE.track_write("upload"), path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        except OSError as error:
            text = f"Berkas ini tidak dapat ditulis di server ({error.strerror}); coba lagi nanti."
            return IngestResult(file_name, refused=text)
        return replace(ingest(replace(request, path=path)), path=file_name)


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
