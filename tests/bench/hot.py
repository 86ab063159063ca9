"""Hot places on days with known truth: false clusters, power, coverage of intervals, and speed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from situasi.analysis.hotspots import rates, scan_statistic
from situasi.analysis.hotspots.exposure import ObservedDay
from situasi.analysis.hotspots.rates import SmoothedRates
from situasi.analysis.hotspots.scan_statistic import ScanResult
from tests.analysis.builders_hot import Planted, centres, day
from tests.analysis.builders_tps import whole

RULES = whole().election.rules
DESA, KECAMATAN = "16.10.04.2006", "16.10.10"
WITHIN = timedelta(minutes=90)
DAYS = 1_000
USUAL = 60  # incidents from 04.00 to 13.00 of a day like the rehearsed
Floats = npt.NDArray[np.float64]


def run() -> None:
    print("\nHot places")
    false_clusters(DAYS)
    for likeness in (10.0, 3.0):
        unlike(DAYS // 5, likeness)
    looked_at_all_day(DAYS // 5)
    for number in (4, 5, 6, 8):
        power(DAYS // 5, Planted(number, DESA, WITHIN))
    for number in (6, 8, 10, 12):
        power(DAYS // 5, Planted(number, KECAMATAN, WITHIN))
    for likeness in (1.0, 3.0, 10.0):
        coverage(200, likeness)
    speed()


def scanned(
    number: int,
    seed: int,
    planted: Sequence[Planted] = (),
    replications: int = 999,
    likeness: float | None = None,
) -> ScanResult:
    at = day(number, np.random.default_rng(seed), planted=planted, likeness=likeness)
    rules = replace(RULES.clusters, seed=seed, replications=replications)
    return scan_statistic.scan(at, whole().tps, CENTRES, rules)


def false_clusters(days: int, number: int = USUAL, replications: int = 999) -> int:
    """On how many of these days without any a cluster was called."""
    called = sum(
        bool(scanned(number, seed, replications=replications).clusters) for seed in range(days)
    )
    low, high = stats.binomtest(called, days).proportion_ci(0.95)
    print(
        f"  {days} days without clusters: called on {called} ({100 * called / days:.1f} %, "
        f"{100 * low:.1f}-{100 * high:.1f}), of {100 * RULES.clusters.significance_level:.0f} %"
    )
    return called


def unlike(days: int, likeness: float, number: int = USUAL) -> int:
    """The same where some kecamatan have more the whole day: then they are places of their own."""
    called = sum(bool(scanned(number, s, likeness=likeness).clusters) for s in range(days))
    print(
        f"  {days} days on which kecamatan differ (likeness {likeness:g}) but nothing was planted: "
        f"called on {100 * called / days:.0f} %"
    )
    return called


def looked_at_all_day(days: int, number: int = USUAL) -> int:
    """On how many days without any a cluster was called at one of twelve looks, 07.30 to 13.00."""
    called = 0
    for seed in range(days):
        whole_day = day(number, np.random.default_rng(seed))
        called += any(_called(whole_day, half, seed) for half in range(12))
    print(f"  {days} days without clusters, looked at every half hour: {100 * called / days:.0f} %")
    return called


def _called(whole_day: ObservedDay, half: int, seed: int) -> bool:
    """Whether one was called so many half hours before the end."""
    at = whole_day.at - half * timedelta(minutes=30)
    counted = whole_day.cases[whole_day.cases["occurred_at"] < at].reset_index(drop=True)
    heard = whole_day.observed_until.clip(upper=pd.Timestamp(at).tz_convert("UTC"))
    then = replace(whole_day, at=at, cases=counted, observed_until=heard)
    rules = replace(RULES.clusters, seed=seed)
    return bool(scan_statistic.scan(then, whole().tps, CENTRES, rules).clusters)


def power(days: int, planted: Planted, number: int = USUAL, replications: int = 999) -> int:
    """On how many days the planted one was called, where it lies."""
    found = 0
    for seed in range(days):
        called = scanned(number, seed, [planted], replications).clusters
        found += any(planted.code in (one.desa, *one.kecamatan) for one in called)
    print(
        f"  {planted.number} planted in {planted.code} within {planted.within}: "
        f"found on {100 * found / days:.0f} % of {days} days"
    )
    return found


@dataclass(frozen=True)
class Covered:
    """Of all cells: how many intervals hold the truth, and the mean error, smoothed and plain."""

    held: float
    smoothed: float
    plain: float


def coverage(days: int, likeness: float) -> Covered:
    """Intervals on days whose truth is known.

    likeness: of the kecamatan to each other, the Gamma shape of their factors. Half of a factor
    is the kecamatan's own the whole day, half wanders from hour to hour.
    """
    held, smoothed, plain = [], [], []
    for seed in range(days):
        truth, exposure, counts, found = reckoned(np.random.default_rng(seed), likeness)
        held.append(np.mean((found.low <= truth) & (truth <= found.high)))
        smoothed.append(np.abs(found.rate - truth).mean() / truth.mean())
        plain.append(np.abs(counts / exposure - truth).mean() / truth.mean())
    told = Covered(*(float(np.mean(one)) for one in (held, smoothed, plain)))
    print(
        f"  kecamatan of likeness {likeness:g}: {100 * told.held:.1f} % of the intervals hold "
        f"the truth (nominal {100 * RULES.risk.credible_share:.0f} %); mean error "
        f"{100 * told.smoothed:.0f} % of the mean rate, unsmoothed {100 * told.plain:.0f} %"
    )
    return told


def reckoned(
    rng: np.random.Generator, likeness: float
) -> tuple[Floats, Floats, Floats, SmoothedRates]:
    """A day of true rates, its exposure, its counts, and what was reckoned of them."""
    sizes = whole().tps["kecamatan"].value_counts(sort=False).to_numpy("float64")
    hours = np.arange(20)
    common = (0.4 + np.exp(-(((hours - 7) / 4.0) ** 2))) * 85 / 13 / sizes.sum()
    own = rng.gamma(2 * likeness, 1 / (2 * likeness), (len(sizes), 1))
    slow = rng.gamma(2 * likeness, 1 / (2 * likeness), (len(sizes), 5)).repeat(4, axis=1)
    truth = common * own * slow
    exposure = np.repeat(sizes[:, None], len(hours), axis=1)
    counts = rng.poisson(truth * exposure).astype("float64")
    return truth, exposure, counts, rates.smooth_rates(counts, exposure, RULES.risk)


def speed() -> None:
    for number in (USUAL, 2_000):
        for planted in ((), (Planted(12, DESA, WITHIN),)):
            at = day(number, np.random.default_rng(1), planted=planted)
            took = {"risk": [], "scan": []}
            for _ in range(7):
                for name, work in (
                    ("risk", lambda at=at: rates.build_rate_table(at, RULES.risk)),
                    ("scan", lambda at=at: scan_statistic.scan(
                        at, whole().tps, CENTRES, RULES.clusters)),
                ):  # fmt: skip
                    begun = time.process_time()
                    work()
                    took[name].append(time.process_time() - begun)
            told = ", ".join(f"{name} {1000 * min(t):.0f} ms" for name, t in took.items())
            print(f"  {number:,} incidents, {'with' if planted else 'no'} cluster: {told} of CPU")


CENTRES = centres(whole())

if __name__ == "__main__":
    run()
