"""What the turnout outlook was calibrated to be: read from `outlook.toml` of the election's folder.

Written by `python -m situasi calibrate` (situasi/analysis/turnout/calibration.py), never by hand.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from situasi.domain.rules import Rules

NAME = "outlook.toml"
DAYS = "days.toml"

WHOLE, KECAMATAN = "kabupaten", "kecamatan"

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
class Stretch:
    """By what a sigma is multiplied for the interval, so long after the opening (minutes)."""

    after_min: int
    whole: float
    kecamatan: float


@dataclass(frozen=True)
class Tested:
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
class Calibrated:
    """What simulated days gave. days, seed, test_days, test_seed: which; confidence: percent."""

    confidence: float
    days: int
    seed: int
    test_days: int
    test_seed: int
    pace: Pace
    stretch: tuple[Stretch, ...]
    tested: tuple[Tested, ...]

    def stretched(self, after_min: float) -> tuple[float, float]:
        """The factors (whole, kecamatan) so long after the opening; between two: interpolated."""
        at = [one.after_min for one in self.stretch]
        return (
            float(np.interp(after_min, at, [one.whole for one in self.stretch])),
            float(np.interp(after_min, at, [one.kecamatan for one in self.stretch])),
        )


def fingerprint(folder: Path, rules: Rules, opens: time, closes: time) -> str:
    """Changes when a rule or an assumption does on which the calibration rests."""
    rests_on = repr((rules.tps, rules.turnout.curve, rules.outlook, opens, closes))
    days = folder / DAYS
    told = days.read_text("utf-8") if days.is_file() else ""
    return hashlib.sha256((rests_on + told).encode()).hexdigest()[:16]


def load(folder: Path, mark: str) -> Calibrated | None:
    """The calibration in this folder; None where there is none, or one for other rules.

    mark: of `fingerprint`. Raises KeyError for an entry that is missing.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    raw = tomllib.loads(path.read_text("utf-8"))
    return _read(raw) if raw["made"]["rules"] == mark else None


def _read(raw: Mapping[str, Any]) -> Calibrated:
    made, pace = raw["made"], raw["pace"]
    return Calibrated(
        confidence=float(made["confidence_percent"]),
        days=made["days"],
        seed=made["seed"],
        test_days=made["test_days"],
        test_seed=made["test_seed"],
        pace=Pace(**{name: np.array(cells, dtype="float64") for name, cells in pace.items()}),
        stretch=tuple(Stretch(**one) for one in raw["stretch"]),
        tested=tuple(Tested(**one) for one in raw["tested"]),
    )


def write(found: Calibrated, mark: str) -> str:
    """The text of `outlook.toml`."""
    made = (
        f"confidence_percent = {found.confidence:g}\ndays = {found.days}\nseed = {found.seed}\n"
        f"test_days = {found.test_days}\ntest_seed = {found.test_seed}\n"
        f'rules = "{mark}"  # a change of rules.toml or days.toml asks for another calibration\n'
    )
    parts = [
        "# Written by `python -m situasi calibrate`, never by hand. It rests on simulated days\n"
        "# alone (days.toml): perkiraan. Terms: situasi/domain/forecast_parameters.py.\n",
        f"[made]\n{made}",
        f"[pace]\n{_pace(found.pace)}",
        *(
            f"[[stretch]]\nafter_min = {one.after_min}\nwhole = {one.whole:.3f}\n"
            f"kecamatan = {one.kecamatan:.3f}\n"
            for one in found.stretch
        ),
        *map(_tested, found.tested),
    ]
    return "\n".join(parts)


def _pace(pace: Pace) -> str:
    rows = ",\n".join(f"    {_numbers(row)}" for row in pace.covariance)
    return (
        f"offset = {_numbers(pace.offset)}\ncovariance = [\n{rows},\n]\n"
        f"kecamatan = {_numbers(pace.kecamatan)}\ntps = {_numbers(pace.tps)}\n"
    )


def _tested(one: Tested) -> str:
    figures = ("covered", "width", "model", "paced", "scaled", "so_far")
    told = "\n".join(f"{name} = {getattr(one, name):.2f}" for name in figures)
    return f'[[tested]]\nat = {one.at:%H:%M:%S}\nlevel = "{one.level}"\n{told}\n'


def _numbers(row: _Floats) -> str:
    return "[" + ", ".join(f"{cell:.6f}" for cell in row) + "]"
