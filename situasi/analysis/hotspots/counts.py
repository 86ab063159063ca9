"""Counts: where more incidents happened within a window of time than is usual there and then.

The number of a kecamatan in a window of fixed steps of the clock is negative binomial. Its mean is
the pace of the other kecamatan in that window, shrunk to their day before it, times the TPS, times
a factor of the place, learnt from its own day before the window and shrunk to 1 (Gamma-Poisson).
How little is known of place, pace and hour widens it; some incidents are told again, and some of
these once more. A number is compared with all that the whole window may hold, so that looking again
while it fills adds no false calls: its probability times the number of places and steps of a day is
how many such calls chance makes in a day of looking, as far as the model is right. Said is how many
it made at most on days that go otherwise (state_rates).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.timestamps import Micros
from situasi.domain.rules import CountRules

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_HOUR_US = 3_600_000_000
_MANY = 100  # reports; of more the exact sum is slow, and no other

# False calls a day by the model, and the most that chance made of them on 300 days of each of 19
# kinds (tests.bench.hot): come as people came on real days, places that drift, reports told late,
# after an outage, two to four times. Of rarer ones so many days show nothing.
_MODELLED = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 5.0, 12.8])
_OBSERVED = np.array([0.15, 0.32, 0.7, 1.4, 2.7, 6.2, 12.8])
LEAST_SHOWN = float(_OBSERVED[0])


@dataclass(frozen=True)
class CountChanges:
    """When incidents began to count (change 1) and ceased to (-1), in the order known.

    place: index of the kecamatan; step: of the day, in which it happened; known_us: since the start
    of the day.
    """

    place: Indices
    step: Indices
    known_us: Micros
    change: Indices

    def within(self, first: int, end: int) -> "CountChanges":
        """Return the changes of incidents in these steps, `end` excluded."""
        inside = (self.step >= first) & (self.step < end)
        return CountChanges(
            self.place[inside], self.step[inside], self.known_us[inside], self.change[inside]
        )

    def count(self, place: Indices, known_us: Micros) -> tuple[Indices, Indices]:
        """Return how many incidents of each place were known by each time, and of the others."""
        everywhere = np.concatenate([[0], np.cumsum(self.change)])
        total = everywhere[np.searchsorted(self.known_us, known_us, side="right")]
        order = np.argsort(self.place, kind="stable")
        by_place = np.concatenate([[0], np.cumsum(self.change[order])])
        span = int(max(self.known_us.max(initial=0), known_us.max(initial=0))) + 1
        keys = self.place[order] * span + self.known_us[order]
        until = np.searchsorted(keys, place * span + known_us, side="right")
        own = by_place[until] - by_place[np.searchsorted(keys, place * span)]
        return own, total - own


def find_excesses(
    changes: CountChanges, tps_counts: Floats, step_count: int, rules: CountRules
) -> pd.DataFrame:
    """Find the windows in which a number became known that chance gives at most so often a day.

    tps_counts: of each place. A row for each time that a window became rarer still: place, first
    and end (steps, `end` excluded), known_us, count, usual, per_day (of state_rates).
    """
    windows = list(_list_windows(changes, step_count, rules))
    if not windows:
        return pd.DataFrame(columns=COLUMNS)
    numbers = [_count_window(changes, first, first + size) for first, size in windows]
    table = _judge(pd.DataFrame(np.concatenate(numbers), columns=_NUMBERS), tps_counts, rules)
    table["per_day"] = state_rates(table["probability"] * (len(tps_counts) * step_count))
    is_rare = table["probability"] <= rules.marked_chance
    rare = table[is_rare & (table["count"] >= rules.min_count)].sort_values("known_us")
    window = ["place", "first", "end"]
    lowest = rare.assign(per_day=rare.groupby(window)["per_day"].cummin())
    is_rarer = rare["per_day"] < lowest.groupby(window)["per_day"].shift(fill_value=np.inf)
    return rare.loc[is_rarer, COLUMNS].reset_index(drop=True)


def state_rates(modelled: npt.ArrayLike) -> Floats:
    """Return how many such calls chance makes in a day of looking, at most, as far as was shown.

    modelled: calls a day by the model. Under LEAST_SHOWN the order is kept, and nothing was shown.
    """
    rates = np.maximum(np.asarray(modelled, dtype="float64"), 1e-300)
    observed = np.exp(np.interp(np.log(rates), np.log(_MODELLED), np.log(_OBSERVED)))
    beyond = np.minimum(rates / _MODELLED[0], 1.0) * np.maximum(rates / _MODELLED[-1], 1.0)
    stated: Floats = observed * beyond
    return stated


COLUMNS = ["place", "first", "end", "known_us", "count", "usual", "per_day"]
_NUMBERS = [*COLUMNS[:5], "others", "before", "others_before"]


def _list_windows(
    changes: CountChanges, step_count: int, rules: CountRules
) -> Iterator[tuple[int, int]]:
    """Yield the first step and the size of each window that holds an incident."""
    steps = np.unique(changes.step)
    for size in rules.window_steps:
        firsts = np.unique(steps[:, None] - np.arange(size))
        for first in firsts[(firsts >= 0) & (firsts + size <= step_count)].tolist():
            yield first, size


def _count_window(changes: CountChanges, first: int, end: int) -> Indices:
    """Count each time that a window grew, here and elsewhere, in it and before it: _NUMBERS."""
    inside, before = changes.within(first, end), changes.within(0, first)
    grew = inside.change > 0
    place, known_us = inside.place[grew], inside.known_us[grew]
    limits = (np.full(len(place), limit) for limit in (first, end))
    counted = (*inside.count(place, known_us), *before.count(place, known_us))
    return np.column_stack([place, *limits, known_us, *counted])


def _judge(numbers: pd.DataFrame, tps_counts: Floats, rules: CountRules) -> pd.DataFrame:
    """Add `usual` and `probability` to the numbers of windows."""
    place, first, end, known_us, count, others, before, others_before = numbers.to_numpy().T
    step_h, tps = rules.step_us / _HOUR_US, np.maximum(tps_counts, 1.0)
    own_tps, other_tps = tps[place], tps.sum() - tps[place]
    hours_before, hours = first * step_h, (end - first) * step_h
    elapsed = np.clip(known_us / _HOUR_US - hours_before, 0.0, hours)
    prior = rules.prior_hours * tps.sum()
    usual_pace = (others_before + rules.prior_rate * prior) / (other_tps * hours_before + prior)
    pace_shape = rules.pace_shape + others
    pace = pace_shape / (rules.pace_shape / usual_pace + other_tps * elapsed)
    place_shape = rules.place_shape + before
    factor = place_shape / (rules.place_shape + usual_pace * own_tps * hours_before)
    usual = factor * pace * own_tps * hours
    # The squared spread of a product of Gamma variables.
    spread = (1 + 1 / place_shape) * (1 + 1 / pace_shape) * (1 + 1 / rules.hour_shape) - 1
    probability = compute_tail(count.astype("float64"), usual, 1 / spread, rules.twin_share)
    return numbers.assign(usual=usual, probability=probability)


def compute_tail(count: Floats, usual: Floats, shape: Floats, twin_share: float) -> Floats:
    """Compute the probability of so many reports or more.

    Incidents are negative binomial with this shape; each is told again with probability
    twin_share, and then once more with that probability, and so on. `usual` counts all reports.
    """
    from scipy.special import betainc  # slow to import, needed only here

    usual = np.maximum(usual, 1e-12)
    few = (count > 0) & (count <= _MANY)
    # Of great numbers the negative binomial with the same mean and variance; `extra`: how much more
    # than Poisson it varies, as a multiple of the mean.
    extra = 2 * twin_share / (1 - twin_share) + usual / shape
    alike = usual / extra
    tail = np.where(count > 0, betainc(np.maximum(count, 1), alike, usual / (alike + usual)), 1.0)
    tail[few] = _compute_tail_of_few(count[few], usual[few], shape[few], twin_share)
    return np.minimum(tail, 1.0)


def _compute_tail_of_few(count: Floats, usual: Floats, shape: Floats, twin_share: float) -> Floats:
    from scipy.special import betainc, gammaln

    mean = usual * (1 - twin_share)
    share = mean / (shape + mean)
    tail: Floats = betainc(count, shape, share)
    # Fewer incidents, told again so often that the number is reached all the same.
    for number in range(1, int(count.max(initial=0.0))):
        possible = np.flatnonzero(count > number)
        a, p = shape[possible], share[possible]
        log = gammaln(number + a) - gammaln(a) - gammaln(number + 1) + a * np.log1p(-p)
        reached = betainc(count[possible] - number, number, twin_share)
        tail[possible] += np.exp(log + number * np.log(p)) * reached
    return tail
