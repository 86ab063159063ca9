"""The exercises that were started, and how fast the staff responded to their cases."""

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
from situasi.store import Store
from situasi.ui import session
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records


@dataclass(frozen=True)
class ExerciseOverview:
    """scenarios: by code. runs: those started, newest first.

    responses: of analysis.exercise_response, the newest run first.
    """

    scenarios: dict[str, Scenario]
    runs: tuple[ExerciseRun, ...]
    responses: pd.DataFrame


def load_exercises(context: PageContext) -> ExerciseOverview:
    """Return the exercises as this viewer may see them. Raises ValueError for a faulty scenario."""
    scenarios = exercise_scenarios.load(board().register.election)
    runs, all_acknowledgements = cached_records(
        "latihan", context.snapshot_view, _load_runs, ((), ())
    )
    injected = tuple(case for run in runs for case in _list_injected_cases(run, scenarios, context))
    acknowledged = all_acknowledgements if injected else ()
    # To the minute, so that viewers share the cached result.
    now = session.now().replace(second=0, microsecond=0) if context.view_time.live else None
    return ExerciseOverview(
        scenarios, runs, context.compute(compute_response_times, injected, acknowledged, now)
    )


def _load_runs(store: Store) -> tuple[tuple[ExerciseRun, ...], tuple[Acknowledgement, ...]]:
    """Return the runs, the newest first, and the time at which each case was acknowledged."""
    acknowledged = ((case, entry.at) for case, entry in acknowledgements.load_all(store).items())
    return tuple(reversed(exercise_controller.load_all(store))), tuple(acknowledged)


def _list_injected_cases(
    run: ExerciseRun, scenarios: dict[str, Scenario], context: PageContext
) -> list[InjectedCase]:
    """Return the cases of a run in the kecamatan of the view."""
    if run.scenario not in scenarios:
        return []
    scenario, visible_codes = scenarios[run.scenario], set(context.selected_kecamatan())
    kecamatan_by_case = {
        inject.case: dict(inject.cells).get("kode_kecamatan")
        for inject in reversed(scenario.injects) if inject.feed == INCIDENTS.name
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
        if kecamatan_by_case[case] in visible_codes
    ]
