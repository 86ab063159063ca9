"""Backup of the whole store to one file, and restore: all rows are verified first."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

import situasi
from situasi.common import atomic_files
from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.domain.election import Election
from situasi.store.audit import hash_chain
from situasi.store.backup import backup_container, raw_tables
from situasi.store.backup.backup_container import ContainerReader, InvalidContainer
from situasi.store.backup.raw_tables import TABLES, RawImport, RawSnapshot
from situasi.store.model import Scope
from situasi.store.store import Store
from situasi.store.timestamps import to_micros

FORMAT = 1
_MANIFEST = "manifest.json"
# The secret under which NRP became marks (access.officer_key), where there was one.
_OFFICER_SECRET = "rahasia/kunci-petugas"
_MAX_SECRET_BYTES = 1 << 12
_MAX_MANIFEST_BYTES = 4 << 20
_MAX_DEFINITION_BYTES = 64 << 20  # of all files that define an election
_MAX_ROW_GROUP_BYTES = 1 << 30  # that a row group may claim to need


class BackupError(ValueError):
    """A backup cannot be made, is not intact, or is not for this store; the message says why."""


@dataclass(frozen=True)
class BackupMember:
    """A file within a backup."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class BackupTable(BackupMember):
    """A table within a backup: how many rows, and the highest number."""

    rows: int
    last: int


@dataclass(frozen=True)
class Manifest:
    """The description of a backup, stored in it.

    schema: raw_tables.schema_fingerprint of the store it was made from. head: number and hash of
    the last audit log entry. breaks: what was already broken in that audit log. files: the files
    that define the election, and the secret of officers' marks.
    """

    format: int
    situasi: str
    contest: str
    kabupaten: str
    election: str
    schema: str
    made_at: str
    made_by: str
    head: tuple[int, str]
    breaks: tuple[str, ...]
    tables: Mapping[str, BackupTable]
    files: Mapping[str, BackupMember]

    @property
    def rows(self) -> int:
        """Return the number of rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def write(
    store: Store,
    election: Election,
    path: Path,
    at: datetime,
    actor: str,
    *,
    log_audit: bool = True,
    officer_secret: str | None = None,
) -> Manifest:
    """Write one state of the store to a new file, read it back, and add an audit log entry.

    The file has the scope recorded in the store, or the election's where none is recorded.
    log_audit: False for a store of a higher level, whose audit log must equal that of its source.
    officer_secret: under which NRP became marks: without it a restored store meets no new ones.
    Raises BackupError (and leaves nothing) where the file exists or cannot be written.
    """
    scope = store.scope() or Scope(election.contest, election.kabupaten_code)
    with _translate_errors(path), atomic_files.create_file(path) as file:
        with store.raw_snapshot() as snapshot:
            manifest = _write_members(snapshot, scope, election, file, at, actor, officer_secret)
        verify_container(file)
    if log_audit:
        detail = {"file": path.name, "rows": manifest.rows, "head": manifest.head[0]}
        store.log_audit("backup", actor, at, detail)
    return manifest


def check(path: Path) -> Manifest:
    """Verify a backup without restoring it. Raises BackupError where it is not intact."""
    with _translate_errors(path), path.open("rb") as file:
        return verify_container(file)[1]


def restore(store: Store, scope: Scope, path: Path, at: datetime, actor: str) -> Manifest:
    """Restore a backup into an empty store of the same scope: all of it, or nothing.

    Raises BackupError where the backup is not intact or of another scope, or the store is not
    empty; StoreError where it cannot be written to.
    """
    with _translate_errors(path), path.open("rb") as file:
        container, manifest = verify_container(file)
        copied = Scope(manifest.contest, manifest.kabupaten)
        for expected in (store.scope() or scope, scope):
            if copied != expected:
                raise BackupError(
                    f"{path.name} milik {copied.contest}/{copied.kabupaten}, bukan"
                    f" {expected.contest}/{expected.kabupaten}. Tidak ada yang diubah."
                )
        with store.raw_import() as raw_import:
            if not raw_import.is_empty():
                raise BackupError(
                    "Penyimpanan ini sudah berisi. Pulihkan ke penyimpanan yang masih kosong"
                    " (SITUASI_STORE atau SITUASI_DATA lain). Tidak ada yang diubah."
                )
            _import_tables(raw_import, container, manifest)
            detail = {"file": path.name, "made_at": manifest.made_at, "head": manifest.head[0]}
            raw_import.log_audit(to_micros(at), actor, "restore", detail)
            raw_import.commit()
    return manifest


def read_officer_secret(path: Path) -> str | None:
    """Return the secret of officers' marks in a backup; None where it had none.

    Raises BackupError where the backup is not intact.
    """
    with _translate_errors(path), path.open("rb") as file:
        container, manifest = verify_container(file)
        member = manifest.files.get(_OFFICER_SECRET)
        if member is None:
            return None
        if member.bytes > _MAX_SECRET_BYTES:
            raise InvalidContainer("kunci petugasnya terlalu panjang")
        return container.open_member(_OFFICER_SECRET).read().decode("ascii", "replace")


def find_changed_files(manifest: Manifest, election: Election) -> list[str]:
    """Return the names of definition files that differ from those in a backup."""
    definition_files = _iter_definition_files(election)
    current = {name: backup_container.compute_file_sha256(path) for name, path in definition_files}
    stored = {name: file.sha256 for name, file in manifest.files.items() if name != _OFFICER_SECRET}
    return sorted(
        name for name in current.keys() | stored.keys() if current.get(name) != stored.get(name)
    )


def _write_members(
    snapshot: RawSnapshot,
    scope: Scope,
    election: Election,
    file: BinaryIO,
    at: datetime,
    actor: str,
    officer_secret: str | None,
) -> Manifest:
    with backup_container.open_container_writer(file) as container:
        tables = {name: _write_table(container, snapshot, name) for name in TABLES}
        files = {
            name: _write_file(container, name, path.read_bytes())
            for name, path in _iter_definition_files(election)
        }
        if officer_secret is not None:
            files[_OFFICER_SECRET] = _write_file(
                container, _OFFICER_SECRET, officer_secret.encode("ascii")
            )
        head = snapshot.audit_head()
        manifest = Manifest(
            format=FORMAT,
            situasi=situasi.__version__,
            contest=scope.contest,
            kabupaten=scope.kabupaten,
            election=election.name,
            schema=raw_tables.schema_fingerprint(),
            made_at=at.isoformat(),
            made_by=actor,
            head=head,
            breaks=tuple(snapshot.find_breaks(head[1])),
            tables=tables,
            files=files,
        )
        _write_file(container, _MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    return manifest


def _write_table(container: ZipFile, snapshot: RawSnapshot, name: str) -> BackupTable:
    table = TABLES[name]
    with backup_container.open_member_writer(container, _table_path(name)) as sink:
        rows, columns = 0, raw_tables.arrow_schema(table.columns)
        with pq.ParquetWriter(sink, columns, compression="zstd") as writer:
            for chunk in snapshot.iter_chunks(table):
                writer.write_batch(chunk)
                rows += chunk.num_rows
    return BackupTable(sink.sha256, sink.size, rows, snapshot.last_number(table))


def _write_file(container: ZipFile, name: str, content: bytes) -> BackupMember:
    with backup_container.open_member_writer(container, name) as sink:
        sink.write(content)
    return BackupMember(sink.sha256, sink.size)


def _iter_definition_files(election: Election) -> Iterator[tuple[str, Path]]:
    """Yield the files of the election's folder and its boundaries, by their names in a backup."""
    for prefix, folder in (("pemilihan", election.folder), ("batas", election.boundaries_folder)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{prefix}/{path.relative_to(folder).as_posix()}", path


def verify_container(file: BinaryIO) -> tuple[ContainerReader, Manifest]:
    """Return a backup in which every checksum, row count and hash is right.

    Raises InvalidContainer or BackupError.
    """
    container = ContainerReader(file)
    manifest = _read_manifest(container)
    members: dict[str, BackupMember] = {
        **{_table_path(name): table for name, table in manifest.tables.items()},
        **manifest.files,
    }
    if container.names != {*members, _MANIFEST}:
        raise InvalidContainer("isinya bukan yang tertulis pada manifest")
    for name, member in members.items():
        if container.size(name) != member.bytes or container.sha256(name) != member.sha256:
            raise InvalidContainer(f"{name} berubah")
    for name, table in manifest.tables.items():
        _check_table(name, container, table)
    entries = _iter_rows(_open_parquet("audit", container), list(hash_chain.COLUMNS))
    breaks = hash_chain.find_breaks(entries, manifest.head[1], None)
    if not set(breaks) <= set(manifest.breaks):
        raise InvalidContainer(f"jejaknya rusak: {breaks[0]}")
    return container, manifest


def _read_manifest(container: ContainerReader) -> Manifest:
    if _MANIFEST not in container.names or container.size(_MANIFEST) > _MAX_MANIFEST_BYTES:
        raise InvalidContainer("bukan cadangan Situasi")
    try:
        values = json.loads(container.open_member(_MANIFEST).read())
        if int(values["format"]) > FORMAT:
            raise BackupError(
                f"Cadangan ini dibuat oleh Situasi yang lebih baru ({str(values['situasi'])[:20]})."
                " Perbarui Situasi."
            )
        number, audit_hash = values.pop("head")
        parsed = {
            "head": (int(number), str(audit_hash)),
            "breaks": tuple(map(str, values["breaks"])),
            "tables": {name: BackupTable(**table) for name, table in values["tables"].items()},
            "files": {name: BackupMember(**member) for name, member in values["files"].items()},
        }
        manifest = Manifest(**values | parsed)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, BackupError):
            raise
        raise InvalidContainer("manifest tidak terbaca") from error
    unknown = manifest.tables.keys() - TABLES.keys()
    if unknown:
        raise _newer_version_error(unknown)
    is_complete = manifest.tables.keys() == TABLES.keys()
    if not is_complete and manifest.schema == raw_tables.schema_fingerprint():
        raise InvalidContainer("ada tabel yang hilang")
    sizes = [container.size(name) for name in manifest.files if name in container.names]
    if sum(sizes) > _MAX_DEFINITION_BYTES:
        raise InvalidContainer("definisi pemilihannya terlalu besar")
    return manifest


def _newer_version_error(names: Iterable[str]) -> BackupError:
    listed = ", ".join(sorted(names))[:200]
    return BackupError(f"Cadangan ini memuat yang belum dikenal ({listed}). Perbarui Situasi.")


def _check_table(name: str, container: ContainerReader, expected: BackupTable) -> None:
    file = _open_parquet(name, container)
    table, schema = TABLES[name], file.schema_arrow
    expected_fields = {field.name: field for field in raw_tables.arrow_schema(table.columns)}
    if unknown := set(schema.names) - expected_fields.keys():
        raise _newer_version_error(unknown)
    # Columns added later are missing in an older store.
    later = [expected_fields[column] for column in expected_fields.keys() - set(schema.names)]
    if any(not field.nullable for field in later) or any(
        field.type != expected_fields[field.name].type for field in schema
    ):
        raise InvalidContainer(f"tabel {name} tidak berbentuk tabel itu")
    groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
    if any(
        group.num_rows > raw_tables.CHUNK_ROWS
        or not 0 <= group.total_byte_size <= _MAX_ROW_GROUP_BYTES
        for group in groups
    ):
        raise InvalidContainer(f"tabel {name} berpotongan terlalu besar")
    if file.metadata.num_rows != expected.rows or _count_rows(file) != expected.rows:
        raise InvalidContainer(f"tabel {name} bukan {expected.rows} baris")


def _count_rows(file: Any) -> int:
    """Read all rows, and return how many there are."""
    try:
        batches = file.iter_batches(raw_tables.CHUNK_ROWS, use_threads=False)
        return sum(batch.num_rows for batch in batches)
    except (pa.ArrowException, OSError) as error:
        raise InvalidContainer("isi tabel tidak terbaca") from error


def _import_tables(raw_import: RawImport, container: ContainerReader, manifest: Manifest) -> None:
    for name, expected in manifest.tables.items():
        table, file = TABLES[name], _open_parquet(name, container)
        imported = raw_import.import_rows(table, file.schema_arrow.names, _iter_rows(file))
        if imported != expected.rows or raw_import.count_rows(table) != expected.rows:
            raise InvalidContainer(f"tabel {name} bukan {expected.rows} baris")
        if raw_import.last_number(table) != expected.last:
            raise InvalidContainer(f"tabel {name} tidak berakhir pada nomor {expected.last}")
    breaks = raw_import.find_breaks(manifest.head[1])
    if not set(breaks) <= set(manifest.breaks):
        raise InvalidContainer(f"jejaknya rusak: {breaks[0]}")
    if raw_import.audit_head() != manifest.head:
        raise InvalidContainer("jejaknya tidak berakhir seperti tertulis pada manifest")


def _open_parquet(name: str, container: ContainerReader) -> Any:
    try:
        return pq.ParquetFile(pa.PythonFile(container.open_member(_table_path(name)), mode="r"))
    except (pa.ArrowException, OSError) as error:
        raise InvalidContainer(f"tabel {name} tidak terbaca") from error


def _iter_rows(file: Any, names: list[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, with one chunk in memory at a time."""
    names = names or file.schema_arrow.names
    try:
        for batch in file.iter_batches(raw_tables.CHUNK_ROWS, columns=names, use_threads=False):
            cells = [batch.column(name).to_pylist() for name in names]
            yield from zip(*cells, strict=True)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InvalidContainer("isi tabel tidak terbaca") from error


def _table_path(name: str) -> str:
    return f"tabel/{name}.parquet"


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Turn errors with this file into BackupError with one sentence."""
    try:
        yield
    except BackupError:
        raise
    except InvalidContainer as error:
        raise BackupError(f"{path.name} tidak dapat dipakai: {error}.") from error
    except FileExistsError as error:
        raise BackupError(f"{path} sudah ada dan tidak ditimpa. Beri nama lain.") from error
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename or path} tidak ada.") from error
    except pa.ArrowException as error:
        raise BackupError(f"Isi penyimpanan tidak sesuai tabelnya: {error}") from error
    except OSError as error:
        if error.errno in NO_SPACE_ERRNOS:
            raise BackupError(
                f"Disk penuh, {path} tidak ditulis. Kosongkan ruang, lalu ulangi."
            ) from error
        raise BackupError(f"{path}: {error.strerror or error}.") from error
