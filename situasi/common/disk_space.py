"""Free space on the disks that the board writes to, and writes that failed for want of it."""

from __future__ import annotations

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

# Below LOW it is said how much is left; below FULL nothing can be relied on to be written.
LOW_BYTES, FULL_BYTES = 500_000_000, 10_000_000
CHECK_INTERVAL_S: Final = 10.0

# A full disk, a quota that is used up, a file that may not grow.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Level = Literal["enough", "low", "full"]
Place = Literal["store", "inbox", "copies", "backup", "upload", "log"]


@dataclass(frozen=True)
class DiskState:
    """How much room there is. free: bytes, by place, as last measured; failed: what was not
    written, since it last was.
    """

    free_bytes: Mapping[str, int] = field(default_factory=dict)
    failed_places: tuple[str, ...] = ()

    @property
    def least_free_bytes(self) -> int | None:
        """The fewest bytes free on any of the disks; None where nothing was measured."""
        return min(self.free_bytes.values(), default=None)

    @property
    def level(self) -> Level:
        """How serious it is."""
        least = self.least_free_bytes
        if self.failed_places or (least is not None and least < FULL_BYTES):
            return "full"
        return "low" if least is not None and least < LOW_BYTES else "enough"

    @property
    def summary(self) -> tuple[Level, tuple[str, ...]]:
        """What is said of it: while it stays the same nothing has to be drawn again."""
        return self.level, self.failed_places


class DiskSpace:
    """Measures the disks and remembers which writes failed. Any thread may ask."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._free_bytes: dict[str, int] = {}
        # place -> whether its disk was low when the write failed
        self._failed: dict[str, bool] = {}
        self._logged_summary: tuple[Level, tuple[str, ...]] = ("enough", ())
        self._lock = threading.Lock()

    @property
    def state(self) -> DiskState:
        """What is known now."""
        with self._lock:
            return DiskState(dict(self._free_bytes), tuple(sorted(self._failed)))

    def watch(self, folders: Mapping[str, Path]) -> None:
        """Measure the disks of these folders from now on, and forget what was before."""
        with self._lock:
            self._folders, self._free_bytes, self._failed = dict(folders), {}, {}
            self._logged_summary = ("enough", ())
        self.check()

    def check(self) -> None:
        """Measure, and tell the log where something changed."""
        with self._lock:
            folders = dict(self._folders)
        free = {
            place: room
            for place, one in folders.items()
            if (room := _measure_free_bytes(one)) is not None
        }
        with self._lock:
            self._free_bytes = free
            # What failed for want of space will be written again; a quota is known by writing only.
            for place, was_low in list(self._failed.items()):
                if was_low and min(free.values(), default=0) >= LOW_BYTES:
                    del self._failed[place]
        self._log_change()

    def record_failure(self, place: Place) -> None:
        """A write failed since there was no space for it."""
        with self._lock:
            folder = self._folders.get(place)
            room = None if folder is None else _measure_free_bytes(folder)
            self._failed.setdefault(place, room is not None and room < LOW_BYTES)
        self._log_change()

    def record_success(self, place: Place) -> None:
        """A write went well."""
        if place in self._failed:
            with self._lock:
                self._failed.pop(place, None)
            self._log_change()

    def record_if_disk_full(self, place: Place, error: BaseException) -> bool:
        """Remember this error if it is one of space; whether it is."""
        full = isinstance(error, OSError) and error.errno in _NO_SPACE
        if full:
            self.record_failure(place)
        return full

    @contextmanager
    def track_write(self, place: Place) -> Iterator[None]:
        """Remember how the writing in this block goes; what it raises passes."""
        try:
            yield
        except OSError as error:
            self.record_if_disk_full(place, error)
            raise
        self.record_success(place)

    def _log_change(self) -> None:
        state = self.state
        with self._lock:
            before, self._logged_summary = self._logged_summary, state.summary
        if before == state.summary:
            return
        told = {"free_bytes": state.least_free_bytes, "failed": ",".join(state.failed_places)}
        if state.level == "full":
            _log.error("the disk is full", extra=told)
        elif state.level == "low":
            _log.warning("the disk is nearly full", extra=told)
        else:
            _log.info("the disk has room again", extra=told)


def _measure_free_bytes(folder: Path) -> int | None:
    """Bytes free on the disk of this folder, which may not be made yet; None: nobody tells."""
    for one in (folder, *folder.parents):
        try:
            return shutil.disk_usage(one).free
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
    return None


DISK_SPACE: Final = DiskSpace()
