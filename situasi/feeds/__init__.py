"""The outside world becomes checked rows: one module per feed, one way through all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd

from situasi.domain import feed_schemas
from situasi.feeds import (
    activities,
    incidents,
    merges,
    neutrality,
    personnel,
    postings,
    roster,
    tps,
)
from situasi.feeds.common import Sheet
from situasi.feeds.context import Context
from situasi.feeds.headings import match
from situasi.feeds.table import Checked, Table
from situasi.feeds.totals import set_totals_aside
from situasi.feeds.wide import melted

_CHECKS: dict[str, Callable[[Sheet], Checked]] = {
    "incidents": incidents.check,
    "tps": tps.check,
    "personnel": personnel.check,
    "activities": activities.check,
    "roster": roster.check,
    "postings": postings.check,
    "neutrality": neutrality.check,
    "merges": merges.check,
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
