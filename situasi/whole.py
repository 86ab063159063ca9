"""Files written whole: under their name lies everything or nothing, whatever breaks meanwhile."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def write(path: Path, content: bytes, unfinished: str | None = None) -> None:
    """Write this file, for nobody but whom this runs as. Raises OSError.

    unfinished: what it is called in its folder until it is whole.
    """
    part = path.parent / (unfinished or f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _opened(part) as file:
            file.write(content)
            _to_disk(file)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def making(path: Path) -> Iterator[BinaryIO]:
    """A new file to be written piece by piece, read back if wanted, and named when all went well.

    Raises FileExistsError where something has its name, at the beginning or at the end.
    """
    if os.path.lexists(path):
        raise FileExistsError(path)
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        with _opened(part) as file:
            yield file
            _to_disk(file)
        _name(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _opened(part: Path) -> BinaryIO:
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(part, how, 0o600), "w+b")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _name(part: Path, path: Path) -> None:
    """Give the file its name, never another's. Where links are unknown, renaming has to do."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.rename(path)
