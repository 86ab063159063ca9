"""A store to look at: what others wrote is read, and nothing is ever written."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd

from situasi.domain.feed_schemas import Feed
from situasi.store.interface import Quarantined, Scope, Store, StoreError

if TYPE_CHECKING:
    from situasi.store.backup.raw_tables import State


class ReadOnly:
    """A store of others. Whatever would write raises StoreError with a sentence.

    Each method stands here by name: what the protocol comes to know more is refused by the type
    checker until somebody says which it is.
    """

    def __init__(self, store: Store, why: str) -> None:
        self._store, self._why = store, why

    def scope(self) -> Scope | None:
        return self._store.scope()

    def version(self) -> int:
        return self._store.version()

    def seal(self, number: int) -> str | None:
        return self._store.seal(number)

    def tail(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        return self._store.tail(feed, after)

    def committed_after(self, version: int) -> datetime | None:  # noqa: ARG002 (whatever it is)
        """Unknown: it is asked under the write lock, by whoever is about to write."""
        return None

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        return self._store.withdrawals(after)

    def batches(self, after: int = 0) -> pd.DataFrame:
        return self._store.batches(after)

    def brought_elsewhere(self, batch: int) -> dict[int, int]:
        return self._store.brought_elsewhere(batch)

    def quarantine(
        self,
        feed: str | None = None,
        *,
        released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[Quarantined]:
        return self._store.quarantine(feed, released=released, numbers=numbers)

    def waiting(self) -> dict[str, int]:
        return self._store.waiting()

    def entered(self, after: int = 0) -> pd.DataFrame:
        return self._store.entered(after)

    def released(self, after: int = 0) -> pd.DataFrame:
        return self._store.released(after)

    def held(self, at: datetime | None = None) -> pd.DataFrame:
        return self._store.held(at)

    def notes(self) -> dict[str, Any]:
        return self._store.notes()

    def noted(self, key: str) -> Any:
        return self._store.noted(key)

    def remembered(self, kind: str, name: str | None = None, *, after: int = 0) -> dict[str, Any]:
        return self._store.remembered(kind, name, after=after)

    def access_version(self) -> int:
        return self._store.access_version()

    def access_mark(self, number: int | None = None) -> tuple[int, str]:
        return self._store.access_mark(number)

    def audit(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        return self._store.audit(after, action=action)

    def head(self) -> tuple[int, str]:
        return self._store.head()

    def verify(self, head: str | None = None) -> list[str]:
        return self._store.verify(head)

    def unsealed(self) -> int:
        return self._store.unsealed()

    def wait(self) -> None:
        self._store.wait()

    def alone(self, job: str) -> bool:  # noqa: ARG002 (whatever the job)
        """Never: what has to be done once for this store, its own board does."""
        return False

    def state(self) -> AbstractContextManager[State]:
        return self._store.state()

    def close(self) -> None:
        self._store.close()

    def deliver(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def withdraw(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def note(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def remember(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def tell(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def placing(self, *_asked: Any, **_more: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise StoreError(self._why)
