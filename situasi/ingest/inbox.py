"""Inbox: a folder whose files are ingested once they are complete, and then moved away.

One file never stops it: whatever error a file raises, it is moved to failed/ with its reason and
the next one is ingested in the same sweep. Only an error of the store ends a sweep: then nothing
is moved, and everything is tried again.
"""

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
from situasi.common.metrics import InboxState, UnreadFile
from situasi.ingest.context import IngestContext
from situasi.ingest.inbox_files import (
    FAILED_FOLDER,
    LONG_SETTLE_TIME,
    PROCESSED_FOLDER,
    REASON_SUFFIX,
    TIMESTAMP_FORMAT,
    WAITING_SUFFIX,
    FileState,
    Fingerprint,
    explain_ignored,
    fingerprint_of,
    is_hidden,
    list_recently_kept,
    load_failure_reasons,
)
from situasi.ingest.message_files import kept_chats
from situasi.ingest.pipeline import IngestRequest, IngestResult
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS
from situasi.ingest.write_scope import CorrectionRights, build_program_scope
from situasi.store import Store, StoreError

ACTOR = "inbox"
# Who may write to the folder administers the dashboard, so a returned file settles any row.
SCOPE = build_program_scope(ACTOR, CorrectionRights.ALL)

SWEEP_INTERVAL_S = 0.2
# A file that cannot be moved is tried again after this delay, which doubles each time.
RETRY_DELAY = timedelta(seconds=30)
MAX_RETRY_DELAY = timedelta(minutes=10)
# A file that the store refused is tried again sooner: usually another writer holds the lock.
STORE_RETRY_DELAY = timedelta(seconds=0.5)
# A writer may still have a file open when it is moved, so it is watched for some time.
GROWTH_WATCH_TIME = timedelta(seconds=60)
# If others were ingested between attempts this many times, the file is at fault, not the store.
BLAME_LIMIT = 3

_MAX_NAME_CHARS = (
    file_names.MAX_NAME_BYTES - len("20241127-120000-000000_") - len("99_") - len(WAITING_SUFFIX)
)
_REASON_FILE_MODE = 0o640  # senders in the folder's group may read why a file failed
_SYMLINK_REFUSAL = "Ini tautan (symlink), bukan berkas; letakkan berkasnya sendiri di kotak masuk."

_log = logging.getLogger(__name__)


@dataclass
class _PendingRetry:
    """A file that is tried again at `retry_at`. result: of its ingest, where only moving failed.

    blame_count: how often others were ingested between two attempts at it; delivered_before: how
    many had been ingested at the last attempt.
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
    """A file that was moved: its fingerprint when it was read, and its state when last seen."""

    read_fingerprint: Fingerprint
    file_state: FileState
    is_about_officers: bool = False


@dataclass
class Inbox:
    """Sweeps one folder. It polls, because that also works on network shares."""

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
        """Return the job that sweeps in a thread. An error of store or folder is tried again."""
        return Job(
            "inbox",
            self._run_sweep,
            SWEEP_INTERVAL_S,
            max_retry_s=30.0,
            expected_errors=(StoreError, OSError),
        )

    def run(self, stop: threading.Event) -> None:
        """Sweep until the event is set."""
        self.job.run(stop)

    def _run_sweep(self) -> object:
        before = self._delivered_count
        try:
            self.sweep()
        except (StoreError, OSError) as error:
            if not self.job.failures:
                self._notify(IngestResult(str(self.folder), refused=f"{error}; dicoba lagi"))
            raise
        is_store_waiting = any(retry.is_store_failure for retry in self._retries.values())
        return IDLE if is_store_waiting and self._delivered_count == before else None

    def sweep(self) -> list[IngestResult]:
        """Sweep once and return the results. Raises StoreError, or OSError for a bad folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._load_past_failures()
        now = self.clock()
        self._scan_folder(now)
        results = [self._try_take(path, state, now) for path, state in self._find_due_files(now)]
        return [result for result in [*results, *self._ingest_grown_files(now)] if result]

    def _scan_folder(self, now: datetime) -> None:
        """Record the files in the folder, and since when each one is unchanged."""
        states: dict[Path, FileState] = {}
        ignored: dict[str, str] = {}
        for path in sorted(self.folder.iterdir()):
            reason = None if is_hidden(path) else explain_ignored(path)
            if reason:
                ignored[file_names.sanitize_name(path.name)] = reason
            elif reason is None and not is_hidden(path) and (mark := fingerprint_of(path)):
                old = self._file_states.get(path)
                states[path] = old if old and old.fingerprint == mark else FileState(mark, now)
        self._file_states = states
        for name in ignored.keys() - self.state.ignored_reasons.keys():
            _log.warning("in the inbox lies what is no file", extra={"file": name})
        self.state.ignored_reasons = ignored
        self._retries = {
            path: retry
            for path, retry in self._retries.items()
            if path in states and states[path].fingerprint == retry.fingerprint
        }
        names = {file_names.sanitize_name(path.name) for path in self._retries}
        self.state.waiting_files = {k: v for k, v in self.state.waiting_files.items() if k in names}

    def _find_due_files(self, now: datetime) -> list[tuple[Path, FileState]]:
        """Return files that are complete and due; those that were not tried before come first."""
        due = [
            (path, state)
            for path, state in self._file_states.items()
            if state.is_complete(path, now)
            and (path not in self._retries or self._retries[path].retry_at <= now)
        ]
        return sorted(due, key=lambda item: item[0] in self._retries)

    def _try_take(self, path: Path, state: FileState, now: datetime) -> IngestResult | None:
        """Take one file. An error with it is reported and does not stop other files."""
        try:
            return self._take_file(path, state, now)
        except StoreError as error:
            if not self._is_to_blame(path, state, now):
                self._schedule_retry(path, state, now, str(error), is_store_failure=True)
                raise
            return self._handle_failure(path, state, now, error)
        except FileNotFoundError:
            return None  # removed, or another process was quicker
        except OSError as error:
            self._schedule_retry(path, state, now, error.strerror or str(error))
            return None
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (a panic in calamine's Rust code is one)
            return self._handle_failure(path, state, now, error)

    def _take_file(self, path: Path, state: FileState, now: datetime) -> IngestResult | None:
        retry = self._retries.get(path)
        if retry is not None and retry.result is not None:  # read before; only moving it failed
            self._move_file(path, retry.result, state, now)
            return None
        if path.name != (name := file_names.sanitize_name(path.name)):
            path.rename(file_names.find_free_path(path.with_name(name)))
            return None  # found under its new name at the next sweep
        # A file that is still being written must not wait for a mapping, half of it.
        is_settled = now - state.unchanged_since >= LONG_SETTLE_TIME
        result = (
            IngestResult(str(path), refused=_SYMLINK_REFUSAL)
            if path.is_symlink()
            else self._ingest(path, may_wait=is_settled)
        )
        if fingerprint_of(path) != state.fingerprint:
            return None  # still being written, or another process took it: rows never double
        return self._finish_file(path, result, state, now)

    def _handle_failure(
        self, path: Path, state: FileState, now: datetime, error: BaseException
    ) -> IngestResult | None:
        name = file_names.sanitize_name(path.name)
        number = error_log.record(_log, "a file of the inbox failed", error, file=name)
        reason = f"Berkas ini tidak dapat diolah papan; {error_log.describe(error, number)}."
        if isinstance(error, MemoryError):
            reason = f"Berkas ini terlalu besar untuk memori papan; catatan log {number}."
        elif isinstance(error, StoreError):
            reason = f"Penyimpanan menolak isi berkas ini: {error} (catatan log {number})"
        result = IngestResult(str(path), refused=reason)
        try:
            return self._finish_file(path, result, state, now, log_number=number)
        except Exception as move_error:  # noqa: BLE001 (the file is gone: scanned again)
            error_log.record(_log, "a file of the inbox was not put aside", move_error, file=name)
            self._schedule_retry(path, state, now, reason)
            return result

    def _finish_file(
        self, path: Path, result: IngestResult, file: FileState, now: datetime, log_number: str = ""
    ) -> IngestResult | None:
        """Move a file and report its result; wait first with one that may still be incomplete.

        A file that cannot be moved is tried again later, without reading it again.
        """
        if result.retry:  # nothing is wrong with the file
            self._schedule_retry(path, file, now, result.refused or "")
            return None
        if result.refused and now - file.unchanged_since < LONG_SETTLE_TIME:
            file.was_refused = True
            return None
        try:
            self._move_file(path, result, file, now)
        except FileNotFoundError:
            return None  # another process was quicker
        except OSError as error:
            reason = error.strerror or str(error)
            self._schedule_retry(path, file, now, f"belum dapat dipindahkan ({reason})", result)
            result.notes.append(f"belum dapat dipindahkan ({reason}); dicoba lagi")
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

    def _ingest(self, path: Path, *, may_wait: bool) -> IngestResult:
        request = IngestRequest(
            path, self.store, self.context, SCOPE, now=self.clock(), may_wait=may_wait
        )
        return ingest_and_keep(request)

    def _is_to_blame(self, path: Path, state: FileState, now: datetime) -> bool:
        """Return whether the store takes other files again and again, but not this one."""
        retry = self._retries.get(path)
        if retry is not None and self._delivered_count > retry.delivered_before:
            retry.blame_count += 1
            state.unchanged_since = min(state.unchanged_since, now - LONG_SETTLE_TIME)
        return retry is not None and retry.blame_count >= BLAME_LIMIT

    def _schedule_retry(
        self,
        path: Path,
        state: FileState,
        now: datetime,
        reason: str,
        result: IngestResult | None = None,
        *,
        is_store_failure: bool = False,
    ) -> None:
        """Try a file again later, after longer and longer pauses, and show it as waiting."""
        retry = self._retries.setdefault(path, _PendingRetry(state.fingerprint, now, tries=0))
        retry.tries, retry.result, retry.is_store_failure = (
            retry.tries + 1,
            result or retry.result,
            is_store_failure,
        )
        first_delay = STORE_RETRY_DELAY if is_store_failure else RETRY_DELAY
        retry.retry_at = now + min(first_delay * 2 ** min(retry.tries - 1, 16), MAX_RETRY_DELAY)
        retry.delivered_before = self._delivered_count
        name = file_names.sanitize_name(path.name)
        if name not in self.state.waiting_files:
            _log.warning("inbox file waits", extra={"file": name, "why": reason})
        self.state.waiting_files[name] = UnreadFile(name, reason, now)

    def _move_file(self, path: Path, result: IngestResult, state: FileState, now: datetime) -> None:
        folder = self.folder / (FAILED_FOLDER if result.refused else PROCESSED_FOLDER)
        name = file_names.shorten_name(path.name, _MAX_NAME_CHARS)
        with DISK_SPACE.track_write("inbox"):
            folder.mkdir(exist_ok=True)
            target = file_names.find_free_path(folder / f"{now:{TIMESTAMP_FORMAT}}_{name}")
            # Not a copy, so that a file is in one place at any time; shutil for another disk.
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
            self._write_note(target, REASON_SUFFIX, result.refused)
        elif result.waiting:
            self._write_note(target, WAITING_SUFFIX, "; ".join(result.notes[:2]))
        if not target.is_symlink():
            # The fingerprint at reading, so that anything a writer adds later counts as growth.
            feeds = set((result.feed or "").split("+"))
            self._moved_files[target] = _MovedFile(
                state.fingerprint,
                FileState(state.fingerprint, now),
                not feeds.isdisjoint(OFFICER_FEEDS) or result.messages is not None,
            )

    def _write_note(self, target: Path, suffix: str, text: str) -> None:
        try:
            beside = target.with_name(target.name + suffix)
            atomic_files.write(beside, f"{text}\n".encode(), _REASON_FILE_MODE)
        except OSError as error:  # the log and the page of the dashboard have the reason too
            _log.warning("reason not written", extra={"file": target.name, "why": str(error)})

    def _ingest_grown_files(self, now: datetime) -> list[IngestResult]:
        """Ingest files again that grew after they were moved; known rows are duplicates."""
        results = []
        for path, moved in list(self._moved_files.items()):
            fingerprint = fingerprint_of(path)
            if fingerprint is None or now - moved.file_state.unchanged_since > GROWTH_WATCH_TIME:
                del self._moved_files[path]
                self._redact_kept_file(path, is_about_officers=moved.is_about_officers)
            elif fingerprint != moved.file_state.fingerprint:
                moved.file_state = FileState(fingerprint, now)
            elif fingerprint != moved.read_fingerprint and moved.file_state.is_complete(path, now):
                result = self._ingest_again(path, now)
                moved.read_fingerprint = fingerprint
                results.append(result)
                self._notify(result)
        return results

    def _redact_kept_file(self, path: Path, *, is_about_officers: bool = False) -> None:
        """Leave marks in place of NRP in a file that no writer has open any more."""
        try:
            kept_chats.redact_kept_file(
                path, self.context, self.clock(), is_about_officers=is_about_officers
            )
        except (OSError, ValueError) as error:
            _log.warning("NRP stay in a kept file", extra={"file": path.name, "why": str(error)})

    def _ingest_again(self, path: Path, now: datetime) -> IngestResult:
        try:
            return self._ingest(path, may_wait=True)
        except (StoreError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (see _try_take)
            name = file_names.sanitize_name(path.name)
            number = error_log.record(_log, "a file that grew failed", error, file=name)
            reason = f"Tambahan berkas ini tidak dapat diolah; {error_log.describe(error, number)}."
            self.state.record_failure(UnreadFile(name, reason, now, number))
            return IngestResult(str(path), refused=reason)

    def _notify(self, result: IngestResult) -> None:
        """Call `on_result`; an error in it does not stop the inbox."""
        try:
            self.on_result(result)
        except Exception as error:  # noqa: BLE001
            error_log.record(_log, "what became of a file was not told", error)

    def _load_past_failures(self) -> None:
        if self._has_loaded_failures:
            return
        self._has_loaded_failures = True
        self.state.failed_files.extend(
            UnreadFile(file_names.sanitize_name(name), reason, at)
            for at, name, reason in load_failure_reasons(self.folder)
        )
        for path in list_recently_kept(self.folder, self.clock()):  # a stop came before it
            self._redact_kept_file(path)
