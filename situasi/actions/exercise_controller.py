"""Drills: a scenario reported into an exercise, message by message, through the common door."""

from __future__ import annotations

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
from situasi.store.interface import Store, StoreError

KIND = "drill"
# How each row of a scenario begins to say where it is from.
SOURCE = "skenario"
POLL_S = 1.0  # seconds between two looks at the clock

_log = logging.getLogger(__name__)


class ExerciseRefused(ValueError):
    """The scenario cannot be started; the message says why."""


@dataclass(frozen=True)
class ExerciseRun:
    """A scenario that was started. at: on the clock of people, which is that of the drill.

    waits: until the clock of the exercise shows this; then its messages go by that clock.
    """

    id: str
    scenario: str
    at: datetime
    by: str
    starts_at: datetime | None = None

    def source_of(self, number: int) -> str:
        """Of the row of one message."""
        return f"{SOURCE} {self.scenario} · {self.id} · {number}"

    def case_id(self, case: str) -> str:
        """The id of a case."""
        return f"{self.id}-{case}"


def may_start(viewer: Viewer) -> bool:
    """Whether they start drills: for the whole board, so no guest, and nobody of one area."""
    return viewer.link is None and not viewer.area and viewer.role.may("latih")


def refusal_reason(board: Board) -> str | None:
    """Why no scenario may be started on this board; None where one may.

    An invented report must never come among those of a real day.
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
    """Whether anything real was stored here on the election day itself."""
    return any(
        bool((~f["latihan"] & f["recorded_at"].between(
            election.day_start, election.day_end, inclusive="left")).any())
        for f in snapshot.frames.values()
    )  # fmt: skip


def start(
    board: Board, scenario: Scenario, by: str, now: datetime, starts_at: datetime | None = None
) -> ExerciseRun:
    """Begin a scenario; its messages follow (`Player`). Raises DrillRefused, StoreError."""
    if reason := refusal_reason(board):
        raise ExerciseRefused(reason)
    zone = board.register.election.zone
    run = ExerciseRun(
        f"L-{scenario.code}-{now.astimezone(zone):%d%H%M%S}", scenario.code, now, by, starts_at
    )
    told = {
        "scenario": run.scenario,
        "at": now.astimezone(UTC).isoformat(),
        "by": by,
        "waits": starts_at and starts_at.astimezone(UTC).isoformat(),
    }
    board.store.put_record(KIND, run.id, told, now, by, "drill", {"run": run.id})
    return run


def load_all(store: Store) -> list[ExerciseRun]:
    """All drills that were started, the earliest first; what cannot be read is passed over."""
    found = (_decode(name, value) for name, value in store.latest_records(KIND).items())
    return sorted((run for run in found if run), key=lambda run: (run.at, run.id))


def _decode(name: str, value: Any) -> ExerciseRun | None:
    try:
        waits = value["waits"] and datetime.fromisoformat(value["waits"])
        return ExerciseRun(
            name, value["scenario"], datetime.fromisoformat(value["at"]), value["by"], waits
        )
    except (KeyError, TypeError, ValueError):
        return None


@dataclass
class ExerciseController:
    """Reports what is due of every drill that was started. What it did lies in the store alone:
    a row says of which message it is, so that after a restart nothing is reported twice."""

    board: Board
    clock: Callable[[], datetime]
    _runs_cache: tuple[tuple[int, str], list[ExerciseRun]] = ((-1, ""), [])
    _refused_sources: set[str] = field(default_factory=set)
    _done_runs: set[str] = field(default_factory=set)

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Raises ValueError for a faulty one."""
        return exercise_scenarios.load(self.board.register.election)

    @cached_property
    def job(self) -> Job:
        """Plays in a thread. A store in trouble is tried again."""
        return Job(
            "drill",
            self.report_due,
            POLL_S,
            retry_s=5.0,
            expected_errors=(StoreError, ValueError, OSError),
        )

    def report_due(self) -> list[IngestResult]:
        """Report what is due now of every drill; the ledgers of what was new."""
        waiting = self.pending_messages()
        if waiting and not self.board.store.is_leader("latihan"):
            return []
        due = [one for one in waiting if self._is_due(one[0], one[2])]
        return [ledger for ledger in (self._try_report(*one) for one in due) if ledger]

    def _try_report(self, run: ExerciseRun, number: int, message: Inject) -> IngestResult | None:
        """Report one message. One that cannot be told is refused, and holds up no other."""
        try:
            return self._report(run, number, message)
        except (StoreError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever is wrong with this one)
            source = run.source_of(number)
            self._refused_sources.add(source)
            error_log.record(_log, "a message of a drill failed", error, source=source)
            return None

    def pending_messages(self) -> list[tuple[ExerciseRun, int, Inject]]:
        """The messages still to come, with their numbers; those that were refused do not."""
        runs = [run for run in self._load_runs() if run.id not in self._done_runs]
        if not runs or refusal_reason(self.board):
            return []
        told, found = self._reported_sources(), []
        for run in runs:
            known = self.scenarios.get(run.scenario)
            still = [
                (run, number, message)
                for number, message in enumerate(known.injects if known else ())
                if run.source_of(number) not in told | self._refused_sources
            ]
            found += still
            if not still:
                self._done_runs.add(run.id)
        return found

    def _load_runs(self) -> list[ExerciseRun]:
        mark = self.board.store.access_position()
        if mark != self._runs_cache[0]:
            self._runs_cache = (mark, load_all(self.board.store))
        return self._runs_cache[1]

    def _reported_sources(self) -> set[str]:
        """Of which messages there are rows, those that were taken back too."""
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
        told, said = self._exercise_now(), dict(message.cells)
        desa = said.get("kode_desa")
        cells = {
            **said,
            **({"desa": self.board.register.name_of(desa)} if desa else {}),
            "id": id,
            "waktu": self._format_time(self._case_started_at(message.feed, id) or told),
            "waktu_lapor": self._format_time(told),
            "sumber": source,
            "latihan": "ya",
        }
        ledger = ingest_rows(
            [cells],
            source,
            self.board.store,
            self.board.ingest_context,
            build_program_scope(run.by, CorrectionRights.NOTHING),
            feed=message.feed,
            now=self.clock(),
        )
        if not ledger.accepted:
            self._refused_sources.add(source)
            _log.warning("a message of a drill was not accepted", extra={"source": source})
        return ledger

    def _case_started_at(self, feed: str, id: str) -> datetime | None:
        """When the case began, as its first row says: a case is of one day."""
        rows = self.board.snapshot_reader.refresh().snapshot.frames[feed]
        own = rows.loc[rows["id"] == id, "occurred_at"]
        return own.iloc[0].to_pydatetime() if len(own) else None

    def _format_time(self, at: datetime) -> str:
        """To the minute: two that play the same drill tell the same row, which is kept once."""
        local = at.astimezone(self.board.register.election.zone)
        return local.isoformat(timespec="minutes")
