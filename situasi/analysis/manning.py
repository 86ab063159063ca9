"""Manning: which officers stand at each TPS, and in what state that leaves it."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from situasi.analysis.officers import AS_POLICE
from situasi.analysis.presence import FROM_THE_POST, STATES

# A TPS is in exactly one: the state of its officers, or one of these.
TPS_STATES = (*STATES, "tanpa_plotting", "tidak_diketahui")
# Nobody is there, and it is known: silence of somebody who had arrived is not among them.
ABSENT = ("tanpa_plotting", "belum_tiba", "bergeser", "kembali")
# How an officer who went away leaves a TPS once voting has closed.
_LEFT = ("bergeser", "kembali")


def stands(every: pd.DataFrame, posts: pd.DataFrame) -> pd.DataFrame:
    """Officer by TPS: the posted ones, and where a last word came from another TPS than posted.

    Columns: code, group, state, share, posted. Whoever speaks from another place is not at the
    own TPS, and counts in full where the word came from.
    """
    away = _away(every, posts)
    listed = posts[posts["code"].notna()]
    moved = listed["petugas"].isin(away) & listed["state"].isin(["hadir", "tanpa_kabar"])
    own = pd.DataFrame(
        {
            "code": listed["code"],
            "group": listed["group"],
            "state": listed["state"].where(~moved, "bergeser"),
            "share": listed["share"],
            "posted": True,
        }
    )
    unposted = every.index.difference(pd.Index(posts["petugas"]))
    guests = every.loc[away.union(unposted)]
    guests = guests[guests["checkin_code"].notna() & guests["checkin"].isin(FROM_THE_POST)]
    other = pd.DataFrame(
        {
            "code": guests["checkin_code"],
            "group": guests["group"],
            "state": guests["state"],
            "share": 1.0,
            "posted": False,
        }
    )
    return pd.concat([own, other], ignore_index=True) if len(other) else own


def _away(every: pd.DataFrame, posts: pd.DataFrame) -> pd.Index:
    """Officers of TPS whose last word names a TPS or kecamatan that is none of their own."""
    own: dict[str, set[object]] = {}
    for officer, code, area in zip(
        posts["petugas"], posts["code"], posts["kecamatan"], strict=True
    ):
        own.setdefault(officer, set()).update((code, area))
    said = every.loc[list(own), ["checkin_code", "checkin_kecamatan"]]
    elsewhere = []
    for officer, code, area in said.itertuples(name=None):
        named = code if isinstance(code, str) else area
        if isinstance(named, str) and named not in own[officer]:
            elsewhere.append(officer)
    away: pd.Index = every.index[every.index.isin(elsewhere)]
    return away


def by_tps(
    needs: pd.DataFrame, stands: pd.DataFrame, posted_areas: Collection[str], closed: bool
) -> pd.DataFrame:
    """strength.required with who is posted and present at each TPS.

    posted, present (police), strength, strength_present (their shares), linmas_posted,
    linmas_present, others_posted (TNI, Satpol PP), below (the pattern, by who is posted), state
    (TPS_STATES), released (voting closed and its officers left), absent (known to be without).
    posted_areas: kecamatan of which any posting is known; of others nothing is said to be missing.
    """
    police = stands[stands["group"].isin(AS_POLICE)]
    posted, present = police[police["posted"]], police[police["state"] == "hadir"]
    linmas = stands[stands["group"] == "linmas"]
    others = stands[~stands["group"].isin([*AS_POLICE, "linmas"]) & stands["posted"]]
    found = needs.assign(
        posted=_counted(needs, posted),
        present=_counted(needs, present),
        strength=_summed(needs, posted),
        strength_present=_summed(needs, present),
        linmas_posted=_counted(needs, linmas[linmas["posted"]]),
        linmas_present=_counted(needs, linmas[linmas["state"] == "hadir"]),
        others_posted=_counted(needs, others),
    )
    told = found["kecamatan"].isin(posted_areas)
    found["below"] = told & (found["strength"] < found["need"] - 1e-9)
    rank = police["state"].map(STATES.index)
    best = found["code"].map(rank.groupby(police["code"]).min())
    unmanned = told.map({True: "tanpa_plotting", False: "tidak_diketahui"})
    found["state"] = best.map(dict(enumerate(STATES))).astype("object").fillna(unmanned)
    found["released"] = closed & found["state"].isin(_LEFT)
    found["absent"] = found["state"].isin(ABSENT) & ~found["released"]
    return found


def _counted(needs: pd.DataFrame, stands: pd.DataFrame) -> pd.Series:
    return needs["code"].map(stands.groupby("code").size()).fillna(0).astype("int64")


def _summed(needs: pd.DataFrame, stands: pd.DataFrame) -> pd.Series:
    return needs["code"].map(stands.groupby("code")["share"].sum()).fillna(0.0)
