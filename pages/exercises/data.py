"""Which drills were started, and how the staff reacted to what they reported."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from situasi.actions import acknowledgements, exercise_controller
from situasi.actions.exercise_controller import ExerciseRun
from situasi.analysis.exercise_response import Acknowledgement, InjectedCase, compute_response_times
from situasi.board import current_board as board
from situasi.domain import exercise_scenarios
from situasi.domain.exercise_scenarios import Scenario
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store.interface import Store
from situasi.ui import session
from situasi.ui.page_layout import PageContext
from situasi.ui.render_cache import cached_records


@dataclass(frozen=True)
class ExerciseOverview:
    """known: scenarios by code. runs: those that were started, newest first. found: of
    analysis.reactions, the newest drill first."""

    scenarios: dict[str, Scenario]
    runs: tuple[ExerciseRun, ...]
    responses: pd.DataFrame


def load_exercises(context: PageContext) -> ExerciseOverview:
    """What this viewer may see of the drills. Raises ValueError for a faulty scenario."""
    known = exercise_scenarios.load(board().register.election)
    runs, told = cached_records("latihan", context.snapshot_view, _load_runs, ((), ()))
    asked = tuple(one for run in runs for one in _list_injected_cases(run, known, context))
    heeded = told if asked else ()
    # To the minute, so that viewers of the same minute share what is found.
    now = session.now().replace(second=0, microsecond=0) if context.view_time.live else None
    return ExerciseOverview(
        known, runs, context.compute(compute_response_times, asked, heeded, now)
    )


def _load_runs(store: Store) -> tuple[tuple[ExerciseRun, ...], tuple[Acknowledgement, ...]]:
    """The drills, the newest first, and who took note of which case and when."""
    heeded = ((case, one.at) for case, one in acknowledgements.load_all(store).items())
    return tuple(reversed(exercise_controller.load_all(store))), tuple(heeded)


def _list_injected_cases(
    run: ExerciseRun, scenarios: dict[str, Scenario], context: PageContext
) -> list[InjectedCase]:
    """The cases of a drill in the kecamatan that are shown."""
    if run.scenario not in scenarios:
        return []
    scenario, shown = scenarios[run.scenario], set(context.selected_kecamatan())
    places = {
        one.case: dict(one.cells).get("kode_kecamatan")
        for one in reversed(scenario.injects) if one.feed == INCIDENTS.name
    }  # fmt: skip
    return [
        InjectedCase(
            run.id,
            run.scenario,
            case,
            run.case_id(case),
            exercise_controller.SOURCE,
            scenario.response_targets,
        )
        for case in scenario.cases
        if places[case] in shown
    ]
