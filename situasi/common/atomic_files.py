"""Atomic files: a name holds the complete content or nothing, even after a crash.

A file is written beside its target under a unique name, synced to disk and renamed; then the folder
is synced too. The leftovers of a killed writer are removed by the next writer in the same folder,
and at the start of the server.
"""

import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

PRIVATE_MODE: Final = 0o600  # only for the account that runs this
READABLE_MODE: Final = 0o644  # no secret, read by another account

_PART_NAME = re.compile(r"\.[0-9a-f]{16}\.situasi\.part", re.ASCII)
# Errors of file systems that cannot sync a folder.
_NO_SYNC = frozenset({errno.EINVAL, errno.EBADF, errno.ENOSYS, errno.ENOTSUP, errno.EACCES})


def write(path: Path, content: bytes, mode: int = PRIVATE_MODE) -> None:
    """Write this file, replacing any file of the same name. Raises OSError.

    When several write the same name at once, each writes a complete file and the last one stays.
    """
    with replace_file(path, mode) as file:
        file.write(content)


@contextmanager
def replace_file(path: Path, mode: int = PRIVATE_MODE) -> Iterator[BinaryIO]:
    """Yield a file to write that replaces this one when the block ends without an error."""
    with _open_part(path.parent, mode) as (part, file):
        yield file
        _sync(file)
        part.replace(path)
        sync_folder(path.parent)


@contextmanager
def create_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file to write and read; it gets its name when the block ends without an error.

    Raises FileExistsError where the name is in use, at the beginning or at the end.
    """
    if os.path.lexists(path):
        raise FileExistsError(path)
    with _open_part(path.parent, PRIVATE_MODE) as (part, file):
        yield file
        _sync(file)
        _publish(part, path)
        sync_folder(path.parent)


@contextmanager
def create_folder(path: Path) -> Iterator[Path]:
    """Yield a new private folder to fill; it gets its name when the block ends without an error.

    An empty folder of that name is replaced. Raises FileExistsError where anything else has the
    name.
    """
    if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
        path.rmdir()
    if os.path.lexists(path):
        raise FileExistsError(path)
    remove_leftovers(path.parent)
    part = path.parent / _new_part_name()
    try:
        part.mkdir(mode=0o700)
        with _open_descriptor(part) as descriptor:
            _lock_new(descriptor)
            yield part
            for entry in (*part.rglob("*"), part):
                entry.chmod(0o700 if entry.is_dir() else PRIVATE_MODE)
                _sync_path(entry)
            part.rename(path)
            sync_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def remove_leftovers(folder: Path) -> list[str]:
    """Remove the leftovers of killed writers, not files being written now; return their names."""
    removed = []
    with suppress(OSError):  # the folder is missing or cannot be read
        for path in [entry for entry in folder.iterdir() if _PART_NAME.fullmatch(entry.name)]:
            with suppress(OSError), _open_descriptor(path) as descriptor:
                if _lock(descriptor):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    removed.append(path.name)
    return removed


def sync_folder(folder: Path) -> None:
    """Sync new and changed names of a folder to disk, where the system can."""
    if os.name != "posix":
        return
    try:
        _sync_path(folder)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync_path(path: Path) -> None:
    if os.name == "posix":
        with _open_descriptor(path) as descriptor:
            os.fsync(descriptor)


@contextmanager
def _open_part(folder: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Yield a file with a unique name, locked while written; delete it unless it was renamed."""
    remove_leftovers(folder)
    part, file = _create_part(folder)
    try:
        with file:
            if mode != PRIVATE_MODE:
                part.chmod(mode)
            yield part, file
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _create_part(folder: Path) -> tuple[Path, BinaryIO]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        part = folder / _new_part_name()
        file = os.fdopen(os.open(part, flags, PRIVATE_MODE), "w+b")
        # Another process may have removed it as a leftover before it was locked.
        if _lock_new(file.fileno()) and part.exists():
            return part, file
        file.close()


def _new_part_name() -> str:
    return f".{secrets.token_hex(8)}.situasi.part"


@contextmanager
def _open_descriptor(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock_new(descriptor: int) -> bool:
    """Lock a new file against removal as a leftover; without locks nobody removes leftovers."""
    try:
        return _lock(descriptor)
    except OSError:
        return True


def _sync(file: BinaryIO) -> None:
    """Sync the content to disk; close the file where only closed files can be renamed."""
    file.flush()
    os.fsync(file.fileno())
    if os.name != "posix":
        file.close()


def _publish(part: Path, path: Path) -> None:
    """Give the file its name without replacing another; rename it where links are not supported."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.rename(path)


if sys.platform == "win32":  # open files cannot be removed there: no lock needed

    def _lock(descriptor: int) -> bool:  # noqa: ARG001
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock a file or folder until it is closed; return False if another process holds the lock.

        Raises OSError where the file system has no locks.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
