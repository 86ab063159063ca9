"""Rows, deliveries and rejections with everything filled in that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from pandas.api.types import pandas_dtype

from situasi.domain.feed_schemas import FEEDS, ColumnKind, dtypes
from situasi.store import Delivery, Rejection

MORNING = datetime(2024, 11, 27, 1, 0, tzinfo=UTC)  # 08.00 WIB

_FILLED: dict[str, Any] = {
    "id": "r-1",
    "occurred_at": MORNING,
    "precision": "menit",
    "reported_at": MORNING + timedelta(minutes=5),
    "kecamatan": "16.10.04",
    "desa_text": "Tanjung Seteko",
    "lat": -3.21,
    "lon": 104.65,
    "jenis": "logistik",
    "tingkat": "rendah",
    "status": "dilaporkan",
    "uraian": "Surat suara kurang satu kotak",
    "hadir": 120,
    "latihan": False,
}


def row(feed: str = "incidents", **changes: Any) -> dict[str, Any]:
    """One accepted row, as values by column; `row` and `known_at` included."""
    filled = {name: _FILLED.get(name) for name in FEEDS[feed].column_names}
    return filled | {"row": 2, "known_at": MORNING + timedelta(minutes=6)} | changes


def frame(*rows: dict[str, Any], feed: str = "incidents") -> pd.DataFrame:
    """An accepted frame of exactly the dtypes that a feed's check hands over."""
    wanted = dtypes(FEEDS[feed]) | {"row": "int64", "known_at": "datetime64[us, UTC]"}
    columns: dict[str, pd.Series[Any]] = {}
    for name, dtype in wanted.items():
        cells = pd.Series([one[name] for one in rows], dtype=object)
        if dtype.startswith("datetime"):
            cells = pd.to_datetime(cells, utc=True).dt.as_unit("us")
        columns[name] = cells.astype(pandas_dtype(dtype))
    return pd.DataFrame(columns)


def numbered(*numbers: int, **changes: Any) -> pd.DataFrame:
    """Incidents that differ in id and row number only."""
    return frame(*(row(id=f"r-{number}", row=number, **changes) for number in numbers))


def delivery(**changes: Any) -> Delivery:
    filled: dict[str, Any] = {
        "feed": "incidents",
        "source": "laporan.csv",
        "sha256": "00ff",
        "recorded_at": MORNING + timedelta(hours=1),
        "actor": "operator",
    }
    return Delivery(**(filled | changes))


def rejection(number: int = 3, **changes: Any) -> Rejection:
    filled: dict[str, Any] = {
        "row": number,
        "raw": {"waktu": "kemarin"},
        "reasons": ("Waktu tidak terbaca.",),
    }
    return Rejection(**(filled | changes))


TEXT_COLUMNS = [
    column.name
    for column in FEEDS["incidents"].columns
    if column.kind in (ColumnKind.TEXT, ColumnKind.CATEGORY) and column.name != "flags"
]
