"""Of which kabupaten PostgreSQL reads parts for a roll-up: what EXPLAIN says of every statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from situasi.store.rollups import Terms, open_rollups


def parts_read(
    url: str, contest: str, kabupaten: str, terms: Terms, now: datetime, *, live: bool = True
) -> list[set[str]]:
    """By statement of one roll-up: the kabupaten whose partitions its plan names."""
    asked: list[tuple[str, Any]] = []
    rollups = open_rollups(url, contest)
    engine = rollups._backend.engine  # only a test looks behind it

    def heard(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", heard)
    rollups.of(kabupaten, terms, now, live=live)
    sa.event.remove(engine, "before_cursor_execute", heard)
    with engine.connect() as connection:
        plans = [
            [line for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
            for statement, values in asked
            if "FROM" in statement
        ]
    rollups.close()
    return [{part for line in plan for part in _parts(line, contest)} for plan in plans]


def _parts(line: str, contest: str) -> Iterator[str]:
    """A partition is called table/contest/kabupaten, and its indexes begin so."""
    for found in re.finditer(rf"/{re.escape(contest)}/([0-9.]+)", line):
        yield found[1]
