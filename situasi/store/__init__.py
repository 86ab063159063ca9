"""The store: an append-only record of every accepted and every refused row."""

from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import sqlalchemy as sa

from situasi.store.delivery_writer import DeliveryTransaction
from situasi.store.engines import sqlite
from situasi.store.migrations.runner import MigrationResult
from situasi.store.model import (
    WAITING_FILE,
    WAITING_MESSAGE,
    AppendResult,
    ConflictError,
    Delivery,
    QuarantinedRow,
    Rejection,
    Scope,
    Settlement,
    StoreError,
    WaitingItem,
)
from situasi.store.store import Store
from situasi.store.url import parse_url

__all__ = [
    "WAITING_FILE",
    "WAITING_MESSAGE",
    "AppendResult",
    "ConflictError",
    "Delivery",
    "DeliveryTransaction",
    "MigrationResult",
    "QuarantinedRow",
    "Rejection",
    "Scope",
    "Settlement",
    "Store",
    "StoreError",
    "WaitingItem",
    "open_store",
    "upgrade",
]


def _load_engine(url: sa.URL) -> ModuleType:
    """Return the module of the engine; that of PostgreSQL, with its driver, only when needed."""
    if url.get_backend_name() == "sqlite":
        return sqlite
    from situasi.store.engines import postgres

    return postgres


def open_store(
    url: str,
    scope: Scope | None = None,
    *,
    is_replica: bool = False,
    clock: Callable[[], datetime] | None = None,
    read_only: str | None = None,
) -> Store:
    """Open the store of this scope at this address; create it if it is new.

    url: `sqlite:///FOLDER/situasi.db`, or `postgresql+psycopg://USER@HOST/DATABASE`. is_replica:
    the server may be a replica, and is only read from; each read asks whether it still follows its
    primary. clock: asked at each commit, so that rows are known from the moment they became visible
    (needed where boards write); None: as of the time that the writer names. read_only: the message
    of the StoreError for whoever writes; None: all may. Each process opens its own store.

    Raises StoreError when the address is invalid, or what lies there cannot be used as a store.
    """
    address = parse_url(url)
    return Store(_load_engine(address).open_backend(address, scope, is_replica), clock, read_only)


def upgrade(url: str, scope: Scope | None = None) -> MigrationResult:
    """Bring an existing store to the current schema, as opening does, and return what was done.

    Raises StoreError as `open_store`, and where there is no store.
    """
    address = parse_url(url)
    result: MigrationResult = _load_engine(address).upgrade(address, scope)
    return result


def create_scope_account(url: str, scope: Scope, password: str) -> str:
    """Create a scope, and a database account limited to its rows; return the account's name.

    An existing account gets this password. Raises StoreError as `open_store`, and where the store
    is not on a server with accounts.
    """
    address = parse_url(url)
    if address.get_backend_name() != "postgresql":
        raise StoreError("Hanya penyimpanan PostgreSQL memuat beberapa Polres.")
    return str(_load_engine(address).create_scope_account(address, scope, password))
