"""The table of all batches, updated from new rows only."""

import json
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.common.growable_frame import GrowableFrame

_TIME: Final = "datetime64[us, UTC]"
# The columns of `Store.batches`.
BATCH_DTYPES: Final = {
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "sha256": "object",
    "recorded_at": _TIME,
    "actor": "object",
    "accepted": "int64",
    "duplicate": "int64",
    "quarantined": "int64",
}
_WITHDRAWAL_DTYPES: Final = {
    "withdrawn": "int64",
    "withdrawn_at": _TIME,
    "withdrawn_by": "object",
    "reason": "object",
}


class BatchTable:
    """The rows of `Store.batches` with the withdrawal of each batch.

    Extra columns: withdrawn (rows), withdrawn_at, withdrawn_by, reason.
    """

    def __init__(self) -> None:
        self._rows = GrowableFrame(BATCH_DTYPES | _WITHDRAWAL_DTYPES)

    @property
    def last_batch(self) -> int:
        """Return the highest batch number; 0 where there is none."""
        numbers = self._rows.array("batch")
        return int(numbers[-1]) if len(numbers) else 0

    def frame(self) -> pd.DataFrame:
        """Return the table."""
        return self._rows.frame()

    def add(
        self, batches: pd.DataFrame, withdrawn: pd.DataFrame, withdrawal_entries: pd.DataFrame
    ) -> None:
        """Add batches numbered above `last_batch`, and new withdrawals of any batch.

        withdrawn: new rows of `Store.withdrawals`. withdrawal_entries: audit log entries of
        withdrawals; earlier ones may be passed again.
        """
        if len(batches):
            not_withdrawn = pd.Series(pd.NaT, batches.index, _TIME)
            extended = batches.assign(withdrawn=0, withdrawn_at=not_withdrawn)
            self._rows.add(extended.assign(withdrawn_by=None, reason=None))
        if len(withdrawn):
            self._count_withdrawn(withdrawn)
        if len(withdrawal_entries):
            self._apply_entries(withdrawal_entries)

    def _count_withdrawn(self, withdrawn: pd.DataFrame) -> None:
        times_by_batch = withdrawn.groupby("batch")["recorded_at"]
        latest = pd.DatetimeIndex(times_by_batch.max()).as_unit("us").asi8
        counts = times_by_batch.size()
        positions, is_known = self._find_positions(counts.index.to_numpy("int64"))
        total, withdrawn_at = (
            self._rows.array(name).copy() for name in ("withdrawn", "withdrawn_at")
        )
        total[positions] += counts.to_numpy("int64")[is_known]
        # NaT is less than any time.
        withdrawn_at[positions] = np.maximum(withdrawn_at[positions], latest[is_known])
        self._rows.set_column("withdrawn", total)
        self._rows.set_column("withdrawn_at", withdrawn_at)

    def _apply_entries(self, entries: pd.DataFrame) -> None:
        """Set actor, reason and time of withdrawals; the last entry of a batch counts."""
        details = list(map(json.loads, entries["detail"]))
        positions, is_known = self._find_positions(
            np.array([detail["batch"] for detail in details], dtype="int64")
        )
        columns = ("withdrawn_by", "reason", "withdrawn_at")
        actor, reason, withdrawn_at = (self._rows.array(name).copy() for name in columns)
        actors = entries["actor"].tolist()
        for position, entry in zip(positions, np.flatnonzero(is_known), strict=True):
            actor[position], reason[position] = actors[entry], details[entry].get("reason") or None
            # If all rows stay valid through another batch, only the entry tells the time.
            withdrawn_at[position] = max(
                withdrawn_at[position], details[entry].get("committed_at") or withdrawn_at[position]
            )
        self._rows.set_column("withdrawn_at", withdrawn_at)
        self._rows.set_column("withdrawn_by", actor)
        self._rows.set_column("reason", reason)

    def _find_positions(
        self, batch_numbers: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Return the positions of the known batches among these, and which of these are known."""
        numbers = self._rows.array("batch")
        positions = np.searchsorted(numbers, batch_numbers)
        is_known = positions < len(numbers)
        is_known[is_known] = numbers[positions[is_known]] == batch_numbers[is_known]
        return positions[is_known], is_known
