"""Copy of a sender's file that nobody changes while it is read, and its digest."""

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from situasi.ingest.readers.limits import format_too_many_bytes
from situasi.ingest.tables import SourceError

_BLOCK_BYTES = 1 << 20
# Errors of the machine or its disks, not of a file.
_MACHINE_ERRNOS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EIO, errno.ESTALE}
)


@dataclass(frozen=True)
class PrivateCopy:
    """A copied file. sha256: digest of the bytes at `path`."""

    path: Path
    sha256: str


@contextmanager
def private_copy(path: Path, max_bytes: int) -> Iterator[PrivateCopy]:
    """Copy a file, so that digest and rows come from the same bytes even if its writer goes on.

    The copy keeps the file's suffix and is deleted afterwards. Raises SourceError where the
    file cannot be read or is larger than `max_bytes`, OSError where no copy can be written.
    """
    source = _open_regular_file(path)
    with (
        source,
        tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder,
    ):
        copy = Path(folder) / f"berkas{path.suffix[:20]}"
        with copy.open("wb") as target:
            digest = _copy_and_hash(source, target, max_bytes)
        yield PrivateCopy(copy, digest)


def is_machine_error(cause: BaseException | None) -> bool:
    """Return whether the machine was at fault, so that the same file may be read later."""
    return isinstance(cause, OSError) and cause.errno in _MACHINE_ERRNOS


def to_source_error(error: OSError) -> SourceError:
    """Return the error for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return SourceError("Berkas ini tidak ditemukan.")
    if isinstance(error, PermissionError):
        return SourceError("Berkas ini tidak boleh dibaca; periksa izinnya.")
    return SourceError(f"Berkas ini tidak dapat dibaca ({error.strerror}).")


def check_regular_file(path: Path) -> None:
    """Raise SourceError, without opening it, if the path is a folder, a pipe or a device."""
    try:
        mode = path.stat().st_mode
    except ValueError:  # a NUL in the name
        raise SourceError("Nama berkas ini tidak sah.") from None
    if stat.S_ISDIR(mode):
        raise SourceError("Ini folder, bukan berkas; kirim berkas di dalamnya.")
    if not stat.S_ISREG(mode):
        raise SourceError("Ini bukan berkas biasa.")


def _open_regular_file(path: Path) -> BinaryIO:
    try:
        check_regular_file(path)
        # Do not block if a pipe has replaced the file meanwhile.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(path, flags), "rb")
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise SourceError("Ini bukan berkas biasa.")
    except OSError as failure:
        raise to_source_error(failure) from failure
    return file


def _copy_and_hash(source: BinaryIO, target: BinaryIO, max_bytes: int) -> str:
    size = os.fstat(source.fileno()).st_size
    digest, copied = hashlib.sha256(), 0
    while True:
        if max(size, copied) > max_bytes:  # it may grow while it is copied
            raise SourceError(format_too_many_bytes(max(size, copied), max_bytes))
        try:
            block = source.read(_BLOCK_BYTES)
        except OSError as failure:
            raise to_source_error(failure) from failure
        if not block:
            return digest.hexdigest()
        digest.update(block)
        target.write(block)
        copied += len(block)
