"""Turnout outlook: how many will have come in the end, and how sure that is.

Method: each TPS that told is taken on to its end by the day's pace (outlook_pace), silent TPS come
as their kecamatan does (outlook_parts). That gives a centre and a sigma; the interval is the
centre and a multiple of sigma, within which the truth of simulated days lay in so many of a
hundred (normalised split conformal prediction, as newsrooms do for places that have not
reported; situasi/analysis/turnout/calibration.py). A perkiraan: no day with heads counted by the
hour was found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import Reports, counts
from situasi.analysis.turnout import forecast_inputs, forecast_pace
from situasi.analysis.turnout.forecast_inputs import Floats, Mask
from situasi.analysis.turnout.forecast_model import Parts, parts
from situasi.analysis.turnout.forecast_pace import Running
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register

# The ways that the model is compared with, in the order in which they are told.
PLAIN = ("paced", "scaled", "so_far")


@dataclass(frozen=True)
class Outlook:
    """What can be said of the end of the day, by kecamatan in the order of the register.

    tps; set_aside: TPS whose newest count is not used; dpt; dpt_told, heads: of the TPS that told a
    count; expected: voters of these that were to be expected by then, if all came. parts, running:
    None where no count can be used. stretch: by what sigma is multiplied (whole, kecamatan).
    """

    register: Register
    tps: Floats
    set_aside: Floats
    dpt: Floats
    dpt_told: Floats
    heads: Floats
    expected: Floats
    parts: Parts | None
    running: Running | None
    stretch: tuple[float, float]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.register.tps["kecamatan"]))


def outlook(standing: Reports, register: Register, at: datetime) -> Outlook | None:
    """The outlook at this moment; None where the election has no calibration for its rules.

    standing: of station_reports.counts.
    """
    calibrated = register.election.turnout_parameters
    return outlook_by(calibrated, standing, register, at) if calibrated else None


def outlook_by(
    calibrated: ForecastParameters,
    standing: Reports,
    register: Register,
    at: datetime,
) -> Outlook:
    """The same by this calibration."""
    rules, pace = register.election.rules.forecast, calibrated.pace
    lists = forecast_inputs.lists(register)
    counted = forecast_inputs.weighed(standing, register, pace)
    used = counted.take(counted.used)
    running = forecast_pace.running(used, lists, pace, rules) if len(used) else None
    newest = counted.newest()
    place, told = newest.place, lists.dpt[newest.place]
    opens = register.election.local_time(register.election.tps_opens)
    return Outlook(
        register=register,
        tps=lists.summed(np.ones(len(lists))),
        set_aside=lists.summed((~newest.used).astype("float64"), place),
        dpt=np.array([float(register.kecamatan[code].dpt) for code in lists.codes]),
        dpt_told=lists.summed(told, place),
        heads=lists.summed(newest.heads, place),
        expected=lists.summed(told * newest.share, place),
        parts=parts(used, lists, running, pace, rules) if running else None,
        running=running,
        stretch=calibrated.interval_factors((at - opens).total_seconds() / 60),
    )


def areas(found: Outlook) -> pd.DataFrame:
    """Each kecamatan alone: index kecamatan; columns of `summed`, estimated (its dpt is one)."""
    each = np.eye(len(found.tps), dtype=bool)
    table = pd.DataFrame(summed(found, each), pd.Index(found.codes, name="kecamatan"))
    return table.assign(estimated=[found.register.kecamatan[c].dpt_estimated for c in found.codes])


def whole(found: Outlook, kecamatan: Collection[str] = ()) -> pd.Series:
    """These kecamatan (none: all) as one: columns of `areas`; its centre is the sum of theirs."""
    wanted = list(kecamatan) or list(found.codes)
    of = np.isin(found.codes, wanted)
    row = {name: values[0] for name, values in summed(found, of[np.newaxis]).items()}
    guessed = any(found.register.kecamatan[code].dpt_estimated for code in wanted)
    everywhere = found.register.is_complete and bool(of.all())
    return pd.Series({**row, "estimated": guessed and not everywhere}, dtype="object")


def summed(found: Outlook, of: Mask) -> dict[str, npt.NDArray[np.float64]]:
    """The numbers of areas of one or more kecamatan each.

    of: a row for each area, a column for each kecamatan. All in voters but tps, told (TPS with a
    count that is used), ended (those with that of their end), set_aside (TPS whose newest
    count is not used) and enough (whether they are enough for an estimate): counted (heads of the
    newest undoubted counts), dpt, centre, sigma, low, high; and the plain ways paced (those
    that told, by what was to be expected by then), scaled (their rate as it is now), so_far
    (nobody else comes). NaN where nobody told.
    """
    member = of.astype("float64")
    plain = {name: member @ getattr(found, name) for name in ("tps", "set_aside", "dpt")}
    heads, told, expected = (
        member @ values for values in (found.heads, found.dpt_told, found.expected)
    )
    plain |= {
        "so_far": np.where(told > 0, heads, np.nan),
        "scaled": _over(heads, told) * plain["dpt"],
        "paced": _over(heads, expected) * plain["dpt"],
    }
    return plain | _estimated(found, of, plain["tps"])


def _estimated(found: Outlook, of: Mask, tps: Floats) -> dict[str, npt.NDArray[np.float64]]:
    member, model = of.astype("float64"), found.parts
    if model is None or found.running is None:
        none, unknown = np.zeros(len(of)), np.full(len(of), np.nan)
        return {
            **dict.fromkeys(("told", "ended", "counted"), none),
            "enough": none.astype(bool),
            **dict.fromkeys(("centre", "sigma", "low", "high"), unknown),
        }
    rules = found.register.election.rules.forecast
    names = ("told", "ended", "counted", "most", "centre")
    sums = {name: member @ getattr(model, name) for name in names}
    most = sums.pop("most")
    sigma = np.array([model.sigma(one, found.running, rules) for one in of])
    # One number where all told their end.
    reach = np.where(sums["ended"] == tps, 0.0, sigma * _stretch(found, of))
    return {
        **sums,
        "enough": _enough(found, of),
        "sigma": sigma,
        "low": np.clip(sums["centre"] - reach, sums["counted"], most),
        "high": np.clip(sums["centre"] + reach, sums["counted"], most),
    }


def _stretch(found: Outlook, of: Mask) -> Floats:
    """It was fitted for the whole and for each kecamatan; of some of them the wider is taken."""
    size = of.sum(axis=1)
    everywhere = (size == of.shape[1]) & found.register.is_complete
    all_of_it, each = found.stretch
    return np.where(everywhere, all_of_it, np.where(size == 1, each, max(found.stretch)))


def _enough(found: Outlook, of: Mask) -> Mask:
    """Whether they told enough: TPS of one alone; shares of TPS and of kecamatan in several."""
    assert found.parts is not None
    rules = found.register.election.rules.forecast
    alone = found.parts.told >= np.minimum(rules.min_tps, found.tps)
    size, member = of.sum(axis=1), of.astype("float64")
    tps = member @ found.parts.told >= rules.min_tps_share * (member @ found.tps)
    heard = member @ alone >= rules.min_kecamatan_share * size
    return np.where(size == 1, member @ alone > 0, tps & heard)


def _over(some: Floats, every: Floats) -> Floats:
    found: Floats = np.divide(some, every, out=np.full(len(some), np.nan), where=every > 0)
    return found


def as_told(reports: Reports, register: Register, at: datetime) -> Outlook | None:
    """The outlook of a moment of the day, of what had been told by then. reports: of_stations."""
    moment = timestamps.to_us(at)
    standing = counts(reports.take((reports.told <= moment) & (reports.at <= moment)), register)
    return outlook(standing, register, at)
