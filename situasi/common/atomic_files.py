"""Files written whole: under their name lies everything or nothing, whatever breaks meanwhile.

A file is written beside its place under a name that no other writer has, brought to the disk,
renamed, and the folder is brought to the disk too. What a killed writer left behind is removed
by the next one who writes in that folder, and at the start of the server.
"""

from __future__ import annotations

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

PRIVATE_MODE: Final = 0o600  # for nobody but whom this runs as
READABLE_MODE: Final = 0o644  # for what holds nothing secret, and another account has to read

_PART_NAME = re.compile(r"\.[0-9a-f]{16}\.situasi\.part", re.ASCII)
# File systems that cannot bring a folder to the disk say so with one of these.
_NO_SYNC = frozenset({errno.EINVAL, errno.EBADF, errno.ENOSYS, errno.ENOTSUP, errno.EACCES})


def write(path: Path, content: bytes, mode: int = PRIVATE_MODE) -> None:
    """Write this file; what had its name is replaced. Raises OSError.

    Of several who write the same name at once each writes all of its own; the last one's stays.
    """
    with _open_part(path.parent, mode) as (part, file):
        file.write(content)
        _sync(file)
        part.replace(path)
        sync_folder(path.parent)


@contextmanager
def create_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to be written piece by piece, read back if wanted, and named when all went well.

    Raises FileExistsError where something has its name, at the beginning or at the end.
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
    """A new folder to be filled, for nobody else, and named when all went well.

    One of its name that is empty makes way. Raises FileExistsError where anything else has it.
    """
    if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
        path.rmdir()
    if os.path.lexists(path):
        raise FileExistsError(path)
    remove_leftovers(path.parent)
    part = path.parent / _new_part_name()
    try:
        part.mkdir(mode=0o700)
        with _open_descriptor(part) as held:
            _lock_new(held)
            yield part
            for one in (*part.rglob("*"), part):
                one.chmod(0o700 if one.is_dir() else PRIVATE_MODE)
                _sync_path(one)
            part.rename(path)
            sync_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def remove_leftovers(folder: Path) -> list[str]:
    """Remove what killed writers left in a folder; what is being written now stays. Their names."""
    gone = []
    with suppress(OSError):  # no folder, or none that may be looked into
        for path in [one for one in folder.iterdir() if _PART_NAME.fullmatch(one.name)]:
            with suppress(OSError), _open_descriptor(path) as held:
                if _lock(held):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    gone.append(path.name)
    return gone


def sync_folder(folder: Path) -> None:
    """Bring new and changed names of a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    try:
        _sync_path(folder)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync_path(path: Path) -> None:
    if os.name == "posix":
        with _open_descriptor(path) as held:
            os.fsync(held)


@contextmanager
def _open_part(folder: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A file with a name of its own, locked while it is written; gone at the end, if not named."""
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
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        part = folder / _new_part_name()
        file = os.fdopen(os.open(part, how, PRIVATE_MODE), "w+b")
        # Somebody who tidies up may have come between the making and the lock.
        if _lock_new(file.fileno()) and part.exists():
            return part, file
        file.close()


def _new_part_name() -> str:
    return f".{secrets.token_hex(8)}.situasi.part"


@contextmanager
def _open_descriptor(path: Path) -> Iterator[int]:
    held = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        yield held
    finally:
        os.close(held)


def _lock_new(descriptor: int) -> bool:
    """Lock what was just made, against who tidies up; where there are no locks, nobody does."""
    try:
        return _lock(descriptor)
    except OSError:
        return True


def _sync(file: BinaryIO) -> None:
    """Bring the content to the disk; where only closed files can be renamed, close it."""
    file.flush()
    os.fsync(file.fileno())
    if os.name != "posix":
        file.close()


def _publish(part: Path, path: Path) -> None:
    """Give the file its name, never another's. Where links are unknown, renaming has to do."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.rename(path)


if sys.platform == "win32":  # what is open cannot be removed there: no lock is needed

    def _lock(held: int) -> bool:  # noqa: ARG001
        return True

else:
    import fcntl

    def _lock(held: int) -> bool:
        """Hold a file or folder until it is closed or the process ends. False: another holds it.

        Raises OSError where the file system knows no locks.
        """
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
