"""The values that the store takes and gives, and its errors."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

# What waits for a person: a file for its mapping, a message for its reading.
WAITING_FILE: Final = "file"
WAITING_MESSAGE: Final = "message"


class StoreError(Exception):
    """An operation of the store failed; the message says what to do next.

    location: the file, or the engine's message; for the administrator, not for every viewer.
    """

    def __init__(self, message: str, location: str = "") -> None:
        super().__init__(message)
        self.location = location

    @property
    def detail(self) -> str:
        """Return the message with its location, for the log, the command line and Kesehatan."""
        return f"{self} ({self.location})" if self.location else str(self)


class ConflictError(StoreError):
    """Somebody else changed the record in the meantime; nothing was written."""


@dataclass(frozen=True)
class Scope:
    """The election and the kabupaten whose rows a store holds.

    contest: the election across all kabupaten (`pilkada-2024`). kabupaten: its code (`16.10`). An
    SQLite file holds one scope and needs none given; a PostgreSQL database holds many.
    """

    contest: str
    kabupaten: str


@dataclass(frozen=True)
class Delivery:
    """One source delivered at one time; it becomes a batch if any of its rows is new.

    profile: the source profile by which it was read; "" for none. Kept in the audit log.
    """

    feed: str
    source: str
    sha256: str
    recorded_at: datetime
    actor: str
    profile: str = ""


@dataclass(frozen=True)
class Rejection:
    """A row for quarantine: row number in the source, raw cells by heading, all reasons."""

    row: int
    raw: dict[str, str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class QuarantinedRow:
    """A row in quarantine. released_by: the batch that accepted its correction or dropped it."""

    number: int
    batch: int
    feed: str
    source: str
    row: int
    raw: dict[str, str]
    reasons: tuple[str, ...]
    recorded_at: datetime
    released_by: int | None


@dataclass(frozen=True)
class AppendResult:
    """The counts of rows of one `DeliveryTransaction.add`.

    already_waiting: for each rejected row, in order, the quarantine number under which the same row
    was already waiting; None for a row that is new in quarantine.
    """

    accepted: int
    duplicate: int
    quarantined: int
    already_waiting: tuple[int | None, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Settlement:
    """What became of a waiting item.

    outcome: "stored" (its rows are in these batches, or were known already) or "dropped". detail:
    JSON; of a dropped one its `reason`.
    """

    outcome: str
    batches: tuple[int, ...]
    detail: dict[str, Any]
    settled_at: datetime
    actor: str


@dataclass(frozen=True)
class WaitingItem:
    """A file ("file") or message ("message") that waits for a person, without its content.

    note: what is shown of it, such as why it waits. settlement: None while it waits.
    """

    number: int
    kind: str
    source: str
    sha256: str
    recorded_at: datetime
    actor: str
    note: dict[str, Any]
    settlement: Settlement | None
