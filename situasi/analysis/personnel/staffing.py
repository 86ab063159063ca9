"""Staffing: which officers are at each TPS, and the state of the TPS."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.analysis.personnel.presence import AT_POST_CHECKINS, STATES

# A TPS is in exactly one: the state of its officers, or one of these.
TPS_STATES = (*STATES, "tanpa_plotting", "tidak_diketahui")
# Known to be without officers; silence of an officer who had arrived is not among them.
ABSENT_STATES = ("tanpa_plotting", "belum_tiba", "bergeser", "kembali")
# States of officers who left a TPS after voting has closed.
_DEPARTED_STATES = ("bergeser", "kembali")

_Mask = npt.NDArray[np.bool_]
_Counts = npt.NDArray[np.int64]


def build_assignments(officer_table: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """Build officers by TPS: the posted ones, and those who checked in from another TPS.

    Columns: code, group, state, share, posted. An officer who checks in from another place is not
    at the own TPS, and counts in full where the check-in came from.
    """
    away = find_away_officers(officer_table, postings)
    at_tps = postings[postings["code"].notna()]
    has_moved = at_tps["petugas"].isin(away) & at_tps["state"].isin(["hadir", "tanpa_kabar"])
    posted = pd.DataFrame(
        {
            "code": at_tps["code"],
            "group": at_tps["group"],
            "state": at_tps["state"].where(~has_moved, "bergeser"),
            "share": at_tps["share"],
            "posted": True,
        }
    )
    unposted = officer_table.index.difference(pd.Index(postings["petugas"]))
    guests = officer_table.loc[away.union(unposted)]
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
    return pd.concat([posted, other], ignore_index=True) if len(other) else posted


def find_away_officers(officer_table: pd.DataFrame, postings: pd.DataFrame) -> pd.Index:
    """Find officers of TPS whose last check-in names a TPS or kecamatan not their own."""
    officers = postings["petugas"]
    own = {
        *zip(officers, postings["code"], strict=True),
        *zip(officers, postings["kecamatan"], strict=True),
    }
    posted = officer_table[officer_table.index.isin(officers)]
    checkins = zip(posted.index, posted["checkin_code"], posted["checkin_kecamatan"], strict=True)
    pairs = ((who, code if isinstance(code, str) else area) for who, code, area in checkins)
    away_officers = [
        who for who, place in pairs if isinstance(place, str) and (who, place) not in own
    ]
    away: pd.Index = pd.Index(away_officers, dtype="object")
    return away


def build_staffing_table(
    requirements: pd.DataFrame,
    assignments: pd.DataFrame,
    posted_areas: Collection[str],
    is_closed: bool,
    delivered: Collection[str] = (),
    awaiting: Collection[str] = (),
) -> pd.DataFrame:
    """Add to the requirements who is posted and present at each TPS.

    posted, present (police), strength, strength_present (their shares), linmas_posted,
    linmas_present, others_posted (TNI, Satpol PP), state (TPS_STATES), released (needs nobody any
    more: voting closed and its officers left, or its box is at the PPK), below (the pattern, by who
    is posted), absent (known to be without officers) and awaited (without, but somebody is en
    route), none of a released TPS. posted_areas: kecamatan with any known posting; in others
    nothing is reported as missing. delivered: codes of TPS whose box has arrived; awaiting: of TPS
    to which somebody is en route.
    """
    station_index = pd.Index(requirements["code"]).get_indexer(assignments["code"])
    is_matched, posted = station_index >= 0, assignments["posted"].to_numpy(bool)
    present = (assignments["state"] == "hadir").to_numpy(bool)
    police = assignments["group"].isin(POLICE_GROUPS).to_numpy(bool) & is_matched
    linmas = (assignments["group"] == "linmas").to_numpy(bool) & is_matched
    others = is_matched & ~police & ~linmas

    def count_where(mask: _Mask) -> _Counts:
        return np.bincount(station_index[mask], minlength=len(requirements))

    def sum_shares(mask: _Mask) -> pd.Series:
        shares = assignments["share"][mask].groupby(station_index[mask]).sum()
        return shares.reindex(range(len(requirements)), fill_value=0.0).set_axis(requirements.index)

    table = requirements.assign(
        posted=count_where(police & posted),
        present=count_where(police & present),
        strength=sum_shares(police & posted),
        strength_present=sum_shares(police & present),
        linmas_posted=count_where(linmas & posted),
        linmas_present=count_where(linmas & present),
        others_posted=count_where(others & posted),
    )
    has_postings = table["kecamatan"].isin(posted_areas).to_numpy(bool)
    states = _select_best_states(assignments["state"][police], station_index[police], has_postings)
    is_delivered = table["code"].isin(list(delivered)).to_numpy(bool)
    released = is_delivered | (is_closed & np.isin(states, _DEPARTED_STATES))
    is_empty = np.isin(states, ABSENT_STATES) & ~released
    is_awaiting = table["code"].isin(list(awaiting)).to_numpy(bool)
    return table.assign(
        below=has_postings & ~released & (table["strength"] < table["need"] - 1e-9),
        state=pd.Series(states, requirements.index, dtype="object"),
        released=released,
        absent=is_empty & ~is_awaiting,
        awaited=is_empty & is_awaiting,
    )


def _select_best_states(
    states: pd.Series, station_index: npt.NDArray[np.intp], has_postings: _Mask
) -> npt.NDArray[np.object_]:
    """Return the state of each TPS: the first of STATES that any of its officers is in.

    station_index: the TPS of each officer. has_postings: whether any posting of a TPS is known.
    """
    best = np.where(has_postings, len(STATES), len(STATES) + 1)
    np.minimum.at(best, station_index, pd.Index(STATES).get_indexer(pd.Index(states)))
    best_states: npt.NDArray[np.object_] = np.array(TPS_STATES, dtype=object)[best]
    return best_states
