"""Every store that the contract binds, opened empty; and the address of a fresh SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from situasi.store import Store, open_store
from tests.store.slow import MemoryStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'data' / 'situasi.db').as_posix()}"


@pytest.fixture
def sqlite_store(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


# Another engine joins here, and must keep the whole contract.
_STORES: dict[str, Callable[[pytest.FixtureRequest], Store]] = {
    "sqlite": lambda request: request.getfixturevalue("sqlite_store"),
    "memory": lambda request: MemoryStore(),
}


@pytest.fixture(params=sorted(_STORES))
def store(request: pytest.FixtureRequest) -> Store:
    return _STORES[request.param](request)
