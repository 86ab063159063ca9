"""Manning: which officers stand at each TPS, and in what state that leaves it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.analysis.personnel.presence import AT_POST_CHECKINS, STATES

# A TPS is in exactly one: the state of its officers, or one of these.
TPS_STATES = (*STATES, "tanpa_plotting", "tidak_diketahui")
# Nobody is there, and it is known: silence of somebody who had arrived is not among them.
ABSENT_STATES = ("tanpa_plotting", "belum_tiba", "bergeser", "kembali")
# How an officer who went away leaves a TPS once voting has closed.
_DEPARTED_STATES = ("bergeser", "kembali")

_Mask = npt.NDArray[np.bool_]
_Counts = npt.NDArray[np.int64]


def build_assignments(officer_table: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """Officer by TPS: the posted ones, and where a last word came from another TPS than posted.

    Columns: code, group, state, share, posted. Whoever speaks from another place is not at the
    own TPS, and counts in full where the word came from.
    """
    gone = find_away_officers(officer_table, postings)
    listed = postings[postings["code"].notna()]
    moved = listed["petugas"].isin(gone) & listed["state"].isin(["hadir", "tanpa_kabar"])
    own = pd.DataFrame(
        {
            "code": listed["code"],
            "group": listed["group"],
            "state": listed["state"].where(~moved, "bergeser"),
            "share": listed["share"],
            "posted": True,
        }
    )
    unposted = officer_table.index.difference(pd.Index(postings["petugas"]))
    guests = officer_table.loc[gone.union(unposted)]
    guests = guests[guests["checkin_code"].notna() & guests["checkin"].isin(AT_POST_CHECKINS)]
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


def find_away_officers(officer_table: pd.DataFrame, postings: pd.DataFrame) -> pd.Index:
    """Officers of TPS whose last word names a TPS or kecamatan that is none of their own."""
    officers = postings["petugas"]
    own = {
        *zip(officers, postings["code"], strict=True),
        *zip(officers, postings["kecamatan"], strict=True),
    }
    said = officer_table[officer_table.index.isin(officers)]
    words = zip(said.index, said["checkin_code"], said["checkin_kecamatan"], strict=True)
    named = ((who, code if isinstance(code, str) else area) for who, code, area in words)
    elsewhere = [who for who, place in named if isinstance(place, str) and (who, place) not in own]
    gone: pd.Index = pd.Index(elsewhere, dtype="object")
    return gone


def build_staffing_table(
    requirements: pd.DataFrame,
    assignments: pd.DataFrame,
    posted_areas: Collection[str],
    is_closed: bool,
) -> pd.DataFrame:
    """strength.required with who is posted and present at each TPS.

    posted, present (police), strength, strength_present (their shares), linmas_posted,
    linmas_present, others_posted (TNI, Satpol PP), below (the pattern, by who is posted), state
    (TPS_STATES), released (voting closed and its officers left), absent (known to be without).
    posted_areas: kecamatan of which any posting is known; of others nothing is said to be missing.
    """
    place = pd.Index(requirements["code"]).get_indexer(assignments["code"])
    there, posted = place >= 0, assignments["posted"].to_numpy(bool)
    present = (assignments["state"] == "hadir").to_numpy(bool)
    police = assignments["group"].isin(POLICE_GROUPS).to_numpy(bool) & there
    linmas = (assignments["group"] == "linmas").to_numpy(bool) & there
    others = there & ~police & ~linmas

    def counted(which: _Mask) -> _Counts:
        return np.bincount(place[which], minlength=len(requirements))

    def summed(which: _Mask) -> pd.Series:
        shares = assignments["share"][which].groupby(place[which]).sum()
        return shares.reindex(range(len(requirements)), fill_value=0.0).set_axis(requirements.index)

    found = requirements.assign(
        posted=counted(police & posted),
        present=counted(police & present),
        strength=summed(police & posted),
        strength_present=summed(police & present),
        linmas_posted=counted(linmas & posted),
        linmas_present=counted(linmas & present),
        others_posted=counted(others & posted),
    )
    told = found["kecamatan"].isin(posted_areas).to_numpy(bool)
    states = _select_best_states(assignments["state"][police], place[police], told)
    released = is_closed & np.isin(states, _DEPARTED_STATES)
    return found.assign(
        below=told & (found["strength"] < found["need"] - 1e-9),
        state=pd.Series(states, requirements.index, dtype="object"),
        released=released,
        absent=np.isin(states, ABSENT_STATES) & ~released,
    )


def _select_best_states(
    states: pd.Series, station_index: npt.NDArray[np.intp], has_postings: _Mask
) -> npt.NDArray[np.object_]:
    """The state of each TPS: the first of STATES that any of these officers is in.

    place: the position of the TPS of each. told: of which TPS any posting is known.
    """
    best = np.where(has_postings, len(STATES), len(STATES) + 1)
    np.minimum.at(best, station_index, pd.Index(STATES).get_indexer(pd.Index(states)))
    found: npt.NDArray[np.object_] = np.array(TPS_STATES, dtype=object)[best]
    return found
