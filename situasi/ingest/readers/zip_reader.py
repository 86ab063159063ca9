"""Archives of tables, as form tools export them: each file in one is read as if it came alone."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.readers import file_types, reserved_columns
from situasi.ingest.readers.workbooks import xlsx_guard
from situasi.ingest.readers.workbooks.xlsx_guard import ARCHIVE_ERRORS, check_directory
from situasi.ingest.tables import SourceError

MAX_TABLES = 50  # files in one archive
MAX_UNPACKED_BYTES = 200_000_000  # bytes of all of them, unpacked
_MAX_RATIO = 200  # unpacked to packed bytes of one file; text seldom packs beyond 50
_BLOCK_BYTES = 1 << 20
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
_SUFFIXES = (*_TEXT_SUFFIXES, *_WORKBOOK_SUFFIXES, ".json", ".jsonl", ".ndjson", ".geojson")
_FEW_BYTES = 1 << 20  # below this any ratio is harmless
_OUTSIDE = re.compile(r"/|[a-z]:|(?:.*/)?\.\.(?:/|$)", re.IGNORECASE)  # `../../etc/a.csv`

_DAMAGED = "Arsip ZIP ini rusak, terpotong atau bersandi; ekspor ulang, lalu kirim lagi."
_TOO_LARGE = "Isi arsip ZIP ini terlalu besar; bagi menjadi beberapa berkas."
_TOO_MANY = f"Arsip ZIP ini berisi lebih dari {MAX_TABLES} berkas; kirim satu per satu."
_NESTED = "Arsip ZIP ini berisi arsip ZIP lain; keluarkan isinya, lalu kirim lagi."


@dataclass(frozen=True)
class Member:
    """A file of an archive, unpacked.

    label: its name without folder and ending; name: with its ending.
    """

    label: str
    path: Path
    name: str

    @property
    def file(self) -> str:
        """Return its name where it is a source of its own, a workbook or JSON.

        "" for a text, which may be a table beside the others.
        """
        return "" if self.path.suffix in _TEXT_SUFFIXES else self.name


class Contents(NamedTuple):
    """What an archive holds. others: how many files that are no tables.

    outside: the names of tables that point out of the archive; these are not unpacked.
    """

    members: list[Member]
    others: int
    outside: list[str]


def holds_tables(path: Path) -> bool:
    """Return whether an archive has files of tables and is no workbook or other document."""
    return bool(_list_tables(path))


def holds_one_text(path: Path) -> bool:
    """Return whether a file is an archive with one text, and no other file that may be a table."""
    with path.open("rb") as file:
        if not file_types.is_zip(file.read(4)):
            return False
    names = _list_tables(path)
    return len(names) == 1 and names[0].lower().endswith(".txt")


def _list_tables(path: Path) -> list[str]:
    try:
        check_directory(path)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except ARCHIVE_ERRORS:
        return []
    return [] if "[Content_Types].xml" in names else [name for name in names if _is_table(name)]


def _is_table(name: str) -> bool:
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in _to_slashes(name).split("/"))
    return name.lower().endswith(_SUFFIXES) and not (is_hidden or _is_outside(name))


def _is_outside(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and bool(_OUTSIDE.match(_to_slashes(name)))


def _to_slashes(name: str) -> str:
    return name.replace("\\", "/")


@contextmanager
def unpack(path: Path) -> Iterator[Contents]:
    """Unpack the tables of an archive while they are read.

    The table of a form comes before those of its repeat groups. Raises SourceError.
    """
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        try:
            unpacked = _unpack(path, Path(folder))
        except ARCHIVE_ERRORS as damage:
            if isinstance(damage, OSError) and damage.errno in NO_SPACE_ERRNOS:
                raise
            raise SourceError(_DAMAGED) from damage
        yield unpacked


def _unpack(path: Path, folder: Path) -> Contents:
    """Unpack the files that may be tables.

    The sizes that the archive states do not count. No name of a member becomes a path.
    """
    with zipfile.ZipFile(path) as archive:
        infos = list({info.filename: info for info in archive.infolist()}.values())
        wanted = [info for info in infos if not info.is_dir() and _is_table(info.filename)]
        outside = [_clean(info.filename) for info in infos if _is_outside(info.filename)]
        others = sum(not info.is_dir() for info in infos) - len(wanted) - len(outside)
        if len(wanted) + len(outside) > MAX_TABLES:
            raise SourceError(_TOO_MANY)
        budget, workbook_budget = MAX_UNPACKED_BYTES, xlsx_guard.MAX_UNPACKED_BYTES
        members = []
        for number, info in enumerate(wanted):
            name = PurePosixPath(_to_slashes(info.filename))
            target = folder / f"{number}{name.suffix.lower()}"
            budget -= _copy(archive, info, target, budget)
            workbook_budget -= _measure_workbook(target)
            if workbook_budget < 0:
                raise SourceError(_TOO_LARGE)
            members.append(Member(_clean(name.stem), target, _clean(name.name)))
    members.sort(key=lambda member: len(member.label))  # names of repeat groups are longer
    return Contents(members, others, outside)


def _measure_workbook(path: Path) -> int:
    """Return how many bytes a workbook has unpacked; 0 for what is none. Raises SourceError.

    Its parts yield no more than they state.
    """
    with path.open("rb") as file:
        if not file_types.is_zip(file.read(4)):
            return 0
    if holds_tables(path):
        raise SourceError(_NESTED)
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as workbook:
            return sum(part.file_size for part in workbook.infolist())
    except ARCHIVE_ERRORS:
        return 0  # damaged: its reader says so


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Copy a member; return its bytes. Raises SourceError beyond the budget or the ratio."""
    size = 0
    with archive.open(info) as source, target.open("wb") as copy:
        while block := source.read(_BLOCK_BYTES):
            size += len(block)
            is_bomb = size > _FEW_BYTES and size > _MAX_RATIO * max(1, info.compress_size)
            if size > budget or is_bomb:
                raise SourceError(_TOO_LARGE)
            copy.write(block)
    return size


def _clean(name: str) -> str:
    return reserved_columns.clean_text(reserved_columns.excerpt(name, 60)) or "berkas"
