"""What one engine brings: connections, ways to append, words for its errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from situasi.common.disk_space import DISK_SPACE
from situasi.store.interface import Scope, StoreError

# A connection opened with this option takes the write lock of the whole scope at its
# first statement. One writer at a time keeps `seq` in the order of commits, without
# which a reader that asks for "rows after the last I saw" would miss some.
WRITE_OPTIONS = {"situasi_writes": True}

# Of an error that has no sentence of its own.
GENERIC_FAILURE = "Penyimpanan gagal menjawab. Pengelola papan melihat sebabnya pada log server."
_COMMITTED = "situasi_committed"

# Cells of one column, of all rows: str, int, float, bool, bytearray or None.
Cells = Iterable[Any]


class Backend(ABC):
    """An engine made ready: tables there, write lock installed (see WRITES).

    Reading is the same for all: statements over `tables`. Each engine appends in its own way.
    """

    def __init__(
        self, engine: sa.Engine, driver_error: type[Exception], scope: Scope | None = None
    ) -> None:
        self.engine, self._driver_error, self.scope = engine, driver_error, scope
        sa.event.listen(engine, "commit", _on_commit)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn what the engine raises into a StoreError."""
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, self._driver_error) as error:
            if self.is_full(error):
                DISK_SPACE.record_failure("store")
            raise self.to_store_error(error) from error

    @contextmanager
    def read_connection(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the store."""
        with self.translate_errors(), self.engine.connect() as connection:
            yield self.as_snapshot(connection)

    @contextmanager
    def write_connection(self) -> Iterator[sa.Connection]:
        """A connection that writes alone; what is not committed is rolled back.

        What the block raises passes unchanged, for the block may be the caller's: the
        store's own statements go inside `speaking`.
        """
        with self.translate_errors():
            connection = self.engine.connect()
        connection.info.pop(_COMMITTED, None)
        try:
            yield connection.execution_options(**WRITE_OPTIONS)
            if not connection.closed and connection.info.pop(_COMMITTED, False):
                DISK_SPACE.record_success("store")
        finally:
            self._release(connection)

    def _release(self, connection: sa.Connection) -> None:
        """Give the connection back. One that is lost rolled back by itself."""
        try:
            connection.close()
        except (sa.exc.DBAPIError, self._driver_error):
            if not connection.closed:
                connection.invalidate()
                connection.close()

    def as_snapshot(self, connection: sa.Connection) -> sa.Connection:
        """The connection, made to see one state from its first statement on."""
        return connection

    @abstractmethod
    def is_full(self, error: BaseException) -> bool:
        """Whether this error says that there is no space left to write to."""

    @abstractmethod
    def to_store_error(self, error: BaseException) -> StoreError:
        """What to tell of this error, in Indonesian."""

    @abstractmethod
    def last_issued_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """The highest number ever given to a row of the trail, rows since removed included."""

    @abstractmethod
    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        """One row; it gets the next `seq` where the table has one and the values bring none."""

    @abstractmethod
    def append_selected(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        statement: sa.Select[Any],
    ) -> int:
        """The rows that a SELECT finds, numbered on by the first of these columns; how many."""

    @abstractmethod
    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
        unique: Sequence[str],
    ) -> int:
        """Rows given by column, those left out whose `unique` columns are already there; how many.

        constants: what is the same in all rows.
        """

    @abstractmethod
    def import_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> int:
        """Rows as another store had them, their numbers included; how many.

        What is already there under the same number or content is an error.
        """

    def notify_changed(self, connection: sa.Connection) -> None:  # noqa: B027 (not every engine can)
        """Let everybody who waits know of this commit, once it is one."""

    @abstractmethod
    def wait(self) -> None:
        """Return when asking for a new version is worth it: once announced, or after a while."""

    @abstractmethod
    def is_leader(self, job: str) -> bool:
        """See protocol.Store."""

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _on_commit(connection: sa.Connection) -> None:
    connection.info[_COMMITTED] = True
