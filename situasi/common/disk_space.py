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
LOW, FULL = 500_000_000, 10_000_000
EVERY_S: Final = 10.0

# A full disk, a quota that is used up, a file that may not grow.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Level = Literal["enough", "low", "full"]
Place = Literal["store", "inbox", "copies", "backup", "upload", "log"]


@dataclass(frozen=True)
class DiskState:
    """How much room there is. free: bytes, by place, as last measured; failed: what was not
    written, since it last was.
    """

    free: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[str, ...] = ()

    @property
    def least(self) -> int | None:
        """The fewest bytes free on any of the disks; None where nothing was measured."""
        return min(self.free.values(), default=None)

    @property
    def level(self) -> Level:
        """How serious it is."""
        least = self.least
        if self.failed or (least is not None and least < FULL):
            return "full"
        return "low" if least is not None and least < LOW else "enough"

    @property
    def summary(self) -> tuple[Level, tuple[str, ...]]:
        """What is said of it: while it stays the same nothing has to be drawn again."""
        return self.level, self.failed


class DiskSpace:
    """Measures the disks and remembers which writes failed. Any thread may ask."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._free: dict[str, int] = {}
        # place -> whether its disk was low when the write failed
        self._failed: dict[str, bool] = {}
        self._told: tuple[Level, tuple[str, ...]] = ("enough", ())
        self._lock = threading.Lock()

    @property
    def state(self) -> DiskState:
        """What is known now."""
        with self._lock:
            return DiskState(dict(self._free), tuple(sorted(self._failed)))

    def watch(self, folders: Mapping[str, Path]) -> None:
        """Measure the disks of these folders from now on, and forget what was before."""
        with self._lock:
            self._folders, self._free, self._failed = dict(folders), {}, {}
            self._told = ("enough", ())
        self.check()

    def check(self) -> None:
        """Measure, and tell the log where something changed."""
        with self._lock:
            folders = dict(self._folders)
        free = {place: room for place, one in folders.items() if (room := _free(one)) is not None}
        with self._lock:
            self._free = free
            # What failed for want of space will be written again; a quota is known by writing only.
            for place, was_low in list(self._failed.items()):
                if was_low and min(free.values(), default=0) >= LOW:
                    del self._failed[place]
        self._tell()

    def failed(self, place: Place) -> None:
        """A write failed since there was no space for it."""
        with self._lock:
            folder = self._folders.get(place)
            room = None if folder is None else _free(folder)
            self._failed.setdefault(place, room is not None and room < LOW)
        self._tell()

    def wrote(self, place: Place) -> None:
        """A write went well."""
        if place in self._failed:
            with self._lock:
                self._failed.pop(place, None)
            self._tell()

    def report(self, place: Place, error: BaseException) -> bool:
        """Remember this error if it is one of space; whether it is."""
        full = isinstance(error, OSError) and error.errno in _NO_SPACE
        if full:
            self.failed(place)
        return full

    @contextmanager
    def writing(self, place: Place) -> Iterator[None]:
        """Remember how the writing in this block goes; what it raises passes."""
        try:
            yield
        except OSError as error:
            self.report(place, error)
            raise
        self.wrote(place)

    def _tell(self) -> None:
        state = self.state
        with self._lock:
            before, self._told = self._told, state.summary
        if before == state.summary:
            return
        told = {"free_bytes": state.least, "failed": ",".join(state.failed)}
        if state.level == "full":
            _log.error("the disk is full", extra=told)
        elif state.level == "low":
            _log.warning("the disk is nearly full", extra=told)
        else:
            _log.info("the disk has room again", extra=told)


def _free(folder: Path) -> int | None:
    """Bytes free on the disk of this folder, which may not be made yet; None: nobody tells."""
    for one in (folder, *folder.parents):
        try:
            return shutil.disk_usage(one).free
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
    return None


SPACE: Final = DiskSpace()
