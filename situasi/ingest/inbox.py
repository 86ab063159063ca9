"""The inbox: what is dropped into a folder is ingested, once it is whole, and put aside.

One file never stops it: whatever reading one raises, that file goes to failed/ with its reason
and the next one is taken in the same sweep. Only a store in trouble ends a sweep: then nothing
is moved, and all is tried again.
"""

from __future__ import annotations

import errno
import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from situasi.common import atomic_files, error_log, file_names
from situasi.common.background_jobs import IDLE, Job
from situasi.common.disk_space import SPACE
from situasi.common.telemetry import InboxState, Unread
from situasi.ingest.context import Context
from situasi.ingest.inbox_files import (
    FAILED,
    PATIENCE,
    PROCESSED,
    REASON,
    STAMP,
    Fingerprint,
    Seen,
    fingerprint_of,
    is_hidden,
    reasons,
    why_strange,
)
from situasi.ingest.pipeline import Ledger, ingest_file
from situasi.ingest.write_scope import Corrects, for_program
from situasi.store.interface import Store, StoreError

ACTOR = "inbox"
# Whoever may write into the folder administers the board; a returned file settles what waits.
SCOPE = for_program(ACTOR, Corrects.ALL)

LOOK = 0.2  # seconds between two sweeps
# One that cannot be put aside is tried again after this, and after ever longer pauses.
LATER = timedelta(seconds=30)
LATEST = timedelta(minutes=10)
# One that the store did not take is tried again sooner: mostly another writer holds the store.
AGAIN = timedelta(seconds=0.5)
# A writer may hold a file open while it is moved aside: it is watched for a while longer.
AFTERWARDS = timedelta(seconds=60)
# So often others were taken between two attempts at one before that one is to blame, not the store.
BLAMED = 3

_ROOM = file_names.LONGEST - len("20241127-120000-000000_") - len("99_") - len(REASON)
_SHARED = 0o640  # whoever drops files by the group of the folder reads why one failed
_LINK = "Ini tautan (symlink), bukan berkas; letakkan berkasnya sendiri di kotak masuk."

_log = logging.getLogger(__name__)


@dataclass
class _Held:
    """A file that is tried again at `until`. ledger: of what was read, where only moving failed.

    blamed: how often others were delivered between two attempts at it; delivered: how many had
    been at the last.
    """

    fingerprint: Fingerprint
    until: datetime
    tries: int = 1
    ledger: Ledger | None = None
    blamed: int = 0
    delivered: int = 0
    by_store: bool = False


@dataclass
class _Aside:
    """A file put aside: as it was when it was read, and as it was last seen."""

    read: Fingerprint
    seen: Seen


@dataclass
class Inbox:
    """Sweeps one folder. Looks again and again: that works on network shares too."""

    folder: Path
    store: Store
    context: Context
    clock: Callable[[], datetime]
    tell: Callable[[Ledger], None]
    state: InboxState = field(default_factory=InboxState)
    _seen: dict[Path, Seen] = field(default_factory=dict)
    _held: dict[Path, _Held] = field(default_factory=dict)
    _aside: dict[Path, _Aside] = field(default_factory=dict)
    _delivered: int = 0
    _recalled: bool = False

    @cached_property
    def job(self) -> Job:
        """Sweeps in a thread. A store or folder in trouble is tried again."""
        return Job("inbox", self._turn, LOOK, longest=30.0, expected=(StoreError, OSError))

    def run(self, stop: threading.Event) -> None:
        """Sweep until told to stop."""
        self.job.run(stop)

    def _turn(self) -> object:
        before = self._delivered
        try:
            self.sweep()
        except (StoreError, OSError) as error:
            if not self.job.failures:
                self._told(Ledger(str(self.folder), refused=f"{error}; dicoba lagi"))
            raise
        held = any(one.by_store for one in self._held.values())
        return IDLE if held and self._delivered == before else None

    def sweep(self) -> list[Ledger]:
        """Look once; the ledgers of what was ingested. Raises StoreError, and OSError where the
        folder itself cannot be looked into."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._recall()
        now = self.clock()
        self._look_around(now)
        done = [self._guarded(path, seen, now) for path, seen in self._due(now)]
        return [ledger for ledger in [*done, *self._grown(now)] if ledger]

    def _look_around(self, now: datetime) -> None:
        """See what lies there, and since when each file has been as it is."""
        found: dict[Path, Seen] = {}
        ignored: dict[str, str] = {}
        for path in sorted(self.folder.iterdir()):
            why = None if is_hidden(path) else why_strange(path)
            if why:
                ignored[file_names.readable(path.name)] = why
            elif why is None and not is_hidden(path) and (mark := fingerprint_of(path)):
                seen = self._seen.get(path)
                found[path] = seen if seen and seen.fingerprint == mark else Seen(mark, now)
        self._seen = found
        for name in ignored.keys() - self.state.ignored.keys():
            _log.warning("in the inbox lies what is no file", extra={"file": name})
        self.state.ignored = ignored
        self._held = {
            path: one
            for path, one in self._held.items()
            if path in found and found[path].fingerprint == one.fingerprint
        }
        names = {file_names.readable(path.name) for path in self._held}
        self.state.waiting = {k: v for k, v in self.state.waiting.items() if k in names}

    def _due(self, now: datetime) -> list[tuple[Path, Seen]]:
        """What is whole and not held back, those first that were not tried before."""
        due = [
            (path, seen)
            for path, seen in self._seen.items()
            if seen.whole(path, now) and (path not in self._held or self._held[path].until <= now)
        ]
        return sorted(due, key=lambda one: one[0] in self._held)

    def _guarded(self, path: Path, seen: Seen, now: datetime) -> Ledger | None:
        """Take one file. Whatever goes wrong with it is told, and holds up no other."""
        try:
            return self._take(path, seen, now)
        except StoreError as error:
            if not self._is_to_blame(path, seen, now):
                self._hold(path, seen, now, str(error), by_store=True)
                raise
            return self._failed(path, seen, now, error)
        except FileNotFoundError:
            return None  # taken away, or another process was quicker
        except OSError as error:
            self._hold(path, seen, now, error.strerror or str(error))
            return None
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (a reader in Rust panics with one)
            return self._failed(path, seen, now, error)

    def _take(self, path: Path, seen: Seen, now: datetime) -> Ledger | None:
        held = self._held.get(path)
        if held is not None and held.ledger is not None:  # read before; only moving it failed
            self._put_aside(path, held.ledger, seen, now)
            return None
        if path.name != file_names.readable(path.name):
            path.rename(file_names.free(path.with_name(file_names.readable(path.name))))
            return None  # seen by its new name at the next look
        link = path.is_symlink()
        ledger = Ledger(str(path), refused=_LINK) if link else self._ingest(path)
        if fingerprint_of(path) != seen.fingerprint:
            return None  # still being written, or another process took it: rows never double
        return self._settle(path, ledger, seen, now)

    def _failed(self, path: Path, seen: Seen, now: datetime, error: BaseException) -> Ledger | None:
        """Put a file aside whose reading raised what nobody expected."""
        name = file_names.readable(path.name)
        number = error_log.record(_log, "a file of the inbox failed", error, file=name)
        why = f"Berkas ini tidak dapat diolah papan; {error_log.describe(error, number)}."
        if isinstance(error, MemoryError):
            why = f"Berkas ini terlalu besar untuk memori papan; catatan log {number}."
        elif isinstance(error, StoreError):
            why = f"Penyimpanan menolak isi berkas ini: {error} (catatan log {number})"
        ledger = Ledger(str(path), refused=why)
        try:
            return self._settle(path, ledger, seen, now, fault=number)
        except Exception as another:  # noqa: BLE001 (it is not even where it was: looked at anew)
            error_log.record(_log, "a file of the inbox was not put aside", another, file=name)
            self._hold(path, seen, now, why)
            return ledger

    def _settle(
        self, path: Path, ledger: Ledger, seen: Seen, now: datetime, fault: str = ""
    ) -> Ledger | None:
        """Put a file aside and tell of it. One that read badly may be on its way: it is waited for.

        One that cannot be moved is tried again later, and is not read again for that.
        """
        if ledger.retry:  # nothing is wrong with the file
            self._hold(path, seen, now, ledger.refused or "")
            return None
        if ledger.refused and now - seen.since < PATIENCE:
            seen.refused = True
            return None
        try:
            self._put_aside(path, ledger, seen, now)
        except FileNotFoundError:
            return None  # another process was quicker
        except OSError as error:
            why = error.strerror or str(error)
            self._hold(path, seen, now, f"belum dapat dipindahkan ({why})", ledger)
            ledger.notes.append(f"belum dapat dipindahkan ({why}); dicoba lagi")
        self._count(file_names.readable(path.name), ledger, now, fault)
        self._told(ledger)
        return ledger

    def _count(self, name: str, ledger: Ledger, now: datetime, fault: str) -> None:
        if ledger.refused:
            self.state.fail(Unread(name, ledger.refused, now, fault))
            _log.warning("inbox file refused", extra={"file": name, "why": ledger.refused})
        else:
            self._delivered += 1
            self.state.taken += 1

    def _ingest(self, path: Path) -> Ledger:
        return ingest_file(path, self.store, self.context, SCOPE, now=self.clock())

    def _is_to_blame(self, path: Path, seen: Seen, now: datetime) -> bool:
        """Whether the store takes others again and again, and not this one."""
        held = self._held.get(path)
        if held is not None and self._delivered > held.delivered:
            held.blamed += 1
            seen.since = min(seen.since, now - PATIENCE)
        return held is not None and held.blamed >= BLAMED

    def _hold(
        self,
        path: Path,
        seen: Seen,
        now: datetime,
        why: str,
        ledger: Ledger | None = None,
        *,
        by_store: bool = False,
    ) -> None:
        """Try a file again later, after ever longer pauses, and tell where people look."""
        held = self._held.setdefault(path, _Held(seen.fingerprint, now, tries=0))
        held.tries, held.ledger, held.by_store = held.tries + 1, ledger or held.ledger, by_store
        first = AGAIN if by_store else LATER
        held.until = now + min(first * 2 ** min(held.tries - 1, 16), LATEST)
        held.delivered = self._delivered
        name = file_names.readable(path.name)
        if name not in self.state.waiting:
            _log.warning("inbox file waits", extra={"file": name, "why": why})
        self.state.waiting[name] = Unread(name, why, now)

    def _put_aside(self, path: Path, ledger: Ledger, seen: Seen, now: datetime) -> None:
        folder = self.folder / (FAILED if ledger.refused else PROCESSED)
        name = file_names.shortened(path.name, _ROOM)
        with SPACE.writing("inbox"):
            folder.mkdir(exist_ok=True)
            target = file_names.free(folder / f"{now:{STAMP}}_{name}")
            # os.replace, not copy: a file is in one place at any time. Another disk: shutil.
            try:
                path.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                shutil.move(path, target)
        self._seen.pop(path, None)
        self._held.pop(path, None)
        self.state.waiting.pop(file_names.readable(path.name), None)
        if ledger.refused:
            self._write_reason(target, ledger.refused)
        if not target.is_symlink():
            # As it was when it was read: what a writer adds meanwhile is seen as growth.
            self._aside[target] = _Aside(seen.fingerprint, Seen(seen.fingerprint, now))

    def _write_reason(self, target: Path, why: str) -> None:
        try:
            atomic_files.write(target.with_name(target.name + REASON), f"{why}\n".encode(), _SHARED)
        except OSError as error:  # the log and the page of the board say it too
            _log.warning("reason not written", extra={"file": target.name, "why": str(error)})

    def _grown(self, now: datetime) -> list[Ledger]:
        """Files that grew after they were put aside are read again; known rows are duplicates."""
        again = []
        for path, aside in list(self._aside.items()):
            fingerprint = fingerprint_of(path)
            if fingerprint is None or now - aside.seen.since > AFTERWARDS:
                del self._aside[path]
            elif fingerprint != aside.seen.fingerprint:
                aside.seen = Seen(fingerprint, now)
            elif fingerprint != aside.read and aside.seen.whole(path, now):
                ledger = self._read_again(path, now)
                aside.read = fingerprint
                again.append(ledger)
                self._told(ledger)
        return again

    def _read_again(self, path: Path, now: datetime) -> Ledger:
        try:
            return self._ingest(path)
        except (StoreError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (see _guarded)
            name = file_names.readable(path.name)
            number = error_log.record(_log, "a file that grew failed", error, file=name)
            why = f"Tambahan berkas ini tidak dapat diolah; {error_log.describe(error, number)}."
            self.state.fail(Unread(name, why, now, number))
            return Ledger(str(path), refused=why)

    def _told(self, ledger: Ledger) -> None:
        """Tell whoever wants to know; that nobody can be told holds up no file."""
        try:
            self.tell(ledger)
        except Exception as error:  # noqa: BLE001
            error_log.record(_log, "what became of a file was not told", error)

    def _recall(self) -> None:
        """Find what was put into failed/ before the start, once."""
        if self._recalled:
            return
        self._recalled = True
        self.state.failed.extend(
            Unread(file_names.readable(name), why, at) for at, name, why in reasons(self.folder)
        )
