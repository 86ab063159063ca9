"""TPS that told nothing: how many come there, and how far that may be wrong.

Where a TPS's own past turnout is known, and that of TPS that told, it is as far above or below
these as it was (the way of newsrooms: `elex-model` of the Washington Post, Tannen's Turnout
Tracker). Else it is as its kecamatan. Both a little lower: who tells nothing had a lower turnout,
the surer the more rounds of counting passed, for early in the day most of them are only late. What
silence has to do with turnout it has with what is not known of it: where the past tells most of how
a TPS differs, so much less is left.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from situasi.analysis.turnout.forecast_inputs import Floats, VoterRolls
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.rules import ForecastRules as Rules

_MIN_ANCHORS = 3  # TPS of a kecamatan that told and whose past is known; else those of all


@dataclass(frozen=True)
class SilentStations:
    """By kecamatan, in voters. voters: estimated; shared_sd: of the error that all silent share.

    own_variance: of the error of each, summed.
    """

    voters: Floats
    shared_sd: Floats
    own_variance: Floats


def estimate_silent_stations(
    silent: npt.NDArray[np.int64],
    rolls: VoterRolls,
    kecamatan_rate: Floats,
    turnout_sd: float,
    max_voters: Floats,
    rounds_missed: float,
    parameters: ForecastParameters,
    rules: Rules,
) -> SilentStations:
    """Estimate the TPS at these positions.

    In shares of the list: kecamatan_rate, the turnout of each kecamatan; turnout_sd, of a TPS in
    its kecamatan. rounds_missed: share of the day's rounds.
    """
    told = np.setdiff1d(np.arange(len(rolls)), silent)
    rate = kecamatan_rate[rolls.kecamatan_index[silent]]
    ratio = _compare_pasts(silent, told, rolls)
    has_past = np.isfinite(ratio)
    unknown = np.where(has_past, parameters.past_share, 1.0)
    lower = np.exp(unknown * rounds_missed * rules.unreported_shift)
    expected = rate * np.where(has_past, ratio, 1.0) * lower
    voters = np.minimum(expected * rolls.dpt[silent], max_voters[silent])
    shared = unknown * rules.unreported_sd * voters
    own = np.where(has_past, parameters.past_sd * voters, turnout_sd * rolls.dpt[silent]) ** 2
    return SilentStations(
        *(rolls.sum_by_kecamatan(values, silent) for values in (voters, shared, own))
    )


def _compare_pasts(
    silent: npt.NDArray[np.int64], told: npt.NDArray[np.int64], rolls: VoterRolls
) -> Floats:
    """Return the past turnout of each silent TPS by that of TPS that told; NaN: not known."""
    anchors = told[np.isfinite(rolls.past_rate[told])]
    if len(anchors) < _MIN_ANCHORS:
        return np.full(len(silent), np.nan)
    dpt, past = rolls.dpt[anchors], rolls.past_rate[anchors]
    listed = rolls.sum_by_kecamatan(dpt, anchors)
    mean = rolls.sum_by_kecamatan(dpt * past, anchors) / listed.clip(1.0)
    count = rolls.sum_by_kecamatan(np.ones(len(anchors)), anchors)
    anchor = np.where(count >= _MIN_ANCHORS, mean, float(dpt @ past / dpt.sum()))
    ratio: Floats = rolls.past_rate[silent] / anchor[rolls.kecamatan_index[silent]]
    return ratio
