"""Real election days of other countries as days of this board: a county stands for a kabupaten.

The files are not part of the project: `SITUASI_REAL_DAYS` names their folder. Each commune is a
TPS, its county a kabupaten of 16 parts, and the day is laid over 07.00-13.00.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.domain.election import Election
from situasi.domain.register import Desa, Kecamatan, Register
from tests.analysis import builders_tps

FOLDER_VARIABLE = "SITUASI_REAL_DAYS"
COMMUNES = "ro_komune_per_jam.csv.gz"
PARTS, MIN_COMMUNES = 16, 32
_HOURS = 14  # stations are open from 07.00 to 21.00

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RealDay:
    """One county on one day.

    shares of the voting hours 0, 1/6 .. 1: voters present (communes in rows). dpt: on the list.
    part: position of the part of each commune. names: of the communes.
    """

    day: str
    county: str
    names: tuple[str, ...]
    dpt: Floats
    part: npt.NDArray[np.intp]
    voters_present: Floats

    @property
    def turnout(self) -> float:
        """Return the share of the list that came in the end."""
        return float(self.voters_present[:, -1].sum() / self.dpt.sum())


def get_folder() -> Path | None:
    """Return the folder of the real days; None where it is not named."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else None


@cache
def load_days(folder: Path) -> tuple[RealDay, ...]:
    """Load all counties of all days, in the order of day and county."""
    with gzip.open(folder / COMMUNES, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.reader(file), key=lambda row: (row[0], row[1]))
    rows = [row for row in rows if row[0] != "day"]
    return tuple(_build_days(rows))


@cache
def load_arrivals(folder: Path) -> tuple[Floats, ...]:
    """Load how many came in each part (in rows) and hour from 07.00, by county and day."""
    arrivals = []
    with gzip.open(folder / COMMUNES, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(list(csv.reader(file))[1:], key=lambda row: (row[0], row[1]))
    for _, grouped in groupby(rows, key=lambda row: (row[0], row[1])):
        numbers = np.array([[float(cell or "nan") for cell in row[4:]] for row in grouped])
        numbers = numbers[np.isfinite(numbers).all(axis=1)]
        if len(numbers) >= MIN_COMMUNES:
            part = np.arange(len(numbers)) * PARTS // len(numbers)
            sums = np.array([numbers[part == one].sum(axis=0) for one in range(PARTS)])
            arrivals.append(np.diff(sums, axis=1, prepend=0.0).clip(0))
    return tuple(arrivals)


def _build_days(rows: list[list[str]]) -> Iterator[RealDay]:
    at = np.linspace(0, _HOURS, 7)
    for (day, county), grouped in groupby(rows, key=lambda row: (row[0], row[1])):
        communes = list(grouped)
        numbers = np.array([[float(cell or "nan") for cell in row[3:]] for row in communes])
        usable = np.isfinite(numbers).all(axis=1) & (numbers[:, 0] > 0) & (numbers[:, -1] > 0)
        numbers = numbers[usable]
        if len(numbers) < MIN_COMMUNES:
            continue
        hourly = np.column_stack([np.zeros(len(numbers)), numbers[:, 1:]])
        present = np.array([np.interp(at, np.arange(_HOURS + 1), row) for row in hourly])
        yield RealDay(
            day=day,
            county=county,
            names=tuple(row[2] for row, keep in zip(communes, usable, strict=True) if keep),
            dpt=numbers[:, 0],
            part=np.arange(len(numbers)) * PARTS // len(numbers),
            voters_present=np.round(np.maximum.accumulate(present, axis=1)),
        )


def build_register(day: RealDay, election: Election | None = None) -> Register:
    """Build the register of this county with the rules of the shipped election."""
    base = builders_tps.whole()
    parts = [f"99.01.{part + 1:02d}" for part in range(PARTS)]
    desa = [f"{parts[part]}.{1000 + row}" for row, part in enumerate(day.part)]
    table = pd.DataFrame(
        {
            "code": [f"{code}.001" for code in desa],
            "desa": desa,
            "kecamatan": [parts[part] for part in day.part],
            "nomor": 1,
            "dpt": pd.array(day.dpt.astype("int64"), dtype="Int64"),
            "estimated": False,
            "kerawanan": None,
        }
    )
    voters = np.bincount(day.part, day.dpt, minlength=PARTS)
    stations = np.bincount(day.part, minlength=PARTS)
    return replace(
        base,
        election=election or base.election,
        kecamatan={
            code: Kecamatan(code, code, int(voters[at]), False, int(stations[at]), "", False)
            for at, code in enumerate(parts)
        },
        desa={code: Desa(code, code, "desa", code[:8]) for code in desa},
        tps=table,
        aliases=(),
        mismatches=(),
    )
