"""Rows and frames for tests: every column has a default, a test states only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from situasi.analysis.incidents import case_index
from situasi.analysis.incidents.cases import build_case_keys
from situasi.domain import feed_schemas
from situasi.ingest.write_scope import CorrectionRights, WriteScope, build_program_scope

WIB = ZoneInfo("Asia/Jakarta")


def unbounded(actor: str = "uji") -> WriteScope:
    """A sender who may write everything."""
    return build_program_scope(actor, CorrectionRights.ALL)


DAY = datetime(2024, 11, 27, tzinfo=WIB)


def wib(clock: str, day: datetime = DAY) -> datetime:
    """'08.03' on the election day."""
    hour, minute = map(int, clock.split("."))
    return day + timedelta(hours=hour, minutes=minute)


def incident(**stated: Any) -> dict[str, Any]:
    """One stored incident row. `at` sets both clocks; `known` only when it was known."""
    at = stated.pop("at", "08.00")
    moment = wib(at) if isinstance(at, str) else at
    known = stated.pop("known", moment)
    known = wib(known) if isinstance(known, str) else known
    return {
        "seq": 0,
        "batch": 1,
        "row": 1,
        "recorded_at": known,
        "known_at": known,
        "id": "K-1",
        "occurred_at": moment,
        "precision": "menit",
        "reported_at": known,
        "kecamatan": "16.10.04",
        "desa": None,
        "desa_text": None,
        "tps": None,
        "lat": -3.25,
        "lon": 104.65,
        "jenis": "logistik",
        "tingkat": "rendah",
        "situasi": None,
        "status": "dilaporkan",
        "uraian": "Logistik terlambat.",
        "pelapor": "Polsek",
        "sumber": None,
        "flags": None,
        "latihan": False,
        "withdrawn_at": None,
        **stated,
    }


def incidents(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """A frame as a snapshot holds it; `seq` follows the order given."""
    return _frame(feed_schemas.INCIDENTS, rows).assign(case=lambda f: build_case_keys(f, WIB))


def case_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The cases of incident rows, each with its newest state."""
    return case_index.build_from_known(rows).to_frame()


def report(**stated: Any) -> dict[str, Any]:
    """Build a stored row of any feed with its bookkeeping; the test states the rest.

    `at` sets both clocks; `known` only when it was known. "08.03" is of the election day.
    """
    at = stated.pop("at", "08.00")
    moment = wib(at) if isinstance(at, str) else at
    known = stated.pop("known", moment)
    known = wib(known) if isinstance(known, str) else known
    return {
        "batch": 1,
        "row": 1,
        "recorded_at": known,
        "known_at": known,
        "id": "X-1",
        "occurred_at": moment,
        "precision": "menit",
        "reported_at": known,
        "kecamatan": "16.10.04",
        "pelapor": "Polsek",
        "latihan": False,
        **stated,
    }


def rows_of(feed: feed_schemas.Feed, *rows: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of a feed as a snapshot holds it; cells that the feed lacks are left out."""
    return _frame(feed, rows)


def _frame(feed: feed_schemas.Feed, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    types = {**feed_schemas.stored_dtypes(feed), "withdrawn_at": "datetime64[us, UTC]"}
    data = [{**row, "seq": at} for at, row in enumerate(rows, start=1)]
    columns = {}
    for name, dtype in types.items():
        cells = [row.get(name) for row in data]
        if dtype.startswith("datetime"):
            cells = [cell.astimezone(UTC) if cell else pd.NaT for cell in cells]
            columns[name] = pd.Series(pd.to_datetime(cells, utc=True)).astype(dtype)
        elif dtype == "bool":
            columns[name] = pd.Series([bool(cell) for cell in cells], dtype=dtype)
        else:
            columns[name] = pd.Series(cells, dtype=dtype)
    return pd.DataFrame(columns)
