"""Milestones of cases: when each step was reached, how long it takes, and what is overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.runs import find_last_positions
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.row_order import reported_time
from situasi.domain.rules import ServiceLevel

# The expected steps in order, and the statuses that show a step as reached.
STEPS = ("diverifikasi", "ditangani", "selesai")
_STATUSES_REACHING = {
    "diverifikasi": ("diverifikasi", "ditangani", "diteruskan", *STATUS_CLOSED),
    "ditangani": ("ditangani", "diteruskan", *STATUS_CLOSED),
}
_DTYPE: Literal["datetime64[us, UTC]"] = "datetime64[us, UTC]"


@dataclass(frozen=True)
class DurationSummary:
    """How long a step takes from the first report on, over a number of cases.

    median: the time by which half have reached it, with open cases as not yet (Kaplan-Meier);
    None while fewer have. longest: the longest so far, including the age of open ones;
    longest_is_open: whether that one still waits. done_count, waiting_count: cases. A case whose
    first report already had the step is in neither count: its duration is unknown.
    """

    median: timedelta | None
    longest: timedelta | None
    longest_is_open: bool
    done_count: int
    waiting_count: int


def compute_milestones(rows: pd.DataFrame) -> pd.DataFrame:
    """Return when each case reached each step: one row per case, index `case`.

    rows: incident rows with `case`. Columns: `start` (first reported), the STEPS and `diteruskan`
    (missing: not yet). A skipped step is reached together with a later one; `selesai` is set only
    for cases closed now, from the first of their last closing rows.
    """
    ordered = _sort_by_reported_time(rows)
    case_codes, cases = pd.factorize(ordered["case"])
    reported = ordered["reported_time"].to_numpy("datetime64[us]")
    status = ordered["status"]

    def first(counted: npt.NDArray[np.bool_]) -> pd.Series:
        """Return when the first of these rows of each case was reported."""
        first_times = np.full(len(cases), np.datetime64("NaT"), "datetime64[us]")
        positions = np.flatnonzero(counted)[::-1]  # of several rows of one case the first one wins
        first_times[case_codes[positions]] = reported[positions]
        return pd.Series(first_times, pd.Index(cases, name="case")).dt.tz_localize("UTC")

    is_open = ~status.isin(STATUS_CLOSED).to_numpy()
    last_open = find_last_positions(case_codes, len(cases), is_open)
    return pd.DataFrame(
        {
            "start": first(np.ones(len(ordered), dtype=bool)),
            **{
                step: first(status.isin(reached).to_numpy())
                for step, reached in _STATUSES_REACHING.items()
            },
            "selesai": first(np.arange(len(ordered)) > last_open[case_codes]),
            "diteruskan": first((status == "diteruskan").to_numpy()),
        }
    )


def _sort_by_reported_time(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in reported order, with that time as `reported_time`."""
    reported = reported_time(rows).astype(_DTYPE)
    order = np.lexsort((rows["seq"], reported.astype("int64")))
    return rows[["case", "status", "uraian"]].assign(reported_time=reported).take(order)


def find_first_texts(rows: pd.DataFrame) -> dict[str, str]:
    """Return the first text of each case that has one."""
    ordered = _sort_by_reported_time(rows)
    with_text = ordered[ordered["uraian"].notna()].drop_duplicates("case")
    return dict(zip(with_text["case"], with_text["uraian"], strict=True))


def collapse(milestones: pd.DataFrame, canonical_cases: Mapping[str, str]) -> pd.DataFrame:
    """Return the milestones with each merged group as one row; the first member reaches a step.

    A group is closed when its last member is. canonical_cases: of merging.find_canonical_cases.
    """
    if not canonical_cases:
        return milestones
    canonical = pd.Series(milestones.index, milestones.index).map(
        lambda case: canonical_cases.get(case, case)
    )
    groups = milestones.groupby(canonical.to_numpy(), sort=False)
    merged = groups.min()
    still_open = milestones["selesai"].isna().groupby(canonical.to_numpy(), sort=False).any()
    merged["selesai"] = groups["selesai"].max().where(~still_open).astype(_DTYPE)
    return merged.rename_axis("case")


def summarize_duration(milestones: pd.DataFrame, step: str, at: datetime) -> DurationSummary:
    """Summarize how long a step takes as of a moment. milestones: of the cases in question."""
    counted = milestones[~(milestones[step] <= milestones["start"])]
    done = counted[step].notna()
    took = counted[step].fillna(pd.Timestamp(at)) - counted["start"]
    took = took.where(took > pd.Timedelta(0), pd.Timedelta(0))  # a clock may be fast
    return DurationSummary(
        median=estimate_median(took, done),
        longest=None if took.empty else took.max().to_pytimedelta(),
        longest_is_open=not took.empty and not done[str(took.idxmax())],
        done_count=int(done.sum()),
        waiting_count=int((~done).sum()),
    )


def estimate_median(durations: pd.Series, is_done: pd.Series) -> timedelta | None:
    """Estimate the Kaplan-Meier median of durations. is_done: False for the age of an open case.

    The time by which half are estimated to be done; None while that is not known.
    """
    seconds = durations.dt.total_seconds().to_numpy()
    ended = seconds[is_done.to_numpy(dtype=bool)]
    times, ends = np.unique(ended, return_counts=True)
    # Cases still waiting at the very time of an end were at risk of it too.
    at_risk = len(seconds) - np.searchsorted(np.sort(seconds), times, side="left")
    waiting = np.cumprod(1 - ends / at_risk)
    # A product of fractions that equals one half may be computed slightly above it.
    half = np.flatnonzero(waiting <= 0.5 + 1e-9)
    return timedelta(seconds=float(times[half[0]])) if len(half) else None


def find_overdue(
    open_cases: pd.DataFrame,
    milestones: pd.DataFrame,
    service: Mapping[str, ServiceLevel],
    at: datetime,
) -> pd.DataFrame:
    """Find open cases whose next step is late, the latest first: see find_next_steps, and `late`:
    by how long."""
    table = find_next_steps(open_cases, milestones, service)
    table["late"] = pd.Timestamp(at) - table["due_at"]
    return table[table["late"] > timedelta(0)].sort_values("late", ascending=False, kind="stable")


def find_next_steps(
    open_cases: pd.DataFrame, milestones: pd.DataFrame, service: Mapping[str, ServiceLevel]
) -> pd.DataFrame:
    """Return open cases with three more columns: `step` (the next one), `started_at`, `due_at`.

    milestones: of these cases at least.
    """
    reached = milestones.reindex(open_cases["case"])
    started = reached["start"].to_list()
    levels = [t if isinstance(t, str) else "belum" for t in open_cases["tingkat"]]
    steps = [next(step for step in STEPS if step == "selesai" or pd.isna(row[step]))
             for row in reached[list(STEPS)].to_dict("records")]  # fmt: skip
    due = [
        start + step_limits(service[level])[step]
        for start, level, step in zip(started, levels, steps, strict=True)
    ]
    return open_cases.assign(
        step=steps,
        started_at=pd.Series(started, open_cases.index, dtype=_DTYPE),
        due_at=pd.Series(due, open_cases.index, dtype=_DTYPE),
    )


def step_limits(service: ServiceLevel) -> dict[str, timedelta]:
    """Return how long each step may take from the first report on."""
    return {"diverifikasi": service.verify, "ditangani": service.handle, "selesai": service.close}
