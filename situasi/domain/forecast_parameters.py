"""What the turnout outlook was calibrated to be: read from `outlook.toml` of the election's folder.

Written by `python -m situasi calibrate` (situasi/analysis/turnout/calibration.py), never by hand.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from situasi.domain.rules import Rules

FILE_NAME = "outlook.toml"
DAYS_FILE_NAME = "days.toml"

KABUPATEN, KECAMATAN = "kabupaten", "kecamatan"

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pace:
    """How days run against the assumed curve, at each full hour of voting.

    offset: by how much more has come than assumed, in log, in their mean. covariance: of a day's
    own deviation from that. kecamatan, tps: sd of their own deviation from the day.
    """

    offset: _Floats
    covariance: _Floats
    kecamatan: _Floats
    tps: _Floats


@dataclass(frozen=True)
class ConformalFactor:
    """By what a sigma is multiplied for the interval, so long after the opening (minutes)."""

    after_min: int
    whole: float
    kecamatan: float


@dataclass(frozen=True)
class EvaluationScore:
    """What was measured at one time of the test days, for the WHOLE or (pooled) the KECAMATAN.

    covered: percent of the intervals that hold the truth; width: their mean half width; model and
    the plain ways (analysis.outlook.summed): mean absolute errors. All but covered in points.
    """

    at: time
    level: str
    covered: float
    width: float
    model: float
    paced: float
    scaled: float
    so_far: float


@dataclass(frozen=True)
class ForecastParameters:
    """What simulated days gave. days, seed, test_days, test_seed: which; confidence: percent."""

    confidence_percent: float
    days: int
    seed: int
    test_days: int
    test_seed: int
    pace: Pace
    conformal_factors: tuple[ConformalFactor, ...]
    evaluation: tuple[EvaluationScore, ...]

    def interval_factors(self, after_min: float) -> tuple[float, float]:
        """The factors (whole, kecamatan) so long after the opening; between two: interpolated."""
        at = [one.after_min for one in self.conformal_factors]
        return (
            float(np.interp(after_min, at, [one.whole for one in self.conformal_factors])),
            float(np.interp(after_min, at, [one.kecamatan for one in self.conformal_factors])),
        )


def fingerprint(folder: Path, rules: Rules, opens: time, closes: time) -> str:
    """Changes when a rule or an assumption does on which the calibration rests."""
    rests_on = repr((astuple(rules.tps), rules.turnout.curve, astuple(rules.forecast), opens, closes))
    days = folder / DAYS_FILE_NAME
    told = days.read_text("utf-8") if days.is_file() else ""
    return hashlib.sha256((rests_on + told).encode()).hexdigest()[:16]


def load(folder: Path, rules_hash: str) -> ForecastParameters | None:
    """The calibration in this folder; None where there is none, or one for other rules.

    mark: of `fingerprint`. Raises KeyError for an entry that is missing.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    raw = tomllib.loads(path.read_text("utf-8"))
    return _parse(raw) if raw["made"]["rules"] == rules_hash else None


def _parse(raw: Mapping[str, Any]) -> ForecastParameters:
    made, pace = raw["made"], raw["pace"]
    return ForecastParameters(
        confidence_percent=float(made["confidence_percent"]),
        days=made["days"],
        seed=made["seed"],
        test_days=made["test_days"],
        test_seed=made["test_seed"],
        pace=Pace(**{name: np.array(cells, dtype="float64") for name, cells in pace.items()}),
        conformal_factors=tuple(ConformalFactor(**one) for one in raw["stretch"]),
        evaluation=tuple(EvaluationScore(**one) for one in raw["tested"]),
    )


def format_toml(parameters: ForecastParameters, rules_hash: str) -> str:
    """The text of `outlook.toml`."""
    made = (
        f"confidence_percent = {parameters.confidence_percent:g}\ndays = {parameters.days}\nseed = {parameters.seed}\n"
        f"test_days = {parameters.test_days}\ntest_seed = {parameters.test_seed}\n"
        f'rules = "{rules_hash}"  # a change of rules.toml or days.toml asks for another calibration\n'
    )
    parts = [
        "# Written by `python -m situasi calibrate`, never by hand. It rests on simulated days\n"
        "# alone (days.toml): perkiraan. Terms: situasi/domain/forecast_parameters.py.\n",
        f"[made]\n{made}",
        f"[pace]\n{_format_pace(parameters.pace)}",
        *(
            f"[[stretch]]\nafter_min = {one.after_min}\nwhole = {one.whole:.3f}\n"
            f"kecamatan = {one.kecamatan:.3f}\n"
            for one in parameters.conformal_factors
        ),
        *map(_format_score, parameters.evaluation),
    ]
    return "\n".join(parts)


def _format_pace(pace: Pace) -> str:
    rows = ",\n".join(f"    {_format_numbers(row)}" for row in pace.covariance)
    return (
        f"offset = {_format_numbers(pace.offset)}\ncovariance = [\n{rows},\n]\n"
        f"kecamatan = {_format_numbers(pace.kecamatan)}\ntps = {_format_numbers(pace.tps)}\n"
    )


def _format_score(score: EvaluationScore) -> str:
    figures = ("covered", "width", "model", "paced", "scaled", "so_far")
    told = "\n".join(f"{name} = {getattr(score, name):.2f}" for name in figures)
    return f'[[tested]]\nat = {score.at:%H:%M:%S}\nlevel = "{score.level}"\n{told}\n'


def _format_numbers(row: _Floats) -> str:
    return "[" + ", ".join(f"{cell:.6f}" for cell in row) + "]"
