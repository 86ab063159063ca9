"""Size checks on a workbook before any part of it is expanded in memory.

calamine allocates a full rectangle from the first to the last cell and a copy of each shared
text per use, so a small hostile or damaged file could take all memory at once. Only parts that
were measured are copied to a new archive: the sizes that the sender's archive states do not count.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.readers.reserved_columns import MAX_CELL_CHARS
from situasi.ingest.readers.workbooks import xlsx_size
from situasi.ingest.readers.workbooks.xlsx_size import CONTENT_TOO_LARGE
from situasi.ingest.tables import SourceError

MAX_FILE_BYTES = 100_000_000  # bytes, as sent
MAX_UNPACKED_BYTES = 300_000_000  # bytes of all parts that matter, unpacked
MAX_MEMBERS = 2_000
MAX_SHEETS = 200
MAX_MERGES = 20_000
_BLOCK_BYTES = 1 << 20
_SEARCH_BYTES = 1 << 16

# Parts without cells: pictures, drawings, comments, pivot tables, macros.
_SKIPPED_PARTS = re.compile(
    r"(docProps|customXml|xl/(media|theme|drawings|charts|embeddings|comments|threadedComments"
    r"|pivotCache|pivotTables|printerSettings|externalLinks|calcChain))",
    re.IGNORECASE,
)
_OTHER_ARCHIVES = (
    ("word/", "dokumen Word"),
    ("ppt/", "presentasi PowerPoint"),
    ("xl/workbook.bin", "berkas Excel biner (.xlsb); simpan ulang sebagai .xlsx,"),
    ("content.xml", "dokumen LibreOffice,"),
    ("doc.kml", "berkas peta KMZ"),
    ("AndroidManifest.xml", "aplikasi Android"),
)
DAMAGED = "Berkas Excel ini rusak atau terpotong; simpan ulang di Excel, lalu kirim lagi."
_FORBIDDEN_XML = "Berkas Excel ini memuat definisi XML yang tidak dipakai Excel, maka ditolak."
# Errors of the standard library on archives that are damaged, encrypted or of another kind.
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    KeyError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)
_ERROR_CELL = re.compile(rb'(<(?:[^\s<>/:]*:)?c\s[^<>]*?\bt=(["\']))e(?=\2)')


def copy_checked(path: Path, target: Path) -> None:
    """Copy the parts of this workbook that hold cells into a plain archive, and check their size.

    Error cells (#N/A) become texts on the way; calamine would return them as empty.
    Raises SourceError when the file is not a workbook, damaged, or beyond a limit.
    """
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as plain:
            _copy_members(archive, plain, _select_members(archive))
        with zipfile.ZipFile(target) as plain:
            _check_size(plain)
    except ARCHIVE_ERRORS as damage:
        if isinstance(damage, OSError) and damage.errno in NO_SPACE_ERRNOS:
            raise
        raise SourceError(DAMAGED) from damage


def check_directory(path: Path) -> None:
    """Raise SourceError if the archive's directory alone would fill the memory."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(CONTENT_TOO_LARGE)
    entries, tail = 0, b""
    with path.open("rb") as file:
        while block := file.read(_SEARCH_BYTES):
            entries += (tail + block).count(b"PK\x01\x02")
            tail = block[-3:]
            if entries > MAX_MEMBERS:
                raise SourceError("Arsip ini berisi terlalu banyak berkas untuk sebuah Excel.")


def _select_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members to copy, shared texts first. Raises SourceError if it is no workbook."""
    # Of a duplicate name only the last entry counts.
    members = list({info.filename: info for info in archive.infolist()}.values())
    names = [info.filename.replace("\\", "/") for info in members]
    if not any(re.fullmatch(r"/?xl/[^/]*\.xml", name, re.IGNORECASE) for name in names):
        raise SourceError(_format_not_a_workbook(names))
    wanted = [
        info
        for info, name in zip(members, names, strict=True)
        if name.lower().endswith((".xml", ".rels")) and not _SKIPPED_PARTS.match(name.lstrip("/"))
    ]
    return sorted(wanted, key=lambda info: "sharedstrings" not in info.filename.lower())


def _format_not_a_workbook(names: list[str]) -> str:
    for start, kind in _OTHER_ARCHIVES:
        if any(name.startswith(start) for name in names):
            return f"Berkas ini sebenarnya {kind} bukan buku kerja Excel (.xlsx)."
    return "Berkas ini sebenarnya arsip ZIP; keluarkan isinya, lalu kirim berkas di dalamnya."


def _copy_members(
    archive: zipfile.ZipFile, target: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> None:
    budget, sheets, merges = MAX_UNPACKED_BYTES, 0, 0
    for info in members:
        with archive.open(info) as source, target.open(info.filename, "w") as copy:
            for chunk in read_xml_chunks(source):
                check_no_definitions(chunk)
                budget -= len(chunk)
                sheets += chunk.count(b"sheetId")
                merges += chunk.count(b"mergeCell ")
                if budget < 0 or sheets > MAX_SHEETS or merges > MAX_MERGES:
                    raise SourceError(CONTENT_TOO_LARGE)
                if b't="e"' in chunk or b"t='e'" in chunk:
                    chunk = _ERROR_CELL.sub(rb"\1str", chunk)
                copy.write(chunk)


def check_no_definitions(chunk: bytes) -> None:
    """Raise SourceError where a part of XML defines entities, which could grow without end."""
    if b"<!" in chunk and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
        raise SourceError(_FORBIDDEN_XML)


def read_xml_chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the part in chunks, cut before a cell where there is one, never inside a tag."""
    rest = b""
    while block := source.read(_BLOCK_BYTES):
        chunk = rest + block
        cut = chunk.rfind(b"<c ")
        cut = cut if cut > 0 else chunk.rfind(b"<")
        if cut > 0:
            yield chunk[:cut]
        rest = chunk[max(cut, 0) :]
        if len(rest) > 4 * MAX_CELL_CHARS:
            raise SourceError(xlsx_size.CELL_TOO_LONG)
    yield rest


def _check_size(archive: zipfile.ZipFile) -> None:
    """Raise SourceError if the cells of all parts would take more memory than the limits."""
    shared: Sequence[int] = ()
    area = text_bytes = 0
    for name in archive.namelist():
        if "sharedstrings" in name.lower():
            with archive.open(name) as source:
                shared = xlsx_size.read_shared_text_lengths(read_xml_chunks(source))
            continue
        with archive.open(name) as source:
            size = xlsx_size.measure_plain_sheet(read_xml_chunks(source), shared)
        if size is None or size.exceeds_limit:
            with archive.open(name) as source:
                size = xlsx_size.measure_any_sheet(source, shared)
        area, text_bytes = area + size.cell_count, text_bytes + size.text_bytes
        xlsx_size.check_area(size.rows, size.columns, area)
        if text_bytes > xlsx_size.MAX_TEXT_BYTES:
            raise SourceError(CONTENT_TOO_LARGE)
