"""Stores as older versions left them, with rows that those versions wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from situasi.store.engines import sqlite as engine
from situasi.store.migrations import runner

HERE = Path(__file__).parent
NUMBERS = [str(number) for number in range(1, int(runner.latest_revision()))]
FEEDS = (
    "incidents",
    "tps",
    "personnel",
    "activities",
    "roster",
    "postings",
    "neutrality",
    "merges",
)
_MESSAGES = FEEDS[:3]

# What called itself 2 or 3 came in several shapes: the number was not always raised.
SHAPES: dict[str, tuple[str, list[str]]] = {number: (number, []) for number in NUMBERS} | {
    "2, messages": ("2", [f"ALTER TABLE feed_{f} ADD COLUMN teks_asli TEXT" for f in _MESSAGES]),
    "2, no index by batch": ("2", [f"DROP INDEX feed_{feed}_by_batch" for feed in FEEDS]),
    "3, index by batch": (
        "3",
        [f"CREATE INDEX feed_{feed}_by_batch ON feed_{feed} (batch)" for feed in FEEDS],
    ),
    "3, no messages": ("3", [f"ALTER TABLE feed_{f} DROP COLUMN teks_asli" for f in _MESSAGES]),
}


def made(path: Path, shape: str) -> Path:
    """The file of a store of that shape, with rows in every table it had."""
    number, more = SHAPES[shape]
    script = HERE.joinpath(f"schema-{number}.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(script)
        for statement in more:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={engine._APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={number}")
    return path


def number_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def raw(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every cell of every table that holds rows of the store; by number of row."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row["name"] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        )]  # fmt: skip
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for name in names
        }
