"""Free space on the disks that the board writes to, and writes that failed for lack of space."""

import errno
import logging
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

_log = logging.getLogger(__name__)

# Below LOW the free space is shown; below FULL no write can be relied on.
LOW_BYTES, FULL_BYTES = 500_000_000, 10_000_000
CHECK_INTERVAL_S: Final = 10.0

# A full disk, an exhausted quota, a file at its size limit.
NO_SPACE_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Level = Literal["enough", "low", "full"]
Place = Literal["store", "inbox", "copies", "backup", "upload", "log"]


@dataclass(frozen=True)
class DiskState:
    """Free bytes by place as last measured, and the places where the latest write failed."""

    free_bytes: Mapping[str, int] = field(default_factory=dict)
    failed_places: tuple[str, ...] = ()

    @property
    def least_free_bytes(self) -> int | None:
        """Return the fewest free bytes of all disks; None where nothing was measured."""
        return min(self.free_bytes.values(), default=None)

    @property
    def level(self) -> Level:
        """Return how serious the state is."""
        free = self.least_free_bytes
        if self.failed_places or (free is not None and free < FULL_BYTES):
            return "full"
        return "low" if free is not None and free < LOW_BYTES else "enough"

    @property
    def summary(self) -> tuple[Level, tuple[str, ...]]:
        """Return what the pages show; while it is the same nothing has to be drawn again."""
        return self.level, self.failed_places


class DiskSpace:
    """Measures the disks and remembers which writes failed. Thread-safe."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._free_bytes: dict[str, int] = {}
        # place -> whether its disk was low when the write failed
        self._failed: dict[str, bool] = {}
        self._logged_summary: tuple[Level, tuple[str, ...]] = ("enough", ())
        self._lock = threading.Lock()

    @property
    def state(self) -> DiskState:
        """Return the state as last measured."""
        with self._lock:
            return DiskState(dict(self._free_bytes), tuple(sorted(self._failed)))

    def watch(self, folders: Mapping[str, Path]) -> None:
        """Measure the disks of these folders from now on, and forget earlier failures."""
        with self._lock:
            self._folders, self._free_bytes, self._failed = dict(folders), {}, {}
            self._logged_summary = ("enough", ())
        self.check()

    def check(self) -> None:
        """Measure the disks, and log a change."""
        with self._lock:
            folders = dict(self._folders)
        free = {
            place: free_bytes
            for place, folder in folders.items()
            if (free_bytes := _measure_free_bytes(folder)) is not None
        }
        with self._lock:
            self._free_bytes = free
            # With free space writes succeed again; an exhausted quota shows only in a write.
            for place, was_low in list(self._failed.items()):
                if was_low and min(free.values(), default=0) >= LOW_BYTES:
                    del self._failed[place]
        self._log_change()

    def record_failure(self, place: Place) -> None:
        """Record that a write failed for lack of space."""
        with self._lock:
            folder = self._folders.get(place)
            free_bytes = None if folder is None else _measure_free_bytes(folder)
            self._failed.setdefault(place, free_bytes is not None and free_bytes < LOW_BYTES)
        self._log_change()

    def record_success(self, place: Place) -> None:
        """Record that a write succeeded."""
        if place in self._failed:
            with self._lock:
                self._failed.pop(place, None)
            self._log_change()

    def record_if_disk_full(self, place: Place, error: BaseException) -> bool:
        """Record this error if it means lack of space; return whether it does."""
        full = isinstance(error, OSError) and error.errno in NO_SPACE_ERRNOS
        if full:
            self.record_failure(place)
        return full

    @contextmanager
    def track_write(self, place: Place) -> Iterator[None]:
        """Record whether the write in this block succeeds; its errors are raised unchanged."""
        try:
            yield
        except OSError as error:
            self.record_if_disk_full(place, error)
            raise
        self.record_success(place)

    def _log_change(self) -> None:
        state = self.state
        with self._lock:
            previous_summary, self._logged_summary = self._logged_summary, state.summary
        if previous_summary == state.summary:
            return
        detail = {"free_bytes": state.least_free_bytes, "failed": ",".join(state.failed_places)}
        if state.level == "full":
            _log.error("the disk is full", extra=detail)
        elif state.level == "low":
            _log.warning("the disk is nearly full", extra=detail)
        else:
            _log.info("the disk has room again", extra=detail)


def _measure_free_bytes(folder: Path) -> int | None:
    """Return the free bytes on the disk of a folder, which may not exist yet; None if unknown."""
    for existing in (folder, *folder.parents):
        try:
            return shutil.disk_usage(existing).free
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
    return None


DISK_SPACE: Final = DiskSpace()
