"""Where the TPS stand: as their list says, else the middle of the first check-ins there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.personnel.officers import get_feed_frame
from situasi.analysis.personnel.orders import match_tps_codes
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import PERSONNEL, TPS
from situasi.domain.register import Register
from situasi.domain.road_network import Geography, compute_desa_points, great_circle_km

# Points that lie further apart are no place: someone sent them from elsewhere.
MAX_SPREAD_M = 500.0
# Who sends one of these stands at the TPS.
_ARRIVAL_PHASES = ("logistik_tiba", "dibuka")
_ARRIVAL_CHECKIN = "tiba_di_tps"
# One point for TPS of several desa is an office: 0.0001 degrees are about 11 m.
_OFFICE_DECIMALS = 4

_PLACE_COLUMNS = ["code", "desa", "kecamatan", "nomor", "lat", "lon", "place_source"]
_REPORT_COLUMNS = ["seq", "occurred_at", "desa", "tps", "lat", "lon", "latihan"]


@reads(TPS, PERSONNEL)
def compute_station_places(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Return the TPS of the register, each with its place where it is known.

    Columns: code, desa, kecamatan, nomor, lat, lon, place_source (of the list), reporters (how many
    persons' first reports from there make an estimate; 0: none does) and spread_m (half of these
    lie within it of the place; missing of a single one).
    """
    places = register.tps[_PLACE_COLUMNS]
    first = _select_first_reports(frames, register, at)
    estimates = _estimate_places(first[first["code"].isin(places["code"][places["lat"].isna()])])
    own = estimates.reindex(places["code"]).set_axis(places.index)
    return places.assign(
        lat=places["lat"].fillna(own["lat"]),
        lon=places["lon"].fillna(own["lon"]),
        reporters=own["reporters"].fillna(0).astype("int64"),
        spread_m=own["spread_m"],
    )


def locate_desa(geography: Geography, places: pd.DataFrame) -> Geography:
    """Return the geography with each desa where its TPS are, as far as that is known.

    places: of compute_station_places.
    """
    return replace(geography, points={**geography.points, **compute_desa_points(places)})


def _select_first_reports(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Return the first report with a point of each person from each TPS: code, who, lat, lon.

    Of a TPS from which there are real ones, those of exercises do not count.
    """
    checkins, reports = get_feed_frame(frames, PERSONNEL), get_feed_frame(frames, TPS)
    parts = [
        _select_reports(checkins, checkins["checkin"] == _ARRIVAL_CHECKIN, "petugas", at),
        _select_reports(reports, reports["fase"].isin(_ARRIVAL_PHASES), "pelapor", at),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(code=match_tps_codes(rows, register)).dropna(subset="code")
    rounded = [rows[name].round(_OFFICE_DECIMALS) for name in ("lat", "lon")]
    rows = rows[rows.groupby(rounded)["desa"].transform("nunique") == 1]
    rows = rows[rows["latihan"] == rows.groupby("code")["latihan"].transform("min")]
    ordered = rows.sort_values(["occurred_at", "seq"], kind="stable")
    return ordered.drop_duplicates(["code", "who"])


def _select_reports(
    rows: pd.DataFrame, is_arrival: pd.Series, who: str, at: datetime
) -> pd.DataFrame:
    has_point = rows["lat"].notna() & rows["lon"].notna() & rows["tps"].notna()
    has_hour = rows["precision"] == "menit"  # else nobody knows which was the first
    chosen = rows[has_point & has_hour & is_arrival & (rows["occurred_at"] <= at)]
    return chosen[_REPORT_COLUMNS].assign(who=chosen[who].fillna(""))


def _estimate_places(first: pd.DataFrame) -> pd.DataFrame:
    """Return lat, lon, reporters and spread_m by TPS, where its points lie close together."""
    by_code = first.groupby("code")[["lon", "lat"]]
    middle = by_code.transform("median")
    km = great_circle_km(first[["lon", "lat"]].to_numpy(), middle.to_numpy())
    distances_m = pd.Series(np.asarray(km) * 1000, first.index)
    estimates = by_code.median().assign(
        reporters=by_code.size(), spread_m=distances_m.groupby(first["code"]).median()
    )
    estimates = estimates[estimates["spread_m"] <= MAX_SPREAD_M]
    return estimates.assign(spread_m=estimates["spread_m"].where(estimates["reporters"] > 1))
