"""An outlook for tests: a calibration made by hand, counts of many TPS at an hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.turnout.forecast import (
    TurnoutForecast,
    build_kecamatan_table,
    compute_forecast,
    compute_total,
)
from situasi.domain.forecast_parameters import ForecastParameters, Pace
from situasi.domain.register import Register
from tests.analysis import builders_tps
from tests.analysis.builders_tps import standing, told
from tests.builders import wib

_SD, _HOURS = np.array([0.24, 0.18, 0.1, 0.055, 0.024, 0.009]), np.arange(6)
PACE = Pace(
    offset=np.zeros(6),
    # A late day is late at all hours, and more so at the first.
    covariance=np.outer(_SD, _SD) * 0.9 ** np.abs(_HOURS[:, None] - _HOURS),
    kecamatan=np.array([0.08, 0.05, 0.03, 0.015, 0.005, 0.001]),
    tps=np.array([0.12, 0.08, 0.05, 0.025, 0.01, 0.003]),
    chance=np.zeros(6),
)
CALIBRATED = ForecastParameters(90, 8, 0, 7, 0.15, ("Rumania", "Italia"), PACE, past_share=0.7)
# The assumed curve of rules.toml.
SHARE = {"08.00": 0.17, "09.00": 0.38, "10.00": 0.59, "11.00": 0.77, "12.00": 0.92, "13.00": 1.0}


@cache
def register(*, official: bool = True) -> Register:
    """The whole register, its lists official or not, with a calibration made by hand."""
    every = builders_tps.whole()
    election = replace(every.election, turnout_parameters=CALIBRATED)
    return replace(every, election=election, tps=every.tps.assign(estimated=not official))


def codes(of: str = "") -> list[str]:
    """The TPS of this kecamatan, of all where none is named."""
    table = register().tps
    return table.loc[table["kecamatan"].str.startswith(of), "code"].tolist()


def at_rate(rate: float, tps: Iterable[str], at: str, **stated: Any) -> list[dict[str, Any]]:
    """One count of each of these TPS, as of a day that runs as assumed and ends with this rate.

    TPS of a desa differ by a voter or two: the same count from many would be doubted.
    """
    dpt = register().tps.set_index("code")["dpt"]
    heads = {code: float(dpt[code]) * rate * SHARE[at] + int(code[-3:]) % 8 - 3.5 for code in tps}
    return [told(of=code, hadir=round(count), at=at, **stated) for code, count in heads.items()]


def found(*rows: dict[str, Any], at: str = "11.15", of: Register | None = None) -> TurnoutForecast:
    """The outlook of these reports."""
    here = of or register()
    counted = standing(*rows, register=here)
    outcome = compute_forecast(counted, here, wib(at))
    assert outcome is not None
    return outcome


def by_area(*rows: dict[str, Any], **asked: Any) -> pd.DataFrame:
    return build_kecamatan_table(found(*rows, **asked))


def of_all(*rows: dict[str, Any], **asked: Any) -> pd.Series:
    return compute_total(found(*rows, **asked))
