"""Days of incidents for tests of risk and clusters: thrown over the TPS by chance, or planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.hotspots.exposure import ObservedDay
from situasi.analysis.hotspots.scan_statistic import Centres
from situasi.domain import boundaries
from situasi.domain.register import Register
from tests.analysis.builders_tps import whole
from tests.builders import wib

START, NOW = wib("04.00"), wib("13.00")


@dataclass(frozen=True)
class Planted:
    """So many incidents more in a desa or kecamatan, within so long before the end."""

    number: int
    code: str
    within: timedelta


def centres(register: Register) -> Centres:
    points = boundaries.load(register.election.boundaries_folder).label_points
    return tuple((code, *point) for code, point in points.items())


def day(
    number: int,
    rng: np.random.Generator,
    at: datetime = NOW,
    planted: Sequence[Planted] = (),
    with_desa: float = 0.85,
    likeness: float | None = None,
) -> ObservedDay:
    """A day with so many incidents, by chance over TPS and, twice as many from 07.00, over time.

    likeness: of the kecamatan, the Gamma shape of how often each has incidents; None: all alike.
    """
    register = whole()
    tps = register.tps
    where = rng.choice(len(tps), number, p=_shares(tps["kecamatan"], rng, likeness))
    hours = (at - START) / timedelta(hours=1)
    when = rng.random(3 * number + 3) * hours
    likely = np.where(when >= 3, 1.0, 0.5)
    ago = hours - when[rng.random(len(when)) < likely][:number]
    for one in planted:
        inside = np.flatnonzero(tps["desa"].eq(one.code) | tps["kecamatan"].eq(one.code))
        where = np.r_[where, rng.choice(inside, one.number)]
        ago = np.r_[ago, rng.random(one.number) * (one.within / timedelta(hours=1))]
    told = rng.random(len(where)) < with_desa
    return watched(
        [at - timedelta(hours=float(one) + 1e-6) for one in ago],
        tps["kecamatan"].to_numpy()[where].tolist(),
        [
            code if said else None
            for code, said in zip(tps["desa"].to_numpy()[where], told, strict=True)
        ],
        at,
        register,
    )


def _shares(
    kecamatan: pd.Series, rng: np.random.Generator, likeness: float | None
) -> npt.NDArray[np.float64] | None:
    """Of each TPS, how likely the next incident is there; None: all alike."""
    if likeness is None:
        return None
    code, names = pd.factorize(kecamatan)
    often = rng.gamma(likeness, 1 / likeness, len(names))[code]
    shares: npt.NDArray[np.float64] = often / often.sum()
    return shares


def watched(
    when: Sequence[datetime],
    kecamatan: Sequence[str],
    desa: Sequence[str | None],
    at: datetime,
    register: Register,
) -> ObservedDay:
    """A day on which all were heard until the moment, with these incidents."""
    codes = list(register.kecamatan)
    found = pd.DataFrame(
        {
            "kecamatan": pd.Series(list(kecamatan), dtype="object"),
            "desa": pd.Series(list(desa), dtype="object"),
            "occurred_at": pd.Series(
                pd.to_datetime(list(when), utc=True), dtype="datetime64[us, UTC]"
            ),
            "case": [f"K-{n}" for n in range(len(when))],
            "seq": range(len(when)),
        }
    )
    until = pd.Series(pd.Timestamp(at).tz_convert("UTC").as_unit("us"), index=codes)
    sizes = register.tps["kecamatan"].value_counts().reindex(codes, fill_value=0)
    return ObservedDay(START, at, found, 0, 0, 0, until, sizes)


def small() -> Register:
    """The register with three kecamatan, and of each but the first TPS of its first two desa."""
    register = whole().restrict_to(["16.10.04", "16.10.05", "16.10.06"])
    kept = []
    for code in register.kecamatan:
        own = register.tps[register.tps["kecamatan"] == code]
        first = list(dict.fromkeys(own["desa"]))[:2]
        kept.append(own[own["desa"].isin(first)].head(7))
    return replace(register, tps=pd.concat(kept).reset_index(drop=True))
