"""The outside world becomes checked rows: one module per feed, one way through all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd

from situasi.domain import feed_schemas
from situasi.ingest.context import Context
from situasi.ingest.feeds import (
    activities,
    case_merges,
    checkins,
    incidents,
    neutrality,
    postings,
    roster,
    station_reports,
)
from situasi.ingest.tables import Checked, Table
from situasi.ingest.validation.column_mapping import match
from situasi.ingest.validation.table_check import Sheet
from situasi.ingest.validation.total_rows import set_totals_aside
from situasi.ingest.validation.unpivot import melted

_CHECKS: dict[str, Callable[[Sheet], Checked]] = {
    "incidents": incidents.check,
    "tps": station_reports.check,
    "personnel": checkins.check,
    "activities": activities.check,
    "roster": roster.check,
    "postings": postings.check,
    "neutrality": neutrality.check,
    "merges": case_merges.check,
}


def check(table: Table, feed: str, context: Context, now: datetime) -> Checked:
    """Judge every row of a table of this feed, as of `now` (aware)."""
    headings = match(list(table.cells.columns), feed, context)
    table = set_totals_aside(table, feed_schemas.FEEDS[feed], headings)
    notes: tuple[str, ...] = ()
    if feed == "tps":
        table, headings, notes = melted(table, headings, context)
    if not table.rows:  # so that no check ever meets a column without a single cell
        return Checked(_no_rows(feed_schemas.FEEDS[feed]), [], (*notes, *headings.notes()))
    checked = _CHECKS[feed](Sheet(feed_schemas.FEEDS[feed], table, headings, context, now))
    return replace(checked, notes=(*notes, *checked.notes))


def _no_rows(feed: feed_schemas.Feed) -> pd.DataFrame:
    types = {**feed_schemas.dtypes(feed), "row": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})
