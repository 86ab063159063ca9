"""A small rehearsal board for drills: a made-up row, a clock of people that a test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from situasi.actions.exercise_controller import ExerciseController, ExerciseRun, start
from situasi.board import Board, open_board
from situasi.domain import exercise_scenarios
from situasi.domain.exercise_scenarios import Scenario
from situasi.ingest import form_rows
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ingest.pipeline import ingest_rows
from tests.builders import case_table, unbounded, wib
from tests.builders_files import report
from tests.conftest import NOON, settings_in

# Where the clock of the exercise stands all the while.
EXERCISE = wib("09.30")


@dataclass
class Clock:
    """The clock of people."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@dataclass
class Posko:
    """A board in an exercise, its clock, the player of drills, and reactions of the staff."""

    board: Board
    clock: Clock
    player: ExerciseController

    def scenario(self, code: str) -> Scenario:
        return exercise_scenarios.load(self.board.register)[code]

    def begin(self, code: str, waits: datetime | None = None) -> ExerciseRun:
        run = start(self.board, self.scenario(code), "kabagops", self.clock(), waits)
        self.player.report_due()
        return run

    def later(self, minutes: float) -> int:
        """Let minutes pass, and report what is due by then; how many rows were new."""
        self.clock.pass_(minutes)
        return sum(ledger.accepted for ledger in self.player.report_due())

    def rows(self, feed: str = "incidents") -> pd.DataFrame:
        return self.board.snapshot_reader.refresh().snapshot.frames[feed]

    def react(self, id: str, **told: str) -> None:
        """Take a step with a case as the form of Kejadian does."""
        members = case_table(self.rows()[self.rows()["id"] == id])
        sent = SubmissionStamp(EXERCISE, True)
        cells = form_rows.build_step_rows(self.board.register, members, told, sent, "operator")
        ledger = self._ingest("incidents", cells)
        assert ledger.accepted == len(cells), ledger

    def deliver(self, *rows: dict[str, Any]) -> None:
        """Bring rows of incidents in, as any file does."""
        ledger = self._ingest("incidents", list(rows))
        assert ledger.accepted == len(rows), ledger

    def _ingest(self, feed: str, cells: list[dict[str, Any]]) -> Any:
        return ingest_rows(
            cells,
            "papan",
            self.board.store,
            self.board.ingest_context,
            unbounded("operator"),
            feed=feed,
            now=self.clock(),
        )


def posko(folder: Path, *, rehearsal: str = "yes", made_up: str = "ya") -> Posko:
    clock = Clock()
    board = open_board(settings_in(folder, SITUASI_REHEARSAL=rehearsal), clock)
    opened = Posko(board, clock, ExerciseController(board, clock))
    opened._ingest("incidents", [{**report("incidents"), "id": "A-1", "latihan": made_up}])
    board.store.put_note("exercise", {"at": EXERCISE.isoformat()}, clock(), "latihan")
    return opened
