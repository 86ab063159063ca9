"""Opens a boundary file: shapefile (also zipped), GeoPackage or GeoJSON."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from situasi.boundaries.report import GeoRefused

KINDS = (".shp", ".gpkg", ".geojson", ".json")
MOST_BYTES = 1_000_000_000  # unpacked; the detailed boundaries of a whole province are far smaller


def layers(path: Path) -> list[Any]:
    """Every layer with rows as a GeoDataFrame, the first one first.

    Raises GeoRefused with one sentence where the file cannot be read as boundaries.
    """
    if not path.is_file():
        raise GeoRefused(f"Berkas {path.name} tidak ada.")
    with _opened(path) as file:
        frames = [frame for frame in _read(file, path.name) if len(frame)]
    if not frames:
        raise GeoRefused(f"Berkas {path.name} tidak berisi satu wilayah pun.")
    return frames


def _read(file: Path, name: str) -> Iterator[Any]:
    import geopandas
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    if file.suffix.lower() == ".shp" and not _has(file, ".dbf"):
        raise GeoRefused(f"Berkas {name} tanpa pendamping .dbf: nama wilayahnya tidak ada.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on single rings; all are checked later
            for layer, kind in pyogrio.list_layers(file).tolist():
                if kind is not None:
                    yield geopandas.read_file(file, layer=layer, engine="pyogrio")
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as broken:
        raise GeoRefused(
            f"Berkas {name} rusak atau bukan shapefile, GeoPackage atau GeoJSON."
        ) from broken


def _has(file: Path, suffix: str) -> bool:
    return any(
        other.stem == file.stem and other.suffix.lower() == suffix
        for other in file.parent.iterdir()
    )


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    if path.suffix.lower() in KINDS:
        yield path
    elif path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield _unpacked(path, Path(folder))
    else:
        raise GeoRefused(
            f"Jenis berkas {path.suffix or path.name} tidak dikenal; "
            "pakai .shp (boleh dalam .zip), .gpkg atau .geojson."
        )


def _unpacked(path: Path, folder: Path) -> Path:
    """The first boundary file of a zip and its companions, laid in this folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename
            ]
            main = next(
                (m for kind in KINDS for m in members if m.filename.lower().endswith(kind)), None
            )
            if main is None:
                raise GeoRefused(f"Berkas {path.name} tidak berisi .shp, .gpkg atau .geojson.")
            stem = PurePosixPath(main.filename).with_suffix("")
            chosen = [m for m in members if PurePosixPath(m.filename).with_suffix("") == stem]
            if sum(member.file_size for member in chosen) > MOST_BYTES:
                raise GeoRefused(f"Berkas {path.name} terlalu besar setelah dibuka.")
            for member in chosen:
                suffix = PurePosixPath(member.filename).suffix.lower()
                (folder / f"batas{suffix}").write_bytes(archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as broken:
        raise GeoRefused(f"Berkas {path.name} rusak atau bersandi.") from broken
    return folder / f"batas{PurePosixPath(main.filename).suffix.lower()}"
