"""Calibration of the turnout forecast: read from `outlook.toml` in the election's folder.

Written by `python -m situasi calibrate` (situasi/analysis/turnout/calibration.py), never by hand.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import Field, Strict

from situasi.domain.definition_errors import read_toml
from situasi.domain.definition_fields import (
    Count,
    Measure,
    Number,
    Points,
    Share,
    flatten_tables,
    parse_definition,
)
from situasi.domain.real_days import OWN_FILE_NAME, Floats, LeftOutScore, format_table
from situasi.domain.rules import Rules

FILE_NAME = "outlook.toml"
KABUPATEN, KECAMATAN = "kabupaten", "kecamatan"


@dataclass(frozen=True)
class Pace:
    """How days deviate from the assumed curve, at each full hour of voting.

    offset: mean log ratio of the share that came to the assumed one. covariance: of a day's own
    deviation from that; of_days: the part of it that was measured on few days (None: all of it).
    kecamatan, tps: sd of the log share of a kecamatan against the kabupaten, of a TPS with a very
    long list against its kecamatan. chance: what the variance of a TPS has more, times its voters.
    """

    offset: Floats
    covariance: Floats
    kecamatan: Floats
    tps: Floats
    chance: Floats
    of_days: Floats | None = None


@dataclass(frozen=True)
class TurnoutPrior:
    """What past elections of this kabupaten say of its turnout: t-distributed, never fixed.

    mean, sd: shares of the list. degrees: of freedom. elections: how many.
    """

    mean: Share
    sd: Measure
    degrees: Number
    elections: Number


@dataclass(frozen=True)
class ForecastParameters:
    """What the forecast learned from real days.

    days: how many real days, own_days: of this place among them. sources: whose days. degrees: of
    freedom of the interval. prior: None where no past turnout is known. past_sd: by how much the
    turnout of a TPS, in log, differs from what its own past says. past_share: that by the sd of a
    TPS in its kecamatan. day_quantile: by what the sd of a day is multiplied, measured on many
    days; None: t with these degrees. tested: the interval on days left out, one by one.
    """

    confidence_percent: Annotated[float, Strict(), Field(gt=0, lt=100)]
    days: Count
    own_days: Count
    degrees: Number
    past_sd: Points
    sources: tuple[str, ...]
    pace: Pace
    past_share: Share = 1.0
    prior: TurnoutPrior | None = None
    day_quantile: Measure | None = None
    tested: tuple[LeftOutScore, ...] = ()


def fingerprint(folder: Path, rules: Rules, opens: time, closes: time) -> str:
    """Return a hash of the rules and assumptions on which the calibration rests."""
    curve = tuple(map(tuple, rules.turnout.curve))
    past = tuple(map(astuple, rules.turnout.references))
    assumptions = repr((astuple(rules.tps), curve, past, astuple(rules.forecast), opens, closes))
    own_path = folder / OWN_FILE_NAME
    own_text = own_path.read_text("utf-8") if own_path.is_file() else ""
    return hashlib.sha256((assumptions + own_text).encode()).hexdigest()[:16]


def load(folder: Path, rules_hash: str) -> ForecastParameters | None:
    """Return the calibration in this folder; None where there is none, or one for other rules.

    rules_hash: from `fingerprint`. Raises KeyError or ValueError for faulty entries.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    raw = flatten_tables(read_toml(path), "made")
    if raw.pop("made.rules") != rules_hash:
        return None
    entries = {name.removeprefix("made."): entry for name, entry in raw.items()}
    return parse_definition(ForecastParameters, entries)


def format_toml(parameters: ForecastParameters, rules_hash: str) -> str:
    """Return the text of `outlook.toml`."""
    made = (
        f"confidence_percent = {parameters.confidence_percent:g}\n"
        f"days = {parameters.days}\nown_days = {parameters.own_days}\n"
        f"degrees = {parameters.degrees}\npast_sd = {parameters.past_sd:.4f}\n"
        f"past_share = {parameters.past_share:.4f}\n"
        f"sources = {list(parameters.sources)}\n"
        f'rules = "{rules_hash}"'
        "  # a change of the rules or of own_days.toml asks for another calibration\n"
    )
    if parameters.day_quantile is not None:
        made += f"day_quantile = {parameters.day_quantile:.4f}\n"
    prior = [format_table("[prior]", parameters.prior)] if parameters.prior else []
    return "\n".join(
        [
            "# Written by `python -m situasi calibrate`, never by hand. It rests on real days\n"
            "# (data/turnout/real_days.toml, own_days.toml). Terms:\n"
            "# situasi/domain/forecast_parameters.py.\n",
            f"[made]\n{made}",
            *prior,
            format_table("[pace]", parameters.pace),
            *(format_table("[[tested]]", row) for row in parameters.tested),
        ]
    )
