"""Calibration of the turnout forecast: read from `outlook.toml` in the election's folder.

Written by `python -m situasi calibrate` (situasi/analysis/turnout/calibration.py), never by hand.
"""

import hashlib
import tomllib
from dataclasses import astuple, dataclass
from datetime import time
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, PlainValidator

from situasi.domain.definition_fields import parse_definition
from situasi.domain.rules import Rules

FILE_NAME = "outlook.toml"
DAYS_FILE_NAME = "days.toml"

KABUPATEN, KECAMATAN = "kabupaten", "kecamatan"

_Floats = Annotated[
    npt.NDArray[np.float64], PlainValidator(lambda cells: np.array(cells, dtype="float64"))
]


@dataclass(frozen=True)
class Pace:
    """How days deviate from the assumed curve, at each full hour of voting.

    offset: mean log ratio of the share that came to the assumed one. covariance: of a day's own
    deviation from that. kecamatan, tps: sd of their own deviation from the day.
    """

    offset: _Floats
    covariance: _Floats
    kecamatan: _Floats
    tps: _Floats


@dataclass(frozen=True)
class ConformalFactor:
    """The factor on a sigma for the interval, `after_min` minutes after the opening."""

    after_min: int
    whole: float
    kecamatan: float


@dataclass(frozen=True)
class EvaluationScore:
    """Results at one time of the test days, for the KABUPATEN or (pooled) the KECAMATAN level.

    covered: percent of the intervals that hold the true value; width: their mean half width; model
    and BASELINES of analysis.turnout.forecast (paced, scaled, so_far): mean absolute errors. All
    but covered in points.
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
    """Results of the simulated days. days, seed, test_days, test_seed: which days were used."""

    confidence_percent: float
    days: int
    seed: int
    test_days: int
    test_seed: int
    pace: Pace
    conformal_factors: Annotated[tuple[ConformalFactor, ...], Field(alias="stretch")]
    evaluation: Annotated[tuple[EvaluationScore, ...], Field(alias="tested")]

    def interval_factors(self, after_min: float) -> tuple[float, float]:
        """Return the factors (whole, kecamatan) so long after the opening, interpolated."""
        minutes = [f.after_min for f in self.conformal_factors]
        return (
            float(np.interp(after_min, minutes, [f.whole for f in self.conformal_factors])),
            float(np.interp(after_min, minutes, [f.kecamatan for f in self.conformal_factors])),
        )


def fingerprint(folder: Path, rules: Rules, opens: time, closes: time) -> str:
    """Return a hash of the rules and assumptions on which the calibration rests."""
    curve = tuple(map(tuple, rules.turnout.curve))
    assumptions = repr((astuple(rules.tps), curve, astuple(rules.forecast), opens, closes))
    days_path = folder / DAYS_FILE_NAME
    days_text = days_path.read_text("utf-8") if days_path.is_file() else ""
    return hashlib.sha256((assumptions + days_text).encode()).hexdigest()[:16]


def load(folder: Path, rules_hash: str) -> ForecastParameters | None:
    """Return the calibration in this folder; None where there is none, or one for other rules.

    rules_hash: from `fingerprint`. Raises KeyError or ValueError for faulty entries.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    raw = tomllib.loads(path.read_text("utf-8"))
    settings = raw.pop("made")
    if settings.pop("rules") != rules_hash:
        return None
    return parse_definition(ForecastParameters, {**settings, **raw})


def format_toml(parameters: ForecastParameters, rules_hash: str) -> str:
    """Return the text of `outlook.toml`."""
    settings = (
        f"confidence_percent = {parameters.confidence_percent:g}\n"
        f"days = {parameters.days}\nseed = {parameters.seed}\n"
        f"test_days = {parameters.test_days}\ntest_seed = {parameters.test_seed}\n"
        f'rules = "{rules_hash}"'
        "  # a change of rules.toml or days.toml asks for another calibration\n"
    )
    sections = [
        "# Written by `python -m situasi calibrate`, never by hand. It rests on simulated days\n"
        "# alone (days.toml): perkiraan. Terms: situasi/domain/forecast_parameters.py.\n",
        f"[made]\n{settings}",
        f"[pace]\n{_format_pace(parameters.pace)}",
        *(
            f"[[stretch]]\nafter_min = {factor.after_min}\nwhole = {factor.whole:.3f}\n"
            f"kecamatan = {factor.kecamatan:.3f}\n"
            for factor in parameters.conformal_factors
        ),
        *map(_format_score, parameters.evaluation),
    ]
    return "\n".join(sections)


def _format_pace(pace: Pace) -> str:
    rows = ",\n".join(f"    {_format_numbers(row)}" for row in pace.covariance)
    return (
        f"offset = {_format_numbers(pace.offset)}\ncovariance = [\n{rows},\n]\n"
        f"kecamatan = {_format_numbers(pace.kecamatan)}\ntps = {_format_numbers(pace.tps)}\n"
    )


def _format_score(score: EvaluationScore) -> str:
    names = ("covered", "width", "model", "paced", "scaled", "so_far")
    lines = "\n".join(f"{name} = {getattr(score, name):.2f}" for name in names)
    return f'[[tested]]\nat = {score.at:%H:%M:%S}\nlevel = "{score.level}"\n{lines}\n'


def _format_numbers(row: _Floats) -> str:
    return "[" + ", ".join(f"{cell:.6f}" for cell in row) + "]"
