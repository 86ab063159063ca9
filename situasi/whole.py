"""Files written whole: under their name lies everything or nothing, whatever breaks meanwhile."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes, unfinished: str | None = None) -> None:
    """Write this file, for nobody but whom this runs as. Raises OSError.

    unfinished: what it is called in its folder until it is whole.
    """
    part = path.parent / (unfinished or f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, how, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
