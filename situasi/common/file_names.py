"""File names as people and programs send them, made safe to show, log and write."""

from itertools import chain, count
from pathlib import Path, PurePath

from situasi.common import service_numbers

MAX_NAME_BYTES = 255  # bytes of a name, on every file system in use


def sanitize_name(name: str) -> str:
    """Return the name without control characters and undecodable bytes; never empty.

    Nor with a service number of a person: names of files are shown, logged and kept.
    """
    printable = "".join(
        "_" if "\ud800" <= letter <= "\udfff" else letter
        for letter in name
        if letter.isprintable() or "\ud800" <= letter <= "\udfff"
    )
    return (
        service_numbers.replace_service_numbers(printable.strip(), lambda _: "petugas") or "berkas"
    )


def shorten_name(name: str, max_bytes: int) -> str:
    """Return the name in at most `max_bytes` bytes; the stem is cut, the suffix stays."""
    if len(name.encode("utf-8", "surrogateescape")) <= max_bytes:
        return name
    suffix = PurePath(name).suffix.encode("utf-8", "replace")[:20]
    stem = name.encode("utf-8", "replace")[: max(max_bytes - len(suffix), 1)]
    return (stem + suffix).decode("utf-8", "ignore")


def find_free_path(path: Path) -> Path:
    """Return this path, or the first free one with a number before the name."""
    numbered_paths = (path.with_name(f"{number}_{path.name}") for number in count(2))
    return next(candidate for candidate in chain([path], numbered_paths) if not is_taken(candidate))


def is_taken(path: Path) -> bool:
    """Return whether anything has this name, also a broken symbolic link."""
    return path.exists() or path.is_symlink()
