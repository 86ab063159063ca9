"""Presence: what the last word of each officer says of where the officer is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel.orders import match_tps_codes
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.domain.row_order import reported_time

# Words that come from the post itself.
AT_POST_CHECKINS = ("tiba_di_tps", "laporan_berkala")
# An officer is in exactly one; a TPS takes the first that one of its officers is in.
STATES = ("hadir", "tanpa_kabar", "bergeser", "kembali", "belum_tiba", "ditunggu")

# What the last words are made of: fewer columns are sorted quicker.
_CHECKIN_COLUMNS = (
    "petugas", "occurred_at", "checkin", "kecamatan", "desa", "tps", "instansi", "latihan",
)  # fmt: skip


def sort_checkins(rows: pd.DataFrame, at: datetime, columns: Sequence[str]) -> pd.DataFrame:
    """These columns of the check-ins up to `at`, by when they happened, then were told."""
    begun = np.flatnonzero(rows["occurred_at"] <= at)
    keys = (rows["seq"], reported_time(rows).astype("int64"), rows["occurred_at"].astype("int64"))
    order = np.lexsort([key.to_numpy()[begun] for key in keys])
    return rows[list(columns)].take(begun[order])


def find_last_rows(names: pd.Series) -> tuple[pd.Index, npt.NDArray[np.int64]]:
    """The different names, and the position of the last row of each."""
    codes, different = pd.factorize(names)
    last = np.zeros(len(different), dtype=np.int64)
    last[codes] = np.arange(len(names))  # of several rows of one name the last stays
    return pd.Index(different, dtype="object", name=names.name), last


def build_last_checkin_table(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """One row per officer who ever checked in, by petugas.

    Columns: checkin, checkin_at, checkin_kecamatan, checkin_code (the TPS, missing where the
    register has none such), instansi (the last one stated), arrived (was ever at a post),
    latihan.
    """
    upto = sort_checkins(rows, at, _CHECKIN_COLUMNS)
    who, newest = find_last_rows(upto["petugas"])
    last = upto.take(newest)
    stated = upto[upto["instansi"].notna()]
    named, at_last = find_last_rows(stated["petugas"])
    instansi = pd.Series(stated["instansi"].to_numpy()[at_last], named, dtype="object")
    from_the_post = upto.loc[upto["checkin"].isin(AT_POST_CHECKINS), "petugas"]
    found = last[["checkin", "occurred_at", "kecamatan", "latihan"]].set_index(who)
    found = found.rename(columns={"occurred_at": "checkin_at", "kecamatan": "checkin_kecamatan"})
    return found.assign(
        checkin_code=match_tps_codes(last, register).set_axis(who),
        instansi=instansi.reindex(who),
        arrived=who.isin(from_the_post.unique()),
    )


def compute_states(officer_table: pd.DataFrame, at: datetime, election: Election) -> pd.Series:
    """The state of each officer, one of STATES; missing where nothing is owed and nothing said.

    officers: with posted, duty (the penugasan), checkin, checkin_at and arrived. An officer of
    a TPS is present by word from the post; reserve, patrol and kecamatan by any word.
    """
    rule = election.rules.personnel
    said = officer_table["checkin"].notna()
    elsewhere_posted = officer_table["posted"] & (officer_table["duty"] != "tps")
    there = officer_table["checkin"].isin(AT_POST_CHECKINS) | (elsewhere_posted & said)
    fresh = officer_table["checkin_at"] >= at - rule.report_interval
    awaited = at < election.local_time(rule.arrive_by)
    found = np.select(
        [
            ~officer_table["posted"] & ~said,
            officer_table["checkin"] == "kembali",
            there & fresh,
            there,
            officer_table["arrived"] | (~officer_table["posted"] & said),
            np.full(len(officer_table), awaited),
        ],
        ["", "kembali", "hadir", "tanpa_kabar", "bergeser", "ditunggu"],
        "belum_tiba",
    )
    return pd.Series(found, officer_table.index, dtype="object").replace("", None)
