"""A store that is only read: rows that others wrote are shown, and nothing is ever written."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd

from situasi.domain.feed_schemas import Feed
from situasi.store.interface import QuarantinedRow, Scope, Store, StoreError

if TYPE_CHECKING:
    from situasi.store.backup.raw_tables import RawSnapshot


class ReadOnlyStore:
    """Another unit's store. Every method that would write raises StoreError with this message.

    All methods are written out: when the protocol gets a new method, the type checker demands a
    decision whether it reads or writes.
    """

    def __init__(self, store: Store, message: str) -> None:
        self._store, self._message = store, message

    def scope(self) -> Scope | None:
        """Return the scope of the store."""
        return self._store.scope()

    def version(self) -> int:
        """Return the version of the store."""
        return self._store.version()

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of an audit log entry."""
        return self._store.audit_hash(number)

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        """Return the rows of a feed above a number."""
        return self._store.rows_after(feed, after)

    def first_commit_after(self, version: int) -> datetime | None:  # noqa: ARG002
        """Return None: the answer needs the write lock, which this store never takes."""
        return None

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        """Return the withdrawn rows above a number."""
        return self._store.withdrawals(after)

    def batches(self, after: int = 0) -> pd.DataFrame:
        """Return the batches above a number."""
        return self._store.batches(after)

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        """Count the rows of a batch that other batches delivered too."""
        return self._store.count_rows_in_other_batches(batch)

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        """Return rows in quarantine."""
        return self._store.quarantined_rows(
            feed, include_released=include_released, numbers=numbers
        )

    def quarantine_counts(self) -> dict[str, int]:
        """Return how many rows wait in quarantine, by feed."""
        return self._store.quarantine_counts()

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        """Return the rows that entered quarantine after a number."""
        return self._store.quarantine_entries(after)

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        """Return the releases from quarantine after a number."""
        return self._store.quarantine_releases(after)

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        """Return the rows waiting in quarantine, without their cells."""
        return self._store.quarantine_frame(at)

    def latest_notes(self) -> dict[str, Any]:
        """Return the newest value of each note."""
        return self._store.latest_notes()

    def latest_note(self, key: str) -> Any:
        """Return the newest value of one note."""
        return self._store.latest_note(key)

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        """Return the newest access records of a kind."""
        return self._store.latest_records(kind, name, after=after)

    def access_version(self) -> int:
        """Return the version of the access records."""
        return self._store.access_version()

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        """Return number and digest of an access record."""
        return self._store.access_position(number)

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        """Return audit log entries above a number."""
        return self._store.audit_entries(after, action=action)

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the newest audit log entry."""
        return self._store.audit_head()

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Return the breaks found in the audit log and the rows."""
        return self._store.verify(expected_hash)

    def wait(self) -> None:
        """Wait for a possible new version."""
        self._store.wait()

    def is_leader(self, job: str) -> bool:  # noqa: ARG002
        """Return False: single jobs of this store are done by its own dashboard."""
        return False

    def raw_snapshot(self) -> AbstractContextManager[RawSnapshot]:
        """Open one unchanging state of all tables."""
        return self._store.raw_snapshot()

    def close(self) -> None:
        """Release files and connections."""
        self._store.close()

    def deliver(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def withdraw(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def put_note(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def put_record(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def log_audit(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def raw_import(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise StoreError."""
        self._raise_read_only()

    def _raise_read_only(self) -> NoReturn:
        raise StoreError(self._message)
