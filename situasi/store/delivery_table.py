"""The table of all batches, carried forward by what is new alone."""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.common.growable_frame import GrowableFrame

_TIME: Final = "datetime64[us, UTC]"
_DTYPES: Final = {
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "sha256": "object",
    "recorded_at": _TIME,
    "actor": "object",
    "accepted": "int64",
    "duplicate": "int64",
    "quarantined": "int64",
    "taken_back": "int64",
    "taken_back_at": _TIME,
    "taken_back_by": "object",
    "reason": "object",
}


class BatchTable:
    """Rows of `Store.batches`, and of each how many of its rows were taken back, when, by whom
    and why (columns taken_back, taken_back_at, taken_back_by, reason).
    """

    def __init__(self) -> None:
        self._rows = GrowableFrame(_DTYPES)

    @property
    def last_batch(self) -> int:
        """The highest batch number; 0 where there is none."""
        numbers = self._rows.array("batch")
        return int(numbers[-1]) if len(numbers) else 0

    def frame(self) -> pd.DataFrame:
        return self._rows.frame()

    def add(
        self, batches: pd.DataFrame, withdrawn: pd.DataFrame, withdrawal_entries: pd.DataFrame
    ) -> None:
        """Add batches numbered above `last`, and what was taken back of any.

        withdrawn: new rows of `Store.withdrawals`. deeds: entries of the trail that tell of
        withdrawals; those told before may come again.
        """
        if len(batches):
            never = pd.Series(pd.NaT, batches.index, _TIME)
            more = batches.assign(taken_back=0, taken_back_at=never)
            self._rows.add(more.assign(taken_back_by=None, reason=None))
        if len(withdrawn):
            self._count_withdrawn(withdrawn)
        if len(withdrawal_entries):
            self._apply_entries(withdrawal_entries)

    def _count_withdrawn(self, withdrawn: pd.DataFrame) -> None:
        batches = withdrawn.groupby("batch")["recorded_at"]
        counts, latest = batches.size(), pd.DatetimeIndex(batches.max()).as_unit("us").asi8
        spots, known = self._find_positions(counts.index.to_numpy("int64"))
        taken, at = (self._rows.array(name).copy() for name in ("taken_back", "taken_back_at"))
        taken[spots] += counts.to_numpy("int64")[known]
        at[spots] = np.maximum(at[spots], latest[known])  # NaT is less than any moment
        self._rows.set_column("taken_back", taken)
        self._rows.set_column("taken_back_at", at)

    def _apply_entries(self, entries: pd.DataFrame) -> None:
        """The last deed of a batch tells."""
        details = list(map(json.loads, entries["detail"]))
        spots, known = self._find_positions(
            np.array([said["batch"] for said in details], dtype="int64")
        )
        named = ("taken_back_by", "reason", "taken_back_at")
        who, why, when = (self._rows.array(name).copy() for name in named)
        actors = entries["actor"].tolist()
        for spot, at in zip(spots, np.flatnonzero(known), strict=True):
            who[spot], why[spot] = actors[at], details[at].get("reason") or None
            # Of a batch whose rows all stand by another delivery, only its entry tells when.
            when[spot] = max(when[spot], details[at].get("committed_at") or when[spot])
        self._rows.set_column("taken_back_at", when)
        self._rows.set_column("taken_back_by", who)
        self._rows.set_column("reason", why)

    def _find_positions(
        self, batch_numbers: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Where these batches lie; and which of them there are at all."""
        numbers = self._rows.array("batch")
        spots = np.searchsorted(numbers, batch_numbers)
        known = spots < len(numbers)
        known[known] = numbers[spots[known]] == batch_numbers[known]
        return spots[known], known
