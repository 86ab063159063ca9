"""What the page Partisipasi shows, found once for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.anomalies import doubts
from situasi.analysis.stations.reports import counts, of_stations
from situasi.analysis.stations.status import stations
from situasi.analysis.turnout import forecast
from situasi.analysis.turnout import summary as analysis
from situasi.analysis.turnout.forecast import Outlook
from situasi.domain.feed_schemas import TPS
from situasi.domain.register import Register


@dataclass(frozen=True)
class Work:
    """Turnout of the chosen kecamatan at a moment.

    found: of stations.stations. areas, whole: of analysis.turnout, all lists of which are those
    chosen. kabupaten: the rate of all kecamatan, for comparison. curve, totals, doubted likewise.
    outlook: of every kecamatan that may be seen; None without a calibration.
    """

    found: pd.DataFrame
    areas: pd.DataFrame
    whole: pd.Series
    kabupaten: float
    curve: pd.DataFrame
    totals: pd.DataFrame
    doubted: pd.DataFrame
    outlook: Outlook | None


@reads(TPS, depends_on=(stations,))
def work(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    every: pd.DataFrame,
    kecamatan: tuple[str, ...],
) -> Work:
    """Everything of the page, of these kecamatan (none: all). every: stations.stations."""
    areas = analysis.by_kecamatan(every, register)
    chosen = areas[areas.index.isin(kecamatan)] if kecamatan else areas
    everywhere = register.is_complete and len(chosen) == len(areas)
    beside = analysis.totals(known, every)
    standing = counts(of_stations(known["tps"], register), register)
    doubted = doubts(standing, register)
    return Work(
        found=every[every["kecamatan"].isin(chosen.index)],
        areas=chosen,
        whole=analysis.official(analysis.whole(chosen), everywhere),
        kabupaten=float(analysis.whole(areas)["rate"]),
        curve=analysis.curve(standing, register, at, kecamatan),
        # What names no known kecamatan is shown under every filter: it may belong here.
        totals=beside[beside["kecamatan"].isin(chosen.index) | beside["kecamatan"].isna()],
        doubted=doubted[doubted["kecamatan"].isin(chosen.index)],
        outlook=forecast.outlook(standing, register, at),
    )


@reads(TPS)
def scored(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    kecamatan: tuple[str, ...],
) -> pd.DataFrame:
    """How far the outlook of earlier hours was from the end, where all TPS have told it.

    A row for each kecamatan of these (none: all) whose end is known, and for each time of
    rules.outlook.scored that has passed. Columns: kecamatan, at, final (voters), dpt, enough
    (whether there was an outlook), centre, low, high.
    """
    reports = of_stations(known["tps"], register)
    now = forecast.as_told(reports, register, at)
    if now is None:
        return pd.DataFrame()
    ends = forecast.areas(now)
    ends = ends[(ends["ended"] == ends["tps"]) & (ends.index.isin(kecamatan) | (not kecamatan))]
    times = [
        register.election.local_time(time)
        for time in register.election.rules.forecast.scoring_times
    ]
    then = [
        forecast.areas(past).loc[ends.index].assign(at=moment, final=ends["counted"])
        for moment in times
        if moment < at and (past := forecast.as_told(reports, register, moment))
    ]
    columns = ["at", "final", "dpt", "enough", "centre", "low", "high"]
    return pd.concat(then)[columns].reset_index() if then else pd.DataFrame()
