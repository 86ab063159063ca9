"""State of files in the inbox: complete, still being copied, or not to be read."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

# A file counts as complete when it has not changed for this long; one that cannot be read, or
# ends in the middle of a line, may still be incomplete and gets more time.
SETTLE_TIME = timedelta(seconds=0.5)
LONG_SETTLE_TIME = timedelta(seconds=10)

# Folders for files that are done, and the suffixes of the notes beside them: why one failed, and
# under which number one waits for a mapping.
PROCESSED_FOLDER, FAILED_FOLDER, REASON_SUFFIX = "processed", "failed", ".alasan.txt"
WAITING_SUFFIX = ".menunggu.txt"
TIMESTAMP_FORMAT = "%Y%m%d-%H%M%S-%f"  # prefix of the file name, in UTC
_MAX_REASONS = 50
_RECENT = timedelta(days=1)
_PARTIAL_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".download")
_LINE_FILE_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")

_FOLDER_IGNORED = "folder tidak dibaca; letakkan berkasnya langsung di kotak masuk"
_NOT_A_REGULAR_FILE = "bukan berkas biasa; tidak dibaca"

Fingerprint = tuple[int, int]


@dataclass
class FileState:
    """A file as last seen, and since when it is unchanged. was_refused: it could not be read."""

    fingerprint: Fingerprint
    unchanged_since: datetime
    was_refused: bool = False

    def is_complete(self, path: Path, now: datetime) -> bool:
        """Return whether it has been unchanged long enough to count as complete."""
        needs_long_wait = self.was_refused or not ends_with_newline(path)
        return now - self.unchanged_since >= (LONG_SETTLE_TIME if needs_long_wait else SETTLE_TIME)


def fingerprint_of(path: Path) -> Fingerprint | None:
    """Return size and modification time; None where the file is gone or not accessible."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def ends_with_newline(path: Path) -> bool:
    """Return False for a text file without a final line end: copying may not be finished."""
    if path.suffix.lower() not in _LINE_FILE_SUFFIXES or path.is_symlink():
        return True
    try:
        with path.open("rb") as file:
            file.seek(-min(2, file.seek(0, os.SEEK_END)), os.SEEK_END)
            # Two bytes: in UTF-16 a line ends with a line feed and a NUL, in either order.
            return file.read().replace(b"\0", b"").endswith((b"\n", b"\r"))
    except OSError:
        return True  # the reader will report the error


def is_hidden(path: Path) -> bool:
    """Return whether a file is hidden, a lock file of Office, or a partial download."""
    name = path.name
    return name.startswith((".", "~$")) or name.lower().endswith(_PARTIAL_SUFFIXES)


def load_failure_reasons(inbox: Path) -> list[tuple[datetime, str, str]]:
    """Return time, name and reason of the last files moved to failed/, oldest first."""
    failures = []
    with suppress(OSError):
        for path in sorted((inbox / FAILED_FOLDER).glob(f"*{REASON_SUFFIX}"))[-_MAX_REASONS:]:
            with suppress(OSError, ValueError):
                stamp, _, name = path.name.removesuffix(REASON_SUFFIX).partition("_")
                at = datetime.strptime(f"{stamp}+0000", f"{TIMESTAMP_FORMAT}%z")
                failures.append((at, name, path.read_text("utf-8")[:500].strip()))
    return failures


def list_recently_kept(inbox: Path, now: datetime) -> list[Path]:
    """Return the files moved to processed/ and failed/ within the last day, oldest first."""
    paths = []
    for folder in (PROCESSED_FOLDER, FAILED_FOLDER):
        with suppress(OSError):
            for path in (inbox / folder).iterdir():
                stamp = path.name.partition("_")[0]
                with suppress(ValueError):
                    at = datetime.strptime(f"{stamp}+0000", f"{TIMESTAMP_FORMAT}%z")
                    if now - _RECENT < at and not path.name.endswith(REASON_SUFFIX):
                        paths.append(path)
    return sorted(paths, key=lambda path: path.name)


def explain_ignored(path: Path) -> str | None:
    """Return why a path is not read; "" for our own folders, None for a file or a link."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""  # gone meanwhile, or not accessible: checked again at the next sweep
    if stat.S_ISDIR(mode):
        return "" if path.name in (PROCESSED_FOLDER, FAILED_FOLDER) else _FOLDER_IGNORED
    return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else _NOT_A_REGULAR_FILE
