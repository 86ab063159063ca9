"""What the page Partisipasi shows, found once for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.anomalies import find_anomalies
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout import forecast
from situasi.analysis.turnout import summary as analysis
from situasi.analysis.turnout.forecast import TurnoutForecast
from situasi.domain.feed_schemas import TPS
from situasi.domain.register import Register


@dataclass(frozen=True)
class TurnoutData:
    """Turnout of the chosen kecamatan at a moment.

    found: of stations.stations. areas, whole: of analysis.turnout, all lists of which are those
    chosen. kabupaten: the rate of all kecamatan, for comparison. curve, totals, doubted likewise.
    outlook: of every kecamatan that may be seen; None without a calibration.
    """

    stations: pd.DataFrame
    areas: pd.DataFrame
    total: pd.Series
    kabupaten_rate: float
    curve: pd.DataFrame
    reported_totals: pd.DataFrame
    anomalies: pd.DataFrame
    forecast: TurnoutForecast | None


@reads(TPS, depends_on=(build_station_table,))
def compute_turnout_data(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    station_rows: pd.DataFrame,
    kecamatan: tuple[str, ...],
) -> TurnoutData:
    """Everything of the page, of these kecamatan (none: all). every: stations.stations."""
    areas = analysis.build_turnout_table(station_rows, register)
    chosen = areas[areas.index.isin(kecamatan)] if kecamatan else areas
    everywhere = register.is_complete and len(chosen) == len(areas)
    beside = analysis.build_reported_totals_table(known, station_rows)
    standing = select_current_counts(build_tps_reports(known["tps"], register), register)
    doubted = find_anomalies(standing, register)
    return TurnoutData(
        stations=station_rows[station_rows["kecamatan"].isin(chosen.index)],
        areas=chosen,
        total=analysis.mark_official_list(analysis.compute_total(chosen), everywhere),
        kabupaten_rate=float(analysis.compute_total(areas)["rate"]),
        curve=analysis.build_turnout_curve(standing, register, at, kecamatan),
        # What names no known kecamatan is shown under every filter: it may belong here.
        reported_totals=beside[beside["kecamatan"].isin(chosen.index) | beside["kecamatan"].isna()],
        anomalies=doubted[doubted["kecamatan"].isin(chosen.index)],
        forecast=forecast.compute_forecast(standing, register, at),
    )


@reads(TPS)
def compute_forecast_errors(
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
    reports = build_tps_reports(known["tps"], register)
    now = forecast.compute_forecast_as_of(reports, register, at)
    if now is None:
        return pd.DataFrame()
    ends = forecast.build_kecamatan_table(now)
    ends = ends[(ends["ended"] == ends["tps"]) & (ends.index.isin(kecamatan) | (not kecamatan))]
    times = [
        register.election.local_time(time)
        for time in register.election.rules.forecast.scoring_times
    ]
    then = [
        forecast.build_kecamatan_table(past)
        .loc[ends.index]
        .assign(at=moment, final=ends["counted"])
        for moment in times
        if moment < at and (past := forecast.compute_forecast_as_of(reports, register, moment))
    ]
    columns = ["at", "final", "dpt", "enough", "centre", "low", "high"]
    return pd.concat(then)[columns].reset_index() if then else pd.DataFrame()
