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
_REACHED = {
    "diverifikasi": ("diverifikasi", "ditangani", "diteruskan", *STATUS_CLOSED),
    "ditangani": ("ditangani", "diteruskan", *STATUS_CLOSED),
}
_TIME: Literal["datetime64[us, UTC]"] = "datetime64[us, UTC]"


@dataclass(frozen=True)
class Stretch:
    """How long a step takes from the first word on, over a number of cases.

    median: the time by which half have reached it, open ones counted as not yet (Kaplan and
    Meier); None while fewer have. worst: the longest so far, the age of open ones included;
    worst_case: of which case, None without any; worst_open: whether that one still waits.
    done, waiting: cases. at_once: cases whose first word already told the step; how long it
    took nobody said, so they are in neither.
    """

    median: timedelta | None
    worst: timedelta | None
    worst_case: str | None
    worst_open: bool
    done: int
    waiting: int
    at_once: int


def lives(rows: pd.DataFrame) -> pd.DataFrame:
    """When each case reached each step: one row per case, index `case`.

    rows: incident rows with `case`. Columns: `start` (when it was first told), the STEPS
    and `diteruskan` (missing: not yet). A step that is skipped is reached with a later one;
    closed is what is closed now, since the first of its last closing words.
    """
    ordered = _ordered(rows)
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
            **{step: first(status.isin(reached).to_numpy()) for step, reached in _REACHED.items()},
            "selesai": first(np.arange(len(ordered)) > last_lively[case]),
            "diteruskan": first((status == "diteruskan").to_numpy()),
        }
    )


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order told, with `told`."""
    told = reported_time(rows).astype(_TIME)
    order = np.lexsort((rows["seq"], told.astype("int64")))
    return rows[["case", "status", "uraian"]].assign(told=told).take(order)


def first_words(rows: pd.DataFrame) -> dict[str, str]:
    """How each case was first told, where it was told in words."""
    ordered = _ordered(rows)
    worded = ordered[ordered["uraian"].notna()].drop_duplicates("case")
    return dict(zip(worded["case"], worded["uraian"], strict=True))


def folded(found: pd.DataFrame, stands: Mapping[str, str]) -> pd.DataFrame:
    """The lives with each group as one (merging.standing): whoever was first reached the step.

    A group is closed when the last of it is.
    """
    if not stands:
        return found
    head = pd.Series(found.index, found.index).map(lambda case: stands.get(case, case))
    together = found.groupby(head.to_numpy(), sort=False)
    one = together.min()
    still_open = found["selesai"].isna().groupby(head.to_numpy(), sort=False).any()
    one["selesai"] = together["selesai"].max().where(~still_open).astype(_TIME)
    return one.rename_axis("case")


def stretch(found: pd.DataFrame, step: str, at: datetime) -> Stretch:
    """How long a step takes, as of a moment. found: lives of the cases in question."""
    told_with_first = found[step] <= found["start"]
    counted = found[~told_with_first]
    done = counted[step].notna()
    took = counted[step].fillna(pd.Timestamp(at)) - counted["start"]
    took = took.where(took > pd.Timedelta(0), pd.Timedelta(0))  # a word may come from a fast clock
    worst = str(took.idxmax()) if len(took) else None
    return Stretch(
        median=median(took, done),
        worst=took.max().to_pytimedelta() if worst is not None else None,
        worst_case=worst,
        worst_open=bool(worst is not None and not done[worst]),
        done=int(done.sum()),
        waiting=int((~done).sum()),
        at_once=int(told_with_first.sum()),
    )


def median(took: pd.Series, done: pd.Series) -> timedelta | None:
    """The Kaplan-Meier median of durations. done: False where it is the age of an open one.

    The time by which half are estimated to be done; None while it cannot be told.
    """
    seconds = took.dt.total_seconds().to_numpy()
    ended = seconds[done.to_numpy(dtype=bool)]
    times, ends = np.unique(ended, return_counts=True)
    # Whoever is still waiting at the very time of an end was at risk of it too.
    at_risk = len(seconds) - np.searchsorted(np.sort(seconds), times, side="left")
    waiting = np.cumprod(1 - ends / at_risk)
    # A product of fractions that is exactly one half may come out a hair above it.
    half = np.flatnonzero(waiting <= 0.5 + 1e-9)
    return timedelta(seconds=float(times[half[0]])) if len(half) else None


def overdue(
    opened: pd.DataFrame, found: pd.DataFrame, service: Mapping[str, ServiceLevel], at: datetime
) -> pd.DataFrame:
    """Open cases whose next step is late, the latest first: the cases and three columns.

    opened: open cases. found: their lives. `step`: the next one, `due_at`, `late`: by how long.
    """
    reached = found.reindex(opened["case"])
    started = reached["start"].to_list()
    level = [t if isinstance(t, str) else "belum" for t in opened["tingkat"]]
    nexts = [next(step for step in STEPS if step == "selesai" or pd.isna(life[step]))
             for life in reached[list(STEPS)].to_dict("records")]  # fmt: skip
    due = [
        start + allowed(service[weight])[step]
        for start, weight, step in zip(started, level, nexts, strict=True)
    ]
    table = opened.assign(step=nexts, due_at=pd.Series(due, opened.index, dtype=_TIME))
    table["late"] = pd.Timestamp(at) - table["due_at"]
    return table[table["late"] > timedelta(0)].sort_values("late", ascending=False, kind="stable")


def allowed(service: ServiceLevel) -> dict[str, timedelta]:
    """How long each step may take from the first word on."""
    return {
        "diverifikasi": service.verify,
        "ditangani": service.handle,
        "selesai": service.close,
    }
