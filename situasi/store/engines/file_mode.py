"""File permissions: only the account of the dashboard may read a store, whatever the umask."""

import logging
import os
import stat
from pathlib import Path

_OTHERS_MASK = 0o077
_log = logging.getLogger(__name__)


def create_private(path: Path) -> None:
    """Create this file and its folder where missing, and remove the access of others.

    SQLite gives the files it creates beside it (-wal, -shm) the mode of the file. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    restrict_to_owner(path)


def restrict_to_owner(path: Path) -> None:
    """Remove the access of others to this file and to all files named after it.

    A file that may not be changed is logged.
    """
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"),
                 *_sibling_files(path)):  # fmt: skip
        try:
            status = file.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS_MASK:
                file.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS_MASK)
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("%s can be read by others: %s", file, error)


def _sibling_files(path: Path) -> list[Path]:
    """Return locks and copies beside the file; none where its folder may not be listed."""
    try:
        return [file for file in path.parent.iterdir() if file.name.startswith(f"{path.name}.")]
    except OSError:
        return []
