"""Files that stay beside the store after they were read: each NRP in them becomes its mark.

They are kept to be brought in again after a restore: with marks they give the same rows.
"""

import io
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from situasi.access.officer_key import OfficerKey
from situasi.common import atomic_files, service_numbers
from situasi.ingest.readers import file_types
from situasi.ingest.redaction.persons import replace_numbers

_MAX_UNPACKED_BYTES = 512 << 20
_FEW_BYTES = 1 << 20
_MAX_RATIO = 200  # unpacked to packed bytes; sheets and texts seldom pack beyond 50
_TEXT_MEMBERS = (".xml", ".csv", ".tsv", ".txt", ".json", ".jsonl")
_UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# A number of a workbook's sheet, which becomes a text; and any text of XML.
_SHEET_NUMBER = re.compile(r"<c\b([^>]*)><v>(\d{7,18})(?:\.0+)?</v>")
_TYPE = re.compile(r"\s+t=\"n\"")
_XML_TEXT = re.compile(r">([^<>]*\d[^<>]*)<")
_JSON_NUMBER = re.compile(r"(\"\s*:\s*)(\d{7,18})(?:\.0+)?(?=\s*[,}\]\r\n])")
# An NRP whose leading zero a spreadsheet took.
_SHORTENED = re.compile(r"(?<!\d)(?<!\d\.)[1-9](?:0[1-9]|1[0-2])\d{4}(?!\d)")

_Redact = Callable[[str], str]


def redact_kept_file(path: Path, key: OfficerKey, *, is_about_officers: bool) -> bool:
    """Replace each NRP of a file by its mark, in place; return whether anything was changed.

    is_about_officers: also any other long number. Dates, modification time and mode stay. What is
    neither text nor an archive of text is left as it is. Raises OSError.
    """
    if path.is_symlink() or not path.is_file():
        return False
    content, status = path.read_bytes(), path.stat()
    redact = _build_redaction(key, is_about_officers=is_about_officers)
    if content.startswith(file_types.ZIP_SIGNATURES):
        redacted = _redact_archive(content, redact)
    else:
        redacted = _redact_text_file(content, redact)
    if redacted == content:
        return False
    atomic_files.write(path, redacted, status.st_mode & 0o777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True


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


def _redact_text_file(content: bytes, redact: _Redact) -> bytes:
    encoding = _UTF16_MARKS.get(content[:2])
    if encoding is None and b"\0" in content[:4096]:
        return content  # a picture, or another file that is no text
    # Latin-1 keeps every byte; digits are the same in all encodings of one byte and in UTF-8.
    text = content.decode(encoding or "latin-1", "surrogatepass")
    return _redact_text(text, redact).encode(encoding or "latin-1", "surrogatepass")


def _redact_text(text: str, redact: _Redact) -> str:
    def quote(match: re.Match[str]) -> str:
        replaced = redact(match[2])
        return match[0] if replaced == match[2] else f'{match[1]}"{replaced}"'

    return redact(_JSON_NUMBER.sub(quote, text))


def _redact_archive(content: bytes, redact: _Redact) -> bytes:
    """Return the archive with its text members redacted; the same bytes where none changes."""
    target = io.BytesIO()
    is_changed = False
    try:
        with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as archive:
            if sum(member.file_size for member in source.infolist()) > _MAX_UNPACKED_BYTES:
                return content
            if any(map(_is_bomb, source.infolist())):  # no reader unpacked it either
                return content
            for member in source.infolist():
                before = source.read(member)
                after = _redact_member(member.filename, before, redact)
                is_changed |= after != before
                archive.writestr(member, after, ZIP_DEFLATED)
    except (BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        return content  # encrypted or broken: it was never read
    return target.getvalue() if is_changed else content


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > _FEW_BYTES and member.file_size > _MAX_RATIO * member.compress_size


def _redact_member(name: str, content: bytes, redact: _Redact) -> bytes:
    if not name.lower().endswith(_TEXT_MEMBERS):
        return content
    if not name.lower().endswith(".xml"):
        return _redact_text_file(content, redact)
    text = content.decode("latin-1")

    def to_text_cell(match: re.Match[str]) -> str:
        replaced = redact(match[2])
        if replaced == match[2]:
            return match[0]
        return f'<c{_TYPE.sub("", match[1])} t="str"><v>{replaced}</v>'

    text = _SHEET_NUMBER.sub(to_text_cell, text)
    return _XML_TEXT.sub(lambda match: f">{redact(match[1])}<", text).encode("latin-1")
