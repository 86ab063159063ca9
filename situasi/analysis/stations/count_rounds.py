"""Rounds of head counts: which hour a count is of, and the last hour that enough TPS told."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports
from situasi.analysis.timestamps import MICROSECOND, NEVER, Micros, index_from_us
from situasi.domain.register import Register

_Rounds = npt.NDArray[np.int64]


def find_rounds(occurred_us: Micros, register: Register) -> _Rounds:
    """Find the round of each count: 1 is the first full hour of voting, 0 before it.

    A count taken shortly before the hour (tps.lead_time) is of that hour; whatever is counted after
    the closing is of the last one.
    """
    election = register.election
    opens, interval = _open_and_interval(register)
    lead = election.rules.tps.lead_time // MICROSECOND
    last = (timestamps.to_us(election.local_time(election.tps_closes)) - opens) // interval
    return np.asarray(((occurred_us + lead - opens) // interval).clip(0, last), dtype=np.int64)


def find_common_round(rounds: _Rounds) -> int:
    """Find the last round that at least half of these TPS told, or a later one; -1: no TPS."""
    return int(np.sort(rounds)[len(rounds) // 2]) if len(rounds) else -1


def build_round_columns(
    counts: TpsReports, newest: npt.NDArray[np.intp], register: Register
) -> pd.DataFrame:
    """Build for each TPS which hour its newest count is of, and its count of the common hour.

    counts: of reports.select_current_counts. newest: the position of the newest count of each TPS
    (-1: none). Columns: count_hour (NaT: no count), is_stale (of an earlier hour than the common
    one), hadir_common (its last count of the common hour, missing where it told none), common_hour
    (the same for all; NaT where no TPS counted).
    """
    rounds = find_rounds(counts.occurred_us, register)
    has_count = newest >= 0
    own = np.append(rounds, -1)[newest]
    common = find_common_round(own[has_count])
    in_common = np.flatnonzero(rounds == common)
    voters = np.full(len(newest), np.nan)
    voters[counts.station_index[in_common]] = counts.voters_present[in_common]  # the last stays
    return pd.DataFrame(
        {
            "count_hour": index_from_us(_to_hours(own, register)),
            "is_stale": has_count & (own < common),
            "hadir_common": pd.arrays.IntegerArray(
                np.nan_to_num(voters).astype("int64"), np.isnan(voters)
            ),
            "common_hour": index_from_us(_to_hours(np.full(len(newest), common), register)),
        }
    )


def count_stale_left(station_table: pd.DataFrame) -> pd.Series:
    """Count on the list of each TPS with an old count who was not in it: they may have come since.

    station_table: of status.build_station_table. Missing where the count is not old.
    """
    left: pd.Series = (station_table["dpt"] - station_table["hadir"]).clip(lower=0)
    return left.where(station_table["is_stale"].astype(bool))


def _to_hours(rounds: _Rounds, register: Register) -> Micros:
    opens, interval = _open_and_interval(register)
    return np.where(rounds >= 0, opens + rounds * interval, NEVER)


def _open_and_interval(register: Register) -> tuple[int, int]:
    election = register.election
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    return opens, election.rules.tps.count_interval // MICROSECOND
