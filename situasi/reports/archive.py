"""The whole election as open files for the archive: Parquet, GeoParquet, and what they mean."""

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
# How the store knows a row again, and proves it: of no use to who reads.
_INTERNAL_COLUMNS = ("digest", "round", "marks", "committed_at")
_TIME_COLUMNS = {"recorded_at", "known_at", "at"} | {
    column.name
    for feed in FEEDS.values()
    for column in feed.columns
    if column.kind is ColumnKind.TIME
}
_CRS = "EPSG:4326"
# What a map tells of a report; all else is in its own file, under the same number.
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
    """A file of the archive. table: by which its columns are found in the dictionary."""

    name: str
    table: str
    description: str
    row_count: int
    schema: pa.Schema
    exercise_row_count: int | None = None  # rows of a rehearsal, where the file can tell


def write_archive(
    board: Board, folder: Path, role: Role | None, at: datetime, actor: str
) -> dict[str, int]:
    """Write one moment of the store into a new folder: all of it, or as far as a role sees.

    The rows of each file. The trail is told first. Raises ArchiveRefused where the folder is
    there and holds anything, or cannot be written; then nothing is left.
    """
    told = {"table": "arsip", "page": "cli", "role": role.name if role else "utuh"}
    with _open_atomic_folder(folder) as part:
        board.store.log_audit("export", actor, at, {**told, "form": "parquet", "filters": {}})
        with board.store.raw_snapshot() as state, _use_indonesian():
            made = _ArchiveWriter(board, part, role, at, state).write()
    return {one.name: one.row_count for one in made}


class _ArchiveWriter:
    """One archive being written."""

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
        made = [self._write_feed(FEEDS[name]) for name in feeds]
        if self._role is None or self._role.may_see("masukan"):
            made += [self._write_deliveries(feeds), self._write_quarantine(feeds)]
        if self._role is None:
            made += [
                self._write_table(
                    store_schema.audit, "jejak", "jejak: siapa berbuat apa, dengan segelnya"
                ),
                self._write_table(
                    store_schema.notes, "catatan", "catatan papan, misalnya jam latihan"
                ),
            ]
        made += [self._write_case_map(), self._write_station_map(), self._write_kecamatan_map()]
        self._write_dictionary(made)
        self._write_readme(made)
        self._write_checksums()
        return made

    def _write_feed(self, feed: Feed) -> ArchiveFile:
        table = store_schema.feeds[feed.name]
        at, numbers = self._withdrawals.get(feed.name, _NO_WITHDRAWALS)
        about = f"laporan: {labels.label('feed', feed.name)}"

        def told(piece: pa.RecordBatch) -> pa.RecordBatch:
            taken = _find_withdrawal_times(piece.column("seq"), numbers, at)
            seen = _apply_access(
                _select_public_columns(_apply_commit_times(piece, self._commits)),
                feed.name,
                self._access,
            )
            return seen.append_column("withdrawn_at", taken)

        return self._write_file(f"laporan/{feed.name}.parquet", feed.name, about, table, told)

    def _write_deliveries(self, feeds: tuple[str, ...]) -> ArchiveFile:
        taken = _count_withdrawn_rows(self._state)

        def told(piece: pa.RecordBatch) -> pa.RecordBatch:
            seen = _select_public_columns(_apply_commit_times(piece, self._commits))
            seen = self._restrict_rows(seen, feeds, ("actor", "source"))
            counts = [taken.get(batch, 0) for batch in seen.column("batch").to_pylist()]
            return seen.append_column("withdrawn_rows", pa.array(counts, pa.int64()))

        about = "kiriman: setiap berkas atau formulir yang masuk"
        return self._write_file("kiriman.parquet", "batches", about, store_schema.batches, told)

    def _write_quarantine(self, feeds: tuple[str, ...]) -> ArchiveFile:
        released = _load_releases(self._state, self._commits)

        def told(piece: pa.RecordBatch) -> pa.RecordBatch:
            seen = _select_public_columns(_apply_commit_times(piece, self._commits))
            seen = self._restrict_rows(seen, feeds, ("raw", "source"))
            by = [released.get(number, (None, None)) for number in seen.column("seq").to_pylist()]
            seen = seen.append_column("released_by", pa.array([one for one, _ in by], pa.int64()))
            return seen.append_column(
                "released_at", pa.array([when for _, when in by], pa.int64()).cast(_UTC)
            )

        about = "karantina: baris yang ditolak, dengan isi asli dan setiap alasannya"
        return self._write_file(
            "karantina.parquet", "quarantine", about, store_schema.quarantine, told
        )

    def _restrict_rows(
        self, record_batch: pa.RecordBatch, feeds: tuple[str, ...], name_columns: tuple[str, ...]
    ) -> pa.RecordBatch:
        """The rows of these feeds; cells that may name an officer only for who may see them."""
        if self._role is None:
            return record_batch
        seen = record_batch.filter(pc.is_in(record_batch.column("feed"), pa.array(feeds)))
        return seen if self._role.may_see("personel") else _blank_columns(seen, name_columns)

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
        """A table of the store as a file, a piece in memory at a time."""
        empty = pa.RecordBatch.from_pylist([], schema=raw_tables.arrow_schema(source))
        schema = transform(empty).schema.with_metadata(self._build_metadata())
        path, rows, made_up = self._folder / name, 0, 0
        path.parent.mkdir(mode=0o700, exist_ok=True)
        flagged = "latihan" in schema.names
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for piece in self._state.iter_chunks(source):
                seen = transform(piece)
                writer.write_batch(seen.cast(schema))
                rows += seen.num_rows
                made_up += int(pc.sum(seen.column("latihan")).as_py() or 0) if flagged else 0
        return ArchiveFile(name, table, description, rows, schema, made_up if flagged else None)

    def _build_metadata(self) -> dict[str, str]:
        election = self._election
        told = {
            "pemilihan": election.name,
            "kabupaten": election.kabupaten_code,
            "keadaan": self._at.isoformat(),
            "zona_waktu": f"UTC; setempat {election.zone.key} ({election.zone_label})",
        }
        return {"situasi": json.dumps(told)}

    def _write_case_map(self) -> ArchiveFile:
        """Every report of an incident that has a point."""
        feed = feed_schemas.INCIDENTS
        placed = pq.read_table(
            self._folder / f"laporan/{feed.name}.parquet",
            filters=pc.field("lat").is_valid() & pc.field("lon").is_valid(),
        )
        points = _build_points(placed.column("lon").to_numpy(), placed.column("lat").to_numpy())
        about = "titik kejadian yang dilaporkan dengan koordinat"
        made_up = int(pc.sum(placed.column("latihan")).as_py() or 0)
        made = self._write_geo_file(
            "peta/kejadian.parquet", feed.name, about, placed.select(_MAP_COLUMNS), points
        )
        return replace(made, exercise_row_count=made_up)

    def _write_station_map(self) -> ArchiveFile:
        """Every TPS, at the point by which its area is known: nobody has told where it stands."""
        ground, tps = self._board.geography, self._board.register.tps
        known = [ground.find_area(code) or "" for code in tps["desa"]]
        at = np.array([ground.point(code) for code in tps["desa"]], dtype=np.float64)
        basis = [
            _POINT_BASIS_BY_LEVEL[area.count(".")] if area else "titik tengah kabupaten"
            for area in known
        ]
        table = pa.table(
            {
                "kode": pa.array(tps["code"].tolist(), pa.string()),
                "kecamatan": pa.array(tps["kecamatan"].tolist(), pa.string()),
                "desa": pa.array(tps["desa"].tolist(), pa.string()),
                "nomor": pa.array(tps["nomor"].tolist(), pa.int64()),
                "dpt": pa.array(
                    [None if pd.isna(one) else int(one) for one in tps["dpt"]], pa.int64()
                ),
                "dpt_perkiraan": pa.array(tps["estimated"].tolist(), pa.bool_()),
                "kerawanan": pa.array(tps["kerawanan"].tolist(), pa.string()),
                "titik_perkiraan": pa.array([True] * len(tps), pa.bool_()),
                "dasar_titik": pa.array(basis, pa.string()),
            }
        )
        about = "TPS pada titik wilayahnya; letaknya PERKIRAAN"
        return self._write_geo_file(
            "peta/tps.parquet", "register", about, table, _build_points(at[:, 0], at[:, 1])
        )

    def _write_kecamatan_map(self) -> ArchiveFile:
        boundaries, places = self._board.boundaries, self._board.register.kecamatan
        every = [places[code] for code in boundaries.codes]
        table = pa.table(
            {
                "kode": pa.array([one.code for one in every], pa.string()),
                "nama": pa.array([one.name for one in every], pa.string()),
                "dpt": pa.array([one.dpt for one in every], pa.int64()),
                "dpt_perkiraan": pa.array([one.dpt_estimated for one in every], pa.bool_()),
                "jumlah_tps": pa.array([one.tps for one in every], pa.int64()),
                "polsek": pa.array([one.polsek or None for one in every], pa.string()),
                "polsek_dugaan": pa.array([one.polsek_assumed for one in every], pa.bool_()),
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
        found = [
            {
                "berkas": one.name,
                "kolom": field.name,
                "jenis": _format_type(field.type),
                "judul": _find_heading(one.table, field.name),
                **self._column_meanings.describe(one.table, field.name),
            }
            for one in files
            for field in one.schema
        ]
        (self._folder / "kamus-data.csv").write_bytes(build_csv(pd.DataFrame(found)))

    def _write_readme(self, files: list[ArchiveFile]) -> None:
        (self._folder / "README.md").write_text(self._build_readme(files), "utf-8")

    def _build_readme(self, files: list[ArchiveFile]) -> str:
        election, boundaries = self._election, self._board.boundaries
        head, seal = self._state.audit_head()
        rows = sum(one.row_count for one in files if one.name.startswith("laporan/"))
        unreal = sum(
            one.exercise_row_count or 0 for one in files if one.name.startswith("laporan/")
        )
        local = self._at.astimezone(election.zone)
        listed = "\n".join(
            f"| `{one.name}` | {one.row_count} | {one.exercise_row_count if one.exercise_row_count is not None else '–'} |"
            f" {one.description} |"
            for one in files
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
            seal=seal,
            listed=listed,
            zone=f"{election.zone_label}, {election.zone.key}",
            offset=_format_utc_offset(local),
            whose=_FULL_ARCHIVE_NOTE
            if self._role is None
            else _ROLE_ARCHIVE_NOTE.format(role=self._role.name),
            credit=boundaries.credit,
            caution=boundaries.caution,
        )

    def _write_checksums(self) -> None:
        """As `sha256sum -c SHA256SUMS` reads it."""
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        lines = [
            f"{backup_container.compute_file_sha256(path)}  {path.relative_to(self._folder).as_posix()}\n"
            for path in files
        ]
        (self._folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


_POINT_BASIS_BY_LEVEL = {3: "titik di dalam desa", 2: "titik di dalam kecamatan"}
_NO_WITHDRAWALS: tuple[Any, Any] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class _ColumnMeanings:
    """What each column is: by table and name, or by name alone."""

    entries: Mapping[tuple[str, str], Mapping[str, str]]

    def describe(self, table: str, column: str) -> dict[str, str]:
        """Unit, meaning and the words for its codes. Raises KeyError for a column unheard of."""
        said = self.entries.get((table, column)) or self.entries["*", column]
        return {
            "satuan": said["satuan"],
            "arti": said["arti"],
            "nilai": _format_codes(table, column, said["skala"]),
        }


def _load_column_meanings(path: Path) -> _ColumnMeanings:
    with path.open(encoding="utf-8", newline="") as file:
        return _ColumnMeanings({(row["tabel"], row["kolom"]): row for row in csv.DictReader(file)})


def _format_codes(table: str, column: str, scale: str) -> str:
    """`hijau = hijau; kuning = kuning`: every code that the column may hold, with its word."""
    if table not in FEEDS or column not in FEEDS[table].column_names:
        codes = {"feed": tuple(FEEDS), "kerawanan": feed_schemas.KERAWANAN}.get(scale, ())
    else:
        codes = FEEDS[table].column(column).allowed_codes
    return "; ".join(f"{code} = {labels.label(scale, code)}" if scale else code for code in codes)


def _find_heading(table: str, column: str) -> str:
    """As the column is called in files that are sent to us."""
    if table not in FEEDS or column not in FEEDS[table].column_names:
        return column
    return FEEDS[table].column(column).heading


def _format_type(data_type: pa.DataType) -> str:
    return next((word for known, word in _TYPE_NAMES if known(data_type)), str(data_type))


def _select_public_columns(record_batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns that say something, moments as moments."""
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
    """The cells of a feed as this sight shows them."""
    if access is None:
        return record_batch
    guarded = [c for of, c in (*access.hidden_columns, *access.redacted_columns) if of == feed]
    frame = pd.DataFrame(
        {name: pd.Series(record_batch.column(name).to_pylist(), dtype=object) for name in guarded}
    )
    found = access_scope.filter_frames({feed: frame}, replace(access, feeds=(feed,)))[feed]
    for name in guarded:
        at = record_batch.schema.get_field_index(name)
        record_batch = record_batch.set_column(
            at, record_batch.schema.field(at), pa.array(found[name], pa.string())
        )
    return record_batch


def _blank_columns(record_batch: pa.RecordBatch, names: tuple[str, ...]) -> pa.RecordBatch:
    for name in names:
        at = record_batch.schema.get_field_index(name)
        if at >= 0:
            nothing = pa.nulls(record_batch.num_rows, record_batch.schema.field(at).type)
            record_batch = record_batch.set_column(at, pa.field(name, nothing.type), nothing)
    return record_batch


def _apply_commit_times(record_batch: pa.RecordBatch, commits: CommitTimes) -> pa.RecordBatch:
    """Rows that belong to batches, with the moments at which they could be seen."""
    recorded = record_batch.column("recorded_at").to_numpy(zero_copy_only=False)
    seen = commits.for_batches(
        record_batch.column("batch").to_numpy(zero_copy_only=False), recorded
    )
    moments = {"recorded_at": seen}
    if "known_at" in record_batch.schema.names:
        known = record_batch.column("known_at").to_numpy(zero_copy_only=False)
        moments["known_at"] = np.where(known == recorded, seen, known)
    for name, cells in moments.items():
        at = record_batch.schema.get_field_index(name)
        record_batch = record_batch.set_column(
            at, record_batch.schema.field(at), pa.array(cells, pa.int64())
        )
    return record_batch


def _load_withdrawals(state: RawSnapshot, commits: CommitTimes) -> dict[str, tuple[Any, Any]]:
    """By feed: when rows were taken back (microseconds), and their numbers, in their order."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for row in state.rows(store_schema.withdrawals):
        said = dict(zip(raw_tables.column_names(store_schema.withdrawals), row, strict=True))
        cells = said["row_seq"], said["seq"], said["recorded_at"]
        found.setdefault(said["feed"], []).append(cells)
    arrays = {feed: np.array(sorted(rows), dtype=np.int64) for feed, rows in found.items()}
    return {
        feed: (commits.for_withdrawals(rows[:, 1], rows[:, 2]), rows[:, 0])
        for feed, rows in arrays.items()
    }


def _find_withdrawal_times(seq: pa.Array, numbers: Any, times: Any) -> pa.Array:
    """For each row when it was taken back; null where it stands."""
    wanted = np.asarray(seq.to_numpy(), dtype=np.int64)
    if not len(numbers):
        return pa.nulls(len(wanted), _UTC)
    where = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return pa.array(times[where], mask=numbers[where] != wanted).cast(_UTC)


def _count_withdrawn_rows(state: RawSnapshot) -> dict[int, int]:
    counted: dict[int, int] = {}
    at = raw_tables.column_names(store_schema.withdrawals).index("batch")
    for row in state.rows(store_schema.withdrawals):
        counted[row[at]] = counted.get(row[at], 0) + 1
    return counted


def _load_releases(state: RawSnapshot, commits: CommitTimes) -> dict[int, tuple[int, int]]:
    """By number in quarantine: the batch that took it in and still stands, and when."""
    undone = state.withdrawn_batches()
    names = raw_tables.column_names(store_schema.releases)
    found: dict[int, tuple[int, int]] = {}
    for row in state.rows(store_schema.releases):
        said = dict(zip(names, row, strict=True))
        if said["batch"] not in undone:
            batch, at = (np.array([said[name]]) for name in ("batch", "recorded_at"))
            seen = int(commits.for_batches(batch, at)[0])
            found.setdefault(said["number"], (said["batch"], seen))
    return found


def _build_points(lon: Any, lat: Any) -> npt.NDArray[np.object_]:
    import shapely

    made: npt.NDArray[np.object_] = shapely.points(lon, lat)
    return made


def _format_utc_offset(local: datetime) -> str:
    said = f"{local:%z}"
    return f"UTC{said[:3]}:{said[3:]}"


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
    """A folder to write into, named when all is there; nothing is left where something broke."""
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
