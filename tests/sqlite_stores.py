"""SQLite stores of tests within this process: what each of thousands would make anew is made once.

Not in processes of their own, which are killed, nor where the file itself is asked about
(`tables_made_anew`).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from situasi.store import open_store
from situasi.store.engines import sqlite, sqlite_schema
from situasi.store.migrations import runner
from situasi.store.model import Scope

PRAGMAS = sqlite._PRAGMAS


@pytest.fixture(autouse=True, scope="session")
def files_of_stores_copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new file of a store is a copy of one: to make its tables takes longer than most tests."""
    prepare = sqlite_schema.prepare_file
    revision, blank = runner.latest_revision(), tmp_path_factory.mktemp("blank") / "situasi.db"
    one_at_a_time = threading.Lock()
    open_store(f"sqlite:///{blank.as_posix()}").close()

    @wraps(prepare)
    def copy_or_prepare(engine: Engine, path: Path) -> None:
        with one_at_a_time:
            if not path.stat().st_size and runner.latest_revision() == revision:
                shutil.copyfile(blank, path)
        prepare(engine, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_schema, "prepare_file", copy_or_prepare)
        yield


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """A statement is the same text for every SQLite file, whichever engine has compiled it."""
    create, compiled = sqlite._create_engine, LRUCache[Any, Any](4000)

    def create_sharing(path: Path, scope: Scope | None = None) -> Engine:
        engine = create(path, scope)
        engine._compiled_cache = compiled
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda self: hash(type(self)))
        patch.setattr(
            SQLiteDialect_pysqlite, "__eq__", lambda self, other: type(self) is type(other)
        )
        patch.setattr(sqlite, "_create_engine", create_sharing)
        yield


@pytest.fixture(autouse=True, scope="session")
def disks_not_waited_for() -> Iterator[None]:
    """No test here cuts the power; each commit would wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_PRAGMAS", (*PRAGMAS, "synchronous=OFF"))
        yield
