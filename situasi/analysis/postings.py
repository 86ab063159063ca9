"""Postings: which order stands for each officer at a moment, and which TPS it names."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from situasi.analysis.incidents import told_at
from situasi.regions import Register

_PLACE = ["petugas", "kecamatan", "desa", "desa_text", "tps"]


def standing(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The posting rows that hold at `at`: of each officer those of the newest order begun.

    The rows of an officer with the same `occurred_at` are one order. Within it, rows with
    the same id are one line told again: those told last hold.
    """
    begun = rows[rows["occurred_at"] <= at]
    newest = begun.groupby("petugas")["occurred_at"].transform("max")
    order = begun[begun["occurred_at"] == newest]
    told = told_at(order)
    last = told.groupby([order["petugas"], order["id"]], dropna=False).transform("max")
    return order[told == last].reset_index(drop=True)


def at_tps(order: pd.DataFrame) -> pd.Series:
    """Whether each row posts its officer to TPS; TPS named without a penugasan say so too."""
    unsaid: pd.Series = order["penugasan"].isna() & order["tps"].notna()
    return (order["penugasan"] == "tps") | unsaid


def by_tps(order: pd.DataFrame, register: Register) -> pd.DataFrame:
    """One row per officer and TPS: petugas, kecamatan, desa, desa_text, tps, code, share, latihan.

    order: rows of `standing`. code: missing where the register has no such TPS. share: what
    the officer counts for there; the shares of one officer add up to 1.
    """
    posted = order.loc[at_tps(order), [*_PLACE, "latihan"]]
    numbers = pd.Series([_numbers(cell) for cell in posted["tps"]], posted.index, dtype="object")
    single = posted.assign(tps=numbers).explode("tps")
    single = single.drop_duplicates(_PLACE).reset_index(drop=True)
    single["code"] = tps_codes(single, register)
    areas = register.tps.set_index("code")["kecamatan"]
    single["kecamatan"] = single["code"].map(areas).fillna(single["kecamatan"]).astype("object")
    single["share"] = 1.0 / single.groupby("petugas")["petugas"].transform("size").astype("float64")
    return single


def tps_codes(rows: pd.DataFrame, register: Register) -> pd.Series:
    """The TPS of the register that each row (desa, one tps) names; missing where it has none."""
    every = set(register.tps["code"])
    named = [f"{desa}.{tps}" for desa, tps in zip(rows["desa"], rows["tps"], strict=True)]
    codes = [code if code in every else None for code in named]
    return pd.Series(codes, rows.index, dtype="object")


def _numbers(cell: object) -> list[str | None]:
    parts = [part.strip() for part in cell.split(",")] if isinstance(cell, str) else []
    named: list[str | None] = [part.zfill(3) if part.isdigit() else part for part in parts if part]
    return named or [None]
