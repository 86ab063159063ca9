"""Whether each TPS reports: in exactly one state, what it owes, and whose turn it is to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.deadlines import Deadline, list_deadlines
from situasi.analysis.timestamps import NEVER, Micros, index_from_us
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register

STATES = (
    "belum_waktunya", "ditunggu", "terlambat", "tak_terjangkau", "lapor", "diragukan",
)  # fmt: skip

_CLOSED = FASE.index("ditutup")
_MINUTE = 60_000_000
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StationSummary:
    """What each TPS has told. reached: the place in FASE of its furthest phase, -1 for none.

    opened, counted: when it was opened, and when heads were last counted. doubted: that count
    is. spoke: whether it ever told anything. away: whether it cannot be reached.
    """

    fase_index: npt.NDArray[np.int64]
    opened_us: Micros
    counted_us: Micros
    has_doubted_count: _Mask
    has_reported: _Mask
    is_unreachable: _Mask


def compute_reporting_status(
    summary: StationSummary, register: Register, at: datetime
) -> pd.DataFrame:
    """The one state of each TPS: state, owed, owed_hour, owed_at, late_min, chaser."""
    # When the watch is over nobody is asked any more: what is missing stays as late as it was.
    now = min(at, register.election.day_end)
    owed = list_deadlines(register.election)
    unmet = ~np.column_stack([_is_fulfilled(due, summary, register) for due in owed])
    late = unmet & np.array([now > due.late_after for due in owed])
    awaited = unmet & np.array([now >= due.expected_from for due in owed])
    missing, is_late = awaited.any(axis=1), late.any(axis=1)
    first = np.where(missing, awaited.argmax(axis=1), -1)
    states = np.select(
        [summary.is_unreachable, is_late, summary.has_doubted_count, missing, summary.has_reported],
        ["tak_terjangkau", "terlambat", "diragukan", "ditunggu", "lapor"],
        default="belum_waktunya",
    )
    whats = np.array([*(due.report_kind for due in owed), None], dtype=object)
    since = _to_us_with_never([due.late_after for due in owed])[first]
    minutes = np.where(is_late, (timestamps.to_us(now) - since) // _MINUTE, -1)
    return pd.DataFrame(
        {
            "state": states,
            "owed": pd.Series(whats[first], dtype="object"),
            "owed_hour": index_from_us(_to_us_with_never([due.hour for due in owed])[first]),
            "owed_at": index_from_us(since),
            "late_min": pd.arrays.IntegerArray(minutes.clip(0), ~is_late),
            "chaser": pd.Series(_select_escalation_contacts(minutes, register), dtype="object"),
        }
    )


def _is_fulfilled(deadline: Deadline, summary: StationSummary, register: Register) -> _Mask:
    """Which TPS no longer owe this report.

    A later phase ends an earlier one. A count holds from `ahead` before its hour; none is owed
    of an hour before the opening, nor, once it is closed, of any hour but the last.
    """
    if deadline.hour is None:
        return summary.fase_index >= deadline.fase_index
    counted = summary.counted_us >= timestamps.to_us(deadline.expected_from)
    before = summary.opened_us >= timestamps.to_us(deadline.hour)
    over = summary.fase_index >= _CLOSED
    last = (
        deadline.hour + register.election.rules.tps.count_interval
        > register.election.local_time(register.election.tps_closes)
    )
    return counted | before if last else counted | before | over


def _to_us_with_never(times: list[datetime | None]) -> Micros:
    """The moments, and one more that is NEVER, for whoever owes nothing."""
    return np.array([*(NEVER if one is None else timestamps.to_us(one) for one in times), NEVER])


def _select_escalation_contacts(late_min: Micros, register: Register) -> list[str | None]:
    """Whose turn it is, by how late (-1: not): the last of the rules that has begun."""
    rules = sorted(register.election.rules.tps.escalation, key=lambda one: one.after)
    turns = np.array([one.after.total_seconds() / 60 for one in rules])
    names = [None, *(one.responsible for one in rules)]
    return [names[at] for at in np.searchsorted(turns, late_min, side="right")]
