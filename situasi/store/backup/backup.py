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
from situasi.store.backup.backup_container import Broken, Sealed
from situasi.store.backup.raw_tables import TABLES, Placing, State
from situasi.store.interface import Scope, Store
from situasi.store.timestamps import to_micros

FORMAT = 1
_MANIFEST = "manifest.json"
_MOST_SAID = 4 << 20  # bytes of the manifest
_MOST_DEFINITION = 64 << 20  # bytes of the files that define an election
_MOST_GROUP = 1 << 30  # bytes that a piece of a table may claim to need
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class KeepingRefused(ValueError):
    """The copy cannot be made, or is not whole, or is not for this store; the message says why."""


@dataclass(frozen=True)
class Member:
    """A file within a copy."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class TableMember(Member):
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
    tables: Mapping[str, TableMember]
    files: Mapping[str, Member]

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
    tell: bool = True,
) -> Manifest:
    """Keep one moment of the store in a new file, read it back, and tell the trail.

    The file is of the scope that the store says it has; of the election's where it says none.

    tell: not in a store above, whose trail must stay that of the store it came from.
    Raises KeepingRefused (and leaves nothing) where the file is there, or cannot be written.
    """
    scope = store.scope() or Scope(election.contest, election.kabupaten_code)
    with _explained(path), atomic_files.create_file(path) as file:
        with store.state() as state:
            made = _written(state, scope, election, file, at, actor)
        proven(file)
    if tell:
        detail = {"file": path.name, "rows": made.rows, "head": made.head[0]}
        store.tell("backup", actor, at, detail)
    return made


def check(path: Path) -> Manifest:
    """Prove a copy without putting it back. Raises KeepingRefused where it is not whole."""
    with _explained(path), path.open("rb") as file:
        return proven(file)[1]


def restore(store: Store, scope: Scope, path: Path, at: datetime, actor: str) -> Manifest:
    """Put a copy back into an empty store of the same scope: all of it, or nothing.

    Raises KeepingRefused where the copy is not whole or of another scope, or the store holds
    anything; StoreError where it cannot be written to.
    """
    with _explained(path), path.open("rb") as file:
        packed, told = proven(file)
        copied = Scope(told.contest, told.kabupaten)
        for own in (store.scope() or scope, scope):
            if copied != own:
                raise KeepingRefused(
                    f"{path.name} milik {copied.contest}/{copied.kabupaten}, bukan"
                    f" {own.contest}/{own.kabupaten}. Tidak ada yang diubah."
                )
        with store.placing() as placing:
            if not placing.is_empty():
                raise KeepingRefused(
                    "Penyimpanan ini sudah berisi. Pulihkan ke penyimpanan yang masih kosong"
                    " (SITUASI_STORE atau SITUASI_DATA lain). Tidak ada yang diubah."
                )
            _placed(placing, packed, told)
            detail = {"file": path.name, "made_at": told.made_at, "head": told.head[0]}
            placing.tell(to_micros(at), actor, "restore", detail)
            placing.commit()
    return told


def differing(told: Manifest, election: Election) -> list[str]:
    """Files of the definition that are not as they are in a copy, by name."""
    here = {name: backup_container.sum_of(path) for name, path in _definition(election)}
    names = here.keys() | told.files.keys()
    return sorted(n for n in names if n not in told.files or told.files[n].sha256 != here.get(n))


def _written(
    state: State, scope: Scope, election: Election, file: BinaryIO, at: datetime, actor: str
) -> Manifest:
    with backup_container.writing(file) as packed:
        tables = {name: _keep_table(packed, state, name) for name in TABLES}
        files = {
            name: _keep_file(packed, name, path.read_bytes())
            for name, path in _definition(election)
        }
        head = state.head()
        told = Manifest(
            format=FORMAT,
            situasi=situasi.__version__,
            contest=scope.contest,
            kabupaten=scope.kabupaten,
            election=election.name,
            schema=raw_tables.fingerprint(),
            made_at=at.isoformat(),
            made_by=actor,
            head=head,
            breaks=tuple(state.breaks(head[1])),
            tables=tables,
            files=files,
        )
        _keep_file(packed, _MANIFEST, json.dumps(asdict(told), indent=1).encode())
    return told


def _keep_table(packed: ZipFile, state: State, name: str) -> TableMember:
    table = TABLES[name]
    with backup_container.member(packed, _of_table(name)) as sink:
        rows = 0
        with pq.ParquetWriter(sink, raw_tables.schema(table), compression="zstd") as writer:
            for piece in state.pieces(table):
                writer.write_batch(piece)
                rows += piece.num_rows
    return TableMember(sink.sha256, sink.size, rows, state.last(table))


def _keep_file(packed: ZipFile, name: str, content: bytes) -> Member:
    with backup_container.member(packed, name) as sink:
        sink.write(content)
    return Member(sink.sha256, sink.size)


def _definition(election: Election) -> Iterator[tuple[str, Path]]:
    """The files of the election's folder and of its boundaries, by their names in a copy."""
    for word, folder in (("pemilihan", election.folder), ("batas", election.boundaries_folder)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{word}/{path.relative_to(folder).as_posix()}", path


def proven(file: BinaryIO) -> tuple[Sealed, Manifest]:
    """A copy of which every sum, row and seal is right. Raises Broken or KeepingRefused."""
    packed = Sealed(file)
    told = _manifest(packed)
    members: dict[str, Member] = {_of_table(name): one for name, one in told.tables.items()}
    members |= told.files
    if packed.names != {*members, _MANIFEST}:
        raise Broken("isinya bukan yang tertulis pada manifest")
    for name, member in members.items():
        if packed.size(name) != member.bytes or packed.sha256(name) != member.sha256:
            raise Broken(f"{name} berubah")
    for name, one in told.tables.items():
        _check_table(name, packed, one)
    said = _entries(packed)
    found = audit_log.breaks(said, told.head[1], None)
    if not set(found) <= set(told.breaks):
        raise Broken(f"jejaknya rusak: {found[0]}")
    return packed, told


def _manifest(packed: Sealed) -> Manifest:
    if _MANIFEST not in packed.names or packed.size(_MANIFEST) > _MOST_SAID:
        raise Broken("bukan cadangan Situasi")
    try:
        said = json.loads(packed.window(_MANIFEST).read())
        if int(said["format"]) > FORMAT:
            raise KeepingRefused(
                f"Cadangan ini dibuat oleh Situasi yang lebih baru ({str(said['situasi'])[:20]})."
                " Perbarui Situasi."
            )
        number, seal = said.pop("head")
        told = Manifest(
            **said
            | {
                "head": (int(number), str(seal)),
                "breaks": tuple(map(str, said["breaks"])),
                "tables": {name: TableMember(**one) for name, one in said["tables"].items()},
                "files": {name: Member(**one) for name, one in said["files"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, KeepingRefused):
            raise
        raise Broken("manifest tidak terbaca") from error
    strangers = told.tables.keys() - TABLES.keys()
    if strangers:
        raise _newer(strangers)
    if told.tables.keys() != TABLES.keys() and told.schema == raw_tables.fingerprint():
        raise Broken("ada tabel yang hilang")
    if sum(packed.size(n) for n in told.files if n in packed.names) > _MOST_DEFINITION:
        raise Broken("definisi pemilihannya terlalu besar")
    return told


def _newer(names: Iterable[str]) -> KeepingRefused:
    listed = ", ".join(sorted(names))[:200]
    return KeepingRefused(f"Cadangan ini memuat yang belum dikenal ({listed}). Perbarui Situasi.")


def _check_table(name: str, packed: Sealed, told: TableMember) -> None:
    file = _parquet(name, packed)
    table, found = TABLES[name], file.schema_arrow
    known = {field.name: field for field in raw_tables.schema(table)}
    if strangers := set(found.names) - known.keys():
        raise _newer(strangers)
    # A column that came later is missing in every row of an older store.
    later = [known[column] for column in known.keys() - set(found.names)]
    if any(not field.nullable for field in later) or any(
        field.type != known[field.name].type for field in found
    ):
        raise Broken(f"tabel {name} tidak berbentuk tabel itu")
    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    if any(
        one.num_rows > raw_tables.PIECE or not 0 <= one.total_byte_size <= _MOST_GROUP
        for one in groups
    ):
        raise Broken(f"tabel {name} berpotongan terlalu besar")
    if file.metadata.num_rows != told.rows or _counted(file) != told.rows:
        raise Broken(f"tabel {name} bukan {told.rows} baris")


def _counted(file: Any) -> int:
    """How many rows there are when each is read."""
    try:
        return sum(
            batch.num_rows for batch in file.iter_batches(raw_tables.PIECE, use_threads=False)
        )
    except (pa.ArrowException, OSError) as error:
        raise Broken("isi tabel tidak terbaca") from error


def _placed(placing: Placing, packed: Sealed, told: Manifest) -> None:
    for name, one in told.tables.items():
        table, file = TABLES[name], _parquet(name, packed)
        placed = placing.place(table, file.schema_arrow.names, _rows(file))
        if placed != one.rows or placing.count(table) != one.rows:
            raise Broken(f"tabel {name} bukan {one.rows} baris")
        if placing.last(table) != one.last:
            raise Broken(f"tabel {name} tidak berakhir pada nomor {one.last}")
    found = placing.breaks(told.head[1])
    if not set(found) <= set(told.breaks):
        raise Broken(f"jejaknya rusak: {found[0]}")
    if placing.head() != told.head:
        raise Broken("jejaknya tidak berakhir seperti tertulis pada manifest")


def _entries(packed: Sealed) -> Iterator[tuple[Any, ...]]:
    names = list(audit_log.COLUMNS)
    yield from _rows(_parquet("audit", packed), names)


def _parquet(name: str, packed: Sealed) -> Any:
    try:
        return pq.ParquetFile(pa.PythonFile(packed.window(_of_table(name)), mode="r"))
    except (pa.ArrowException, OSError) as error:
        raise Broken(f"tabel {name} tidak terbaca") from error


def _rows(file: Any, names: list[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, a piece of it in memory at a time."""
    names = names or file.schema_arrow.names
    try:
        for batch in file.iter_batches(raw_tables.PIECE, columns=names, use_threads=False):
            cells = [batch.column(name).to_pylist() for name in names]
            yield from zip(*cells, strict=True)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise Broken("isi tabel tidak terbaca") from error


def _of_table(name: str) -> str:
    return f"tabel/{name}.parquet"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What goes wrong with this file, in one sentence."""
    try:
        yield
    except KeepingRefused:
        raise
    except Broken as error:
        raise KeepingRefused(f"{path.name} tidak dapat dipakai: {error}.") from error
    except FileExistsError as error:
        raise KeepingRefused(f"{path} sudah ada dan tidak ditimpa. Beri nama lain.") from error
    except FileNotFoundError as error:
        raise KeepingRefused(f"{error.filename or path} tidak ada.") from error
    except pa.ArrowException as error:
        raise KeepingRefused(f"Isi penyimpanan tidak sesuai tabelnya: {error}") from error
    except OSError as error:
        if error.errno in _FULL:
            raise KeepingRefused(
                f"Disk penuh, {path} tidak ditulis. Kosongkan ruang, lalu ulangi."
            ) from error
        raise KeepingRefused(f"{path}: {error.strerror or error}.") from error
