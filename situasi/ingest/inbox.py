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
from situasi.common.disk_space import DISK_SPACE
from situasi.common.telemetry import InboxState, UnreadFile
from situasi.ingest.context import IngestContext
from situasi.ingest.inbox_files import (
    FAILED_FOLDER,
    LONG_SETTLE_TIME,
    PROCESSED_FOLDER,
    REASON_SUFFIX,
    TIMESTAMP_FORMAT,
    FileState,
    Fingerprint,
    explain_ignored,
    fingerprint_of,
    is_hidden,
    load_failure_reasons,
)
from situasi.ingest.pipeline import IngestResult, ingest_file
from situasi.ingest.write_scope import CorrectionRights, build_program_scope
from situasi.store.interface import Store, StoreError

ACTOR = "inbox"
# Whoever may write into the folder administers the board; a returned file settles what waits.
SCOPE = build_program_scope(ACTOR, CorrectionRights.ALL)

SWEEP_INTERVAL_S = 0.2  # seconds between two sweeps
# One that cannot be put aside is tried again after this, and after ever longer pauses.
RETRY_DELAY = timedelta(seconds=30)
MAX_RETRY_DELAY = timedelta(minutes=10)
# One that the store did not take is tried again sooner: mostly another writer holds the store.
STORE_RETRY_DELAY = timedelta(seconds=0.5)
# A writer may hold a file open while it is moved aside: it is watched for a while longer.
GROWTH_WATCH_TIME = timedelta(seconds=60)
# So often others were taken between two attempts at one before that one is to blame, not the store.
BLAME_LIMIT = 3

_MAX_NAME_CHARS = (
    file_names.MAX_NAME_BYTES - len("20241127-120000-000000_") - len("99_") - len(REASON_SUFFIX)
)
_REASON_FILE_MODE = 0o640  # whoever drops files by the group of the folder reads why one failed
_SYMLINK_REFUSAL = "Ini tautan (symlink), bukan berkas; letakkan berkasnya sendiri di kotak masuk."

_log = logging.getLogger(__name__)


@dataclass
class _PendingRetry:
    """A file that is tried again at `until`. ledger: of what was read, where only moving failed.

    blamed: how often others were delivered between two attempts at it; delivered: how many had
    been at the last.
    """

    fingerprint: Fingerprint
    retry_at: datetime
    tries: int = 1
    result: IngestResult | None = None
    blame_count: int = 0
    delivered_before: int = 0
    is_store_failure: bool = False


@dataclass
class _MovedFile:
    """A file put aside: as it was when it was read, and as it was last seen."""

    read_fingerprint: Fingerprint
    file_state: FileState


@dataclass
class Inbox:
    """Sweeps one folder. Looks again and again: that works on network shares too."""

    folder: Path
    store: Store
    context: IngestContext
    clock: Callable[[], datetime]
    on_result: Callable[[IngestResult], None]
    state: InboxState = field(default_factory=InboxState)
    _file_states: dict[Path, FileState] = field(default_factory=dict)
    _retries: dict[Path, _PendingRetry] = field(default_factory=dict)
    _moved_files: dict[Path, _MovedFile] = field(default_factory=dict)
    _delivered_count: int = 0
    _has_loaded_failures: bool = False

    @cached_property
    def job(self) -> Job:
        """Sweeps in a thread. A store or folder in trouble is tried again."""
        return Job(
            "inbox",
            self._run_sweep,
            SWEEP_INTERVAL_S,
            max_retry_s=30.0,
            expected_errors=(StoreError, OSError),
        )

    def run(self, stop: threading.Event) -> None:
        """Sweep until told to stop."""
        self.job.run(stop)

    def _run_sweep(self) -> object:
        before = self._delivered_count
        try:
            self.sweep()
        except (StoreError, OSError) as error:
            if not self.job.failures:
                self._notify(IngestResult(str(self.folder), refused=f"{error}; dicoba lagi"))
            raise
        held = any(one.is_store_failure for one in self._retries.values())
        return IDLE if held and self._delivered_count == before else None

    def sweep(self) -> list[IngestResult]:
        """Look once; the ledgers of what was ingested. Raises StoreError, and OSError where the
        folder itself cannot be looked into."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._load_past_failures()
        now = self.clock()
        self._scan_folder(now)
        done = [self._try_take(path, seen, now) for path, seen in self._find_due_files(now)]
        return [ledger for ledger in [*done, *self._ingest_grown_files(now)] if ledger]

    def _scan_folder(self, now: datetime) -> None:
        """See what lies there, and since when each file has been as it is."""
        found: dict[Path, FileState] = {}
        ignored: dict[str, str] = {}
        for path in sorted(self.folder.iterdir()):
            why = None if is_hidden(path) else explain_ignored(path)
            if why:
                ignored[file_names.sanitize_name(path.name)] = why
            elif why is None and not is_hidden(path) and (mark := fingerprint_of(path)):
                seen = self._file_states.get(path)
                found[path] = seen if seen and seen.fingerprint == mark else FileState(mark, now)
        self._file_states = found
        for name in ignored.keys() - self.state.ignored_reasons.keys():
            _log.warning("in the inbox lies what is no file", extra={"file": name})
        self.state.ignored_reasons = ignored
        self._retries = {
            path: one
            for path, one in self._retries.items()
            if path in found and found[path].fingerprint == one.fingerprint
        }
        names = {file_names.sanitize_name(path.name) for path in self._retries}
        self.state.waiting_files = {k: v for k, v in self.state.waiting_files.items() if k in names}

    def _find_due_files(self, now: datetime) -> list[tuple[Path, FileState]]:
        """What is whole and not held back, those first that were not tried before."""
        due = [
            (path, seen)
            for path, seen in self._file_states.items()
            if seen.is_complete(path, now)
            and (path not in self._retries or self._retries[path].retry_at <= now)
        ]
        return sorted(due, key=lambda one: one[0] in self._retries)

    def _try_take(self, path: Path, seen: FileState, now: datetime) -> IngestResult | None:
        """Take one file. Whatever goes wrong with it is told, and holds up no other."""
        try:
            return self._take_file(path, seen, now)
        except StoreError as error:
            if not self._is_to_blame(path, seen, now):
                self._schedule_retry(path, seen, now, str(error), is_store_failure=True)
                raise
            return self._handle_failure(path, seen, now, error)
        except FileNotFoundError:
            return None  # taken away, or another process was quicker
        except OSError as error:
            self._schedule_retry(path, seen, now, error.strerror or str(error))
            return None
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (a reader in Rust panics with one)
            return self._handle_failure(path, seen, now, error)

    def _take_file(self, path: Path, seen: FileState, now: datetime) -> IngestResult | None:
        held = self._retries.get(path)
        if held is not None and held.result is not None:  # read before; only moving it failed
            self._move_file(path, held.result, seen, now)
            return None
        if path.name != file_names.sanitize_name(path.name):
            path.rename(
                file_names.find_free_path(path.with_name(file_names.sanitize_name(path.name)))
            )
            return None  # seen by its new name at the next look
        link = path.is_symlink()
        ledger = IngestResult(str(path), refused=_SYMLINK_REFUSAL) if link else self._ingest(path)
        if fingerprint_of(path) != seen.fingerprint:
            return None  # still being written, or another process took it: rows never double
        return self._finish_file(path, ledger, seen, now)

    def _handle_failure(
        self, path: Path, seen: FileState, now: datetime, error: BaseException
    ) -> IngestResult | None:
        """Put a file aside whose reading raised what nobody expected."""
        name = file_names.sanitize_name(path.name)
        number = error_log.record(_log, "a file of the inbox failed", error, file=name)
        why = f"Berkas ini tidak dapat diolah papan; {error_log.describe(error, number)}."
        if isinstance(error, MemoryError):
            why = f"Berkas ini terlalu besar untuk memori papan; catatan log {number}."
        elif isinstance(error, StoreError):
            why = f"Penyimpanan menolak isi berkas ini: {error} (catatan log {number})"
        ledger = IngestResult(str(path), refused=why)
        try:
            return self._finish_file(path, ledger, seen, now, log_number=number)
        except Exception as another:  # noqa: BLE001 (it is not even where it was: looked at anew)
            error_log.record(_log, "a file of the inbox was not put aside", another, file=name)
            self._schedule_retry(path, seen, now, why)
            return ledger

    def _finish_file(
        self, path: Path, result: IngestResult, seen: FileState, now: datetime, log_number: str = ""
    ) -> IngestResult | None:
        """Put a file aside and tell of it. One that read badly may be on its way: it is waited for.

        One that cannot be moved is tried again later, and is not read again for that.
        """
        if result.retry:  # nothing is wrong with the file
            self._schedule_retry(path, seen, now, result.refused or "")
            return None
        if result.refused and now - seen.unchanged_since < LONG_SETTLE_TIME:
            seen.was_refused = True
            return None
        try:
            self._move_file(path, result, seen, now)
        except FileNotFoundError:
            return None  # another process was quicker
        except OSError as error:
            why = error.strerror or str(error)
            self._schedule_retry(path, seen, now, f"belum dapat dipindahkan ({why})", result)
            result.notes.append(f"belum dapat dipindahkan ({why}); dicoba lagi")
        self._record_result(file_names.sanitize_name(path.name), result, now, log_number)
        self._notify(result)
        return result

    def _record_result(
        self, name: str, result: IngestResult, now: datetime, log_number: str
    ) -> None:
        if result.refused:
            self.state.record_failure(UnreadFile(name, result.refused, now, log_number))
            _log.warning("inbox file refused", extra={"file": name, "why": result.refused})
        else:
            self._delivered_count += 1
            self.state.ingested_count += 1

    def _ingest(self, path: Path) -> IngestResult:
        return ingest_file(path, self.store, self.context, SCOPE, now=self.clock())

    def _is_to_blame(self, path: Path, seen: FileState, now: datetime) -> bool:
        """Whether the store takes others again and again, and not this one."""
        held = self._retries.get(path)
        if held is not None and self._delivered_count > held.delivered_before:
            held.blame_count += 1
            seen.unchanged_since = min(seen.unchanged_since, now - LONG_SETTLE_TIME)
        return held is not None and held.blame_count >= BLAME_LIMIT

    def _schedule_retry(
        self,
        path: Path,
        seen: FileState,
        now: datetime,
        reason: str,
        result: IngestResult | None = None,
        *,
        is_store_failure: bool = False,
    ) -> None:
        """Try a file again later, after ever longer pauses, and tell where people look."""
        held = self._retries.setdefault(path, _PendingRetry(seen.fingerprint, now, tries=0))
        held.tries, held.result, held.is_store_failure = (
            held.tries + 1,
            result or held.result,
            is_store_failure,
        )
        first = STORE_RETRY_DELAY if is_store_failure else RETRY_DELAY
        held.retry_at = now + min(first * 2 ** min(held.tries - 1, 16), MAX_RETRY_DELAY)
        held.delivered_before = self._delivered_count
        name = file_names.sanitize_name(path.name)
        if name not in self.state.waiting_files:
            _log.warning("inbox file waits", extra={"file": name, "why": reason})
        self.state.waiting_files[name] = UnreadFile(name, reason, now)

    def _move_file(self, path: Path, result: IngestResult, seen: FileState, now: datetime) -> None:
        folder = self.folder / (FAILED_FOLDER if result.refused else PROCESSED_FOLDER)
        name = file_names.shorten_name(path.name, _MAX_NAME_CHARS)
        with DISK_SPACE.track_write("inbox"):
            folder.mkdir(exist_ok=True)
            target = file_names.find_free_path(folder / f"{now:{TIMESTAMP_FORMAT}}_{name}")
            # os.replace, not copy: a file is in one place at any time. Another disk: shutil.
            try:
                path.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                shutil.move(path, target)
        self._file_states.pop(path, None)
        self._retries.pop(path, None)
        self.state.waiting_files.pop(file_names.sanitize_name(path.name), None)
        if result.refused:
            self._write_reason(target, result.refused)
        if not target.is_symlink():
            # As it was when it was read: what a writer adds meanwhile is seen as growth.
            self._moved_files[target] = _MovedFile(
                seen.fingerprint, FileState(seen.fingerprint, now)
            )

    def _write_reason(self, target: Path, reason: str) -> None:
        try:
            atomic_files.write(
                target.with_name(target.name + REASON_SUFFIX),
                f"{reason}\n".encode(),
                _REASON_FILE_MODE,
            )
        except OSError as error:  # the log and the page of the board say it too
            _log.warning("reason not written", extra={"file": target.name, "why": str(error)})

    def _ingest_grown_files(self, now: datetime) -> list[IngestResult]:
        """Files that grew after they were put aside are read again; known rows are duplicates."""
        again = []
        for path, aside in list(self._moved_files.items()):
            fingerprint = fingerprint_of(path)
            if fingerprint is None or now - aside.file_state.unchanged_since > GROWTH_WATCH_TIME:
                del self._moved_files[path]
            elif fingerprint != aside.file_state.fingerprint:
                aside.file_state = FileState(fingerprint, now)
            elif fingerprint != aside.read_fingerprint and aside.file_state.is_complete(path, now):
                ledger = self._ingest_again(path, now)
                aside.read_fingerprint = fingerprint
                again.append(ledger)
                self._notify(ledger)
        return again

    def _ingest_again(self, path: Path, now: datetime) -> IngestResult:
        try:
            return self._ingest(path)
        except (StoreError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (see _guarded)
            name = file_names.sanitize_name(path.name)
            number = error_log.record(_log, "a file that grew failed", error, file=name)
            why = f"Tambahan berkas ini tidak dapat diolah; {error_log.describe(error, number)}."
            self.state.record_failure(UnreadFile(name, why, now, number))
            return IngestResult(str(path), refused=why)

    def _notify(self, result: IngestResult) -> None:
        """Tell whoever wants to know; that nobody can be told holds up no file."""
        try:
            self.on_result(result)
        except Exception as error:  # noqa: BLE001
            error_log.record(_log, "what became of a file was not told", error)

    def _load_past_failures(self) -> None:
        """Find what was put into failed/ before the start, once."""
        if self._has_loaded_failures:
            return
        self._has_loaded_failures = True
        self.state.failed_files.extend(
            UnreadFile(file_names.sanitize_name(name), why, at)
            for at, name, why in load_failure_reasons(self.folder)
        )
