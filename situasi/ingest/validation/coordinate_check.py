"""Where a report says it happened, held against the boundaries. The rule: docs/rules.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.cells import Unreadable, is_blank
from situasi.ingest.parsing.coordinates import read_plain
from situasi.ingest.parsing.numbers import read_joined_point, read_point
from situasi.ingest.tables import Cell
from situasi.ingest.validation.table_check import Sheet

Point = tuple[float, float]  # lat, lon


@dataclass
class Points:
    """The points of a sheet: arrays of degrees, NaN where there is none."""

    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]


def judge_points(sheet: Sheet) -> None:
    """Fill `lat` and `lon`, and `kecamatan` where only a point was given.

    A report is never refused for its point where it states its kecamatan: a point that
    cannot be right is dropped with a doubt, and the report is listed without a location.
    """
    points = _read(sheet)
    _drop_zero(sheet, points)
    inside = sheet.context.boundaries.locate(points.lon, points.lat)
    _swap_back(sheet, points, inside)
    for row in _unsettled(sheet, points, inside):
        _settle(sheet, points, row, inside[row])
    _still_nowhere(sheet, points)
    sheet.values["lat"], sheet.values["lon"] = points.lat, points.lon


def _read(sheet: Sheet) -> Points:
    """Plain decimals all at once; every other way of writing a point one by one."""
    lat, lon, joined = sheet.cells("lat"), sheet.cells("lon"), sheet.cells("point")
    points = Points(read_plain(lat), read_plain(lon))
    for row in np.flatnonzero(np.isnan(points.lat) | np.isnan(points.lon)).tolist():
        points.lat[row], points.lon[row] = _slowly(sheet, row, lat[row], lon[row], joined[row])
    return points


def _slowly(sheet: Sheet, row: int, lat: Cell, lon: Cell, joined: Cell) -> Point:
    """One point in any way of writing; NaN with a doubt where it cannot be read."""
    given = [not is_blank(cell) for cell in (lat, lon)]
    try:
        if all(given):
            return read_point(lat, lon)
        if not is_blank(joined):
            return read_joined_point(joined)
    except Unreadable as error:
        sheet.bench.doubt(row, str(error))
        return np.nan, np.nan
    if any(given):
        sheet.bench.doubt(row, "koordinat tidak lengkap")
    return np.nan, np.nan


def _drop(points: Points, row: int) -> None:
    points.lat[row] = points.lon[row] = np.nan


def _drop_zero(sheet: Sheet, points: Points) -> None:
    for row in np.flatnonzero((points.lat == 0) & (points.lon == 0)).tolist():
        _drop(points, row)
        sheet.bench.doubt(row, "koordinat 0,0 diabaikan")


def _swap_back(sheet: Sheet, points: Points, inside: npt.NDArray[np.object_]) -> None:
    """Latitude and longitude exchanged: only where the exchange falls into the kabupaten."""
    outside = np.array([code is None for code in inside], dtype="bool") & np.isfinite(points.lat)
    if not outside.any():
        return
    swapped = sheet.context.boundaries.locate(
        np.where(outside, points.lat, np.nan), np.where(outside, points.lon, np.nan)
    )
    for row in [at for at, code in enumerate(swapped) if code is not None]:
        points.lat[row], points.lon[row] = points.lon[row], points.lat[row]
        inside[row] = swapped[row]
        sheet.bench.doubt(row, "lintang dan bujur tertukar, dibetulkan")


def _unsettled(sheet: Sheet, points: Points, inside: npt.NDArray[np.object_]) -> list[int]:
    """The rows whose point does not simply lie in the kecamatan that the row states."""
    stated = np.array(sheet.values["place_stated"], dtype="bool")
    agrees = stated & (inside == np.array(sheet.values["kecamatan"], dtype="object"))
    return np.flatnonzero(np.isfinite(points.lat) & ~agrees).tolist()


def _settle(sheet: Sheet, points: Points, row: int, inside: str | None) -> None:
    """Hold one point against the stated kecamatan, or take the kecamatan from it."""
    context, near = sheet.context, sheet.context.near_km()
    lat, lon = float(points.lat[row]), float(points.lon[row])
    stated = sheet.values["kecamatan"][row]
    if not sheet.values["place_stated"][row]:
        code, away = (inside, 0.0) if inside else context.boundaries.nearest(lon, lat)
        if away <= near:
            sheet.values["kecamatan"][row] = code
        else:
            said = f"koordinat {lat:.4f}, {lon:.4f} di luar kabupaten"
            sheet.bench.fault(row, said, "lat", "lon", "kecamatan_name")
        return
    if inside == stated or (stated is None and inside):
        return
    away = (
        context.boundaries.distance_km(stated, lon, lat)
        if stated
        else context.boundaries.nearest(lon, lat)[1]
    )
    if away <= near:
        return
    there = context.register.name_of(inside) if inside else "luar kabupaten"
    here = context.register.name_of(stated)
    _drop(points, row)
    sheet.bench.doubt(
        row, f"koordinat {lat:.4f}, {lon:.4f} jatuh di {there}, bukan {here}: titik tidak digambar"
    )


def _still_nowhere(sheet: Sheet, points: Points) -> None:
    """A point was the only place given, and it was no place."""
    for row, stated in enumerate(sheet.values["place_stated"]):
        if not stated and not np.isfinite(points.lat[row]) and row not in sheet.bench.faults:
            said = "tempat tidak disebut: koordinat tidak dapat dipakai"
            sheet.bench.fault(row, said, "lat", "lon", "kecamatan_name")
