"""Checks of each feed: one module per feed, one entry point for all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd

from situasi.domain import feed_schemas
from situasi.ingest.context import IngestContext
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
from situasi.ingest.tables import Table, ValidationResult
from situasi.ingest.validation.column_mapping import map_columns
from situasi.ingest.validation.station_lists import split_station_lists
from situasi.ingest.validation.table_check import TableCheck, check_readable
from situasi.ingest.validation.total_rows import mark_total_rows
from situasi.ingest.validation.unpivot import unpivot

_CHECKS: dict[str, Callable[[TableCheck], ValidationResult]] = {
    "incidents": incidents.check,
    "tps": station_reports.check,
    "personnel": checkins.check,
    "activities": activities.check,
    "roster": roster.check,
    "postings": postings.check,
    "neutrality": neutrality.check,
    "merges": case_merges.check,
}


def check(table: Table, feed: str, context: IngestContext, now: datetime) -> ValidationResult:
    """Check every row of a table of this feed, as of `now` (aware)."""
    headings = map_columns(list(table.cells.columns), feed, context)
    table = mark_total_rows(table, feed_schemas.FEEDS[feed], headings)
    notes: tuple[str, ...] = ()
    if feed == "tps":
        table = split_station_lists(table, headings, context)
        table, headings, notes = unpivot(table, headings, context)
    if not table.row_numbers:  # the checks below expect columns with at least one cell
        return ValidationResult(
            _build_empty_frame(feed_schemas.FEEDS[feed]), [], (*notes, *headings.format_notes())
        )
    table_check = TableCheck(feed_schemas.FEEDS[feed], table, headings, context, now)
    check_readable(table_check)
    checked = _CHECKS[feed](table_check)
    return replace(checked, notes=(*notes, *checked.notes))


def _build_empty_frame(feed: feed_schemas.Feed) -> pd.DataFrame:
    types = {**feed_schemas.dtypes(feed), "row": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})
