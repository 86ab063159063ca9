"""Files that stay beside the store after they were read: each NRP in them becomes its mark.

They are kept to be brought in again after a restore: with marks they give the same rows.
"""

import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from situasi.access.officer_key import OfficerKey
from situasi.common import atomic_files, service_numbers
from situasi.ingest.readers import file_types
from situasi.ingest.readers.word_documents import write_as_text
from situasi.ingest.readers.workbooks import xlsx_copy
from situasi.ingest.redaction.persons import replace_numbers

_MAX_UNPACKED_BYTES = 512 << 20
_FEW_BYTES = 1 << 20
_MAX_RATIO = 200  # unpacked to packed bytes; sheets and texts seldom pack beyond 50
_TEXT_MEMBERS = (".xml", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".geojson")
_ARCHIVE_MEMBERS = (".xlsx", ".xlsm")
_OTHER_WORKBOOK_MEMBERS = (".xls", ".ods")
_BLOCK_BYTES = 1 << 20
_WINDOW, _OVERLAP = 4096, 8  # characters
_LONGEST_PIECE = 8 << 20  # of a text without any line break
_UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# A number of a workbook's sheet, which becomes a text; and any text of XML.
_SHEET_NUMBER = re.compile(r"<c\b([^>]*)><v>(\d{7,18})(?:\.0+)?</v>")
_TYPE = re.compile(r"\s+t=\"n\"")
_XML_TEXT = re.compile(r">([^<>]*\d[^<>]*)(?=<|\Z)")
_JSON_NUMBER = re.compile(r"(\"\s*:\s*)(\d{7,18})(?:\.0+)?(?=\s*[,}\]\r\n])")
# An NRP whose leading zero a spreadsheet took.
_SHORTENED = re.compile(r"(?<!\d)(?<!\d\.)[1-9](?:0[1-9]|1[0-2])\d{4}(?!\d)")

# Where a text may be cut: behind a line that does not end with a label, else behind an object.
_LINE_END = re.compile(r"(?<!nrp)(?<!nip)\n", re.IGNORECASE)
_BREAKS = (_LINE_END, re.compile(r"\}"), re.compile(r"[^\w .:/\-]"))
_XML_BREAKS = (re.compile(r"(?=<c )"), re.compile(r"(?=<)"))

_Redact = Callable[[str], str]


class _Unchanged(Exception):
    """Nothing in a file has to be redacted."""


def redact_kept_file(path: Path, key: OfficerKey, *, is_about_officers: bool) -> bool:
    """Replace each NRP of a file by its mark, in place; return whether anything was changed.

    is_about_officers: also any other long number. Dates, modification time and mode stay. A
    workbook of another kind with such a number becomes XLSX under its own name, a Word document
    delimited text. What is neither
    text nor an archive of text is left as it is. Raises OSError.
    """
    if path.is_symlink() or not path.is_file():
        return False
    status, redact = path.stat(), _build_redaction(key, is_about_officers=is_about_officers)
    with suppress(_Unchanged):
        with atomic_files.replace_file(path, status.st_mode & 0o777) as target:
            with TemporaryFile() as copy, path.open("rb") as original:
                is_copy = xlsx_copy.write_as_xlsx(path, copy) or write_as_text(path, copy)
                source = copy if is_copy else original
                is_changed = _redact_file(source, target, redact)
            if not is_changed:
                raise _Unchanged
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return True
    return False


def _build_redaction(key: OfficerKey, *, is_about_officers: bool) -> _Redact:
    """Return the function that redacts a text."""

    def mark(number: str) -> str:
        digits = "".join(letter for letter in number if letter.isdigit())
        return key.mark_number(digits)

    def redact(text: str) -> str:
        if not is_about_officers:
            return service_numbers.replace_service_numbers(text, mark)
        shortened = _SHORTENED.sub(lambda match: key.mark_number(match[0].zfill(8)), text)
        return replace_numbers(shortened, mark, mark)

    return redact


def _redact_file(source: IO[bytes], target: IO[bytes], redact: _Redact) -> bool:
    """Write a text or an archive redacted; return whether anything was changed."""
    head = source.read(4096)
    source.seek(0)
    if head.startswith(file_types.ZIP_SIGNATURES):
        return _redact_archive(source, target, redact)
    return _redact_text(source, target, head, redact)


def _redact_text(source: IO[bytes], target: IO[bytes], head: bytes, redact: _Redact) -> bool:
    encoding = _UTF16_MARKS.get(head[:2])
    if encoding is None and b"\0" in head:  # a picture, or another file that is no text
        shutil.copyfileobj(source, target)
        return False

    def redact_piece(text: str) -> str:
        return redact(_JSON_NUMBER.sub(quote, text))

    def quote(match: re.Match[str]) -> str:
        replaced = redact(match[2])
        return match[0] if replaced == match[2] else f'{match[1]}"{replaced}"'

    # Latin-1 keeps every byte; digits are the same in all encodings of one byte and in UTF-8.
    return _redact_pieces(source, target, encoding or "latin-1", _BREAKS, redact_piece)


def _redact_pieces(
    source: IO[bytes],
    target: IO[bytes],
    encoding: str,
    breaks: tuple[re.Pattern[str], ...],
    redact: _Redact,
) -> bool:
    """Write a text redacted piece by piece; return whether anything was changed."""
    is_changed = False
    for piece in _cut(source, encoding, breaks):
        redacted = redact(piece)
        is_changed |= redacted != piece
        target.write(redacted.encode(encoding, "surrogatepass"))
    return is_changed


def _cut(source: IO[bytes], encoding: str, breaks: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """Yield a text in pieces of about a block, cut where no number and no label is torn."""
    rest = ""
    while block := source.read(_BLOCK_BYTES):
        rest += block.decode(encoding, "surrogatepass")
        places = (_find_last(rest, pattern) for pattern in breaks)
        cut = next(filter(None, places), len(rest) if len(rest) > _LONGEST_PIECE else 0)
        if cut:
            yield rest[:cut]
        rest = rest[cut:]
    yield rest


def _find_last(text: str, pattern: re.Pattern[str]) -> int:
    """Return where the last match ends; 0 where there is none."""
    for start in range(len(text) - 1, -_WINDOW, -_WINDOW):
        window = max(0, start - _WINDOW), min(len(text), start + _OVERLAP)
        ends = [match.end() for match in pattern.finditer(text, *window)]
        if ends:
            return ends[-1]
    return 0


def _redact_archive(source: IO[bytes], target: IO[bytes], redact: _Redact) -> bool:
    """Write the archive with its members redacted; return whether anything was changed.

    One that is encrypted or broken, or beyond what any reader unpacked, counts as unchanged.
    """
    is_changed = False
    try:
        with ZipFile(source) as before, ZipFile(target, "w", ZIP_DEFLATED) as after:
            members = before.infolist()
            if sum(member.file_size for member in members) > _MAX_UNPACKED_BYTES:
                return False
            if any(map(_is_bomb, members)):
                return False
            for member in members:
                plain = copy(member)
                plain.compress_type, plain.extra = ZIP_DEFLATED, b""
                with before.open(member) as part, after.open(plain, "w") as copied:
                    is_changed |= _redact_member(member.filename.lower(), part, copied, redact)
    except (BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        return False
    return is_changed


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > _FEW_BYTES and member.file_size > _MAX_RATIO * member.compress_size


def _redact_member(name: str, source: IO[bytes], target: IO[bytes], redact: _Redact) -> bool:
    if name.endswith(".xml"):
        return _redact_xml(source, target, redact)
    if name.endswith(_TEXT_MEMBERS):
        head = source.read(4096)
        source.seek(0)
        return _redact_text(source, target, head, redact)
    if name.endswith(_OTHER_WORKBOOK_MEMBERS):
        return _redact_workbook(source, target, redact)
    if not name.endswith(_ARCHIVE_MEMBERS):
        shutil.copyfileobj(source, target)
        return False
    with TemporaryFile() as before, TemporaryFile() as after:
        shutil.copyfileobj(source, before)
        before.seek(0)
        is_changed = _redact_archive(before, after, redact)
        kept = after if is_changed else before
        kept.seek(0)
        shutil.copyfileobj(kept, target)
    return is_changed


def _redact_workbook(source: IO[bytes], target: IO[bytes], redact: _Redact) -> bool:
    """Write a workbook of another kind redacted, as XLSX; as it is where nothing is changed."""
    with NamedTemporaryFile() as before, TemporaryFile() as plain, TemporaryFile() as after:
        shutil.copyfileobj(source, before)
        before.flush()
        is_changed = xlsx_copy.write_as_xlsx(Path(before.name), plain) and _redact_archive(
            plain, after, redact
        )
        kept: IO[bytes] = after if is_changed else before
        kept.seek(0)
        shutil.copyfileobj(kept, target)
    return is_changed


def _redact_xml(source: IO[bytes], target: IO[bytes], redact: _Redact) -> bool:
    def to_text_cell(match: re.Match[str]) -> str:
        replaced = redact(match[2])
        if replaced == match[2]:
            return match[0]
        return f'<c{_TYPE.sub("", match[1])} t="str"><v>{replaced}</v>'

    def redact_piece(text: str) -> str:
        text = _SHEET_NUMBER.sub(to_text_cell, text)
        return _XML_TEXT.sub(lambda match: f">{redact(match[1])}", text)

    return _redact_pieces(source, target, "latin-1", _XML_BREAKS, redact_piece)
