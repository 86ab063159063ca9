"""The store: everything that was accepted or refused, remembered and never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from situasi.store.engines import sqlite
from situasi.store.engines.engine import Backend
from situasi.store.interface import (
    AppendResult,
    ConflictError,
    Delivery,
    DeliveryTransaction,
    QuarantinedRow,
    Rejection,
    Scope,
    Store,
    StoreError,
)
from situasi.store.migrations.runner import MigrationResult
from situasi.store.sql_store import SqlStore
from situasi.store.url import parse_url

__all__ = [
    "AppendResult",
    "ConflictError",
    "Delivery",
    "DeliveryTransaction",
    "MigrationResult",
    "QuarantinedRow",
    "Rejection",
    "Scope",
    "Store",
    "StoreError",
    "open_store",
    "upgrade",
]


def _open_postgres(url: sa.URL, scope: Scope | None, is_replica: bool) -> Backend:
    # Its driver is loaded where it is used.
    from situasi.store.engines import postgres

    return postgres.open_backend(url, scope, is_replica)


def _upgrade_postgres(url: sa.URL, scope: Scope | None) -> MigrationResult:
    from situasi.store.engines import postgres

    return postgres.upgrade(url, scope)


_BACKEND_OPENERS: dict[str, Callable[[sa.URL, Scope | None, bool], Backend]] = {
    "sqlite": sqlite.open_backend,
    "postgresql": _open_postgres,
}
_UPGRADERS: dict[str, Callable[[sa.URL, Scope | None], MigrationResult]] = {
    "sqlite": sqlite.upgrade,
    "postgresql": _upgrade_postgres,
}


def open_store(
    url: str,
    scope: Scope | None = None,
    *,
    is_replica: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Store:
    """Open the store of this scope at this address, creating it if new.

    url: `sqlite:///FOLDER/situasi.db`, or `postgresql+psycopg://USER@HOST/DATABASE`.

    follows: the server may be one that follows another, and is only read from; it is asked each
    time whether it still does. Each process opens its own.

    clock: is asked when something is committed, so that rows are known from when they could be
    seen; None: as of the moment that whoever writes names. Where boards write, it is given.

    Raises StoreError when the address is none, or what lies there cannot be used as a store.
    """
    address = parse_url(url)
    return SqlStore(_BACKEND_OPENERS[address.get_backend_name()](address, scope, is_replica), clock)


def upgrade(url: str, scope: Scope | None = None) -> MigrationResult:
    """Give the store that lies there today's schema, as opening it does, and tell what was done.

    Raises StoreError as `open_store`, and where there is no store.
    """
    address = parse_url(url)
    return _UPGRADERS[address.get_backend_name()](address, scope)


def create_scope_account(url: str, scope: Scope, password: str) -> str:
    """Make place for a scope, and a database account that sees and writes it alone; its name.

    An account that is there gets this password. Raises StoreError as `open_store`, and where the
    store is no server that has accounts.
    """
    address = parse_url(url)
    if address.get_backend_name() != "postgresql":
        raise StoreError("Hanya penyimpanan PostgreSQL memuat beberapa Polres.")
    from situasi.store.engines import postgres

    return postgres.create_scope_account(address, scope, password)
