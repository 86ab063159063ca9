"""Data of the page Partisipasi, computed once for all viewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.anomalies import find_anomalies
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout import forecast, summary
from situasi.analysis.turnout.forecast import TurnoutForecast
from situasi.domain.feed_schemas import TPS
from situasi.domain.register import Register


@dataclass(frozen=True)
class TurnoutData:
    """Turnout of the selected kecamatan at a time.

    stations: of build_station_table. areas, total: of analysis.turnout.summary, limited to the
    selected kecamatan like curve, reported_totals and anomalies. all_areas: the same of every
    kecamatan that may be seen. kabupaten_rate: the rate of all kecamatan at the common hour, for
    comparison. forecast: of every kecamatan that may be seen; None without a
    calibration.
    """

    stations: pd.DataFrame
    areas: pd.DataFrame
    all_areas: pd.DataFrame
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
    """Compute all data of the page for these kecamatan (none: all).

    station_rows: of build_station_table.
    """
    areas = summary.build_turnout_table(station_rows, register)
    selected = areas[areas.index.isin(kecamatan)] if kecamatan else areas
    totals = summary.build_reported_totals_table(known, station_rows)
    counts = select_current_counts(build_tps_reports(known["tps"], register), register)
    anomalies = find_anomalies(counts, register)
    return TurnoutData(
        stations=station_rows[station_rows["kecamatan"].isin(selected.index)],
        areas=selected,
        all_areas=areas,
        total=summary.compute_shown_total(areas, list(selected.index), register),
        kabupaten_rate=float(summary.compute_total(areas)["common_rate"]),
        curve=summary.build_turnout_curve(counts, register, at, kecamatan),
        # Totals without a known kecamatan are shown under every filter: they may belong here.
        reported_totals=totals[
            totals["kecamatan"].isin(selected.index) | totals["kecamatan"].isna()
        ],
        anomalies=anomalies[anomalies["kecamatan"].isin(selected.index)],
        forecast=forecast.compute_forecast(counts, register, at),
    )


@reads(TPS)
def compute_forecast_errors(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> pd.DataFrame:
    """Compute how far earlier forecasts were from the final count, where all TPS reported it.

    One row for each of these kecamatan (none: all) with a final count, and for each past time of
    rules.forecast.scoring_times. Columns: kecamatan, at, final (voters), dpt, enough (whether there
    was a forecast), centre, low, high.
    """
    reports = build_tps_reports(known["tps"], register)
    current = forecast.compute_forecast_as_of(reports, register, at)
    if current is None:
        return pd.DataFrame()
    ends = forecast.build_kecamatan_table(current)
    ends = ends[(ends["ended"] == ends["tps"]) & (ends.index.isin(kecamatan) | (not kecamatan))]
    times = [
        register.election.local_time(time)
        for time in register.election.rules.forecast.scoring_times
    ]
    tables = [
        forecast.build_kecamatan_table(past)
        .loc[ends.index]
        .assign(at=moment, final=ends["counted"])
        for moment in times
        if moment < at and (past := forecast.compute_forecast_as_of(reports, register, moment))
    ]
    columns = ["at", "final", "dpt", "enough", "centre", "low", "high"]
    return pd.concat(tables)[columns].reset_index() if tables else pd.DataFrame()
