"""Rows of a feed as JSON, GeoJSON and CSV: missing values stay missing, exercise rows marked."""

import math
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.domain.feed_schemas import ColumnKind, Feed
from situasi.reports import csv_tables

# Columns that the store adds to the sender's: name in the response -> column.
STORE_COLUMNS = {"seq": "seq", "diketahui": "known_at", "disimpan": "recorded_at"}


@dataclass(frozen=True)
class RowsPage:
    """A page of rows as JSON values by heading. next: `seq` to continue after, or None."""

    rows: list[dict[str, Any]]
    next: int | None


def build_page(
    known_rows: pd.DataFrame, feed: Feed, selection: Selection, after: int, limit: int, zone: tzinfo
) -> RowsPage:
    """Return the selected rows whose `seq` is above `after`, in the order of storage."""
    hits = cases.select(known_rows[known_rows["seq"] > after], selection)
    page = hits.head(limit)
    columns = {name: _json_values(page[column], zone) for name, column in STORE_COLUMNS.items()}
    columns |= {column.heading: _json_values(page[column.name], zone) for column in feed.columns}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return RowsPage(rows, rows[-1]["seq"] if len(hits) > limit else None)


def _json_values(cells: pd.Series, zone: tzinfo) -> list[Any]:
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return [None if pd.isna(at) else format_iso(at, zone) for at in cells]
    return [_json_value(cell) for cell in cells.tolist()]


def _json_value(cell: Any) -> Any:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def format_iso(at: Any, zone: tzinfo) -> str:
    """Format a time in this zone: 2024-11-27T09:30:00+07:00."""
    return str(at.astimezone(zone).isoformat(timespec="seconds"))


def build_features(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return GeoJSON features; a report without a point has no geometry but is included."""
    return [
        {
            "type": "Feature",
            "id": row["seq"],
            "geometry": _build_geometry(row),
            "properties": {name: cell for name, cell in row.items() if name not in {"lat", "lon"}},
        }
        for row in rows
    ]


def _build_geometry(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["lat"] is None or row["lon"] is None:
        return None
    return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}


def build_csv(rows: list[dict[str, Any]], feed: Feed) -> bytes:
    """Return CSV with our headings; its rows can be sent back unchanged."""
    headings = [*STORE_COLUMNS, *(column.heading for column in feed.columns)]
    table = pd.DataFrame(rows, columns=headings, dtype="object")
    for column in feed.columns:
        if column.kind is ColumnKind.BOOLEAN:
            table[column.heading] = table[column.heading].map({True: "ya", False: "tidak"})
    return csv_tables.build_csv(table)
