"""The store: everything that was accepted or refused, remembered and never changed."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from situasi.store import sqlite
from situasi.store.backend import Backend
from situasi.store.protocol import (
    Added,
    Delivery,
    Overtaken,
    Quarantined,
    Rejection,
    Store,
    StoreError,
    Writing,
)
from situasi.store.scope import Scope
from situasi.store.sql import SqlStore

__all__ = [
    "Added",
    "Delivery",
    "Overtaken",
    "Quarantined",
    "Rejection",
    "Scope",
    "Store",
    "StoreError",
    "Writing",
    "open_store",
]


def _postgres(url: sa.URL, scope: Scope | None, follows: bool) -> Backend:
    # Its driver is loaded where it is used.
    from situasi.store import postgres

    return postgres.backend(url, scope, follows)


_BACKENDS: dict[str, Callable[[sa.URL, Scope | None, bool], Backend]] = {
    "sqlite": sqlite.backend,
    "postgresql": _postgres,
}


def open_store(url: str, scope: Scope | None = None, *, follows: bool = False) -> Store:
    """Open the store of this scope at this address, creating it if new.

    url: `sqlite:///FOLDER/situasi.db`, or `postgresql+psycopg://USER@HOST/DATABASE`.

    follows: the server may be one that follows another, and is only read from; it is asked each
    time whether it still does. Each process opens its own.

    Raises StoreError when the address is none, or what lies there cannot be used as a store.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(f"Alamat penyimpanan tidak terbaca: {url!r}.") from error
    opener = _BACKENDS.get(address.get_backend_name())
    if opener is None:
        raise StoreError(
            f"Jenis penyimpanan {address.drivername!r} tidak dikenal."
            " Pakai sqlite:///BERKAS atau postgresql+psycopg://..."
        )
    return SqlStore(opener(address, scope, follows))
