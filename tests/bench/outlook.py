"""The turnout outlook on its own simulator: how it bears late, missing and wrong reports; its cost.

What it is worth on real days: tests/bench/outlook_real.py.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import select_current_counts
from situasi.analysis.turnout.forecast import compute_forecast
from situasi.domain import election, settings
from situasi.domain import register as domain_register
from tests.simulated_days import days as simulated_days
from tests.simulated_days import scores

DAYS, SEED = 500, 2026
OF_A_KIND = 120


def run() -> None:
    """Print the figures of the calibration that is kept in the election's folder."""
    definition = election.load(settings.load({}).election_folder)
    register, given = (
        domain_register.load(definition),
        simulated_days.load_assumptions(),
    )
    found, of = definition.turnout_parameters, simulated_days.build_area(register)
    assert found is not None, "run: python -m situasi calibrate"
    print(f"\nTurnout outlook on its own simulator: {DAYS} days in even steps (a Latin hypercube:")
    print("no independent draws, so that no sd of chance and no conformal promise follows)")
    print("at     level      covered   +-  model  paced  scaled  so far   (points of the list)")
    started = time.perf_counter()
    for one in scores.compute_scores(
        register, found, simulated_days.simulate_days(of, given, DAYS, SEED)
    ):
        print(
            f"{one.at:%H.%M}  {one.level:9} {one.covered:6.1f} % {one.width:5.1f} {one.model:6.2f} "
            f"{one.paced:6.2f} {one.scaled:7.2f} {one.so_far:7.2f}"
        )
    print(f"{DAYS} days x {len(definition.rules.forecast.scoring_times)}: {_since(started)} s")
    print("\nOf each kind of day, kabupaten: covered, error of the model")
    for kind in given.kinds:
        alone = replace(given, kinds=(kind,))
        scored = scores.compute_scores(
            register, found, simulated_days.simulate_days(of, alone, OF_A_KIND, SEED)
        )
        told = "  ".join(
            f"{one.at:%H.%M} {one.covered:3.0f} % {one.model:5.2f}" for one in scored[::2]
        )
        print(f"{kind.name:13} {told}")
    _cost(register, next(simulated_days.simulate_days(of, given, 1, SEED)))


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.0f}"


def _cost(register: domain_register.Register, day: simulated_days.SimulatedDay) -> None:
    """What one outlook costs a page, with all counts of a day."""
    at = register.election.local_time(register.election.tps_closes)
    standing = select_current_counts(scores.build_reports(day, timestamps.to_us(at)), register)
    spent = []
    for _ in range(30):
        started = time.perf_counter()
        compute_forecast(standing, register, at)
        spent.append(1000 * (time.perf_counter() - started))
    print(
        f"\nOne outlook, {len(register.tps)} TPS, {len(standing)} counts: "
        f"{statistics.median(spent):.1f} ms (median of {len(spent)})"
    )
