"""The base class of engines: connections, ways to append rows, messages for errors."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from situasi.common.disk_space import DISK_SPACE
from situasi.store.model import Scope, StoreError

# A connection with this option takes the write lock of the whole scope at its first
# statement. One writer at a time keeps `seq` in the order of commits; otherwise a reader
# that asks for "rows after the last one I have" would miss some.
WRITE_OPTIONS = {"situasi_writes": True}

# For errors without a message of their own.
GENERIC_FAILURE = "Penyimpanan gagal menjawab. Pengelola papan melihat sebabnya pada log server."
_COMMITTED = "situasi_committed"

# Cells of one column, of all rows: str, int, float, bool, bytearray or None.
Cells = Iterable[Any]
Row = Sequence[Any]
# Values that one statement may bind, in every engine.
_MAX_BOUND_VALUES = 500


class Backend(ABC):
    """An engine that is ready: tables exist, the write lock is installed (see WRITE_OPTIONS).

    Reading is the same for all: statements over the tables of `schema`. Each engine appends in its
    own way.
    """

    def __init__(
        self, engine: sa.Engine, driver_error: type[Exception], scope: Scope | None = None
    ) -> None:
        self.engine, self._driver_error, self.scope = engine, driver_error, scope
        sa.event.listen(engine, "commit", _on_commit)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn the engine's exceptions into StoreError."""
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, self._driver_error) as error:
            if self.is_full(error):
                DISK_SPACE.record_failure("store")
            raise self.to_store_error(error) from error

    @contextmanager
    def read_connection(self) -> Iterator[sa.Connection]:
        """Open a connection that sees one unchanging state of the store."""
        with self.translate_errors(), self.engine.connect() as connection:
            yield self.as_snapshot(connection)

    @contextmanager
    def write_connection(self) -> Iterator[sa.Connection]:
        """Open a connection that is the only writer; what is not committed is rolled back.

        Exceptions of the block pass unchanged, for the block may be the caller's: the store's own
        statements go inside `translate_errors`.
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
        """Return the connection to the pool; a lost one was rolled back by the server."""
        try:
            connection.close()
        except (sa.exc.DBAPIError, self._driver_error):
            if not connection.closed:
                connection.invalidate()
                connection.close()

    def as_snapshot(self, connection: sa.Connection) -> sa.Connection:
        """Return the connection, set to see one state from its first statement on."""
        return connection

    @abstractmethod
    def is_full(self, error: BaseException) -> bool:
        """Return whether this error says that the disk is full."""

    @abstractmethod
    def to_store_error(self, error: BaseException) -> StoreError:
        """Build the StoreError for this error, with a message in Indonesian."""

    @abstractmethod
    def last_issued_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """Return the highest number ever given to an audit log entry, removed ones included."""

    @abstractmethod
    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        """Append one row; it gets the next `seq` if the table has one and the values do not."""

    @abstractmethod
    def append_selected(
        self, connection: sa.Connection, table: sa.Table, statement: sa.Select[Any]
    ) -> int:
        """Append the rows of a SELECT, in order of its first column; return how many."""

    @abstractmethod
    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
    ) -> int:
        """Append rows given by column that are not there yet (unique_columns); return how many.

        constants: values that are the same in all rows.
        """

    @abstractmethod
    def import_rows(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[Row]
    ) -> int:
        """Insert rows of another store with their numbers; return how many.

        Raises an error if the same number or content is already there.
        """

    def notify_changed(self, connection: sa.Connection) -> None:  # noqa: B027 (optional)
        """Notify all waiting processes of this commit once it is made."""

    @abstractmethod
    def wait(self) -> None:
        """Return when asking for a new version is useful: when notified, or after a while."""

    @abstractmethod
    def is_leader(self, job: str) -> bool:
        """Return whether this process does the job alone (see Store.is_leader)."""

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@dataclass(frozen=True)
class WriteTransaction:
    """One commit being made, under the write lock: when it began, and by whom."""

    backend: Backend
    connection: sa.Connection
    at_us: int
    actor: str


def _on_commit(connection: sa.Connection) -> None:
    connection.info[_COMMITTED] = True


def unique_columns(table: sa.Table) -> list[str]:
    """Return the columns by which a row of this table is known to be there."""
    constraints = (item for item in table.constraints if isinstance(item, sa.UniqueConstraint))
    return [column.name for column in next(constraints).columns]


def iter_chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield the values in chunks small enough for one statement."""
    for start in range(0, len(values), _MAX_BOUND_VALUES):
        yield values[start : start + _MAX_BOUND_VALUES]
