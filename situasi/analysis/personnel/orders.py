"""Postings to TPS: which TPS the current order of each officer names."""

import numpy as np
import pandas as pd

from situasi.domain.register import Register

_PLACE_COLUMNS = ["petugas", "kecamatan", "desa", "desa_text", "tps"]


def is_at_tps(current_orders: pd.DataFrame) -> pd.Series:
    """Return whether each row posts its officer to TPS, also if it names TPS but no penugasan."""
    is_implied: pd.Series = current_orders["penugasan"].isna() & current_orders["tps"].notna()
    return (current_orders["penugasan"] == "tps") | is_implied


def build_posting_table(current_orders: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Build one row per officer and TPS: place columns, code, share, latihan.

    Place columns: petugas, kecamatan, desa, desa_text, tps. code: missing if not in the register.
    share: what the officer counts for there, in all 1. current_orders: of select_current_orders.
    """
    at_tps = current_orders[is_at_tps(current_orders)]
    pairs = [
        (row, tps) for row, cell in enumerate(at_tps["tps"]) for tps in _parse_tps_numbers(cell)
    ]
    rows = np.array([row for row, _ in pairs], dtype=np.intp)
    single = at_tps[[*_PLACE_COLUMNS, "latihan"]].take(rows)
    single["tps"] = pd.Series([tps for _, tps in pairs], single.index, dtype="object")
    single = single.drop_duplicates(_PLACE_COLUMNS).reset_index(drop=True)
    single["code"] = match_tps_codes(single, register)
    areas = register.tps.set_index("code")["kecamatan"]
    single["kecamatan"] = single["code"].map(areas).fillna(single["kecamatan"]).astype("object")
    officer = pd.factorize(single["petugas"])[0]
    single["share"] = 1.0 / np.bincount(officer)[officer]
    return single


def match_tps_codes(rows: pd.DataFrame, register: Register) -> pd.Series:
    """Return the TPS of the register that each row (desa, one tps) names; else missing."""
    known = set(register.tps["code"])
    candidates = [f"{desa}.{tps}" for desa, tps in zip(rows["desa"], rows["tps"], strict=True)]
    codes = [code if code in known else None for code in candidates]
    return pd.Series(codes, rows.index, dtype="object")


def _parse_tps_numbers(cell: object) -> list[str | None]:
    parts = [part.strip() for part in cell.split(",")] if isinstance(cell, str) else []
    codes: list[str | None] = [part.zfill(3) if part.isdigit() else part for part in parts if part]
    return codes or [None]
