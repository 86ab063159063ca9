"""Who took note of a serious report, and how fast. The first acknowledgement of a case counts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from situasi.store import ConflictError, Store

KIND = "acknowledgement"
# Who gave one can take it back for ten seconds, and a little for the way to the server.
UNDO_TIME = timedelta(seconds=12)
_MAX_NAME_LENGTH = 60
_WITHDRAWN = "withdrawn"


class MissingName(ValueError):
    """An acknowledgement needs a name."""


@dataclass(frozen=True)
class Acknowledgement:
    """One acknowledgement of a case.

    by: the name given at the wall. account: the signed-in account. since: when the report that made
    the case serious came in.
    """

    case: str
    by: str
    account: str
    at: datetime
    since: datetime

    @property
    def response_time_s(self) -> int:
        """Return the seconds from report to acknowledgement."""
        return max(0, int((self.at - self.since).total_seconds()))


def acknowledge(
    store: Store, case: str, by: str, account: str, since: datetime, at: datetime
) -> Acknowledgement:
    """Record an acknowledgement; return the one in force, which may be an earlier one.

    Raises MissingName and StoreError.
    """
    name = " ".join(by.split())[:_MAX_NAME_LENGTH]
    if not name:
        raise MissingName("sebut nama")
    acknowledgement = Acknowledgement(case, name, account, at, since)
    times = {"at": at.astimezone(UTC).isoformat(), "since": since.astimezone(UTC).isoformat()}
    value = {"by": name, "account": account, **times}
    detail = {"case": case, "by": name, "seconds": acknowledgement.response_time_s}
    version, given = store.access_version(), store.latest_records(KIND, case).get(case)
    if given is None or _WITHDRAWN in given:
        with suppress(ConflictError):  # another person was first
            store.put_record(
                KIND, case, value, at, account, "acknowledge", detail, expected_seq=version
            )
    return _decode(case, store.latest_records(KIND, case)[case])


def withdraw(store: Store, case: str, account: str, at: datetime) -> bool:
    """Take back an acknowledgement that this account gave just now; return whether it was.

    The record of it stays. Raises StoreError.
    """
    version, value = store.access_version(), store.latest_records(KIND, case).get(case)
    if value is None or _WITHDRAWN in value:
        return False
    given = _decode(case, value)
    if given.account != account or at > given.at + UNDO_TIME:
        return False
    value, detail = {**value, _WITHDRAWN: at.astimezone(UTC).isoformat()}, {"case": case}
    try:
        store.put_record(
            KIND, case, value, at, account, "acknowledge-undo", detail, expected_seq=version
        )
    except ConflictError:
        return False
    return True


def load_all(store: Store) -> dict[str, Acknowledgement]:
    """Return all acknowledgements by case."""
    return {
        case: _decode(case, value)
        for case, value in store.latest_records(KIND).items()
        if _WITHDRAWN not in value
    }


def _decode(case: str, value: Any) -> Acknowledgement:
    at, since = (datetime.fromisoformat(value[name]) for name in ("at", "since"))
    return Acknowledgement(case, value["by"], value["account"], at, since)
