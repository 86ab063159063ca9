"""The level above: the roll-ups of all its kabupaten, kept in memory for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from situasi.command import Command
from situasi.store.rollups import Rollup, Serious


@dataclass(frozen=True)
class Total:
    """The sum over some kabupaten. Each count is the sum over those that told it.

    members: how many there are. told: by the name of a count (of Rollup), how many of them told
    it: missing is not zero. A count that nobody told is None.
    """

    members: int
    told: Mapping[str, int]
    counts: Mapping[str, int | None]
    reporting: int  # members from which anything ever came
    rehearsal: bool


@dataclass(frozen=True)
class Overview:
    """The last good roll-ups, by kabupaten, in the order of the command's members.

    checked_at: when the database was last asked with success. trouble: why it cannot be asked
    now. failed: kabupaten whose roll-up is older than their rows, with the reason.
    """

    command: Command
    rollups: Mapping[str, Rollup]
    checked_at: datetime
    trouble: str | None = None
    failed: Mapping[str, str] | None = None

    # total(code="") -> Total of the members under a code; serious(code, limit) -> newest first.
    # Overseeing(rollups, command, clock).overview() -> Overview (now, shared by all viewers)
    # Overseeing.then(moment) -> Overview (as it was known at a past moment)
    def total(self, code: str = "") -> Total:
        raise NotImplementedError

    def serious(self, code: str = "", limit: int = 6) -> list[Serious]:
        raise NotImplementedError
