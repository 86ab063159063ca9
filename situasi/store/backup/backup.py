"""The whole store in one file, and back: every row of every table, proven before it is kept."""

from __future__ import annotations

import errno
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
from situasi.domain.election import Election
from situasi.store.audit import audit_log
from situasi.store.backup import backup_container, raw_tables
from situasi.store.backup.backup_container import ContainerReader, InvalidContainer
from situasi.store.backup.raw_tables import TABLES, RawImport, RawSnapshot
from situasi.store.interface import Scope, Store
from situasi.store.timestamps import to_micros

FORMAT = 1
_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 4 << 20  # bytes of the manifest
_MAX_DEFINITION_BYTES = 64 << 20  # bytes of the files that define an election
_MAX_ROW_GROUP_BYTES = 1 << 30  # bytes that a piece of a table may claim to need
_DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class BackupError(ValueError):
    """The copy cannot be made, or is not whole, or is not for this store; the message says why."""


@dataclass(frozen=True)
class BackupMember:
    """A file within a copy."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class BackupTable(BackupMember):
    """A table within a copy: how many rows, and the highest number."""

    rows: int
    last: int


@dataclass(frozen=True)
class Manifest:
    """What a copy says of itself.

    schema: verbatim.fingerprint of the store it is from. head: number and seal of the end of the
    trail. breaks: what was broken in that trail already. files: what defines the election.
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
        return sum(table.rows for table in self.tables.values())


def write(
    store: Store,
    election: Election,
    path: Path,
    at: datetime,
    actor: str,
    *,
    log_audit: bool = True,
) -> Manifest:
    """Keep one moment of the store in a new file, read it back, and tell the trail.

    The file is of the scope that the store says it has; of the election's where it says none.

    tell: not in a store above, whose trail must stay that of the store it came from.
    Raises KeepingRefused (and leaves nothing) where the file is there, or cannot be written.
    """
    scope = store.scope() or Scope(election.contest, election.kabupaten_code)
    with _translate_errors(path), atomic_files.create_file(path) as file:
        with store.raw_snapshot() as state:
            made = _write_members(state, scope, election, file, at, actor)
        verify_container(file)
    if log_audit:
        detail = {"file": path.name, "rows": made.rows, "head": made.head[0]}
        store.log_audit("backup", actor, at, detail)
    return made


def check(path: Path) -> Manifest:
    """Prove a copy without putting it back. Raises KeepingRefused where it is not whole."""
    with _translate_errors(path), path.open("rb") as file:
        return verify_container(file)[1]


def restore(store: Store, scope: Scope, path: Path, at: datetime, actor: str) -> Manifest:
    """Put a copy back into an empty store of the same scope: all of it, or nothing.

    Raises KeepingRefused where the copy is not whole or of another scope, or the store holds
    anything; StoreError where it cannot be written to.
    """
    with _translate_errors(path), path.open("rb") as file:
        packed, told = verify_container(file)
        copied = Scope(told.contest, told.kabupaten)
        for own in (store.scope() or scope, scope):
            if copied != own:
                raise BackupError(
                    f"{path.name} milik {copied.contest}/{copied.kabupaten}, bukan"
                    f" {own.contest}/{own.kabupaten}. Tidak ada yang diubah."
                )
        with store.raw_import() as placing:
            if not placing.is_empty():
                raise BackupError(
                    "Penyimpanan ini sudah berisi. Pulihkan ke penyimpanan yang masih kosong"
                    " (SITUASI_STORE atau SITUASI_DATA lain). Tidak ada yang diubah."
                )
            _import_tables(placing, packed, told)
            detail = {"file": path.name, "made_at": told.made_at, "head": told.head[0]}
            placing.log_audit(to_micros(at), actor, "restore", detail)
            placing.commit()
    return told


def find_changed_files(manifest: Manifest, election: Election) -> list[str]:
    """Files of the definition that are not as they are in a copy, by name."""
    here = {
        name: backup_container.compute_file_sha256(path)
        for name, path in _iter_definition_files(election)
    }
    names = here.keys() | manifest.files.keys()
    return sorted(
        n for n in names if n not in manifest.files or manifest.files[n].sha256 != here.get(n)
    )


def _write_members(
    snapshot: RawSnapshot,
    scope: Scope,
    election: Election,
    file: BinaryIO,
    at: datetime,
    actor: str,
) -> Manifest:
    with backup_container.open_container_writer(file) as packed:
        tables = {name: _write_table(packed, snapshot, name) for name in TABLES}
        files = {
            name: _write_file(packed, name, path.read_bytes())
            for name, path in _iter_definition_files(election)
        }
        head = snapshot.audit_head()
        told = Manifest(
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
        _write_file(packed, _MANIFEST, json.dumps(asdict(told), indent=1).encode())
    return told


def _write_table(container: ZipFile, snapshot: RawSnapshot, name: str) -> BackupTable:
    table = TABLES[name]
    with backup_container.open_member_writer(container, _table_path(name)) as sink:
        rows = 0
        with pq.ParquetWriter(sink, raw_tables.arrow_schema(table), compression="zstd") as writer:
            for piece in snapshot.iter_chunks(table):
                writer.write_batch(piece)
                rows += piece.num_rows
    return BackupTable(sink.sha256, sink.size, rows, snapshot.last_number(table))


def _write_file(container: ZipFile, name: str, content: bytes) -> BackupMember:
    with backup_container.open_member_writer(container, name) as sink:
        sink.write(content)
    return BackupMember(sink.sha256, sink.size)


def _iter_definition_files(election: Election) -> Iterator[tuple[str, Path]]:
    """The files of the election's folder and of its boundaries, by their names in a copy."""
    for word, folder in (("pemilihan", election.folder), ("batas", election.boundaries_folder)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{word}/{path.relative_to(folder).as_posix()}", path


def verify_container(file: BinaryIO) -> tuple[ContainerReader, Manifest]:
    """A copy of which every sum, row and seal is right. Raises Broken or KeepingRefused."""
    packed = ContainerReader(file)
    told = _read_manifest(packed)
    members: dict[str, BackupMember] = {_table_path(name): one for name, one in told.tables.items()}
    members |= told.files
    if packed.names != {*members, _MANIFEST}:
        raise InvalidContainer("isinya bukan yang tertulis pada manifest")
    for name, member in members.items():
        if packed.size(name) != member.bytes or packed.sha256(name) != member.sha256:
            raise InvalidContainer(f"{name} berubah")
    for name, one in told.tables.items():
        _check_table(name, packed, one)
    said = _iter_audit_entries(packed)
    found = audit_log.find_breaks(said, told.head[1], None)
    if not set(found) <= set(told.breaks):
        raise InvalidContainer(f"jejaknya rusak: {found[0]}")
    return packed, told


def _read_manifest(container: ContainerReader) -> Manifest:
    if _MANIFEST not in container.names or container.size(_MANIFEST) > _MAX_MANIFEST_BYTES:
        raise InvalidContainer("bukan cadangan Situasi")
    try:
        said = json.loads(container.open_member(_MANIFEST).read())
        if int(said["format"]) > FORMAT:
            raise BackupError(
                f"Cadangan ini dibuat oleh Situasi yang lebih baru ({str(said['situasi'])[:20]})."
                " Perbarui Situasi."
            )
        number, seal = said.pop("head")
        told = Manifest(
            **said
            | {
                "head": (int(number), str(seal)),
                "breaks": tuple(map(str, said["breaks"])),
                "tables": {name: BackupTable(**one) for name, one in said["tables"].items()},
                "files": {name: BackupMember(**one) for name, one in said["files"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, BackupError):
            raise
        raise InvalidContainer("manifest tidak terbaca") from error
    strangers = told.tables.keys() - TABLES.keys()
    if strangers:
        raise _newer_version_error(strangers)
    if told.tables.keys() != TABLES.keys() and told.schema == raw_tables.schema_fingerprint():
        raise InvalidContainer("ada tabel yang hilang")
    if sum(container.size(n) for n in told.files if n in container.names) > _MAX_DEFINITION_BYTES:
        raise InvalidContainer("definisi pemilihannya terlalu besar")
    return told


def _newer_version_error(names: Iterable[str]) -> BackupError:
    listed = ", ".join(sorted(names))[:200]
    return BackupError(f"Cadangan ini memuat yang belum dikenal ({listed}). Perbarui Situasi.")


def _check_table(name: str, container: ContainerReader, expected: BackupTable) -> None:
    file = _open_parquet(name, container)
    table, found = TABLES[name], file.schema_arrow
    known = {field.name: field for field in raw_tables.arrow_schema(table)}
    if strangers := set(found.names) - known.keys():
        raise _newer_version_error(strangers)
    # A column that came later is missing in every row of an older store.
    later = [known[column] for column in known.keys() - set(found.names)]
    if any(not field.nullable for field in later) or any(
        field.type != known[field.name].type for field in found
    ):
        raise InvalidContainer(f"tabel {name} tidak berbentuk tabel itu")
    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    if any(
        one.num_rows > raw_tables.CHUNK_ROWS or not 0 <= one.total_byte_size <= _MAX_ROW_GROUP_BYTES
        for one in groups
    ):
        raise InvalidContainer(f"tabel {name} berpotongan terlalu besar")
    if file.metadata.num_rows != expected.rows or _count_rows(file) != expected.rows:
        raise InvalidContainer(f"tabel {name} bukan {expected.rows} baris")


def _count_rows(file: Any) -> int:
    """How many rows there are when each is read."""
    try:
        return sum(
            batch.num_rows for batch in file.iter_batches(raw_tables.CHUNK_ROWS, use_threads=False)
        )
    except (pa.ArrowException, OSError) as error:
        raise InvalidContainer("isi tabel tidak terbaca") from error


def _import_tables(raw_import: RawImport, container: ContainerReader, manifest: Manifest) -> None:
    for name, one in manifest.tables.items():
        table, file = TABLES[name], _open_parquet(name, container)
        placed = raw_import.import_rows(table, file.schema_arrow.names, _iter_rows(file))
        if placed != one.rows or raw_import.count_rows(table) != one.rows:
            raise InvalidContainer(f"tabel {name} bukan {one.rows} baris")
        if raw_import.last_number(table) != one.last:
            raise InvalidContainer(f"tabel {name} tidak berakhir pada nomor {one.last}")
    found = raw_import.find_breaks(manifest.head[1])
    if not set(found) <= set(manifest.breaks):
        raise InvalidContainer(f"jejaknya rusak: {found[0]}")
    if raw_import.audit_head() != manifest.head:
        raise InvalidContainer("jejaknya tidak berakhir seperti tertulis pada manifest")


def _iter_audit_entries(container: ContainerReader) -> Iterator[tuple[Any, ...]]:
    names = list(audit_log.COLUMNS)
    yield from _iter_rows(_open_parquet("audit", container), names)


def _open_parquet(name: str, container: ContainerReader) -> Any:
    try:
        return pq.ParquetFile(pa.PythonFile(container.open_member(_table_path(name)), mode="r"))
    except (pa.ArrowException, OSError) as error:
        raise InvalidContainer(f"tabel {name} tidak terbaca") from error


def _iter_rows(file: Any, names: list[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, a piece of it in memory at a time."""
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
    """What goes wrong with this file, in one sentence."""
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
        if error.errno in _DISK_FULL_ERRNOS:
            raise BackupError(
                f"Disk penuh, {path} tidak ditulis. Kosongkan ruang, lalu ulangi."
            ) from error
        raise BackupError(f"{path}: {error.strerror or error}.") from error
