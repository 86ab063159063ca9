"""Files as they lie in the inbox: whether they are whole, on their way, or nothing to be read."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

# A file counts as whole when it has not changed for this long; one that reads badly, or
# stops in the middle of a line, may still be on its way and is given more time.
SETTLE_TIME = timedelta(seconds=0.5)
LONG_SETTLE_TIME = timedelta(seconds=10)

# The folders of the inbox into which files are put aside, and what the reason of a failure ends in.
PROCESSED_FOLDER, FAILED_FOLDER, REASON_SUFFIX = "processed", "failed", ".alasan.txt"
TIMESTAMP_FORMAT = "%Y%m%d-%H%M%S-%f"  # put before the name of a file, in UTC
_MAX_REASONS = 50
_PARTIAL_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".download")
_LINE_FILE_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")

_FOLDER_IGNORED = "folder tidak dibaca; letakkan berkasnya langsung di kotak masuk"
_NOT_A_REGULAR_FILE = "bukan berkas biasa; tidak dibaca"

Fingerprint = tuple[int, int]


@dataclass
class FileState:
    """A file as it was last seen, and since when it has been so. refused: it read badly then."""

    fingerprint: Fingerprint
    unchanged_since: datetime
    was_refused: bool = False

    def is_complete(self, path: Path, now: datetime) -> bool:
        """Whether it has been quiet long enough to be taken for complete."""
        patient = self.was_refused or not ends_with_newline(path)
        return now - self.unchanged_since >= (LONG_SETTLE_TIME if patient else SETTLE_TIME)


def fingerprint_of(path: Path) -> Fingerprint | None:
    """Size and time of change; None where there is no such file any more, or none to be seen."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def ends_with_newline(path: Path) -> bool:
    """False for a file of lines whose last one has no end: a copy may have stopped in it."""
    if path.suffix.lower() not in _LINE_FILE_SUFFIXES or path.is_symlink():
        return True
    try:
        with path.open("rb") as file:
            file.seek(-min(2, file.seek(0, os.SEEK_END)), os.SEEK_END)
            # Two bytes: a line of UTF-16 ends in a line feed and a NUL, either first.
            return file.read().replace(b"\0", b"").endswith((b"\n", b"\r"))
    except OSError:
        return True  # the reader will say what is wrong with it


def is_hidden(path: Path) -> bool:
    name = path.name
    return name.startswith((".", "~$")) or name.lower().endswith(_PARTIAL_SUFFIXES)


def load_failure_reasons(inbox: Path) -> list[tuple[datetime, str, str]]:
    """When, under which name and why the last files were put into failed/, oldest first."""
    found = []
    with suppress(OSError):
        for path in sorted((inbox / FAILED_FOLDER).glob(f"*{REASON_SUFFIX}"))[-_MAX_REASONS:]:
            with suppress(OSError, ValueError):
                stamp, _, name = path.name.removesuffix(REASON_SUFFIX).partition("_")
                at = datetime.strptime(f"{stamp}+0000", f"{TIMESTAMP_FORMAT}%z")
                found.append((at, name, path.read_text("utf-8")[:500].strip()))
    return found


def explain_ignored(path: Path) -> str | None:
    """Why this is nothing to be read; "" for our own folders, None for a file or a link."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""  # gone meanwhile, or not to be seen: looked at again
    if stat.S_ISDIR(mode):
        return "" if path.name in (PROCESSED_FOLDER, FAILED_FOLDER) else _FOLDER_IGNORED
    return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else _NOT_A_REGULAR_FILE
