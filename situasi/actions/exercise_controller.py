"""Exercises: a scenario is reported message by message through the normal ingest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from situasi.access.roles import Viewer
from situasi.board import Board
from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.domain import exercise_scenarios
from situasi.domain.election import Election
from situasi.domain.exercise_scenarios import Inject, Scenario
from situasi.ingest.pipeline import IngestResult, ingest_rows
from situasi.ingest.write_scope import CorrectionRights, build_program_scope
from situasi.live.snapshot import Snapshot
from situasi.store import Store, StoreError

KIND = "drill"
# The beginning of the source of each row of a scenario.
SOURCE = "skenario"
POLL_S = 1.0  # seconds

_log = logging.getLogger(__name__)


class ExerciseRefused(ValueError):
    """The scenario cannot be started; the message says why."""


@dataclass(frozen=True)
class ExerciseRun:
    """A scenario that was started. at: by the real clock, which is that of the exercise.

    starts_at: the run waits for this time of the exercise clock, and its messages follow that
    clock.
    """

    id: str
    scenario: str
    at: datetime
    by: str
    starts_at: datetime | None = None

    def source_of(self, number: int) -> str:
        """Return the source of the row of one message."""
        return f"{SOURCE} {self.scenario} · {self.id} · {number}"

    def case_id(self, case: str) -> str:
        """Return the id of a case of this run."""
        return f"{self.id}-{case}"


def may_start(viewer: Viewer) -> bool:
    """Return whether they may start exercises: of the whole board, so no guest and no sub-area."""
    return viewer.link is None and not viewer.area and viewer.role.may("latih")


def refusal_reason(board: Board) -> str | None:
    """Return why no scenario may be started on this board; None where one may.

    An invented report must never appear among those of a real day.
    """
    if not board.settings.has_rehearsal:
        return "Papan ini bukan papan latihan; skenario hanya diputar pada papan latihan."
    snapshot = board.snapshot_reader.refresh().snapshot
    if not snapshot.rehearsal:
        return "Penyimpanan ini tidak memuat hari latihan; skenario tidak diputar di sini."
    if _has_real_reports(board.register.election, snapshot):
        return "Penyimpanan ini memuat laporan sungguhan hari pemungutan; skenario tidak diputar."
    return None


def _has_real_reports(election: Election, snapshot: Snapshot) -> bool:
    """Return whether any real row was stored on the election day itself."""
    return any(
        bool((~frame["latihan"] & frame["recorded_at"].between(
            election.day_start, election.day_end, inclusive="left")).any())
        for frame in snapshot.frames.values()
    )  # fmt: skip


def start(
    board: Board, scenario: Scenario, by: str, now: datetime, starts_at: datetime | None = None
) -> ExerciseRun:
    """Start a scenario; `ExerciseController` reports it. Raises ExerciseRefused, StoreError."""
    if reason := refusal_reason(board):
        raise ExerciseRefused(reason)
    zone = board.register.election.zone
    run = ExerciseRun(
        f"L-{scenario.code}-{now.astimezone(zone):%d%H%M%S}", scenario.code, now, by, starts_at
    )
    value = {
        "scenario": run.scenario,
        "at": now.astimezone(UTC).isoformat(),
        "by": by,
        "waits": starts_at and starts_at.astimezone(UTC).isoformat(),
    }
    board.store.put_record(KIND, run.id, value, now, by, "drill", {"run": run.id})
    return run


def load_all(store: Store) -> list[ExerciseRun]:
    """Return all started runs, the earliest first; unreadable records are skipped."""
    runs = (_decode(name, value) for name, value in store.latest_records(KIND).items())
    return sorted((run for run in runs if run), key=lambda run: (run.at, run.id))


def _decode(name: str, value: Any) -> ExerciseRun | None:
    try:
        starts_at = value["waits"] and datetime.fromisoformat(value["waits"])
        return ExerciseRun(
            name, value["scenario"], datetime.fromisoformat(value["at"]), value["by"], starts_at
        )
    except (KeyError, TypeError, ValueError):
        return None


@dataclass
class ExerciseController:
    """Reports the messages that are due of all started runs.

    Its progress is in the store alone: each row names its message, so that nothing is reported
    twice after a restart.
    """

    board: Board
    clock: Callable[[], datetime]
    _runs_cache: tuple[tuple[int, str], list[ExerciseRun]] = ((-1, ""), [])
    _refused_sources: set[str] = field(default_factory=set)
    _done_runs: set[str] = field(default_factory=set)

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenarios by code. Raises ValueError for a faulty one."""
        return exercise_scenarios.load(self.board.register)

    @cached_property
    def job(self) -> Job:
        """Return the job that reports in a thread; it tries again after store errors."""
        return Job(
            "drill", self.report_due, POLL_S, retry_s=5.0,
            expected_errors=(StoreError, ValueError, OSError),
        )  # fmt: skip

    def report_due(self) -> list[IngestResult]:
        """Report the messages that are due now; return the ingest results of the new ones."""
        pending = self.pending_messages()
        if pending and not self.board.store.is_leader("latihan"):
            return []
        due = [item for item in pending if self._is_due(item[0], item[2])]
        return [result for result in (self._try_report(*item) for item in due) if result]

    def _try_report(self, run: ExerciseRun, number: int, message: Inject) -> IngestResult | None:
        """Report one message; a faulty one is refused and does not block the others."""
        try:
            return self._report(run, number, message)
        except (StoreError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  (any fault of this message)
            source = run.source_of(number)
            self._refused_sources.add(source)
            error_log.record(_log, "a message of a drill failed", error, source=source)
            return None

    def pending_messages(self) -> list[tuple[ExerciseRun, int, Inject]]:
        """Return the messages still to come, with their numbers, without the refused ones."""
        runs = [run for run in self._load_runs() if run.id not in self._done_runs]
        if not runs or refusal_reason(self.board):
            return []
        reported, pending = self._reported_sources(), []
        for run in runs:
            scenario = self.scenarios.get(run.scenario)
            remaining = [
                (run, number, message)
                for number, message in enumerate(scenario.injects if scenario else ())
                if run.source_of(number) not in reported | self._refused_sources
            ]
            pending += remaining
            if not remaining:
                self._done_runs.add(run.id)
        return pending

    def _load_runs(self) -> list[ExerciseRun]:
        position = self.board.store.access_position()
        if position != self._runs_cache[0]:
            self._runs_cache = (position, load_all(self.board.store))
        return self._runs_cache[1]

    def _reported_sources(self) -> set[str]:
        """Return the sources of the messages that have rows, withdrawn ones too."""
        frames = self.board.snapshot_reader.refresh().snapshot.frames
        return {
            source
            for rows in frames.values()
            for source in rows.loc[rows["latihan"], "sumber"].dropna().unique()
            if source.startswith(SOURCE)
        }

    def _is_due(self, run: ExerciseRun, message: Inject) -> bool:
        if run.starts_at is None:
            return self.clock() >= run.at + message.after
        return self._exercise_now() >= run.starts_at + message.after

    def _exercise_now(self) -> datetime:
        return self.board.snapshot_reader.refresh().snapshot.exercise_at or self.clock()

    def _report(self, run: ExerciseRun, number: int, message: Inject) -> IngestResult:
        id, source = run.case_id(message.case or str(number)), run.source_of(number)
        now, message_cells = self._exercise_now(), dict(message.cells)
        desa = message_cells.get("kode_desa")
        cells = {
            **message_cells,
            **({"desa": self.board.register.name_of(desa)} if desa else {}),
            "id": id,
            "waktu": self._format_time(self._case_started_at(message.feed, id) or now),
            "waktu_lapor": self._format_time(now),
            "sumber": source,
            "latihan": "ya",
        }
        board, scope = self.board, build_program_scope(run.by, CorrectionRights.NOTHING)
        result = ingest_rows(
            [cells], source, board.store, board.ingest_context, scope, feed=message.feed,
            now=self.clock(),
        )  # fmt: skip
        if not result.accepted:
            self._refused_sources.add(source)
            _log.warning("a message of a drill was not accepted", extra={"source": source})
        return result

    def _case_started_at(self, feed: str, id: str) -> datetime | None:
        """Return when the case began, from its first row: a case is of one day."""
        rows = self.board.snapshot_reader.refresh().snapshot.frames[feed]
        times = rows.loc[rows["id"] == id, "occurred_at"]
        return times.iloc[0].to_pydatetime() if len(times) else None

    def _format_time(self, at: datetime) -> str:
        """Return the time to the minute: two servers that play a run then give the same row."""
        local = at.astimezone(self.board.register.election.zone)
        return local.isoformat(timespec="minutes")
