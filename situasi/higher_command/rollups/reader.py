"""The reader of roll-ups: every kabupaten of one contest in one database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from situasi.higher_command.rollups.model import Rollup, RollupParameters
from situasi.higher_command.rollups.queries import CachedSections, RollupQuery
from situasi.store.audit import hash_chain
from situasi.store.audit.hash_chain import AuditPosition
from situasi.store.engines.engine import Backend
from situasi.store.model import Scope
from situasi.store.url import parse_url

# A roll-up reads all rows of a kabupaten: nested loops are never right, though a server with
# outdated statistics (just after many rows came) may choose them.
_SESSION_SETTINGS = {"postgresql": ("SET LOCAL enable_nestloop = off", "SET LOCAL jit = off")}


class RollupReader:
    """Computes roll-ups of the kabupaten of one contest, each on one unchanging state of its rows.

    connection_options: connection options under which statements on the store's tables read this
    kabupaten. read_entry_numbers: reads the last audit log number of each kabupaten.
    """

    def __init__(
        self,
        backend: Backend,
        connection_options: Callable[[str], dict[str, Any]],
        read_entry_numbers: Callable[[sa.Connection], dict[str, int]],
    ) -> None:
        self._backend, self._connection_options = backend, connection_options
        self._read_entry_numbers = read_entry_numbers
        # By kabupaten: last entry number, version and its hash.
        self._known_positions: dict[str, tuple[int, AuditPosition]] = {}
        self._turns = count()
        self._sections: dict[str, CachedSections] = {}

    def read_positions(self) -> dict[str, AuditPosition]:
        """Return version and its hash for every kabupaten that ever sent anything.

        One small query, one more for each kabupaten whose audit log moved, and one for a further
        kabupaten in turn: a store that was replaced may end at the same number. Raises StoreError.
        """
        with self._backend.read_connection() as connection:
            numbers = self._read_entry_numbers(connection)
        checked_index = next(self._turns) % max(len(numbers), 1)
        for index, (kabupaten, number) in enumerate(numbers.items()):
            known_position = self._known_positions.get(kabupaten)
            if known_position is None or known_position[0] != number or index == checked_index:
                with self._read_connection(kabupaten) as connection:
                    position = hash_chain.read_data_head(connection)
                self._known_positions[kabupaten] = number, position
        return {kabupaten: self._known_positions[kabupaten][1] for kabupaten in numbers}

    def compute(
        self, kabupaten: str, parameters: RollupParameters, now: datetime, *, live: bool = True
    ) -> Rollup:
        """Return the roll-up of a kabupaten that sent something.

        live: with all that is known by now; during an exercise by its own clock. Otherwise as it
        was known at `now`. Raises StoreError.
        """
        with self._read_connection(kabupaten) as connection:
            position = hash_chain.read_data_head(connection)
            sections = self._sections.get(kabupaten) if live else None
            is_known = sections is not None and sections.parameters is parameters
            if sections is None or not is_known or not sections.is_from_store(connection):
                sections = CachedSections(parameters, position, {})
            rollup = RollupQuery(connection, sections, kabupaten, now, live).compute(*position)
        if live:
            self._sections[kabupaten] = CachedSections(parameters, position, sections.by_name)
        return rollup

    @contextmanager
    def _read_connection(self, kabupaten: str) -> Iterator[sa.Connection]:
        with self._backend.read_connection() as connection:
            for setting in _SESSION_SETTINGS.get(connection.dialect.name, ()):
                connection.exec_driver_sql(setting)
            yield connection.execution_options(**self._connection_options(kabupaten))

    def close(self) -> None:
        """Close all connections."""
        self._backend.close()


def open_rollup_reader(url: str, contest: str, *, is_replica: bool = False) -> RollupReader:
    """Open the roll-ups of this contest in the PostgreSQL at this address.

    is_replica: see open_store. Raises StoreError.
    """
    # The driver is imported only when it is needed.
    from situasi.store.engines import postgres, postgres_schema

    def connection_options(kabupaten: str) -> dict[str, Any]:
        schema = postgres_schema.schema_name(Scope(contest, kabupaten))
        return {"schema_translate_map": {None: schema}}

    def read_entry_numbers(connection: sa.Connection) -> dict[str, int]:
        if not postgres_schema.has_base_tables(connection):
            return {}
        issued = postgres_schema.last_issued.c
        query = sa.select(issued.kabupaten, issued.number).where(issued.contest == contest)
        return {kabupaten: int(number) for kabupaten, number in connection.execute(query)}

    backend = postgres.PostgresBackend(parse_url(url), Scope(contest, ""), is_replica)
    return RollupReader(backend, connection_options, read_entry_numbers)
