"""Who took note of a grave report, and how long that took: the first word on a case counts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from situasi.store.interface import ConflictError, Store

KIND = "acknowledgement"
_MAX_NAME_LENGTH = 60


class MissingName(ValueError):
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
    def response_time_s(self) -> int:
        """How long it took."""
        return max(0, int((self.at - self.since).total_seconds()))


def acknowledge(
    store: Store, case: str, by: str, account: str, since: datetime, at: datetime
) -> Acknowledgement:
    """Write down that somebody took note; what stands for the case then, perhaps an earlier word.

    Raises NotNamed and StoreError.
    """
    name = " ".join(by.split())[:_MAX_NAME_LENGTH]
    if not name:
        raise MissingName("sebut nama")
    said = Acknowledgement(case, name, account, at, since)
    value = {
        "by": name,
        "account": account,
        "at": at.astimezone(UTC).isoformat(),
        "since": since.astimezone(UTC).isoformat(),
    }
    told = {"case": case, "by": name, "seconds": said.response_time_s}
    with suppress(ConflictError):  # somebody was first
        store.put_record(KIND, case, value, at, account, "acknowledge", told, expected_seq=0)
    return _decode(case, store.latest_records(KIND, case)[case])


def load_all(store: Store) -> dict[str, Acknowledgement]:
    """All acknowledgements, by case."""
    return {case: _decode(case, value) for case, value in store.latest_records(KIND).items()}


def build_table(store: Store) -> pd.DataFrame:
    """The same as a frame: case, by, account, at, since (UTC), seconds; the earliest first."""
    found = sorted(load_all(store).values(), key=lambda one: one.at)
    frame = pd.DataFrame(
        {
            "case": [one.case for one in found],
            "by": [one.by for one in found],
            "account": [one.account for one in found],
            "at": [one.at for one in found],
            "since": [one.since for one in found],
            "seconds": [one.response_time_s for one in found],
        }
    )
    moment = "datetime64[us, UTC]"
    return frame.astype({"at": moment, "since": moment, "seconds": "int64"})


def _decode(case: str, value: Any) -> Acknowledgement:
    at, since = (datetime.fromisoformat(value[name]) for name in ("at", "since"))
    return Acknowledgement(case, value["by"], value["account"], at, since)
