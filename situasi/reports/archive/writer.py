"""Writes the archive: the store at one time, in full or limited to what a role sees."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from situasi.access.roles import Role, Viewer
from situasi.board import Board
from situasi.common import atomic_files, i18n
from situasi.domain import labels
from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.reports.archive import maps, queries
from situasi.reports.archive.dictionary import load_column_meanings
from situasi.reports.archive.files import ArchiveFile
from situasi.reports.archive.readme import build_readme
from situasi.reports.csv_tables import build_csv
from situasi.store import schema as store_schema
from situasi.store.backup import backup_container, raw_tables
from situasi.store.backup.raw_tables import RawSnapshot

_UTC = pa.timestamp("us", tz="UTC")
_TIME_COLUMNS = {"recorded_at", "known_at", "at", "withdrawn_at", "released_at"} | {
    column.name
    for feed in FEEDS.values()
    for column in feed.columns
    if column.kind is ColumnKind.TIME
}


class ArchiveError(ValueError):
    """The archive cannot be written; the message says why."""


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
        with board.store.raw_snapshot() as state, i18n.use_language("id"):
            files = _ArchiveWriter(board, part, role, at, state).write()
    return {file.name: file.row_count for file in files}


class _ArchiveWriter:
    """The writer of one archive."""

    def __init__(
        self, board: Board, folder: Path, role: Role | None, at: datetime, state: RawSnapshot
    ) -> None:
        self._board, self._folder, self._role = board, folder, role
        self._at, self._state = at, state
        self._may_see_names = role is None or role.may_see("personel")
        self._access = None if role is None else access_scope.scope_of(Viewer("arsip", role))

    def write(self) -> list[ArchiveFile]:
        feeds = tuple(FEEDS) if self._access is None else self._access.feeds
        files = [self._write_feed(FEEDS[name]) for name in feeds]
        if self._role is None or self._role.may_see("masukan"):
            files += [self._write_deliveries(feeds), self._write_quarantine(feeds)]
        if self._role is None:
            log_about = "jejak: siapa berbuat apa, dengan segelnya"
            note_about = "catatan papan, misalnya jam latihan"
            files.append(self._write_table(store_schema.audit, "jejak", log_about))
            files.append(self._write_table(store_schema.notes, "catatan", note_about))
        files += maps.write_maps(self._folder, self._board, self._at)
        self._write_dictionary(files)
        readme = build_readme(self._board, files, self._role, self._at, self._state.audit_head())
        (self._folder / "README.md").write_text(readme, "utf-8")
        self._write_checksums()
        return files

    def _write_feed(self, feed: Feed) -> ArchiveFile:
        about, query = f"laporan: {labels.label('feed', feed.name)}", queries.select_reports(feed)
        limit = partial(_apply_access, feed=feed.name, access=self._access)
        return self._write_file(f"laporan/{feed.name}.parquet", feed.name, about, query, limit)

    def _write_deliveries(self, feeds: tuple[str, ...]) -> ArchiveFile:
        about = "kiriman: setiap berkas atau formulir yang masuk"
        query = queries.select_deliveries(feeds, with_names=self._may_see_names)
        return self._write_file("kiriman.parquet", "batches", about, query)

    def _write_quarantine(self, feeds: tuple[str, ...]) -> ArchiveFile:
        about = "karantina: baris yang ditolak, dengan isi asli dan setiap alasannya"
        query = queries.select_quarantine(feeds, with_names=self._may_see_names)
        return self._write_file("karantina.parquet", "quarantine", about, query)

    def _write_table(self, table: sa.Table, name: str, description: str) -> ArchiveFile:
        query = queries.select_table(table)
        return self._write_file(f"{name}.parquet", table.name, description, query)

    def _write_file(
        self,
        name: str,
        table: str,
        description: str,
        query: sa.Select[Any],
        limit: Callable[[pa.RecordBatch], pa.RecordBatch] = lambda chunk: chunk,
    ) -> ArchiveFile:
        """Write the rows of a query as a file, with one chunk in memory at a time.

        limit: takes away what the role does not see.
        """
        schema = _build_schema(query).with_metadata(self._build_metadata())
        path, rows, exercise = self._folder / name, 0, 0
        path.parent.mkdir(mode=0o700, exist_ok=True)
        flagged = "latihan" in schema.names
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for chunk in self._state.iter_query_chunks(query):
                writer.write_batch(limit(chunk).cast(schema))
                rows += chunk.num_rows
                exercise += int(pc.sum(chunk.column("latihan")).as_py() or 0) if flagged else 0
        return ArchiveFile(name, table, description, rows, schema, exercise if flagged else None)

    def _build_metadata(self) -> dict[str, str]:
        election = self._board.register.election
        metadata = {
            "pemilihan": election.name,
            "kabupaten": election.kabupaten_code,
            "keadaan": self._at.isoformat(),
            "zona_waktu": f"UTC; setempat {election.zone.key} ({election.zone_label})",
        }
        return {"situasi": json.dumps(metadata)}

    def _write_dictionary(self, files: list[ArchiveFile]) -> None:
        meanings = load_column_meanings(self._board.settings.vocabulary_folder / "arsip.csv")
        entries = [
            {"berkas": file.name, **meanings.describe(file.table, field)}
            for file in files
            for field in file.schema
        ]
        (self._folder / "kamus-data.csv").write_bytes(build_csv(pd.DataFrame(entries)))

    def _write_checksums(self) -> None:
        """Write the checksums in the format of `sha256sum -c SHA256SUMS`."""
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file())
        sums = ((backup_container.compute_file_sha256(path), path) for path in paths)
        lines = [
            f"{sha256}  {path.relative_to(self._folder).as_posix()}\n" for sha256, path in sums
        ]
        (self._folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def _build_schema(query: sa.Select[Any]) -> pa.Schema:
    """Return the schema of a file: the columns of the query, times as timestamps."""
    return pa.schema([
        (field.name, _UTC if field.name in _TIME_COLUMNS else field.type)
        for field in raw_tables.arrow_schema(query.selected_columns)
    ])  # fmt: skip


def _apply_access(
    record_batch: pa.RecordBatch, feed: str, access: AccessScope | None
) -> pa.RecordBatch:
    """Return the rows of a feed as this access scope shows them."""
    if access is None:
        return record_batch
    names = [c for owner, c in (*access.hidden_columns, *access.redacted_columns) if owner == feed]
    cells = {name: pd.Series(record_batch.column(name).to_pylist(), dtype=object) for name in names}
    frame = pd.DataFrame(cells)
    filtered = access_scope.filter_frames({feed: frame}, replace(access, feeds=(feed,)))[feed]
    for name in names:
        position = record_batch.schema.get_field_index(name)
        record_batch = record_batch.set_column(
            position, record_batch.schema.field(position), pa.array(filtered[name], pa.string())
        )
    return record_batch


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
