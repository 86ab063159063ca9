"""Postings: which order stands for each officer at a moment, and which TPS it names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from situasi.domain.register import Register

_PLACE_COLUMNS = ["petugas", "kecamatan", "desa", "desa_text", "tps"]


def is_at_tps(current_orders: pd.DataFrame) -> pd.Series:
    """Whether each row posts its officer to TPS; TPS named without a penugasan say so too."""
    unsaid: pd.Series = current_orders["penugasan"].isna() & current_orders["tps"].notna()
    return (current_orders["penugasan"] == "tps") | unsaid


def build_posting_table(current_orders: pd.DataFrame, register: Register) -> pd.DataFrame:
    """One row per officer and TPS: petugas, kecamatan, desa, desa_text, tps, code, share, latihan.

    order: rows of `standing`. code: missing where the register has no such TPS. share: what
    the officer counts for there; the shares of one officer add up to 1.
    """
    posted = current_orders[is_at_tps(current_orders)]
    each = [
        (row, one) for row, cell in enumerate(posted["tps"]) for one in _parse_tps_numbers(cell)
    ]
    single = posted[[*_PLACE_COLUMNS, "latihan"]].take(
        np.array([row for row, _ in each], dtype=np.intp)
    )
    single["tps"] = pd.Series([one for _, one in each], single.index, dtype="object")
    single = single.drop_duplicates(_PLACE_COLUMNS).reset_index(drop=True)
    single["code"] = match_tps_codes(single, register)
    areas = register.tps.set_index("code")["kecamatan"]
    single["kecamatan"] = single["code"].map(areas).fillna(single["kecamatan"]).astype("object")
    officer = pd.factorize(single["petugas"])[0]
    single["share"] = 1.0 / np.bincount(officer)[officer]
    return single


def match_tps_codes(rows: pd.DataFrame, register: Register) -> pd.Series:
    """The TPS of the register that each row (desa, one tps) names; missing where it has none."""
    every = set(register.tps["code"])
    named = [f"{desa}.{tps}" for desa, tps in zip(rows["desa"], rows["tps"], strict=True)]
    codes = [code if code in every else None for code in named]
    return pd.Series(codes, rows.index, dtype="object")


def _parse_tps_numbers(cell: object) -> list[str | None]:
    parts = [part.strip() for part in cell.split(",")] if isinstance(cell, str) else []
    named: list[str | None] = [part.zfill(3) if part.isdigit() else part for part in parts if part]
    return named or [None]
