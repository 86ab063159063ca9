"""Names of files as people and programs may send them, made safe to show, log and write."""

from __future__ import annotations

from itertools import count
from pathlib import Path, PurePath

MAX_NAME_BYTES = 255  # bytes of a name, on every file system in use


def sanitize_name(name: str) -> str:
    """The name without control characters and bytes that are no text; never empty."""
    kept = "".join(
        "_" if "\ud800" <= letter <= "\udfff" else letter
        for letter in name
        if letter.isprintable() or "\ud800" <= letter <= "\udfff"
    )
    return kept.strip() or "berkas"


def shorten_name(name: str, max_bytes: int) -> str:
    """The name in at most `room` bytes, with its ending; what is cut off is its end before that."""
    if len(name.encode("utf-8", "surrogateescape")) <= max_bytes:
        return name
    ending = PurePath(name).suffix.encode("utf-8", "replace")[:20]
    stem = name.encode("utf-8", "replace")[: max(max_bytes - len(ending), 1)]
    return (stem + ending).decode("utf-8", "ignore")


def find_free_path(path: Path) -> Path:
    """This path, or the first like it that nobody has taken."""
    others = (path.with_name(f"{number}_{path.name}") for number in count(2))
    return path if not is_taken(path) else next(other for other in others if not is_taken(other))


def is_taken(path: Path) -> bool:
    """Whether anything has this name, a link that leads nowhere too."""
    return path.exists() or path.is_symlink()
