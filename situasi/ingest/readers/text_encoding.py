"""Decoding of bytes to lines of text, whatever encoding the sender's program wrote."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from situasi.ingest.tables import SourceError

_BLOCK_BYTES = 1 << 20
_BATCH_LINES = 1_000  # lines decoded at once where a file is in two encodings
# A file with more NULs than both is no text; fewer damage only the rows that hold them.
_MAX_NULS, _MAX_NUL_SHARE = 1_000, 0.1
MAX_LINE_CHARS = 4_000_000  # characters; no line of a report is longer

# UTF-32 first: its little-endian mark begins with the mark of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


@dataclass(frozen=True)
class Encoding:
    """How to read the bytes: codec, length of the byte order mark, notes for the sender.

    is_mixed: each line is UTF-8, or else Windows-1252.
    """

    codec: str
    bom_bytes: int = 0
    notes: tuple[str, ...] = ()
    is_mixed: bool = False


@dataclass
class ReadProgress:
    """How far a file has been read, in bytes."""

    total_bytes: int
    bytes_read: int = 0

    def compute_fraction(self) -> float:
        """Return the part of the file read so far, 0 to 1; 1 where the size is 0."""
        return min(1.0, self.bytes_read / self.total_bytes) if self.total_bytes else 1.0


def detect(path: Path) -> Encoding:
    """Return the encoding of this file; never fails, Windows-1252 is the last resort."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            if codec == "utf-8":
                return _detect_utf8_or_windows(path, len(mark))
            return Encoding(codec, len(mark), _format_encoding_note(name))
    codec = _detect_utf16_without_bom(head)
    if codec:
        return Encoding(codec, 0, _format_encoding_note("UTF-16"))
    return _detect_utf8_or_windows(path)


def _format_encoding_note(name: str) -> tuple[str, ...]:
    return (f"dibaca sebagai {name}",) if name else ()


def _detect_utf16_without_bom(head: bytes) -> str:
    """Return the UTF-16 codec of Latin text: every second byte is NUL, and no other; else ""."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs >= 4 and odd > 0.5 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if pairs >= 4 and even > 0.5 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return ""


def _detect_utf8_or_windows(path: Path, bom_bytes: int = 0) -> Encoding:
    try:
        for _ in _decode_blocks(path, Encoding("utf-8"), ReadProgress(0), "strict"):
            pass
        return Encoding("utf-8", bom_bytes)
    except UnicodeDecodeError:
        return _detect_mixed(path)


def _detect_mixed(path: Path) -> Encoding:
    """Return the encoding of a file that is not UTF-8 throughout: Windows-1252, or line by line."""
    utf8_lines, windows_lines, broken = 0, [], 0
    for number, line in enumerate(_split_bytes(path, ReadProgress(0)), start=1):
        if line.isascii():
            continue
        text = _decode_utf8(line)
        if text is None:
            windows_lines.append(number)
        else:
            utf8_lines += 1
            broken += text.count("\ufffd")
    if not utf8_lines:
        return Encoding("cp1252", 0, _format_encoding_note("Windows-1252"))
    notes = []
    if broken:
        notes.append(f"{broken} huruf rusak diganti dengan tanda \ufffd")
    if windows_lines:
        numbers = ", ".join(map(str, windows_lines[:5])) + (", …" if windows_lines[5:] else "")
        notes.append(
            f"{len(windows_lines)} baris teks bukan UTF-8, dibaca sebagai Windows-1252; "
            f"periksa huruf beraksennya (baris {numbers})"
        )
    return Encoding("utf-8", 0, tuple(notes), is_mixed=True)


def _decode_utf8(line: bytes) -> str | None:
    """Return a line as UTF-8; None where more of its letters are broken than sound."""
    text = line.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if sound >= broken else None


def _decode_line(line: bytes) -> str:
    text = _decode_utf8(line)
    return line.decode("cp1252", "replace") if text is None else text


def _split_bytes(path: Path, progress: ReadProgress) -> Iterator[bytes]:
    """Yield the lines as bytes, with their ends; an endless line in parts of bounded length."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            progress.bytes_read += len(block)
            *lines, rest = (rest + block).splitlines(keepends=True)
            yield from lines
            if len(rest) > MAX_LINE_CHARS:
                yield rest
                rest = b""
    if rest:
        yield rest


def _decode_line_by_line(path: Path, progress: ReadProgress) -> Iterator[str]:
    """Yield the text of a file in two encodings, many lines at once."""
    lines, is_first = _split_bytes(path, progress), True
    while batch := list(islice(lines, _BATCH_LINES)):
        joined = b"".join(batch)
        text = joined.decode("ascii") if joined.isascii() else "".join(map(_decode_line, batch))
        yield text.removeprefix("\ufeff") if is_first else text
        is_first = False


def _decode_blocks(
    path: Path, encoding: Encoding, progress: ReadProgress, errors: str
) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors)
    with path.open("rb") as file:
        file.seek(encoding.bom_bytes)
        while block := file.read(_BLOCK_BYTES):
            progress.bytes_read += len(block)
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def read_chunks(path: Path, encoding: Encoding, progress: ReadProgress) -> Iterator[str]:
    """Yield the text in chunks, with every line end a newline.

    Raises SourceError where much of it is NULs: such a file is damaged or not text.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    texts = (
        _decode_line_by_line(path, progress)
        if encoding.is_mixed
        else _decode_blocks(path, encoding, progress, "replace")
    )
    for text in texts:
        if "\0" in text and text.count("\0") > max(_MAX_NULS, _MAX_NUL_SHARE * len(text)):
            raise SourceError(
                "Berkas ini rusak atau bukan teks (berisi bita NUL); ekspor ulang dari sumbernya."
            )
        yield newlines.decode(text)
    yield newlines.decode("", final=True)  # a carriage return at the very end


def read_lines(path: Path, encoding: Encoding, progress: ReadProgress) -> Iterator[str]:
    """Yield the lines, each with its newline; memory does not grow with the file.

    Raises SourceError for a line of more than MAX_LINE_CHARS characters.
    """
    rest = ""
    for text in read_chunks(path, encoding, progress):
        rest += text
        cut = rest.rfind("\n") + 1
        yield from io.StringIO(rest[:cut], newline="\n")
        rest = rest[cut:]
        if len(rest) > MAX_LINE_CHARS:
            raise SourceError(
                "Berkas ini berisi satu baris tanpa akhir (lebih dari "
                f"{MAX_LINE_CHARS // 1_000_000} juta huruf); ekspor ulang dari sumbernya."
            )
    if rest:
        yield rest
