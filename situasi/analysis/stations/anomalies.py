"""Head counts that may be wrong, each with its reason: they are flagged, never repaired."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.runs import is_last_of_run
from situasi.analysis.stations.reports import TpsReports
from situasi.analysis.timestamps import MICROSECOND
from situasi.domain.register import Register
from situasi.domain.rules import ANOMALY_KINDS

_Numbers = npt.NDArray[np.float64]


def find_anomalies(station_counts: TpsReports, register: Register) -> pd.DataFrame:
    """List each reason to doubt a count in a row, sorted by TPS, count and ANOMALY_KINDS.

    station_counts: of reports.select_current_counts.

    Columns: code, kecamatan, desa, nomor, occurred_at, voters_present, seq, kind, against
    (reference value), estimated (the voters of this TPS are a perkiraan), current (no later count
    of this TPS), latihan. against, by kind: the count before (turun, melonjak), the voters on the
    list (melebihi), how many TPS of the desa reported the same (seragam), the median of the
    kecamatan in percent of the list (menjauh), nothing (kembar).
    """
    against = compute_reference_values(station_counts, register)
    row, kind = np.nonzero(~np.isnan(against))
    suspects, station_index = station_counts.take(row), station_counts.station_index[row]
    stations = register.tps[["code", "kecamatan", "desa", "nomor", "estimated"]].take(station_index)
    return stations.reset_index(drop=True).assign(
        occurred_at=timestamps.index_from_us(suspects.occurred_us),
        voters_present=suspects.voters_present,
        seq=suspects.seq,
        current=is_last_of_run(station_counts.station_index)[row],
        latihan=suspects.is_exercise,
        kind=np.array(ANOMALY_KINDS, dtype=object)[kind],
        against=against[row, kind],
    )


def compute_reference_values(station_counts: TpsReports, register: Register) -> _Numbers:
    """Return the reference value of each doubted count by ANOMALY_KINDS (columns); else NaN."""
    compared = _build_compared_counts(station_counts, register)
    against = np.column_stack(
        [
            _check_fall(compared),
            _check_exceeds_roll(compared, register),
            _check_jump(compared, register),
            _check_repeated(compared, register),
            _check_outlier(compared, register),
            np.full(len(station_counts), np.nan),
        ]
    )
    # A repeated digit alone is no sign of an error: correct counts have it too.
    is_repdigit = np.isin(compared.voters_present, [digit * 111 for digit in range(1, 10)])
    against[is_repdigit & ~np.isnan(against).all(axis=1), ANOMALY_KINDS.index("kembar")] = 0
    return against


@dataclass(frozen=True)
class _ComparedCounts:
    """Counts with the list of their TPS, their hour, and the two counts before each."""

    station_index: npt.NDArray[np.int64]
    kecamatan: npt.NDArray[np.intp]
    desa: npt.NDArray[np.intp]
    voting_hour: npt.NDArray[np.int64]
    occurred_us: _Numbers
    voters_present: _Numbers
    listed_voters: _Numbers
    dpt: _Numbers
    earlier_counts: tuple[_Numbers, _Numbers]
    earlier_us: tuple[_Numbers, _Numbers]


def _build_compared_counts(station_counts: TpsReports, register: Register) -> _ComparedCounts:
    index, tps = station_counts.station_index, register.tps
    dpt = tps["dpt"].to_numpy("float64", na_value=np.nan)[index]
    us = station_counts.occurred_us.astype("float64")
    return _ComparedCounts(
        station_index=index,
        kecamatan=pd.factorize(tps["kecamatan"])[0][index],
        desa=pd.factorize(tps["desa"])[0][index],
        voting_hour=_compute_voting_hour(station_counts.occurred_us, register),
        occurred_us=us,
        voters_present=station_counts.voters_present,
        listed_voters=station_counts.listed_voters,
        dpt=np.where(dpt > 0, dpt, np.nan),
        earlier_counts=(
            _shift_within_station(station_counts.voters_present, index, 1),
            _shift_within_station(station_counts.voters_present, index, 2),
        ),
        earlier_us=(_shift_within_station(us, index, 1), _shift_within_station(us, index, 2)),
    )


def _shift_within_station(
    values: _Numbers, station_index: npt.NDArray[np.int64], steps: int
) -> _Numbers:
    """Return the value so many counts earlier of the same TPS; NaN where there is none."""
    earlier = pd.Series(values).groupby(station_index).shift(steps)
    return np.asarray(earlier, dtype=np.float64)


def _compute_voting_hour(us: npt.NDArray[np.int64], register: Register) -> npt.NDArray[np.int64]:
    """Return the nearest hour of voting of each count."""
    opens = timestamps.to_us(register.election.local_time(register.election.tps_opens))
    interval = register.election.rules.tps.count_interval // MICROSECOND
    return np.asarray((us - opens + interval // 2) // interval)


def _check_fall(compared: _ComparedCounts) -> _Numbers:
    return np.where(
        compared.voters_present < compared.earlier_counts[0], compared.earlier_counts[0], np.nan
    )


def _check_exceeds_roll(compared: _ComparedCounts, register: Register) -> _Numbers:
    limit = compute_voter_limits(register)[compared.station_index]
    return np.where(compared.listed_voters > limit, compared.dpt, np.nan)


def compute_voter_limits(register: Register) -> _Numbers:
    """Return above how many voters the list of each TPS is exceeded; NaN: never."""
    voters = register.tps["dpt"].to_numpy("float64", na_value=np.nan)
    factor = register.election.rules.tps.estimated_list_factor
    limits: _Numbers = np.where(voters > 0, voters, np.nan) * np.where(
        register.tps["estimated"].to_numpy(bool), factor, 1.0
    )
    return limits


def _check_jump(compared: _ComparedCounts, register: Register) -> _Numbers:
    """Find counts that grew by more than a share of the list per hour since the count before.

    If the count before had fallen, the one before that is used: after a mistyped count the right
    one is no jump. The first count is compared with 0 at the opening.
    """
    rules, election = register.election.rules.tps, register.election
    fell = compared.earlier_counts[0] < compared.earlier_counts[1]
    base = np.nan_to_num(np.where(fell, compared.earlier_counts[1], compared.earlier_counts[0]))
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    since = np.nan_to_num(np.where(fell, compared.earlier_us[1], compared.earlier_us[0]), nan=opens)
    hours = np.maximum((compared.occurred_us - since) / 3.6e9, 1.0)
    return np.where(
        (compared.voters_present - base) / compared.dpt > rules.max_hourly_share * hours,
        base,
        np.nan,
    )


def _check_repeated(compared: _ComparedCounts, register: Register) -> _Numbers:
    """Return how many TPS of a desa reported the same for the same hour, where they are many."""
    min_repeats = register.election.rules.tps.min_repeats
    group = _number_groups(compared.desa, compared.voting_hour, compared.voters_present)
    first = ~pd.Index(
        _number_groups(group, compared.station_index)
    ).duplicated()  # a TPS counts once
    repeats = np.bincount(group[first])[group].astype("float64")
    return np.where((repeats >= min_repeats) & (compared.voters_present > 0), repeats, np.nan)


def _check_outlier(compared: _ComparedCounts, register: Register) -> _Numbers:
    """Find counts far from the median of their kecamatan in the same hour (in percent)."""
    rules = register.election.rules.tps
    share = compared.voters_present / compared.dpt
    shares = pd.Series(share).groupby([compared.kecamatan, compared.voting_hour])
    median = shares.transform("median").to_numpy()
    enough = shares.transform("count").to_numpy() >= rules.outlier_min_tps
    return np.where(enough & (np.abs(share - median) > rules.outlier_share), 100 * median, np.nan)


def _number_groups(*keys: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Give each row a number from 0; rows with the same keys have the same."""
    columns = pd.DataFrame(dict(enumerate(keys)))
    group = columns.groupby(list(columns), sort=False).ngroup()
    return np.asarray(group, dtype=np.int64)
