"""Whether each TPS reports: in exactly one state, what it owes, and whose turn it is to ask."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.dues import Due, dues
from situasi.records import FASE
from situasi.regions import Register

STATES = (
    "belum_waktunya", "ditunggu", "terlambat", "tak_terjangkau", "lapor", "diragukan",
)  # fmt: skip

_NONE = np.iinfo("int64").min  # NaT
_CLOSED = FASE.index("ditutup")
_Yes = npt.NDArray[np.bool_]
_Ranks = npt.NDArray[np.int64]


def judged(
    table: pd.DataFrame, reached: _Ranks, away: _Yes, register: Register, at: datetime
) -> pd.DataFrame:
    """The one state of each TPS: state, owed, owed_hour, owed_at, late_min, chaser.

    table: dibuka, hadir_at, last_at and doubts of each TPS. reached: the place in FASE of its
    furthest phase, -1 for none. away: whether it cannot be reached.
    """
    # When the watch is over nobody is asked any more: what is missing stays as late as it was.
    now = min(at, register.election.day_end)
    owed = dues(register.election)
    unmet = ~np.column_stack([_met(due, table, reached, register) for due in owed])
    late = unmet & np.array([now > due.late for due in owed])
    awaited = unmet & np.array([now >= due.awaited for due in owed])
    missing, first = awaited.any(axis=1), awaited.argmax(axis=1)
    is_late = late.any(axis=1)
    spoke = table["last_at"].notna().to_numpy()
    found = pd.DataFrame(index=table.index)
    found["state"] = np.select(
        [away, is_late, (table["doubts"] != "").to_numpy(), missing, spoke],
        ["tak_terjangkau", "terlambat", "diragukan", "ditunggu", "lapor"],
        default="belum_waktunya",
    )
    whats = np.array([*(due.what for due in owed), None], dtype=object)
    found["owed"] = pd.Series(whats[np.where(missing, first, -1)], dtype="object")
    found["owed_hour"] = _of_due([due.hour for due in owed], first, missing)
    found["owed_at"] = _of_due([due.late for due in owed], first, missing)
    minutes = (pd.Timestamp(now) - found["owed_at"]).dt.total_seconds() // 60
    found["late_min"] = minutes.where(is_late).astype("Int64")
    found["chaser"] = pd.Series(_chasers(found["late_min"], register), dtype="object")
    return found


def _met(due: Due, table: pd.DataFrame, reached: _Ranks, register: Register) -> _Yes:
    """Which TPS no longer owe this report.

    A later phase ends an earlier one. A count holds from `ahead` before its hour; none is owed
    of an hour before the opening, nor, once it is closed, of any hour but the last.
    """
    if due.hour is None:
        return reached >= due.rank
    counted = _at_least(table["hadir_at"], due.awaited)
    before = _at_least(table["dibuka"], due.hour)
    over = reached >= _CLOSED
    last = due.hour + register.election.rules.tps.counts_every > register.election.local(
        register.election.tps_closes
    )
    return counted | before if last else counted | before | over


def _at_least(moments: pd.Series, since: datetime) -> _Yes:
    met: _Yes = (moments >= pd.Timestamp(since)).to_numpy(bool)
    return met


def _of_due(
    moments: list[datetime | None], first: npt.NDArray[np.intp], missing: _Yes
) -> pd.Series:
    every = np.array(
        [_NONE if one is None else round(one.timestamp() * 1e6) for one in moments], "int64"
    )
    us = np.where(missing, every[first], _NONE)
    return pd.Series(us.view("datetime64[us]")).dt.tz_localize("UTC")


def _chasers(late_min: pd.Series, register: Register) -> list[str | None]:
    """Whose turn it is, by how late: the last of the rules that has begun."""
    rules = sorted(register.election.rules.tps.chase, key=lambda one: one.after)
    turns = np.array([one.after.total_seconds() / 60 for one in rules])
    names = [None, *(one.who for one in rules)]
    minutes = late_min.to_numpy("float64", na_value=-1.0)
    return [names[at] for at in np.searchsorted(turns, minutes, side="right")]
