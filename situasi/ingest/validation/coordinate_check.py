"""Check of the coordinates of a report against the boundaries. The rule: docs/rules.md."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.coordinates import read_plain_degrees
from situasi.ingest.parsing.numbers import read_joined_point, read_point
from situasi.ingest.tables import Cell
from situasi.ingest.validation.place_check import PlaceColumns
from situasi.ingest.validation.table_check import TableCheck

Point = tuple[float, float]  # lat, lon


@dataclass
class Points:
    """The points of a table: arrays of degrees, NaN where there is none."""

    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]


def check_coordinates(table: TableCheck, place: PlaceColumns) -> tuple[PlaceColumns, Points]:
    """Return the points, and the places: of a row that states none, that of its point.

    A report that states its kecamatan is never rejected because of its point alone: a wrong point
    is dropped with a warning, and the report is listed without a location.
    """
    points = _read_points(table)
    _drop_zero_points(table, points)
    areas = table.context.boundaries.locate(points.lon, points.lat)
    _correct_swapped(table, points, areas)
    kecamatan = list(place.kecamatan)
    for row in _find_unconfirmed_rows(place, points, areas):
        if not place.is_stated[row]:
            kecamatan[row] = _find_kecamatan(table, points, row, areas[row])
        elif stated := kecamatan[row]:
            _check_stated_kecamatan(table, place, points, row, stated, areas[row])
    _check_place_given(table, place, points)
    return replace(place, kecamatan=kecamatan), points


def keep_station_points(points: Points, place: PlaceColumns) -> Points:
    """Return the points of rows that name a TPS: where an officer is otherwise, nobody stores."""
    names_station = np.array([tps is not None for tps in place.tps], dtype="bool")
    return Points(
        np.where(names_station, points.lat, np.nan), np.where(names_station, points.lon, np.nan)
    )


def _read_points(table: TableCheck) -> Points:
    """Read plain decimals all at once, and every other format one by one."""
    lat, lon, joined = map(table.cells, ("lat", "lon", "point"))
    points = Points(read_plain_degrees(lat), read_plain_degrees(lon))
    for row in np.flatnonzero(np.isnan(points.lat) | np.isnan(points.lon)).tolist():
        points.lat[row], points.lon[row] = _read_one_point(
            table, row, lat[row], lon[row], joined[row]
        )
    return points


def _read_one_point(table: TableCheck, row: int, lat: Cell, lon: Cell, joined: Cell) -> Point:
    """Read one point in any format; NaN with a warning where it cannot be read."""
    is_filled = [not is_blank(cell) for cell in (lat, lon)]
    try:
        if all(is_filled):
            return read_point(lat, lon)
        if not is_blank(joined):
            return read_joined_point(joined)
    except UnreadableCell as error:
        table.issues.add_warning(row, str(error))
        return np.nan, np.nan
    if any(is_filled):
        table.issues.add_warning(row, "koordinat tidak lengkap")
    return np.nan, np.nan


def _drop_point(points: Points, row: int) -> None:
    points.lat[row] = points.lon[row] = np.nan


def _drop_zero_points(table: TableCheck, points: Points) -> None:
    for row in np.flatnonzero((points.lat == 0) & (points.lon == 0)).tolist():
        _drop_point(points, row)
        table.issues.add_warning(row, "koordinat 0,0 diabaikan")


def _correct_swapped(table: TableCheck, points: Points, areas: npt.NDArray[np.object_]) -> None:
    """Swap latitude and longitude where only the swapped point lies in the kabupaten."""
    is_outside = np.array([code is None for code in areas], dtype="bool") & np.isfinite(points.lat)
    if not is_outside.any():
        return
    swapped = table.context.boundaries.locate(
        np.where(is_outside, points.lat, np.nan), np.where(is_outside, points.lon, np.nan)
    )
    for row in [row for row, code in enumerate(swapped) if code is not None]:
        points.lat[row], points.lon[row] = points.lon[row], points.lat[row]
        areas[row] = swapped[row]
        table.issues.add_warning(row, "lintang dan bujur tertukar, dibetulkan")


def _find_unconfirmed_rows(
    place: PlaceColumns, points: Points, areas: npt.NDArray[np.object_]
) -> list[int]:
    """Return the rows whose point is not in the kecamatan that the row states."""
    is_stated = np.array(place.is_stated, dtype="bool")
    agrees = is_stated & (areas == np.array(place.kecamatan, dtype="object"))
    return np.flatnonzero(np.isfinite(points.lat) & ~agrees).tolist()


def _find_kecamatan(table: TableCheck, points: Points, row: int, area: str | None) -> str | None:
    """Return the kecamatan of a point, or the nearest; add an error if it is too far away.

    area: the kecamatan in which the point lies, if any.
    """
    lat, lon = float(points.lat[row]), float(points.lon[row])
    code, distance_km = (area, 0.0) if area else table.context.boundaries.nearest(lon, lat)
    if distance_km <= table.context.coordinate_tolerance_km():
        return code
    reason = f"koordinat {lat:.4f}, {lon:.4f} di luar kabupaten"
    table.issues.add_error(row, reason, "lat", "lon", "kecamatan_name")
    return None


def _check_stated_kecamatan(
    table: TableCheck, place: PlaceColumns, points: Points, row: int, stated: str, area: str | None
) -> None:
    """Drop a point that lies in another area and too far from the kecamatan stated.

    Where the desa lies there too, two say otherwise than the kecamatan: an error.
    """
    context, lat, lon = table.context, float(points.lat[row]), float(points.lon[row])
    if context.boundaries.distance_km(stated, lon, lat) <= context.coordinate_tolerance_km():
        return
    desa = place.desa_text[row]
    if area and desa and not place.desa[row] and context.places.read_desa(desa, area).code:
        reason = f"desa {quote(desa)} dan koordinat ada di {context.register.name_of(area)}, "
        reason += f"bukan {context.register.name_of(stated)}: betulkan tempatnya"
        table.issues.add_error(row, reason, "kecamatan_name", "desa_name")
        return
    point_place = context.register.name_of(area) if area else "luar kabupaten"
    _drop_point(points, row)
    table.issues.add_warning(
        row,
        f"koordinat {lat:.4f}, {lon:.4f} jatuh di {point_place}, "
        f"bukan {context.register.name_of(stated)}: titik tidak digambar",
    )


def _check_place_given(table: TableCheck, place: PlaceColumns, points: Points) -> None:
    """Add an error where a point was the only place given, and it cannot be used."""
    for row, is_stated in enumerate(place.is_stated):
        if not is_stated and not np.isfinite(points.lat[row]) and row not in table.issues.errors:
            reason = "tempat tidak disebut: koordinat tidak dapat dipakai"
            table.issues.add_error(row, reason, "lat", "lon", "kecamatan_name")
