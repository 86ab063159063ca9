"""What one engine brings: connections, an INSERT that skips what is there, words for its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from situasi.store.protocol import StoreError

# A connection opened with this option takes the write lock of the whole store at its
# first statement. One writer at a time keeps `seq` in the order of commits, without
# which a reader that asks for "rows after the last I saw" would miss some.
WRITES = {"situasi_writes": True}


@dataclass(frozen=True)
class Backend:
    """An engine made ready: tables there, write lock installed (see WRITES).

    insert: the dialect's INSERT, which has `on_conflict_do_nothing`.
    given: the highest number ever given to a row of a table, rows since removed included.
    driver_error: what its driver raises; explain: one sentence for the user, in Indonesian.
    """

    engine: sa.Engine
    insert: Callable[[sa.Table], Any]
    given: Callable[[sa.Connection, sa.Table], int]
    driver_error: type[Exception]
    explain: Callable[[BaseException], str]

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Turn what the engine raises into a StoreError."""
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, self.driver_error) as error:
            raise StoreError(self.explain(error)) from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the store."""
        with self.speaking(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that writes alone; what is not committed is rolled back.

        What the block raises passes unchanged, for the block may be the caller's: the
        store's own statements go inside `speaking`.
        """
        with self.speaking():
            connection = self.engine.connect()
        try:
            yield connection.execution_options(**WRITES)
        finally:
            connection.close()
