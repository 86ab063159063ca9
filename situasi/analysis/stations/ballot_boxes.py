"""Ballot boxes as one chain of custody: where each is, since when, and who goes with it."""

import numpy as np
import pandas as pd

from situasi.domain.feed_schemas import FASE

BOX_PHASES = tuple(fase for fase in FASE if fase.startswith("kotak"))
# Once its box has arrived there, the TPS is no longer responsible for it.
ARRIVED_BOX_PHASES = ("kotak_tiba_ppk", "kotak_tiba_kpu")
# Where a box is. UNKNOWN: its TPS never told a phase; AT_TPS: told, and not that the box left.
UNKNOWN, AT_TPS = "belum", "di_tps"
CUSTODY = (UNKNOWN, AT_TPS, *BOX_PHASES)
# On the way, nearest to the PPK last: left the TPS, or resting at the PPS.
MOVING = ("kotak_bergeser", "kotak_tiba_pps")


def find_custody(station_table: pd.DataFrame) -> pd.Series:
    """Find where the box of each TPS is: exactly one of CUSTODY.

    station_table: of status.build_station_table; its fase and box.
    """
    return station_table["box"].fillna(
        station_table["fase"].notna().map({True: AT_TPS, False: UNKNOWN})
    )


def count_custody(station_table: pd.DataFrame) -> pd.Series:
    """Count the boxes at each of CUSTODY: together as many as there are TPS."""
    counts: pd.Series = find_custody(station_table).value_counts()
    return counts.reindex(list(CUSTODY), fill_value=0).astype("int64")


def find_delivered(station_table: pd.DataFrame) -> frozenset[str]:
    """Find the codes of the TPS whose box has arrived at the PPK: nobody is needed there."""
    return frozenset(station_table.loc[station_table["box"].isin(ARRIVED_BOX_PHASES), "code"])


def count_at_ppk(station_table: pd.DataFrame) -> int:
    """Count the boxes known to have arrived at the PPK, or beyond it."""
    return len(find_delivered(station_table))


def build_outstanding_table(station_table: pd.DataFrame) -> pd.DataFrame:
    """Build one row for each box not known to be at the PPK, those on their way first.

    Columns of station_table and: custody, since (when it came there: for a box at its TPS the end
    of the count; NaT where no hour is known), unescorted (on its way, and nobody told who goes with
    it). Of those at one place the longest there first, those without an hour last.
    """
    table = station_table[~station_table["box"].isin(ARRIVED_BOX_PHASES)]
    custody = find_custody(table)
    is_moving = custody.isin(MOVING)
    since = table["box_at"].where(is_moving, table["hitung_selesai"])
    table = table.assign(
        custody=custody, since=since, unescorted=is_moving & table["escort"].isna()
    )
    rank = {code: place for place, code in enumerate((*MOVING, AT_TPS, UNKNOWN))}
    # By hand: NaT as a key of several columns would be sorted by its number.
    hours = since.fillna(pd.Timestamp.max.floor("us").tz_localize("UTC")).astype("int64")
    order = np.lexsort((hours.to_numpy(), custody.map(rank).to_numpy()))
    return table.iloc[order]
