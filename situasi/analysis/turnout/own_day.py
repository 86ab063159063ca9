"""Summary of a day of this place from its own reports: a calibration day for the next election."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from situasi.analysis.stations.reports import TpsReports
from situasi.analysis.turnout import forecast_inputs
from situasi.analysis.turnout.forecast_inputs import TurnoutCounts, VoterRolls
from situasi.analysis.turnout.real_day_pace import compute_full_hours
from situasi.domain.forecast_parameters import Pace
from situasi.domain.real_days import DaySummary
from situasi.domain.register import Register

_Floats = npt.NDArray[np.float64]

MIN_SHARE = 0.3  # of the TPS, with a count of that hour and of the end: fewer are not the place


class OwnDayError(ValueError):
    """The reports of this day do not say how its voters came."""


def summarise_own_day(station_counts: TpsReports, register: Register) -> DaySummary:
    """Summarise this election's day from counts of select_current_counts, without exercises.

    The share at an hour is that of the TPS that told both that hour and their end. Raises
    OwnDayError where too few did.
    """
    election = register.election
    elapsed = compute_full_hours(election)
    rolls = forecast_inputs.build_voter_rolls(register)
    blank = np.zeros(len(elapsed))
    pace = Pace(blank, np.diag(blank), blank, blank, blank)
    counts = forecast_inputs.build_turnout_counts(station_counts, register, pace)
    table = _build_table(counts.take(counts.is_used & ~counts.is_suspect), rolls, len(elapsed))
    shares = [_compute_log_share(table, slot, len(rolls)) for slot in range(len(elapsed))]
    known = [slot for slot, share in enumerate(shares) if share is not None and elapsed[slot] < 1]
    ended = np.isfinite(table[:, -1])
    if not known or ended.mean() < MIN_SHARE:
        raise OwnDayError(
            "belum cukup laporan untuk menjadi hari kalibrasi: sedikitnya "
            f"{100 * MIN_SHARE:.0f} % TPS melaporkan jumlah per jam dan angka akhirnya"
        )
    return DaySummary(
        day=election.day,
        country="Indonesia",
        source=f"laporan TPS di {election.command}",
        turnout=float(table[ended, -1].sum() / rolls.dpt[ended].sum()),
        elapsed=elapsed[known],
        log_share=np.array([shares[slot] for slot in known], dtype="float64"),
        place=election.kabupaten,
        parts=_measure_parts(table, known, rolls),
    )


def _build_table(counts: TurnoutCounts, rolls: VoterRolls, hours: int) -> _Floats:
    """Build the counts by TPS and slot, the last the end; NaN: not told."""
    table = np.full((len(rolls), hours + 1), np.nan)
    table[counts.station_index, counts.slot] = counts.voters_present
    return table


def _compute_log_share(table: _Floats, slot: int, stations: int) -> float | None:
    has_counts = np.isfinite(table[:, slot]) & np.isfinite(table[:, -1])
    if has_counts.sum() < MIN_SHARE * stations or table[has_counts, slot].sum() <= 0:
        return None
    return float(np.log(table[has_counts, slot].sum() / table[has_counts, -1].sum()))


def _measure_parts(table: _Floats, known: Sequence[int], rolls: VoterRolls) -> _Floats | None:
    """Measure the sd of the kecamatan's log share against the kabupaten's, at these slots."""
    spreads = []
    for slot in known:
        has_counts = np.flatnonzero(np.isfinite(table[:, slot]) & np.isfinite(table[:, -1]))
        came = rolls.sum_by_kecamatan(table[has_counts, slot], has_counts)
        final = rolls.sum_by_kecamatan(table[has_counts, -1], has_counts)
        usable = (came > 0) & (final > 0)
        if usable.sum() < 2:
            return None
        log_share = np.log(came[usable] / final[usable])
        whole = np.log(came.sum() / final.sum())
        spreads.append(np.sqrt(np.mean((log_share - whole) ** 2)))
    return np.array(spreads)
