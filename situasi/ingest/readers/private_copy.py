"""A copy of a sender's file that nobody changes while it is read, and its digest."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from situasi.ingest.readers.limits import too_many_bytes
from situasi.ingest.tables import SourceRefused

_BLOCK = 1 << 20


@dataclass(frozen=True)
class PrivateCopy:
    """sha256: of the bytes that lie at `path`."""

    path: Path
    sha256: str


@contextmanager
def private_copy(path: Path, most: int) -> Iterator[PrivateCopy]:
    """Copy a file, so that digest and rows are of the same bytes whatever its writer does.

    The copy has the ending of the file, and is gone afterwards. most: bytes. Raises
    SourceRefused where the file cannot be read or is larger, OSError where no copy can be made.
    """
    source = _opened(path)
    with (
        source,
        tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder,
    ):
        copy = Path(folder) / f"berkas{path.suffix[:20]}"
        with copy.open("wb") as target:
            digest = _copied(source, target, most)
        yield PrivateCopy(copy, digest)


def refuse_failure(failure: OSError) -> SourceRefused:
    """The sentence for a file that the system does not let us read."""
    if isinstance(failure, FileNotFoundError):
        return SourceRefused("Berkas ini tidak ditemukan.")
    if isinstance(failure, PermissionError):
        return SourceRefused("Berkas ini tidak boleh dibaca; periksa izinnya.")
    return SourceRefused(f"Berkas ini tidak dapat dibaca ({failure.strerror}).")


def refuse_no_file(path: Path) -> None:
    """Refuse a folder, a pipe or a device without opening it."""
    try:
        mode = path.stat().st_mode
    except ValueError:  # a NUL in the name
        raise SourceRefused("Nama berkas ini tidak sah.") from None
    if stat.S_ISDIR(mode):
        raise SourceRefused("Ini folder, bukan berkas; kirim berkas di dalamnya.")
    if not stat.S_ISREG(mode):
        raise SourceRefused("Ini bukan berkas biasa.")


def _opened(path: Path) -> BinaryIO:
    try:
        refuse_no_file(path)
        # Without waiting, should a pipe have taken its place meanwhile.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(path, flags), "rb")
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise SourceRefused("Ini bukan berkas biasa.")
    except OSError as failure:
        raise refuse_failure(failure) from failure
    return file


def _copied(source: BinaryIO, target: BinaryIO, most: int) -> str:
    """Copy all of a file, and give its digest."""
    size = os.fstat(source.fileno()).st_size
    digest, copied = hashlib.sha256(), 0
    while True:
        if max(size, copied) > most:  # it may grow while it is copied
            raise SourceRefused(too_many_bytes(max(size, copied), most))
        try:
            block = source.read(_BLOCK)
        except OSError as failure:
            raise refuse_failure(failure) from failure
        if not block:
            return digest.hexdigest()
        digest.update(block)
        target.write(block)
        copied += len(block)
