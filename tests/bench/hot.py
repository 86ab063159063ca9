"""Counts on days with known truth: false calls a day beside what is stated, power, and speed."""

from __future__ import annotations

import time

import numpy as np

from tests.analysis.builders_hot import (
    PACE,
    RULES,
    STEPS,
    TPS,
    Planted,
    Quiet,
    day,
    episodes,
    told_as_abroad,
    told_soon,
)

DAYS = 300
MARKED = RULES.marked_chance * len(TPS) * STEPS
STATED = (MARKED, 5.0, 1.0, 0.3, 0.1)
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
}


def run() -> None:
    print("\nIncidents by place and half hour: calls a day on days without anything planted")
    print("  stated, at most" + "".join(f"{rate:>8g}" for rate in STATED))
    for name, quiet in KINDS.items():
        rates = false_a_day(quiet, DAYS)
        print(f"  {name:<42}" + "".join(f"{rates[rate]:8.2f}" for rate in STATED))
    for times in (4, 8, 16):
        print(f"  a kecamatan-hour {times} times as busy, at random 07-20: {power(DAYS, times)}")
    for place in (int(np.argmin(TPS)), int(np.argsort(TPS)[len(TPS) // 2]), int(np.argmax(TPS))):
        print(f"  8 times, kecamatan of {TPS[place]:g} TPS: {power(DAYS, 8, place)}")
    speed()


def false_a_day(quiet: Quiet, days: int) -> dict[float, float]:
    """Calls a day by what is stated of them, all of them false."""
    found = [day(np.random.default_rng(seed), quiet).excesses() for seed in range(days)]
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
