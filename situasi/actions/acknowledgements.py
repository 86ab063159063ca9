"""Who took note of a grave report, and how long that took: the first word on a case counts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from situasi.store.interface import Overtaken, Store

KIND = "acknowledgement"
_LONGEST = 60


class NotNamed(ValueError):
    """An acknowledgement needs a name."""


@dataclass(frozen=True)
class Acknowledgement:
    """by: the name given before the wall. account: as whom they looked. since: when the report
    that made the case grave came in."""

    case: str
    by: str
    account: str
    at: datetime
    since: datetime

    @property
    def seconds(self) -> int:
        """How long it took."""
        return max(0, int((self.at - self.since).total_seconds()))


def keep(
    store: Store, case: str, by: str, account: str, since: datetime, at: datetime
) -> Acknowledgement:
    """Write down that somebody took note; what stands for the case then, perhaps an earlier word.

    Raises NotNamed and StoreError.
    """
    name = " ".join(by.split())[:_LONGEST]
    if not name:
        raise NotNamed("sebut nama")
    said = Acknowledgement(case, name, account, at, since)
    value = {
        "by": name,
        "account": account,
        "at": at.astimezone(UTC).isoformat(),
        "since": since.astimezone(UTC).isoformat(),
    }
    told = {"case": case, "by": name, "seconds": said.seconds}
    with suppress(Overtaken):  # somebody was first
        store.remember(KIND, case, value, at, account, "acknowledge", told, expected_seq=0)
    return _read(case, store.remembered(KIND, case)[case])


def every(store: Store) -> dict[str, Acknowledgement]:
    """All acknowledgements, by case."""
    return {case: _read(case, value) for case, value in store.remembered(KIND).items()}


def table(store: Store) -> pd.DataFrame:
    """The same as a frame: case, by, account, at, since (UTC), seconds; the earliest first."""
    found = sorted(every(store).values(), key=lambda one: one.at)
    frame = pd.DataFrame(
        {
            "case": [one.case for one in found],
            "by": [one.by for one in found],
            "account": [one.account for one in found],
            "at": [one.at for one in found],
            "since": [one.since for one in found],
            "seconds": [one.seconds for one in found],
        }
    )
    moment = "datetime64[us, UTC]"
    return frame.astype({"at": moment, "since": moment, "seconds": "int64"})


def _read(case: str, value: Any) -> Acknowledgement:
    at, since = (datetime.fromisoformat(value[name]) for name in ("at", "since"))
    return Acknowledgement(case, value["by"], value["account"], at, since)
