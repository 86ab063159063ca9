"""Counts on days with known truth: false calls a day beside what is stated, power, and speed.

SITUASI_REAL_DAYS (tests/bench/real_days.py) adds days on which incidents come as people came.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from situasi.analysis.hotspots.counts import state_rates
from tests.analysis.builders_hot import (
    PACE,
    RULES,
    STEPS,
    TPS,
    Day,
    Floats,
    Planted,
    Quiet,
    Rng,
    day,
    episodes,
    told_as_abroad,
    told_soon,
)
from tests.bench import real_days

DAYS, FIRST = 300, 0  # of each kind, and the seed of the first of them
MARKED = RULES.marked_chance * len(TPS) * STEPS
MODELLED = (MARKED, 5.0, 1.0, 0.3, 0.1, 0.03, 0.01)
STATED = tuple(state_rates(MODELLED).tolist())
KINDS = {
    "one kecamatan 4 times as busy, 8 % twins": Quiet(),
    "all kecamatan alike": Quiet(likeness=30.0, busy=1.0),
    "kecamatan very unlike": Quiet(likeness=1.0, busy=1.0),
    "places wander from hour to hour": Quiet(wander=5.0),
    "16 % twins": Quiet(twins=0.16),
    "told as people really report": Quiet(lag=told_as_abroad),
    "one kecamatan catches up after 4 h": Quiet(lag=told_soon, outage=(4, 8)),
    "all catch up after 3 h": Quiet(lag=told_soon, outage=(4, 7), silent=16),
    "half as many incidents": Quiet(times=0.5),
    "3 times as many": Quiet(times=3.0),
    "10 times as many": Quiet(times=10.0),
    # Kinds that no parameter was chosen on.
    "places drift, hours alike": Quiet(drift=(0.6, 0.9)),
    "places drift": Quiet(drift=(0.45, 0.7)),
    "8 % told 2 to 4 times": Quiet(twins=0.0, again=0.08),
    "each followed by 0.15 others": Quiet(twins=0.0, followed=0.15),
    "said at half and quarter hours": Quiet(round_hours=True, lag=told_soon),
    "wander, 16 % twins, told late": Quiet(wander=5.0, twins=0.16, lag=told_as_abroad),
}
REAL_KINDS = {
    "come as people came": Quiet(),
    "so, 1.5 times, told late, 6 % 2 to 4 times": Quiet(
        times=1.5, twins=0.0, again=0.06, lag=told_as_abroad
    ),
}


def run() -> None:
    print("\nIncidents by place and half hour: calls a day on days without anything planted")
    print(f"  {'by the model':<46}" + "".join(f"{rate:8g}" for rate in MODELLED))
    print(f"  {'stated, at most':<46}" + "".join(f"{rate:8.2f}" for rate in STATED))
    for name, quiet in KINDS.items():
        _print_rates(name, false_a_day(quiet, DAYS))
    folder = real_days.get_folder()
    for name, quiet in REAL_KINDS.items() if folder else ():
        _print_rates(name, false_a_day(quiet, DAYS, _draw_real_shares(folder)))
    for times in (4, 8, 16):
        _print_rates(f"marked or called: an hour {times} times as busy", power(DAYS, times))
    for place in (int(np.argmin(TPS)), int(np.argsort(TPS)[len(TPS) // 2]), int(np.argmax(TPS))):
        _print_rates(f"8 times, kecamatan of {TPS[place]:g} TPS", power(DAYS, 8, place))
    speed()


def _print_rates(name: str, rates: dict[float, float]) -> None:
    print(f"  {name:<46}" + "".join(f"{rates[rate]:8.2f}" for rate in STATED), flush=True)


def _draw_real_shares(folder: Path | None) -> Callable[[Rng], Floats]:
    """Draw shares of places and hours as on a real day, its largest part the one of most TPS."""
    assert folder is not None
    arrivals = real_days.load_arrivals(folder)

    def draw(rng: Rng) -> Floats:
        came = arrivals[rng.integers(len(arrivals))]
        hours = np.zeros((len(TPS), len(PACE)))
        hours[np.argsort(TPS), 3:17] = came[np.argsort(came.sum(axis=1))]
        mean = hours.sum(axis=1, keepdims=True) / came.shape[1]
        hours[:, :3], hours[:, 17:] = mean * [0.15, 0.15, 0.3], mean * [0.6, 0.4, 0.3]
        return hours / hours.sum()

    return draw


def false_a_day(
    quiet: Quiet, days: int, draw: Callable[[Rng], Floats] | None = None
) -> dict[float, float]:
    """Calls a day by what is stated of them, all of them false. draw: shares, else of the kind."""
    found = []
    for seed in range(FIRST, FIRST + days):
        rng = np.random.default_rng(seed)
        one: Day = day(rng, quiet, shares=draw(rng) if draw else None)
        found.append(one.excesses())
    return {rate: sum(episodes(one, rate) for one in found) / days for rate in STATED}


def power(days: int, times: float, place: int | None = None) -> dict[float, float]:
    """Share of days on which what was planted is called, by what is stated of the call."""
    rarest, quiet = [], Quiet(busy=1.0)
    for seed in range(days):
        rng = np.random.default_rng(10_000 + seed)
        where = int(rng.integers(len(TPS))) if place is None else place
        hour = int(rng.integers(3, len(PACE) - 4))
        found = day(rng, quiet, Planted(where, hour, times)).excesses()
        near = (found["first"] < 2 * hour + 2) & (found["end"] > 2 * hour)
        rarest.append(found["per_day"][near & (found["place"] == where)].min())
    return {rate: round(float(np.mean(np.array(rarest) <= rate)), 2) for rate in STATED}


def speed() -> None:
    for times in (1, 20, 200):
        one = day(np.random.default_rng(1), Quiet(times=times))
        took = []
        for _ in range(5):
            begun = time.process_time()
            one.excesses(RULES)
            took.append(time.process_time() - begun)
        print(f"  {len(one.place):,} incidents: {1000 * min(took):.0f} ms of CPU")


if __name__ == "__main__":
    run()
