"""What TPS owe at this hour of the day: opening, counts, closing, counting, boxes, nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.stations.ballot_boxes import MOVING
from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE

# In the order of the day.
SUPPLIES, OPENING, COUNTS, CLOSING, COUNTING, BOXES, HOME = (
    "logistik", "buka", "hitungan", "tutup", "penghitungan", "kotak", "pulang",
)  # fmt: skip
# A task is over once so large a share of the TPS has done it: the rest is a matter of silence.
_DONE_SHARE = 0.95


@dataclass(frozen=True)
class CurrentTask:
    """What is owed now. stations: the TPS that still owe it, a part of the station table.

    In BOXES: those whose box is on its way, the longest first; unknown times come last.
    """

    name: str
    stations: pd.DataFrame


def find_current_task(stations: pd.DataFrame, election: Election, at: datetime) -> CurrentTask:
    """Find what is owed at `at`. stations: of stations.status, of the kecamatan in question."""
    opens = election.local_time(election.tps_opens)
    closes = election.local_time(election.tps_closes)
    rank = stations["fase"].map({fase: n for n, fase in enumerate(FASE)}).fillna(-1)
    if at < opens:
        return CurrentTask(SUPPLIES, stations[rank < FASE.index("logistik_tiba")])
    unopened = stations[rank < FASE.index("dibuka")]
    if at < closes:
        if _is_owed(unopened, stations):
            return CurrentTask(OPENING, unopened)
        return CurrentTask(COUNTS, _select_late(stations))
    steps = ((CLOSING, "ditutup"), (COUNTING, "hitung_selesai"))
    for name, fase in steps:
        waiting = stations[rank < FASE.index(fase)]
        if _is_owed(waiting, stations):
            return CurrentTask(name, waiting)
    on_way = stations[stations["box"].isin(MOVING)]
    if len(on_way):
        return CurrentTask(BOXES, on_way.sort_values("box_at", kind="stable", na_position="last"))
    return CurrentTask(HOME, stations[rank < FASE.index("kotak_tiba_ppk")])


def count_by_area(waiting: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    """Count by kecamatan the TPS that owe something: `waiting`, and `tps`; the most first."""
    counts = waiting["kecamatan"].value_counts()
    every = stations["kecamatan"].value_counts()
    table = pd.DataFrame({"waiting": counts, "tps": every.reindex(counts.index)})
    return table.sort_values("waiting", ascending=False, kind="stable")


def _is_owed(waiting: pd.DataFrame, stations: pd.DataFrame) -> bool:
    return len(waiting) > (1 - _DONE_SHARE) * len(stations)


def _select_late(stations: pd.DataFrame) -> pd.DataFrame:
    late: Sequence[str] = ("terlambat", "tak_terjangkau")
    return stations[stations["state"].isin(late)]
