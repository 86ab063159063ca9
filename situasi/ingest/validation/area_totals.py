"""Counts of a desa or kecamatan that add up what the same source tells TPS by TPS."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from situasi.common.formats import format_number
from situasi.domain.register import Register
from situasi.ingest.readers.reserved_columns import AREA_TOTAL
from situasi.ingest.tables import Table
from situasi.ingest.validation.total_rows import IS_TOTAL

_AREAS = ("desa", "kecamatan")
_MOST = 0.5  # of the TPS of an area: of fewer, the count of the area says more than theirs


def has_area_counts(accepted: pd.DataFrame) -> bool:
    """Return whether any of these TPS reports counts a whole desa or kecamatan."""
    return bool(accepted["lingkup"].isin(_AREAS).any())


def find_area_totals(tables: Sequence[pd.DataFrame], register: Register) -> list[dict[int, str]]:
    """Return for each table of accepted TPS reports its totals: row number -> why it is no report.

    A total has the hour of the TPS that it adds up, and is their sum or has most of its TPS told.
    """
    parts = pd.concat([frame[frame["lingkup"] == "tps"] for frame in tables])
    parts = parts[parts["hadir"].notna() & (parts["precision"] == "menit")]
    parts = parts.drop_duplicates(["desa", "tps", "occurred_at"], keep="last")
    sums = {
        level: parts.groupby([level, "occurred_at"])["hadir"].agg(["sum", "size"]).T.to_dict()
        for level in _AREAS
    }
    stations = {level: Counter(register.tps[level].tolist()) for level in _AREAS}

    def explain(level: str, code: str, at: pd.Timestamp, stated: int) -> str | None:
        told = sums[level].get((code, at))
        if told is None:
            return None
        present, count = int(told["sum"]), int(told["size"])
        is_total = present == stated or count >= _MOST * stations[level][code]
        return _format_reason(level, stated, present, count) if is_total else None

    found = []
    for frame in tables:
        reasons: dict[int, list[str | None]] = {}
        areas = frame[frame["lingkup"].isin(_AREAS) & frame["hadir"].notna()]
        codes = areas["desa"].where(areas["lingkup"] == "desa", areas["kecamatan"])
        columns = (areas[name] for name in ("row", "lingkup", "occurred_at", "hadir"))
        for code, row, level, at, stated in zip(codes, *columns, strict=True):
            reasons.setdefault(row, []).append(explain(level, code, at, stated))
        # A row of several hours is a total where it is one at each.
        found.append({row: texts[0] for row, texts in reasons.items() if texts[0] and all(texts)})
    return found


def _format_reason(level: str, stated: int, present: int, count: int) -> str:
    if stated == present:
        return f"{IS_TOTAL}; sesuai dengan {count} TPS {level} ini, tidak perlu dibetulkan"
    return (
        f"{IS_TOTAL}; hadir {level} ini tertulis {format_number(stated)}, {count} TPS-nya di berkas"
        f" ini berjumlah {format_number(present)}: periksa apakah ada TPS yang kurang"
    )


def mark_area_totals(table: Table, reasons: Mapping[int, str]) -> Table:
    """Mark these rows of a table as sums. reasons: by row number."""
    column = pd.Series([reasons.get(row) for row in table.row_numbers], table.cells.index, "object")
    return replace(table, cells=table.cells.assign(**{AREA_TOTAL: column}))
