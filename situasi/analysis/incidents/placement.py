"""Where each case is drawn: at its point, else in its desa, else in its kecamatan."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from situasi.domain.feed_schemas import TINGKAT

Point = tuple[float, float]  # longitude, latitude
# What a place is known by; all but the first are estimates.
POINT, DESA, KECAMATAN = "titik", "desa", "kecamatan"
# Cases of one place share a mark: 0.001 degrees are about 110 m.
_PLACE_DECIMALS = 3


def place_cases(
    cases: pd.DataFrame, desa_points: Mapping[str, Point], kecamatan_points: Mapping[str, Point]
) -> pd.DataFrame:
    """Return the cases that have any place, with it in lon and lat, and `placed_by`.

    placed_by: POINT, DESA or KECAMATAN. A case of the whole kabupaten has no place.
    """
    lon, lat = (cases[name].astype("float64").to_numpy(copy=True) for name in ("lon", "lat"))
    has_point = ~(np.isnan(lon) | np.isnan(lat))
    basis = np.where(has_point, POINT, "").astype(object)
    for column, points in ((DESA, desa_points), (KECAMATAN, kecamatan_points)):
        is_open = basis == ""
        found = [points.get(code) if isinstance(code, str) else None for code in cases[column]]
        is_placed = is_open & np.array([point is not None for point in found], dtype=bool)
        for position in np.flatnonzero(is_placed):
            lon[position], lat[position] = found[position] or (np.nan, np.nan)
        basis[is_placed] = column
    placed = cases.assign(lon=lon, lat=lat, placed_by=pd.Series(basis, cases.index, dtype="object"))
    return placed[placed["placed_by"] != ""]


def group_by_place(placed: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each mark, those with the newest case last.

    Columns: lon, lat, placed_by, tingkat (the gravest), n (number of cases) and cases (their keys).
    placed: of place_cases, the newest last.
    """
    keys = [placed["lon"].round(_PLACE_DECIMALS), placed["lat"].round(_PLACE_DECIMALS)]
    number = placed.groupby([*keys, "placed_by"], sort=False).ngroup().to_numpy()
    rank = pd.Index(TINGKAT).get_indexer(pd.Index(placed["tingkat"]))
    columns = {
        "lon": placed["lon"], "lat": placed["lat"], "placed_by": placed["placed_by"],
        "case": placed["case"], "rank": rank, "order": np.arange(len(placed)),
    }  # fmt: skip
    rows = pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})
    marks = rows.groupby(number, sort=False).agg(
        lon=("lon", "first"), lat=("lat", "first"), placed_by=("placed_by", "first"),
        rank=("rank", "max"), n=("case", "size"), cases=("case", tuple), newest=("order", "max"),
    ).sort_values("newest")  # fmt: skip
    gravest = np.array([*TINGKAT, None], dtype=object)[marks["rank"].astype("int64")]
    marks = marks.assign(tingkat=pd.Series(gravest, marks.index, dtype="object"))
    return marks.drop(columns=["rank", "newest"]).reset_index(drop=True)
