"""The inbox: what is dropped into a folder is ingested, once it is whole, and put aside."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from situasi.board import Board
from situasi.disk_space import SPACE
from situasi.ingest import Ledger, ingest_file

ACTOR = "inbox"

# A file counts as whole when it has not changed for this long; one that reads badly, or
# stops in the middle of a line, may still be on its way and is given more time.
SETTLED = timedelta(seconds=0.5)
PATIENCE = timedelta(seconds=10)
LOOK = 0.2  # seconds between two sweeps
# A file that cannot be put aside (another program holds it) is tried again after this.
LATER = timedelta(seconds=30)
# A writer may hold a file open while it is moved aside: it is watched for a while longer.
AFTERWARDS = timedelta(seconds=60)

_ON_THE_WAY = (".part", ".partial", ".tmp", ".crdownload", ".download")
_LINES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")

Fingerprint = tuple[int, int]


@dataclass
class _Seen:
    """A file as it was last seen, and since when it has been so."""

    fingerprint: Fingerprint
    since: datetime

    def whole(self, path: Path, now: datetime) -> bool:
        """Whether it has been quiet long enough to be taken for complete."""
        return now - self.since >= (SETTLED if _ends_a_line(path) else PATIENCE)


@dataclass
class _Aside:
    """A file put aside: as it was when it was read, and as it was last seen."""

    read: Fingerprint
    seen: _Seen


@dataclass
class Inbox:
    """Sweeps one folder. Looks again and again: that works on network shares too."""

    board: Board
    clock: Callable[[], datetime]
    tell: Callable[[Ledger], None]
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _aside: dict[Path, _Aside] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Sweep until told to stop. A store in trouble is tried again at the next sweep."""
        while not stop.wait(LOOK):
            try:
                self.sweep()
            except Exception as error:  # noqa: BLE001 the watch goes on, whatever one file does
                self.tell(Ledger(str(self.folder), refused=f"{error}; dicoba lagi"))
                stop.wait(5)

    @property
    def folder(self) -> Path:
        return self.board.settings.inbox

    def sweep(self) -> list[Ledger]:
        """Look once; the ledgers of what was ingested."""
        self.folder.mkdir(parents=True, exist_ok=True)
        now = self.clock()
        waiting = [path for path in sorted(self.folder.iterdir()) if _is_delivery(path)]
        aged = {path: self._aged(path, now) for path in waiting}
        self._seen = {path: seen for path, seen in aged.items() if seen}
        done = [
            self._take(path, seen, now)
            for path, seen in list(self._seen.items())
            if seen.whole(path, now)
        ]
        return [ledger for ledger in [*done, *self._grown(now)] if ledger]

    def _aged(self, path: Path, now: datetime) -> _Seen | None:
        fingerprint = _fingerprint(path)
        if fingerprint is None:
            return None
        seen = self._seen.get(path)
        return seen if seen and seen.fingerprint == fingerprint else _Seen(fingerprint, now)

    def _take(self, path: Path, seen: _Seen, now: datetime) -> Ledger | None:
        ledger = self._ingest(path)
        if _fingerprint(path) != seen.fingerprint:
            return None  # still being written, or another process took it: rows never double
        if ledger.refused and now - seen.since < PATIENCE:
            return None
        try:
            with SPACE.writing("inbox"):
                self._put_aside(path, ledger, seen.fingerprint, now)
        except FileNotFoundError:
            return None  # another process was quicker
        except OSError as error:
            seen.since = now + LATER
            ledger.notes.append(f"belum dapat dipindahkan ({error.strerror}); dicoba lagi")
        self.tell(ledger)
        return ledger

    def _ingest(self, path: Path) -> Ledger:
        board = self.board
        return ingest_file(path, board.store, board.context, now=self.clock(), actor=ACTOR)

    def _put_aside(self, path: Path, ledger: Ledger, read: Fingerprint, now: datetime) -> None:
        folder = self.folder / ("failed" if ledger.refused else "processed")
        folder.mkdir(exist_ok=True)
        target = _free(folder / f"{now:%Y%m%d-%H%M%S-%f}_{path.name}")
        # os.replace, not copy: a file is in one place at any time. Another disk: shutil.
        try:
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.move(path, target)
        self._seen.pop(path, None)
        # As it was when it was read: what a writer adds meanwhile is seen as growth.
        self._aside[target] = _Aside(read, _Seen(read, now))
        if ledger.refused:
            target.with_name(target.name + ".alasan.txt").write_text(
                ledger.refused + "\n", encoding="utf-8"
            )

    def _grown(self, now: datetime) -> list[Ledger]:
        """Files that grew after they were put aside are read again; known rows are duplicates."""
        again = []
        for path, aside in list(self._aside.items()):
            fingerprint = _fingerprint(path)
            if fingerprint is None or now - aside.seen.since > AFTERWARDS:
                del self._aside[path]
            elif fingerprint != aside.seen.fingerprint:
                aside.seen = _Seen(fingerprint, now)
            elif fingerprint != aside.read and aside.seen.whole(path, now):
                aside.read = fingerprint
                again.append(self._ingest(path))
                self.tell(again[-1])
        return again


def _fingerprint(path: Path) -> Fingerprint | None:
    """Size and time of change; None where there is no such file any more."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def _ends_a_line(path: Path) -> bool:
    """False for a file of lines whose last one has no end: a copy may have stopped in it."""
    if path.suffix.lower() not in _LINES:
        return True
    try:
        with path.open("rb") as file:
            file.seek(-min(2, file.seek(0, os.SEEK_END)), os.SEEK_END)
            # Two bytes: a line of UTF-16 ends in a line feed and a NUL, either first.
            return file.read().replace(b"\0", b"").endswith((b"\n", b"\r"))
    except OSError:
        return True  # the reader will say what is wrong with it


def _free(path: Path) -> Path:
    """This path, or the first like it that nobody has taken."""
    others = (path.with_name(f"{number}_{path.name}") for number in count(2))
    return path if not path.exists() else next(other for other in others if not other.exists())


def _is_delivery(path: Path) -> bool:
    name = path.name
    hidden = name.startswith((".", "~$")) or name.lower().endswith(_ON_THE_WAY)
    return path.is_file() and not hidden
