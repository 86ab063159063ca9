"""Lives of cases: when each step was reached, how long it takes, and what is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.row_order import reported_time
from situasi.domain.rules import ServiceLevel

# The steps that are awaited, in their order; each with the states that show it reached.
STEPS = ("diverifikasi", "ditangani", "selesai")
_STATUSES_REACHING = {
    "diverifikasi": ("diverifikasi", "ditangani", "diteruskan", *STATUS_CLOSED),
    "ditangani": ("ditangani", "diteruskan", *STATUS_CLOSED),
}
_DTYPE: Literal["datetime64[us, UTC]"] = "datetime64[us, UTC]"


@dataclass(frozen=True)
class DurationSummary:
    """How long a step takes from the first word on, over a number of cases.

    median: the time by which half have reached it, open ones counted as not yet (Kaplan and
    Meier); None while fewer have. worst: the longest so far, the age of open ones included;
    worst_case: of which case, None without any; worst_open: whether that one still waits.
    done, waiting: cases. at_once: cases whose first word already told the step; how long it
    took nobody said, so they are in neither.
    """

    median: timedelta | None
    longest: timedelta | None
    longest_case: str | None
    longest_is_open: bool
    done_count: int
    waiting_count: int
    immediate_count: int


def compute_milestones(rows: pd.DataFrame) -> pd.DataFrame:
    """When each case reached each step: one row per case, index `case`.

    rows: incident rows with `case`. Columns: `start` (when it was first told), the STEPS
    and `diteruskan` (missing: not yet). A step that is skipped is reached with a later one;
    closed is what is closed now, since the first of its last closing words.
    """
    ordered = _sort_by_reported_time(rows)
    case, names = pd.factorize(ordered["case"])
    told = ordered["told"].to_numpy("datetime64[us]")
    status = ordered["status"]

    def first(counted: npt.NDArray[np.bool_]) -> pd.Series:
        """When the first of these rows of each case was told."""
        found = np.full(len(names), np.datetime64("NaT"), "datetime64[us]")
        at = np.flatnonzero(counted)[::-1]  # of several for one case the first stays
        found[case[at]] = told[at]
        return pd.Series(found, pd.Index(names, name="case")).dt.tz_localize("UTC")

    lively = ~status.isin(STATUS_CLOSED).to_numpy()
    last_lively = np.full(len(names), -1)
    last_lively[case[lively]] = np.flatnonzero(lively)
    return pd.DataFrame(
        {
            "start": first(np.ones(len(ordered), dtype=bool)),
            **{
                step: first(status.isin(reached).to_numpy())
                for step, reached in _STATUSES_REACHING.items()
            },
            "selesai": first(np.arange(len(ordered)) > last_lively[case]),
            "diteruskan": first((status == "diteruskan").to_numpy()),
        }
    )


def _sort_by_reported_time(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order told, with `told`."""
    told = reported_time(rows).astype(_DTYPE)
    order = np.lexsort((rows["seq"], told.astype("int64")))
    return rows[["case", "status", "uraian"]].assign(told=told).take(order)


def find_first_texts(rows: pd.DataFrame) -> dict[str, str]:
    """How each case was first told, where it was told in words."""
    ordered = _sort_by_reported_time(rows)
    worded = ordered[ordered["uraian"].notna()].drop_duplicates("case")
    return dict(zip(worded["case"], worded["uraian"], strict=True))


def collapse(milestones: pd.DataFrame, canonical_cases: Mapping[str, str]) -> pd.DataFrame:
    """The lives with each group as one (merging.standing): whoever was first reached the step.

    A group is closed when the last of it is.
    """
    if not canonical_cases:
        return milestones
    head = pd.Series(milestones.index, milestones.index).map(
        lambda case: canonical_cases.get(case, case)
    )
    together = milestones.groupby(head.to_numpy(), sort=False)
    one = together.min()
    still_open = milestones["selesai"].isna().groupby(head.to_numpy(), sort=False).any()
    one["selesai"] = together["selesai"].max().where(~still_open).astype(_DTYPE)
    return one.rename_axis("case")


def summarize_duration(milestones: pd.DataFrame, step: str, at: datetime) -> DurationSummary:
    """How long a step takes, as of a moment. found: lives of the cases in question."""
    told_with_first = milestones[step] <= milestones["start"]
    counted = milestones[~told_with_first]
    done = counted[step].notna()
    took = counted[step].fillna(pd.Timestamp(at)) - counted["start"]
    took = took.where(took > pd.Timedelta(0), pd.Timedelta(0))  # a word may come from a fast clock
    worst = str(took.idxmax()) if len(took) else None
    return DurationSummary(
        median=estimate_median(took, done),
        longest=took.max().to_pytimedelta() if worst is not None else None,
        longest_case=worst,
        longest_is_open=bool(worst is not None and not done[worst]),
        done_count=int(done.sum()),
        waiting_count=int((~done).sum()),
        immediate_count=int(told_with_first.sum()),
    )


def estimate_median(durations: pd.Series, is_done: pd.Series) -> timedelta | None:
    """The Kaplan-Meier median of durations. done: False where it is the age of an open one.

    The time by which half are estimated to be done; None while it cannot be told.
    """
    seconds = durations.dt.total_seconds().to_numpy()
    ended = seconds[is_done.to_numpy(dtype=bool)]
    times, ends = np.unique(ended, return_counts=True)
    # Whoever is still waiting at the very time of an end was at risk of it too.
    at_risk = len(seconds) - np.searchsorted(np.sort(seconds), times, side="left")
    waiting = np.cumprod(1 - ends / at_risk)
    # A product of fractions that is exactly one half may come out a hair above it.
    half = np.flatnonzero(waiting <= 0.5 + 1e-9)
    return timedelta(seconds=float(times[half[0]])) if len(half) else None


def find_overdue(
    open_cases: pd.DataFrame,
    milestones: pd.DataFrame,
    service: Mapping[str, ServiceLevel],
    at: datetime,
) -> pd.DataFrame:
    """Open cases whose next step is late, the latest first: the cases and three columns.

    opened: open cases. found: their lives. `step`: the next one, `due_at`, `late`: by how long.
    """
    reached = milestones.reindex(open_cases["case"])
    started = reached["start"].to_list()
    level = [t if isinstance(t, str) else "belum" for t in open_cases["tingkat"]]
    nexts = [next(step for step in STEPS if step == "selesai" or pd.isna(life[step]))
             for life in reached[list(STEPS)].to_dict("records")]  # fmt: skip
    due = [
        start + step_limits(service[weight])[step]
        for start, weight, step in zip(started, level, nexts, strict=True)
    ]
    table = open_cases.assign(step=nexts, due_at=pd.Series(due, open_cases.index, dtype=_DTYPE))
    table["late"] = pd.Timestamp(at) - table["due_at"]
    return table[table["late"] > timedelta(0)].sort_values("late", ascending=False, kind="stable")


def step_limits(service: ServiceLevel) -> dict[str, timedelta]:
    """How long each step may take from the first word on."""
    return {
        "diverifikasi": service.verify,
        "ditangani": service.handle,
        "selesai": service.close,
    }
