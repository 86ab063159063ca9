"""Presence: what the last word of each officer says of where the officer is."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.incidents import told_at
from situasi.analysis.postings import tps_codes
from situasi.election import Election
from situasi.regions import Register

# Words that come from the post itself.
FROM_THE_POST = ("tiba_di_tps", "laporan_berkala")
# An officer is in exactly one; a TPS takes the first that one of its officers is in.
STATES = ("hadir", "tanpa_kabar", "bergeser", "kembali", "belum_tiba", "ditunggu")


def ordered(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The check-ins up to `at`, by when they happened, then by when they were told."""
    upto = rows[rows["occurred_at"] <= at]
    keys = upto.assign(_told=told_at(upto))
    return keys.sort_values(["occurred_at", "_told", "seq"]).drop(columns="_told")


def last_words(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """One row per officer who ever checked in, by petugas.

    Columns: checkin, checkin_at, checkin_kecamatan, checkin_code (the TPS, missing where the
    register has none such), instansi (the last one stated), arrived (was ever at a post),
    latihan.
    """
    upto = ordered(rows, at)
    last = upto.drop_duplicates("petugas", keep="last").set_index("petugas")
    stated = upto[upto["instansi"].notna()].drop_duplicates("petugas", keep="last")
    from_the_post = upto.loc[upto["checkin"].isin(FROM_THE_POST), "petugas"]
    return pd.DataFrame(
        {
            "checkin": last["checkin"],
            "checkin_at": last["occurred_at"],
            "checkin_kecamatan": last["kecamatan"],
            "checkin_code": tps_codes(last, register),
            "instansi": stated.set_index("petugas")["instansi"].reindex(last.index),
            "arrived": last.index.isin(from_the_post.unique()),
            "latihan": last["latihan"],
        }
    )


def states(officers: pd.DataFrame, at: datetime, election: Election) -> pd.Series:
    """The state of each officer, one of STATES; missing where nothing is owed and nothing said.

    officers: with posted, duty (the penugasan), checkin, checkin_at and arrived. An officer of
    a TPS is present by word from the post; reserve, patrol and kecamatan by any word.
    """
    rule = election.rules.personnel
    said = officers["checkin"].notna()
    elsewhere_posted = officers["posted"] & (officers["duty"] != "tps")
    there = officers["checkin"].isin(FROM_THE_POST) | (elsewhere_posted & said)
    fresh = officers["checkin_at"] >= at - rule.word_every
    awaited = at < election.local(rule.arrive_by)
    found = np.select(
        [
            ~officers["posted"] & ~said,
            officers["checkin"] == "kembali",
            there & fresh,
            there,
            officers["arrived"] | (~officers["posted"] & said),
            np.full(len(officers), awaited),
        ],
        ["", "kembali", "hadir", "tanpa_kabar", "bergeser", "ditunggu"],
        "belum_tiba",
    )
    return pd.Series(found, officers.index, dtype="object").replace("", None)
