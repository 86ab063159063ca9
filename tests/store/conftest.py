"""Every store that the contract binds, opened empty; and the address of a fresh SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from situasi.store import Store, open_store
from situasi.store.engines import sqlite, sqlite_schema
from situasi.store.migrations import runner
from tests import sqlite_stores
from tests.postgres import SCOPE
from tests.store import old
from tests.store.slow import MemoryStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'data' / 'situasi.db').as_posix()}"


@pytest.fixture
def sqlite_store(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def tables_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a new file get its tables here and be written to the disk, as in the product."""
    made = sqlite_schema.prepare_file
    monkeypatch.setattr(sqlite_schema, "prepare_file", getattr(made, "__wrapped__", made))
    monkeypatch.setattr(sqlite, "_PRAGMAS", sqlite_stores.PRAGMAS)


@pytest.fixture
def memory_store() -> Store:
    return MemoryStore()


@pytest.fixture
def postgres_store(store_database: str) -> Iterator[Store]:
    store = open_store(store_database, SCOPE)
    yield store
    store.close()


# Another engine joins here with a fixture of its own, and must keep the whole contract.
@pytest.fixture(params=["sqlite_store", "postgres_store", "memory_store"])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def later(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this be a program with one migration more."""
    versions = old.write_later_versions(tmp_path_factory.mktemp("later"))
    monkeypatch.setattr(runner, "VERSIONS", versions)
