"""The maps of the archive as GeoParquet: incidents, TPS and kecamatan."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from situasi.analysis.stations.places import compute_station_places
from situasi.board import Board
from situasi.domain import feed_schemas
from situasi.domain.road_network import Geography
from situasi.presentation.station_cells import format_place_source
from situasi.reports.archive.files import ArchiveFile

_CRS = "EPSG:4326"
# Columns of a report on the map; the others are in its own file, under the same seq.
_MAP_COLUMNS = [
    "seq", "id", "occurred_at", "known_at", "kecamatan", "desa", "jenis", "tingkat", "situasi",
    "status", "latihan", "withdrawn_at",
]  # fmt: skip
_POINT_BASIS_BY_LEVEL = {3: "titik di dalam desa", 2: "titik di dalam kecamatan"}


def write_maps(folder: Path, board: Board, at: datetime) -> list[ArchiveFile]:
    """Write all maps into the archive's folder, which holds the reports already."""
    return [
        _write_incidents(folder),
        _write_stations(folder, board, at),
        _write_kecamatan(folder, board),
    ]


def _write_incidents(folder: Path) -> ArchiveFile:
    """Write every incident report that has coordinates."""
    feed = feed_schemas.INCIDENTS
    located = pq.read_table(
        folder / f"laporan/{feed.name}.parquet",
        filters=pc.field("lat").is_valid() & pc.field("lon").is_valid(),
    )
    points = _build_points(located.column("lon").to_numpy(), located.column("lat").to_numpy())
    about = "titik kejadian yang dilaporkan dengan koordinat"
    exercise_count = int(pc.sum(located.column("latihan")).as_py() or 0)
    file = _write_geo_file(
        folder, "peta/kejadian.parquet", feed.name, about, located.select(_MAP_COLUMNS), points
    )
    return replace(file, exercise_row_count=exercise_count)


def _write_stations(folder: Path, board: Board, at: datetime) -> ArchiveFile:
    """Write every TPS where it stands, or at a point of its area where nobody says where."""
    geography, tps = board.geography, board.register.tps
    places = compute_station_places(_read_reports(folder), board.register, at)
    rows: list[Any] = list(places.itertuples())
    xy = np.array(
        [(r.lon, r.lat) if r.lat == r.lat else geography.point(r.desa) for r in rows], np.float64
    )
    basis = [
        format_place_source(row) if row.lat == row.lat else _format_area_basis(geography, row.desa)
        for row in rows
    ]
    table = pa.table(
        {
            "kode": pa.array(tps["code"].tolist(), pa.string()),
            "kecamatan": pa.array(tps["kecamatan"].tolist(), pa.string()),
            "desa": pa.array(tps["desa"].tolist(), pa.string()),
            "nomor": pa.array(tps["nomor"].tolist(), pa.int64()),
            "dpt": pa.array([None if pd.isna(n) else int(n) for n in tps["dpt"]], pa.int64()),
            "dpt_perkiraan": pa.array(tps["estimated"].tolist(), pa.bool_()),
            "kerawanan": pa.array(tps["kerawanan"].tolist(), pa.string()),
            "titik_perkiraan": pa.array((places["place_source"].isna()).tolist(), pa.bool_()),
            "dasar_titik": pa.array(basis, pa.string()),
        }
    )
    about = "TPS; letaknya PERKIRAAN kecuali yang menurut daftar"
    return _write_geo_file(
        folder, "peta/tps.parquet", "register", about, table, _build_points(*xy.T)
    )


def _read_reports(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the reports of TPS and check-ins that the archive holds and nobody withdrew."""
    frames = {}
    for feed in (feed_schemas.TPS, feed_schemas.PERSONNEL):
        path = folder / f"laporan/{feed.name}.parquet"
        if path.exists():
            rows = pd.read_parquet(path, columns=[*feed.column_names, "seq", "withdrawn_at"])
            frames[feed.name] = rows[rows["withdrawn_at"].isna()]
    return frames


def _format_area_basis(geography: Geography, desa: str) -> str:
    area = geography.find_area(desa)
    return _POINT_BASIS_BY_LEVEL[area.count(".")] if area else "titik tengah kabupaten"


def _write_kecamatan(folder: Path, board: Board) -> ArchiveFile:
    boundaries, places = board.boundaries, board.register.kecamatan
    rows = [places[code] for code in boundaries.codes]
    table = pa.table(
        {
            "kode": pa.array([row.code for row in rows], pa.string()),
            "nama": pa.array([row.name for row in rows], pa.string()),
            "dpt": pa.array([row.dpt for row in rows], pa.int64()),
            "dpt_perkiraan": pa.array([row.dpt_estimated for row in rows], pa.bool_()),
            "jumlah_tps": pa.array([row.tps for row in rows], pa.int64()),
            "polsek": pa.array([row.polsek or None for row in rows], pa.string()),
            "polsek_dugaan": pa.array([row.polsek_assumed for row in rows], pa.bool_()),
        }
    )
    name, about = "peta/kecamatan.parquet", "batas kecamatan"
    return _write_geo_file(folder, name, "register", about, table, boundaries.polygons)


def _write_geo_file(
    folder: Path,
    name: str,
    table: str,
    description: str,
    rows: pa.Table,
    shapes: npt.NDArray[np.object_],
) -> ArchiveFile:
    import geopandas

    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    geopandas.GeoDataFrame(frame, geometry=list(shapes), crs=_CRS).to_parquet(
        path, index=False, compression="zstd", schema_version="1.1.0"
    )
    schema = pq.read_schema(path)
    return ArchiveFile(name, table, description, rows.num_rows, schema)


def _build_points(lon: Any, lat: Any) -> npt.NDArray[np.object_]:
    import shapely

    points: npt.NDArray[np.object_] = shapely.points(lon, lat)
    return points
