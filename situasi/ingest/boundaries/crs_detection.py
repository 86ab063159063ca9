"""Converts coordinates of any system to longitude and latitude, judged by where they must lie."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from situasi.ingest.boundaries.reference import INDONESIA, ReferenceBoundaries
from situasi.ingest.boundaries.report import GeoRefused

WGS84 = CRS.from_epsg(4326)
WEB_MERCATOR = 3857
# UTM of every zone of Indonesia, south and north, then the TM-3 zones of the land office (DGN95).
_METRE_EPSG_CODES = (*range(32746, 32755), *range(32646, 32655), *range(23830, 23846))
_MIN_INSIDE_SHARE = 0.8  # share of the areas that must lie in the kabupaten


@dataclass(frozen=True)
class LocatedShapes:
    """Shapes in degrees, longitude first. crs: how the coordinates of the file were read."""

    shapes: npt.NDArray[np.object_]
    crs: str
    axes_swapped: bool
    warnings: tuple[str, ...]


def locate_shapes(
    shapes: npt.NDArray[np.object_], declared: CRS | None, reference: ReferenceBoundaries | None
) -> LocatedShapes:
    """Read the coordinates as declared; if they lie elsewhere, as the one system that fits.

    shapes: only those of this kabupaten. Raises GeoRefused where no system fits.
    """
    window = reference.window if reference else INDONESIA
    centres = _compute_centres(shapes)
    for crs, swapped in _candidate_systems(declared, reference):
        if _inside_share(_to_degrees(centres, crs, swapped), window) >= _MIN_INSIDE_SHARE:
            in_degrees = _transform(shapes, crs, swapped)
            return LocatedShapes(in_degrees, _label(crs), swapped, tuple(_crs_notes(declared, crs)))
    description = (
        f"menurut {_label(declared)}" if declared else "dan sistem koordinatnya tidak disebut"
    )
    raise GeoRefused(
        f"Letak wilayah dalam berkas tidak cocok dengan kabupaten ini {description}; "
        "sertakan berkas .prj yang benar atau simpan ulang dalam EPSG:4326."
    )


def centres_in_window(
    shapes: npt.NDArray[np.object_], window: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    """Return which shapes have their centre in this window (west, south, east, north)."""
    return _inside(_compute_centres(shapes), window)


def _candidate_systems(
    declared: CRS | None, reference: ReferenceBoundaries | None
) -> Iterator[tuple[CRS, bool]]:
    # Without known boundaries a zone in metres cannot be distinguished from its neighbour.
    guesses = (4326, WEB_MERCATOR, *(_METRE_EPSG_CODES if reference else ()))
    for crs in [declared, *map(CRS.from_epsg, guesses)]:
        if crs is not None:
            yield crs, False
            yield crs, True


def _crs_notes(declared: CRS | None, detected: CRS) -> Iterator[str]:
    if declared is None:
        yield f"sistem koordinat tidak disebut; dibaca sebagai {_label(detected)} menurut letaknya"
    elif detected is not declared:
        yield (
            f"sistem koordinat tertulis {_label(declared)}, tetapi letaknya hanya cocok "
            f"sebagai {_label(detected)}"
        )


def _label(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def _compute_centres(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    boxes = shapely.bounds(shapes)
    return np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2])


def _to_degrees(
    points: npt.NDArray[np.float64], crs: CRS, swapped: bool
) -> npt.NDArray[np.float64]:
    """Return the points in degrees; not finite where this system cannot hold them."""
    if swapped:
        points = points[:, ::-1]
    if crs == WGS84:
        return points
    try:
        transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    except (CRSError, ProjError):  # a local drawing system has no transformation
        return np.full_like(points, np.inf)
    return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


def _transform(shapes: npt.NDArray[np.object_], crs: CRS, swapped: bool) -> npt.NDArray[np.object_]:
    in_degrees = shapely.transform(shapes, lambda points: _to_degrees(points, crs, swapped))
    return np.asarray(in_degrees, dtype=object)


def _inside(
    points: npt.NDArray[np.float64], window: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    west, south, east, north = window
    x, y = points[:, 0], points[:, 1]
    return (west <= x) & (x <= east) & (south <= y) & (y <= north)


def _inside_share(
    points: npt.NDArray[np.float64], window: tuple[float, float, float, float]
) -> float:
    return float(np.mean(_inside(points, window))) if len(points) else 0.0
