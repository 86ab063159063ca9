"""Boundary files of the invented kabupaten, as clean or as odd as a test needs them."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.register import Register
from tests.builders_election import CODE, KABUPATEN, invented_election, kecamatan_name, square

UTM = 32751  # the zone in which the invented kabupaten lies
METRE = 1 / 111_320


def register(folder: Path, kecamatan: int = 4) -> Register:
    """The register of an invented election written into this folder."""
    return domain_register.load(election.load(invented_election(folder / "pemilihan", kecamatan)))


def box(code: str, *, west: float = 0, south: float = 0, east: float = 0, north: float = 0) -> Any:
    """The square of a kecamatan, each side moved out by so many metres."""
    x0, y0, x1, y1 = square(code)
    return shapely.box(x0 - west * METRE, y0 - south * METRE, x1 + east * METRE, y1 + north * METRE)


def frame(shapes: dict[str, Any], **columns: Sequence[Any]) -> Any:
    """A file of one row per kecamatan: KDCPUM and WADMKC unless other columns are given."""
    shown = columns or {
        "KDCPUM": list(shapes),
        "WADMKC": [kecamatan_name(code) for code in shapes],
    }
    return geopandas.GeoDataFrame(shown, geometry=list(shapes.values()), crs=4326)


def squares(codes: Iterable[str], **columns: Sequence[Any]) -> Any:
    """The plain squares of these kecamatan as a file."""
    return frame({code: box(code) for code in codes}, **columns)


def desa_shapes(register: Register) -> dict[str, Any]:
    """Each kecamatan cut into three strips from west to east, one per desa."""
    shapes: dict[str, Any] = {}
    for kecamatan in register.kecamatan:
        west, south, east, north = square(kecamatan)
        cuts = np.round(np.linspace(west, east, 4), 6)
        members = [code for code, desa in register.desa.items() if desa.kecamatan == kecamatan]
        for code, left, right in zip(members, cuts[:-1], cuts[1:], strict=True):
            shapes[code] = shapely.box(left, south, right, north)
    return shapes


def foreign(count: int) -> dict[str, Any]:
    """Kecamatan of a neighbouring kabupaten, north of ours."""
    return {
        f"99.02.{at:02d}": shapely.transform(
            box(f"{CODE}.{at:02d}"), lambda c: c + np.array([0, 0.1])
        )
        for at in range(1, count + 1)
    }


def swapped(data: Any) -> Any:
    """The same with latitude before longitude (northing before easting)."""
    turned = data.copy()
    turned.geometry = shapely.transform(data.geometry.values, lambda c: c[:, ::-1])
    return turned


def saved(data: Any, path: Path, **options: Any) -> Path:
    """Write a file; a shapefile's shortened column names are meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.to_file(path, engine="pyogrio", **options)
    return path


def zipped(path: Path) -> Path:
    """A shapefile with its companions in a folder inside a zip."""
    inside = path.parent / "kemas" / "Batas Admin"
    inside.mkdir(parents=True)
    for part in path.parent.glob(f"{path.stem}.*"):
        shutil.copy(part, inside / part.name)
    return Path(shutil.make_archive(str(path.with_suffix("")), "zip", inside.parent))


__all__ = [
    "CODE", "KABUPATEN", "METRE", "UTM", "box", "desa_shapes", "foreign", "frame", "register",
    "saved", "square", "squares", "swapped", "zipped",
]  # fmt: skip
