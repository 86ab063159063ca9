"""Of which kabupaten PostgreSQL reads parts for a roll-up: what EXPLAIN says of every statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from situasi.higher_command.rollups.model import RollupParameters
from situasi.higher_command.rollups.reader import open_rollup_reader


def parts_read(
    url: str,
    contest: str,
    kabupaten: str,
    terms: RollupParameters,
    now: datetime,
    *,
    live: bool = True,
) -> list[set[str]]:
    """By statement of one roll-up: the kabupaten whose partitions its plan names."""
    asked: list[tuple[str, Any]] = []
    rollups = open_rollup_reader(url, contest)
    engine = rollups._backend.engine  # only a test looks behind it

    def heard(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", heard)
    rollups.compute(kabupaten, terms, now, live=live)
    sa.event.remove(engine, "before_cursor_execute", heard)
    with engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
            for statement, values in asked
            if "FROM" in statement
        ]
    rollups.close()
    return [{name.rpartition("/")[2] for name in _relations(plan)} for plan in plans]


def _relations(plan: Any) -> Iterator[str]:
    """The tables that a plan reads; a partition is called table/contest/kabupaten."""
    if isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Relation Name"]
        yield from (name for part in plan.values() for name in _relations(part))
    elif isinstance(plan, list):
        yield from (name for part in plan for name in _relations(part))
