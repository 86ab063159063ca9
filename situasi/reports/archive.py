"""The whole election as open files for archiving: Parquet, GeoParquet and a data dictionary."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from situasi.access.roles import Role, Viewer
from situasi.board import Board
from situasi.common import atomic_files, i18n
from situasi.domain import feed_schemas, labels
from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.reports.csv_tables import build_csv
from situasi.store import schema as store_schema
from situasi.store.backup import backup_container, raw_tables
from situasi.store.backup.raw_tables import RawSnapshot
from situasi.store.visible_at import CommitTimes

_UTC = pa.timestamp("us", tz="UTC")
# Columns with which the store identifies and proves rows; useless to a reader.
_INTERNAL_COLUMNS = ("digest", "round", "marks", "committed_at")
_TIME_COLUMNS = {"recorded_at", "known_at", "at"} | {
    column.name
    for feed in FEEDS.values()
    for column in feed.columns
    if column.kind is ColumnKind.TIME
}
_CRS = "EPSG:4326"
# Columns of a report on the map; the others are in its own file, under the same seq.
_MAP_COLUMNS = [
    "seq", "id", "occurred_at", "known_at", "kecamatan", "desa", "jenis", "tingkat", "situasi",
    "status", "latihan", "withdrawn_at",
]  # fmt: skip
_TYPE_NAMES = (
    (pa.types.is_timestamp, "waktu (UTC, mikrodetik)"),
    (pa.types.is_boolean, "ya/tidak"),
    (pa.types.is_integer, "bilangan bulat"),
    (pa.types.is_floating, "desimal"),
    (pa.types.is_string, "teks"),
    (pa.types.is_binary, "geometri"),
)


class ArchiveError(ValueError):
    """The archive cannot be written; the message says why."""


@dataclass(frozen=True)
class ArchiveFile:
    """A file of the archive. table: the name under which the dictionary finds its columns."""

    name: str
    table: str
    description: str
    row_count: int
    schema: pa.Schema
    exercise_row_count: int | None = None  # None if the file has no column `latihan`


def write_archive(
    board: Board, folder: Path, role: Role | None, at: datetime, actor: str
) -> dict[str, int]:
    """Write the store at one time into a new folder, in full or limited to what a role sees.

    Returns the number of rows of each file. The audit log is written first. Raises ArchiveError if
    the folder exists and is not empty, or cannot be written; then nothing is left behind.
    """
    details = {"table": "arsip", "page": "cli", "role": role.name if role else "utuh"}
    with _open_atomic_folder(folder) as part:
        board.store.log_audit("export", actor, at, {**details, "form": "parquet", "filters": {}})
        with board.store.raw_snapshot() as state, _use_indonesian():
            files = _ArchiveWriter(board, part, role, at, state).write()
    return {file.name: file.row_count for file in files}


class _ArchiveWriter:
    """The writer of one archive."""

    def __init__(
        self, board: Board, folder: Path, role: Role | None, at: datetime, state: RawSnapshot
    ) -> None:
        self._board, self._folder, self._role = board, folder, role
        self._at, self._state = at, state
        self._election = board.register.election
        self._column_meanings = _load_column_meanings(
            board.settings.vocabulary_folder / "arsip.csv"
        )
        self._access = None if role is None else access_scope.scope_of(Viewer("arsip", role))
        self._commits = state.commit_times()
        self._withdrawals = _load_withdrawals(state, self._commits)

    def write(self) -> list[ArchiveFile]:
        feeds = tuple(FEEDS) if self._access is None else self._access.feeds
        files = [self._write_feed(FEEDS[name]) for name in feeds]
        if self._role is None or self._role.may_see("masukan"):
            files += [self._write_deliveries(feeds), self._write_quarantine(feeds)]
        if self._role is None:
            files += [
                self._write_table(
                    store_schema.audit, "jejak", "jejak: siapa berbuat apa, dengan segelnya"
                ),
                self._write_table(
                    store_schema.notes, "catatan", "catatan papan, misalnya jam latihan"
                ),
            ]
        files += [self._write_case_map(), self._write_station_map(), self._write_kecamatan_map()]
        self._write_dictionary(files)
        self._write_readme(files)
        self._write_checksums()
        return files

    def _write_feed(self, feed: Feed) -> ArchiveFile:
        table = store_schema.feeds[feed.name]
        times, numbers = self._withdrawals.get(feed.name, _NO_WITHDRAWALS)
        about = f"laporan: {labels.label('feed', feed.name)}"

        def convert(chunk: pa.RecordBatch) -> pa.RecordBatch:
            withdrawn = _find_withdrawal_times(chunk.column("seq"), numbers, times)
            rows = _apply_access(
                _select_public_columns(_apply_commit_times(chunk, self._commits)),
                feed.name,
                self._access,
            )
            return rows.append_column("withdrawn_at", withdrawn)

        return self._write_file(f"laporan/{feed.name}.parquet", feed.name, about, table, convert)

    def _write_deliveries(self, feeds: tuple[str, ...]) -> ArchiveFile:
        withdrawn = _count_withdrawn_rows(self._state)

        def convert(chunk: pa.RecordBatch) -> pa.RecordBatch:
            rows = _select_public_columns(_apply_commit_times(chunk, self._commits))
            rows = self._restrict_rows(rows, feeds, ("actor", "source"))
            counts = [withdrawn.get(batch, 0) for batch in rows.column("batch").to_pylist()]
            return rows.append_column("withdrawn_rows", pa.array(counts, pa.int64()))

        about = "kiriman: setiap berkas atau formulir yang masuk"
        return self._write_file("kiriman.parquet", "batches", about, store_schema.batches, convert)

    def _write_quarantine(self, feeds: tuple[str, ...]) -> ArchiveFile:
        released = _load_releases(self._state, self._commits)

        def convert(chunk: pa.RecordBatch) -> pa.RecordBatch:
            rows = _select_public_columns(_apply_commit_times(chunk, self._commits))
            rows = self._restrict_rows(rows, feeds, ("raw", "source"))
            pairs = [released.get(seq, (None, None)) for seq in rows.column("seq").to_pylist()]
            rows = rows.append_column(
                "released_by", pa.array([batch for batch, _ in pairs], pa.int64())
            )
            return rows.append_column(
                "released_at", pa.array([at for _, at in pairs], pa.int64()).cast(_UTC)
            )

        about = "karantina: baris yang ditolak, dengan isi asli dan setiap alasannya"
        return self._write_file(
            "karantina.parquet", "quarantine", about, store_schema.quarantine, convert
        )

    def _restrict_rows(
        self, record_batch: pa.RecordBatch, feeds: tuple[str, ...], name_columns: tuple[str, ...]
    ) -> pa.RecordBatch:
        """Return the rows of these feeds, without officer names unless the role may see them."""
        if self._role is None:
            return record_batch
        rows = record_batch.filter(pc.is_in(record_batch.column("feed"), pa.array(feeds)))
        return rows if self._role.may_see("personel") else _blank_columns(rows, name_columns)

    def _write_table(self, table: sa.Table, name: str, description: str) -> ArchiveFile:
        return self._write_file(
            f"{name}.parquet", table.name, description, table, _select_public_columns
        )

    def _write_file(
        self,
        name: str,
        table: str,
        description: str,
        source: sa.Table,
        transform: Callable[[pa.RecordBatch], pa.RecordBatch],
    ) -> ArchiveFile:
        """Write a table of the store as a file, with one chunk in memory at a time."""
        empty = pa.RecordBatch.from_pylist([], schema=raw_tables.arrow_schema(source))
        schema = transform(empty).schema.with_metadata(self._build_metadata())
        path, rows, exercise = self._folder / name, 0, 0
        path.parent.mkdir(mode=0o700, exist_ok=True)
        flagged = "latihan" in schema.names
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for chunk in self._state.iter_chunks(source):
                batch = transform(chunk)
                writer.write_batch(batch.cast(schema))
                rows += batch.num_rows
                exercise += int(pc.sum(batch.column("latihan")).as_py() or 0) if flagged else 0
        return ArchiveFile(name, table, description, rows, schema, exercise if flagged else None)

    def _build_metadata(self) -> dict[str, str]:
        election = self._election
        metadata = {
            "pemilihan": election.name,
            "kabupaten": election.kabupaten_code,
            "keadaan": self._at.isoformat(),
            "zona_waktu": f"UTC; setempat {election.zone.key} ({election.zone_label})",
        }
        return {"situasi": json.dumps(metadata)}

    def _write_case_map(self) -> ArchiveFile:
        """Write every incident report that has coordinates."""
        feed = feed_schemas.INCIDENTS
        located = pq.read_table(
            self._folder / f"laporan/{feed.name}.parquet",
            filters=pc.field("lat").is_valid() & pc.field("lon").is_valid(),
        )
        points = _build_points(located.column("lon").to_numpy(), located.column("lat").to_numpy())
        about = "titik kejadian yang dilaporkan dengan koordinat"
        exercise_count = int(pc.sum(located.column("latihan")).as_py() or 0)
        file = self._write_geo_file(
            "peta/kejadian.parquet", feed.name, about, located.select(_MAP_COLUMNS), points
        )
        return replace(file, exercise_row_count=exercise_count)

    def _write_station_map(self) -> ArchiveFile:
        """Write every TPS at a point of its area, because no report says where it stands."""
        geography, tps = self._board.geography, self._board.register.tps
        areas = [geography.find_area(code) or "" for code in tps["desa"]]
        xy = np.array([geography.point(code) for code in tps["desa"]], dtype=np.float64)
        basis = [
            _POINT_BASIS_BY_LEVEL[area.count(".")] if area else "titik tengah kabupaten"
            for area in areas
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
                "titik_perkiraan": pa.array([True] * len(tps), pa.bool_()),
                "dasar_titik": pa.array(basis, pa.string()),
            }
        )
        about = "TPS pada titik wilayahnya; letaknya PERKIRAAN"
        return self._write_geo_file(
            "peta/tps.parquet", "register", about, table, _build_points(xy[:, 0], xy[:, 1])
        )

    def _write_kecamatan_map(self) -> ArchiveFile:
        boundaries, places = self._board.boundaries, self._board.register.kecamatan
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
        about = "batas kecamatan"
        return self._write_geo_file(
            "peta/kecamatan.parquet", "register", about, table, boundaries.polygons
        )

    def _write_geo_file(
        self,
        name: str,
        table: str,
        description: str,
        rows: pa.Table,
        shapes: npt.NDArray[np.object_],
    ) -> ArchiveFile:
        import geopandas

        path = self._folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
        geopandas.GeoDataFrame(frame, geometry=list(shapes), crs=_CRS).to_parquet(
            path, index=False, compression="zstd", schema_version="1.1.0"
        )
        schema = pq.read_schema(path)
        return ArchiveFile(name, table, description, rows.num_rows, schema)

    def _write_dictionary(self, files: list[ArchiveFile]) -> None:
        entries = [
            {
                "berkas": file.name,
                "kolom": field.name,
                "jenis": _format_type(field.type),
                "judul": _find_heading(file.table, field.name),
                **self._column_meanings.describe(file.table, field.name),
            }
            for file in files
            for field in file.schema
        ]
        (self._folder / "kamus-data.csv").write_bytes(build_csv(pd.DataFrame(entries)))

    def _write_readme(self, files: list[ArchiveFile]) -> None:
        (self._folder / "README.md").write_text(self._build_readme(files), "utf-8")

    def _build_readme(self, files: list[ArchiveFile]) -> str:
        election, boundaries = self._election, self._board.boundaries
        head, head_hash = self._state.audit_head()
        rows = sum(file.row_count for file in files if file.name.startswith("laporan/"))
        unreal = sum(
            file.exercise_row_count or 0 for file in files if file.name.startswith("laporan/")
        )
        local = self._at.astimezone(election.zone)
        file_lines = "\n".join(
            f"| `{file.name}` | {file.row_count} | "
            f"{file.exercise_row_count if file.exercise_row_count is not None else '–'} |"
            f" {file.description} |"
            for file in files
        )
        return _README.format(
            name=election.name,
            mark=_EXERCISE_NOTE.format(unreal=unreal, rows=rows) if unreal else _NO_EXERCISE_NOTE,
            command=election.command,
            kabupaten=f"{election.kabupaten} ({election.kabupaten_code})",
            day=election.day.isoformat(),
            contest=election.contest,
            local=f"{local:%Y-%m-%d %H.%M.%S} {election.zone_label}",
            head=head,
            seal=head_hash,
            listed=file_lines,
            zone=f"{election.zone_label}, {election.zone.key}",
            offset=_format_utc_offset(local),
            whose=_FULL_ARCHIVE_NOTE
            if self._role is None
            else _ROLE_ARCHIVE_NOTE.format(role=self._role.name),
            credit=boundaries.credit,
            caution=boundaries.caution,
        )

    def _write_checksums(self) -> None:
        """Write the checksums in the format of `sha256sum -c SHA256SUMS`."""
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        lines = [
            f"{backup_container.compute_file_sha256(path)}  "
            f"{path.relative_to(self._folder).as_posix()}\n"
            for path in files
        ]
        (self._folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


_POINT_BASIS_BY_LEVEL = {3: "titik di dalam desa", 2: "titik di dalam kecamatan"}
_NO_WITHDRAWALS: tuple[Any, Any] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class _ColumnMeanings:
    """The meaning of each column: by table and name, or by name alone."""

    entries: Mapping[tuple[str, str], Mapping[str, str]]

    def describe(self, table: str, column: str) -> dict[str, str]:
        """Return unit, meaning and code labels of a column. Raises KeyError if it is unknown."""
        entry = self.entries.get((table, column)) or self.entries["*", column]
        return {
            "satuan": entry["satuan"],
            "arti": entry["arti"],
            "nilai": _format_codes(table, column, entry["skala"]),
        }


def _load_column_meanings(path: Path) -> _ColumnMeanings:
    with path.open(encoding="utf-8", newline="") as file:
        return _ColumnMeanings({(row["tabel"], row["kolom"]): row for row in csv.DictReader(file)})


def _format_codes(table: str, column: str, scale: str) -> str:
    """Return the codes of the column with their labels: "hijau = hijau; kuning = kuning"."""
    if table not in FEEDS or column not in FEEDS[table].column_names:
        codes = {"feed": tuple(FEEDS), "kerawanan": feed_schemas.KERAWANAN}.get(scale, ())
    else:
        codes = FEEDS[table].column(column).allowed_codes
    return "; ".join(f"{code} = {labels.label(scale, code)}" if scale else code for code in codes)


def _find_heading(table: str, column: str) -> str:
    """Return the heading of the column in the files that are sent to us."""
    if table not in FEEDS or column not in FEEDS[table].column_names:
        return column
    return FEEDS[table].column(column).heading


def _format_type(data_type: pa.DataType) -> str:
    return next((name for matches, name in _TYPE_NAMES if matches(data_type)), str(data_type))


def _select_public_columns(record_batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the columns that are useful to a reader, times as timestamps."""
    names = [name for name in record_batch.schema.names if name not in _INTERNAL_COLUMNS]
    cells = [
        record_batch.column(name).cast(_UTC) if name in _TIME_COLUMNS else record_batch.column(name)
        for name in names
    ]
    fields = [
        pa.field(name, column.type, record_batch.schema.field(name).nullable)
        for name, column in zip(names, cells, strict=True)
    ]
    return pa.RecordBatch.from_arrays(cells, schema=pa.schema(fields))


def _apply_access(
    record_batch: pa.RecordBatch, feed: str, access: AccessScope | None
) -> pa.RecordBatch:
    """Return the rows of a feed as this access scope shows them."""
    if access is None:
        return record_batch
    names = [c for owner, c in (*access.hidden_columns, *access.redacted_columns) if owner == feed]
    frame = pd.DataFrame(
        {name: pd.Series(record_batch.column(name).to_pylist(), dtype=object) for name in names}
    )
    filtered = access_scope.filter_frames({feed: frame}, replace(access, feeds=(feed,)))[feed]
    for name in names:
        position = record_batch.schema.get_field_index(name)
        record_batch = record_batch.set_column(
            position, record_batch.schema.field(position), pa.array(filtered[name], pa.string())
        )
    return record_batch


def _blank_columns(record_batch: pa.RecordBatch, names: tuple[str, ...]) -> pa.RecordBatch:
    for name in names:
        position = record_batch.schema.get_field_index(name)
        if position >= 0:
            nulls = pa.nulls(record_batch.num_rows, record_batch.schema.field(position).type)
            record_batch = record_batch.set_column(position, pa.field(name, nulls.type), nulls)
    return record_batch


def _apply_commit_times(record_batch: pa.RecordBatch, commits: CommitTimes) -> pa.RecordBatch:
    """Return rows that belong to batches, with the times at which they became visible."""
    recorded = record_batch.column("recorded_at").to_numpy(zero_copy_only=False)
    visible_at = commits.for_batches(
        record_batch.column("batch").to_numpy(zero_copy_only=False), recorded
    )
    moments = {"recorded_at": visible_at}
    if "known_at" in record_batch.schema.names:
        known = record_batch.column("known_at").to_numpy(zero_copy_only=False)
        moments["known_at"] = np.where(known == recorded, visible_at, known)
    for name, cells in moments.items():
        position = record_batch.schema.get_field_index(name)
        record_batch = record_batch.set_column(
            position, record_batch.schema.field(position), pa.array(cells, pa.int64())
        )
    return record_batch


def _load_withdrawals(state: RawSnapshot, commits: CommitTimes) -> dict[str, tuple[Any, Any]]:
    """Return by feed the withdrawal times (microseconds) and the row numbers."""
    rows_by_feed: dict[str, list[tuple[int, int, int]]] = {}
    for row in state.rows(store_schema.withdrawals):
        withdrawal = dict(zip(raw_tables.column_names(store_schema.withdrawals), row, strict=True))
        cells = withdrawal["row_seq"], withdrawal["seq"], withdrawal["recorded_at"]
        rows_by_feed.setdefault(withdrawal["feed"], []).append(cells)
    arrays = {feed: np.array(sorted(rows), dtype=np.int64) for feed, rows in rows_by_feed.items()}
    return {
        feed: (commits.for_withdrawals(rows[:, 1], rows[:, 2]), rows[:, 0])
        for feed, rows in arrays.items()
    }


def _find_withdrawal_times(seq: pa.Array, numbers: Any, times: Any) -> pa.Array:
    """Return for each row when it was withdrawn; null if it is valid."""
    row_numbers = np.asarray(seq.to_numpy(), dtype=np.int64)
    if not len(numbers):
        return pa.nulls(len(row_numbers), _UTC)
    positions = np.minimum(np.searchsorted(numbers, row_numbers), len(numbers) - 1)
    return pa.array(times[positions], mask=numbers[positions] != row_numbers).cast(_UTC)


def _count_withdrawn_rows(state: RawSnapshot) -> dict[int, int]:
    counts: dict[int, int] = {}
    position = raw_tables.column_names(store_schema.withdrawals).index("batch")
    for row in state.rows(store_schema.withdrawals):
        counts[row[position]] = counts.get(row[position], 0) + 1
    return counts


def _load_releases(state: RawSnapshot, commits: CommitTimes) -> dict[int, tuple[int, int]]:
    """Return by quarantine number the batch that accepted the row (not withdrawn), and when."""
    withdrawn = state.withdrawn_batches()
    names = raw_tables.column_names(store_schema.releases)
    releases: dict[int, tuple[int, int]] = {}
    for row in state.rows(store_schema.releases):
        release = dict(zip(names, row, strict=True))
        if release["batch"] not in withdrawn:
            batch, at = (np.array([release[name]]) for name in ("batch", "recorded_at"))
            visible_at = int(commits.for_batches(batch, at)[0])
            releases.setdefault(release["number"], (release["batch"], visible_at))
    return releases


def _build_points(lon: Any, lat: Any) -> npt.NDArray[np.object_]:
    import shapely

    points: npt.NDArray[np.object_] = shapely.points(lon, lat)
    return points


def _format_utc_offset(local: datetime) -> str:
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:]}"


@contextmanager
def _use_indonesian() -> Iterator[None]:
    before = i18n.current_language()
    i18n.set_language("id")
    try:
        yield
    finally:
        i18n.set_language(before)


@contextmanager
def _open_atomic_folder(folder: Path) -> Iterator[Path]:
    """Provide a folder that gets its name when it is complete; after an error nothing is left."""
    try:
        with atomic_files.create_folder(folder) as part:
            yield part
    except FileExistsError as error:
        raise ArchiveError(f"{folder} sudah ada dan tidak ditimpa. Beri nama lain.") from error
    except OSError as error:
        raise ArchiveError(f"{folder} tidak dapat ditulis: {error.strerror or error}.") from error


_EXERCISE_NOTE = (
    "> **LATIHAN: {unreal} dari {rows} baris laporan adalah data latihan (buatan), bukan kejadian"
    " sungguhan.** Kolom `latihan` = true pada setiap baris itu; saring dahulu."
)
_NO_EXERCISE_NOTE = "Tidak ada baris laporan LATIHAN di sini (kolom `latihan` = false semuanya)."
_FULL_ARCHIVE_NOTE = (
    "Arsip ini **utuh**: memuat nama pelapor, teks asli pesan dan perkara netralitas. Simpan"
    " sebagai rahasia. Akun, sesi, kunci, tautan dan catatan keputusan papan (tabel access) tidak"
    " ikut."
)
_ROLE_ARCHIVE_NOTE = (
    "Arsip ini **sebatas peran {role}**: laporan, kolom dan nama yang tidak boleh dilihat peran itu"
    " tidak ikut; jejak tidak ikut."
)
_README = """# Arsip Situasi: {name}

{mark}

| | |
| --- | --- |
| Satuan | {command} |
| Kabupaten | {kabupaten} |
| Hari pemungutan | {day} |
| Pemilihan | {contest} |
| Keadaan | {local} |
| Ujung jejak | catatan {head}, segel `{seal}` |

{whose}

## Berkas

| berkas | baris | di antaranya LATIHAN | isi |
| --- | ---: | ---: | --- |
{listed}

`kamus-data.csv` menjelaskan setiap kolom: jenis, satuan, arti, dan kata untuk setiap kode.
`SHA256SUMS` membuktikan keutuhan: `sha256sum -c SHA256SUMS`.

## Cara membaca

* Setiap waktu adalah UTC, sampai mikrodetik. Waktu setempat: {zone} ({offset}).
* Kosong (null) berarti **tidak dilaporkan atau tidak diketahui**, tidak pernah nol.
* Tidak ada yang diubah atau dihapus: perbaikan adalah baris baru. Baris yang ditarik kembali tetap
  ada; `withdrawn_at` menyebut kapan. Untuk keadaan terakhir, ambil yang `withdrawn_at` kosong.
* `known_at` adalah saat posko mengetahuinya, `recorded_at` saat papan menyimpannya.
* Tidak ada perolehan suara: Polri tidak mencatatnya. `hadir` menghitung orang.
* Karantina memuat baris yang ditolak dengan isi aslinya; `released_by` kosong berarti menunggu.
  Karantina, kiriman dan jejak tidak berkolom `latihan`: lihat baris laporan dari kiriman yang sama.
* `peta/` adalah GeoParquet 1.1 ({credit}; {caution}). **Titik TPS adalah perkiraan**: titik di
  dalam desa atau kecamatannya, bukan letak TPS. `dpt_perkiraan` menandai angka DPT perkiraan.
"""
