"""A store to look at: what others wrote is read, and nothing is ever written."""

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
    """A store of others. Whatever would write raises StoreError with a sentence.

    Each method stands here by name: what the protocol comes to know more is refused by the type
    checker until somebody says which it is.
    """

    def __init__(self, store: Store, message: str) -> None:
        self._store, self._message = store, message

    def scope(self) -> Scope | None:
        return self._store.scope()

    def version(self) -> int:
        return self._store.version()

    def audit_hash(self, number: int) -> str | None:
        return self._store.audit_hash(number)

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        return self._store.rows_after(feed, after)

    def first_commit_after(self, version: int) -> datetime | None:  # noqa: ARG002 (whatever it is)
        """Unknown: it is asked under the write lock, by whoever is about to write."""
        return None

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        return self._store.withdrawals(after)

    def batches(self, after: int = 0) -> pd.DataFrame:
        return self._store.batches(after)

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        return self._store.count_rows_in_other_batches(batch)

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        return self._store.quarantined_rows(
            feed, include_released=include_released, numbers=numbers
        )

    def quarantine_counts(self) -> dict[str, int]:
        return self._store.quarantine_counts()

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        return self._store.quarantine_entries(after)

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        return self._store.quarantine_releases(after)

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        return self._store.quarantine_frame(at)

    def latest_notes(self) -> dict[str, Any]:
        return self._store.latest_notes()

    def latest_note(self, key: str) -> Any:
        return self._store.latest_note(key)

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        return self._store.latest_records(kind, name, after=after)

    def access_version(self) -> int:
        return self._store.access_version()

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        return self._store.access_position(number)

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        return self._store.audit_entries(after, action=action)

    def audit_head(self) -> tuple[int, str]:
        return self._store.audit_head()

    def verify(self, expected_hash: str | None = None) -> list[str]:
        return self._store.verify(expected_hash)

    def count_entries_without_hash(self) -> int:
        return self._store.count_entries_without_hash()

    def wait(self) -> None:
        self._store.wait()

    def is_leader(self, job: str) -> bool:  # noqa: ARG002 (whatever the job)
        """Never: what has to be done once for this store, its own board does."""
        return False

    def raw_snapshot(self) -> AbstractContextManager[RawSnapshot]:
        return self._store.raw_snapshot()

    def close(self) -> None:
        self._store.close()

    def deliver(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def withdraw(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def put_note(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def put_record(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def log_audit(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def raw_import(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._raise_read_only()

    def _raise_read_only(self) -> NoReturn:
        raise StoreError(self._message)
