"""Each TPS of the register: how far it is, whether it reports, and whose turn it is to ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.doubts import of_counts
from situasi.analysis.reporting import STATES, judged
from situasi.analysis.station_reports import counts, of_stations
from situasi.analysis.works import reads
from situasi.records import FASE, TPS
from situasi.regions import Register

# Of a TPS that has reached no phase.
NO_PHASE = "belum"
# Where a box is no longer the concern of its TPS.
ARRIVED = ("kotak_tiba_ppk", "kotak_tiba_kpu")
BOXES = tuple(fase for fase in FASE if fase.startswith("kotak"))

_NONE = np.iinfo("int64").min  # NaT
_OPENED = FASE.index("dibuka")


@reads(TPS)
def stations(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:
    """One row for each TPS of the register, in its order; what matches none is in `unmatched`.

    Columns of register.tps (code, desa, kecamatan, nomor, dpt, estimated, kerawanan) and:
    fase: the furthest phase reached (None: none); heads counted say that it was opened.
    one column for each of FASE: when it was reached, NaT where nobody told its minute.
    hadir, hadir_at: the newest count and when it was taken; hadir_dptb, hadir_dpk: the
    voters of those lists in it, where told apart. last_at: when it last told anything.
    state: exactly one of STATES. owed: the earliest report still missing, a phase or "hadir"
    (owed_hour: of which hour), owed_at: since when it is late. late_min: minutes late, missing
    unless late; chaser: who asks it now. box: the newest phase of its box (None: not moved),
    box_at; escort. doubts: kinds (doubts.KINDS) of its newest count, ", " between.
    latihan: whether any of its reports is made up.
    """
    reports = of_stations(known["tps"], register)
    reports = reports[reports["place"] >= 0]
    table = register.tps.reset_index(drop=True)
    table = pd.concat(
        [table, _phases(reports, register), _heads(reports, register), _words(reports, len(table))],
        axis=1,
    )
    reached = _reached(table.pop("_told"), table["hadir"])
    phases = np.array([*FASE, None], dtype=object)[reached]
    table["fase"] = pd.Series(phases, dtype="object")
    boxes = [one if one in BOXES else None for one in phases]
    table["box"] = pd.Series(boxes, dtype="object")
    table["box_at"] = _moments(_box_times(table, reached))
    state = judged(table, reached, table.pop("_away").to_numpy(bool), register, at)
    return pd.concat([table, state], axis=1)


def by_kecamatan(found: pd.DataFrame) -> pd.DataFrame:
    """How many TPS of each kecamatan are in each phase and each state.

    found: of `stations`. Index: kecamatan, in the register's order. Columns: tps (all of them),
    NO_PHASE and each of FASE (they add up to tps), each of STATES (they add up to tps).
    """
    home, names = pd.factorize(found["kecamatan"])
    columns = [NO_PHASE, *FASE, *STATES]
    counted = np.zeros((len(names), len(columns)), dtype="int64")
    for each in (found["fase"].fillna(NO_PHASE), found["state"]):
        np.add.at(counted, (home, pd.Index(columns).get_indexer(pd.Index(each))), 1)
    table = pd.DataFrame(counted, pd.Index(names, name="kecamatan"), columns)
    table.insert(0, "tps", np.bincount(home, minlength=len(names)))
    return table


def _phases(reports: pd.DataFrame, register: Register) -> pd.DataFrame:
    """When each TPS reached each phase; the earliest told, where several posts told it.

    A later row of the same report (its id) corrects the earlier.
    """
    told = reports[reports["fase"].notna()].sort_values("told", kind="stable")
    told = told.drop_duplicates(["place", "id", "fase"], keep="last")
    place, rank = told["place"].to_numpy(), pd.Categorical(told["fase"], FASE).codes
    reached = np.full(len(register.tps), -1, dtype=np.int64)
    np.maximum.at(reached, place, rank)
    times = np.full((len(register.tps), len(FASE)), np.iinfo("int64").max)
    exact = (told["precision"] == "menit").to_numpy()
    moments = told["occurred_at"].astype("int64").to_numpy()
    np.minimum.at(times, (place[exact], rank[exact]), moments[exact])
    times[times == np.iinfo("int64").max] = _NONE
    found = pd.DataFrame({fase: _moments(times[:, at]) for at, fase in enumerate(FASE)})
    return found.assign(_told=reached)


def _heads(reports: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The newest count of each TPS, by when it was taken, and what is doubted of it."""
    standing = counts(reports, register)
    newest = standing.drop_duplicates("place", keep="last").set_index("place")
    every = range(len(register.tps))
    found = pd.DataFrame(
        {
            "hadir": newest["heads"].reindex(every).astype("Int64"),
            "hadir_at": newest["occurred_at"].reindex(every),
            "hadir_dptb": newest["hadir_dptb"].reindex(every),
            "hadir_dpk": newest["hadir_dpk"].reindex(every),
        }
    )
    doubted = of_counts(standing, register)
    kinds = doubted[doubted["current"]].groupby("code")["kind"].agg(", ".join).to_dict()
    found["doubts"] = [kinds.get(code, "") for code in register.tps["code"]]
    return found


def _words(reports: pd.DataFrame, size: int) -> pd.DataFrame:
    """The last word of each TPS, whether it can be reached, and who goes with its box."""
    told = reports.sort_values("told", kind="stable")
    spoke = told["fase"].notna() | told["heads"].notna()
    last = told[spoke].drop_duplicates("place", keep="last").set_index("place")["told"]
    contact = told[spoke | told["kontak"].notna()].drop_duplicates("place", keep="last")
    away = contact.loc[contact["kontak"] == "tak_terjangkau", "place"]
    escorted = told[told["pengawal"].notna()].drop_duplicates("place", keep="last")
    made = told.loc[told["latihan"], "place"]
    every = np.arange(size)
    return pd.DataFrame(
        {
            "last_at": last.reindex(every).astype("datetime64[us, UTC]"),
            "_away": np.isin(every, away),
            "escort": escorted.set_index("place")["pengawal"].reindex(every).astype("object"),
            "latihan": np.isin(every, made),
        }
    )


def _reached(told: pd.Series, heads: pd.Series) -> npt.NDArray[np.int64]:
    """The furthest phase: that told, or the opening where voters were counted without it."""
    least = np.where(heads.fillna(0) > 0, _OPENED, -1)
    reached: npt.NDArray[np.int64] = np.maximum(told.to_numpy("int64"), least)
    return reached


def _box_times(table: pd.DataFrame, reached: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """When each box reached its newest phase, in microseconds; NaT where it has not moved."""
    times = np.column_stack([table[fase].astype("int64") for fase in FASE])
    at = times[np.arange(len(times)), reached]
    return np.where(table["box"].notna(), at, _NONE)


def _moments(us: npt.NDArray[np.int64]) -> pd.Series:
    return pd.Series(us.view("datetime64[us]")).dt.tz_localize("UTC")
