"""Reporting status of each TPS: exactly one state, the missing report, and who must ask for it."""

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
    """What each TPS has reported.

    fase_index: position in FASE of its furthest phase, -1 for none. opened_us, counted_us: when it
    was opened, and when heads were last counted.
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
    """Compute the one state of each TPS: state, owed, owed_hour, owed_at, late_min, chaser."""
    # After the end of the day nobody is asked any more: what is missing stays as late as it was.
    now = min(at, register.election.day_end)
    deadlines = list_deadlines(register.election)
    unmet = ~np.column_stack([_is_fulfilled(due, summary, register) for due in deadlines])
    overdue = unmet & np.array([now > due.late_after for due in deadlines])
    expected = unmet & np.array([now >= due.expected_from for due in deadlines])
    missing, is_late = expected.any(axis=1), overdue.any(axis=1)
    first = np.where(missing, expected.argmax(axis=1), -1)
    states = np.select(
        [summary.is_unreachable, is_late, summary.has_doubted_count, missing, summary.has_reported],
        ["tak_terjangkau", "terlambat", "diragukan", "ditunggu", "lapor"],
        default="belum_waktunya",
    )
    kinds = np.array([*(due.report_kind for due in deadlines), None], dtype=object)
    late_after_us = _to_us_with_never([due.late_after for due in deadlines])[first]
    minutes = np.where(is_late, (timestamps.to_us(now) - late_after_us) // _MINUTE, -1)
    return pd.DataFrame(
        {
            "state": states,
            "owed": pd.Series(kinds[first], dtype="object"),
            "owed_hour": index_from_us(_to_us_with_never([due.hour for due in deadlines])[first]),
            "owed_at": index_from_us(late_after_us),
            "late_min": pd.arrays.IntegerArray(minutes.clip(0), ~is_late),
            "chaser": pd.Series(_select_escalation_contacts(minutes, register), dtype="object"),
        }
    )


def _is_fulfilled(deadline: Deadline, summary: StationSummary, register: Register) -> _Mask:
    """Return which TPS no longer owe this report.

    A later phase replaces an earlier one. A count is valid from expected_from, before its hour. No
    count is owed for an hour before the opening nor, once the TPS is closed, for any hour but the
    last.
    """
    if deadline.hour is None:
        return summary.fase_index >= deadline.fase_index
    counted = summary.counted_us >= timestamps.to_us(deadline.expected_from)
    was_not_open = summary.opened_us >= timestamps.to_us(deadline.hour)
    is_closed = summary.fase_index >= _CLOSED
    is_last = (
        deadline.hour + register.election.rules.tps.count_interval
        > register.election.local_time(register.election.tps_closes)
    )
    return counted | was_not_open if is_last else counted | was_not_open | is_closed


def _to_us_with_never(times: list[datetime | None]) -> Micros:
    """Convert the times to microseconds and append NEVER, for TPS that owe nothing."""
    return np.array([*(NEVER if at is None else timestamps.to_us(at) for at in times), NEVER])


def _select_escalation_contacts(late_min: Micros, register: Register) -> list[str | None]:
    """Select who must ask, by how late (-1: nobody): the last rule that applies."""
    rules = sorted(register.election.rules.tps.escalation, key=lambda rule: rule.after)
    limits_min = np.array([rule.after.total_seconds() / 60 for rule in rules])
    names = [None, *(rule.responsible for rule in rules)]
    return [names[position] for position in np.searchsorted(limits_min, late_min, side="right")]
