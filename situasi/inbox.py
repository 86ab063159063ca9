"""The inbox: what is dropped into a folder is ingested, once it is whole, and put aside."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from situasi.board import Board
from situasi.ingest import Ledger, ingest_file
from situasi.store.protocol import StoreError

ACTOR = "inbox"

# A file counts as whole when it has not changed for this long; one that reads badly
# may still be on its way over a slow line and is given more time.
SETTLED = timedelta(seconds=1)
PATIENCE = timedelta(seconds=10)
# A writer may hold a file open while it is moved aside: it is watched for a while longer.
AFTERWARDS = timedelta(seconds=60)

_ON_THE_WAY = (".part", ".partial", ".tmp", ".crdownload", ".download")

Fingerprint = tuple[int, int]


@dataclass
class _Seen:
    fingerprint: Fingerprint
    since: datetime


@dataclass
class Inbox:
    """Sweeps one folder. Looks once a second: that works on network shares too."""

    board: Board
    clock: Callable[[], datetime]
    tell: Callable[[Ledger], None]
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _moved: dict[Path, _Seen] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Sweep until told to stop. A store in trouble is tried again at the next sweep."""
        while not stop.wait(0.5):
            try:
                self.sweep()
            except (OSError, StoreError) as error:
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
        self._seen = {path: self._aged(path, now) for path in waiting if path.exists()}
        done = [
            self._take(path, seen, now)
            for path, seen in list(self._seen.items())
            if now - seen.since >= SETTLED
        ]
        return [ledger for ledger in [*done, *self._grown(now)] if ledger]

    def _aged(self, path: Path, now: datetime) -> _Seen:
        fingerprint = _fingerprint(path)
        seen = self._seen.get(path)
        return seen if seen and seen.fingerprint == fingerprint else _Seen(fingerprint, now)

    def _take(self, path: Path, seen: _Seen, now: datetime) -> Ledger | None:
        ledger = self._ingest(path)
        if not path.exists() or _fingerprint(path) != seen.fingerprint:
            return None  # still being written, or another process took it: rows never double
        if ledger.refused and now - seen.since < PATIENCE:
            return None
        self._put_aside(path, ledger, now)
        self.tell(ledger)
        return ledger

    def _ingest(self, path: Path) -> Ledger:
        board = self.board
        return ingest_file(path, board.store, board.context, now=self.clock(), actor=ACTOR)

    def _put_aside(self, path: Path, ledger: Ledger, now: datetime) -> None:
        folder = self.folder / ("failed" if ledger.refused else "processed")
        folder.mkdir(exist_ok=True)
        target = folder / f"{now:%Y%m%d-%H%M%S-%f}_{path.name}"
        # os.replace, not copy: a file is in one place at any time. Another disk: shutil.
        try:
            path.replace(target)
        except OSError:
            shutil.move(path, target)
        self._seen.pop(path, None)
        self._moved[target] = _Seen(_fingerprint(target), now)
        if ledger.refused:
            target.with_name(target.name + ".alasan.txt").write_text(
                ledger.refused + os.linesep, encoding="utf-8"
            )

    def _grown(self, now: datetime) -> list[Ledger]:
        """Files that grew after they were put aside are read again; known rows are duplicates."""
        again = []
        for path, seen in list(self._moved.items()):
            if now - seen.since > AFTERWARDS or not path.exists():
                del self._moved[path]
            elif _fingerprint(path) != seen.fingerprint:
                self._moved[path] = _Seen(_fingerprint(path), now)
                again.append(self._ingest(path))
        return again


def _fingerprint(path: Path) -> Fingerprint:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _is_delivery(path: Path) -> bool:
    name = path.name
    hidden = name.startswith((".", "~$")) or name.lower().endswith(_ON_THE_WAY)
    return path.is_file() and not hidden
