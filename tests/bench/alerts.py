"""How often alerts are false, how often one is missed, and how late, on days of known truth.

`python -m tests.bench alerts`. Bursts are judged on days with noise and planted bursts; all other
rules are exact, or something is wrong: on whole days of all feeds, with things planted and without.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.alerts import engine as work
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.alerts.groups import list_posts
from situasi.board import open_board
from situasi.domain import election, feed_schemas, settings
from situasi.domain import register as domain_register
from situasi.domain.register import Register
from situasi.simulation.seed import seed_store
from tests import queries
from tests.bench import alert_days as days
from tests.bench import made
from tests.bench.alert_calls import (
    ACCEPTABLE_A_DAY,
    FLOOD_IN_TEN_MINUTES,
    find_calls,
    find_most_in,
)
from tests.builders import DAY, rows_of

QUIET_DAYS, BURST_DAYS, WHOLE_DAYS = 200, 200, 6
PER_DAY = 3
_END = DAY + timedelta(hours=23, minutes=59)
# A burst that nobody was called for this long after its last report is missed.
PATIENCE = timedelta(minutes=5)


@dataclass
class Rates:
    """Of one rule: what was planted, found, raised for nothing; minutes until it was raised."""

    planted: int = 0
    found: int = 0
    false: int = 0
    days: int = 0
    delays: list[float] = field(default_factory=list)

    @property
    def missed(self) -> float:
        return 1 - self.found / self.planted if self.planted else 0.0

    @property
    def false_a_day(self) -> float:
        return self.false / self.days

    def told(self) -> str:
        late = f"{np.median(self.delays):.0f} min" if self.delays else "-"
        return (
            f"planted {self.planted:>4}, missed {100 * self.missed:4.1f} %, false "
            f"{self.false_a_day:5.2f} a day over {self.days} days, raised after {late} (median)"
        )


def register() -> Register:
    return domain_register.load(election.load(settings.load({}).election_folder))


def bursts(place: Register, number: int, seed: int, *, planted: bool) -> Rates:
    """The burst rule on so many days of noise, with bursts planted or not."""
    rng, rates = np.random.default_rng(seed), Rates()
    frames = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    for _ in range(number):
        some = days.bursts(place, rng, PER_DAY) if planted else []
        reports = days.noise(place, rng) + [r for one in some for r in days.of_burst(one, rng)]
        frames["incidents"] = days.told(reports)
        spelled = queries.run(work.compute_case_intervals, frames, place, _END)
        found: Alerts = work.compute_alerts(frames, place, _END, spelled)
        table = found.table[found.table["rule"] == "beruntun"]
        _judge(rates, table, some)
    return rates


def _judge(rates: Rates, table: pd.DataFrame, some: list[days.Burst]) -> None:
    """An episode that is of no burst is false; of several levels the first counts."""
    rates.days += 1
    meant: set[Any] = set()
    for burst in some:
        first, last = (DAY + timedelta(minutes=m) for m in (burst.first, burst.last))
        ended = table["until"].fillna(pd.Timestamp(_END)) >= first
        mine = table[(table["kecamatan"] == burst.kecamatan) & ended]
        mine = mine[mine["raised"] <= last + PATIENCE]
        rates.planted += 1
        if len(mine):
            rates.found += 1
            raised = max(mine["raised"].min(), pd.Timestamp(first))
            rates.delays.append((raised - pd.Timestamp(first)).total_seconds() / 60)
        after = last + timedelta(minutes=90)
        near = (table["kecamatan"] == burst.kecamatan) & (table["since"] <= after) & ended
        meant |= set(zip(table["kecamatan"][near], table["since"][near], strict=True))
    every = set(zip(table["kecamatan"], table["since"], strict=True))
    rates.false += len(every - meant)


def exact(place: Register, number: int, seed: int) -> dict[str, Rates]:
    """Every other rule, on days in order and on days with things planted, by rule."""
    rates: dict[str, Rates] = defaultdict(Rates)
    for turn in range(number):
        frames, truth = days.whole_day(place, seed + turn, planted=turn % 2 == 1)
        spelled = _spelled(frames, place)
        raised = _raised(spelled)
        for rule in place.election.alerts.rules:
            if rule == "beruntun":
                continue
            one = rates[rule]
            mine = {m: minute for (r, m), minute in truth.truth.items() if r == rule}
            there = {m: minute for (r, m), minute in raised.items() if r == rule}
            one.days += 1
            one.planted += len(mine)
            one.found += len(mine.keys() & there.keys())
            one.false += len(there.keys() - mine.keys())
            one.delays += [there[m] - mine[m] for m in mine.keys() & there.keys()]
    return rates


def _spelled(frames: days.Frames, place: Register) -> pd.DataFrame:
    found: Alerts = queries.run(work.compute_alerts, frames, place, _END)
    rules = found.table.set_index("key")["rule"]
    return found.members.assign(rule=found.members["key"].map(rules))


def _raised(members: pd.DataFrame) -> dict[tuple[str, str], float]:
    """By rule and member (a case by the id that was given), the minute it was first raised."""
    names = [str(one).partition("|")[0] for one in members["member"]]
    minutes = (members["begin"] - pd.Timestamp(DAY)).dt.total_seconds() / 60
    found: dict[tuple[str, str], float] = {}
    for rule, name, minute in zip(members["rule"], names, minutes, strict=True):
        found[rule, name] = min(minute, found.get((rule, name), minute))
    return found


@dataclass(frozen=True)
class Load:
    """What a day asks of one Polsek (of each: the mean, and the most), and of the posko.

    alerts: every one that was raised. calls: those that call somebody anew (find_calls).
    most_open: lines at one time, one by one and by Polsek. in_ten_minutes: raised within any ten
    minutes, of the busiest Polsek and of all.
    """

    alerts: int
    calls: int
    alerts_per_polsek: tuple[float, int]
    calls_per_polsek: tuple[float, int]
    most_open: tuple[int, int]
    in_ten_minutes: tuple[int, int]

    def told(self) -> str:
        mean, most = self.alerts_per_polsek
        call_mean, call_most = self.calls_per_polsek
        return (
            f"{self.alerts} alerts, {self.calls} calls; a Polsek {mean:.1f} (most {most}) alerts "
            f"and {call_mean:.1f} (most {call_most}) calls a day; open at one time "
            f"{self.most_open[0]}, in {self.most_open[1]} lines; within ten minutes "
            f"{self.in_ten_minutes[0]} of one Polsek, {self.in_ten_minutes[1]} of all "
            f"(EEMUA 191: {ACCEPTABLE_A_DAY} a day, {FLOOD_IN_TEN_MINUTES} in ten minutes)"
        )


def load_of(table: pd.DataFrame, place: Register) -> Load:
    """What these alerts of one day (Alerts.table) ask of people."""
    posts = list_posts(table, place)
    calls = find_calls(table, posts)
    of_polsek = sorted({one.polsek for one in place.kecamatan.values()})
    counts = [int((posts == name).sum()) for name in of_polsek]
    call_counts = [int((calls & (posts == name)).sum()) for name in of_polsek]
    moments = [(table["raised"] <= at) & ~(table["until"] <= at) for at in table["raised"].unique()]
    ten = pd.Timedelta(minutes=10)
    return Load(
        alerts=len(table),
        calls=int(calls.sum()),
        alerts_per_polsek=(float(np.mean(counts)), max(counts)),
        calls_per_polsek=(float(np.mean(call_counts)), max(call_counts)),
        most_open=(
            max((int(moment.sum()) for moment in moments), default=0),
            max((posts[moment].nunique() for moment in moments), default=0),
        ),
        in_ten_minutes=(
            max(find_most_in(table.loc[calls & (posts == p), "raised"], ten) for p in of_polsek),
            find_most_in(table.loc[calls, "raised"], ten),
        ),
    )


def rehearsed_load() -> Load:
    """What the rehearsal day asks, over the whole day."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**made.environment(Path(folder)), "SITUASI_REHEARSAL": "yes"}
        board = open_board(settings.load(environment), lambda: made.EVENING)
        seed_store(board, made.EVENING, lambda _line: None)
        frames = dict(board.snapshot_reader.refresh().snapshot.frames)
        place = board.register
        table = queries.run(work.compute_alerts, frames, place, _END).table
        board.close()
    return load_of(table, place)


def run() -> None:
    """Print the rates of every rule, and what the work costs on a whole day."""
    place = register()
    print("\nAlerts on made-up days with known truth")
    quiet = bursts(place, QUIET_DAYS, 1, planted=False)
    print(f"  beruntun, nothing planted     {quiet.told()}")
    some = bursts(place, BURST_DAYS, 2, planted=True)
    print(f"  beruntun, {PER_DAY} planted a day     {some.told()}")
    for rule, rates in exact(place, WHOLE_DAYS, 3).items():
        print(f"  {rule:<30}{rates.told()}")
    print(f"  the rehearsal day: {rehearsed_load().told()}")
    frames, _truth = days.whole_day(place, 4, planted=True)
    every = (
        work.compute_case_intervals,
        work.compute_station_intervals,
        work.compute_staffing_intervals,
        work.compute_neutrality_intervals,
    )
    parts = [queries.run(part, frames, place, _END) for part in every]
    for name, what in {
        "all of it, nothing kept": lambda: queries.run(work.compute_alerts, frames, place, _END),
        "once its parts are found": lambda: work.compute_alerts(frames, place, _END, *parts),
    }.items():
        took = []
        for _ in range(7):
            started = time.perf_counter()
            what()
            took.append(time.perf_counter() - started)
        print(f"  the work, {name:<20} {1000 * min(took):.0f} ms (best of 7)")


if __name__ == "__main__":
    run()
