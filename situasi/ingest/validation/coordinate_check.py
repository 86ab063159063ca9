"""Check of the coordinates of a report against the boundaries. The rule: docs/rules.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.coordinates import read_plain_degrees
from situasi.ingest.parsing.numbers import read_joined_point, read_point
from situasi.ingest.tables import Cell
from situasi.ingest.validation.table_check import TableCheck

Point = tuple[float, float]  # lat, lon


@dataclass
class Points:
    """The points of a table: arrays of degrees, NaN where there is none."""

    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]


def check_coordinates(table_check: TableCheck) -> None:
    """Fill `lat` and `lon`, and `kecamatan` where only a point was given.

    A report that states its kecamatan is never rejected because of its point: a wrong point
    is dropped with a warning, and the report is listed without a location.
    """
    points = _read_points(table_check)
    _drop_zero_points(table_check, points)
    kecamatan_codes = table_check.context.boundaries.locate(points.lon, points.lat)
    _correct_swapped(table_check, points, kecamatan_codes)
    for row in _find_unconfirmed_rows(table_check, points, kecamatan_codes):
        _check_point(table_check, points, row, kecamatan_codes[row])
    _check_place_given(table_check, points)
    table_check.values["lat"], table_check.values["lon"] = points.lat, points.lon


def _read_points(table_check: TableCheck) -> Points:
    """Read plain decimals all at once, and every other format one by one."""
    lat, lon, joined = map(table_check.cells, ("lat", "lon", "point"))
    points = Points(read_plain_degrees(lat), read_plain_degrees(lon))
    for row in np.flatnonzero(np.isnan(points.lat) | np.isnan(points.lon)).tolist():
        points.lat[row], points.lon[row] = _read_one_point(
            table_check, row, lat[row], lon[row], joined[row]
        )
    return points


def _read_one_point(table_check: TableCheck, row: int, lat: Cell, lon: Cell, joined: Cell) -> Point:
    """Read one point in any format; NaN with a warning where it cannot be read."""
    is_filled = [not is_blank(cell) for cell in (lat, lon)]
    try:
        if all(is_filled):
            return read_point(lat, lon)
        if not is_blank(joined):
            return read_joined_point(joined)
    except UnreadableCell as error:
        table_check.issues.add_warning(row, str(error))
        return np.nan, np.nan
    if any(is_filled):
        table_check.issues.add_warning(row, "koordinat tidak lengkap")
    return np.nan, np.nan


def _drop_point(points: Points, row: int) -> None:
    points.lat[row] = points.lon[row] = np.nan


def _drop_zero_points(table_check: TableCheck, points: Points) -> None:
    for row in np.flatnonzero((points.lat == 0) & (points.lon == 0)).tolist():
        _drop_point(points, row)
        table_check.issues.add_warning(row, "koordinat 0,0 diabaikan")


def _correct_swapped(
    table_check: TableCheck, points: Points, kecamatan_codes: npt.NDArray[np.object_]
) -> None:
    """Swap latitude and longitude where only the swapped point lies in the kabupaten."""
    is_outside = np.array([code is None for code in kecamatan_codes], dtype="bool") & np.isfinite(
        points.lat
    )
    if not is_outside.any():
        return
    swapped = table_check.context.boundaries.locate(
        np.where(is_outside, points.lat, np.nan), np.where(is_outside, points.lon, np.nan)
    )
    for row in [row for row, code in enumerate(swapped) if code is not None]:
        points.lat[row], points.lon[row] = points.lon[row], points.lat[row]
        kecamatan_codes[row] = swapped[row]
        table_check.issues.add_warning(row, "lintang dan bujur tertukar, dibetulkan")


def _find_unconfirmed_rows(
    table_check: TableCheck, points: Points, kecamatan_codes: npt.NDArray[np.object_]
) -> list[int]:
    """Return the rows whose point is not in the kecamatan that the row states."""
    stated = np.array(table_check.values["place_stated"], dtype="bool")
    agrees = stated & (kecamatan_codes == np.array(table_check.values["kecamatan"], dtype="object"))
    return np.flatnonzero(np.isfinite(points.lat) & ~agrees).tolist()


def _check_point(
    table_check: TableCheck, points: Points, row: int, kecamatan_code: str | None
) -> None:
    """Check one point against the stated kecamatan, or take the kecamatan from the point."""
    context, tolerance_km = table_check.context, table_check.context.coordinate_tolerance_km()
    lat, lon = float(points.lat[row]), float(points.lon[row])
    stated = table_check.values["kecamatan"][row]
    if not table_check.values["place_stated"][row]:
        code, distance_km = (
            (kecamatan_code, 0.0) if kecamatan_code else context.boundaries.nearest(lon, lat)
        )
        if distance_km <= tolerance_km:
            table_check.values["kecamatan"][row] = code
        else:
            reason = f"koordinat {lat:.4f}, {lon:.4f} di luar kabupaten"
            table_check.issues.add_error(row, reason, "lat", "lon", "kecamatan_name")
        return
    if kecamatan_code == stated or (stated is None and kecamatan_code):
        return
    distance_km = (
        context.boundaries.distance_km(stated, lon, lat)
        if stated
        else context.boundaries.nearest(lon, lat)[1]
    )
    if distance_km <= tolerance_km:
        return
    point_place = context.register.name_of(kecamatan_code) if kecamatan_code else "luar kabupaten"
    stated_place = context.register.name_of(stated)
    _drop_point(points, row)
    table_check.issues.add_warning(
        row,
        f"koordinat {lat:.4f}, {lon:.4f} jatuh di {point_place}, bukan {stated_place}: "
        "titik tidak digambar",
    )


def _check_place_given(table_check: TableCheck, points: Points) -> None:
    """Add an error where a point was the only place given, and it cannot be used."""
    for row, stated in enumerate(table_check.values["place_stated"]):
        if not stated and not np.isfinite(points.lat[row]) and row not in table_check.issues.errors:
            reason = "tempat tidak disebut: koordinat tidak dapat dipakai"
            table_check.issues.add_error(row, reason, "lat", "lon", "kecamatan_name")
