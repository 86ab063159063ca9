"""Summaries of real election days: how the voters of a day came, and how places differed.

They are facts derived from published counts, not the counts: `data/turnout/real_days.toml` of the
product, with its sources, and `own_days.toml` of an election's folder for days of this place
(written by `python -m situasi calibrate --from-store`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, PlainValidator, Strict

from situasi.common import atomic_files
from situasi.domain.definition_errors import read_toml, wrap_definition_errors
from situasi.domain.definition_fields import Number, Percent, Points, parse_definition
from situasi.domain.settings import ROOT

SHIPPED = ROOT / "data" / "turnout" / "real_days.toml"
OWN_FILE_NAME = "own_days.toml"


def _build_array(cells: object) -> npt.NDArray[np.float64]:
    """Return a list of numbers, or of such lists of one length, as an array."""
    try:
        given = np.array(cells)
    except ValueError:  # of lists of other lengths
        given = np.empty(0)
    array = given.astype("float64") if given.dtype.kind in "if" else np.empty(0)
    if array.ndim == 0 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"{cells!r} bukan daftar angka")
    return array


Floats = Annotated[npt.NDArray[np.float64], PlainValidator(_build_array)]


@dataclass(frozen=True)
class DaySummary:
    """One real day. Arrays: a value for each of `elapsed`, shares of the voting hours.

    country: whose days share a mean curve. place: one kabupaten; empty: the mean of a country's
    places. turnout: share of the list. log_share: log of the share of the day's voters who had
    come. places: how many; between_places: covariance of their log shares. parts: sd of the log
    share of parts of a place against it. stations: the same of stations against their part, for a
    very long list; chance: what the variance of a station has more, times its voters.
    """

    day: date
    country: str
    source: str
    turnout: Annotated[float, Strict()]
    elapsed: Floats
    log_share: Floats
    place: str = ""
    places: Number = 1
    between_places: Floats | None = None
    parts: Floats | None = None
    stations: Floats | None = None
    chance: Floats | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where the arrays are of no day."""
        size = len(self.elapsed)
        if self.turnout <= 0 or self.turnout > 1:  # nan: not known
            raise ValueError(f"turnout {self.turnout:g} bukan bagian dari daftar")
        if not (np.diff(self.elapsed, prepend=0) > 0).all() or self.elapsed[-1] > 1:
            raise ValueError("elapsed tidak menaik dari 0 sampai 1")
        if self.log_share.shape != (size,) or self.log_share.max() > 0:
            raise ValueError("log_share tidak di bawah nol, atau bukan satu bagi tiap elapsed")
        for name in ("parts", "stations", "chance"):
            spread = getattr(self, name)
            if spread is not None and (spread.shape != (size,) or spread.min() < 0):
                raise ValueError(f"{name} di bawah nol, atau bukan satu bagi tiap elapsed")
        if self.between_places is not None and self.between_places.shape != (size, size):
            raise ValueError("between_places bukan satu bagi tiap dua elapsed")


@dataclass(frozen=True)
class TurnoutSpreads:
    """Spreads of the final turnout, and how many days `between_days` rests on.

    between_days: of one place, in shares of the list. In log: parts against their place, stations
    against their part, past_stations: a station against its own past and its place's change.
    """

    days: int
    between_days: float
    parts: float
    stations: float
    past_stations: float


@dataclass(frozen=True)
class LeftOutScore:
    """How the interval did on real days that had no part in its calibration, one by one left out.

    at: time of a day from 07.00 to 13.00. level: kabupaten or kecamatan. days: how many; covered:
    percent of the intervals, mean over days; worst: of the day with the fewest. width: mean half
    width. error, ratio, scaled, so_far: mean absolute errors of the model and of the plain ways
    (share that had come at this hour on the other days; TPS that told stand for all; nobody else
    comes). In points of the list.
    """

    at: time
    level: str
    days: Number
    covered: Percent
    worst: Percent
    width: Points
    model: Points
    ratio: Points
    scaled: Points
    so_far: Points


@dataclass(frozen=True)
class RealDays:
    """All that is derived from real days.

    At the elapsed of the first day: persistent, the covariance of what a place keeps from day to
    day, a part of between_places; least_day_sd, below which no sd of a place between its days is
    believed.
    """

    persistent: Floats
    least_day_sd: Floats
    turnout: TurnoutSpreads
    days: Annotated[tuple[DaySummary, ...], Field(alias="day")]
    tested: tuple[LeftOutScore, ...] = ()


@dataclass(frozen=True)
class _OwnDays:
    days: Annotated[tuple[DaySummary, ...], Field(alias="day", default=())]


def load_shipped(path: Path = SHIPPED) -> RealDays:
    """Load the days of the product. Raises DefinitionError naming what is wrong."""
    with wrap_definition_errors(path):
        return parse_definition(RealDays, read_toml(path))


def load_own(folder: Path) -> tuple[DaySummary, ...]:
    """Load the days of this place, oldest first; none where none was recorded."""
    path = folder / OWN_FILE_NAME
    if not path.is_file():
        return ()
    with wrap_definition_errors(path):
        own = parse_definition(_OwnDays, read_toml(path))
    return tuple(sorted(own.days, key=lambda summary: summary.day))


def record_own(folder: Path, summary: DaySummary) -> Path:
    """Write this day into the folder's own_days.toml, in place of an earlier one of that date."""
    others = [day for day in load_own(folder) if day.day != summary.day]
    days = sorted([*others, summary], key=lambda day: day.day)
    path = folder / OWN_FILE_NAME
    heading = "# Days of this place, recorded by `python -m situasi calibrate --from-store`.\n\n"
    atomic_files.write(path, (heading + format_days(days)).encode(), atomic_files.READABLE_MODE)
    return path


def format_days(days: Iterable[DaySummary]) -> str:
    """Return these days as tables `[[day]]` of TOML."""
    return "\n".join(format_table("[[day]]", summary) for summary in days)


def format_table(heading: str, table: Any) -> str:
    """Return this dataclass as a table of TOML; what is None is left out."""
    values = {field.name: getattr(table, field.name) for field in fields(table)}
    known = {name: value for name, value in values.items() if value is not None}
    lines = [f"{name} = {format_value(value)}" for name, value in known.items()]
    return "\n".join([heading, *lines, ""])


def format_value(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return "[\n" + "".join(f"    {format_value(row)},\n" for row in value) + "]"
    if isinstance(value, np.ndarray):
        return "[" + ", ".join(f"{cell:.5f}" for cell in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:.4f}" if isinstance(value, float) else str(value)
