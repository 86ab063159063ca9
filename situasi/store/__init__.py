"""The store: everything that was accepted or refused, remembered and never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from situasi.store.engines import sqlite
from situasi.store.engines.engine import Backend
from situasi.store.interface import (
    Added,
    Delivery,
    Overtaken,
    Quarantined,
    Rejection,
    Scope,
    Store,
    StoreError,
    Writing,
)
from situasi.store.migrations.runner import Grown
from situasi.store.sql_store import SqlStore
from situasi.store.url import parse

__all__ = [
    "Added",
    "Delivery",
    "Grown",
    "Overtaken",
    "Quarantined",
    "Rejection",
    "Scope",
    "Store",
    "StoreError",
    "Writing",
    "open_store",
    "upgrade",
]


def _postgres(url: sa.URL, scope: Scope | None, follows: bool) -> Backend:
    # Its driver is loaded where it is used.
    from situasi.store.engines import postgres

    return postgres.backend(url, scope, follows)


def _upgrade_postgres(url: sa.URL, scope: Scope | None) -> Grown:
    from situasi.store.engines import postgres

    return postgres.upgrade(url, scope)


_BACKENDS: dict[str, Callable[[sa.URL, Scope | None, bool], Backend]] = {
    "sqlite": sqlite.backend,
    "postgresql": _postgres,
}
_UPGRADES: dict[str, Callable[[sa.URL, Scope | None], Grown]] = {
    "sqlite": sqlite.upgrade,
    "postgresql": _upgrade_postgres,
}


def open_store(
    url: str,
    scope: Scope | None = None,
    *,
    follows: bool = False,
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
    address = parse(url)
    return SqlStore(_BACKENDS[address.get_backend_name()](address, scope, follows), clock)


def upgrade(url: str, scope: Scope | None = None) -> Grown:
    """Give the store that lies there today's schema, as opening it does, and tell what was done.

    Raises StoreError as `open_store`, and where there is no store.
    """
    address = parse(url)
    return _UPGRADES[address.get_backend_name()](address, scope)


def admit(url: str, scope: Scope, password: str) -> str:
    """Make place for a scope, and a database account that sees and writes it alone; its name.

    An account that is there gets this password. Raises StoreError as `open_store`, and where the
    store is no server that has accounts.
    """
    address = parse(url)
    if address.get_backend_name() != "postgresql":
        raise StoreError("Hanya penyimpanan PostgreSQL memuat beberapa Polres.")
    from situasi.store.engines import postgres

    return postgres.admit(address, scope, password)
